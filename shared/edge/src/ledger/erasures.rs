//! Deleting everything about one user: what is still there, what is gone, and the receipts. Rows are
//! counted in the transaction that deletes them, so that of two calls at once, or one that is
//! repeated after a crash, each row counts once.

use proof_domain::erasure::{Erased, ErasureStatus, ErasureView};
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::{Environment, Owner};
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Ledger, Statement};
use crate::objects::{Remaining, Subject};

const OF_PERSON: &str = "organisation_id = ?1 AND environment = ?2 AND external_user_id = ?3";

const COLUMNS: &str = "id, environment, subject, external_user_id, revoke, verifications, sessions,
    verification_requests, events, webhook_deliveries, proofs_revoked, requested_at, completed_at";

/// A deletion under way, or its receipt.
#[derive(Clone, Debug, Deserialize)]
pub struct ErasureRecord {
    pub id: Id,
    pub environment: Environment,
    pub subject: String,
    /// While it is under way.
    pub external_user_id: Option<String>,
    revoke: u8,
    #[serde(flatten)]
    pub erased: Erased,
    pub proofs_revoked: u64,
    requested_at: i64,
    completed_at: Option<i64>,
}

impl ErasureRecord {
    pub const fn revokes(&self) -> bool {
        self.revoke != 0
    }

    pub const fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }
}

impl From<ErasureRecord> for ErasureView {
    fn from(record: ErasureRecord) -> Self {
        Self {
            id: record.id,
            status: if record.is_completed() {
                ErasureStatus::Completed
            } else {
                ErasureStatus::InProgress
            },
            external_user_id: record.external_user_id,
            subject_digest: record.subject,
            deleted: record.erased,
            proofs_revoked: record.proofs_revoked,
            requested_at: Timestamp::from_seconds(record.requested_at),
            completed_at: record.completed_at.map(Timestamp::from_seconds),
            test_mode: record.environment.is_test().then_some(true),
        }
    }
}

/// What there still is, some of it, in the order in which it has to go: what makes others comes
/// before what it makes.
pub type Remains = Option<(Remaining, Vec<Id>)>;

/// In the order in which they go.
const KINDS: [Remaining; 4] = [
    Remaining::Session,
    Remaining::Request,
    Remaining::Verification,
    Remaining::Delivery,
];

/// Where a kind has its rows, and where a receipt counts them.
struct Rows {
    table: &'static str,
    key: &'static str,
    column: &'static str,
}

const fn rows_of(kind: Remaining) -> Rows {
    let (table, key, column) = match kind {
        Remaining::Session => ("traces", "subject_id", "sessions"),
        Remaining::Request => ("verification_requests", "id", "verification_requests"),
        Remaining::Verification => ("verifications", "id", "verifications"),
        Remaining::Delivery => ("webhook_deliveries", "id", "webhook_deliveries"),
    };
    Rows { table, key, column }
}

#[derive(Deserialize)]
struct Named {
    id: Id,
}

