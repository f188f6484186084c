//! Looks at a domain: what they found, and when the next one is due. A person who has published the
//! record need not press anything: while the challenge runs, the domain is looked at again by itself,
//! ever more rarely. Nothing here looks; it only says when.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CheckView, NewProof, Question, State, Verification};
use crate::timestamp::Timestamp;

/// The pauses between automatic looks, in units of the first one: with 30 seconds they are half a
/// minute, one, two, five, ten and thirty minutes, and then an hour until the challenge ends.
const PAUSES: [i64; 7] = [1, 2, 4, 10, 20, 60, 120];

/// How long a look may take before it is taken for lost.
const LOOK_SECONDS: i64 = 30;

/// What the looks at a domain found so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checks {
    /// All of them, asked for and automatic.
    pub count: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<CheckView>,
    /// When the next automatic one is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// Automatic ones so far.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub automatic: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks for it")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// How soon a domain is looked at by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckSchedule {
    /// Seconds until the first automatic look; none if there are to be no automatic ones.
    pub first_seconds: i64,
}

/// Whether an answer was protected by DNSSEC, as far as one resolver says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dnssec {
    /// The resolver validated the answer, and told so over an encrypted connection.
    Secure,
    /// The resolver answered without having validated: the zone is not signed, or the resolver does
    /// not validate.
    Insecure,
    /// The resolver refused the zone's signatures.
    Bogus,
    /// The resolver gave no answer.
    Unknown,
}

/// What one resolver saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolverFinding {
    /// The resolver's host.
    #[schema(example = "cloudflare-dns.com")]
    pub name: String,
    /// `verified`, `record_not_found`, `wrong_value`, `dns_error` or `timeout`.
    #[schema(example = "verified")]
    pub result: String,
    pub dnssec: Dnssec,
}

impl CheckSchedule {
    /// The pause after so many automatic looks.
    fn pause(self, automatic: u32) -> Option<i64> {
        let last = PAUSES.len() - 1;
        let step = PAUSES[usize::try_from(automatic).map_or(last, |n| n.min(last))];
        (self.first_seconds > 0).then(|| self.first_seconds.saturating_mul(step))
    }
}

impl Verification {
    /// When the domain is to be looked at by itself, if it is.
    pub fn next_check(&self) -> Option<Timestamp> {
        let waits = matches!(self.state, State::Pending)
            && matches!(self.challenge.question, Question::PublishedToken { .. });
        self.checks.next_at.filter(|_| waits)
    }

    /// Whether it is time to look.
    pub fn is_check_due(&self, now: Timestamp) -> bool {
        self.next_check().is_some_and(|at| now >= at) && !self.is_overdue(now)
    }

    /// Plans the next automatic look. Nothing is planned beyond the end of the challenge.
    pub fn plan_check(&mut self, schedule: CheckSchedule, now: Timestamp) {
        self.checks.next_at = matches!(self.challenge.question, Question::PublishedToken { .. })
            .then(|| schedule.pause(self.checks.automatic))
            .flatten()
            .map(|pause| now.plus_seconds(pause))
            .filter(|at| *at < self.challenge.expires_at);
    }

    /// A look begins. Should it get lost with the machine, it is made again.
    pub fn begin_check(&mut self, now: Timestamp) {
        self.checks.next_at = Some(now.plus_seconds(LOOK_SECONDS));
    }

    /// An automatic look found something. It may have taken long: what counts is the state now, so
    /// a look that ends after the verification changes nothing.
    pub fn checked_by_itself(
        &mut self,
        check: CheckView,
        found: bool,
        proof: NewProof,
        schedule: CheckSchedule,
        now: Timestamp,
    ) {
        if self.checked(check, found, proof, now).is_ok() {
            self.end_check(schedule, now);
        }
    }

    /// An automatic look is over, or was not allowed now: the next one is further away.
    pub fn end_check(&mut self, schedule: CheckSchedule, now: Timestamp) {
        self.checks.automatic = self.checks.automatic.saturating_add(1);
        self.plan_check(schedule, now);
    }
}
