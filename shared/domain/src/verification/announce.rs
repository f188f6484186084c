//! What tenants hear of a verification, by webhook and in the feed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Status, Verification};
use crate::asset::{AssetType, Channel};
use crate::event::{Event, EventType};
use crate::id::Id;
use crate::revocation::RevocationReason;
use crate::timestamp::Timestamp;

/// The body of a webhook about a verification.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = VerificationEvent)]
pub struct VerificationEvent {
    /// The id of the event.
    #[schema(value_type = String, example = "507f1f77bcf86cd799439031")]
    pub id: Id,
    pub event: EventType,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<bool>,
    pub created_at: Timestamp,
    /// The request that the verification belongs to, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub request_id: Option<Id>,
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub verification_id: Id,
    pub status: Status,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    #[schema(example = "+37069199199")]
    pub identifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_reason: Option<RevocationReason>,
    /// The proof, once there is one.
    pub proofs: Vec<EventProof>,
}

/// A proof, as events of verifications carry it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventProof {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_index: Option<u8>,
    #[schema(value_type = String)]
    pub verification_id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub identifier: String,
    pub verified_at: Timestamp,
    pub proof_token: String,
    pub expires_at: Timestamp,
}

impl Status {
    /// The event of a history's entry. That it began is none: the tenant began it.
    const fn event(self) -> Option<EventType> {
        Some(match self {
            Self::Pending => return None,
            Self::Verified => EventType::VerificationCompleted,
            Self::Failed => EventType::VerificationFailed,
            Self::Expired => EventType::VerificationExpired,
            Self::Revoked => EventType::ProofRevoked,
        })
    }
}

impl Verification {
    /// Whether something happened that listeners to events have not heard of.
    pub fn owes_events(&self) -> bool {
        self.history
            .iter()
            .skip(self.told.events)
            .any(|change| change.status.event().is_some())
    }

    /// What has to be told, in order. A completed verification is told of once its proof is signed:
    /// before that there is nothing to send.
    pub fn announced(&self, secret: &[u8]) -> Vec<Event> {
        self.history
            .iter()
            .enumerate()
            .skip(self.told.events)
            .filter_map(|(entry, change)| {
                let kind = change.status.event()?;
                Some(self.announce(entry, kind, change.at, secret))
            })
            .collect()
    }

    fn announce(&self, entry: usize, kind: EventType, at: Timestamp, secret: &[u8]) -> Event {
        let id = Event::id_of(secret, &self.owner, self.id, kind, entry);
        let revoked_reason = match &self.state {
            super::State::Revoked { reason, .. } if kind == EventType::ProofRevoked => {
                Some(*reason)
            }
            _ => None,
        };
        let payload = VerificationEvent {
            id,
            event: kind,
            test: self.owner.environment.is_test().then_some(true),
            created_at: at,
            request_id: self.request.map(|request| request.request_id),
            verification_id: self.id,
            status: self
                .history
                .get(entry)
                .map_or(self.status(), |change| change.status),
            kind: self.kind,
            channel: self.channel,
            identifier: self.identifier.clone(),
            external_user_id: self.external_user_id.clone(),
            client_metadata: self.client_metadata.clone(),
            revoked_reason,
            // One that is withdrawn is worth nothing; it is named by the verification's id.
            proofs: (kind == EventType::VerificationCompleted)
                .then(|| self.event_proof())
                .flatten()
                .into_iter()
                .collect(),
        };
        Event {
            id,
            owner: self.owner.clone(),
            kind,
            request_id: payload.request_id,
            verification_id: Some(self.id),
            endpoint_id: None,
            external_user_id: self.external_user_id.clone(),
            // A request's own events go to its callback address; those of its parts do not.
            callback_url: self.callback_url.clone().filter(|_| self.request.is_none()),
            // This type always has a JSON form.
            payload: serde_json::to_string(&payload).unwrap_or_default(),
            created_at: at,
        }
    }

    fn event_proof(&self) -> Option<EventProof> {
        let (proof, verified_at) = self.proof()?;
        Some(EventProof {
            asset_index: self.request.map(|request| request.asset),
            verification_id: self.id,
            kind: self.kind,
            channel: self.channel,
            identifier: self.identifier.clone(),
            verified_at,
            proof_token: proof.token.clone()?,
            expires_at: proof.expires_at,
        })
    }
}

#[cfg(test)]
#[path = "announce_tests.rs"]
mod tests;
