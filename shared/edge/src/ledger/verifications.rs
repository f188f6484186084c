//! Verifications: written by their objects, read by lists.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::page::VerificationQuery;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{
    ListedVerification, State, Status, Verification, VerificationList,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::{Count, Filter};
use super::{Begun, Ledger, OpenCode, Statement, Telling};

const UPSERT: &str = "INSERT INTO verifications
    (id, organisation_id, environment, type, channel, status, identifier, external_user_id,
     client_metadata, created_at, updated_at, verified_at, revoked_at, proof_expires_at, revision)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
  ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, updated_at = excluded.updated_at,
    verified_at = excluded.verified_at, revoked_at = excluded.revoked_at,
    proof_expires_at = excluded.proof_expires_at, revision = excluded.revision
  WHERE excluded.revision > verifications.revision";

const UPSERT_PROOF: &str = "INSERT INTO proofs
    (id, organisation_id, environment, jti, issued_at, expires_at, revoked_at, revoked_reason)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  ON CONFLICT (id) DO UPDATE SET
    revoked_at = excluded.revoked_at, revoked_reason = excluded.revoked_reason
  WHERE proofs.revoked_at IS NULL AND excluded.revoked_at IS NOT NULL";

/// Events that one thing empties whose time is over.
const EMPTIED_AT_ONCE: u32 = 500;

pub(super) const COLUMNS: &str =
    "id, environment, type, channel, status, identifier, external_user_id,
    client_metadata, created_at, updated_at, verified_at, revoked_at, proof_expires_at";

/// A row of the list.
#[derive(Deserialize)]
pub(super) struct Row {
    id: Id,
    environment: proof_domain::tenant::Environment,
    #[serde(rename = "type")]
    kind: AssetType,
    channel: Channel,
    status: Status,
    identifier: Option<String>,
    external_user_id: Option<String>,
    client_metadata: Option<String>,
    created_at: i64,
    updated_at: i64,
    verified_at: Option<i64>,
    revoked_at: Option<i64>,
    proof_expires_at: Option<i64>,
}

impl From<Row> for ListedVerification {
    fn from(row: Row) -> Self {
        let time = Timestamp::from_seconds;
        Self {
            id: row.id,
            kind: row.kind,
            channel: row.channel,
            status: row.status,
            identifier: row.identifier.unwrap_or_default(),
            external_user_id: row.external_user_id,
            client_metadata: row
                .client_metadata
                .and_then(|text| serde_json::from_str(&text).ok()),
            verified_at: row.verified_at.map(time),
            revoked_at: row.revoked_at.map(time),
            proof_expires_at: row.proof_expires_at.map(time),
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
            test_mode: row.environment.is_test().then_some(true),
        }
    }
}

impl Ledger {
    /// Writes what the object knows, and what is told of it. Writing it again, or an older state after
    /// it, changes nothing. A code that the person may send is found while the verification is pending.
    pub(crate) async fn record(
        &self,
        verification: &Verification,
        code: Option<&OpenCode>,
        telling: &Telling<'_>,
    ) -> Result<Vec<Begun>, ApiError> {
        let mut statements = vec![Statement::of(UPSERT, row_of(verification))];
        if let Some(proof) = proof_of(verification) {
            statements.push(Statement::of(UPSERT_PROOF, proof));
        }
        statements.extend(code.map(|code| {
            if verification.status() == Status::Pending {
                code.opening()
            } else {
                code.closing()
            }
        }));
        self.apply_and_tell(statements, telling).await
    }

    /// Takes away of whom and what a verification was, and what was told of others before that time
    /// and is personal. Its row stays, for counts and lists.
    pub async fn forget_verification(&self, id: Id, before: Timestamp) -> Result<(), ApiError> {
        self.apply(&[
            Statement::of(
                "UPDATE verifications
                 SET identifier = NULL, external_user_id = NULL, client_metadata = NULL
                 WHERE id = ?1",
                vec![json!(id)],
            ),
            forget_events(before),
        ])
        .await
    }

