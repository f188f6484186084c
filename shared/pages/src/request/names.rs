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

/// What the person names an asset by, as the keys of texts about it know it. Networks differ: some
/// know an account by its name, some tell its e-mail address alone.
pub(super) fn named_by(kind: AssetType, channels: &[Channel]) -> String {
    if kind != AssetType::Social {
        return dashed(kind.as_str());
    }
    let mut ways = channels.iter().map(|channel| named_at(*channel));
    let first = ways.next().unwrap_or("social");
    if ways.all(|other| other == first) {
        first.to_owned()
    } else {
        "social-any".to_owned()
    }
}

/// Whether it is an e-mail address whichever way is chosen.
pub(super) fn names_address(kind: AssetType, channels: &[Channel]) -> bool {
    named_by(kind, channels) == ADDRESS
}

const ADDRESS: &str = "social-address";

/// The rules are those of `proof_evidence::oauth`: what a network never tells proves nothing.
const fn named_at(channel: Channel) -> &'static str {
    match channel {
        Channel::Google | Channel::Linkedin => ADDRESS,
        Channel::Facebook => "social-address-or-number",
        Channel::Youtube => "social-handle",
        _ => "social",
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_evidence::oauth::must_be_provable;

    /// Whoever follows the label must not be refused for it.
    #[test]
    fn what_is_asked_for_is_what_the_network_tells() {
        for channel in AssetType::Social.channels() {
            let given = match named_at(*channel) {
                ADDRESS | "social-address-or-number" => "person@example.com",
                _ => "octocat",
            };
            assert!(must_be_provable(*channel, given).is_ok(), "{channel}");
            assert!(
                proof_domain::identifier::parse(AssetType::Social, *channel, given).is_ok(),
                "{channel}"
            );
        }
    }

    #[test]
    fn ways_that_differ_are_told_apart() {
        let of = |channels: &[Channel]| named_by(AssetType::Social, channels);
        assert_eq!(of(&[Channel::Google, Channel::Linkedin]), ADDRESS);
        assert_eq!(of(&[Channel::Google, Channel::Github]), "social-any");
        assert_eq!(of(&[Channel::Github, Channel::X]), "social");
        assert_eq!(named_by(AssetType::Account, &[Channel::Kraken]), "account");
    }
}
