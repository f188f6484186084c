//! Turns what a caller typed into the one normalised form of an identifier, or refuses it.
//! Nothing here may guess: an input with two readings is refused, and a bot token's secret
//! never leaves its parser.

mod account;
mod domain;
mod email;
mod error;
pub(crate) mod hostname;
mod lookalike;
mod numbering;
mod phone;
mod public_suffix;
mod social;
mod telegram_bot;
mod text;
mod wallet;

#[cfg(test)]
mod tests;

use std::fmt;

pub use error::IdentifierError;
pub use lookalike::{Appearance, appearance};
use serde::{Serialize, Serializer};
pub(crate) use text::is_invisible;

use crate::asset::{AssetType, Channel};

/// The longest raw input that is looked at, in bytes.
pub const MAX_RAW_LENGTH: usize = 512;

/// A validated identifier in its normalised form, which is always ASCII.
///
/// Two identifiers of one type and channel name the same asset if and only if their texts are
/// equal. `Debug` shows the mask, because identifiers are personal data and logs are not.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Identifier {
    kind: AssetType,
    channel: Channel,
    value: String,
}

/// Validates and normalises `raw` as an identifier of type `kind` proven over `channel`.
///
/// Parsing the result again gives the same result.
pub fn parse(kind: AssetType, channel: Channel, raw: &str) -> Result<Identifier, IdentifierError> {
    if !kind.allows(channel) {
        return Err(IdentifierError::ChannelNotForType);
    }
    if raw.is_empty() {
        return Err(IdentifierError::Empty);
    }
    if raw.len() > MAX_RAW_LENGTH {
        return Err(IdentifierError::TooLong);
    }
    if raw.chars().any(text::is_invisible) {
        return Err(IdentifierError::InvisibleCharacter);
    }
    let value = match kind {
        AssetType::Phone => phone::parse(raw)?,
        AssetType::Email => email::parse(raw)?,
        AssetType::Domain => domain::parse(raw)?,
        AssetType::Social => social::parse(channel, raw)?,
        AssetType::Wallet => wallet::parse(channel, raw)?,
        AssetType::Account => account::parse(raw)?,
        AssetType::TelegramBot => telegram_bot::parse(raw)?,
    };
    Ok(Identifier {
        kind,
        channel,
        value,
    })
}

/// Masks a normalised identifier for display, without validating it again: a stored identifier
/// must stay displayable when the numbering plans or the public suffix list move on.
pub fn mask(kind: AssetType, normalised: &str) -> String {
    match kind {
        AssetType::Phone => phone::mask(normalised),
        AssetType::Domain => normalised.to_owned(),
        AssetType::Wallet => text::mask_middle(normalised, 6, 4),
        AssetType::Email | AssetType::Social | AssetType::Account | AssetType::TelegramBot => {
            text::mask_name(normalised)
        }
    }
}

/// Whether this is where a person is reached: a number, an e-mail address, an account that goes by one.
pub fn is_personal(kind: AssetType, normalised: &str) -> bool {
    matches!(kind, AssetType::Phone | AssetType::Email)
        // A handle is written without its `@`, so this is an address.
        || normalised.contains('@')
}

impl Identifier {
    pub fn kind(&self) -> AssetType {
        self.kind
    }

    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// The normalised text: what is stored, compared and hashed into proofs.
    pub fn as_str(&self) -> &str {
        &self.value
    }

    pub fn into_string(self) -> String {
        self.value
    }

    /// The form for lists and for people other than the owner, like `+3706***9199`.
    pub fn mask(&self) -> String {
        mask(self.kind, &self.value)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.value)
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Identifier({} {} {})",
            self.kind,
            self.channel,
            self.mask()
        )
    }
}

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.value)
    }
}
