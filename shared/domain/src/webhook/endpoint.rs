//! Endpoints: the addresses that a tenant has its events sent to. What may be registered, what an
//! endpoint wants to hear of, and why it is off.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::event::EventType;
use crate::id::{Id, hex};
use crate::outbound::{UrlPolicy, check_url};
use crate::patch::Patch;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;

/// Endpoints that one organisation has in one environment.
pub const MAX_ENDPOINTS: u32 = 20;
/// `description`, characters.
pub const MAX_DESCRIPTION: usize = 200;

/// How often a delivery is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RetrySchedule {
    /// Three times within some minutes.
    #[default]
    Standard,
    /// Eight times within some 28 hours.
    Extended,
}

impl RetrySchedule {
    pub const fn max_attempts(self) -> u32 {
        match self {
            Self::Standard => 3,
            Self::Extended => 8,
        }
    }
}

/// Why nothing is sent to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// You switched it off.
    ByYou,
    /// It answered 410.
    Gone,
    /// Nothing reached it for five days, in ten attempts or more.
    Failing,
}

/// What an endpoint wants to hear of: the events that it names, or those that everybody gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscription(Option<Vec<EventType>>);

impl Subscription {
    /// Checks a list of a body: at least one event, and only those that are sent around.
    pub fn of(events: Option<Vec<EventType>>) -> Result<Self, ApiError> {
        let Some(events) = events else {
            return Ok(Self(None));
        };
        if events.is_empty() {
            return Err(ApiError::field("events", "must name at least one event"));
        }
        if events.contains(&EventType::EndpointTest) {
            return Err(ApiError::field(
                "events",
                "webhook_endpoint.test goes to the endpoint that is tested, without being asked for",
            ));
        }
        Ok(Self(Some(in_order(|kind| events.contains(&kind)))))
    }

    pub fn wants(&self, kind: EventType) -> bool {
        match &self.0 {
            None => kind.is_default(),
            Some(events) => events.contains(&kind),
        }
    }

    /// All that it wants.
    pub fn events(&self) -> Vec<EventType> {
        in_order(|kind| self.wants(kind))
    }

    /// As the ledger has it: names with commas around each, or nothing for the default.
    pub fn column(&self) -> Option<String> {
        let events = self.0.as_ref()?;
        Some(
            events
                .iter()
                .fold(String::from(","), |names, kind| names + kind.as_str() + ","),
        )
    }

    /// Reads the ledger's form. A name that is unknown by now names nothing.
    pub fn from_column(column: Option<&str>) -> Self {
        Self(
            column.map(|names| in_order(|kind| names.split(',').any(|name| name == kind.as_str()))),
        )
    }
}

fn in_order(wanted: impl Fn(EventType) -> bool) -> Vec<EventType> {
    EventType::ALL
        .into_iter()
        .filter(|kind| wanted(*kind))
        .collect()
}

/// An endpoint as the ledger has it, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub id: Id,
    pub owner: Owner,
    pub url: String,
    pub description: Option<String>,
    pub subscription: Subscription,
    pub retry_schedule: RetrySchedule,
    /// Why it is off; nothing if it is on.
    pub disabled: Option<(DisabledReason, Timestamp)>,
    pub failing_since: Option<Timestamp>,
    /// Attempts that failed since the last that did not.
    pub failures: u32,
    pub last_success_at: Option<Timestamp>,
    pub previous_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What a tenant calls that which deliveries go to: an endpoint by its id, or `callback`, under which
/// all deliveries to callback addresses are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointName {
    Callback,
    Id(Id),
}

const CALLBACK: &str = "callback";

impl EndpointName {
    pub fn parse(text: &str) -> Option<Self> {
        if text == CALLBACK {
            return Some(Self::Callback);
        }
        Id::parse(text).map(Self::Id)
    }

    /// The name of a row: the callback one goes by its word.
    pub fn of_row(id: Id, secret: &[u8], owner: &Owner) -> Self {
        if id == callback_endpoint_id(secret, owner) {
            Self::Callback
        } else {
            Self::Id(id)
        }
    }

    /// The id of the row.
    pub fn row(self, secret: &[u8], owner: &Owner) -> Id {
        match self {
            Self::Callback => callback_endpoint_id(secret, owner),
            Self::Id(id) => id,
        }
    }
}

/// The row under which callback addresses have their secret. It is derived, so that whoever needs it
/// first makes the same one.
pub fn callback_endpoint_id(secret: &[u8], owner: &Owner) -> Id {
    Id::for_idempotency_key(secret, owner, "webhook-endpoint", "the callback")
}

impl fmt::Display for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Callback => f.write_str(CALLBACK),
            Self::Id(id) => id.fmt(f),
        }
    }
}

