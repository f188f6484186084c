//! Proofs and their revocations, as offline checkers and `validate` read them.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::page::PageRequest;
use proof_domain::revocation::RevocationReason;
use proof_domain::tenant::{Environment, Owner};
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::Count;
use super::{Ledger, Statement};

/// What the ledger knows of a proof. Times are seconds.
#[derive(Clone, Debug, Deserialize)]
pub struct ProofRecord {
    pub expires_at: i64,
    pub revoked_at: Option<i64>,
    pub revoked_reason: Option<RevocationReason>,
}

/// One line of the revocation list.
#[derive(Clone, Debug, Deserialize)]
pub struct RevokedProof {
    pub seq: u64,
    pub proof_id: String,
    pub revoked_at: i64,
}

/// A page of the revocation list.
#[derive(Clone, Debug)]
pub struct RevocationPage {
    pub entries: Vec<RevokedProof>,
    pub total: u64,
}

impl Ledger {
    /// The owner's proof of this id.
    pub async fn proof(&self, owner: &Owner, id: &str) -> Result<Option<ProofRecord>, ApiError> {
        self.row(Statement::of(
            "SELECT expires_at, revoked_at, revoked_reason FROM proofs
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3",
            vec![
                json!(id),
                json!(owner.organisation),
                json!(owner.environment),
            ],
        ))
        .await
    }

    /// Revokes a proof whose object is gone, if it is still good, and gives it as it is then. Again it
    /// changes nothing.
    pub async fn revoke_proof(
        &self,
        owner: &Owner,
        id: Id,
        reason: RevocationReason,
        now: Timestamp,
    ) -> Result<Option<ProofRecord>, ApiError> {
        let (_, rows): (Vec<Value>, Vec<ProofRecord>) = self
            .run(&[
                Statement::of(
                    "UPDATE proofs SET revoked_at = ?4, revoked_reason = ?5
                     WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3
                       AND revoked_at IS NULL AND expires_at > ?4",
                    vec![
                        json!(id),
                        json!(owner.organisation),
                        json!(owner.environment),
                        json!(now.seconds()),
                        json!(reason),
                    ],
                ),
                Statement::of(
                    "SELECT expires_at, revoked_at, revoked_reason FROM proofs
                     WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3
                       AND revoked_at IS NOT NULL",
                    vec![
                        json!(id),
                        json!(owner.organisation),
                        json!(owner.environment),
                    ],
                ),
            ])
            .await?;
        Ok(rows.into_iter().next())
    }

    /// Revocations in the order in which they came, after the one of this number.
    pub async fn revocations(
        &self,
        environment: Environment,
        after: u64,
        page: PageRequest,
    ) -> Result<RevocationPage, ApiError> {
        let rows = Statement::of(
            "SELECT seq, proof_id, revoked_at FROM revocations
             WHERE environment = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3 OFFSET ?4",
            vec![
                json!(environment),
                json!(after),
                json!(page.limit),
                json!(page.offset()),
            ],
        );
        let count = Statement::of(
            "SELECT COUNT(*) AS total FROM revocations WHERE environment = ?1 AND seq > ?2",
            vec![json!(environment), json!(after)],
        );
        let (entries, counts): (Vec<RevokedProof>, Vec<Count>) = self.run(&[rows, count]).await?;
        Ok(RevocationPage {
            entries,
            total: counts.first().map_or(0, |count| count.total),
        })
    }
}
