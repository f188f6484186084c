//! A verification request: one person is asked for several assets at once. This module holds the
//! record that its object stores and the states it can be in; `lifecycle` holds the only ways from
//! one to another. It never proves anything itself: each asset is proven by a verification of its
//! own, and the request is told how that ended.

mod announce;
#[cfg(test)]
mod announce_tests;
mod ask;
mod lifecycle;
#[cfg(test)]
mod lifecycle_tests;
mod list;
mod request;
#[cfg(test)]
mod request_tests;
mod validity;
mod view;
mod way_back;

pub use announce::announced;
pub use ask::{ActionContext, ActionType, Policy};
pub use lifecycle::{Begun, Report};
pub use list::{RequestList, RequestQuery};
pub use request::{
    CreateVerificationRequest, PlannedAsset, PlannedRequest, RequestedAsset, TestVerifyAsset,
};
pub use validity::Validity;
pub use view::{AssetProof, AssetView, Progress, RequestEvent, RequestView};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::asset::Channel;
use crate::id::Id;
use crate::limits;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;
use crate::verification::Account;

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VerificationRequestStatus)]
pub enum RequestStatus {
    /// Nothing is verified yet.
    Pending,
    /// Something is verified, but not enough.
    Partial,
    /// Everything that is required is verified.
    Completed,
    /// Its time was over before that.
    Expired,
    /// The tenant withdrew it.
    Cancelled,
}

impl RequestStatus {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Partial,
        Self::Completed,
        Self::Expired,
        Self::Cancelled,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Partial => "partial",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether it never changes again.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Expired | Self::Cancelled)
    }
}

/// Where one asset of a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = RequestedAssetStatus)]
pub enum AssetStatus {
    /// Not begun, or to be begun again.
    Pending,
    /// A verification is under way.
    InProgress,
    Verified,
    /// It was begun as often as allowed, and no verification was completed.
    Failed,
    /// Its proof was withdrawn after it was verified.
    Revoked,
}

/// The record. What it stores is pinned by a test: old records must stay readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerificationRequest {
    pub id: Id,
    pub owner: Owner,
    /// Said to the person who is asked.
    pub organisation_name: String,
    pub plan: PlannedRequest,
    /// Digest of the request that created it, to tell a repetition from another request that
    /// carries the same idempotency key.
    pub fingerprint: String,
    /// Whether the id belongs to an idempotency key: then it must never name anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// One for each asset of the plan, in its order.
    pub assets: Vec<AssetState>,
    pub status: RequestStatus,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
    /// What happened, oldest first; the position is the id of the live event.
    pub history: Vec<Change>,
    /// Verifications of this request that must not be completed any more and do not know it yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<Id>,
    /// How many entries of the history whoever listens to events has heard of.
    #[serde(default)]
    pub told_events: usize,
    /// Grows with every change that the ledger must learn.
    pub revision: u64,
    /// The last revision that the ledger is known to hold.
    pub ledger_revision: u64,
}

/// How one asset stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AssetState {
    /// How often it was begun.
    #[serde(default)]
    pub begun: u8,
    /// How often it was begun besides, and no verification came of it. Their numbers are not given
    /// again, so that an id never means two verifications.
    #[serde(default, skip_serializing_if = "is_none_yet")]
    pub refused: u8,
    /// What became of the last verification, where it proved nothing; the person is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came_to_nothing: Option<Failure>,
    /// What was under way when the request ended: that it was proven before may be heard of later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Run>,
    #[serde(flatten)]
    pub standing: Standing,
}

/// Why a verification proved nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// All its tries were used.
    TriesUsed,
    /// It was not answered in time.
    Late,
}

/// The state of an asset, with what belongs to each.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Standing {
    #[default]
    Pending,
    InProgress {
        run: Run,
    },
    Verified {
        run: Run,
        proven: Proven,
    },
    Failed,
    Revoked {
        run: Run,
        proven: Proven,
    },
}

/// The verification of an asset.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub verification_id: Id,
    pub channel: Channel,
    /// Normalised.
    pub identifier: String,
    pub began_at: Timestamp,
}

