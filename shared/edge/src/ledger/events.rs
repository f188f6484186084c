//! Events and the deliveries that each begins, in one transaction; then what becomes of a delivery,
//! and what that says about the endpoint.

use proof_domain::error::ApiError;
use proof_domain::event::{Event, EventType};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::delivery::{Health, Report};
use proof_domain::webhook::{Delivery, Endpoint, NewDelivery, RetrySchedule};
use serde::Deserialize;
use serde_json::json;

use super::endpoints::{COLUMNS as ENDPOINT, KnownEndpoint, Row as EndpointRow, SealedSecrets};
use super::{Ledger, Statement};

/// How long an endpoint may fail until nothing is sent to it any more.
const DISABLED_AFTER: i64 = 5 * 24 * 60 * 60;
/// What it takes for a success to be told as a recovery.
const FAILURES_TO_TELL: u32 = 10;
const FAILING_TO_TELL: i64 = 60 * 60;
/// How exactly it is known when an endpoint that is well was last reached.
const SUCCESS_SECONDS: i64 = 10;

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
    endpoint_id: Id,
    url: String,
    max_attempts: u32,
    created_at: i64,
    payload: String,
    secret: Option<String>,
    previous_secret: Option<String>,
    previous_secret_until: Option<i64>,
    changed: Option<i64>,
}

#[derive(Deserialize)]
struct Stood {
    #[serde(flatten)]
    endpoint: EndpointRow,
    recovered_from: Option<i64>,
}

/// What an endpoint's owner has to hear after an attempt.
#[derive(Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) endpoint: Endpoint,
    /// Since when it had been failing, if it has recovered and that was not told.
    pub(crate) recovered_from: Option<Timestamp>,
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
        if events.is_empty() {
            self.apply(&statements).await?;
            return Ok(Vec::new());
        }
        for event in events {
            let after = [
                begin_deliveries(event, callback, now),
                insert(event),
                not_begun(event),
            ];
            statements.extend(after);
        }
        // Of all these statements only those that ask give rows.
        let answers: Vec<Vec<BegunRow>> = self.run(&statements).await?;
        let begun = answers.into_iter().flatten().filter_map(|row| {
            let event = events.iter().find(|event| event.id == row.event_id)?;
            Some(row.of(event, callback))
        });
        Ok(begun.collect())
    }

    /// Writes how a delivery stands, and what its last attempt says about the endpoint. Gives how the
    /// endpoint stands then, if there is something to tell of it.
    pub(crate) async fn delivery_moved(
        &self,
        delivery: &Delivery,
    ) -> Result<Option<Standing>, ApiError> {
        let mut statements = vec![row_of(delivery)];
        let (owner, id) = (&delivery.of.owner, delivery.of.endpoint_id);
        let Some(report) = delivery.report else {
            self.apply(&statements).await?;
            return Ok(None);
        };
        statements.extend(health(owner, id, report));
        // Of all these statements only the last gives rows.
        let answers: Vec<Vec<Stood>> = self.run(&statements).await?;
        let standing = answers.into_iter().flatten().next();
        Ok(standing.map(|row| Standing {
            recovered_from: row.recovered_from.map(Timestamp::from_seconds),
            endpoint: row.endpoint.of(owner).endpoint,
        }))
    }

    /// That it recovered has been told.
    pub(crate) async fn recovery_told(
        &self,
        owner: &Owner,
        id: Id,
        from: Timestamp,
    ) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "UPDATE webhook_endpoints SET recovered_from = NULL
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3 AND recovered_from = ?4",
            vec![
                json!(id),
                json!(owner.organisation),
                json!(owner.environment),
                json!(from.seconds()),
            ],
        )])
        .await
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
    fn of(self, event: &Event, callback: Id) -> Begun {
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
                owner: event.owner.clone(),
                event_id: event.id,
                event_type: event.kind,
                endpoint_id: self.endpoint_id,
                callback: self.endpoint_id == callback,
                verification_request_id: event.request_id,
                verification_id: event.verification_id,
                url: self.url,
                retry_schedule: schedule_of(self.max_attempts),
                payload: self.payload,
                created_at: time(self.created_at),
            },
        }
    }
}

