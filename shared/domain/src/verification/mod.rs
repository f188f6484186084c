//! A verification: one person, one asset, one challenge. This module holds the record that its
//! object stores and the states it can be in; `lifecycle` holds the only ways from one to another.
//! It must never compare a code or sign anything itself: it is told the outcome.

mod announce;
mod arrival;
#[cfg(test)]
mod arrival_tests;
mod checks;
#[cfg(test)]
mod checks_tests;
mod delivery;
mod domain_view;
mod lifecycle;
mod link;
mod mailbox;
mod request;
#[cfg(test)]
mod sent_tests;
mod sign_in;
#[cfg(test)]
mod sign_in_tests;
#[cfg(test)]
mod tests;
mod users;
mod view;

pub use announce::{EventProof, VerificationEvent};
pub use checks::{CheckSchedule, Checks, Dnssec, ResolverFinding};
pub use delivery::{Delivery, DeliveryStatus, NewCode, NewLink, ResendRefusal};
pub use domain_view::{
    DnsProvider, DomainCheckResult, DomainVerification, StartDomainVerification, VerificationMethod,
};
pub use lifecycle::{Answer, NewProof};
pub use link::{LinkStanding, LinkView};
pub use mailbox::Mailbox;
pub use request::{CodeDelivery, CreateVerification, PlannedVerification, SubmitAnswer, Submitted};
pub(crate) use request::{check_external_user_id, check_metadata};
pub use users::{
    SHOWN_OF_EACH, UserDetails, UserProof, UserVerification, VerifiedUser, VerifiedUserList,
    types_in_order,
};
pub use view::{
    ChallengeView, CheckMethod, CheckView, DnsRecord, EventsTicket, HttpFile, ListedVerification,
    ProofView, ResendResult, StatusEvent, TestVerification, VerificationList, VerificationView,
};

pub use sign_in::{Account, AccountProblem, SignInAttempt, SignInView};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::asset::{AssetType, Channel};
use crate::id::Id;
use crate::limits;
use crate::revocation::RevocationReason;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;

/// Where a verification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VerificationStatus)]
pub enum Status {
    /// Waiting for the person.
    Pending,
    /// Done; the proof is available.
    Verified,
    /// Too many wrong answers.
    Failed,
    /// The challenge ended unanswered.
    Expired,
    /// The proof was withdrawn.
    Revoked,
}

impl Status {
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Verified,
        Self::Failed,
        Self::Expired,
        Self::Revoked,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether live status has nothing more to tell.
    pub const fn is_terminal(self) -> bool {
        !matches!(self, Self::Pending)
    }
}

/// The record. What it stores is pinned by a test: old records must stay readable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Verification {
    pub id: Id,
    pub owner: Owner,
    /// Said to the person who is asked.
    pub organisation_name: String,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub identifier: String,
    /// The mailbox of the domain that is asked, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// Digest of the request that created it, to tell a repetition from another request that
    /// carries the same idempotency key.
    pub fingerprint: String,
    /// Whether the channel runs over the organisation's own account with the provider. Whoever holds
    /// that account could have answered in the person's place, so the proof says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_channel: bool,
    /// Whether the id belongs to an idempotency key: then it must never name anything else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    pub challenge: Challenge,
    pub state: State,
    /// The account that was shown, where what is proven is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// Wrong answers so far. A new code does not reset it.
    pub failed_attempts: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    #[serde(default)]
    pub checks: Checks,
    /// Digests of the channel's messages that counted, so that one that comes again does not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen_messages: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Every status it had, oldest first; the position is the id of the live event.
    pub history: Vec<Change>,
    /// The request it belongs to, where it is one asset of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<AssetOf>,
    /// How many entries of the history others have heard of.
    #[serde(default = "Told::all")]
    pub told: Told,
    /// Grows with every change that the ledger must learn.
    pub revision: u64,
    /// The last revision that the ledger is known to hold.
    pub ledger_revision: u64,
}

/// One asset of a verification request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetOf {
    pub request_id: Id,
    /// Its place among the assets, from 0.
    pub asset: u8,
}

/// How much of the history others are known to have heard of, besides the ledger. A record from
/// before this was kept has told all that it had to tell then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The request that it belongs to.
    #[serde(default = "all")]
    pub request: usize,
    /// Whoever listens to events.
    #[serde(default = "all")]
    pub events: usize,
}

const fn all() -> usize {
    usize::MAX
}

/// What the person has to answer, and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Challenge {
    pub expires_at: Timestamp,
    pub question: Question,
}

