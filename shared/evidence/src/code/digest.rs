//! The form in which a sent code is kept: keyed, bound to its verification, of no use elsewhere.

use data_encoding::HEXLOWER;
use hmac::Hmac;
use hmac::digest::{FixedOutput, KeyInit, Update};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{CodeShape, OtpCode};

/// Marks digests of codes, so that the same key can serve other purposes.
const PURPOSE: &[u8] = b"proof code digest 1";

/// The secret under which codes are digested. Six digits are no secret to whoever has both the
/// digest and this key.
#[derive(Clone)]
pub struct CodeKey(Zeroizing<[u8; 32]>);

impl CodeKey {
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

/// Marks digests under which what waits in a channel is found.
const OPEN_PURPOSE: &[u8] = b"proof open in channel 1";

/// The name under which something that waits in a channel is found: a code that may come, or a
/// person who was asked for more. To whoever has not the key it says nothing of either.
pub fn open_digest(key: &CodeKey, channel: &str, account: Option<&str>, what: &str) -> String {
    // The operator's account has no name, so that none of an organisation is equal to it.
    let (owned, account) = account.map_or(("operator", ""), |name| ("organisation", name));
    let parts = [channel, owned, account, what].map(str::as_bytes);
    CodeDigest::mac(key, OPEN_PURPOSE, &parts).to_hex()
}

/// Whether something is found under this name. In constant time.
pub fn open_digest_is(
    digest: &str,
    key: &CodeKey,
    channel: &str,
    account: Option<&str>,
    what: &str,
) -> bool {
    let right = open_digest(key, channel, account, what);
    right.as_bytes().ct_eq(digest.as_bytes()).into()
}

/// HMAC-SHA-256 over the verification's id and the code. The digest of one verification's code
/// says nothing about the same code in another verification.
#[derive(Clone, Copy)]
pub struct CodeDigest([u8; 32]);

impl CodeDigest {
    pub fn new(key: &CodeKey, verification_id: &str, code: &OtpCode) -> Self {
        Self::over(key, verification_id, &code.0)
    }

    /// Whether this is the code. In constant time.
    pub fn matches(&self, key: &CodeKey, verification_id: &str, submitted: &CodeShape) -> bool {
        let other = Self::over(key, verification_id, &submitted.0);
        self.0.ct_eq(&other.0).into()
    }

    /// Lower-case hexadecimal, the form in which it is stored.
    pub fn to_hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    /// Reads the stored form back.
    pub fn parse(hex: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(hex.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    pub(super) fn over(key: &CodeKey, verification_id: &str, code: &str) -> Self {
        Self::mac(key, PURPOSE, &[verification_id.as_bytes(), code.as_bytes()])
    }

    fn mac(key: &CodeKey, purpose: &[u8], parts: &[&[u8]]) -> Self {
        // HMAC pads a short key with zeros to the block; done here, no length can be wrong.
        let mut block = [0; 64];
        block[..key.0.len()].copy_from_slice(key.0.as_slice());
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&block).into());
        block.zeroize();
        // Each part with its length before it: no two lists of parts give the same bytes.
        for part in std::iter::once(&purpose).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Self(mac.finalize_fixed().into())
    }
}

impl Serialize for CodeDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for CodeDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a code digest"))
    }
}