impl Ledger {
    /// Remembers whom an object is about that has no other row.
    pub async fn keep_trace(
        &self,
        subject: Subject,
        owner: &Owner,
        external_user_id: &str,
    ) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "INSERT INTO traces
               (subject_id, subject_kind, organisation_id, environment, external_user_id)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            vec![
                json!(subject.id()),
                json!(subject.kind()),
                json!(owner.organisation),
                json!(owner.environment),
                json!(external_user_id),
            ],
        )])
        .await
    }

    pub async fn drop_trace(&self, subject: Subject) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "DELETE FROM traces WHERE subject_id = ?1",
            vec![json!(subject.id())],
        )])
        .await
    }

    /// Begins a deletion, or finds the one of this user that is under way.
    pub async fn begin_erasure(
        &self,
        id: Id,
        owner: &Owner,
        external_user_id: &str,
        subject: &str,
        revoke: bool,
        now: Timestamp,
    ) -> Result<ErasureRecord, ApiError> {
        let (_, rows): (Vec<Value>, Vec<ErasureRecord>) = self
            .run(&[
                Statement::of(
                    "INSERT INTO erasures (id, organisation_id, environment, subject,
                       external_user_id, revoke, requested_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (organisation_id, environment, subject)
                     WHERE completed_at IS NULL
                     DO UPDATE SET revoke = MAX(revoke, excluded.revoke)",
                    vec![
                        json!(id),
                        json!(owner.organisation),
                        json!(owner.environment),
                        json!(subject),
                        json!(external_user_id),
                        json!(u8::from(revoke)),
                        json!(now.seconds()),
                    ],
                ),
                Statement::of(
                    format!(
                        "SELECT {COLUMNS} FROM erasures WHERE organisation_id = ?1
                           AND environment = ?2 AND subject = ?3 AND completed_at IS NULL"
                    ),
                    vec![
                        json!(owner.organisation),
                        json!(owner.environment),
                        json!(subject),
                    ],
                ),
            ])
            .await?;
        let row = rows.into_iter().next();
        row.ok_or_else(|| ApiError::internal("an erasure that was begun is not there"))
    }

    /// Some of what there is of this user, of the first kind of which there is any.
    pub async fn remains(
        &self,
        owner: &Owner,
        external_user_id: &str,
        limit: usize,
    ) -> Result<Remains, ApiError> {
        let of = |sql: String| {
            let parameters = vec![
                json!(owner.organisation),
                json!(owner.environment),
                json!(external_user_id),
                json!(limit),
            ];
            Statement::of(sql, parameters)
        };
        let statements = KINDS.map(|kind| {
            let Rows { table, key, .. } = rows_of(kind);
            of(format!(
                "SELECT {key} AS id FROM {table} WHERE {OF_PERSON} LIMIT ?4"
            ))
        });
        let rows: [Vec<Named>; 4] = self.run(&statements).await?;
        Ok(KINDS
            .into_iter()
            .zip(rows)
            .find(|(_, rows)| !rows.is_empty())
            .map(|(kind, rows)| (kind, rows.into_iter().map(|row| row.id).collect())))
    }

    /// The objects of these are gone: deletes their rows and counts them.
    pub async fn erased(
        &self,
        erasure: &ErasureRecord,
        owner: &Owner,
        kind: Remaining,
        ids: &[Id],
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let list = serde_json::to_string(ids)
            .map_err(|error| ApiError::internal(format!("ids: {error}")))?;
        let Rows { table, key, column } = rows_of(kind);
        let theirs = format!(
            "{key} IN (SELECT value FROM json_each(?1)) AND organisation_id = ?2 AND environment = ?3"
        );
        let mut parameters = vec![
            json!(list),
            json!(owner.organisation),
            json!(owner.environment),
        ];
        let mut statements = Vec::with_capacity(4);
        if erasure.revokes() && matches!(kind, Remaining::Verification) {
            statements.extend(revoke(&parameters, erasure.id, now));
        }
        if matches!(kind, Remaining::Request) {
            statements.push(Statement::of(
                "DELETE FROM request_references
                 WHERE request_id IN (SELECT value FROM json_each(?1))
                   AND organisation_id = ?2 AND environment = ?3",
                parameters.clone(),
            ));
        }
        let deleted = Statement::of(
            format!("DELETE FROM {table} WHERE {theirs}"),
            parameters.clone(),
        );
        parameters.push(json!(erasure.id));
        statements.push(Statement::of(
            format!(
                "UPDATE erasures
                 SET {column} = {column} + (SELECT COUNT(*) FROM {table} WHERE {theirs})
                 WHERE id = ?4"
            ),
            parameters,
        ));
        statements.push(deleted);
        self.apply(&statements).await
    }

    /// If nothing is left but what was told to others, that goes now, and the name with it. Gives the
    /// deletion as it stands then; nothing if another call took its receipt back.
    pub async fn complete_erasure(
        &self,
        id: Id,
        owner: &Owner,
        external_user_id: &str,
        now: Timestamp,
    ) -> Result<Option<ErasureRecord>, ApiError> {
        let person = vec![
            json!(owner.organisation),
            json!(owner.environment),
            json!(external_user_id),
        ];
        let of_erasure = [&person[..], &[json!(id)]].concat();
        let completed = [&of_erasure[..], &[json!(now.seconds())]].concat();
        let remains = KINDS
            .map(|kind| {
                let Rows { table, .. } = rows_of(kind);
                format!("EXISTS (SELECT 1 FROM {table} WHERE {OF_PERSON})")
            })
            .join(" OR ");
        let (_, _, _, rows): (Vec<Value>, Vec<Value>, Vec<Value>, Vec<ErasureRecord>) = self
            .run(&[
                Statement::of(
                    format!(
                        "UPDATE erasures
                         SET events = events + (SELECT COUNT(*) FROM events WHERE {OF_PERSON})
                         WHERE id = ?4 AND NOT ({remains})"
                    ),
                    of_erasure,
                ),
                Statement::of(
                    format!("DELETE FROM events WHERE {OF_PERSON} AND NOT ({remains})"),
                    person,
                ),
                Statement::of(
                    format!(
                        "UPDATE erasures SET completed_at = ?5, external_user_id = NULL
                         WHERE id = ?4 AND completed_at IS NULL AND NOT ({remains})"
                    ),
                    completed,
                ),
                Statement::of(
                    format!("SELECT {COLUMNS} FROM erasures WHERE id = ?1"),
                    vec![json!(id)],
                ),
            ])
            .await?;
        Ok(rows.into_iter().next())
    }

    /// The newest receipt of this user that is not empty.
    pub async fn earlier_erasure(
        &self,
        owner: &Owner,
        subject: &str,
    ) -> Result<Option<ErasureRecord>, ApiError> {
        self.row(Statement::of(
            format!(
                "SELECT {COLUMNS} FROM erasures
                 WHERE organisation_id = ?1 AND environment = ?2 AND subject = ?3
                   AND completed_at IS NOT NULL
                   AND verifications + sessions + verification_requests + events
                       + webhook_deliveries > 0
                 ORDER BY completed_at DESC LIMIT 1"
            ),
            vec![
                json!(owner.organisation),
                json!(owner.environment),
                json!(subject),
            ],
        ))
        .await
    }

    /// Takes a receipt back, as if it had never been given.
    pub async fn take_erasure_back(&self, id: Id) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "DELETE FROM erasures WHERE id = ?1",
            vec![json!(id)],
        )])
        .await
    }

    /// A deletion by its id.
    pub async fn erasure(&self, owner: &Owner, id: Id) -> Result<Option<ErasureRecord>, ApiError> {
        self.row(Statement::of(
            format!(
                "SELECT {COLUMNS} FROM erasures
                 WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
            ),
            vec![
                json!(id),
                json!(owner.organisation),
                json!(owner.environment),
            ],
        ))
        .await
    }
}

/// Revokes the proofs of these verifications that are good, and counts them. `theirs` are the list
/// of ids, the organisation and the environment.
fn revoke(theirs: &[Value], erasure: Id, now: Timestamp) -> [Statement<'static>; 2] {
    const GOOD: &str = "id IN (SELECT value FROM json_each(?1)) AND organisation_id = ?2
        AND environment = ?3 AND revoked_at IS NULL AND expires_at > ?4";
    let mut parameters = theirs.to_vec();
    parameters.push(json!(now.seconds()));
    let mut counted = parameters.clone();
    counted.push(json!(erasure));
    [
        Statement::of(
            format!(
                "UPDATE erasures
                 SET proofs_revoked = proofs_revoked + (SELECT COUNT(*) FROM proofs WHERE {GOOD})
                 WHERE id = ?5"
            ),
            counted,
        ),
        Statement::of(
            format!(
                "UPDATE proofs SET revoked_at = ?4, revoked_reason = 'user_request' WHERE {GOOD}"
            ),
            parameters,
        ),
    ]
}
