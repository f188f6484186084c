//! Deliveries: what was sent where, and what became of it.

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::event::EventType;
use proof_domain::id::Id;
use proof_domain::webhook::view::{DeliveryDetails, DeliveryList, DeliveryStats, DeliveryView};
use proof_domain::webhook::{DeliveryQuery, DeliveryStatus};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::events;
use proof_edge::extract::{PathId, Query};
use proof_edge::ledger::Ledger;
use proof_edge::objects::Deliveries;
use proof_edge::{Answer, Failure, Scope};

/// List deliveries
///
/// Newest first. How a delivery stands is seen here within moments.
#[utoipa::path(
    get, path = "/api/v1/webhook-deliveries", tag = "Webhooks",
    operation_id = "listWebhookDeliveries",
    params(
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "20 by default."),
        ("status" = Option<DeliveryStatus>, Query),
        ("event_type" = Option<EventType>, Query),
        ("event_id" = Option<String>, Query, description = "The event that is sent."),
        ("verification_request_id" = Option<String>, Query),
        ("endpoint_id" = Option<String>, Query, description = "An endpoint, or `callback`."),
    ),
    responses(
        (status = 200, description = "A page of deliveries.", body = DeliveryList),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = DeliveryQuery::parse(&query)?;
    let secret = scope.config().id_secret()?;
    let page = Ledger::of(&scope)
        .deliveries(&key.owner, secret, &query)
        .await?;
    Answer::ok(Value(page))
}

/// Get delivery statistics
///
/// Of all deliveries of this environment.
#[utoipa::path(
    get, path = "/api/v1/webhook-deliveries/stats", tag = "Webhooks",
    operation_id = "getWebhookDeliveryStats",
    responses((status = 200, description = "How deliveries went.", body = DeliveryStats)),
    security(("apiKey" = [])),
)]
pub(crate) async fn stats(key: TenantKey, scope: Scope) -> Result<Answer, Failure> {
    let stats = Ledger::of(&scope).delivery_stats(&key.owner).await?;
    Answer::ok(Value(stats))
}

/// Get a delivery
///
/// With what was sent, what the receiver answered, and the newest twenty attempts.
#[utoipa::path(
    get, path = "/api/v1/webhook-deliveries/{id}", tag = "Webhooks",
    operation_id = "getWebhookDelivery",
    params(("id" = String, Path, description = "The delivery.")),
    responses(
        (status = 200, description = "The delivery.", body = DeliveryDetails),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    match Deliveries::new(&scope).get(&key.owner, id).await {
        Ok(delivery) => Answer::ok(Value(delivery)),
        // Its object may be gone because its time has passed; the ledger remembers.
        Err(error) if error.code == ErrorCode::NotFound => {
            let past = past(&key, &scope, id).await?;
            Answer::ok(Value(past.ok_or(error)?))
        }
        Err(error) => Err(error.into()),
    }
}

/// Retry a delivery
///
/// Tries a delivery that failed once more, now: the same delivery, with the same event and the same
/// `webhook-id`. One that is pending and never began, because the call that made it was cut off,
/// begins. The answer is the delivery as it stands; get it again to see what became of it.
#[utoipa::path(
    post, path = "/api/v1/webhook-deliveries/{id}/retry", tag = "Webhooks",
    operation_id = "retryWebhookDelivery",
    params(("id" = String, Path, description = "The delivery.")),
    responses(
        (status = 200, description = "It is tried again.", body = DeliveryView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
        (status = 409, description = "It did not fail, or what it carried has been deleted.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retry(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    match Deliveries::new(&scope).retry(&key.owner, id).await {
        Ok(delivery) => Answer::ok(Value(delivery)),
        Err(error) if error.code == ErrorCode::NotFound => {
            let DeliveryDetails { delivery, .. } = past(&key, &scope, id).await?.ok_or(error)?;
            let has_begun = delivery.status == DeliveryStatus::Pending
                && events::begin_late(&scope, &key.owner, id).await?;
            if has_begun {
                return Answer::ok(Value(delivery));
            }
            Err(refusal_of_past(delivery.status).into())
        }
        Err(error) => Err(error.into()),
    }
}

async fn past(key: &TenantKey, scope: &Scope, id: Id) -> Result<Option<DeliveryDetails>, ApiError> {
    let secret = scope.config().id_secret()?;
    Ledger::of(scope)
        .past_delivery(&key.owner, secret, id)
        .await
}

/// Why a delivery is not tried again whose object is not there.
fn refusal_of_past(status: DeliveryStatus) -> ApiError {
    let why = match status {
        DeliveryStatus::Delivered => "Only a delivery that failed can be tried again.",
        DeliveryStatus::Failed | DeliveryStatus::Pending => {
            "What this delivery carried has been deleted."
        }
    };
    ApiError::new(ErrorCode::Conflict, why)
}
