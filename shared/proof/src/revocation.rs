//! Withdrawn proofs: what is known about one proof, and what the public list says about all. A
//! list entry carries neither the reason nor the tenant, for anybody may read it.

use proof_domain::id::Id;
pub use proof_domain::revocation::RevocationReason;
use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether the proof that a token stands for was withdrawn. Looked up by the token's `sub`, never
/// by the token's text, so that no other spelling of a token escapes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Nobody withdrew it.
    None,
    /// Withdrawn, whatever the time says.
    Revoked {
        at: Timestamp,
        reason: RevocationReason,
    },
}

impl Revocation {
    pub const fn is_revoked(self) -> bool {
        matches!(self, Self::Revoked { .. })
    }
}

/// One line of the public revocation list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevocationEntry {
    /// The `sub` claim of the withdrawn proof's token.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub proof_id: Id,
    pub revoked_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_entry_has_two_members() {
        let entry = RevocationEntry {
            proof_id: Id::parse("507f1f77bcf86cd799439011").unwrap(),
            revoked_at: Timestamp::from_seconds(1_770_202_200),
        };
        assert_eq!(
            serde_json::to_string(&entry).unwrap(),
            r#"{"proof_id":"507f1f77bcf86cd799439011","revoked_at":"2026-02-04T10:50:00Z"}"#
        );
    }
}
