//! The compact form of a token: taken apart, and put together for signing. What comes out of
//! [`decode`] is not believed: its claims are bytes until the signature has been checked.

use std::fmt;

use serde::Deserialize;

use crate::encoding;
use crate::kid::Kid;

/// No token is longer than this, in bytes.
pub const MAX_TOKEN: usize = 8 * 1024;
/// No header is longer than this, in bytes of JSON.
pub const MAX_HEADER: usize = 1024;
/// The `typ` of a proof. No other token of this system has it, so that none can stand in for it.
pub const TYP: &str = "proof+jwt";
/// The one algorithm. The header has to repeat it, but it never selects anything.
pub const ALG: &str = "RS256";

/// Why a text is not a proof token. For logs and tests; callers of the API all hear the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    #[error("longer than a token may be")]
    TooLong,
    #[error("not three parts")]
    Parts,
    #[error("not base64url in its canonical form")]
    Encoding,
    #[error("not the header of a proof")]
    Header,
}

/// A token taken apart and not yet verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Unverified<'a> {
    /// The name of a key, as the token has it.
    pub kid: String,
    /// The bytes that the signature is over, exactly as they arrived.
    pub signing_input: &'a [u8],
    pub signature: Vec<u8>,
    /// Not to be read before the signature holds.
    pub claims_bytes: Vec<u8>,
}

/// These three and no others. In particular there is no `crit`, no `b64` and no key or address of
/// a key (`jwk`, `jku`, `x5c`, `x5u`): a header that has any member besides these is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

/// Takes a compact token apart. There is one spelling of every token, and only that is accepted.
pub fn decode(token: &str) -> Result<Unverified<'_>, Malformed> {
    let token = token.as_bytes();
    if token.len() > MAX_TOKEN {
        return Err(Malformed::TooLong);
    }
    let mut parts = token.split(|byte| *byte == b'.');
    let (Some(header), Some(claims), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Malformed::Parts);
    };
    if header.is_empty() || claims.is_empty() || signature.is_empty() {
        return Err(Malformed::Parts);
    }
    let signing_input = &token[..=header.len() + claims.len()];
    let part = |bytes| encoding::decode(bytes).ok_or(Malformed::Encoding);
    let header = part(header)?;
    if header.len() > MAX_HEADER {
        return Err(Malformed::TooLong);
    }
    let header: Header = encoding::strict_object(&header).map_err(|_| Malformed::Header)?;
    if header.alg != ALG || header.typ != TYP {
        return Err(Malformed::Header);
    }
    Ok(Unverified {
        kid: header.kid,
        signing_input,
        signature: part(signature)?,
        claims_bytes: part(claims)?,
    })
}

/// The header and the claims in the form that is signed: `base64url(header).base64url(claims)`.
pub fn signing_input(kid: &Kid, claims: &[u8]) -> String {
    // A key's name consists of letters, digits, dots and hyphens: nothing to escape.
    let header = format!(r#"{{"alg":"{ALG}","typ":"{TYP}","kid":"{kid}"}}"#);
    format!(
        "{}.{}",
        encoding::encode(header.as_bytes()),
        encoding::encode(claims)
    )
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").finish_non_exhaustive()
    }
}