    /// Sees to it that a verification is still found among what is its person's when its object is
    /// gone, that its proof can be revoked then, and that no message finds it.
    pub async fn let_verification_go(
        &self,
        verification: &Verification,
        code: Option<&OpenCode>,
    ) -> Result<(), ApiError> {
        let mut statements = vec![Statement::of(UPSERT, row_of(verification))];
        statements.extend(proof_of(verification).map(|proof| Statement::of(UPSERT_PROOF, proof)));
        statements.extend(code.map(OpenCode::closing));
        self.apply(&statements).await
    }

    /// A page of the owner's verifications, newest first, in one round trip.
    pub async fn verifications(
        &self,
        owner: &Owner,
        query: &VerificationQuery,
    ) -> Result<VerificationList, ApiError> {
        let filter = filter(owner, query);
        let (rows, counts): (Vec<Row>, Vec<Count>) = self
            .run(&[
                filter.page(COLUMNS, "verifications", query.page),
                filter.total("COUNT(*)", "verifications"),
            ])
            .await?;
        let total = counts.first().map_or(0, |count| count.total);
        Ok(VerificationList {
            data: rows.into_iter().map(Into::into).collect(),
            pagination: query.page.of_total(total),
        })
    }

    /// One verification whose object is gone because its time has passed.
    pub async fn past_verification(
        &self,
        owner: &Owner,
        id: Id,
    ) -> Result<Option<ListedVerification>, ApiError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM verifications
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
        );
        let parameters = vec![
            json!(id),
            json!(owner.organisation),
            json!(owner.environment),
        ];
        let row: Option<Row> = self.row(Statement::of(&sql, parameters)).await?;
        Ok(row.map(Into::into))
    }
}

/// Empties the oldest events of before that time: what they said is personal, that they were is not.
/// Every thing whose time is over empties more of them than it has told, so none is left in the end.
pub(super) fn forget_events(before: Timestamp) -> Statement<'static> {
    Statement::of(
        "UPDATE events SET payload = NULL, external_user_id = NULL
         WHERE seq IN (SELECT seq FROM events WHERE payload IS NOT NULL AND created_at <= ?1
                       ORDER BY created_at LIMIT ?2)",
        vec![json!(before.seconds()), json!(EMPTIED_AT_ONCE)],
    )
}

fn filter(owner: &Owner, query: &VerificationQuery) -> Filter {
    let mut filter = Filter::of("", owner);
    filter.add("status =", query.status.map(|status| json!(status)));
    filter.add("type =", query.kind.map(|kind| json!(kind)));
    filter.add("channel =", query.channel.map(|channel| json!(channel)));
    filter.add(
        "external_user_id =",
        query.external_user_id.as_ref().map(|name| json!(name)),
    );
    filter.add(
        "created_at >=",
        query.created_after.map(|time| json!(time.seconds())),
    );
    filter.add(
        "created_at <=",
        query.created_before.map(|time| json!(time.seconds())),
    );
    filter
}

fn row_of(verification: &Verification) -> Vec<Value> {
    let proof = verification.proof();
    let revoked_at = match &verification.state {
        State::Revoked { at, .. } => Some(at.seconds()),
        _ => None,
    };
    let metadata = verification.client_metadata.as_ref();
    vec![
        json!(verification.id),
        json!(verification.owner.organisation),
        json!(verification.owner.environment),
        json!(verification.kind),
        json!(verification.channel),
        json!(verification.status()),
        json!(verification.identifier),
        json!(verification.external_user_id),
        json!(metadata.and_then(|metadata| serde_json::to_string(metadata).ok())),
        json!(verification.created_at.seconds()),
        json!(verification.updated_at.seconds()),
        json!(proof.map(|(_, at)| at.seconds())),
        json!(revoked_at),
        json!(proof.map(|(proof, _)| proof.expires_at.seconds())),
        json!(verification.revision),
    ]
}

fn proof_of(verification: &Verification) -> Option<Vec<Value>> {
    let (proof, _) = verification.proof()?;
    let revocation = match &verification.state {
        State::Revoked { at, reason, .. } => Some((at.seconds(), *reason)),
        _ => None,
    };
    Some(vec![
        json!(verification.id),
        json!(verification.owner.organisation),
        json!(verification.owner.environment),
        json!(proof.jti),
        json!(proof.issued_at.seconds()),
        json!(proof.expires_at.seconds()),
        json!(revocation.map(|(at, _)| at)),
        json!(revocation.map(|(_, reason)| reason)),
    ])
}
