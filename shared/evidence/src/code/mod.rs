//! The short codes that people carry from one place to another, and their comparison. A code that
//! is sent to a person is kept only as a keyed digest, bound to its verification; no comparison
//! here may tell by its duration how much of a guess was right.

mod digest;
#[cfg(test)]
mod tests;

pub use digest::{CodeDigest, CodeKey, open_digest, open_digest_is};

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The characters of every code.
pub const CODE_LENGTH: usize = 6;

/// How many random bytes to hand to a constructor. One byte makes a character unless it would
/// favour some characters over others (at most 6 of 256); that 32 bytes do not make six
/// characters happens less than once in 10³⁸ draws.
pub const RANDOM_BYTES: usize = 32;

/// Without I, L, O and without B, S, Z, whose twins 8, 5, 2 are in: 28⁶ codes, 28.8 bits.
const UNAMBIGUOUS: &[u8] = b"ACDEFGHJKMNPQRTUVWXY23456789";
const DIGITS: &[u8] = b"0123456789";

/// The random bytes did not suffice. With [`RANDOM_BYTES`] of them the random source is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too few usable random bytes for a code")]
pub struct TooLittleRandomness;

/// The text is not six characters of A–Z and 0–9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A code is exactly six characters, A to Z and 0 to 9, without spaces.")]
pub struct NotACode;

/// A code that the person sends to us: shown on a page, typed on a phone, read by people.
#[derive(Clone)]
pub struct InboundCode(String);

/// A code that we send to the person: six digits, for the numeric keyboard and for autofill.
#[derive(Clone)]
pub struct OtpCode(Zeroizing<String>);

/// What somebody handed in: of the shape of a code, nothing more is known of it.
#[derive(Clone)]
pub struct CodeShape(Zeroizing<String>);

impl InboundCode {
    /// Every code equally likely.
    pub fn from_random(random: &[u8]) -> Result<Self, TooLittleRandomness> {
        draw(random, UNAMBIGUOUS).map(Self)
    }

    /// A code read back from where it was kept.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        spelled_in(text, UNAMBIGUOUS).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In a time that does not depend on where the two differ.
    pub fn matches(&self, submitted: &CodeShape) -> bool {
        self.0.as_bytes().ct_eq(submitted.0.as_bytes()).into()
    }
}

impl OtpCode {
    /// Every code equally likely, those with leading zeros too.
    pub fn from_random(random: &[u8]) -> Result<Self, TooLittleRandomness> {
        draw(random, DIGITS).map(Zeroizing::new).map(Self)
    }

    /// A code read back from where it was kept until it is sent.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        spelled_in(text, DIGITS).map(Zeroizing::new).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CodeShape {
    /// Exactly `^[A-Z0-9]{6}$` in ASCII: nothing is trimmed, folded or transliterated, so that
    /// one code has one spelling.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        if text.len() != CODE_LENGTH {
            return Err(NotACode);
        }
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        {
            return Err(NotACode);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// Rejection sampling: a byte beyond the last whole multiple of the alphabet is thrown away.
fn draw(random: &[u8], alphabet: &[u8]) -> Result<String, TooLittleRandomness> {
    let usable = 256 - 256 % alphabet.len();
    let code: String = random
        .iter()
        .map(|&byte| usize::from(byte))
        .filter(|&number| number < usable)
        .map(|number| char::from(alphabet[number % alphabet.len()]))
        .take(CODE_LENGTH)
        .collect();
    if code.len() == CODE_LENGTH {
        Ok(code)
    } else {
        Err(TooLittleRandomness)
    }
}

fn spelled_in(text: &str, alphabet: &[u8]) -> Result<String, NotACode> {
    if text.len() == CODE_LENGTH && text.bytes().all(|byte| alphabet.contains(&byte)) {
        Ok(text.to_owned())
    } else {
        Err(NotACode)
    }
}

macro_rules! redacted {
    ($($secret:ident),+) => {$(
        impl fmt::Debug for $secret {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($secret), "(…)"))
            }
        }
    )+};
}
redacted!(InboundCode, OtpCode, CodeShape, CodeKey, CodeDigest);
