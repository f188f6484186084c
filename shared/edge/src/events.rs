//! Events on their way to whoever wants to hear of them: into the feed, and to each receiver as a
//! delivery of its own.

use futures_util::future::join_all;
use proof_domain::error::ApiError;
use proof_domain::event::{Event, EventType};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Verification;
use proof_domain::verification_request::VerificationRequest;
use proof_domain::webhook::view::EndpointEvent;
use proof_domain::webhook::{Delivery, DisabledReason, Endpoint, EndpointName};
use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::ledger::{Begun, Ledger, OpenCode, Telling};
use crate::objects::begin_delivery;
use crate::platform::{local, now_millis};
use crate::scope::Scope;

/// Writes an event into the feed and has it delivered. Safe to repeat, with the same event: the feed
/// has it once, and each receiver gets one delivery.
pub async fn publish(env: &JsValue, event: &Event) -> Result<(), ApiError> {
    let telling = telling(env, &event.owner, std::slice::from_ref(event))?;
    begin_all(env, Ledger::new(env).publish(&telling).await?).await
}

/// Writes what has become of a verification together with what is told of it. Safe to repeat.
pub async fn record(
    env: &JsValue,
    verification: &Verification,
    code: Option<&OpenCode>,
    events: &[Event],
) -> Result<(), ApiError> {
    let telling = telling(env, &verification.owner, events)?;
    let begun = Ledger::new(env)
        .record(verification, code, &telling)
        .await?;
    begin_all(env, begun).await
}

/// Writes what has become of a request together with what is told of it. Safe to repeat.
pub async fn record_request(
    env: &JsValue,
    request: &VerificationRequest,
    events: &[Event],
) -> Result<(), ApiError> {
    let telling = telling(env, &request.owner, events)?;
    let public_url = &Config::of(env).public_url;
    let begun = Ledger::new(env)
        .record_request(request, public_url, &telling)
        .await?;
    begin_all(env, begun).await
}

fn telling<'a>(env: &JsValue, owner: &Owner, events: &'a [Event]) -> Result<Telling<'a>, ApiError> {
    Ok(Telling {
        events,
        callback: EndpointName::Callback.row(Config::of(env).id_secret()?, owner),
        now: Timestamp::from_millis(now_millis()),
    })
}

/// Has a delivery begin that is in the ledger only, because whoever published its event was cut off.
/// Whether there was one.
pub async fn begin_late(scope: &Scope, owner: &Owner, delivery: Id) -> Result<bool, ApiError> {
    let callback = EndpointName::Callback.row(scope.config().id_secret()?, owner);
    let begun = Ledger::of(scope)
        .not_begun(owner, callback, delivery)
        .await?;
    let is_there = begun.is_some();
    local(begin_all(scope.env(), begun)).await?;
    Ok(is_there)
}

async fn begin_all(env: &JsValue, begun: impl IntoIterator<Item = Begun>) -> Result<(), ApiError> {
    let begun = begun
        .into_iter()
        .map(|Begun { new, endpoint }| begin_delivery(env, new, endpoint));
    join_all(begun).await.into_iter().collect()
}

/// Tells the ledger how a delivery stands, and the tenant what became of the endpoint by it. Safe to
/// repeat.
pub async fn delivery_moved(env: &JsValue, delivery: &Delivery) -> Result<(), ApiError> {
    let ledger = Ledger::new(env);
    let Some(standing) = ledger.delivery_moved(delivery).await? else {
        return Ok(());
    };
    let endpoint = &standing.endpoint;
    if let Some((DisabledReason::Gone | DisabledReason::Failing, at)) = endpoint.disabled {
        publish(env, &about(env, endpoint, EventType::EndpointDisabled, at)?).await?;
    }
    if let Some(from) = standing.recovered_from {
        let recovered = about(env, endpoint, EventType::EndpointRecovered, from)?;
        publish(env, &recovered).await?;
        ledger
            .recovery_told(&endpoint.owner, endpoint.id, from)
            .await?;
    }
    Ok(())
}

/// What happened to an endpoint. Its id is derived from when, so that all who find out tell it once.
fn about(
    env: &JsValue,
    endpoint: &Endpoint,
    kind: EventType,
    when: Timestamp,
) -> Result<Event, ApiError> {
    let config = Config::of(env);
    let number = usize::try_from(when.seconds()).unwrap_or_default();
    let (owner, secret) = (&endpoint.owner, config.id_secret()?);
    let id = Event::id_of(secret, owner, endpoint.id, kind, number);
    let now = Timestamp::from_millis(now_millis());
    let created_at = if kind == EventType::EndpointDisabled {
        when
    } else {
        now
    };
    Ok(EndpointEvent::told(id, kind, endpoint, created_at))
}
