//! The feed: everything that happened, in order, for receivers that missed some of it.

use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::event::EventType;
use proof_domain::webhook::EventQuery;
use proof_domain::webhook::view::{EventList, EventView};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::extract::{PathId, Query};
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

/// Read the feed of events
///
/// Everything that happened, in the order in which it was written, whether or not it was sent to
/// anyone. Read on with `after`: the `next_cursor` of your last answer, which you keep. Nothing is
/// skipped while more happens, and nothing comes twice. The `webhook-id` of a delivery is a place in
/// the feed too, but deliveries come in any order: what failed before it would be skipped.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "Webhooks", operation_id = "listEvents",
    params(
        ("after" = Option<String>, Query, description = "The `next_cursor` that you kept, or any event; from the first one if you say nothing."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "100 by default."),
        ("type" = Option<EventType>, Query),
    ),
    responses(
        (status = 200, description = "What happened next.", body = EventList),
        (status = 400, description = "A parameter is not valid, or `after` is not an event of yours.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = EventQuery::parse(&query)?;
    let events = Ledger::of(&scope).events(&key.owner, query).await?;
    Answer::ok(Value(events))
}

/// Get an event
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "Webhooks", operation_id = "getEvent",
    params(("id" = String, Path, description = "The event.")),
    responses(
        (status = 200, description = "The event.", body = EventView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let event = Ledger::of(&scope).event(&key.owner, id).await?;
    Answer::ok(Value(event.ok_or_else(ApiError::not_found)?))
}
