//! What tenants hear of a request, by webhook and in the feed.

use serde::Serialize;

use super::{AssetProof, AssetStatus, RequestStatus, VerificationRequest};
use crate::event::{Event, EventType};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// The body of a webhook about a request.
#[derive(Serialize)]
struct Payload<'a> {
    id: Id,
    event: EventType,
    #[serde(skip_serializing_if = "Option::is_none")]
    test: Option<bool>,
    created_at: Timestamp,
    request_id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference_id: Option<&'a str>,
    status: RequestStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    partial: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_user_id: Option<&'a str>,
    proofs: Vec<AssetProof>,
}

impl VerificationRequest {
    /// The event of one entry of the history, 0 being the first, if there is one to tell of.
    fn event_of(&self, entry: usize) -> Option<EventType> {
        let change = self.history.get(entry)?;
        let verified = change
            .asset
            .is_some_and(|asset| asset.status == AssetStatus::Verified);
        match change.status {
            RequestStatus::Completed if verified => Some(EventType::RequestCompleted),
            RequestStatus::Partial if verified && self.plan.partial_ok => {
                Some(EventType::RequestPartial)
            }
            RequestStatus::Expired if change.asset.is_none() => Some(EventType::RequestExpired),
            RequestStatus::Cancelled if change.asset.is_none() => Some(EventType::RequestCancelled),
            _ => None,
        }
    }
}

/// What has to be told of a request, from the first entry of its history that was not told.
pub fn announced(request: &VerificationRequest, secret: &[u8]) -> Vec<Event> {
    (request.told_events..request.history.len())
        .filter_map(|entry| {
            let kind = request.event_of(entry)?;
            Some(event(request, entry, kind, secret))
        })
        .collect()
}

fn event(request: &VerificationRequest, entry: usize, kind: EventType, secret: &[u8]) -> Event {
    let id = Event::id_of(secret, &request.owner, request.id, kind, entry);
    let created_at = request
        .history
        .get(entry)
        .map_or(request.updated_at, |change| change.at);
    let expired = kind == EventType::RequestExpired;
    let payload = Payload {
        id,
        event: kind,
        test: request.owner.environment.is_test().then_some(true),
        created_at,
        request_id: request.id,
        reference_id: request.plan.reference_id.as_deref(),
        status: request
            .history
            .get(entry)
            .map_or(request.status, |change| change.status),
        partial: (expired && request.is_partial()).then_some(true),
        external_user_id: request.plan.external_user_id.as_deref(),
        // Proofs of a request that came to nothing are the tenant's only if it takes parts.
        proofs: if (expired && !request.plan.partial_ok) || kind == EventType::RequestCancelled {
            Vec::new()
        } else {
            request.proofs()
        },
    };
    Event {
        id,
        owner: request.owner.clone(),
        kind,
        request_id: Some(request.id),
        verification_id: None,
        endpoint_id: None,
        external_user_id: request.plan.external_user_id.clone(),
        callback_url: request.plan.callback_url.clone(),
        payload: serde_json::to_string(&payload).unwrap_or_default(),
        created_at,
    }
}
