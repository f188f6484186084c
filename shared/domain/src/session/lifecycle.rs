//! The ways a session changes. Each method reads, checks and changes the record in one step, so
//! that of two phones that answer at once only one can win.

use subtle::ConstantTimeEq as _;

use super::{Change, Session, SessionFailure, State};
use crate::asset::AssetType;
use crate::error::{ApiError, ErrorCode};
use crate::id::{Id, hex};
use crate::identifier;
use crate::inbound::{Arrival, Arrived, Sender};
use crate::limits;
use crate::timestamp::Timestamp;
use crate::verification::{self, NewProof, Verification};

impl Session {
    /// Whether its time is over and the record does not say so yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Pending) && now >= self.expires_at
    }

    /// Ends the session if its time is over. Every other method begins with this.
    pub fn settle(&mut self, now: Timestamp) {
        if self.is_overdue(now) {
            self.enter(State::Expired { at: now }, now);
        }
    }

    /// A message of a person came through the channel itself. `is_right` is asked with the code that
    /// was given out. The first number that the channel vouches for is captured; what comes again
    /// changes nothing, and no message ever completes a test session.
    pub fn arrived(
        &mut self,
        arrival: &Arrival,
        is_right: impl FnOnce(&str) -> bool,
        verification_id: Id,
        now: Timestamp,
    ) -> Arrived {
        self.settle(now);
        let own = self.own_channel.then_some(self.owner.organisation.as_str());
        let expected = !self.owner.environment.is_test()
            && self.channel.channel() == arrival.channel
            && own == arrival.account.as_deref();
        if !expected || !is_right(&self.invitation.code) {
            return Arrived::Over;
        }
        let organisation = self.organisation_name.clone();
        let number = match &arrival.sender {
            None if matches!(self.state, State::Pending) => {
                return Arrived::NumberNeeded { organisation };
            }
            None => return Arrived::Over,
            Some(Sender::Number(raw)) => identifier::parse(AssetType::Phone, arrival.channel, raw)
                .map(identifier::Identifier::into_string)
                .map_err(|_| SessionFailure::NumberNotSupported),
            Some(Sender::OthersContact) => Err(SessionFailure::ContactMismatch),
        };
        match (&self.state, number) {
            (State::Pending, Ok(phone_number)) => {
                self.capture(phone_number, verification_id, now);
                Arrived::Verified { organisation }
            }
            (State::Pending, Err(reason)) => {
                self.enter(State::Failed { at: now, reason }, now);
                Arrived::Failed
            }
            (State::Verified { phone_number, .. }, Ok(number)) if *phone_number == number => {
                Arrived::Verified { organisation }
            }
            _ => Arrived::Over,
        }
    }

    /// Test mode only: done without the person, with a number of the caller's choice.
    pub fn complete_in_test(
        &mut self,
        phone_number: &str,
        verification_id: Id,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if !self.owner.environment.is_test() {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "Only a test key can complete a session without the person.",
            ));
        }
        let number = identifier::parse(AssetType::Phone, self.channel.channel(), phone_number)
            .map_err(|refusal| {
                ApiError::of_field(
                    ErrorCode::InvalidIdentifier,
                    "phone_number",
                    refusal.to_string(),
                )
            })?;
        self.settle(now);
        match self.state {
            State::Pending => {
                self.capture(number.into_string(), verification_id, now);
                Ok(())
            }
            State::Verified { .. } => Err(ApiError::new(
                ErrorCode::AlreadyVerified,
                "This session is already completed.",
            )),
            State::Failed { .. } => Err(ApiError::new(
                ErrorCode::ValidationError,
                "This session has failed. Create a new one.",
            )),
            State::Expired { .. } => Err(ApiError::new(
                ErrorCode::ChallengeExpired,
                "The session has expired. Create a new one.",
            )),
        }
    }

    /// The deep link, for whoever holds the key of the pictures, while it leads anywhere.
    pub fn picture(&mut self, image_key: &str, now: Timestamp) -> Result<String, ApiError> {
        self.settle(now);
        let known = self.invitation.image_key.as_bytes();
        let right: bool = known.ct_eq(image_key.as_bytes()).into();
        if right && matches!(self.state, State::Pending) {
            Ok(self.invitation.deep_link.clone())
        } else {
            Err(ApiError::not_found())
        }
    }

    /// The verification that belongs to a verified session, as its object has to hold it. Asked
    /// again, it is the same but for the proof's random parts: the first one that is stored counts.
    pub fn verification(&self, proof: NewProof) -> Option<Verification> {
        let State::Verified {
            at,
            phone_number,
            verification_id,
        } = &self.state
        else {
            return None;
        };
        let proof = verification::Proof::new(proof, *at);
        Some(Verification {
            id: *verification_id,
            owner: self.owner.clone(),
            organisation_name: self.organisation_name.clone(),
            kind: AssetType::Phone,
            channel: self.channel.channel(),
            identifier: phone_number.clone(),
            mailbox: None,
            external_user_id: self.external_user_id.clone(),
            client_metadata: self.client_metadata.clone(),
            callback_url: None,
            fingerprint: fingerprint_of(self.id),
            // Its id is the session's doing: it must never come back after it is gone.
            repeatable: true,
            own_channel: self.own_channel,
            challenge: verification::Challenge {
                expires_at: self.expires_at,
                question: verification::Question::ShownCode {
                    code: self.invitation.code.clone(),
                    deep_link: None,
                },
            },
            state: verification::State::Verified { at: *at, proof },
            account: None,
            failed_attempts: 0,
            delivery: None,
            seen_messages: Vec::new(),
            checks: verification::Checks::default(),
            created_at: *at,
            updated_at: *at,
            history: vec![verification::Change {
                status: verification::Status::Verified,
                at: *at,
            }],
            request: None,
            told: crate::verification::Told::default(),
            revision: 1,
            ledger_revision: 0,
        })
    }

    /// Whether the index of codes has something to learn: live codes that people type are found
    /// there while somebody may send them.
    pub fn owes_index(&self) -> bool {
        !self.told.index && self.is_found_by_code()
    }

    /// Whether the channel brings back a code that does not say which session is meant.
    pub fn is_found_by_code(&self) -> bool {
        !self.owner.environment.is_test() && self.invitation.code != self.name().to_string()
    }

    /// Whether the ledger does not know yet whom it is about: it has no other row of it.
    pub const fn owes_trace(&self) -> bool {
        self.external_user_id.is_some() && !self.told.trace
    }

    /// Whether the verification that belongs to it may not exist yet.
    pub const fn owes_verification(&self) -> bool {
        matches!(self.state, State::Verified { .. }) && !self.told.verification
    }

    /// When this object has to wake up by itself, while it is pending.
    pub const fn wakes_at(&self) -> Timestamp {
        self.expires_at
    }

    /// From when on the record is kept for a while and no longer. A verified session is kept as long
    /// as its verification.
    pub const fn kept_from(&self) -> Option<Timestamp> {
        match &self.state {
            State::Pending => None,
            State::Verified { at, .. } => Some(at.plus_seconds(limits::PROOF_SECONDS)),
            State::Failed { at, .. } | State::Expired { at } => Some(*at),
        }
    }

    fn capture(&mut self, phone_number: String, verification_id: Id, now: Timestamp) {
        let state = State::Verified {
            at: now,
            phone_number,
            verification_id,
        };
        self.enter(state, now);
    }

    fn enter(&mut self, state: State, now: Timestamp) {
        self.state = state;
        self.updated_at = now;
        self.told.index = false;
        self.history.push(Change {
            status: self.status(),
            at: now,
        });
    }
}

/// Tells the verification of one session from everything else.
fn fingerprint_of(session: Id) -> String {
    use sha2::{Digest as _, Sha256};
    hex(&Sha256::digest(super::SessionId(session).to_string())[..16])
}
