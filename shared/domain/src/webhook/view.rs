//! Endpoints, deliveries and events as the API shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::event::{Event, EventType};
use crate::id::Id;
use crate::page::Pagination;
use crate::tenant::Environment;
use crate::timestamp::Timestamp;
use crate::webhook::{
    DeliveryStatus, DisabledReason, Endpoint, EndpointName, RetrySchedule, WebhookSecret,
};

/// Whether events are sent to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EndpointStatus {
    Enabled,
    Disabled,
}

/// An address that events are sent to, and how it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct EndpointView {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439021")]
    pub id: Id,
    #[schema(example = "https://yourapp.example/webhooks/proof")]
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Shop, production")]
    pub description: Option<String>,
    /// The events that it gets.
    pub events: Vec<EventType>,
    pub retry_schedule: RetrySchedule,
    pub status: EndpointStatus,
    /// Why it is disabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<DisabledReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Since when nothing has reached it. Failures within seconds of a success do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Attempts that failed since something reached it.
    #[schema(example = 0)]
    pub consecutive_failures: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_success_at: Option<Timestamp>,
    /// Until when deliveries are signed with the former secret as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Made with a test key: it gets events of test mode and no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

impl EndpointView {
    pub fn of(endpoint: &Endpoint, now: Timestamp) -> Self {
        Self {
            id: endpoint.id,
            url: endpoint.url.clone(),
            description: endpoint.description.clone(),
            events: endpoint.subscription.events(),
            retry_schedule: endpoint.retry_schedule,
            status: match endpoint.disabled {
                None => EndpointStatus::Enabled,
                Some(_) => EndpointStatus::Disabled,
            },
            disabled_reason: endpoint.disabled.map(|(reason, _)| reason),
            disabled_at: endpoint.disabled.map(|(_, at)| at),
            failing_since: endpoint.failing_since,
            consecutive_failures: endpoint.failures,
            last_success_at: endpoint.last_success_at,
            previous_secret_expires_at: endpoint.previous_secret_until.filter(|until| *until > now),
            created_at: endpoint.created_at,
            updated_at: endpoint.updated_at,
            test_mode: test_mode(endpoint.owner.environment),
        }
    }
}

pub(crate) fn test_mode(environment: Environment) -> Option<bool> {
    environment.is_test().then_some(true)
}

/// A new endpoint with the secret that its deliveries are signed with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = CreatedWebhookEndpoint)]
pub struct CreatedEndpoint {
    #[serde(flatten)]
    pub endpoint: EndpointView,
    /// What its deliveries are signed with.
    pub secret: Shown,
}

/// A secret in an answer. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, example = "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=")]
pub struct Shown(String);

impl From<&WebhookSecret> for Shown {
    fn from(secret: &WebhookSecret) -> Self {
        Self(secret.as_str().to_owned())
    }
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(…)")
    }
}

/// A page of endpoints.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookEndpointList)]
pub struct EndpointList {
    pub data: Vec<EndpointView>,
    pub pagination: Pagination,
}

/// An endpoint that is no more.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = DeletedWebhookEndpoint)]
pub struct DeletedEndpoint {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439021")]
    pub id: Id,
    #[schema(example = true)]
    pub deleted: bool,
}

/// What deliveries are signed with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookSecret)]
pub struct SecretView {
    /// The endpoint, or `callback` for deliveries to callback addresses.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439021")]
    pub endpoint_id: EndpointName,
    pub secret: Shown,
    /// The one before it, while it signs as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<Shown>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// One event on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct DeliveryView {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    /// The event that is sent; also in `webhook-id`, the same for every attempt.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439031")]
    pub event_id: Id,
    pub event_type: EventType,
    /// The endpoint, or `callback` if it goes to a callback address.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439021")]
    pub endpoint_id: EndpointName,
    /// The request that it is about; `null` if it is about none.
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439012")]
    pub verification_request_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439013")]
    pub verification_id: Option<Id>,
    #[schema(example = "https://yourapp.example/webhooks/proof")]
    pub url: String,
    pub status: DeliveryStatus,
    /// Attempts made so far.
    #[schema(example = 1)]
    pub attempts: u32,
    #[schema(example = 3)]
    pub max_attempts: u32,
    /// What the receiver last answered; `null` if it did not.
    #[schema(example = 200)]
    pub response_status: Option<u16>,
    /// Why the last attempt failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "the receiver did not answer within 15 seconds")]
    pub error: Option<String>,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// A page of deliveries.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookDeliveryList)]
pub struct DeliveryList {
    pub data: Vec<DeliveryView>,
    pub pagination: Pagination,
}

/// A delivery with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookDeliveryDetails)]
pub struct DeliveryDetails {
    #[serde(flatten)]
    pub delivery: DeliveryView,
    /// What is sent; `null` when it was deleted because its time was over.
    #[schema(value_type = Option<Object>)]
    pub request_payload: Option<Value>,
    /// The headers of the last attempt, without the signatures.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"content-type": "application/json", "webhook-id": "507f1f77bcf86cd799439031"}))]
    pub request_headers: BTreeMap<String, String>,
    /// The first 4 KB of what the receiver answered.
    pub response_body: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(example = json!({"content-type": "text/plain"}))]
    pub response_headers: BTreeMap<String, String>,
    /// The newest attempts, twenty at most, the oldest of them first; `attempts` counts all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempt_log: Vec<AttemptView>,
}

