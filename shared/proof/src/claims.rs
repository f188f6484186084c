//! What a proof says, and how an identifier is committed to without being told. Claims are read
//! only from bytes whose signature holds, and even then only in their one exact form.

use std::fmt;
use std::str::FromStr;

use proof_domain::asset::{AssetType, Channel};
use proof_domain::id::Id;
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::encoding::{self, numeric_date, optional_date};

/// How long a proof is good for: exactly thirty days, in seconds.
pub const LIFETIME: i64 = 30 * 24 * 60 * 60;

/// The claims are not those of a proof. For logs and tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the claims of a proof")]
pub struct MalformedClaims;

/// The claims of a proof token, under the names they have there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofClaims {
    /// Who issued it.
    pub iss: String,
    /// The organisation it was issued to.
    pub aud: String,
    /// The proof, which is to say the verification: what is looked up in the revocation list.
    pub sub: Id,
    /// This one token.
    pub jti: Id,
    #[serde(with = "numeric_date")]
    pub iat: Timestamp,
    #[serde(with = "numeric_date")]
    pub exp: Timestamp,
    #[serde(deserialize_with = "named")]
    pub env: Environment,
    #[serde(rename = "type", deserialize_with = "named")]
    pub asset_type: AssetType,
    #[serde(deserialize_with = "named")]
    pub channel: Channel,
    /// When control was shown; for a reused proof the original time.
    #[serde(with = "numeric_date")]
    pub verified_at: Timestamp,
    pub identifier_salt: Octets<16>,
    pub identifier_hash: Octets<32>,
    /// The provider's own id of the account that was shown, committed to under the same salt as the
    /// identifier: names change hands, this does not. Absent where there is no account.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub account_hash: Option<Octets<32>>,
    /// Whether the channel ran over the organisation's own account with its provider, who could
    /// then have answered in the person's place. Absent where it did not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_channel: bool,
    /// The verification request that this proof was made for.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub request_id: Option<String>,
    /// Never issued; obeyed all the same.
    #[serde(
        default,
        with = "optional_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub nbf: Option<Timestamp>,
}

impl ProofClaims {
    /// Reads claims: an object with every known member exactly once and of its exact type. Unknown
    /// members are passed over, so that older validators can read newer proofs.
    pub fn from_json(bytes: &[u8]) -> Result<Self, MalformedClaims> {
        let claims: Self = encoding::strict_object(bytes).map_err(|_| MalformedClaims)?;
        claims.check()?;
        Ok(claims)
    }

    /// The bytes that go into the token.
    pub fn to_json(&self) -> Result<Vec<u8>, MalformedClaims> {
        serde_json::to_vec(self).map_err(|_| MalformedClaims)
    }

    /// What no reader of single members can see: that somebody is named, that the times are times,
    /// and that the proof does not outlive the key which signed it.
    pub fn check(&self) -> Result<(), MalformedClaims> {
        let named = !self.iss.is_empty() && !self.aud.is_empty();
        let times = [self.iat, self.exp, self.verified_at]
            .into_iter()
            .chain(self.nbf);
        let dated = { times }.all(encoding::is_date);
        let bounded = self.iat < self.exp && self.exp <= self.iat.plus_seconds(LIFETIME);
        if named && dated && bounded {
            Ok(())
        } else {
            Err(MalformedClaims)
        }
    }

    /// Whether the proof is about the account of this id.
    pub fn is_about_account(&self, id: &str) -> bool {
        self.account_hash.is_some_and(|hash| {
            account_hash(self.identifier_salt.0, id)
                .0
                .ct_eq(&hash.0)
                .into()
        })
    }

    pub fn commitment(&self) -> IdentifierCommitment {
        IdentifierCommitment {
            salt: self.identifier_salt,
            hash: self.identifier_hash,
        }
    }
}

/// When a proof issued now ends: after its lifetime, or with the proof it was derived from if that
/// ends sooner.
pub fn expiry(issued_at: Timestamp, source_expires_at: Option<Timestamp>) -> Timestamp {
    let own = issued_at.plus_seconds(LIFETIME);
    source_expires_at.map_or(own, |source| own.min(source))
}

/// The commitment to an account's id. The word in front keeps it apart from that to an identifier.
pub fn account_hash(salt: [u8; 16], id: &str) -> Octets<32> {
    let hash = Sha256::new()
        .chain_update(salt)
        .chain_update("account:")
        .chain_update(id)
        .finalize();
    Octets(hash.into())
}

/// A salted hash of an identifier. Whoever knows the identifier can check it; whoever does not can
/// still try out every phone number there is, so this hides nothing from a determined reader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct IdentifierCommitment {
    pub salt: Octets<16>,
    pub hash: Octets<32>,
}

impl IdentifierCommitment {
    /// Commits to an identifier in its normalised form. The salt is 16 random bytes, new for every
    /// token.
    pub fn new(salt: [u8; 16], normalised: &str) -> Self {
        let hash = Sha256::new()
            .chain_update(salt)
            .chain_update(normalised)
            .finalize();
        Self {
            salt: Octets(salt),
            hash: Octets(hash.into()),
        }
    }

    /// Whether this is the commitment to that identifier, in time that does not depend on how
    /// nearly it is.
    pub fn matches(&self, normalised: &str) -> bool {
        Self::new(self.salt.0, normalised)
            .hash
            .0
            .ct_eq(&self.hash.0)
            .into()
    }
}

impl fmt::Debug for IdentifierCommitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentifierCommitment(hidden)")
    }
}

/// A fixed number of octets, written as base64url and kept out of logs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Octets<const N: usize>(pub [u8; N]);

impl<const N: usize> Serialize for Octets<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encoding::encode(&self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Octets<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        encoding::decode(text.as_bytes())
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| D::Error::custom("not base64url of the right length"))
    }
}

impl<const N: usize> fmt::Debug for Octets<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({N} hidden)")
    }
}

/// A member that may be left out, but is of its type when it is there: `null` is not a way to leave
/// it out.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A name as text. The derived readers of enumerations also take `{"live":null}` for `"live"`.
fn named<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(|_| D::Error::custom("unknown name"))
}
