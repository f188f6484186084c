//! Things that happened, as tenants hear of them: by webhook, and in the feed. An event is written
//! once, with the bytes that are sent; its id is derived from where it happened, so that writing it
//! twice writes it once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::Id;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum EventType {
    /// A verification was completed.
    #[serde(rename = "verification.completed")]
    VerificationCompleted,
    /// All tries of a verification were used.
    #[serde(rename = "verification.failed")]
    VerificationFailed,
    /// A verification ended unanswered.
    #[serde(rename = "verification.expired")]
    VerificationExpired,
    /// A proof was withdrawn.
    #[serde(rename = "proof.revoked")]
    ProofRevoked,
    /// Everything that a request requires is verified.
    #[serde(rename = "verification_request.completed")]
    RequestCompleted,
    /// One more asset of a request that takes partial completion is verified.
    #[serde(rename = "verification_request.partial")]
    RequestPartial,
    /// A request's time was over before it was completed.
    #[serde(rename = "verification_request.expired")]
    RequestExpired,
    /// The tenant cancelled a request.
    #[serde(rename = "verification_request.cancelled")]
    RequestCancelled,
    /// The tenant tries an endpoint.
    #[serde(rename = "webhook_endpoint.test")]
    EndpointTest,
    /// An endpoint gets nothing any more, because it failed for days or said that it is gone.
    #[serde(rename = "webhook_endpoint.disabled")]
    EndpointDisabled,
    /// An endpoint that had failed takes deliveries again.
    #[serde(rename = "webhook_endpoint.recovered")]
    EndpointRecovered,
}

impl EventType {
    pub const ALL: [Self; 11] = [
        Self::VerificationCompleted,
        Self::VerificationFailed,
        Self::VerificationExpired,
        Self::ProofRevoked,
        Self::RequestCompleted,
        Self::RequestPartial,
        Self::RequestExpired,
        Self::RequestCancelled,
        Self::EndpointTest,
        Self::EndpointDisabled,
        Self::EndpointRecovered,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerificationCompleted => "verification.completed",
            Self::VerificationFailed => "verification.failed",
            Self::VerificationExpired => "verification.expired",
            Self::ProofRevoked => "proof.revoked",
            Self::RequestCompleted => "verification_request.completed",
            Self::RequestPartial => "verification_request.partial",
            Self::RequestExpired => "verification_request.expired",
            Self::RequestCancelled => "verification_request.cancelled",
            Self::EndpointTest => "webhook_endpoint.test",
            Self::EndpointDisabled => "webhook_endpoint.disabled",
            Self::EndpointRecovered => "webhook_endpoint.recovered",
        }
    }

    /// Whether an endpoint gets it that did not say what it wants.
    pub const fn is_default(self) -> bool {
        matches!(
            self,
            Self::VerificationCompleted
                | Self::RequestCompleted
                | Self::RequestPartial
                | Self::RequestExpired
        )
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not the name of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of an event")]
pub struct UnknownEvent;

impl FromStr for EventType {
    type Err = UnknownEvent;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or(UnknownEvent)
    }
}

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub id: Id,
    pub owner: Owner,
    #[serde(rename = "type")]
    pub kind: EventType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<Id>,
    /// The endpoint that it is about, or that alone gets it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    /// Where it goes, and nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The JSON text that is sent, to the byte.
    pub payload: String,
    pub created_at: Timestamp,
}

impl Event {
    /// The id of the event that belongs to one entry of a thing's history.
    pub fn id_of(secret: &[u8], owner: &Owner, subject: Id, kind: EventType, number: usize) -> Id {
        let name = format!("{subject}/{kind}/{number}");
        Id::for_idempotency_key(secret, owner, "event", &name)
    }
}

/// The payload carries personal data and proofs, and logs must not.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({}, {})", self.id, self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Environment;

    #[test]
    fn names_are_the_same_on_the_wire_and_in_text() {
        for kind in EventType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("verification".parse::<EventType>(), Err(UnknownEvent));
    }

    #[test]
    fn an_entry_of_a_history_has_one_event() {
        let owner = Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        };
        let id = |subject, kind, number| {
            let subject = Id::from_bytes([subject; 12]);
            Event::id_of(b"secret", &owner, subject, kind, number)
        };
        let first = id(1, EventType::RequestPartial, 1);
        assert_eq!(first, id(1, EventType::RequestPartial, 1));
        assert_ne!(first, id(1, EventType::RequestPartial, 2));
        assert_ne!(first, id(2, EventType::RequestPartial, 1));
        assert_ne!(first, id(1, EventType::RequestCompleted, 1));
    }
}
