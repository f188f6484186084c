//! The feed of events, in the order in which they were written. A later event never gets a smaller
//! number: the database writes one after the other, so that a reader who goes on after the last one
//! it saw misses none.

use proof_domain::error::ApiError;
use proof_domain::event::EventType;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::EventQuery;
use proof_domain::webhook::view::{EventList, EventView};
use serde::Deserialize;
use serde_json::json;

use super::{Ledger, Statement};

const COLUMNS: &str = "id, environment, type, request_id, verification_id, endpoint_id,
    external_user_id, payload, created_at";

#[derive(Deserialize)]
struct Row {
    id: Id,
    environment: proof_domain::tenant::Environment,
    #[serde(rename = "type")]
    kind: EventType,
    request_id: Option<Id>,
    verification_id: Option<Id>,
    endpoint_id: Option<Id>,
    external_user_id: Option<String>,
    payload: Option<String>,
    created_at: i64,
}

#[derive(Deserialize)]
struct Seen {}

impl From<Row> for EventView {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            request_id: row.request_id,
            verification_id: row.verification_id,
            endpoint_id: row.endpoint_id,
            external_user_id: row.external_user_id,
            payload: row
                .payload
                .and_then(|text| serde_json::from_str(&text).ok()),
            created_at: Timestamp::from_seconds(row.created_at),
            test_mode: row.environment.is_test().then_some(true),
        }
    }
}

impl Ledger {
    /// What happened after the event that the reader knows.
    pub async fn events(&self, owner: &Owner, query: EventQuery) -> Result<EventList, ApiError> {
        let known = "SELECT seq FROM events
            WHERE id = ?3 AND organisation_id = ?1 AND environment = ?2
            UNION ALL SELECT seq FROM event_places
            WHERE id = ?3 AND organisation_id = ?1 AND environment = ?2";
        let base = vec![
            json!(owner.organisation),
            json!(owner.environment),
            json!(query.after),
        ];
        let of_page = [&base[..], &[json!(query.limit + 1), json!(query.kind)]].concat();
        let begin = if query.after.is_some() {
            format!("({known})")
        } else {
            // The parameter is there all the same.
            "IFNULL(?3, 0)".into()
        };
        let of_kind = if query.kind.is_some() {
            "AND type = ?5"
        } else {
            "AND ?5 IS NULL"
        };
        let page = format!(
            "SELECT {COLUMNS} FROM events
             WHERE organisation_id = ?1 AND environment = ?2 AND seq > {begin} {of_kind}
             ORDER BY seq LIMIT ?4"
        );
        let (rows, seen): (Vec<Row>, Vec<Seen>) = self
            .run(&[Statement::of(page, of_page), Statement::of(known, base)])
            .await?;
        if query.after.is_some() && seen.is_empty() {
            return Err(EventQuery::unknown_cursor());
        }
        let events = rows.into_iter().map(Into::into).collect();
        Ok(EventList::of(events, query.limit, query.after))
    }

    /// One event.
    pub async fn event(&self, owner: &Owner, id: Id) -> Result<Option<EventView>, ApiError> {
        let row: Option<Row> = self
            .row(Statement::of(
                format!(
                    "SELECT {COLUMNS} FROM events
                     WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
                ),
                vec![
                    json!(id),
                    json!(owner.organisation),
                    json!(owner.environment),
                ],
            ))
            .await?;
        Ok(row.map(Into::into))
    }
}
