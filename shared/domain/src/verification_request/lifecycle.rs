//! The ways a request changes. Each method reads, checks and changes the record in one step, so that
//! two assets that are verified at the same instant complete it once. A method that returns an error
//! may still have changed the record (its time may be over): the caller stores it either way.

use serde::{Deserialize, Serialize};

use super::{
    AssetChange, AssetStatus, Change, Failure, PlannedAsset, Proven, RequestStatus, Run, Standing,
    VerificationRequest,
};
use crate::asset::{AssetType, Channel};
use crate::error::{ApiError, ErrorCode};
use crate::id::Id;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;
use crate::verification::{CreateVerification, PlannedVerification};

/// How the verification of an asset ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    Verified(Proven),
    /// All tries used.
    Ended,
    /// Not answered in time.
    Late,
    Revoked,
}

/// A verification of an asset that has to exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begun {
    pub verification_id: Id,
    pub owner: Owner,
    pub organisation_name: String,
    pub plan: PlannedVerification,
}

impl RequestStatus {
    /// Why a request that ended so cannot be cancelled.
    pub fn not_cancelled(self) -> ApiError {
        let message = format!("This request is {} and cannot be cancelled.", self.as_str());
        ApiError::new(ErrorCode::Conflict, message)
    }
}

impl VerificationRequest {
    /// Whether its time is over and the record does not say so yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        !self.status.is_terminal() && now >= self.expires_at
    }

    /// Ends it if its time is over. Every other method begins with this.
    pub fn settle(&mut self, now: Timestamp) {
        if self.is_overdue(now) {
            self.end(RequestStatus::Expired, now);
        }
    }

    /// The person begins to prove an asset, over the preferred channel unless another is named.
    /// Beginning what is under way gives the same verification again; with another channel or
    /// identifier it is replaced.
    pub fn begin(
        &mut self,
        index: u8,
        channel: Option<Channel>,
        identifier: Option<&str>,
        id_of: impl FnOnce(u8) -> Id,
        now: Timestamp,
    ) -> Result<Begun, ApiError> {
        self.must_be_open(now)?;
        let planned = self.planned(index)?;
        let preferred = planned.channels.first().copied();
        let channel = channel.or(preferred).ok_or_else(ApiError::not_found)?;
        let plan = self.verification_of(planned, channel, identifier)?;
        let place = usize::from(index);
        let asset = &self.assets[place];
        match &asset.standing {
            Standing::Verified { .. } => {
                return Err(ApiError::new(
                    ErrorCode::AlreadyVerified,
                    "This asset is already verified.",
                ));
            }
            Standing::InProgress { run }
                if run.channel == channel && run.identifier == plan.identifier =>
            {
                return Ok(self.begun(run.verification_id, plan));
            }
            _ => {}
        }
        if asset.is_used_up() {
            return Err(ApiError::new(
                ErrorCode::TooManyAttempts,
                "This asset was begun as often as is allowed.",
            ));
        }
        self.must_be_another(place, &plan)?;
        self.give_up(place);
        self.assets[place].came_to_nothing = None;
        let verification_id = id_of(self.assets[place].next_attempt());
        self.assets[place].begun += 1;
        let run = Run {
            verification_id,
            channel,
            identifier: plan.identifier.clone(),
            began_at: now,
        };
        self.stand(place, Standing::InProgress { run }, now);
        Ok(self.begun(verification_id, plan))
    }

    /// Naming one thing for two assets would prove it once.
    fn must_be_another(&self, place: usize, plan: &PlannedVerification) -> Result<(), ApiError> {
        // Accounts and wallets are those of one channel, everything else is the same over each.
        let of_channel = matches!(
            plan.kind,
            AssetType::Social | AssetType::Wallet | AssetType::Account
        );
        let both = self.plan.assets.iter().zip(&self.assets).enumerate();
        let taken = both
            .filter(|(at, (asset, _))| *at != place && asset.kind == plan.kind)
            .any(|(_, (asset, state))| match state.standing.run() {
                Some(run) => {
                    run.identifier == plan.identifier
                        && (!of_channel || run.channel == plan.channel)
                }
                None => {
                    asset.identifier.as_ref() == Some(&plan.identifier)
                        && (!of_channel || asset.channels.contains(&plan.channel))
                }
            });
        if taken {
            return Err(ApiError::of_field(
                ErrorCode::Conflict,
                "identifier",
                "is that of another asset of this request",
            ));
        }
        Ok(())
    }

    fn begun(&self, verification_id: Id, plan: PlannedVerification) -> Begun {
        Begun {
            verification_id,
            owner: self.owner.clone(),
            organisation_name: self.organisation_name.clone(),
            plan,
        }
    }

    /// The verification could not be created: it counts as refused, not as begun. Should another call
    /// have created it at the same time, it is given up.
    pub fn not_begun(&mut self, index: u8, verification_id: Id, now: Timestamp) {
        let place = usize::from(index);
        if self.is_running(place, verification_id) {
            self.give_up(place);
            self.assets[place].begun -= 1;
            self.assets[place].refused += 1;
            self.stand(place, self.after_a_failure(place), now);
        }
    }

    /// The person wants another channel or identifier; what is under way is given up, unless nothing
    /// could be begun after it.
    pub fn change(&mut self, index: u8, now: Timestamp) -> Result<(), ApiError> {
        self.must_be_open(now)?;
        self.planned(index)?;
        let place = usize::from(index);
        if matches!(self.assets[place].standing, Standing::InProgress { .. }) {
            if self.assets[place].is_used_up() {
                return Err(ApiError::new(
                    ErrorCode::Conflict,
                    "This asset cannot be begun again, so what is under way is not given up.",
                ));
            }
            self.give_up(place);
            self.stand(place, Standing::Pending, now);
        }
        Ok(())
    }

    /// A verification of an asset ended. One that the request does not wait for any more, or that
    /// reports twice, changes nothing. What was proven before the request ended is kept however late
    /// it is told: the asset is verified, and the request stays as it ended.
    pub fn reported(&mut self, index: u8, verification_id: Id, report: Report, now: Timestamp) {
        self.settle(now);
        let place = usize::from(index);
        match report {
            Report::Verified(proven) if self.is_running(place, verification_id) => {
                if let Some(run) = self.assets[place].standing.run().cloned() {
                    self.stand(place, Standing::Verified { run, proven }, now);
                }
            }
            Report::Verified(proven) => {
                if let Some(run) = self.left_in_time(place, verification_id, proven.at) {
                    self.stand(place, Standing::Verified { run, proven }, now);
                }
            }
            Report::Ended | Report::Late if self.is_running(place, verification_id) => {
                self.assets[place].came_to_nothing = Some(match report {
                    Report::Late => Failure::Late,
                    _ => Failure::TriesUsed,
                });
                self.stand(place, self.after_a_failure(place), now);
            }
            Report::Revoked => {
                if let Some(Standing::Verified { run, proven }) =
                    self.assets.get(place).map(|asset| asset.standing.clone())
                    && run.verification_id == verification_id
                {
                    self.stand(place, Standing::Revoked { run, proven }, now);
                }
            }
            _ => {}
        }
    }

    /// The tenant withdraws the request. A second call changes nothing.
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), ApiError> {
        self.settle(now);
        match self.status {
            RequestStatus::Cancelled => Ok(()),
            RequestStatus::Pending | RequestStatus::Partial => {
                self.end(RequestStatus::Cancelled, now);
                Ok(())
            }
            RequestStatus::Completed | RequestStatus::Expired => Err(self.status.not_cancelled()),
        }
    }

    /// A withdrawn verification knows of it now.
    pub fn heard_of_withdrawal(&mut self, verification_id: Id) {
        self.withdrawn.retain(|id| *id != verification_id);
    }

    /// When this object has to wake up by itself, while it is open.
    pub const fn wakes_at(&self) -> Timestamp {
        self.expires_at
    }

    /// From when on the record is kept for a while and no longer: the request is over, and so are the
    /// proofs in it.
    pub fn kept_from(&self) -> Option<Timestamp> {
        let proofs = self
            .assets
            .iter()
            .filter_map(|asset| match &asset.standing {
                Standing::Verified { proven, .. } | Standing::Revoked { proven, .. } => {
                    Some(proven.proof_expires_at)
                }
                _ => None,
            });
        self.status
            .is_terminal()
            .then(|| proofs.fold(self.updated_at, Timestamp::max))
    }

    /// Whether somebody has to be told something.
    pub fn owes_anything(&self) -> bool {
        self.owes_ledger() || !self.withdrawn.is_empty() || self.told_events < self.history.len()
    }

    pub(super) fn must_be_open(&mut self, now: Timestamp) -> Result<(), ApiError> {
        self.settle(now);
        match self.status {
            RequestStatus::Pending | RequestStatus::Partial => Ok(()),
            RequestStatus::Completed => Err(ApiError::new(
                ErrorCode::AlreadyVerified,
                "This request is completed.",
            )),
            RequestStatus::Expired => Err(ApiError::new(
                ErrorCode::ChallengeExpired,
                "This request has expired.",
            )),
            RequestStatus::Cancelled => Err(ApiError::new(
                ErrorCode::Conflict,
                "This request was cancelled.",
            )),
        }
    }

    fn planned(&self, index: u8) -> Result<&PlannedAsset, ApiError> {
        self.plan
            .assets
            .get(usize::from(index))
            .ok_or_else(ApiError::not_found)
    }

    /// The verification that proves an asset over a channel, by the rules of every verification.
    fn verification_of(
        &self,
        asset: &PlannedAsset,
        channel: Channel,
        identifier: Option<&str>,
    ) -> Result<PlannedVerification, ApiError> {
        if !asset.channels.contains(&channel) {
            return Err(ApiError::of_field(
                ErrorCode::InvalidChannelForType,
                "channel",
                "is not one of those that this request takes",
            ));
        }
        let identifier = match (&asset.identifier, identifier) {
            (Some(fixed), _) => fixed,
            (None, Some(given)) if !given.is_empty() => given,
            (None, _) => {
                return Err(ApiError::of_field(
                    ErrorCode::InvalidIdentifier,
                    "identifier",
                    "is missing; the request does not say which one",
                ));
            }
        };
        CreateVerification {
            kind: asset.kind,
            channel,
            identifier: identifier.to_owned(),
            delivery: None,
            mailbox: None,
            client_metadata: None,
            external_user_id: self.plan.external_user_id.clone(),
            callback_url: None,
        }
        .plan("")
    }

    fn is_running(&self, place: usize, verification_id: Id) -> bool {
        let standing = self.assets.get(place).map(|asset| &asset.standing);
        matches!(standing, Some(Standing::InProgress { run }) if run.verification_id == verification_id)
    }

    /// What was under way at the end, if this is it and it was completed before.
    fn left_in_time(&mut self, place: usize, verification_id: Id, at: Timestamp) -> Option<Run> {
        let end = self.ended_at()?.min(self.expires_at);
        let left = &mut self.assets.get_mut(place)?.left;
        left.take_if(|run| run.verification_id == verification_id && at < end)
    }

    /// What is under way is not to be completed any more.
    fn give_up(&mut self, place: usize) {
        if let Standing::InProgress { run } = &self.assets[place].standing {
            self.withdrawn.push(run.verification_id);
        }
    }

    fn after_a_failure(&self, place: usize) -> Standing {
        if self.assets[place].is_used_up() {
            Standing::Failed
        } else {
            Standing::Pending
        }
    }

    /// How the request stands by its assets, while it is open.
    fn status_by_assets(&self) -> RequestStatus {
        let both = || self.plan.assets.iter().zip(&self.assets);
        let required = both().all(|(plan, asset)| !plan.required || asset.standing.is_verified());
        match self.verified() {
            verified if required && verified >= self.plan.needed() => RequestStatus::Completed,
            0 => RequestStatus::Pending,
            _ => RequestStatus::Partial,
        }
    }

    /// An asset stands otherwise from now on, and with it, if it is open, the request.
    fn stand(&mut self, place: usize, standing: Standing, now: Timestamp) {
        let status = standing.status();
        self.assets[place].standing = standing;
        if !self.status.is_terminal() {
            self.status = self.status_by_assets();
        }
        let change = AssetChange {
            #[expect(clippy::cast_possible_truncation, reason = "at most 20 assets")]
            index: place as u8,
            status,
        };
        self.note(Some(change), now);
        if self.status == RequestStatus::Completed && status == AssetStatus::Verified {
            self.close(now);
        }
    }

    fn end(&mut self, status: RequestStatus, now: Timestamp) {
        self.status = status;
        self.note(None, now);
        self.close(now);
    }

    /// Nothing is under way in a request that is over.
    fn close(&mut self, now: Timestamp) {
        for place in 0..self.assets.len() {
            if let Standing::InProgress { run } = &self.assets[place].standing {
                self.assets[place].left = Some(run.clone());
                self.give_up(place);
                self.assets[place].standing = Standing::Pending;
            }
        }
        self.updated_at = now;
    }

    fn note(&mut self, asset: Option<AssetChange>, now: Timestamp) {
        self.updated_at = now;
        self.revision += 1;
        self.history.push(Change {
            at: now,
            status: self.status,
            asset,
        });
    }
}
