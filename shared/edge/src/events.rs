//! Events on their way to whoever wants to hear of them: into the feed, and to each receiver as a
//! delivery of its own.

use futures_util::future::join_all;
use proof_domain::error::ApiError;
use proof_domain::event::{Event, EventType};
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Verification;
use proof_domain::verification_request::VerificationRequest;
use proof_domain::webhook::view::{EndpointEvent, EndpointStatus};
use proof_domain::webhook::{Delivery, DisabledReason, Endpoint, EndpointName};
use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::ledger::{Begun, Ledger, OpenCode, Telling};
use crate::objects::begin_delivery;
use crate::platform::now_millis;

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

async fn begin_all(env: &JsValue, begun: Vec<Begun>) -> Result<(), ApiError> {
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
    let reason = endpoint.disabled.map(|(reason, _)| reason);
    let payload = EndpointEvent {
        id,
        event: kind,
        test: owner.environment.is_test().then_some(true),
        created_at,
        endpoint_id: endpoint.id,
        url: endpoint.url.clone(),
        status: match reason {
            None => EndpointStatus::Enabled,
            Some(_) => EndpointStatus::Disabled,
        },
        disabled_reason: reason,
    };
    Ok(Event {
        id,
        owner: owner.clone(),
        kind,
        request_id: None,
        verification_id: None,
        endpoint_id: Some(endpoint.id),
        external_user_id: None,
        callback_url: None,
        payload: payload.text(),
        created_at,
    })
}
