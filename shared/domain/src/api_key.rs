//! API keys: `pk_live_` or `pk_test_`, 32 random characters and a checksum, so that a typing error
//! is told from a wrong key without asking anyone and a secret scanner can find a leaked one.
//! A key is stored only as a keyed hash and is never printed whole.

use std::fmt;

use hmac::Mac;
use zeroize::Zeroizing;

use crate::id::{hex, keyed};
use crate::tenant::Environment;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 32;
const CHECKSUM: usize = 6;
const PREFIX: usize = 8;

/// A well-formed API key. Its `Debug` shows the prefix alone.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// A new key from random bytes. Bytes that would favour a character are skipped, so more than
    /// 32 are wanted; `None` if they run out.
    pub fn from_random(environment: Environment, random: &[u8]) -> Option<Self> {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX + RANDOM + CHECKSUM));
        text.push_str(prefix(environment));
        let fair = random.iter().filter(|byte| **byte < 248);
        text.extend(
            fair.map(|byte| char::from(ALPHABET[usize::from(byte % 62)]))
                .take(RANDOM),
        );
        if text.len() < PREFIX + RANDOM {
            return None;
        }
        let sum = checksum(&text);
        text.push_str(&sum);
        Some(Self(text))
    }

    /// Accepts only the exact form, checksum included.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != PREFIX + RANDOM + CHECKSUM || !text.is_ascii() {
            return None;
        }
        environment_of(text)?;
        let (body, sum) = text.split_at(PREFIX + RANDOM);
        let random = body[PREFIX..]
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric());
        (random && checksum(body) == sum).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    pub fn environment(&self) -> Environment {
        environment_of(&self.0).unwrap_or(Environment::Test)
    }

    /// What is stored and looked up: HMAC-SHA-256 under the operator's pepper.
    pub fn hash(&self, pepper: &[u8]) -> String {
        let mut mac = keyed(pepper);
        mac.update(self.0.as_bytes());
        hex(&mac.finalize().into_bytes())
    }

    /// Enough to recognise a key in a list, too little to use it.
    pub fn hint(&self) -> String {
        format!("{}…{}", &self.0[..PREFIX], &self.0[self.0.len() - 4..])
    }

    /// The whole key, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", &self.0[..PREFIX])
    }
}

const fn prefix(environment: Environment) -> &'static str {
    match environment {
        Environment::Live => "pk_live_",
        Environment::Test => "pk_test_",
    }
}

fn environment_of(text: &str) -> Option<Environment> {
    [Environment::Live, Environment::Test]
        .into_iter()
        .find(|env| text.starts_with(prefix(*env)))
}

/// CRC-32 of what stands before, as six base-62 digits.
fn checksum(body: &str) -> String {
    let mut rest = crc32fast::hash(body.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> ApiKey {
        let bytes: Vec<u8> = (0..64).collect();
        ApiKey::from_random(Environment::Live, &bytes).unwrap()
    }

    #[test]
    fn has_the_documented_form() {
        assert_eq!(
            key().reveal(),
            "pk_live_0123456789ABCDEFGHIJKLMNOPQRSTUV1j90KZ"
        );
        assert_eq!(key().hint(), "pk_live_…90KZ");
        assert_eq!(key().environment(), Environment::Live);
        assert!(!format!("{:?}", key()).contains("0123"));
    }

    #[test]
    fn too_little_randomness_makes_no_key() {
        assert!(ApiKey::from_random(Environment::Live, &[255; 200]).is_none());
        assert!(ApiKey::from_random(Environment::Live, &[1; 31]).is_none());
    }

    #[test]
    fn the_hash_depends_on_the_pepper() {
        assert_ne!(key().hash(b"one"), key().hash(b"two"));
        assert_eq!(key().hash(b"one").len(), 64);
    }

    proptest! {
        #[test]
        fn every_single_change_is_noticed(position in 8usize..46, replacement in "[0-9A-Za-z]") {
            let good = key().reveal().to_owned();
            let mut bad = good.clone();
            bad.replace_range(position..=position, &replacement);
            prop_assert_eq!(ApiKey::parse(&bad).is_some(), bad == good);
        }

        #[test]
        fn nothing_makes_parsing_panic(text in "\\PC{0,60}") {
            let _ = ApiKey::parse(&text);
        }
    }
}
