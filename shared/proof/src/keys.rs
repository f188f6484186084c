//! The secret `SIGNING_KEYS`: the key that signs, those that have signed and those that are going to.
//! An operator's tool writes it; what breaks a rule of rotation is refused here, whoever wrote it.

use proof_domain::timestamp::Timestamp;
use serde::Deserialize;

use crate::encoding::{self, numeric_date, optional_date};
use crate::jwk::{KeyError, PrivateJwk};
use crate::kid::Kid;

/// One key with its history.
#[derive(Clone, Debug, Deserialize)]
pub struct SigningKey {
    #[serde(flatten)]
    pub jwk: PrivateJwk,
    #[serde(with = "numeric_date")]
    pub created_at: Timestamp,
    /// When it signed its last token.
    #[serde(default, with = "optional_date")]
    pub retired_at: Option<Timestamp>,
}

/// All keys.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    active: Kid,
    keys: Vec<SigningKey>,
}

/// What the secret says, before it has been checked.
#[derive(Deserialize)]
struct Unchecked {
    active: Kid,
    keys: Vec<SigningKey>,
}

impl SigningKeys {
    /// Reads the secret. Errors say nothing of what they found.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let Unchecked { active, keys } =
            encoding::strict_object(json.as_bytes()).map_err(|_| KeyError::Json)?;
        Self { active, keys }.checked()
    }

    /// The key that signs.
    pub fn active(&self) -> Result<&SigningKey, KeyError> {
        self.keys
            .iter()
            .find(|key| *key.jwk.kid() == self.active)
            .ok_or(KeyError::NoActiveKey)
    }

    fn checked(self) -> Result<Self, KeyError> {
        for (position, key) in self.keys.iter().enumerate() {
            key.jwk.check()?;
            let mut earlier = self
                .keys
                .iter()
                .take(position)
                .map(|other| &other.jwk.public);
            if earlier.clone().any(|other| other.kid == key.jwk.public.kid) {
                return Err(KeyError::RepeatedKid);
            }
            if earlier.any(|other| other.n == key.jwk.public.n) {
                return Err(KeyError::RepeatedKey);
            }
            let ends = key.retired_at.unwrap_or(key.created_at);
            if !encoding::is_date(key.created_at)
                || !encoding::is_date(ends)
                || ends < key.created_at
            {
                return Err(KeyError::Times);
            }
        }
        // A retired key never signs again.
        match self.active()?.retired_at {
            None => Ok(self),
            Some(_) => Err(KeyError::Times),
        }
    }
}
