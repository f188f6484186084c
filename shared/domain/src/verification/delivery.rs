//! The message that carries a code to the person: whether it is on its way, what became of it, when
//! another may be sent. Whatever becomes of a message makes nothing true and takes no proof back.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Question, Verification};
use crate::error::{ApiError, ErrorCode};
use crate::inbound::DeliveryReport;
use crate::limits;
use crate::timestamp::Timestamp;

/// Whether the code is on its way.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub status: DeliveryStatus,
    /// The code that still has to be sent; gone once it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent: Option<String>,
    /// The token of the link that goes with it; gone once it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsent_link: Option<String>,
    /// How many codes were asked for.
    pub messages: u8,
    /// When the last one was asked for.
    pub requested_at: Timestamp,
    /// Failed tries to hand the current one over.
    #[serde(default)]
    pub tries: u8,
    /// Why it did not arrive or was not handed over, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Delivery({:?}, message {})", self.status, self.messages)
    }
}

/// What became of the message with the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// Accepted here, not yet by the provider.
    Queued,
    /// Accepted by the provider.
    Sent,
    /// It reached the person's device or mailbox, as far as the provider can tell.
    Delivered,
    /// It came back, as the provider reports.
    Bounced,
    /// The person called it spam, as the provider reports.
    Complained,
    /// The provider refused it, stayed out of reach, or could not deliver it.
    Failed,
    /// Test mode: nothing is sent.
    Skipped,
}

impl DeliveryStatus {
    /// Reports come late, twice and out of order: what is said later in this order counts.
    const fn rank(self) -> u8 {
        match self {
            Self::Queued | Self::Skipped => 0,
            Self::Sent => 1,
            Self::Failed => 2,
            Self::Delivered => 3,
            Self::Bounced => 4,
            Self::Complained => 5,
        }
    }
}

/// A fresh code that goes to the person, with the link beside it where there is one.
pub struct NewCode {
    pub code: String,
    pub digest: String,
    pub link: Option<NewLink>,
}

/// The token of a fresh link and the digest that stays of it.
pub struct NewLink {
    pub token: String,
    pub digest: String,
}

impl std::fmt::Debug for NewCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewCode(…)")
    }
}

impl std::fmt::Debug for NewLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewLink(…)")
    }
}

/// Why no new code is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResendRefusal {
    TooSoon { wait_seconds: u32 },
    TooMany,
}

impl NewCode {
    /// The question that it puts. In test mode, where nothing is sent, the code is shown.
    pub fn question(&self, test: bool) -> Question {
        Question::SentCode {
            digest: self.digest.clone(),
            shown: test.then(|| self.code.clone()),
            link: self.link.as_ref().map(|link| link.digest.clone()),
        }
    }

    /// Its delivery, as the message of this number.
    pub fn delivery(self, number: u8, test: bool, now: Timestamp) -> Delivery {
        let link = self.link.filter(|_| !test).map(|link| link.token);
        Delivery {
            unsent_link: link,
            ..Delivery::of_code(self.code, number, test, now)
        }
    }
}

impl Delivery {
    /// The delivery of a fresh code; in test mode nothing is sent.
    pub fn of_code(code: String, messages: u8, test: bool, now: Timestamp) -> Self {
        Self {
            status: if test {
                DeliveryStatus::Skipped
            } else {
                DeliveryStatus::Queued
            },
            unsent: (!test).then_some(code),
            unsent_link: None,
            messages,
            requested_at: now,
            tries: 0,
            error: None,
        }
    }

    /// Forgets what need not be sent any more.
    pub(super) fn forget(&mut self) {
        self.unsent = None;
        self.unsent_link = None;
    }

    fn enter(&mut self, status: DeliveryStatus, error: Option<String>) -> bool {
        if status.rank() <= self.status.rank() {
            return false;
        }
        self.status = status;
        self.error = error;
        true
    }
}

impl Verification {
    /// Whether another code may be sent now.
    pub fn may_resend(&mut self, now: Timestamp) -> Result<(), ApiError> {
        self.must_be_pending(now)?;
        let (Question::SentCode { .. }, Some(delivery)) =
            (&self.challenge.question, &self.delivery)
        else {
            return Err(ApiError::new(
                ErrorCode::ValidationError,
                "Only a code that was sent to the person can be sent again.",
            ));
        };
        if self.owner.environment.is_test() {
            return Ok(());
        }
        match refusal(delivery, now) {
            None => Ok(()),
            Some(ResendRefusal::TooSoon { wait_seconds }) => Err(ApiError::rate_limited(
                "A message was sent a moment ago. Wait before asking for another.",
                wait_seconds,
            )),
            Some(ResendRefusal::TooMany) => Err(ApiError::rate_limited(
                "No more messages are sent for this verification. Create a new one.",
                self.challenge.expires_at.seconds_since(now),
            )),
        }
    }

    /// Replaces the code and the link. The old ones are dead, the wrong answers stay counted, the
    /// time starts anew.
    pub fn replace_code(&mut self, new: NewCode, lifetime_seconds: i64, now: Timestamp) {
        let test = self.owner.environment.is_test();
        self.challenge.expires_at = now.plus_seconds(lifetime_seconds);
        self.challenge.question = new.question(test);
        let messages = self
            .delivery
            .as_ref()
            .map_or(0, |delivery| delivery.messages);
        self.delivery = Some(new.delivery(messages.saturating_add(1), test, now));
        self.updated_at = now;
        self.revision += 1;
    }

    /// The provider accepted the message, or it is given up, for the reason of this word.
    pub fn handed_over(&mut self, outcome: Result<(), String>, now: Timestamp) {
        if let Some(delivery) = &mut self.delivery {
            delivery.forget();
            match outcome {
                Ok(()) => delivery.enter(DeliveryStatus::Sent, None),
                Err(word) => delivery.enter(DeliveryStatus::Failed, Some(word)),
            };
            self.updated_at = now;
        }
    }

    /// The message could not be handed over this time, for the reason of this word.
    pub fn not_handed_over(&mut self, word: &str, now: Timestamp) {
        if let Some(delivery) = &mut self.delivery {
            delivery.tries = delivery.tries.saturating_add(1);
            delivery.error = Some(word.to_owned());
            self.updated_at = now;
        }
    }

    /// The provider reports what became of a message. A message before the last one is of no
    /// concern; a report that was heard before, or that came late, changes nothing.
    pub fn reported(&mut self, message: u8, report: DeliveryReport, now: Timestamp) {
        let Some(delivery) = &mut self.delivery else {
            return;
        };
        if message != delivery.messages || delivery.status == DeliveryStatus::Skipped {
            return;
        }
        let (status, error) = match report {
            DeliveryReport::Delivered => (DeliveryStatus::Delivered, None),
            DeliveryReport::Failed(word) => (DeliveryStatus::Failed, Some(word)),
            DeliveryReport::Bounced(word) => (DeliveryStatus::Bounced, Some(word)),
            DeliveryReport::Complained => (DeliveryStatus::Complained, None),
        };
        if delivery.enter(status, error) {
            // Whoever can report on it has it, whatever was heard when it was handed over.
            delivery.forget();
            self.updated_at = now;
        }
    }
}

fn refusal(delivery: &Delivery, now: Timestamp) -> Option<ResendRefusal> {
    if delivery.messages >= limits::MAX_MESSAGES {
        return Some(ResendRefusal::TooMany);
    }
    let ready = delivery
        .requested_at
        .plus_seconds(limits::RESEND_COOLDOWN_SECONDS);
    (now < ready).then(|| ResendRefusal::TooSoon {
        wait_seconds: ready.seconds_since(now),
    })
}
