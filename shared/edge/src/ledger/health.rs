//! What becomes of a delivery, and what that says about its endpoint: whether it is well, failing, or
//! off by itself. Each attempt counts once, however often it is told.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::delivery::{Health, Report};
use proof_domain::webhook::{Delivery, Endpoint};
use serde::Deserialize;
use serde_json::{Value, json};

use super::endpoints::{COLUMNS as ENDPOINT, Row as EndpointRow};
use super::{Ledger, Statement};

/// How long an endpoint may fail until nothing is sent to it any more.
const DISABLED_AFTER: i64 = 5 * 24 * 60 * 60;
/// Failures in a row without which no endpoint is switched off: one that seldom gets anything is not
/// judged by two attempts that lie days apart. With so many its recovery is news, too.
const MANY_FAILURES: u32 = 10;
/// After so long as well.
const FAILING_TO_TELL: i64 = 60 * 60;
/// How exactly it is known when an endpoint that is well was last reached.
const SUCCESS_SECONDS: i64 = 10;

/// The endpoint of a report, unless the tenant has changed it since the attempt began, or the report
/// was heard before.
const UNHEARD: &str = "id = ?1 AND organisation_id = ?2 AND environment = ?3 AND updated_at <= ?5
    AND EXISTS (SELECT 1 FROM webhook_deliveries WHERE id = ?6 AND revision < ?7)";

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
    /// Writes how a delivery stands, and what its last attempt says about the endpoint. Gives how the
    /// endpoint stands then, if there is something to tell of it.
    pub(crate) async fn delivery_moved(
        &self,
        delivery: &Delivery,
    ) -> Result<Option<Standing>, ApiError> {
        let Some(report) = delivery.report else {
            self.apply(&[row_of(delivery)]).await?;
            return Ok(None);
        };
        // The row tells what was heard before, so it is written last.
        let mut statements = health(delivery, report);
        statements.push(row_of(delivery));
        statements.push(to_be_told(delivery));
        // Of all these statements only the last gives rows.
        let answers: Vec<Vec<Stood>> = self.run(&statements).await?;
        let standing = answers.into_iter().flatten().next();
        Ok(standing.map(|row| Standing {
            recovered_from: row.recovered_from.map(Timestamp::from_seconds),
            endpoint: row.endpoint.of(&delivery.of.owner).endpoint,
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

    /// Takes away whom a delivery was about. Its row stays, for counts and lists.
    pub async fn forget_delivery(&self, id: Id) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "UPDATE webhook_deliveries SET external_user_id = NULL WHERE id = ?1",
            vec![json!(id)],
        )])
        .await
    }
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

fn key_of(delivery: &Delivery) -> Vec<Value> {
    vec![
        json!(delivery.of.endpoint_id),
        json!(delivery.of.owner.organisation),
        json!(delivery.of.owner.environment),
    ]
}

/// What the endpoint's owner has to hear, as long as it was not told.
fn to_be_told(delivery: &Delivery) -> Statement<'static> {
    Statement::of(
        format!(
            "SELECT {ENDPOINT}, recovered_from FROM webhook_endpoints
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3
               AND (recovered_from IS NOT NULL OR disabled_reason IN ('gone', 'failing'))"
        ),
        key_of(delivery),
    )
}

/// What an attempt says about the endpoint. Reports come in any order: one that is older than what is
/// known changes nothing of it.
fn health(delivery: &Delivery, report: Report) -> Vec<Statement<'static>> {
    let mut parameters = key_of(delivery);
    parameters.extend([
        json!(report.at.seconds()),
        json!(report.endpoint_changed.seconds()),
        json!(delivery.of.id),
        json!(report.revision),
    ]);
    let update = |changes: String| {
        Statement::of(
            format!("UPDATE webhook_endpoints SET {changes}"),
            parameters.clone(),
        )
    };
    match report.health {
        // The row of a busy endpoint that is well is not written for each success.
        Health::Well => vec![update(format!(
            "recovered_from = CASE
               WHEN failing_since <= ?4
                 AND (failures >= {MANY_FAILURES} OR failing_since <= ?4 - {FAILING_TO_TELL})
               THEN failing_since ELSE recovered_from END,
             failures = CASE WHEN failing_since > ?4 THEN failures ELSE 0 END,
             failing_since = CASE WHEN failing_since > ?4 THEN failing_since END,
             last_success_at = MAX(COALESCE(last_success_at, 0), ?4)
             WHERE {UNHEARD}
               AND (failing_since <= ?4 OR COALESCE(last_success_at, 0) <= ?4 - {SUCCESS_SECONDS})"
        ))],
        // A success of within those seconds may be younger than the failure, and unwritten.
        Health::Failing => vec![
            update(format!(
                "failing_since = COALESCE(failing_since, ?4), failures = failures + 1
                 WHERE {UNHEARD} AND COALESCE(last_success_at, 0) <= ?4 - {SUCCESS_SECONDS}"
            )),
            update(format!(
                "enabled = 0, disabled_reason = 'failing', disabled_at = ?4, updated_at = ?4
                 WHERE {UNHEARD} AND enabled = 1
                   AND failing_since <= ?4 - {DISABLED_AFTER} AND failures >= {MANY_FAILURES}"
            )),
        ],
        Health::Gone => vec![
            update(format!(
                "failing_since = COALESCE(failing_since, ?4), failures = failures + 1
                 WHERE {UNHEARD}"
            )),
            update(format!(
                "enabled = 0, disabled_reason = 'gone', disabled_at = ?4, updated_at = ?4
                 WHERE {UNHEARD} AND enabled = 1"
            )),
        ],
    }
}
