//! Events on their way to whoever wants to hear of them: into the feed, and to each receiver as a
//! delivery of its own.

use futures_util::future::join_all;
use proof_domain::error::ApiError;
use proof_domain::event::{Event, EventType};
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::view::{EndpointEvent, EndpointStatus};
use proof_domain::webhook::{Delivery, DisabledReason, Endpoint, EndpointName};
use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::ledger::Ledger;
use crate::objects::begin_delivery;
use crate::platform::now_millis;

/// Writes an event into the feed and has it delivered. Safe to repeat, with the same event: the feed
/// has it once, and each receiver gets one delivery.
pub async fn publish(env: &JsValue, event: &Event) -> Result<(), ApiError> {
    let config = Config::of(env);
    let callback = EndpointName::Callback.row(config.id_secret()?, &event.owner);
    let now = Timestamp::from_millis(now_millis());
    let begun = Ledger::new(env).publish(event, callback, now).await?;
    let told = begun.into_iter().map(|new| begin_delivery(env, new));
    join_all(told).await.into_iter().collect()
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
