//! A message of the person came through the channel itself. Only the number that was asked for
//! proves it; whatever else comes leaves the verification as it is, and nobody learns from it which
//! number sent it.

use sha2::{Digest as _, Sha256};

use super::{CheckMethod, CheckView, NewProof, Question, State, Verification};
use crate::id::hex;
use crate::inbound::{Arrival, Arrived, Sender};
use crate::timestamp::Timestamp;

/// Digests of messages that are kept. Somebody who knows the code can send more; the oldest are
/// forgotten then, and what they would do again is report once more what is already reported.
const KEPT_MESSAGES: usize = 20;

impl Verification {
    /// `is_right` is asked with the code that was shown. The same message twice changes nothing the
    /// second time, and no message ever completes a test verification.
    pub fn arrived(
        &mut self,
        arrival: &Arrival,
        is_right: impl FnOnce(&str) -> bool,
        proof: NewProof,
        now: Timestamp,
    ) -> Arrived {
        self.settle(now);
        let own = self.own_channel.then_some(self.owner.organisation.as_str());
        let expected = !self.owner.environment.is_test()
            && self.channel == arrival.channel
            && own == arrival.account.as_deref();
        let Question::ShownCode { code, .. } = &self.challenge.question else {
            return Arrived::Over;
        };
        if !expected || !is_right(code) {
            return Arrived::Over;
        }
        let known = hex(&Sha256::digest(&arrival.message_id)[..12]);
        if self.seen_messages.contains(&known) {
            return Arrived::Repeated;
        }
        let organisation = self.organisation_name.clone();
        let outcome = match (&self.state, &arrival.sender) {
            (State::Pending, None) => Arrived::NumberNeeded { organisation },
            (State::Pending, Some(Sender::Number(number))) if *number == self.identifier => {
                self.complete(proof, now);
                Arrived::Verified { organisation }
            }
            (State::Pending, Some(Sender::Number(_))) => {
                self.note_another_sender(
                    "sender_mismatch",
                    "The code came from another number than the one to be proven.",
                    now,
                );
                Arrived::AnotherNumber
            }
            (State::Pending, Some(Sender::OthersContact)) => {
                self.note_another_sender(
                    "contact_mismatch",
                    "The contact that was shared is not known to be the sender's own.",
                    now,
                );
                Arrived::AnotherContact
            }
            (State::Verified { .. }, Some(Sender::Number(number)))
                if *number == self.identifier =>
            {
                Arrived::Verified { organisation }
            }
            _ => Arrived::Over,
        };
        if self.seen_messages.len() >= KEPT_MESSAGES {
            self.seen_messages.remove(0);
        }
        self.seen_messages.push(known);
        outcome
    }

    fn note_another_sender(&mut self, result: &str, message: &str, now: Timestamp) {
        self.checks.last = Some(CheckView {
            method: CheckMethod::Message,
            result: result.into(),
            message: message.into(),
            retryable: true,
            observed: Vec::new(),
            via: Vec::new(),
            resolvers: Vec::new(),
            dnssec: None,
            checked_at: now,
        });
        self.updated_at = now;
    }
}
