//! Keys in the form of RFC 7517. Private members are wiped when dropped and never shown by
//! `Debug`; a key that is too short or oddly written is refused wherever it enters.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::encoding;
use crate::kid::Kid;

/// Moduli between these sizes, in bits.
pub const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;

/// Why a key or a set of keys is refused. Never carries anything of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("not a set of keys in the expected JSON form")]
    Json,
    #[error("not a PEM document of an RSA key")]
    Pem,
    #[error("a number of the key is not canonical base64url without leading zeros")]
    Number,
    #[error("the modulus is not an odd number of {} to {} bits", MODULUS_BITS.start(), MODULUS_BITS.end())]
    Modulus,
    #[error("the public exponent is not an odd number from 65537 to 4294967295")]
    Exponent,
    #[error("the numbers of the private key do not belong together")]
    Inconsistent,
    #[error("two keys have one name")]
    RepeatedKid,
    #[error("the key is in the set already, under another name")]
    RepeatedKey,
    #[error("no key has the name of the active one")]
    NoActiveKey,
    #[error("the active key is retired, or another one is retired before it was made")]
    Times,
    #[error("no key could be generated")]
    Generation,
}

/// RSA and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum KeyType {
    #[default]
    #[serde(rename = "RSA")]
    Rsa,
}

/// RS256 and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Algorithm {
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
}

/// Signatures and nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum KeyUse {
    #[default]
    #[serde(rename = "sig")]
    Signature,
}

/// A public key as it is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicJwk {
    pub kty: KeyType,
    /// The modulus, base64url.
    pub n: String,
    /// The public exponent, base64url.
    #[schema(example = "AQAB")]
    pub e: String,
    pub alg: Algorithm,
    #[serde(rename = "use")]
    pub key_use: KeyUse,
    #[schema(value_type = String, example = "proof-holdings-2026-01")]
    pub kid: Kid,
}

impl PublicJwk {
    /// Refuses keys that nobody should trust.
    pub fn check(&self) -> Result<(), KeyError> {
        let n = self.modulus()?;
        let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
        if !MODULUS_BITS.contains(&bits) || n.last().is_none_or(|byte| byte % 2 == 0) {
            return Err(KeyError::Modulus);
        }
        let e = number(&self.e)?;
        let e = (e.len() <= 4)
            .then(|| {
                e.iter()
                    .fold(0_u32, |value, byte| value << 8 | u32::from(*byte))
            })
            .ok_or(KeyError::Exponent)?;
        if e < 65_537 || e % 2 == 0 {
            Err(KeyError::Exponent)
        } else {
            Ok(())
        }
    }

    /// The modulus, most significant octet first.
    pub fn modulus(&self) -> Result<Vec<u8>, KeyError> {
        number(&self.n)
    }

    /// The public exponent, most significant octet first.
    pub fn exponent(&self) -> Result<Vec<u8>, KeyError> {
        number(&self.e)
    }
}

/// A positive number in base64url with no leading zero.
pub(crate) fn number(text: &str) -> Result<Vec<u8>, KeyError> {
    match encoding::decode(text.as_bytes()) {
        Some(octets) if octets.first().is_some_and(|octet| *octet != 0) => Ok(octets),
        _ => Err(KeyError::Number),
    }
}

/// The document at `/.well-known/jwks.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Jwks {
    pub keys: Vec<PublicJwk>,
}

/// Published keys that have been checked. A token may choose among these by name, and has no other
/// influence on which key it is checked with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet(Vec<PublicJwk>);

impl KeySet {
    pub fn new(jwks: Jwks) -> Result<Self, KeyError> {
        for (position, key) in jwks.keys.iter().enumerate() {
            key.check()?;
            if jwks
                .keys
                .iter()
                .take(position)
                .any(|other| other.kid == key.kid)
            {
                return Err(KeyError::RepeatedKid);
            }
        }
        Ok(Self(jwks.keys))
    }

    pub fn from_json(json: &str) -> Result<Self, KeyError> {
        Self::new(encoding::strict_object(json.as_bytes()).map_err(|_| KeyError::Json)?)
    }

    /// The key of exactly this name.
    pub fn get(&self, kid: &str) -> Option<&PublicJwk> {
        self.0.iter().find(|key| key.kid.as_str() == kid)
    }

    pub fn iter(&self) -> std::slice::Iter<'_, PublicJwk> {
        self.0.iter()
    }
}

impl<'a> IntoIterator for &'a KeySet {
    type Item = &'a PublicJwk;
    type IntoIter = std::slice::Iter<'a, PublicJwk>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// A number that must stay secret, as base64url. Its `Serialize` shows it, for the secret store and
/// for `WebCrypto`'s key import; nothing else does.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretNumber(Zeroizing<String>);

impl SecretNumber {
    pub fn new(base64url: Zeroizing<String>) -> Self {
        Self(base64url)
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretNumber(hidden)")
    }
}

/// A private key, with all the numbers that `WebCrypto` wants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PrivateJwk {
    #[serde(flatten)]
    pub public: PublicJwk,
    pub d: SecretNumber,
    pub p: SecretNumber,
    pub q: SecretNumber,
    pub dp: SecretNumber,
    pub dq: SecretNumber,
    pub qi: SecretNumber,
}

impl PrivateJwk {
    pub fn kid(&self) -> &Kid {
        &self.public.kid
    }

    /// Checks the public half, and the form of the private one. Whether the numbers belong
    /// together is for whoever generates or imports the key to check.
    pub fn check(&self) -> Result<(), KeyError> {
        self.public.check()?;
        for secret in [&self.d, &self.p, &self.q, &self.dp, &self.dq, &self.qi] {
            drop(Zeroizing::new(number(secret.expose())?));
        }
        Ok(())
    }

    /// The key alone as JSON, for `WebCrypto`'s import.
    pub fn to_json(&self) -> Result<Zeroizing<String>, KeyError> {
        serde_json::to_string(self)
            .map(Zeroizing::new)
            .map_err(|_| KeyError::Json)
    }
}