/// What a completed verification said.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    pub at: Timestamp,
    pub proof_token: String,
    pub proof_expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
}

/// Identifiers and proofs are personal data and logs are not.
impl std::fmt::Debug for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pending => f.write_str("Pending"),
            Self::InProgress { run } => write!(f, "InProgress({run:?})"),
            Self::Verified { run, .. } => write!(f, "Verified({run:?})"),
            Self::Failed => f.write_str("Failed"),
            Self::Revoked { run, .. } => write!(f, "Revoked({run:?})"),
        }
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}", self.verification_id, self.channel)
    }
}

impl std::fmt::Debug for Proven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proven({})", self.at)
    }
}

/// One thing that happened to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: Timestamp,
    /// The status since then.
    pub status: RequestStatus,
    /// The asset that it happened to, and how that stands since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetChange>,
}

/// What happened to one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetChange {
    /// Its place among the assets, from 0.
    pub index: u8,
    pub status: AssetStatus,
}

impl AssetState {
    /// The number of the next beginning: each has one of its own.
    const fn next_attempt(&self) -> u8 {
        self.begun + self.refused
    }

    /// Whether it cannot be begun any more.
    const fn is_used_up(&self) -> bool {
        self.begun >= limits::MAX_BEGINNINGS || self.refused >= limits::MAX_REFUSED_BEGINNINGS
    }

    /// How often it may still be begun.
    const fn attempts_remaining(&self) -> u8 {
        if self.is_used_up() {
            0
        } else {
            limits::MAX_BEGINNINGS - self.begun
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_none_yet(count: &u8) -> bool {
    *count == 0
}

impl Standing {
    pub const fn status(&self) -> AssetStatus {
        match self {
            Self::Pending => AssetStatus::Pending,
            Self::InProgress { .. } => AssetStatus::InProgress,
            Self::Verified { .. } => AssetStatus::Verified,
            Self::Failed => AssetStatus::Failed,
            Self::Revoked { .. } => AssetStatus::Revoked,
        }
    }

    /// The verification that it is about.
    pub const fn run(&self) -> Option<&Run> {
        match self {
            Self::InProgress { run } | Self::Verified { run, .. } | Self::Revoked { run, .. } => {
                Some(run)
            }
            Self::Pending | Self::Failed => None,
        }
    }

    pub const fn is_verified(&self) -> bool {
        matches!(self, Self::Verified { .. })
    }
}

impl VerificationRequest {
    /// A request that begins at this moment.
    pub fn new(
        id: Id,
        owner: Owner,
        organisation_name: String,
        plan: PlannedRequest,
        fingerprint: String,
        repeatable: bool,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            owner,
            organisation_name,
            fingerprint,
            repeatable,
            assets: vec![AssetState::default(); plan.assets.len()],
            status: RequestStatus::Pending,
            created_at: now,
            updated_at: now,
            expires_at: now.plus_seconds(plan.lifetime),
            history: vec![Change {
                at: now,
                status: RequestStatus::Pending,
                asset: None,
            }],
            withdrawn: Vec::new(),
            told_events: 1,
            revision: 1,
            ledger_revision: 0,
            plan,
        }
    }

    /// The number of the newest live event.
    pub const fn sequence(&self) -> usize {
        self.history.len()
    }

    /// Whether the ledger has something to learn.
    pub const fn owes_ledger(&self) -> bool {
        self.revision > self.ledger_revision
    }

    /// Every beginning of every asset so far: the asset's place, and the number of the beginning.
    pub fn attempts(&self) -> impl Iterator<Item = (u8, u8)> {
        let numbered = (0..).zip(&self.assets);
        numbered.flat_map(|(place, asset)| {
            (0..asset.next_attempt()).map(move |attempt| (place, attempt))
        })
    }

    /// How many assets are verified.
    pub fn verified(&self) -> usize {
        let verified = |asset: &&AssetState| asset.standing.is_verified();
        self.assets.iter().filter(verified).count()
    }
}
