//! Names of things: 24 hexadecimal characters, random, and the name of the object that holds them.

use std::fmt;

use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::tenant::Owner;

/// 96 random bits as 24 lower-case hexadecimal characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id([u8; 12]);

impl Id {
    pub const fn from_bytes(bytes: [u8; 12]) -> Self {
        Self(bytes)
    }

    /// Only the one spelling that this system gives out is an id; everything else names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 24 {
            return None;
        }
        let mut bytes = [0; 12];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The id that belongs to one idempotency key of one owner. The same key finds the same
    /// object, so that creating twice is impossible without any further record; to anyone without
    /// the secret the id is as random as any other.
    pub fn for_idempotency_key(secret: &[u8], owner: &Owner, what: &str, key: &str) -> Self {
        let mut mac = keyed(secret);
        for part in [
            what,
            owner.organisation.as_str(),
            owner.environment.as_str(),
            key,
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let digest = mac.finalize().into_bytes();
        let mut bytes = [0; 12];
        bytes.copy_from_slice(&digest[..12]);
        Self(bytes)
    }
}

/// HMAC-SHA-256 takes a key of any length.
pub(crate) fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of every length")]
    Hmac::<Sha256>::new_from_slice(secret).expect("any key length")
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// The bytes of a hexadecimal text, or nothing if it is not one.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
        .collect()
}

const fn nibble(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

impl Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an id"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Environment;
    use proptest::prelude::*;

    fn owner(environment: Environment) -> Owner {
        Owner {
            organisation: "aa".into(),
            environment,
        }
    }

    #[test]
    fn only_the_canonical_spelling_is_an_id() {
        assert!(Id::parse("507f1f77bcf86cd799439011").is_some());
        for wrong in [
            "",
            "507F1F77BCF86CD799439011",
            "507f1f77bcf86cd79943901",
            "507f1f77bcf86cd79943901g",
            "507f1f77bcf86cd7994390111",
        ] {
            assert!(Id::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn an_idempotency_key_belongs_to_one_owner_and_one_kind_of_thing() {
        let id = |secret: &[u8], environment, what, key| {
            Id::for_idempotency_key(secret, &owner(environment), what, key)
        };
        let one = id(b"s", Environment::Live, "verification", "k");
        assert_eq!(one, id(b"s", Environment::Live, "verification", "k"));
        assert_ne!(one, id(b"t", Environment::Live, "verification", "k"));
        assert_ne!(one, id(b"s", Environment::Test, "verification", "k"));
        assert_ne!(one, id(b"s", Environment::Live, "session", "k"));
        assert_ne!(one, id(b"s", Environment::Live, "verification", "k2"));
    }

    proptest! {
        #[test]
        fn ids_survive_the_round_trip(bytes: [u8; 12]) {
            let id = Id::from_bytes(bytes);
            prop_assert_eq!(Id::parse(&id.to_string()), Some(id));
            prop_assert_eq!(unhex(&hex(&bytes)), Some(bytes.to_vec()));
        }

        #[test]
        fn nothing_makes_parsing_panic(text in "\\PC{0,30}") {
            let _ = Id::parse(&text);
            let _ = unhex(&text);
        }
    }
}
