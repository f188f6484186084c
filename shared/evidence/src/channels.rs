//! Which settings each channel reads, and whether those that are there suffice to use it live.

use proof_domain::asset::{AssetType, Channel};

use crate::domain_check::Resolvers;
use crate::email::EmailProviders;
use crate::oauth::{self, provider_of};
use crate::settings::{MissingSettings, Setting, Settings};
use crate::telegram::Telegram;
use crate::telegram_bot::{self, TelegramBots};
use crate::telegram_gateway::TelegramGateway;
use crate::wallet::ethereum;
use crate::whatsapp::Whatsapp;
use crate::{sms, telegram, whatsapp};

// What no adapter reads yet. An adapter brings its own list.

/// Everything that a channel reads.
pub fn settings_of(channel: Channel) -> &'static [Setting] {
    match channel {
        Channel::Whatsapp => whatsapp::SETTINGS,
        Channel::Telegram => telegram::SETTINGS_WITH_GATEWAY,
        Channel::Sms => sms::SETTINGS,
        // A domain that is asked by e-mail uses the e-mail settings.
        Channel::Email => EmailProviders::SETTINGS,
        Channel::Dns | Channel::Http | Channel::Auto => Resolvers::SETTINGS,
        Channel::Ethereum => ethereum::SETTINGS,
        Channel::Solana | Channel::Bitcoin => &[],
        Channel::Github
        | Channel::Google
        | Channel::Facebook
        | Channel::X
        | Channel::Linkedin
        | Channel::Instagram
        | Channel::Youtube
        | Channel::Tiktok
        | Channel::Coinbase
        | Channel::Kraken => provider_of(channel).map_or(&[], |provider| provider.settings),
        Channel::TelegramBotToken => telegram_bot::SETTINGS,
    }
}

/// Whether a live verification of this pair can be carried out with these settings.
pub fn check(
    kind: AssetType,
    channel: Channel,
    settings: &Settings,
) -> Result<(), MissingSettings> {
    match (kind, channel) {
        (AssetType::Domain, Channel::Dns | Channel::Http | Channel::Auto) => {
            Resolvers::from_settings(settings).map(drop)
        }
        (_, Channel::Email) => EmailProviders::from_settings(settings).map(drop),
        (AssetType::Phone, Channel::Whatsapp) => Whatsapp::from_settings(settings).map(drop),
        // Either way of proving a number suffices to open the channel.
        (AssetType::Phone, Channel::Telegram) => Telegram::from_settings(settings)
            .map(drop)
            .or_else(|missing| check_outbound(channel, settings).map_err(|_| missing)),
        (AssetType::Phone, Channel::Sms) => sms::provider(settings).map(drop),
        // Keys are judged without asking anybody; only contract wallets need a node.
        (AssetType::Wallet, Channel::Ethereum) => {
            ethereum::EthereumRpc::chain_id(settings).map(drop)
        }
        (AssetType::Wallet, Channel::Solana | Channel::Bitcoin) => Ok(()),
        (AssetType::Social | AssetType::Account, _) => match provider_of(channel) {
            Some(provider) => oauth::Client::from_settings(provider, settings).map(drop),
            None => Ok(()),
        },
        (AssetType::TelegramBot, _) => TelegramBots::from_settings(settings).map(drop),
        // What nothing reads yet is missing, whatever is set.
        _ => Err(MissingSettings(
            settings_of(channel)
                .iter()
                .map(|setting| setting.name)
                .collect(),
        )),
    }
}

/// Whether a phone can be asked to send its code with these settings.
pub fn check_inbound(channel: Channel, settings: &Settings) -> Result<(), MissingSettings> {
    match channel {
        Channel::Telegram => Telegram::from_settings(settings).map(drop),
        _ => check(AssetType::Phone, channel, settings),
    }
}

/// Whether a phone can be sent its code with these settings.
pub fn check_outbound(channel: Channel, settings: &Settings) -> Result<(), MissingSettings> {
    match channel {
        Channel::Telegram => TelegramGateway::from_settings(settings).map(drop),
        _ => check(AssetType::Phone, channel, settings),
    }
}

/// Why an organisation may not use these settings as its own; the setting and the reason.
pub fn refusal_as_own(
    channel: Channel,
    settings: &Settings,
) -> Option<(&'static str, &'static str)> {
    let providers = (channel == Channel::Email)
        .then(|| EmailProviders::from_settings(settings))?
        .ok()?;
    (!providers.may_be_own()).then_some(("EMAIL_PROVIDER", "must be resend or postmark"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_channel_names_a_setting_twice() {
        for channel in Channel::ALL {
            let mut names: Vec<_> = settings_of(*channel).iter().map(|one| one.name).collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{channel}");
        }
    }

    /// An organisation that could choose an address could make this system call anybody.
    #[test]
    fn addresses_are_the_operator_s() {
        for setting in Channel::ALL
            .iter()
            .flat_map(|channel| settings_of(*channel))
        {
            if setting.name.ends_with("_URL") || setting.name.ends_with("_HOST") {
                assert!(setting.operator_only, "{}", setting.name);
            }
        }
    }

    #[test]
    fn telegram_has_two_ways_of_its_own() {
        let bot: Settings = [
            ("TELEGRAM_BOT_USERNAME", "proof_example_bot"),
            ("TELEGRAM_BOT_TOKEN", "123456:AAH"),
            ("TELEGRAM_WEBHOOK_SECRET", "s"),
        ]
        .into_iter()
        .collect();
        let gateway: Settings = [("TELEGRAM_GATEWAY_TOKEN", "t")].into_iter().collect();
        for (settings, inbound, outbound) in [
            (&bot, true, false),
            (&gateway, false, true),
            (&Settings::default(), false, false),
        ] {
            let telegram = Channel::Telegram;
            assert_eq!(check_inbound(telegram, settings).is_ok(), inbound);
            assert_eq!(check_outbound(telegram, settings).is_ok(), outbound);
            assert_eq!(
                check(AssetType::Phone, telegram, settings).is_ok(),
                inbound || outbound
            );
        }
    }
}
