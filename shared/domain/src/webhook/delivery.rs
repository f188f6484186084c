//! One event on its way to one receiver: what its object stores, and the only ways in which it
//! changes. An attempt is written down before it is made; one that left no result, because the system
//! ended in between, is made again and does not count.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::view::{AttemptView, DeliveryDetails, DeliveryView};
use super::{DeliveryStatus, EndpointName, RetrySchedule};
use crate::error::{ApiError, ErrorCode};
use crate::event::EventType;
use crate::id::Id;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;

/// How much is kept of what a receiver answers, in bytes.
pub const MAX_RESPONSE: usize = 4 * 1024;
/// Attempts without a result that are made again before one of them counts.
const MAX_INTERRUPTED: u32 = 10;
/// Attempts that are listed; older ones are only counted.
const LISTED_ATTEMPTS: usize = 20;
/// The longest wait that a receiver can ask for.
const LONGEST_WISH: u32 = 60 * 60;
/// How long a delivery waits for its turn at a receiver that takes few at a time.
const LONGEST_QUEUE: i64 = 24 * 60 * 60;

impl RetrySchedule {
    /// Seconds between an attempt that failed and the next one.
    const fn delays(self) -> &'static [u32] {
        match self {
            Self::Standard => &[30, 300],
            Self::Extended => &[5, 300, 1_800, 7_200, 18_000, 36_000, 36_000],
        }
    }
}

/// What a delivery begins with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDelivery {
    pub id: Id,
    pub owner: Owner,
    pub event_id: Id,
    pub event_type: EventType,
    /// The row of the endpoint, or of that for callback addresses.
    pub endpoint_id: Id,
    /// It goes to a callback address: `url`, whatever the endpoint says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub callback: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_request_id: Option<Id>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verification_id: Option<Id>,
    pub url: String,
    pub retry_schedule: RetrySchedule,
    /// The JSON text that is sent, to the byte.
    pub payload: String,
    pub created_at: Timestamp,
}

/// The payload carries personal data and proofs.
impl std::fmt::Debug for NewDelivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewDelivery({}, {})", self.id, self.event_type)
    }
}

/// The record. What it stores is pinned by a test: old records must stay readable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    #[serde(flatten)]
    pub of: NewDelivery,
    pub state: DeliveryState,
    /// Attempts made, those without a result left out.
    pub attempts: u32,
    /// Attempts in a row that left no result.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub interrupted: u32,
    /// The newest attempts, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub log: Vec<Attempt>,
    /// What the receiver last answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Why it last failed, in words for the tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What the endpoint has to be told to the ledger about: how the last attempt went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
    pub updated_at: Timestamp,
    /// Grows with every change that the ledger must learn.
    pub revision: u64,
    /// The last revision that the ledger is known to hold.
    pub ledger_revision: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried then.
    Waiting {
        until: Timestamp,
        since: Timestamp,
    },
    /// An attempt was begun.
    Trying {
        since: Timestamp,
    },
    Delivered {
        at: Timestamp,
    },
    Failed {
        at: Timestamp,
    },
}

/// One attempt with its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    pub at: Timestamp,
    pub milliseconds: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a receiver answered. Its `Debug` shows none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    pub status: u16,
    pub body: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({})", self.status)
    }
}

/// How an attempt went, for the endpoint's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub at: Timestamp,
    pub health: Health,
    /// When the tenant had last changed the endpoint: what it says after that is not overruled.
    pub endpoint_changed: Timestamp,
    /// The delivery's revision that came of the attempt. Once the ledger holds that, it has counted
    /// the attempt.
    #[serde(default)]
    pub revision: u64,
}

/// What an attempt says about the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    Well,
    Failing,
    /// It answered 410.
    Gone,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered {
        response: Response,
        /// Seconds that the receiver asks us to wait.
        retry_after: Option<u32>,
    },
    /// Nothing came back; why, in words for the tenant.
    Nothing(String),
}

impl Outcome {
    /// Only 2xx is a delivery: a redirect is not followed, and so nobody has taken the event.
    pub const fn health(&self) -> Health {
        match self {
            Self::Answered { response, .. } => match response.status {
                200..=299 => Health::Well,
                410 => Health::Gone,
                _ => Health::Failing,
            },
            Self::Nothing(_) => Health::Failing,
        }
    }

    fn error(&self) -> Option<String> {
        match self {
            Self::Nothing(why) => Some(why.clone()),
            Self::Answered { response, .. } => match response.status {
                200..=299 => None,
                status @ 300..=399 => Some(format!(
                    "the receiver answered {status}, and redirects are not followed"
                )),
                410 => Some("the receiver answered 410: it is gone".to_owned()),
                status => Some(format!("the receiver answered {status}")),
            },
        }
    }

