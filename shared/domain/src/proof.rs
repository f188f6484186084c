//! Proofs as the API shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::asset::{AssetType, Channel};
use crate::id::Id;
use crate::page::Pagination;
use crate::revocation::RevocationReason;
use crate::timestamp::Timestamp;
use crate::verification::Status;

/// A token to validate.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateProof {
    /// The proof token as you received it.
    #[schema(example = "eyJhbGciOiJSUzI1NiIs…")]
    pub proof_token: String,
    /// If given, the proof has to be about this identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+37069199199", max_length = 512)]
    pub identifier: Option<String>,
}

impl std::fmt::Debug for ValidateProof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ValidateProof(…)")
    }
}

/// What a valid proof says.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProvenVerification {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub verified_at: Timestamp,
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// How a proof stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProofStatus {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub proof_id: Id,
    /// `verified`, `revoked` or `expired`.
    pub status: Status,
    pub is_valid: bool,
    pub is_revoked: bool,
    pub revoked_at: Option<Timestamp>,
    pub revoked_reason: Option<RevocationReason>,
    pub expires_at: Timestamp,
    pub is_expired: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// A proof to withdraw.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeProof {
    pub reason: RevocationReason,
}

/// The proof is withdrawn.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RevokedProof {
    pub success: bool,
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub verification_id: Id,
    pub status: Status,
    pub revoked_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// Where a page of the revocation list stands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RevocationPagination {
    #[serde(flatten)]
    pub pagination: Pagination,
    /// Give this as `after` to read on; what is revoked in the meantime is not missed.
    #[schema(example = "128")]
    pub next_cursor: Option<String>,
}

/// Use of the current month.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Quota {
    /// The month, UTC.
    #[schema(example = "2026-02")]
    pub period: String,
    /// Live verifications a month; `null` without a limit.
    pub limit: Option<u64>,
    /// Live verifications created.
    pub used: u64,
    /// What is left; `null` without a limit.
    pub remaining: Option<u64>,
    /// Live proofs issued.
    pub proofs: u64,
}
