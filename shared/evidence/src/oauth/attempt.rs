//! The secrets of one attempt to sign in. Each attempt has its own; they are random, come in as
//! bytes, and are compared in constant time. Nothing here remembers which were used.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use proof_domain::id::Id;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// How many random bytes an attempt is made of.
pub const RANDOM_BYTES: usize = STATE + VERIFIER + NONCE + COOKIE;

const STATE: usize = 32;
/// 43 characters, as many as RFC 7636 §4.1 asks for.
const VERIFIER: usize = 32;
const NONCE: usize = 16;
const COOKIE: usize = 32;

/// The secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Comes back with the person, and names the verification.
    pub state: String,
    /// PKCE: what only we can show when the code is exchanged (RFC 7636).
    pub verifier: String,
    /// Stands in the ID token of this attempt and of no other.
    pub nonce: String,
    /// Stays in the browser that began.
    pub cookie: String,
}

impl Attempt {
    pub fn from_random(verification: Id, random: &[u8; RANDOM_BYTES]) -> Self {
        let (state, rest) = random.split_at(STATE);
        let (verifier, rest) = rest.split_at(VERIFIER);
        let (nonce, cookie) = rest.split_at(NONCE);
        let text = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        Self {
            state: format!("{verification}.{}", text(state)),
            verifier: text(verifier),
            nonce: text(nonce),
            cookie: text(cookie),
        }
    }

    /// What the provider is shown of a verifier (S256).
    pub fn challenge(verifier: &str) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(verifier))
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt(…)")
    }
}

/// The verification that a state names. Whether the state is good is for that verification to say.
pub fn verification_of(state: &str) -> Option<Id> {
    let (id, random) = state.split_once('.')?;
    let random = BASE64URL_NOPAD.decode(random.as_bytes()).ok()?;
    (random.len() == STATE).then(|| Id::parse(id)).flatten()
}

/// The form in which a state or a cookie is kept: of no use to whoever reads it.
pub fn secret_digest(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret))
}

/// Whether this is the secret of that digest. In constant time.
pub fn same_secret(digest: &str, presented: &str) -> bool {
    secret_digest(presented)
        .as_bytes()
        .ct_eq(digest.as_bytes())
        .into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> Id {
        Id::from_bytes([7; 12])
    }

    #[test]
    fn parts_are_long_enough_and_differ() {
        let mut random = [0; RANDOM_BYTES];
        for (position, byte) in random.iter_mut().enumerate() {
            *byte = u8::try_from(position).unwrap();
        }
        let attempt = Attempt::from_random(id(), &random);
        assert_eq!(attempt.verifier.len(), 43);
        assert_eq!(attempt.nonce.len(), 22);
        assert_eq!(attempt.cookie.len(), 43);
        assert_eq!(
            attempt.state,
            "070707070707070707070707.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
        );
        assert_ne!(attempt.verifier, attempt.cookie);
        assert_eq!(format!("{attempt:?}"), "Attempt(…)");
    }

    /// RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_that_of_the_specification() {
        assert_eq!(
            Attempt::challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_state_names_its_verification_or_nothing() {
        let attempt = Attempt::from_random(id(), &[9; RANDOM_BYTES]);
        assert_eq!(verification_of(&attempt.state), Some(id()));
        for odd in [
            "",
            ".",
            "070707070707070707070707",
            "070707070707070707070707.",
            "070707070707070707070707.AAAA",
            "07070707070707070707070.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
            "070707070707070707070707.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9",
            "070707070707070707070707.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            "G70707070707070707070707.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        ] {
            assert_eq!(verification_of(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn only_the_secret_itself_fits_its_digest(one in ".{0,60}", other in ".{0,60}") {
            prop_assert!(same_secret(&secret_digest(&one), &one));
            prop_assert_eq!(same_secret(&secret_digest(&one), &other), one == other);
            prop_assert!(!same_secret("", &one));
        }

        #[test]
        fn no_state_breaks_the_reader(state in ".{0,100}") {
            let _ = verification_of(&state);
        }
    }
}
