//! What signing and verifying ask of the machine they run on. Keys are only ever named here:
//! whether they live in the platform's `WebCrypto` or in this process is the implementation's affair.
//!
//! The futures carry no `Send` bound, because those of `WebCrypto` are tied to one isolate.

use std::future::Future;

use crate::kid::Kid;

/// The signing failed. The text is for the log and says nothing of the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signing failed: {0}")]
pub struct SignError(pub String);

/// Why a signature could not be checked at all, as opposed to checked and found false.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyLookupError {
    /// No published key has this name.
    #[error("no key of this name")]
    UnknownKey,
    /// The key or the arithmetic is out of reach for now. The text is for the log.
    #[error("verification unavailable: {0}")]
    Unavailable(String),
}

/// Signs with one key, always RS256 (RSASSA-PKCS1-v1_5 with SHA-256).
pub trait Signer {
    /// The name under which the public half is published.
    fn kid(&self) -> &Kid;

    fn sign(&self, input: &[u8]) -> impl Future<Output = Result<Vec<u8>, SignError>>;
}

/// Checks RS256 signatures against published keys. The algorithm belongs to the key: there is no
/// way to ask for another one.
pub trait Verifier {
    /// `kid` comes from the token unchecked. It may select one of the keys that the verifier
    /// already has, by plain equality, and must not be used for anything else.
    fn verify(
        &self,
        kid: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> impl Future<Output = Result<bool, KeyLookupError>>;
}
