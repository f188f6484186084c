//! A request as the API shows it. Written once: these types are the wire format, and the `OpenAPI`
//! document is made from them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    ActionContext, ActionType, AssetChange, AssetState, AssetStatus, PlannedAsset, Policy, Proven,
    RequestStatus, Run, Standing, Validity, VerificationRequest,
};
use crate::asset::{AssetType, Channel};
use crate::id::Id;
use crate::timestamp::Timestamp;
use crate::verification::{Account, ProofView};

/// A request for several assets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = VerificationRequest)]
pub struct RequestView {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011", pattern = "^[0-9a-f]{24}$")]
    pub id: Id,
    pub status: RequestStatus,
    /// `null` where you gave it none.
    #[schema(required = true)]
    pub reference_id: Option<String>,
    pub action_type: ActionType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_context: Option<ActionContext>,
    /// In the order in which you gave them.
    pub assets: Vec<AssetView>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    pub progress: Progress,
    pub partial_ok: bool,
    /// Expired requests that take partial completion: present, and true, if something was verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "90d")]
    pub validity_requirement: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    /// The page for the person. Whoever has it can act in the person's place: give it to nobody else.
    #[schema(example = "https://proof.example/verify/507f1f77bcf86cd799439011")]
    pub verification_url: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// One asset of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = RequestedAssetView)]
pub struct AssetView {
    #[serde(rename = "type")]
    pub kind: AssetType,
    /// Normalised; `null` until the person has said which, and when its time is over.
    #[schema(example = "example.com", required = true)]
    pub identifier: Option<String>,
    pub status: AssetStatus,
    pub required: bool,
    /// The channel that it is or was proven over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// What is offered, the preferred one first.
    pub allowed_channels: Vec<Channel>,
    /// The verification that is under way or was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439012")]
    pub verification_id: Option<Id>,
    /// Networks, exchanges and bots: the account that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Once verified; not in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofView>,
    /// How often it may still be begun, while that matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 5)]
    pub attempts_remaining: Option<u8>,
}

/// How far a request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Assets that are verified.
    pub verified: usize,
    /// All assets.
    pub total: usize,
    /// How many have to be verified at least.
    pub required: usize,
}

/// A live event of a request: the `data` of `connected` and `status_changed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = VerificationRequestEvent)]
pub struct RequestEvent {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    pub status: RequestStatus,
    /// The asset that something happened to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetChange>,
    pub updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// One proof of a request, as events carry it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AssetProof {
    /// The asset's place in the request, from 0.
    pub asset_index: u8,
    #[schema(value_type = String, example = "507f1f77bcf86cd799439012")]
    pub verification_id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub identifier: String,
    pub verified_at: Timestamp,
    pub proof_token: String,
    pub expires_at: Timestamp,
}

impl VerificationRequest {
    pub fn view(&self, public_url: &str) -> RequestView {
        let plan = &self.plan;
        let ended = |status| (self.status == status).then(|| self.ended_at()).flatten();
        RequestView {
            id: self.id,
            status: self.status,
            reference_id: plan.reference_id.clone(),
            action_type: plan.action_type,
            action_context: plan.action_context.clone(),
            assets: self.asset_views(),
            policy: plan.policy,
            progress: self.progress(),
            partial_ok: plan.partial_ok,
            partial: self.is_partial().then_some(true),
            validity_requirement: plan
                .validity_requirement
                .as_ref()
                .map(|validity: &Validity| validity.as_str().to_owned()),
            redirect_url: plan.redirect_url.clone(),
            callback_url: plan.callback_url.clone(),
            external_user_id: plan.external_user_id.clone(),
            client_metadata: plan.client_metadata.clone(),
            verification_url: format!("{public_url}/verify/{}", self.id),
            created_at: self.created_at,
            updated_at: self.updated_at,
            expires_at: self.expires_at,
            completed_at: ended(RequestStatus::Completed),
            expired_at: ended(RequestStatus::Expired),
            cancelled_at: ended(RequestStatus::Cancelled),
            test_mode: self.owner.environment.is_test().then_some(true),
        }
    }

    pub fn progress(&self) -> Progress {
        Progress {
            verified: self.verified(),
            total: self.assets.len(),
            required: self.plan.needed(),
        }
    }

    /// Whether it is over with something verified, which the tenant takes.
    pub fn is_partial(&self) -> bool {
        self.status == RequestStatus::Expired && self.plan.partial_ok && self.verified() > 0
    }

    /// The data of the live event of this number, 1 being the first.
    pub fn event(&self, number: usize) -> Option<RequestEvent> {
        let change = self.history.get(number.checked_sub(1)?)?;
        Some(RequestEvent {
            id: self.id,
            status: change.status,
            asset: change.asset,
            updated_at: change.at,
            test_mode: self.owner.environment.is_test().then_some(true),
        })
    }

    /// When it entered the state in which it stays.
    pub(super) fn ended_at(&self) -> Option<Timestamp> {
        let first = self
            .history
            .iter()
            .find(|change| change.status.is_terminal());
        first.map(|change| change.at)
    }

    fn asset_views(&self) -> Vec<AssetView> {
        let both = self.plan.assets.iter().zip(&self.assets);
        both.map(|(plan, state)| AssetView::of(plan, state, self.status))
            .collect()
    }
}

impl AssetProof {
    pub(super) fn of(asset_index: u8, plan: &PlannedAsset, run: &Run, proven: &Proven) -> Self {
        Self {
            asset_index,
            verification_id: run.verification_id,
            kind: plan.kind,
            channel: run.channel,
            identifier: run.identifier.clone(),
            verified_at: proven.at,
            proof_token: proven.proof_token.clone(),
            expires_at: proven.proof_expires_at,
        }
    }
}

impl AssetView {
    fn of(plan: &PlannedAsset, state: &AssetState, request: RequestStatus) -> Self {
        let run = state.standing.run();
        let proven = match &state.standing {
            Standing::Verified { proven, .. } => Some(proven),
            _ => None,
        };
        let open = !request.is_terminal() && proven.is_none();
        Self {
            kind: plan.kind,
            identifier: run
                .map(|run| run.identifier.clone())
                .or_else(|| plan.identifier.clone()),
            status: state.standing.status(),
            required: plan.required,
            channel: run.map(|run| run.channel),
            allowed_channels: plan.channels.clone(),
            verification_id: run.map(|run| run.verification_id),
            account: proven.and_then(|proven| proven.account.clone()),
            verified_at: proven.map(|proven| proven.at),
            proof: proven.map(|proven| ProofView {
                token: proven.proof_token.clone(),
                expires_at: proven.proof_expires_at,
            }),
            attempts_remaining: open.then(|| state.attempts_remaining()),
        }
    }
}

impl RequestView {
    /// As lists show it: without the proofs, which are long.
    #[must_use]
    pub fn listed(mut self) -> Self {
        for asset in &mut self.assets {
            asset.proof = None;
        }
        self
    }

    /// As it is shown when its time is over: what was asked and how it ended, and nothing of whom.
    #[must_use]
    pub fn forgotten(self) -> Self {
        let mut left = self.listed();
        for asset in &mut left.assets {
            asset.identifier = None;
            asset.account = None;
        }
        Self {
            action_context: None,
            redirect_url: None,
            callback_url: None,
            external_user_id: None,
            client_metadata: None,
            ..left
        }
    }
}
