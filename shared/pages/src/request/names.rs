//! What things are called: kinds of assets and channels.

use proof_domain::asset::{AssetType, Channel};
use proof_evidence::oauth::provider_of;

use crate::Words;
use crate::parts::Sign;

/// `E-mail address`.
pub fn kind_name(words: Words, kind: AssetType) -> String {
    words.say(&format!("kind-{}", dashed(kind.as_str())))
}

/// `WhatsApp`; networks and exchanges by their own names.
pub fn channel_name(words: Words, kind: AssetType, channel: Channel) -> String {
    match (kind, channel) {
        (AssetType::Domain, Channel::Email) => words.say("channel-domain-email"),
        _ => provider_of(channel).map_or_else(
            || words.say(&format!("channel-{}", dashed(channel.as_str()))),
            |provider| provider.name.to_owned(),
        ),
    }
}

/// What will happen over this channel, in one sentence.
pub(super) fn channel_hint(words: Words, kind: AssetType, channel: Channel) -> String {
    match (kind, channel) {
        (AssetType::Domain, Channel::Email) => words.say("channel-domain-email-hint"),
        _ => match provider_of(channel) {
            Some(provider) => words.with("channel-sign-in-hint", &[("provider", provider.name)]),
            None => words.say(&format!("channel-{}-hint", dashed(channel.as_str()))),
        },
    }
}

pub(super) const fn channel_sign(channel: Channel) -> Sign {
    match channel {
        Channel::Whatsapp | Channel::Telegram => Sign::Message,
        Channel::Sms => Sign::Phone,
        Channel::Email => Sign::Mail,
        Channel::Dns | Channel::Http | Channel::Auto => Sign::Globe,
        Channel::Ethereum | Channel::Solana | Channel::Bitcoin => Sign::Wallet,
        Channel::TelegramBotToken => Sign::Key,
        Channel::Github
        | Channel::Google
        | Channel::Facebook
        | Channel::X
        | Channel::Linkedin
        | Channel::Instagram
        | Channel::Youtube
        | Channel::Tiktok
        | Channel::Coinbase
        | Channel::Kraken => Sign::Person,
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}
