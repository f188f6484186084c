//! Why an identifier was refused: a stable word for machines and a sentence for people.
//! No variant carries input, so no message can echo a bot token or a person's data.

use thiserror::Error;

/// A refusal. The sentence is safe to show to whoever sent the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum IdentifierError {
    #[error("this channel cannot prove an asset of this type")]
    ChannelNotForType,
    #[error("the identifier is empty")]
    Empty,
    #[error("the identifier is longer than 512 bytes")]
    TooLong,
    #[error("the identifier contains a control, invisible or text-direction character")]
    InvisibleCharacter,

    #[error("a phone number starts with + and the country calling code")]
    PhoneNotInternational,
    #[error(
        "a phone number holds only +, the digits 0-9, spaces, hyphens, full stops and parentheses"
    )]
    PhoneCharacter,
    #[error("a phone number has at most 15 digits and at least 7")]
    PhoneLength,
    #[error("no country has this calling code")]
    PhoneCallingCode,
    #[error("the numbering plan of this country has no such number")]
    PhoneNotInPlan,
    #[error("premium-rate numbers cannot be verified")]
    PhonePremiumRate,

    #[error("an e-mail address is a name, one @ and a domain, like name@example.com")]
    EmailFormat,
    #[error(
        "the part before the @ is at most 64 unquoted ASCII characters without leading, trailing \
         or doubled full stops"
    )]
    EmailLocalPart,
    #[error("an e-mail address has at most 254 characters")]
    EmailTooLong,

    #[error("give the bare domain name, without scheme, port, path or user name")]
    DomainFormat,
    #[error("an IP address is not a domain name")]
    DomainIpAddress,
    #[error("a domain name has at least two labels, like example.com")]
    DomainSingleLabel,
    #[error("the domain name is not valid under the rules for (internationalised) domain names")]
    DomainInvalid,
    #[error("a label of the domain name mixes scripts that look alike")]
    DomainMixedScripts,
    #[error("this name is reserved and exists only inside a network or in documentation")]
    DomainSpecialUse,
    #[error("this name is a public suffix, under which others register their own names")]
    DomainPublicSuffix,

    #[error("this is not an account name of this network")]
    SocialHandle,
    #[error("this is not a profile address of this network")]
    SocialProfileUrl,

    #[error("this is not an address of this network")]
    WalletFormat,
    #[error("the checksum of the address does not match, so it was probably mistyped")]
    WalletChecksum,
    #[error("only addresses of the main network can be verified")]
    WalletNetwork,
    #[error("nobody can sign for this address")]
    WalletUnusable,

    #[error(
        "an account is given by its e-mail address or by an id of 1-128 letters, digits, full \
         stops, hyphens and underscores"
    )]
    AccountFormat,

    #[error("this is neither a bot token nor a bot's numeric id")]
    BotToken,
}

impl IdentifierError {
    /// A word for machines that never changes its meaning.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::ChannelNotForType => "channel_not_for_type",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::InvisibleCharacter => "invisible_character",
            Self::PhoneNotInternational => "phone_not_international",
            Self::PhoneCharacter => "phone_character",
            Self::PhoneLength => "phone_length",
            Self::PhoneCallingCode => "phone_calling_code",
            Self::PhoneNotInPlan => "phone_not_in_plan",
            Self::PhonePremiumRate => "phone_premium_rate",
            Self::EmailFormat => "email_format",
            Self::EmailLocalPart => "email_local_part",
            Self::EmailTooLong => "email_too_long",
            Self::DomainFormat => "domain_format",
            Self::DomainIpAddress => "domain_ip_address",
            Self::DomainSingleLabel => "domain_single_label",
            Self::DomainInvalid => "domain_invalid",
            Self::DomainMixedScripts => "domain_mixed_scripts",
            Self::DomainSpecialUse => "domain_special_use",
            Self::DomainPublicSuffix => "domain_public_suffix",
            Self::SocialHandle => "social_handle",
            Self::SocialProfileUrl => "social_profile_url",
            Self::WalletFormat => "wallet_format",
            Self::WalletChecksum => "wallet_checksum",
            Self::WalletNetwork => "wallet_network",
            Self::WalletUnusable => "wallet_unusable",
            Self::AccountFormat => "account_format",
            Self::BotToken => "bot_token",
        }
    }
}
