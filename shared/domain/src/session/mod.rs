//! A session: somebody proves a phone number that nobody had to type. The person sends a code from
//! the phone, and the session captures the number that it came from. This module holds the record
//! and its states; `lifecycle` holds the only ways from one to another. It must never take a
//! tenant's word for a number in live use.

mod lifecycle;
mod name;
mod request;
#[cfg(test)]
mod tests;
mod view;

pub use name::SessionId;
pub use request::{CompleteSession, CreateSession, PlannedSession};
pub use view::{SessionEvent, SessionView};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::asset::Channel;
use crate::id::Id;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// Waiting for the person's message.
    Pending,
    /// The number is captured; the proof is available.
    Verified,
    /// The message came, but not with a number that can be proven by it.
    Failed,
    /// No message came in time.
    Expired,
}

/// The channels that tell who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionChannel {
    Telegram,
    Whatsapp,
}

impl SessionChannel {
    pub const fn channel(self) -> Channel {
        match self {
            Self::Telegram => Channel::Telegram,
            Self::Whatsapp => Channel::Whatsapp,
        }
    }
}

/// Why a session failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionFailure {
    /// The person shared a contact that is not their own.
    ContactMismatch,
    /// The number is not one that can be proven: not of any numbering plan, or a premium-rate one.
    NumberNotSupported,
}

/// The record. What it stores is pinned by a test: old records must stay readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: Id,
    pub owner: Owner,
    /// Said to the person who is asked.
    pub organisation_name: String,
    pub channel: SessionChannel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Map<String, Value>>,
    /// Digest of the request that created it, to tell a repetition from another request that
    /// carries the same idempotency key.
    pub fingerprint: String,
    /// Whether the id belongs to an idempotency key: then it must never name anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// Whether the message comes over the organisation's own account with the provider; decided
    /// when the session was created.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_channel: bool,
    pub invitation: Invitation,
    pub expires_at: Timestamp,
    pub state: State,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Every status it had, oldest first; the position is the id of the live event.
    pub history: Vec<Change>,
    #[serde(default)]
    pub told: Told,
}

/// Who is known to have heard of the state as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The index of codes: it has the code of a pending session and no other.
    pub index: bool,
    /// The object of the verification that belongs to a verified session.
    pub verification: bool,
    /// The ledger, of whom it is about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trace: bool,
}

/// What the person is given.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// What the message has to contain: a short code where people may have to type it, else the
    /// session's own name.
    pub code: String,
    /// Opens the channel with the code filled in.
    pub deep_link: String,
    /// Opens the pictures of the link, and nothing else: an image tag cannot send an API key.
    pub image_key: String,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Invitation(…)")
    }
}

/// The state, with what belongs to each.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    Pending,
    Verified {
        at: Timestamp,
        /// Normalised.
        phone_number: String,
        verification_id: Id,
    },
    Failed {
        at: Timestamp,
        reason: SessionFailure,
    },
    Expired {
        at: Timestamp,
    },
}

/// Numbers are personal data and logs are not.
impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pending => f.write_str("Pending"),
            Self::Verified {
                at,
                verification_id,
                ..
            } => write!(f, "Verified({verification_id}, {at})"),
            Self::Failed { at, reason } => write!(f, "Failed({reason:?}, {at})"),
            Self::Expired { at } => write!(f, "Expired({at})"),
        }
    }
}

/// One change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub status: SessionStatus,
    pub at: Timestamp,
}

impl SessionStatus {
    /// Whether live status has nothing more to tell.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Pending)
    }
}

impl Session {
    pub const fn name(&self) -> SessionId {
        SessionId(self.id)
    }

    pub const fn status(&self) -> SessionStatus {
        match self.state {
            State::Pending => SessionStatus::Pending,
            State::Verified { .. } => SessionStatus::Verified,
            State::Failed { .. } => SessionStatus::Failed,
            State::Expired { .. } => SessionStatus::Expired,
        }
    }

    /// The verification of the captured number.
    pub const fn verification_id(&self) -> Option<Id> {
        match self.state {
            State::Verified {
                verification_id, ..
            } => Some(verification_id),
            _ => None,
        }
    }

    /// The number of the newest live event.
    pub const fn sequence(&self) -> usize {
        self.history.len()
    }
}
