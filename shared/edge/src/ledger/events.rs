//! Events and the deliveries that each begins, in one transaction.

use proof_domain::error::ApiError;
use proof_domain::event::{Event, EventType};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::{NewDelivery, RetrySchedule};
use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoints::{KnownEndpoint, SealedSecrets};
use super::{Ledger, Statement};

/// What is told of a row that is written: events, which begin deliveries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling<'a> {
    /// All of one owner.
    pub(crate) events: &'a [Event],
    /// The row under which callback addresses have their secret.
    pub(crate) callback: Id,
    pub(crate) now: Timestamp,
}

/// A delivery whose object has not begun.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) new: NewDelivery,
    /// How its endpoint was in the moment when the delivery was read, if that is enabled.
    pub(crate) endpoint: Option<KnownEndpoint>,
}

#[derive(Deserialize)]
struct BegunRow {
    id: Id,
    event_id: Id,
    event_type: EventType,
    endpoint_id: Id,
    verification_request_id: Option<Id>,
    verification_id: Option<Id>,
    url: String,
    max_attempts: u32,
    created_at: i64,
    payload: String,
    secret: Option<String>,
    previous_secret: Option<String>,
    previous_secret_until: Option<i64>,
    changed: Option<i64>,
}

impl Ledger {
    /// Writes events and begins their deliveries, where they are not there. Gives the deliveries whose
    /// objects have not begun.
    pub(crate) async fn publish(&self, telling: &Telling<'_>) -> Result<Vec<Begun>, ApiError> {
        self.apply_and_tell(Vec::new(), telling).await
    }

    /// Runs the statements and publishes, in one transaction.
    pub(super) async fn apply_and_tell(
        &self,
        mut statements: Vec<Statement<'_>>,
        telling: &Telling<'_>,
    ) -> Result<Vec<Begun>, ApiError> {
        let Telling {
            events,
            callback,
            now,
        } = *telling;
        let Some(Event { owner, .. }) = events.first() else {
            self.apply(&statements).await?;
            return Ok(Vec::new());
        };
        for event in events {
            let after = [
                begin_deliveries(event, callback, now),
                insert(event),
                not_begun("d.event_id = ?1", vec![json!(event.id)]),
            ];
            statements.extend(after);
        }
        // Of all these statements only those that ask give rows.
        let answers: Vec<Vec<BegunRow>> = self.run(&statements).await?;
        let begun = answers.into_iter().flatten();
        Ok(begun.map(|row| row.of(owner, callback)).collect())
    }

    /// A delivery of the owner's whose object has not begun.
    pub(crate) async fn not_begun(
        &self,
        owner: &Owner,
        callback: Id,
        id: Id,
    ) -> Result<Option<Begun>, ApiError> {
        let parameters = vec![
            json!(id),
            json!(owner.organisation),
            json!(owner.environment),
        ];
        let condition = "d.id = ?1 AND d.organisation_id = ?2 AND d.environment = ?3";
        let row: Option<BegunRow> = self.row(not_begun(condition, parameters)).await?;
        Ok(row.map(|row| row.of(owner, callback)))
    }
}

const fn schedule_of(max_attempts: u32) -> RetrySchedule {
    if max_attempts == RetrySchedule::Extended.max_attempts() {
        RetrySchedule::Extended
    } else {
        RetrySchedule::Standard
    }
}

impl BegunRow {
    fn of(self, owner: &Owner, callback: Id) -> Begun {
        let time = Timestamp::from_seconds;
        Begun {
            endpoint: self.secret.zip(self.changed).map(|(current, changed)| {
                let secrets = SealedSecrets {
                    current,
                    previous: self.previous_secret,
                    previous_until: self.previous_secret_until.map(time),
                };
                let changed = time(changed);
                KnownEndpoint { secrets, changed }
            }),
            new: NewDelivery {
                id: self.id,
                owner: owner.clone(),
                event_id: self.event_id,
                event_type: self.event_type,
                endpoint_id: self.endpoint_id,
                callback: self.endpoint_id == callback,
                verification_request_id: self.verification_request_id,
                verification_id: self.verification_id,
                url: self.url,
                retry_schedule: schedule_of(self.max_attempts),
                payload: self.payload,
                created_at: time(self.created_at),
            },
        }
    }
}

