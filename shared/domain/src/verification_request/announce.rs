//! What tenants hear of a request, by webhook and in the feed.

use serde::Serialize;

use super::{AssetProof, AssetStatus, RequestStatus, Standing, VerificationRequest};
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
    /// The event of one entry of the history, 0 being the first, if there is one to tell of. What
    /// happens to an asset after the end is none of the request's.
    fn event_of(&self, entry: usize) -> Option<EventType> {
        let change = self.history.get(entry)?;
        let before = entry
            .checked_sub(1)
            .and_then(|before| self.history.get(before));
        if before.is_some_and(|before| before.status.is_terminal()) {
            return None;
        }
        let verified = change
            .asset
            .is_some_and(|asset| asset.status == AssetStatus::Verified);
        match change.status {
            RequestStatus::Completed if verified => Some(EventType::RequestCompleted),
            RequestStatus::Partial if verified && self.plan.partial_ok => {
                Some(EventType::RequestPartial)
            }
            RequestStatus::Expired => Some(EventType::RequestExpired),
            RequestStatus::Cancelled => Some(EventType::RequestCancelled),
            _ => None,
        }
    }

    /// What was proven as of an entry of the history, however late that is told: what was withdrawn
    /// since is there, what was proven since is not. Of what was withdrawn and proven anew nothing is
    /// known of the first time.
    fn proofs_at(&self, entry: usize) -> Vec<AssetProof> {
        let both = self.plan.assets.iter().zip(&self.assets);
        both.zip(0..)
            .filter_map(|((plan, asset), index)| match &asset.standing {
                Standing::Verified { run, proven } | Standing::Revoked { run, proven } => {
                    let newest = self.change_of(index, |at, _| at <= entry);
                    let proven_in =
                        self.change_of(index, |_, status| status == AssetStatus::Verified);
                    (newest == proven_in).then(|| AssetProof::of(index, plan, run, proven))
                }
                _ => None,
            })
            .collect()
    }

    /// The last entry of the history that is about this asset and is such a one.
    fn change_of(&self, index: u8, is: impl Fn(usize, AssetStatus) -> bool) -> Option<usize> {
        let mut entries = self.history.iter().enumerate().rev();
        let found = entries.find(|(at, change)| {
            change
                .asset
                .is_some_and(|asset| asset.index == index && is(*at, asset.status))
        });
        found.map(|(at, _)| at)
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
    // Of a request that came to nothing only whoever takes parts is sent what there is; all of it can
    // be read in the request.
    let proofs = match kind {
        EventType::RequestCancelled => Vec::new(),
        EventType::RequestExpired if !request.plan.partial_ok => Vec::new(),
        _ => request.proofs_at(entry),
    };
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
        partial: (kind == EventType::RequestExpired && !proofs.is_empty()).then_some(true),
        external_user_id: request.plan.external_user_id.as_deref(),
        proofs,
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