impl Serialize for EndpointName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EndpointName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the name of an endpoint"))
    }
}

/// An endpoint to be registered.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateEndpoint {
    /// Where events are sent: `https`, on the public internet, on port 443 or 8443.
    #[schema(example = "https://yourapp.example/webhooks/proof", max_length = 2048)]
    pub url: String,
    /// The events that it gets. If you say nothing: `verification.completed` and
    /// `verification_request.completed`, `.partial` and `.expired`.
    #[schema(min_items = 1, example = json!(["verification.completed", "proof.revoked"]))]
    pub events: Option<Vec<EventType>>,
    /// Your own words.
    #[schema(example = "Shop, production", max_length = 200)]
    pub description: Option<String>,
    /// `standard` (three attempts within some minutes) if you say nothing; `extended` for eight within
    /// some 28 hours.
    pub retry_schedule: Option<RetrySchedule>,
    /// Whether it gets events from now on; `true` if you say nothing.
    pub enabled: Option<bool>,
}

/// An endpoint that was found to be in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEndpoint {
    pub url: String,
    pub subscription: Subscription,
    pub description: Option<String>,
    pub retry_schedule: RetrySchedule,
    pub enabled: bool,
}

impl CreateEndpoint {
    pub fn plan(self, own_host: &str) -> Result<PlannedEndpoint, ApiError> {
        Ok(PlannedEndpoint {
            url: read_url(&self.url, own_host)?,
            subscription: Subscription::of(self.events)?,
            description: self
                .description
                .as_deref()
                .map(read_description)
                .transpose()?
                .flatten(),
            retry_schedule: self.retry_schedule.unwrap_or_default(),
            enabled: self.enabled.unwrap_or(true),
        })
    }
}

impl PlannedEndpoint {
    /// Equal for equal requests; tells a repetition from a different request under one key.
    pub fn fingerprint(&self) -> String {
        let parts = (
            &self.url,
            self.subscription.column(),
            &self.description,
            self.retry_schedule,
            self.enabled,
        );
        let text = serde_json::to_vec(&parts).unwrap_or_default();
        hex(&Sha256::digest(text)[..16])
    }
}

/// What changes of an endpoint. What is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateEndpoint {
    /// Another address. It begins without the failures of the old one.
    #[schema(example = "https://yourapp.example/webhooks/proof", max_length = 2048)]
    pub url: Option<String>,
    /// The events that it gets; `null` for the default ones.
    #[serde(default)]
    #[schema(value_type = Option<Vec<EventType>>, min_items = 1, example = json!(["verification.completed"]))]
    pub events: Patch<Vec<EventType>>,
    /// Your own words; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Shop, production", max_length = 200)]
    pub description: Patch<String>,
    /// Counts for events from now on.
    pub retry_schedule: Option<RetrySchedule>,
    /// `false` switches it off, `true` on again, also after it was disabled by itself.
    #[schema(example = true)]
    pub enabled: Option<bool>,
}

/// A change that was found to be in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedUpdate {
    pub url: Option<String>,
    pub subscription: Option<Subscription>,
    pub description: Patch<String>,
    pub retry_schedule: Option<RetrySchedule>,
    pub enabled: Option<bool>,
}

impl UpdateEndpoint {
    pub fn plan(self, own_host: &str) -> Result<PlannedUpdate, ApiError> {
        Ok(PlannedUpdate {
            url: self.url.map(|url| read_url(&url, own_host)).transpose()?,
            subscription: match self.events {
                Patch::Keep => None,
                Patch::Clear => Some(Subscription::default()),
                Patch::Set(events) => Some(Subscription::of(Some(events))?),
            },
            description: match self.description.try_map(|text| read_description(&text))? {
                Patch::Set(None) | Patch::Clear => Patch::Clear,
                Patch::Set(Some(text)) => Patch::Set(text),
                Patch::Keep => Patch::Keep,
            },
            retry_schedule: self.retry_schedule,
            enabled: self.enabled,
        })
    }
}

fn read_url(url: &str, own_host: &str) -> Result<String, ApiError> {
    check_url(url, UrlPolicy::https_only(own_host))
        .map(crate::outbound::OutboundUrl::into_string)
        .map_err(|error| ApiError::field("url", error.to_string()))
}

/// Nothing, if there is nothing in it.
fn read_description(text: &str) -> Result<Option<String>, ApiError> {
    let text = text.trim();
    if text.chars().count() > MAX_DESCRIPTION {
        return Err(ApiError::field(
            "description",
            "must have 200 characters at most",
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(ApiError::field(
            "description",
            "must not contain control characters",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
