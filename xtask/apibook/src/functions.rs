//! The functions whose documents make the book, in the order in which they are read. A new function
//! is added here and nowhere else.

use crate::merge::{MergeError, Part};

pub fn parts() -> Result<Vec<Part>, MergeError> {
    Ok(vec![
        Part::new("verifications", &proof_verifications::openapi())?,
        Part::new("requests", &proof_requests::openapi())?,
        Part::new("proofs", &proof_proofs::openapi())?,
        Part::new("webhooks", &proof_webhooks::openapi())?,
        Part::new("accounts", &proof_accounts::openapi())?,
        Part::new("front", &proof_front::openapi())?,
    ])
}
