//! Organisations, their API keys and what they used this month.

use proof_domain::error::ApiError;
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Ledger, Statement};

/// A key that is not revoked, with what the door has to know of its organisation.
#[derive(Clone, Debug, Deserialize)]
pub struct KeyRecord {
    pub key_id: String,
    pub organisation_id: String,
    pub organisation_name: String,
    pub environment: Environment,
    pub rate_limit_per_minute: u32,
    pub streams_limit: Option<u32>,
    pub monthly_quota: Option<u64>,
    pub quota_used: u64,
    /// The channels for which the organisation has settings of its own, separated by commas.
    pub own_channels: Option<String>,
}

/// What an organisation used in one month, and may use.
#[derive(Clone, Debug, Deserialize)]
pub struct Usage {
    pub monthly_quota: Option<u64>,
    pub verifications: u64,
    pub proofs: u64,
}

impl Ledger {
    /// The key of this hash, if it may be used.
    pub async fn key(&self, hash: &str, now: Timestamp) -> Result<Option<KeyRecord>, ApiError> {
        self.row(Statement::of(
            "SELECT k.id AS key_id, o.id AS organisation_id, o.name AS organisation_name,
                    k.environment, o.rate_limit_per_minute, o.streams_limit, o.monthly_quota,
                    COALESCE(u.verifications, 0) AS quota_used,
                    (SELECT group_concat(channel) FROM channel_settings
                     WHERE organisation_id = o.id) AS own_channels
             FROM api_keys k
             JOIN organisations o ON o.id = k.organisation_id
             LEFT JOIN usage u ON u.organisation_id = o.id AND u.month = ?2
             WHERE k.hash = ?1 AND k.revoked_at IS NULL",
            vec![json!(hash), json!(now.month())],
        ))
        .await
    }

    /// Remembers when a key was last used, to the minute. Nobody waits for it, and a failure is
    /// only a missing note.
    pub async fn key_was_used(&self, key_id: &str, at: Timestamp) {
        let note = Statement::of(
            "UPDATE api_keys SET last_used_at = ?2
             WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at < ?2)",
            vec![json!(key_id), json!(at.seconds())],
        );
        let _ = self.apply(&[note]).await;
    }

    /// What the organisation used in the month of `now`.
    pub async fn usage(&self, organisation: &str, now: Timestamp) -> Result<Usage, ApiError> {
        let row = self
            .row(Statement::of(
                "SELECT o.monthly_quota, COALESCE(u.verifications, 0) AS verifications,
                        COALESCE(u.proofs, 0) AS proofs
                 FROM organisations o
                 LEFT JOIN usage u ON u.organisation_id = o.id AND u.month = ?2
                 WHERE o.id = ?1",
                vec![json!(organisation), json!(now.month())],
            ))
            .await?;
        row.ok_or_else(ApiError::not_found)
    }
}
