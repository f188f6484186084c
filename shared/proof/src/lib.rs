//! Proof tokens: what they say, how they are written, signed, read and judged. Nothing here reads
//! the clock, the network or a random source, and nothing in a token chooses how it is checked.
//!
//! The way of a token: [`issue::issue`] writes one with a [`signer::Signer`];
//! [`validate::open`] reads one with a [`signer::Verifier`] and hands out its claims only when the
//! signature holds; [`validate::judge`] decides what those claims are worth to the one who asks.

pub mod claims;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
pub mod issue;
pub mod jwk;
pub mod jws;
pub mod keys;
pub mod kid;
#[cfg(any(test, feature = "native"))]
pub mod native;
pub mod revocation;
pub mod signer;
pub mod validate;

mod encoding;
#[cfg(test)]
mod tests;
