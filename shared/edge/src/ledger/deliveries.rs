//! Deliveries as lists and counters show them. Their objects write the rows.

use proof_domain::error::ApiError;
use proof_domain::event::EventType;
use proof_domain::id::Id;
use proof_domain::tenant::{Environment, Owner};
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::view::{DeliveryDetails, DeliveryList, DeliveryStats, DeliveryView};
use proof_domain::webhook::{DeliveryQuery, DeliveryStatus, EndpointName};
use serde::Deserialize;
use serde_json::json;

use super::filter::{Count, Filter};
use super::{Ledger, Statement};

const COLUMNS: &str = "d.id, d.environment, d.event_id, d.event_type, d.endpoint_id,
    d.verification_request_id, d.verification_id, d.url, d.status, d.attempts, d.max_attempts,
    d.response_status, d.error, d.next_attempt_at, d.created_at, d.updated_at";

#[derive(Deserialize)]
struct Row {
    id: Id,
    environment: Environment,
    event_id: Id,
    event_type: EventType,
    endpoint_id: Id,
    verification_request_id: Option<Id>,
    verification_id: Option<Id>,
    url: String,
    status: DeliveryStatus,
    attempts: u32,
    max_attempts: u32,
    response_status: Option<u16>,
    error: Option<String>,
    next_attempt_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Deserialize)]
struct WithPayload {
    #[serde(flatten)]
    row: Row,
    payload: Option<String>,
}

#[derive(Deserialize)]
struct Counted {
    status: DeliveryStatus,
    total: u64,
}

impl Row {
    /// `secret` tells the row for callback addresses from the others.
    fn view(self, owner: &Owner, secret: &[u8]) -> DeliveryView {
        let time = Timestamp::from_seconds;
        DeliveryView {
            id: self.id,
            event_id: self.event_id,
            event_type: self.event_type,
            endpoint_id: EndpointName::of_row(self.endpoint_id, secret, owner),
            verification_request_id: self.verification_request_id,
            verification_id: self.verification_id,
            url: self.url,
            status: self.status,
            attempts: self.attempts,
            max_attempts: self.max_attempts,
            response_status: self.response_status,
            error: self.error,
            next_attempt_at: self.next_attempt_at.map(time),
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
            test_mode: self.environment.is_test().then_some(true),
        }
    }
}

impl Ledger {
    /// A page of the owner's deliveries, newest first, in one round trip.
    pub async fn deliveries(
        &self,
        owner: &Owner,
        secret: &[u8],
        query: &DeliveryQuery,
    ) -> Result<DeliveryList, ApiError> {
        let filter = filter(owner, secret, query);
        // Counting rows takes as long as there are many; what has a counter is not counted.
        let total = if query.is_counted() {
            filter.total("COALESCE(SUM(total), 0)", "webhook_delivery_counts AS d")
        } else {
            filter.total("COUNT(*)", "webhook_deliveries AS d")
        };
        let page = filter.page(COLUMNS, "webhook_deliveries AS d", query.page);
        let (rows, counts): (Vec<Row>, Vec<Count>) = self.run(&[page, total]).await?;
        let total = counts.first().map_or(0, |count| count.total);
        Ok(DeliveryList {
            data: rows
                .into_iter()
                .map(|row| row.view(owner, secret))
                .collect(),
            pagination: query.page.of_total(total),
        })
    }

    /// How the owner's deliveries went, from counters.
    pub async fn delivery_stats(&self, owner: &Owner) -> Result<DeliveryStats, ApiError> {
        let rows: Vec<Counted> = self
            .rows(Statement::of(
                "SELECT status, total FROM webhook_delivery_counts
                 WHERE organisation_id = ?1 AND environment = ?2",
                vec![json!(owner.organisation), json!(owner.environment)],
            ))
            .await?;
        Ok(DeliveryStats::of(
            rows.into_iter().map(|row| (row.status, row.total)),
        ))
    }

    /// A delivery whose object is gone, or has not begun yet.
    pub async fn past_delivery(
        &self,
        owner: &Owner,
        secret: &[u8],
        id: Id,
    ) -> Result<Option<DeliveryDetails>, ApiError> {
        let row: Option<WithPayload> = self
            .row(Statement::of(
                format!(
                    "SELECT {COLUMNS}, e.payload AS payload FROM webhook_deliveries AS d
                     LEFT JOIN events AS e ON e.id = d.event_id
                     WHERE d.id = ?1 AND d.organisation_id = ?2 AND d.environment = ?3"
                ),
                vec![
                    json!(id),
                    json!(owner.organisation),
                    json!(owner.environment),
                ],
            ))
            .await?;
        Ok(row.map(|found| {
            let payload = found
                .payload
                .and_then(|text| serde_json::from_str(&text).ok());
            DeliveryDetails::of_past(found.row.view(owner, secret), payload)
        }))
    }

    /// The delivery of one event to one endpoint.
    pub(crate) async fn delivery_of(
        &self,
        owner: &Owner,
        secret: &[u8],
        event: Id,
        endpoint: Id,
    ) -> Result<Option<DeliveryView>, ApiError> {
        let row: Option<Row> = self
            .row(Statement::of(
                format!(
                    "SELECT {COLUMNS} FROM webhook_deliveries AS d
                     WHERE d.event_id = ?1 AND d.endpoint_id = ?2
                       AND d.organisation_id = ?3 AND d.environment = ?4"
                ),
                vec![
                    json!(event),
                    json!(endpoint),
                    json!(owner.organisation),
                    json!(owner.environment),
                ],
            ))
            .await?;
        Ok(row.map(|row| row.view(owner, secret)))
    }
}

fn filter(owner: &Owner, secret: &[u8], query: &DeliveryQuery) -> Filter {
    let mut filter = Filter::of("d.", owner);
    filter.add("status =", query.status.map(|status| json!(status)));
    filter.add("event_type =", query.event_type.map(|kind| json!(kind)));
    filter.add("event_id =", query.event_id.map(|id| json!(id)));
    filter.add(
        "verification_request_id =",
        query.verification_request_id.map(|id| json!(id)),
    );
    filter.add(
        "endpoint_id =",
        query.endpoint.map(|name| json!(name.row(secret, owner))),
    );
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fixed_text_reaches_the_statement() {
        let owner = Owner {
            organisation: "acme' --".into(),
            environment: Environment::Live,
        };
        let query = DeliveryQuery::parse("status=failed&endpoint_id=callback").unwrap();
        let filter = filter(&owner, b"secret", &query);
        assert_eq!(
            filter.conditions(),
            "d.organisation_id = ?1 AND d.environment = ?2 AND d.status = ?3 AND d.endpoint_id = ?4"
        );
        let callback = EndpointName::Callback.row(b"secret", &owner);
        assert_eq!(
            filter.parameters,
            [
                json!("acme' --"),
                json!("live"),
                json!("failed"),
                json!(callback)
            ]
        );
    }
}