    fn wish(&self) -> Option<u32> {
        match self {
            Self::Answered {
                response,
                retry_after,
            } if matches!(response.status, 429 | 503) => {
                retry_after.map(|seconds| seconds.min(LONGEST_WISH))
            }
            _ => None,
        }
    }
}

/// How fast the schedule runs, and by how much chance moves the next attempt.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Of the delays of the schedule; 100, but less in tests.
    pub percent: u32,
    pub random: u32,
}

impl Delivery {
    pub const fn new(of: NewDelivery, now: Timestamp) -> Self {
        Self {
            of,
            state: DeliveryState::Waiting {
                until: now,
                since: now,
            },
            attempts: 0,
            interrupted: 0,
            log: Vec::new(),
            response: None,
            error: None,
            report: None,
            updated_at: now,
            // The row that came with the event says the same.
            revision: 0,
            ledger_revision: 0,
        }
    }

    pub const fn status(&self) -> DeliveryStatus {
        match self.state {
            DeliveryState::Waiting { .. } | DeliveryState::Trying { .. } => DeliveryStatus::Pending,
            DeliveryState::Delivered { .. } => DeliveryStatus::Delivered,
            DeliveryState::Failed { .. } => DeliveryStatus::Failed,
        }
    }

    /// Whether it is to be tried now.
    pub fn is_due(&self, now: Timestamp) -> bool {
        matches!(self.state, DeliveryState::Waiting { until, .. } if until <= now)
    }

    /// Whether the ledger has something to learn, about the delivery or about the endpoint.
    pub const fn owes(&self) -> bool {
        self.revision > self.ledger_revision || self.report.is_some()
    }

    /// Writes down that an attempt is made now.
    pub fn begin_attempt(&mut self, now: Timestamp) -> bool {
        if !self.is_due(now) {
            return false;
        }
        self.state = DeliveryState::Trying { since: now };
        true
    }

    /// The attempt that was begun left no result. It is made again, and after many such it counts:
    /// what ends the system each time must not be tried for ever.
    pub fn interrupted(&mut self, pace: Pace, now: Timestamp) {
        if !matches!(self.state, DeliveryState::Trying { .. }) {
            return;
        }
        self.interrupted += 1;
        if self.interrupted > MAX_INTERRUPTED {
            self.interrupted = 0;
            let nothing = Outcome::Nothing("the attempt was interrupted on our side".to_owned());
            return self.count(&nothing, 0, pace, now);
        }
        self.state = DeliveryState::Waiting {
            until: now,
            since: now,
        };
    }

    /// The attempt ended.
    pub fn end_attempt(
        &mut self,
        outcome: &Outcome,
        milliseconds: u32,
        endpoint_changed: Timestamp,
        pace: Pace,
        now: Timestamp,
    ) {
        if !matches!(self.state, DeliveryState::Trying { .. }) {
            return;
        }
        self.interrupted = 0;
        self.count(outcome, milliseconds, pace, now);
        if !self.of.callback {
            self.report = Some(Report {
                at: now,
                health: outcome.health(),
                endpoint_changed,
                revision: self.revision,
            });
        }
    }

    fn count(&mut self, outcome: &Outcome, milliseconds: u32, pace: Pace, now: Timestamp) {
        let at = match self.state {
            DeliveryState::Trying { since } => since,
            _ => now,
        };
        self.attempts = self.attempts.saturating_add(1);
        self.error = outcome.error();
        self.response = match outcome {
            Outcome::Answered { response, .. } => Some(response.clone()),
            Outcome::Nothing(_) => None,
        };
        if self.log.len() >= LISTED_ATTEMPTS {
            self.log.remove(0);
        }
        self.log.push(Attempt {
            at,
            milliseconds,
            status: self.response.as_ref().map(|response| response.status),
            error: self.error.clone(),
        });
        let next = match outcome.health() {
            Health::Well => {
                return self.enter(DeliveryState::Delivered { at: now }, now);
            }
            // Nobody is there who could take it later.
            Health::Gone => None,
            Health::Failing => self.next_delay(outcome.wish(), pace),
        };
        let state = next.map_or(DeliveryState::Failed { at: now }, |seconds| {
            DeliveryState::Waiting {
                until: now.plus_seconds(seconds.into()),
                since: now,
            }
        });
        self.enter(state, now);
    }

    /// Seconds until the next attempt, if there is one: those of the schedule, and up to a fifth more
    /// by chance, so that those which failed together do not come back together.
    fn next_delay(&self, wish: Option<u32>, pace: Pace) -> Option<u32> {
        let made = usize::try_from(self.attempts).unwrap_or(usize::MAX);
        let delay = self.of.retry_schedule.delays().get(made.checked_sub(1)?)?;
        let tenths = u64::from(*delay) * u64::from(pace.percent) / 10;
        let moved = tenths + tenths * u64::from(pace.random % 1_001) / 5_000;
        let seconds = u32::try_from(moved.div_ceil(10)).unwrap_or(u32::MAX).max(1);
        Some(seconds.max(wish.unwrap_or(0)))
    }

