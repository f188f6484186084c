//! Which settings each channel reads, and whether those that are there suffice to use it live.

use proof_domain::asset::{AssetType, Channel};

use crate::domain_check::Resolvers;
use crate::email::EmailProviders;
use crate::settings::{MissingSettings, Setting, Settings};
use crate::telegram::Telegram;
use crate::telegram_gateway::TelegramGateway;
use crate::wallet::ethereum;
use crate::whatsapp::Whatsapp;
use crate::{sms, telegram, whatsapp};

// What no adapter reads yet. An adapter brings its own list.
const GITHUB: &[Setting] = &client("GITHUB_CLIENT_ID", "GITHUB_CLIENT_SECRET");
const GOOGLE: &[Setting] = &client("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET");
const FACEBOOK: &[Setting] = &client("FACEBOOK_CLIENT_ID", "FACEBOOK_CLIENT_SECRET");
const X: &[Setting] = &client("X_CLIENT_ID", "X_CLIENT_SECRET");
const LINKEDIN: &[Setting] = &client("LINKEDIN_CLIENT_ID", "LINKEDIN_CLIENT_SECRET");
const INSTAGRAM: &[Setting] = &client("INSTAGRAM_CLIENT_ID", "INSTAGRAM_CLIENT_SECRET");
const YOUTUBE: &[Setting] = &client("YOUTUBE_CLIENT_ID", "YOUTUBE_CLIENT_SECRET");
const TIKTOK: &[Setting] = &client("TIKTOK_CLIENT_KEY", "TIKTOK_CLIENT_SECRET");
const COINBASE: &[Setting] = &client("COINBASE_CLIENT_ID", "COINBASE_CLIENT_SECRET");
const KRAKEN: &[Setting] = &client("KRAKEN_CLIENT_ID", "KRAKEN_CLIENT_SECRET");
const TELEGRAM_BOT: &[Setting] = &[Setting::plain("TELEGRAM_API_URL").of_operator()];

const fn client(id: &'static str, secret: &'static str) -> [Setting; 2] {
    [Setting::plain(id), Setting::secret(secret)]
}

/// Everything that a channel reads.
pub const fn settings_of(channel: Channel) -> &'static [Setting] {
    match channel {
        Channel::Whatsapp => whatsapp::SETTINGS,
        Channel::Telegram => telegram::SETTINGS_WITH_GATEWAY,
        Channel::Sms => sms::SETTINGS,
        // A domain that is asked by e-mail uses the e-mail settings.
        Channel::Email => EmailProviders::SETTINGS,
        Channel::Dns | Channel::Http | Channel::Auto => Resolvers::SETTINGS,
        Channel::Github => GITHUB,
        Channel::Google => GOOGLE,
        Channel::Facebook => FACEBOOK,
        Channel::X => X,
        Channel::Linkedin => LINKEDIN,
        Channel::Instagram => INSTAGRAM,
        Channel::Youtube => YOUTUBE,
        Channel::Tiktok => TIKTOK,
        Channel::Ethereum => ethereum::SETTINGS,
        Channel::Solana | Channel::Bitcoin => &[],
        Channel::Coinbase => COINBASE,
        Channel::Kraken => KRAKEN,
        Channel::TelegramBotToken => TELEGRAM_BOT,
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