/// How control is shown.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
pub enum Question {
    /// The code is shown to the tenant; in live use only the channel itself may bring it back.
    ShownCode {
        code: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deep_link: Option<String>,
    },
    /// The code goes to the person; only its keyed digest stays. `shown` is set in test mode,
    /// where nothing is sent.
    SentCode {
        digest: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<String>,
        /// The digest of the link's token, where the message has a link.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// The person publishes this token in the domain's DNS or on its web server.
    PublishedToken { token: String },
    /// The person signs this message with the wallet's key.
    SignedMessage {
        message: String,
        nonce: String,
        code: String,
    },
    /// The person signs in at the provider, beginning on a page of ours.
    SignIn {
        auth_url: String,
        /// What a test key may submit instead.
        code: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        attempt: Option<SignInAttempt>,
    },
    /// Whoever runs the bot shows its token.
    BotToken {
        /// What a test key may submit instead.
        code: String,
    },
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ShownCode { .. } => "ShownCode(…)",
            Self::SentCode { .. } => "SentCode(…)",
            Self::PublishedToken { .. } => "PublishedToken(…)",
            Self::SignedMessage { .. } => "SignedMessage(…)",
            Self::SignIn { .. } => "SignIn(…)",
            Self::BotToken { .. } => "BotToken(…)",
        })
    }
}

/// The state, with what belongs to each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum State {
    Pending,
    Verified {
        at: Timestamp,
        proof: Proof,
    },
    Failed {
        at: Timestamp,
    },
    Expired {
        at: Timestamp,
    },
    Revoked {
        at: Timestamp,
        reason: RevocationReason,
        verified_at: Timestamp,
        proof: Proof,
    },
}

/// What is fixed about a proof at the moment of verification. The signature over it is
/// deterministic, so the token can be made, and made again, after the state is safe.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub jti: Id,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    /// Salt of the identifier's commitment, hexadecimal.
    pub salt: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl Proof {
    /// A proof that begins at this moment, before it is signed.
    pub fn new(random: NewProof, now: Timestamp) -> Self {
        Self {
            jti: random.jti,
            issued_at: now,
            expires_at: now.plus_seconds(limits::PROOF_SECONDS),
            salt: random.salt,
            token: None,
        }
    }
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Proof({}, until {})", self.jti, self.expires_at)
    }
}

/// One change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub status: Status,
    pub at: Timestamp,
}

impl Told {
    const fn all() -> Self {
        Self {
            request: all(),
            events: all(),
        }
    }

    /// Nobody has heard of more than happened.
    fn of(self, entries: usize) -> Self {
        Self {
            request: self.request.min(entries),
            events: self.events.min(entries),
        }
    }
}

impl Serialize for Verification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Verification {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut record = Self::deserialize(deserializer)?;
        record.told = record.told.of(record.history.len());
        Ok(record)
    }
}

impl Verification {
    pub fn status(&self) -> Status {
        match self.state {
            State::Pending => Status::Pending,
            State::Verified { .. } => Status::Verified,
            State::Failed { .. } => Status::Failed,
            State::Expired { .. } => Status::Expired,
            State::Revoked { .. } => Status::Revoked,
        }
    }

    /// The proof, revoked or not.
    pub fn proof(&self) -> Option<(&Proof, Timestamp)> {
        match &self.state {
            State::Verified { at, proof } => Some((proof, *at)),
            State::Revoked {
                verified_at, proof, ..
            } => Some((proof, *verified_at)),
            _ => None,
        }
    }

    /// Where a message to the person goes.
    pub fn recipient(&self) -> String {
        recipient(self.mailbox, &self.identifier)
    }

    /// The id of the newest live event.
    pub fn sequence(&self) -> usize {
        self.history.len()
    }

    /// Whether the ledger has something to learn.
    pub fn owes_ledger(&self) -> bool {
        self.revision > self.ledger_revision
    }

    /// Whether the request that it belongs to has something to learn.
    pub fn owes_request(&self) -> bool {
        let told = self.told.request.max(1);
        self.request.is_some() && told < self.history.len()
    }

    /// The code that has to be sent, if any.
    pub fn owes_message(&self) -> Option<&str> {
        self.delivery
            .as_ref()
            .and_then(|delivery| delivery.unsent.as_deref())
    }
}

/// The mailbox at the domain, or the identifier itself.
fn recipient(mailbox: Option<Mailbox>, identifier: &str) -> String {
    mailbox.map_or_else(|| identifier.to_owned(), |mailbox| mailbox.at(identifier))
}