    /// Its turn at the receiver has not come: it asks again then. That uses up no attempt, but nothing
    /// waits for ever.
    pub fn queue(&mut self, seconds: u32, now: Timestamp) {
        let DeliveryState::Waiting { since, .. } = self.state else {
            return;
        };
        if now.plus_seconds(-LONGEST_QUEUE) > since {
            self.error = Some("the receiver took too few for its turn to come".to_owned());
            return self.enter(DeliveryState::Failed { at: now }, now);
        }
        self.state = DeliveryState::Waiting {
            until: now.plus_seconds(seconds.max(1).into()),
            since,
        };
    }

    /// It will not be tried: the endpoint is off, or is no more.
    pub fn give_up(&mut self, why: &str, now: Timestamp) {
        if self.status() == DeliveryStatus::Pending {
            self.error = Some(why.to_owned());
            self.enter(DeliveryState::Failed { at: now }, now);
        }
    }

    /// The tenant wants it tried once more: the same delivery, with the same event.
    pub fn retry(&mut self, now: Timestamp) -> Result<(), ApiError> {
        if self.status() != DeliveryStatus::Failed {
            return Err(ApiError::new(
                ErrorCode::Conflict,
                "Only a delivery that failed can be tried again.",
            ));
        }
        self.enter(
            DeliveryState::Waiting {
                until: now,
                since: now,
            },
            now,
        );
        Ok(())
    }

    /// The ledger holds this revision and knows of this report.
    pub fn told(&mut self, revision: u64, report: Option<Report>) {
        self.ledger_revision = self.ledger_revision.max(revision);
        if self.report == report {
            self.report = None;
        }
    }

    /// When the object has to wake up by itself, while it is pending.
    pub const fn wakes_at(&self, longest_attempt: i64) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { until, .. } => Some(until),
            DeliveryState::Trying { since } => Some(since.plus_seconds(longest_attempt)),
            DeliveryState::Delivered { .. } | DeliveryState::Failed { .. } => None,
        }
    }

    /// From when on the record is kept for a while and no longer.
    pub const fn kept_from(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { .. } | DeliveryState::Trying { .. } => None,
            DeliveryState::Delivered { at } | DeliveryState::Failed { at } => Some(at),
        }
    }

    fn enter(&mut self, state: DeliveryState, now: Timestamp) {
        self.state = state;
        self.updated_at = now;
        self.revision += 1;
    }

    /// When it is tried next.
    pub const fn next_attempt_at(&self) -> Option<Timestamp> {
        match self.state {
            DeliveryState::Waiting { until, .. } => Some(until),
            DeliveryState::Trying { since } => Some(since),
            _ => None,
        }
    }

    /// As lists show it.
    pub fn view(&self) -> DeliveryView {
        let of = &self.of;
        DeliveryView {
            id: of.id,
            event_id: of.event_id,
            event_type: of.event_type,
            endpoint_id: if of.callback {
                EndpointName::Callback
            } else {
                EndpointName::Id(of.endpoint_id)
            },
            verification_request_id: of.verification_request_id,
            verification_id: of.verification_id,
            url: of.url.clone(),
            status: self.status(),
            attempts: self.attempts,
            max_attempts: of.retry_schedule.max_attempts(),
            response_status: self.response.as_ref().map(|response| response.status),
            error: self.error.clone(),
            next_attempt_at: self.next_attempt_at(),
            created_at: of.created_at,
            updated_at: self.updated_at,
            test_mode: super::view::test_mode(of.owner.environment),
        }
    }

    /// With all that is known of it.
    pub fn details(&self) -> DeliveryDetails {
        let response = self.response.as_ref();
        DeliveryDetails {
            delivery: self.view(),
            request_payload: serde_json::from_str(&self.of.payload).ok(),
            request_headers: self
                .log
                .last()
                .map(|last| self.shown_headers(last.at))
                .unwrap_or_default(),
            response_body: response.map(|response| response.body.clone()),
            response_headers: response
                .map(|response| response.headers.clone())
                .unwrap_or_default(),
            attempt_log: self.log.iter().map(AttemptView::from).collect(),
        }
    }

    fn shown_headers(&self, at: Timestamp) -> BTreeMap<String, String> {
        super::signing::plain_headers(self.of.event_id, at)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

impl From<&Attempt> for AttemptView {
    fn from(attempt: &Attempt) -> Self {
        Self {
            at: attempt.at,
            duration_ms: Some(attempt.milliseconds),
            response_status: attempt.status,
            error: attempt.error.clone(),
        }
    }
}

#[cfg(test)]
#[path = "delivery_tests.rs"]
mod tests;
