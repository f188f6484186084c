//! What can be proven (asset types) and over which channel, with the matrix of the two.
//! Nothing here looks at an identifier; that is the business of `identifier`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The kind of thing a person proves control of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AssetType {
    Phone,
    Email,
    Domain,
    Social,
    Wallet,
    Account,
    TelegramBot,
}

/// The way in which control is shown.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Whatsapp,
    Telegram,
    Sms,
    Email,
    Dns,
    Http,
    Auto,
    Github,
    Google,
    Facebook,
    X,
    Linkedin,
    Instagram,
    Youtube,
    Tiktok,
    Ethereum,
    Solana,
    Bitcoin,
    Coinbase,
    Kraken,
    TelegramBotToken,
}

/// The text names no member of the enumeration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnknownName {
    #[error("unknown asset type")]
    AssetType,
    #[error("unknown channel")]
    Channel,
}

impl AssetType {
    /// Every asset type, in the order of the API reference.
    pub const ALL: &'static [Self] = &[
        Self::Phone,
        Self::Email,
        Self::Domain,
        Self::Social,
        Self::Wallet,
        Self::Account,
        Self::TelegramBot,
    ];

    /// The name used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Domain => "domain",
            Self::Social => "social",
            Self::Wallet => "wallet",
            Self::Account => "account",
            Self::TelegramBot => "telegram_bot",
        }
    }

    /// The channels over which this type can be proven.
    pub const fn channels(self) -> &'static [Channel] {
        match self {
            Self::Phone => &[Channel::Whatsapp, Channel::Telegram, Channel::Sms],
            Self::Email => &[Channel::Email],
            Self::Domain => &[Channel::Dns, Channel::Http, Channel::Email, Channel::Auto],
            Self::Social => &[
                Channel::Github,
                Channel::Google,
                Channel::Facebook,
                Channel::X,
                Channel::Linkedin,
                Channel::Instagram,
                Channel::Youtube,
                Channel::Tiktok,
            ],
            Self::Wallet => &[Channel::Ethereum, Channel::Solana, Channel::Bitcoin],
            Self::Account => &[Channel::Coinbase, Channel::Kraken],
            Self::TelegramBot => &[Channel::TelegramBotToken],
        }
    }

    /// Whether the matrix has this pair.
    pub fn allows(self, channel: Channel) -> bool {
        self.channels().contains(&channel)
    }
}

impl Channel {
    /// Every channel, in the order of the API reference.
    pub const ALL: &'static [Self] = &[
        Self::Whatsapp,
        Self::Telegram,
        Self::Sms,
        Self::Email,
        Self::Dns,
        Self::Http,
        Self::Auto,
        Self::Github,
        Self::Google,
        Self::Facebook,
        Self::X,
        Self::Linkedin,
        Self::Instagram,
        Self::Youtube,
        Self::Tiktok,
        Self::Ethereum,
        Self::Solana,
        Self::Bitcoin,
        Self::Coinbase,
        Self::Kraken,
        Self::TelegramBotToken,
    ];

    /// The name used on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whatsapp => "whatsapp",
            Self::Telegram => "telegram",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Dns => "dns",
            Self::Http => "http",
            Self::Auto => "auto",
            Self::Github => "github",
            Self::Google => "google",
            Self::Facebook => "facebook",
            Self::X => "x",
            Self::Linkedin => "linkedin",
            Self::Instagram => "instagram",
            Self::Youtube => "youtube",
            Self::Tiktok => "tiktok",
            Self::Ethereum => "ethereum",
            Self::Solana => "solana",
            Self::Bitcoin => "bitcoin",
            Self::Coinbase => "coinbase",
            Self::Kraken => "kraken",
            Self::TelegramBotToken => "telegram_bot_token",
        }
    }
}

impl fmt::Display for AssetType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AssetType {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownName::AssetType)
    }
}

impl FromStr for Channel {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|channel| channel.as_str() == name)
            .ok_or(UnknownName::Channel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_on_the_wire_and_in_text() {
        for kind in AssetType::ALL {
            let json = serde_json::to_value(kind).unwrap();
            assert_eq!(json, kind.as_str());
            assert_eq!(serde_json::from_value::<AssetType>(json).unwrap(), *kind);
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(kind.to_string(), kind.as_str());
        }
        for channel in Channel::ALL {
            let json = serde_json::to_value(channel).unwrap();
            assert_eq!(json, channel.as_str());
            assert_eq!(serde_json::from_value::<Channel>(json).unwrap(), *channel);
            assert_eq!(channel.as_str().parse(), Ok(*channel));
            assert_eq!(channel.to_string(), channel.as_str());
        }
        assert_eq!("Phone".parse::<AssetType>(), Err(UnknownName::AssetType));
        assert_eq!("".parse::<Channel>(), Err(UnknownName::Channel));
    }

    #[test]
    fn matrix_is_that_of_the_api_reference() {
        let matrix = [
            ("phone", "whatsapp,telegram,sms"),
            ("email", "email"),
            ("domain", "dns,http,email,auto"),
            (
                "social",
                "github,google,facebook,x,linkedin,instagram,youtube,tiktok",
            ),
            ("wallet", "ethereum,solana,bitcoin"),
            ("account", "coinbase,kraken"),
            ("telegram_bot", "telegram_bot_token"),
        ];
        assert_eq!(matrix.len(), AssetType::ALL.len());
        for (kind, channels) in matrix {
            let kind: AssetType = kind.parse().unwrap();
            let listed: Vec<_> = channels.split(',').map(|c| c.parse().unwrap()).collect();
            assert_eq!(kind.channels(), listed);
            for channel in Channel::ALL {
                assert_eq!(kind.allows(*channel), listed.contains(channel));
            }
        }
    }

    #[test]
    fn every_channel_belongs_to_some_type() {
        for channel in Channel::ALL {
            assert!(AssetType::ALL.iter().any(|kind| kind.allows(*channel)));
        }
    }
}
