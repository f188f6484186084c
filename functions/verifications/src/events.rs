//! Live status. The object streams; this Worker only finds out who may listen.

use http::StatusCode;
use proof_domain::error::ErrorBody;
use proof_domain::verification::EventsTicket;
use proof_edge::auth::TenantKey;
use proof_edge::extract::{Listener, PathId};
use proof_edge::objects::Verifications;
use proof_edge::{Answer, Failure, Scope};

/// Watch a verification
///
/// Server-Sent Events: `connected` at once, `status_changed` with every change, a comment every 30
/// seconds to keep the connection alive. The stream ends after the last change. Come back with
/// `Last-Event-ID` to get what you missed; if that was all, the answer is 204 and a browser stops
/// asking. Send the API key as a header, or, in a browser, a one-use ticket as `?ticket=`.
#[utoipa::path(
    get, path = "/api/v1/verifications/{id}/events", tag = "Verifications",
    operation_id = "watchVerification",
    params(
        ("id" = String, Path, description = "The verification."),
        ("ticket" = Option<String>, Query, description = "A one-use ticket, in place of the key."),
        ("Last-Event-ID" = Option<u64>, Header, description = "The last event that was seen."),
    ),
    responses(
        (status = 200, description = "The stream.", body = String, content_type = "text/event-stream"),
        (status = 204, description = "Nothing more will come."),
        (status = 400, description = "A parameter or header is not valid.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = []), ()),
)]
pub(crate) async fn events(
    scope: Scope,
    PathId(id): PathId,
    Listener(wish): Listener,
) -> Result<Answer, Failure> {
    Ok(Answer::stream(
        Verifications::of(&scope).events(id, &wish).await?,
    ))
}

/// Get a ticket for events
///
/// A browser's `EventSource` cannot send a header. Ask for a ticket with your key and give its
/// `url` to the browser: it opens one stream, within a minute.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/events/ticket", tag = "Verifications",
    operation_id = "createEventsTicket",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 201, description = "The ticket.", body = EventsTicket),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn ticket(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let ticket = Verifications::of(&scope)
        .ticket(key.owner, id, key.streams_limit)
        .await?;
    Ok(Answer::ok(ticket)?.status(StatusCode::CREATED))
}