/// Deliveries whose objects have not begun, with what was first written of the event, and what they
/// have to know of endpoints that are enabled and where they were.
fn not_begun(condition: &str, parameters: Vec<Value>) -> Statement<'static> {
    Statement::of(
        format!(
            "SELECT d.id, d.event_id, d.event_type, d.endpoint_id, d.verification_request_id,
           d.verification_id, d.url, d.max_attempts, d.created_at, v.payload,
           e.secret, e.previous_secret, e.previous_secret_until, e.updated_at AS changed
         FROM webhook_deliveries d
         JOIN events v ON v.id = d.event_id AND v.payload IS NOT NULL
         LEFT JOIN webhook_endpoints e
           ON e.id = d.endpoint_id AND e.organisation_id = d.organisation_id
             AND e.environment = d.environment AND e.enabled = 1 AND COALESCE(e.url, d.url) = d.url
         WHERE {condition} AND d.status = 'pending' AND d.revision = 0"
        ),
        parameters,
    )
}

fn insert(event: &Event) -> Statement<'static> {
    Statement::of(
        "INSERT INTO events (id, organisation_id, environment, type, request_id, verification_id,
           endpoint_id, external_user_id, payload, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
        vec![
            json!(event.id),
            json!(event.owner.organisation),
            json!(event.owner.environment),
            json!(event.kind),
            json!(event.request_id),
            json!(event.verification_id),
            json!(event.endpoint_id),
            json!(event.external_user_id),
            json!(event.payload),
            json!(event.created_at.seconds()),
        ],
    )
}

/// One delivery to the callback address if the event has one, else one to each endpoint that wants it.
/// It comes before the event itself: once that is there, nothing begins any more.
fn begin_deliveries(event: &Event, callback: Id, now: Timestamp) -> Statement<'static> {
    const INTO: &str = "INSERT INTO webhook_deliveries
        (id, organisation_id, environment, event_id, event_type, endpoint_id,
         verification_request_id, verification_id, external_user_id, url, max_attempts,
         next_attempt_at, created_at, updated_at)";
    const NEW: &str = "NOT EXISTS (SELECT 1 FROM events WHERE id = ?1)";
    let mut parameters = vec![
        json!(event.id),
        json!(event.owner.organisation),
        json!(event.owner.environment),
        json!(event.kind),
        json!(event.request_id),
        json!(event.verification_id),
        json!(now.seconds()),
        json!(event.external_user_id),
    ];
    if let Some(url) = &event.callback_url {
        parameters.extend([
            json!(callback),
            json!(url),
            json!(RetrySchedule::Standard.max_attempts()),
        ]);
        let sql = format!(
            "{INTO} SELECT lower(hex(randomblob(12))), ?2, ?3, ?1, ?4, ?9, ?5, ?6, ?8, ?10, ?11, ?7, ?7, ?7
             WHERE {NEW}"
        );
        return Statement::of(sql, parameters);
    }
    let wanted = if event.kind == EventType::EndpointTest {
        parameters.push(json!(event.endpoint_id));
        "id = ?9"
    } else {
        parameters.extend([
            json!(u8::from(event.kind.is_default())),
            json!(format!(",{},", event.kind)),
        ]);
        "CASE WHEN events IS NULL THEN ?9 = 1 ELSE instr(events, ?10) > 0 END"
    };
    let sql = format!(
        "{INTO} SELECT lower(hex(randomblob(12))), ?2, ?3, ?1, ?4, id, ?5, ?6, ?8, url,
           CASE retry_schedule WHEN 'extended' THEN {extended} ELSE {standard} END, ?7, ?7, ?7
         FROM webhook_endpoints
         WHERE organisation_id = ?2 AND environment = ?3 AND kind = 'endpoint' AND enabled = 1
           AND {wanted} AND {NEW}",
        extended = RetrySchedule::Extended.max_attempts(),
        standard = RetrySchedule::Standard.max_attempts(),
    );
    Statement::of(sql, parameters)
}
