//! Organisations' own settings of channels, sealed.

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Ledger, Statement};

#[derive(Deserialize)]
struct Sealed {
    sealed: String,
}

#[derive(Deserialize)]
struct Name {
    channel: Channel,
}

/// What an organisation set for one channel, sealed.
#[derive(Deserialize)]
pub(crate) struct SealedChannel {
    pub channel: Channel,
    pub sealed: String,
}

impl Ledger {
    /// The organisation's sealed settings of this channel, if it has any of its own.
    pub(crate) async fn own_channel(
        &self,
        organisation: &str,
        channel: Channel,
    ) -> Result<Option<String>, ApiError> {
        let row: Option<Sealed> = self
            .row(Statement::of(
                "SELECT sealed FROM channel_settings WHERE organisation_id = ?1 AND channel = ?2",
                vec![json!(organisation), json!(channel)],
            ))
            .await?;
        Ok(row.map(|row| row.sealed))
    }

    /// The channels for which the organisation has settings of its own.
    pub async fn own_channels(&self, organisation: &str) -> Result<Vec<Channel>, ApiError> {
        let rows: Vec<Name> = self
            .rows(Statement::of(
                "SELECT channel FROM channel_settings WHERE organisation_id = ?1",
                vec![json!(organisation)],
            ))
            .await?;
        Ok(rows.into_iter().map(|row| row.channel).collect())
    }

    /// The sealed settings of all these channels.
    pub(crate) async fn own_channel_settings(
        &self,
        organisation: &str,
    ) -> Result<Vec<SealedChannel>, ApiError> {
        self.rows(Statement::of(
            "SELECT channel, sealed FROM channel_settings WHERE organisation_id = ?1",
            vec![json!(organisation)],
        ))
        .await
    }

    pub(crate) async fn keep_own_channel(
        &self,
        organisation: &str,
        channel: Channel,
        sealed: &str,
        at: Timestamp,
    ) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "INSERT INTO channel_settings (organisation_id, channel, sealed, updated_at)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (organisation_id, channel) DO UPDATE SET
               sealed = excluded.sealed, updated_at = excluded.updated_at",
            vec![
                json!(organisation),
                json!(channel),
                json!(sealed),
                json!(at.seconds()),
            ],
        )])
        .await
    }

    pub(crate) async fn drop_own_channel(
        &self,
        organisation: &str,
        channel: Channel,
    ) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "DELETE FROM channel_settings WHERE organisation_id = ?1 AND channel = ?2",
            vec![json!(organisation), json!(channel)],
        )])
        .await
    }
}
