//! The ways a verification changes. Each method reads, checks and changes the record in one step,
//! so that of two simultaneous calls only one can win. A method that returns an error may still
//! have changed the record (a wrong answer counts): the caller stores it either way.

use super::{Change, CheckView, Proof, Question, State, Status, Verification};
use crate::error::{ApiError, ErrorCode};
use crate::id::Id;
use crate::limits;
use crate::revocation::RevocationReason;
use crate::timestamp::Timestamp;

/// A submitted code after comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Right,
    Wrong,
}

/// The random parts of a proof about to be made.
#[derive(Clone, Debug)]
pub struct NewProof {
    pub jti: Id,
    pub salt: String,
}

impl Verification {
    /// Whether the time of the challenge is over and the record does not say so yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Pending) && now >= self.challenge.expires_at
    }

    /// Ends the challenge if its time is over. Every other method begins with this.
    pub fn settle(&mut self, now: Timestamp) {
        if self.is_overdue(now) {
            self.enter(State::Expired { at: now }, now);
        }
    }

    /// An answer came. `compare` is asked only when an answer may count.
    pub fn submit(
        &mut self,
        compare: impl FnOnce(&Question) -> Answer,
        proof: NewProof,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        self.must_be_pending(now)?;
        self.must_take_codes()?;
        match compare(&self.challenge.question) {
            Answer::Right => {
                self.complete(proof, now);
                Ok(())
            }
            Answer::Wrong => {
                let left = self.count_wrong(now);
                Err(wrong(
                    ErrorCode::InvalidCode,
                    "That code is not right.",
                    left,
                ))
            }
        }
    }

    /// What a wallet has to sign, if this is a verification that is proven by a signature.
    pub fn message_to_sign(&mut self, now: Timestamp) -> Result<String, ApiError> {
        let Question::SignedMessage { message, .. } = &self.challenge.question else {
            return Err(not_signed());
        };
        let message = message.clone();
        self.must_be_pending(now)?;
        Ok(message)
    }

    /// A signature over the message was judged. It may have taken long: what counts is the state
    /// now. The message never changes, so a judgement cannot be about another one.
    pub fn signed(
        &mut self,
        answer: Answer,
        proof: NewProof,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if !matches!(self.challenge.question, Question::SignedMessage { .. }) {
            return Err(not_signed());
        }
        self.must_be_pending(now)?;
        match answer {
            Answer::Right => {
                self.complete(proof, now);
                Ok(())
            }
            Answer::Wrong => {
                let left = self.count_wrong(now);
                Err(wrong(
                    ErrorCode::InvalidSignature,
                    "That is not this wallet's signature over this message.",
                    left,
                ))
            }
        }
    }

    /// Counts a wrong answer and says how many are left; the last one ends the challenge.
    fn count_wrong(&mut self, now: Timestamp) -> u8 {
        self.failed_attempts = self.failed_attempts.saturating_add(1);
        self.updated_at = now;
        let left = limits::MAX_ATTEMPTS.saturating_sub(self.failed_attempts);
        if left == 0 {
            self.enter(State::Failed { at: now }, now);
        }
        left
    }

    /// Whether a code can be submitted at all: not for a domain, and in live use not where the
    /// code was shown to the tenant, who could otherwise prove anybody's phone.
    fn must_take_codes(&self) -> Result<(), ApiError> {
        match &self.challenge.question {
            Question::PublishedToken { .. } => Err(ApiError::new(
                ErrorCode::ValidationError,
                "A domain is not proven by a code. Publish the record and call /verify.",
            )),
            Question::SentCode { .. } => Ok(()),
            Question::ShownCode { .. }
            | Question::SignedMessage { .. }
            | Question::SignIn { .. }
            | Question::BotToken { .. }
                if self.owner.environment.is_test() =>
            {
                Ok(())
            }
            Question::SignedMessage { .. } => Err(ApiError::field(
                "signature",
                "is missing; a wallet is proven by its signature over the message",
            )),
            Question::SignIn { .. } => Err(ApiError::new(
                ErrorCode::ValidationError,
                "An account is proven by signing in. Send the person to auth_url.",
            )),
            Question::BotToken { .. } => Err(ApiError::field(
                "bot_token",
                "is what proves a bot; no code does",
            )),
            Question::ShownCode { .. } => Err(ApiError::new(
                ErrorCode::ValidationError,
                "This code was shown to you, so only the channel itself can bring it back.",
            )),
        }
    }

    /// A check of the published token ended. It may have taken long: what counts is the state now.
    pub fn checked(
        &mut self,
        check: CheckView,
        found: bool,
        proof: NewProof,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        self.must_be_pending(now)?;
        self.checks.count = self.checks.count.saturating_add(1);
        self.checks.last = Some(check);
        self.updated_at = now;
        if found {
            self.complete(proof, now);
        }
        Ok(())
    }

    /// What has to be looked for, if this is a verification that is proven by looking.
    pub fn token_to_find(&mut self, now: Timestamp) -> Result<String, ApiError> {
        let Question::PublishedToken { token } = &self.challenge.question else {
            return Err(ApiError::new(
                ErrorCode::ValidationError,
                "Only domain verifications are checked by /verify.",
            ));
        };
        let token = token.clone();
        self.must_be_pending(now)?;
        Ok(token)
    }

    /// Test mode only: done without the person.
    pub fn complete_in_test(&mut self, proof: NewProof, now: Timestamp) -> Result<(), ApiError> {
        if !self.owner.environment.is_test() {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "Only a test key can complete a verification without the person.",
            ));
        }
        self.must_be_pending(now)?;
        self.complete(proof, now);
        Ok(())
    }

    /// Nobody waits for an answer any more. What is over stays as it is.
    pub fn withdraw(&mut self, now: Timestamp) {
        self.settle(now);
        if matches!(self.state, State::Pending) {
            self.enter(State::Expired { at: now }, now);
        }
    }

    /// Withdraws the proof. A second call changes nothing and is told the first one's time.
    pub fn revoke(&mut self, reason: RevocationReason, now: Timestamp) -> Result<(), ApiError> {
        self.settle(now);
        match &self.state {
            State::Revoked { .. } => Ok(()),
            State::Verified { at, proof } => {
                let (verified_at, proof) = (*at, proof.clone());
                self.enter(
                    State::Revoked {
                        at: now,
                        reason,
                        verified_at,
                        proof,
                    },
                    now,
                );
                Ok(())
            }
            _ => Err(ApiError::not_found()),
        }
    }

    /// When this object has to wake up by itself, while it is pending.
    pub fn wakes_at(&self) -> Timestamp {
        let ends = self.challenge.expires_at;
        self.next_check().map_or(ends, |look| look.min(ends))
    }

    /// From when on the record is kept for a while and no longer: its proof, or the challenge, is
    /// over.
    pub const fn kept_from(&self) -> Option<Timestamp> {
        match &self.state {
            State::Pending => None,
            State::Verified { proof, .. } | State::Revoked { proof, .. } => Some(proof.expires_at),
            State::Failed { at } | State::Expired { at } => Some(*at),
        }
    }

    pub(super) fn must_be_pending(&mut self, now: Timestamp) -> Result<(), ApiError> {
        self.settle(now);
        match self.status() {
            Status::Pending => Ok(()),
            Status::Verified => Err(ApiError::new(
                ErrorCode::AlreadyVerified,
                "This verification is already completed.",
            )),
            Status::Revoked => Err(ApiError::new(
                ErrorCode::AlreadyVerified,
                "This verification was completed and its proof revoked.",
            )),
            Status::Failed => Err(ApiError::new(
                ErrorCode::TooManyAttempts,
                "All attempts are used. Create a new verification.",
            )
            .attempts_remaining(0)),
            Status::Expired => Err(ApiError::new(
                ErrorCode::ChallengeExpired,
                "The challenge has expired. Create a new verification.",
            )),
        }
    }

    pub(super) fn complete(&mut self, proof: NewProof, now: Timestamp) {
        let proof = Proof::new(proof, now);
        if let Some(delivery) = &mut self.delivery {
            delivery.forget();
        }
        self.enter(State::Verified { at: now, proof }, now);
    }

    fn enter(&mut self, state: State, now: Timestamp) {
        self.state = state;
        self.updated_at = now;
        self.revision += 1;
        self.history.push(Change {
            status: self.status(),
            at: now,
        });
    }
}

fn wrong(code: ErrorCode, what: &str, left: u8) -> ApiError {
    let message = match left {
        0 => format!("{what} No tries left; create a new verification."),
        1 => format!("{what} 1 try left."),
        many => format!("{what} {many} tries left."),
    };
    ApiError::new(code, message).attempts_remaining(left)
}

fn not_signed() -> ApiError {
    ApiError::field(
        "signature",
        "is for wallets; this verification is proven otherwise",
    )
}
