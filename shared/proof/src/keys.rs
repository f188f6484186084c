//! The secret `SIGNING_KEYS` and its rotation. A public key stays published for as long as a token
//! signed with it can be valid, and a retired key never signs again.

use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::claims::LIFETIME;
use crate::encoding::{self, numeric_date, optional_date};
use crate::jwk::{Jwks, KeyError, PrivateJwk};
use crate::kid::{Kid, NotAKid, next_kid};

/// How long a retired key stays published after the last token it signed has expired: the day for
/// which verifiers keep the key set, in seconds.
pub const PUBLICATION_MARGIN: i64 = 24 * 60 * 60;

/// One key with its history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKey {
    #[serde(flatten)]
    pub jwk: PrivateJwk,
    #[serde(with = "numeric_date")]
    pub created_at: Timestamp,
    /// When it signed its last token.
    #[serde(
        default,
        with = "optional_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub retired_at: Option<Timestamp>,
}

impl SigningKey {
    /// When its public half may go: once every token it signed has expired everywhere.
    pub fn published_until(&self) -> Option<Timestamp> {
        self.retired_at
            .map(|time| time.plus_seconds(LIFETIME + PUBLICATION_MARGIN))
    }
}

/// All keys: the one that signs, those that have signed and those that are going to.
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

#[derive(Serialize)]
struct Stored<'a> {
    active: &'a Kid,
    keys: &'a [SigningKey],
}

impl SigningKeys {
    /// The first key of a new installation.
    pub fn first(jwk: PrivateJwk, now: Timestamp) -> Result<Self, KeyError> {
        let active = jwk.kid().clone();
        let keys = vec![SigningKey {
            jwk,
            created_at: now,
            retired_at: None,
        }];
        Self { active, keys }.checked()
    }

    /// Reads the secret. Errors say nothing of what they found.
    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        let Unchecked { active, keys } =
            encoding::strict_object(json.as_bytes()).map_err(|_| KeyError::Json)?;
        Self { active, keys }.checked()
    }

    /// The secret as it is stored.
    pub fn to_json(&self) -> Result<Zeroizing<String>, KeyError> {
        let stored = Stored {
            active: &self.active,
            keys: &self.keys,
        };
        serde_json::to_string(&stored)
            .map(Zeroizing::new)
            .map_err(|_| KeyError::Json)
    }

    /// The key that signs.
    pub fn active(&self) -> Result<&SigningKey, KeyError> {
        self.find(&self.active).ok_or(KeyError::NoActiveKey)
    }

    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// What to publish: the public half of every key, newest first.
    pub fn public_jwks(&self) -> Jwks {
        Jwks {
            keys: self
                .keys
                .iter()
                .rev()
                .map(|key| key.jwk.public.clone())
                .collect(),
        }
    }

    /// The name for the next key.
    pub fn next_kid(&self, now: Timestamp) -> Result<Kid, NotAKid> {
        next_kid(now, self.keys.iter().map(|key| key.jwk.kid()))
    }

    /// Publishes a key that does not sign yet. Verifiers that keep the key set for a day have seen
    /// it when, a day later, it is [activated](Self::activate).
    pub fn announce(&mut self, jwk: PrivateJwk, now: Timestamp) -> Result<(), KeyError> {
        let mut next = self.clone();
        next.keys.push(SigningKey {
            jwk,
            created_at: now,
            retired_at: None,
        });
        *self = next.checked()?;
        Ok(())
    }

    /// From now on this key signs, and the one before it never again.
    pub fn activate(&mut self, kid: &Kid, now: Timestamp) -> Result<(), KeyError> {
        let mut next = self.clone();
        if next.active != *kid {
            for key in &mut next.keys {
                if *key.jwk.kid() == next.active {
                    key.retired_at = Some(now);
                }
            }
            next.active = kid.clone();
        }
        *self = next.checked()?;
        Ok(())
    }

    /// [Announces](Self::announce) and [activates](Self::activate) in one step. Verifiers that keep
    /// an older key set have to fetch it again for the first new token.
    pub fn rotate(&mut self, jwk: PrivateJwk, now: Timestamp) -> Result<(), KeyError> {
        let kid = jwk.kid().clone();
        let mut next = self.clone();
        next.announce(jwk, now)?;
        next.activate(&kid, now)?;
        *self = next;
        Ok(())
    }

    /// Drops the keys none of whose tokens can be valid any more; says how many.
    pub fn prune(&mut self, now: Timestamp) -> usize {
        let before = self.keys.len();
        self.keys
            .retain(|key| key.published_until().is_none_or(|end| now < end));
        before - self.keys.len()
    }

    fn find(&self, kid: &Kid) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.jwk.kid() == kid)
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
        match self.active()?.retired_at {
            None => Ok(self),
            Some(_) => Err(KeyError::Times),
        }
    }
}
