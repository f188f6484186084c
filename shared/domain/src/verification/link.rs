//! The link beside a code. Whoever opens it is shown who asks and for what, and nothing changes;
//! whoever presses the button on that page answers the challenge.

use serde::{Deserialize, Serialize};

use super::lifecycle::NewProof;
use super::{Question, State, Verification};
use crate::asset::AssetType;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// Where a link stands that belongs to the verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkStanding {
    /// It can be answered.
    Asking,
    /// It was answered by this very press of the button.
    Confirmed,
    /// It was answered before.
    Done,
    /// Its time is over.
    Expired,
    /// Too many wrong codes were given.
    Failed,
}

/// What the page behind a link shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkView {
    pub standing: LinkStanding,
    pub organisation_name: String,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub identifier: String,
    /// The mailbox that the message went to.
    pub recipient: String,
    pub expires_at: Timestamp,
    /// The request whose page the person comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Id>,
}

impl Verification {
    /// What the link shows. None: it is not this verification's link, or not the newest one.
    pub fn link_view(
        &self,
        is_link: impl FnOnce(&str) -> bool,
        now: Timestamp,
    ) -> Option<LinkView> {
        let Question::SentCode {
            link: Some(digest), ..
        } = &self.challenge.question
        else {
            return None;
        };
        is_link(digest).then(|| LinkView {
            standing: match self.state {
                State::Pending if self.is_overdue(now) => LinkStanding::Expired,
                State::Pending => LinkStanding::Asking,
                State::Verified { .. } | State::Revoked { .. } => LinkStanding::Done,
                State::Expired { .. } => LinkStanding::Expired,
                State::Failed { .. } => LinkStanding::Failed,
            },
            organisation_name: self.organisation_name.clone(),
            kind: self.kind,
            identifier: self.identifier.clone(),
            recipient: self.recipient(),
            expires_at: self.challenge.expires_at,
            request_id: self.request.map(|asset| asset.request_id),
        })
    }

    /// The person pressed the button. A wrong link is no wrong answer: it cannot be guessed, and
    /// whoever knows nothing but the id must not be able to use up the person's tries.
    pub fn confirm(
        &mut self,
        is_link: impl FnOnce(&str) -> bool,
        proof: NewProof,
        now: Timestamp,
    ) -> Option<LinkView> {
        self.settle(now);
        let mut view = self.link_view(is_link, now)?;
        if view.standing == LinkStanding::Asking {
            self.complete(proof, now);
            view.standing = LinkStanding::Confirmed;
        }
        Some(view)
    }
}
