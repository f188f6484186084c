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

use super::endpoints::{COLUMNS as ENDPOINT, Row as EndpointRow};
use super::{Ledger, Statement};

/// How long an endpoint may fail until nothing is sent to it any more.
const DISABLED_AFTER: i64 = 5 * 24 * 60 * 60;
/// What it takes for a success to be told as a recovery.
const FAILURES_TO_TELL: u32 = 10;
const FAILING_TO_TELL: i64 = 60 * 60;

#[derive(Deserialize)]
struct Begun {
    id: Id,
    endpoint_id: Id,
    url: String,
    max_attempts: u32,
    created_at: i64,
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
    /// Writes an event and begins its deliveries, if it is not there. Gives the deliveries whose objects
    /// have not begun. `callback` is the row under which callback addresses have their secret.
    pub(crate) async fn publish(
        &self,
        event: &Event,
        callback: Id,
        now: Timestamp,
    ) -> Result<Vec<NewDelivery>, ApiError> {
        let statements = [
            begin_deliveries(event, callback, now),
            insert(event),
            Statement::of(
                "SELECT id, endpoint_id, url, max_attempts, created_at FROM webhook_deliveries
                 WHERE event_id = ?1 AND status = 'pending' AND revision = 0",
                vec![json!(event.id)],
            ),
        ];
        let (_, _, begun): (Vec<Nothing>, Vec<Nothing>, Vec<Begun>) = self.run(&statements).await?;
        let deliveries = begun.into_iter().map(|row| NewDelivery {
            id: row.id,
            owner: event.owner.clone(),
            event_id: event.id,
            event_type: event.kind,
            endpoint_id: row.endpoint_id,
            callback: row.endpoint_id == callback,
            verification_request_id: event.request_id,
            verification_id: event.verification_id,
            url: row.url,
            retry_schedule: schedule_of(row.max_attempts),
            payload: event.payload.clone(),
            created_at: Timestamp::from_seconds(row.created_at),
        });
        Ok(deliveries.collect())
    }

    /// Writes how a delivery stands, and what its last attempt says about the endpoint. Gives how the
    /// endpoint stands then, if it was asked about and is still there.
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
        let (_, _, _, rows): (Vec<Nothing>, Vec<Nothing>, Vec<Nothing>, Vec<Stood>) =
            self.run(&statements).await?;
        Ok(rows.into_iter().next().map(|row| Standing {
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

/// A row of a statement that is run for its effect.
#[derive(Deserialize)]
struct Nothing {}

const fn schedule_of(max_attempts: u32) -> RetrySchedule {
    if max_attempts == RetrySchedule::Extended.max_attempts() {
        RetrySchedule::Extended
    } else {
        RetrySchedule::Standard
    }
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

/// What an attempt says about an endpoint, in two statements, and how it stands then, in one more.
/// What the tenant has changed since the attempt began is not overruled.
fn health(owner: &Owner, id: Id, report: Report) -> [Statement<'static>; 3] {
    let base = vec![
        json!(id),
        json!(owner.organisation),
        json!(owner.environment),
        json!(report.at.seconds()),
    ];
    let of = "id = ?1 AND organisation_id = ?2 AND environment = ?3 AND ?4 IS NOT NULL";
    let count = match report.health {
        Health::Well => format!(
            "UPDATE webhook_endpoints SET
               recovered_from = CASE
                 WHEN failures >= {FAILURES_TO_TELL} OR failing_since <= ?4 - {FAILING_TO_TELL}
                 THEN failing_since ELSE recovered_from END,
               failing_since = NULL, failures = 0,
               last_success_at = MAX(COALESCE(last_success_at, 0), ?4)
             WHERE {of}"
        ),
        Health::Failing | Health::Gone => format!(
            "UPDATE webhook_endpoints SET
               failing_since = COALESCE(failing_since, ?4), failures = failures + 1
             WHERE {of}"
        ),
    };
    let (reason, when) = match report.health {
        Health::Well => ("by_you", "0".to_owned()),
        Health::Gone => ("gone", "1".to_owned()),
        Health::Failing => ("failing", format!("failing_since <= ?4 - {DISABLED_AFTER}")),
    };
    let disable = format!(
        "UPDATE webhook_endpoints SET
           enabled = 0, disabled_reason = '{reason}', disabled_at = ?4, updated_at = ?4
         WHERE {of} AND enabled = 1 AND updated_at = ?5 AND {when}"
    );
    let mut of_disable = base.clone();
    of_disable.push(json!(report.endpoint_changed.seconds()));
    [
        Statement::of(count, base.clone()),
        Statement::of(disable, of_disable),
        Statement::of(
            format!(
                "SELECT {ENDPOINT}, recovered_from FROM webhook_endpoints
                 WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
            ),
            base[..3].to_vec(),
        ),
    ]
}
