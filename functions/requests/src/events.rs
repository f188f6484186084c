//! Live status of requests. The object streams; this Worker only finds out who may listen.

use http::StatusCode;
use proof_domain::error::ErrorBody;
use proof_domain::verification::EventsTicket;
use proof_edge::auth::TenantKey;
use proof_edge::extract::{Listener, PathId};
use proof_edge::objects::Requests;
use proof_edge::{Answer, Failure, Scope};

/// Watch a verification request
///
/// Server-Sent Events: `connected` at once, `status_changed` whenever the request or one of its assets
/// stands otherwise than before. The stream ends when the request does. Come back with `Last-Event-ID`
/// to get what you missed. Send the API key as a header, or, in a browser, a one-use ticket as
/// `?ticket=`.
#[utoipa::path(
    get, path = "/api/v1/verification-requests/{id}/events", tag = "Verification requests",
    operation_id = "watchVerificationRequest",
    params(
        ("id" = String, Path, description = "The request."),
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
        Requests::of(&scope).events(id, &wish).await?,
    ))
}

/// Get a ticket for events
///
/// For a browser's `EventSource`, which cannot send a header: the ticket's `url` opens one stream,
/// within a minute.
#[utoipa::path(
    post, path = "/api/v1/verification-requests/{id}/events/ticket", tag = "Verification requests",
    operation_id = "createVerificationRequestEventsTicket",
    params(("id" = String, Path, description = "The request.")),
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
    let ticket = Requests::of(&scope)
        .ticket(key.owner, id, key.streams_limit)
        .await?;
    Ok(Answer::ok(ticket)?.status(StatusCode::CREATED))
}
