//! The link beside the code. Its token is drawn at random, goes to the person and stays here only
//! as a digest that is bound to the verification. Opening the link proves nothing: mail scanners
//! open links. Only pressing the button on the page behind it does.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Random bytes of a token: 192 bits, far beyond guessing.
pub const TOKEN_BYTES: usize = 24;
const TOKEN_LENGTH: usize = 32;

/// Marks digests of links, so that no other digest passes for one.
const PURPOSE: &[u8] = b"proof link digest 1";

/// What makes the link work. A secret between us and the mailbox.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToken(Zeroizing<String>);

impl LinkToken {
    pub fn from_random(random: [u8; TOKEN_BYTES]) -> Self {
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&random)))
    }

    /// A token as somebody brings it: of the right form, nothing more is known of it.
    pub fn parse(text: &str) -> Option<Self> {
        let whole = text.len() == TOKEN_LENGTH && BASE64URL_NOPAD.decode(text.as_bytes()).is_ok();
        whole.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address that the person opens.
    pub fn url(&self, public_url: &str, verification_id: &str) -> String {
        format!(
            "{public_url}/confirm/email/{verification_id}?token={}",
            self.as_str()
        )
    }
}

impl fmt::Debug for LinkToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkToken(…)")
    }
}

/// The form in which a token is kept. It has enough entropy to need no key.
#[derive(Clone, Copy)]
pub struct LinkDigest([u8; 32]);

impl LinkDigest {
    pub fn new(verification_id: &str, token: &LinkToken) -> Self {
        let mut hash = Sha256::new();
        for part in [
            PURPOSE,
            verification_id.as_bytes(),
            token.as_str().as_bytes(),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Whether this is the token. In constant time.
    pub fn matches(&self, verification_id: &str, token: &LinkToken) -> bool {
        self.0.ct_eq(&Self::new(verification_id, token).0).into()
    }

    pub fn to_hex(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub fn parse(hex: &str) -> Option<Self> {
        let bytes = HEXLOWER.decode(hex.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

impl fmt::Debug for LinkDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkDigest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "507f1f77bcf86cd799439011";

    #[test]
    fn a_token_opens_its_own_verification_only() {
        let token = LinkToken::from_random([7; TOKEN_BYTES]);
        let digest = LinkDigest::new(ID, &token);
        let stored = LinkDigest::parse(&digest.to_hex()).unwrap();
        assert!(stored.matches(ID, &token));
        assert!(!stored.matches("507f1f77bcf86cd799439012", &token));
        assert!(!stored.matches(ID, &LinkToken::from_random([8; TOKEN_BYTES])));
    }

    #[test]
    fn what_is_not_a_token_is_none() {
        let token = LinkToken::from_random([255; TOKEN_BYTES]);
        assert_eq!(token.as_str().len(), TOKEN_LENGTH);
        assert!(LinkToken::parse(token.as_str()).is_some());
        for wrong in [
            "",
            "a",
            &"a".repeat(31),
            &"a".repeat(33),
            &format!("{}=", "a".repeat(31)),
            &format!("{}+", "a".repeat(31)),
            &format!("{} ", "a".repeat(31)),
            &"ą".repeat(16),
        ] {
            assert_eq!(LinkToken::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn the_link_needs_no_escaping() {
        let url = LinkToken::from_random([251; TOKEN_BYTES]).url("https://proof.example", ID);
        assert!(
            url.starts_with("https://proof.example/confirm/email/507f1f77bcf86cd799439011?token=")
        );
        assert!(!url.contains(['+', '=', '%', ' ']) || url.matches('=').count() == 1);
    }

    #[test]
    fn neither_is_printed() {
        let token = LinkToken::from_random([7; TOKEN_BYTES]);
        assert_eq!(format!("{token:?}"), "LinkToken(…)");
        assert_eq!(
            format!("{:?}", LinkDigest::new(ID, &token)),
            "LinkDigest(…)"
        );
    }

    proptest! {
        #[test]
        fn only_the_same_bytes_match(one: [u8; TOKEN_BYTES], other: [u8; TOKEN_BYTES]) {
            let digest = LinkDigest::new(ID, &LinkToken::from_random(one));
            prop_assert_eq!(digest.matches(ID, &LinkToken::from_random(other)), one == other);
        }
    }
}