/// Its deliveries whose objects have not begun, with what was first written of the event, and what
/// they have to know of endpoints that are enabled and where they were.
fn not_begun(event: &Event) -> Statement<'static> {
    Statement::of(
        "SELECT d.id, d.event_id, d.endpoint_id, d.url, d.max_attempts, d.created_at, v.payload,
           e.secret, e.previous_secret, e.previous_secret_until, e.updated_at AS changed
         FROM webhook_deliveries d
         JOIN events v ON v.id = d.event_id AND v.payload IS NOT NULL
         LEFT JOIN webhook_endpoints e
           ON e.id = d.endpoint_id AND e.organisation_id = d.organisation_id
             AND e.environment = d.environment AND e.enabled = 1 AND COALESCE(e.url, d.url) = d.url
         WHERE d.event_id = ?1 AND d.status = 'pending' AND d.revision = 0",
        vec![json!(event.id)],
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
         verification_request_id, verification_id, url, max_attempts, next_attempt_at,
         created_at, updated_at)";
    const NEW: &str = "NOT EXISTS (SELECT 1 FROM events WHERE id = ?1)";
    let mut parameters = vec![
        json!(event.id),
        json!(event.owner.organisation),
        json!(event.owner.environment),
        json!(event.kind),
        json!(event.request_id),
        json!(event.verification_id),
        json!(now.seconds()),
    ];
    if let Some(url) = &event.callback_url {
        parameters.extend([
            json!(callback),
            json!(url),
            json!(RetrySchedule::Standard.max_attempts()),
        ]);
        let sql = format!(
            "{INTO} SELECT lower(hex(randomblob(12))), ?2, ?3, ?1, ?4, ?8, ?5, ?6, ?9, ?10, ?7, ?7, ?7
             WHERE {NEW}"
        );
        return Statement::of(sql, parameters);
    }
    let wanted = if event.kind == EventType::EndpointTest {
        parameters.push(json!(event.endpoint_id));
        "id = ?8"
    } else {
        parameters.extend([
            json!(u8::from(event.kind.is_default())),
            json!(format!(",{},", event.kind)),
        ]);
        "CASE WHEN events IS NULL THEN ?8 = 1 ELSE instr(events, ?9) > 0 END"
    };
    let sql = format!(
        "{INTO} SELECT lower(hex(randomblob(12))), ?2, ?3, ?1, ?4, id, ?5, ?6, url,
           CASE retry_schedule WHEN 'extended' THEN {extended} ELSE {standard} END, ?7, ?7, ?7
         FROM webhook_endpoints
         WHERE organisation_id = ?2 AND environment = ?3 AND kind = 'endpoint' AND enabled = 1
           AND {wanted} AND {NEW}",
        extended = RetrySchedule::Extended.max_attempts(),
        standard = RetrySchedule::Standard.max_attempts(),
    );
    Statement::of(sql, parameters)
}

fn row_of(delivery: &Delivery) -> Statement<'static> {
    let shown = delivery.view();
    Statement::of(
        "UPDATE webhook_deliveries SET
           url = ?2, status = ?3, attempts = ?4, response_status = ?5, error = ?6,
           next_attempt_at = ?7, updated_at = ?8, revision = ?9
         WHERE id = ?1 AND revision < ?9",
        vec![
            json!(shown.id),
            json!(shown.url),
            json!(shown.status),
            json!(shown.attempts),
            json!(shown.response_status),
            json!(shown.error),
            json!(shown.next_attempt_at.map(Timestamp::seconds)),
            json!(shown.updated_at.seconds()),
            json!(delivery.revision),
        ],
    )
}

/// What an attempt says about an endpoint, and what its owner has to hear of it then. What the tenant
/// has changed since the attempt began is not overruled.
fn health(owner: &Owner, id: Id, report: Report) -> Vec<Statement<'static>> {
    let base = vec![
        json!(id),
        json!(owner.organisation),
        json!(owner.environment),
        json!(report.at.seconds()),
    ];
    let of = "id = ?1 AND organisation_id = ?2 AND environment = ?3";
    let mut statements = vec![match report.health {
        // The row of a busy endpoint that is well is not written for each success.
        Health::Well => Statement::of(
            format!(
                "UPDATE webhook_endpoints SET
                   recovered_from = CASE
                     WHEN failures >= {FAILURES_TO_TELL} OR failing_since <= ?4 - {FAILING_TO_TELL}
                     THEN failing_since ELSE recovered_from END,
                   failing_since = NULL, failures = 0,
                   last_success_at = MAX(COALESCE(last_success_at, 0), ?4)
                 WHERE {of} AND (failures > 0 OR failing_since IS NOT NULL
                   OR COALESCE(last_success_at, 0) <= ?4 - {SUCCESS_SECONDS})"
            ),
            base.clone(),
        ),
        Health::Failing | Health::Gone => Statement::of(
            format!(
                "UPDATE webhook_endpoints SET
                   failing_since = COALESCE(failing_since, ?4), failures = failures + 1
                 WHERE {of}"
            ),
            base.clone(),
        ),
    }];
    let disabled = match report.health {
        Health::Well => None,
        Health::Gone => Some(("gone", String::new())),
        Health::Failing => Some((
            "failing",
            format!("AND failing_since <= ?4 - {DISABLED_AFTER}"),
        )),
    };
    statements.extend(disabled.map(|(reason, when)| {
        let changed = json!(report.endpoint_changed.seconds());
        Statement::of(
            format!(
                "UPDATE webhook_endpoints SET
                   enabled = 0, disabled_reason = '{reason}', disabled_at = ?4, updated_at = ?4
                 WHERE {of} AND enabled = 1 AND updated_at = ?5 {when}"
            ),
            [&base[..], &[changed]].concat(),
        )
    }));
    statements.push(Statement::of(
        format!(
            "SELECT {ENDPOINT}, recovered_from FROM webhook_endpoints WHERE {of}
               AND (recovered_from IS NOT NULL OR disabled_reason IN ('gone', 'failing'))"
        ),
        base[..3].to_vec(),
    ));
    statements
}