impl DeliveryDetails {
    /// What stays of a delivery when its object is gone.
    pub const fn of_past(delivery: DeliveryView, payload: Option<Value>) -> Self {
        Self {
            delivery,
            request_payload: payload,
            request_headers: BTreeMap::new(),
            response_body: None,
            response_headers: BTreeMap::new(),
            attempt_log: Vec::new(),
        }
    }
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct AttemptView {
    pub at: Timestamp,
    /// How long it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 120)]
    pub duration_ms: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 500)]
    pub response_status: Option<u16>,
    /// Why it failed; nothing if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "the receiver answered 500")]
    pub error: Option<String>,
}

/// How deliveries went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookDeliveryStats)]
pub struct DeliveryStats {
    #[schema(example = 150)]
    pub total: u64,
    #[schema(example = 142)]
    pub delivered: u64,
    #[schema(example = 5)]
    pub failed: u64,
    #[schema(example = 3)]
    pub pending: u64,
    /// Delivered, as a percentage of all, with two decimals; 0 if there are none.
    #[schema(example = 94.67)]
    pub success_rate: f64,
}

impl DeliveryStats {
    pub fn of(counts: impl IntoIterator<Item = (DeliveryStatus, u64)>) -> Self {
        let mut stats = Self::default();
        for (status, count) in counts {
            match status {
                DeliveryStatus::Pending => stats.pending += count,
                DeliveryStatus::Delivered => stats.delivered += count,
                DeliveryStatus::Failed => stats.failed += count,
            }
        }
        stats.total = stats.pending + stats.delivered + stats.failed;
        if stats.total > 0 {
            // In hundredths of a per cent, rounded half up, so that no digit is a float's.
            let total = u128::from(stats.total);
            let hundredths = (u128::from(stats.delivered) * 20_000 + total) / (2 * total);
            stats.success_rate = u32::try_from(hundredths).map_or(0.0, f64::from) / 100.0;
        }
        stats
    }
}

/// Something that happened, in the feed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Event)]
pub struct EventView {
    /// Also the `webhook-id` of its deliveries.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439031")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: EventType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439012")]
    pub request_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439013")]
    pub verification_id: Option<Id>,
    /// The endpoint that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439021")]
    pub endpoint_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    /// The same that webhooks carry; `null` when it was deleted because its time was over.
    #[schema(value_type = Option<Object>)]
    pub payload: Option<Value>,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// Where the feed goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedPagination {
    #[schema(example = 100)]
    pub limit: u32,
    /// Give it as `after` to read on, now or later; `null` while nothing has happened yet.
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439031")]
    pub next_cursor: Option<Id>,
    /// Whether there is more by now.
    #[serde(rename = "hasMore")]
    pub has_more: bool,
}

/// A part of the feed.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = EventList)]
pub struct EventList {
    pub data: Vec<EventView>,
    pub pagination: FeedPagination,
}

impl EventList {
    /// Of what was read, with one more than was asked for if there is more.
    pub fn of(mut read: Vec<EventView>, limit: u32, after: Option<Id>) -> Self {
        let wanted = limit as usize;
        let has_more = read.len() > wanted;
        read.truncate(wanted);
        Self {
            pagination: FeedPagination {
                limit,
                next_cursor: read.last().map(|event| event.id).or(after),
                has_more,
            },
            data: read,
        }
    }
}

/// What events about an endpoint say.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookEndpointEvent)]
pub struct EndpointEvent {
    /// The id of the event.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439031")]
    pub id: Id,
    pub event: EventType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
    pub created_at: Timestamp,
    #[schema(value_type = String, example = "507f1f77bcf86cd799439021")]
    pub endpoint_id: Id,
    pub url: String,
    pub status: EndpointStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<DisabledReason>,
}

impl EndpointEvent {
    /// What happened to an endpoint, as its owner is told.
    pub fn told(id: Id, kind: EventType, endpoint: &Endpoint, at: Timestamp) -> Event {
        let owner = &endpoint.owner;
        let reason = endpoint.disabled.map(|(reason, _)| reason);
        let payload = Self {
            id,
            event: kind,
            test: test_mode(owner.environment),
            created_at: at,
            endpoint_id: endpoint.id,
            url: endpoint.url.clone(),
            status: if reason.is_none() {
                EndpointStatus::Enabled
            } else {
                EndpointStatus::Disabled
            },
            disabled_reason: reason,
        };
        Event {
            id,
            owner: owner.clone(),
            kind,
            request_id: None,
            verification_id: None,
            endpoint_id: Some(endpoint.id),
            external_user_id: None,
            callback_url: None,
            // This type always has a JSON form.
            payload: serde_json::to_string(&payload).unwrap_or_default(),
            created_at: at,
        }
    }
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
