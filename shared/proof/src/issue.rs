//! Writing a token. What this writes, `jws` and `claims` can read; claims that could not be read
//! back are never signed.

use crate::claims::{MalformedClaims, ProofClaims};
use crate::encoding;
use crate::jws;
use crate::signer::{SignError, Signer};

/// Why no token was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    #[error(transparent)]
    Claims(#[from] MalformedClaims),
    #[error("the token would be longer than {} bytes", jws::MAX_TOKEN)]
    TooLong,
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The signed token for these claims.
pub async fn issue<S: Signer>(signer: &S, claims: &ProofClaims) -> Result<String, IssueError> {
    claims.check()?;
    let mut token = jws::signing_input(signer.kid(), &claims.to_json()?);
    let signature = signer.sign(token.as_bytes()).await?;
    token.push('.');
    token.push_str(&encoding::encode(&signature));
    if token.len() > jws::MAX_TOKEN {
        Err(IssueError::TooLong)
    } else {
        Ok(token)
    }
}
