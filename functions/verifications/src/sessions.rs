//! Phone-first sessions: the person sends a message from the phone, and the session captures the
//! number. Its pictures are in `qr`.

use http::StatusCode;
use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::id::hex;
use proof_domain::session::{
    CompleteSession, CreateSession, Invitation, SessionChannel, SessionId, SessionView,
};
use proof_domain::verification::EventsTicket;
use proof_edge::answering::{Asker, must_hear_messages};
use proof_edge::auth::TenantKey;
use proof_edge::channels;
use proof_edge::extract::{IdempotencyKey, Json, Listener, PathSession};
use proof_edge::objects::{CreateSessionCommand, Sessions};
use proof_edge::platform::random;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::code::{InboundCode, RANDOM_BYTES};
use proof_evidence::settings::MissingSettings;
use proof_evidence::telegram::Telegram;
use proof_evidence::whatsapp::Whatsapp;

/// Create a session
///
/// For a phone number that you do not know yet. Show the person the link, or the QR code on another
/// screen; the number that the message comes from is captured and proven. A session waits for ten
/// minutes. Sent with an `Idempotency-Key`, the same request may be repeated at will.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "Sessions", operation_id = "createSession",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters, your own name for this request.")),
    request_body = CreateSession,
    responses(
        (status = 201, description = "The session was created, or was before under this key.",
            body = SessionView,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid, or the channel is not configured.", body = ErrorBody),
        (status = 403, description = "The month's quota is used up.", body = ErrorBody),
        (status = 409, description = "The key was used with another request.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn create(
    key: TenantKey,
    scope: Scope,
    IdempotencyKey(idempotency): IdempotencyKey,
    Json(request): Json<CreateSession>,
) -> Result<Answer, Failure> {
    let plan = request.plan()?;
    let channel = plan.channel.channel();
    let asker = Asker::from(&key);
    let refusal = must_hear_messages(&scope, &asker, channel)
        .await
        .and_then(|()| key.within_quota())
        .err();
    let repeatable = idempotency.is_some();
    if let (false, Some(refusal)) = (repeatable, &refusal) {
        return Err(refusal.clone().into());
    }
    let name = idempotency.as_deref();
    let id = SessionId(scope.config().id_for(&key.owner, "session", name)?);
    let own = asker.own(channel);
    let invitation = match refusal {
        // Nothing new is created; what is there already has its own.
        Some(_) => Invitation::default(),
        None => invite(&scope, &key, own, plan.channel, id).await?,
    };
    let own_channel = own.is_some();
    let create = CreateSessionCommand {
        id,
        owner: key.owner,
        organisation_name: key.organisation_name,
        plan,
        invitation,
        own_channel,
        repeatable,
        refusal,
    };
    let created = Sessions::of(&scope).create(create).await?;
    Answer::created(created.value, created.repeated)
}

/// What the person is given. A Telegram link hands over whatever stands in it, so it names the
/// session itself; a WhatsApp message is seen and may be typed, so it carries a short code.
async fn invite(
    scope: &Scope,
    key: &TenantKey,
    own: Option<&str>,
    channel: SessionChannel,
    id: SessionId,
) -> Result<Invitation, ApiError> {
    let code = match channel {
        SessionChannel::Telegram => id.to_string(),
        SessionChannel::Whatsapp => InboundCode::from_random(&random::<RANDOM_BYTES>())
            .map_err(|error| ApiError::internal(error.to_string()))?
            .as_str()
            .to_owned(),
    };
    let deep_link = if key.owner.environment.is_test() {
        test_link(scope, channel, &code)
    } else {
        let settings = channels::settings(scope, own, channel.channel()).await?;
        let missing = |missing: MissingSettings| ApiError::internal(missing.to_string());
        match channel {
            SessionChannel::Telegram => Telegram::from_settings(&settings)
                .map_err(missing)?
                .deep_link(&code),
            SessionChannel::Whatsapp => Whatsapp::from_settings(&settings)
                .map_err(missing)?
                .deep_link(&code),
        }
    };
    Ok(Invitation {
        code,
        deep_link,
        image_key: hex(&random::<16>()),
    })
}

/// A link of the real form that leads to nobody: nothing comes in test mode.
fn test_link(scope: &Scope, channel: SessionChannel, code: &str) -> String {
    let config = scope.config();
    match channel {
        SessionChannel::Telegram => format!("https://t.me/{}?start={code}", config.telegram_bot),
        SessionChannel::Whatsapp => {
            let number = config.whatsapp_number.trim_start_matches('+');
            format!("https://wa.me/{number}?text={code}")
        }
    }
}

/// Get a session
///
/// Poll this, or listen to its events. Once verified it carries the number, the verification that
/// belongs to it and its proof.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}", tag = "Sessions", operation_id = "getSession",
    params(("id" = String, Path, description = "The session.")),
    responses(
        (status = 200, description = "The session as it stands.", body = SessionView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathSession(id): PathSession,
) -> Result<Answer, Failure> {
    Answer::ok(Sessions::of(&scope).get(key.owner, id).await?)
}

/// Complete in test mode
///
/// With a test key, completes a session as if the message had come from this number. Live keys get
/// 403.
#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/test-verify", tag = "Sessions",
    operation_id = "testVerifySession",
    params(("id" = String, Path, description = "The session.")),
    request_body = CompleteSession,
    responses(
        (status = 200, description = "Completed; number and proof are here.", body = SessionView),
        (status = 400, description = "The number is not valid, or the session not pending any more.", body = ErrorBody),
        (status = 403, description = "This is not a test key.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn test_verify(
    key: TenantKey,
    scope: Scope,
    PathSession(id): PathSession,
    Json(wanted): Json<CompleteSession>,
) -> Result<Answer, Failure> {
    Answer::ok(
        Sessions::of(&scope)
            .complete_in_test(key.owner, id, wanted.phone_number)
            .await?,
    )
}

/// Watch a session
///
/// Server-Sent Events, as for a verification: `connected` at once, `status_changed` when the session
/// ends, and then the stream ends too. Send the API key as a header, or, in a browser, a one-use
/// ticket as `?ticket=`.
#[utoipa::path(
    get, path = "/api/v1/sessions/{id}/events", tag = "Sessions", operation_id = "watchSession",
    params(
        ("id" = String, Path, description = "The session."),
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
    PathSession(id): PathSession,
    Listener(wish): Listener,
) -> Result<Answer, Failure> {
    Ok(Answer::stream(
        Sessions::of(&scope).events(id, &wish).await?,
    ))
}

/// Get a ticket for events
///
/// For a browser's `EventSource`, which cannot send a header: the ticket's `url` opens one stream,
/// within a minute.
#[utoipa::path(
    post, path = "/api/v1/sessions/{id}/events/ticket", tag = "Sessions",
    operation_id = "createSessionEventsTicket",
    params(("id" = String, Path, description = "The session.")),
    responses(
        (status = 201, description = "The ticket.", body = EventsTicket),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn ticket(
    key: TenantKey,
    scope: Scope,
    PathSession(id): PathSession,
) -> Result<Answer, Failure> {
    let ticket = Sessions::of(&scope)
        .ticket(key.owner, id, key.streams_limit)
        .await?;
    Ok(Answer::ok(ticket)?.status(StatusCode::CREATED))
}
