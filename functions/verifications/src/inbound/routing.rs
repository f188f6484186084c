//! From the message of a person to whatever waits for its code. The object that waits decides; here
//! it is only found. Everything here may be done again: a provider that got no answer repeats.

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::inbound::{Arrival, Arrived, Sender};
use proof_domain::session::SessionId;
use proof_edge::Scope;
use proof_edge::ledger::Ledger;
use proof_edge::objects::Subject;
use proof_evidence::code::{CodeKey, open_digest};
use proof_evidence::inbound::{Content, InboundMessage, Reply, find_code};

use super::Incoming;
use super::voice::{Said, Voice};

/// How long a person who sent a code may take to share their number. What waits for the code ends
/// earlier or later by itself.
const CONVERSATION_SECONDS: i64 = 15 * 60;

/// What a message is about.
#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    /// Whatever waits for the code of this digest.
    Code(String),
    /// The session that was named.
    Session(Id),
}

/// One provider's account.
pub(crate) struct Routing<'a> {
    scope: &'a Scope,
    channel: Channel,
    account: Option<&'a str>,
}

impl<'a> Routing<'a> {
    pub(crate) fn of(incoming: &'a Incoming, channel: Channel) -> Self {
        Self {
            scope: &incoming.scope,
            channel,
            account: incoming.account.as_deref(),
        }
    }

    /// Hands every message to whatever waits for it and answers the persons. If one cannot be
    /// handed over now, the others are all the same, and the provider comes again with all.
    pub(crate) async fn deliver(
        &self,
        messages: Vec<InboundMessage>,
        voice: Voice,
    ) -> Result<(), ApiError> {
        let key = self.scope.config().code_key()?;
        let mut answers = Vec::new();
        let mut failure = None;
        for message in messages {
            match self.hand_over(&key, &message).await {
                Ok(said) => answers.extend(said),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        voice.say(self.scope, answers);
        failure.map_or(Ok(()), Err)
    }

    async fn hand_over(
        &self,
        key: &CodeKey,
        message: &InboundMessage,
    ) -> Result<Option<Said>, ApiError> {
        let person = self.digest(key, &format!("person {}", message.sender.address));
        let found = match &message.content {
            Content::Text(text) => self.about(key, text),
            Content::OwnNumber(_) | Content::AnotherContact => self.asked_about(&person).await?,
        };
        let Some((about, looks_like_a_code)) = found else {
            return Ok(self.to_stranger(key, message, &Reply::CodeFirst, false));
        };
        let subjects = self.subjects(&about).await?;
        let sender = sender_of(message);
        if sender.is_none() && !subjects.is_empty() {
            // Before the object is asked: it takes the same message only once.
            let (kept, now) = (about.to_string(), self.scope.now());
            Ledger::of(self.scope)
                .keep_conversation(&person, &kept, now, CONVERSATION_SECONDS)
                .await?;
        }
        let arrival = Arrival {
            channel: self.channel,
            account: self.account.map(str::to_owned),
            code: match &about {
                About::Code(digest) => digest.clone(),
                About::Session(id) => self.digest(key, &SessionId(*id).to_string()),
            },
            message_id: message.id.clone(),
            sender,
        };
        let outcome = self.ask(subjects, &arrival).await?;
        let reply = match &outcome {
            Arrived::Verified { organisation } => Reply::Done { organisation },
            Arrived::NumberNeeded { organisation } => Reply::NumberNeeded { organisation },
            Arrived::AnotherNumber => Reply::AnotherNumber,
            Arrived::AnotherContact => Reply::AnotherContact,
            Arrived::Failed => Reply::Failed,
            Arrived::Repeated => return Ok(None),
            Arrived::Over => {
                let unknown = Reply::UnknownCode;
                return Ok(self.to_stranger(key, message, &unknown, looks_like_a_code));
            }
        };
        Ok(Some(self.said(key, message, &reply)))
    }

    /// What a person who shares a contact was asked about.
    async fn asked_about(&self, person: &str) -> Result<Option<(About, bool)>, ApiError> {
        let about = Ledger::of(self.scope)
            .conversation(person, self.scope.now())
            .await?;
        Ok(about.map(|about| (About::read(&about), true)))
    }

    /// An answer to somebody for whom nothing waits, if the channel has one.
    fn to_stranger(
        &self,
        key: &CodeKey,
        message: &InboundMessage,
        reply: &Reply<'_>,
        looks_like_a_code: bool,
    ) -> Option<Said> {
        Voice::answers_strangers(self.channel, looks_like_a_code)
            .then(|| self.said(key, message, reply))
    }

    /// What the words are about, and whether they can hardly be anything but a code.
    fn about(&self, key: &CodeKey, text: &str) -> Option<(About, bool)> {
        if let Some(SessionId(id)) = SessionId::parse(text.trim()) {
            return Some((About::Session(id), true));
        }
        let code = find_code(text)?;
        let has_digit = code.as_str().bytes().any(|byte| byte.is_ascii_digit());
        Some((About::Code(self.digest(key, code.as_str())), has_digit))
    }

    async fn subjects(&self, about: &About) -> Result<Vec<Subject>, ApiError> {
        match about {
            About::Code(digest) => {
                Ledger::of(self.scope)
                    .waiting(digest, self.scope.now())
                    .await
            }
            About::Session(id) => Ok(vec![Subject::Session(*id)]),
        }
    }

    /// Two may wait for equal codes; the message is for the one that can be answered by it.
    async fn ask(&self, subjects: Vec<Subject>, arrival: &Arrival) -> Result<Arrived, ApiError> {
        let mut best = Arrived::Over;
        for subject in meant(subjects) {
            let outcome = subject.arrived(self.scope, arrival.clone()).await?;
            if matches!(outcome, Arrived::Verified { .. }) {
                return Ok(outcome);
            }
            if best == Arrived::Over {
                best = outcome;
            }
        }
        Ok(best)
    }

    fn digest(&self, key: &CodeKey, what: &str) -> String {
        open_digest(key, self.channel.as_str(), self.account, what)
    }

    fn said(&self, key: &CodeKey, message: &InboundMessage, reply: &Reply<'_>) -> Said {
        let name = self.digest(key, &format!("message {}", message.id));
        Said::new(message.sender.address.clone(), name, reply)
    }
}

/// Those for which a message can be meant, in the order in which they are asked. A verification takes
/// one number only; a session takes whichever comes, so it is asked last, and where two sessions
/// wait for equal codes nobody can tell whose the number is and neither is asked.
fn meant(subjects: Vec<Subject>) -> Vec<Subject> {
    let (sessions, mut meant): (Vec<_>, Vec<_>) = subjects
        .into_iter()
        .partition(|subject| matches!(subject, Subject::Session(_)));
    if let [only] = sessions[..] {
        meant.push(only);
    }
    meant
}

/// What the channel says of who sent it; none: it has to be asked.
fn sender_of(message: &InboundMessage) -> Option<Sender> {
    match &message.content {
        Content::AnotherContact => Some(Sender::OthersContact),
        _ => message
            .number()
            .map(|number| Sender::Number(number.as_str().to_owned())),
    }
}

impl About {
    fn read(text: &str) -> Self {
        SessionId::parse(text).map_or_else(
            || Self::Code(text.to_owned()),
            |SessionId(id)| Self::Session(id),
        )
    }
}

impl std::fmt::Display for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(digest) => f.write_str(digest),
            Self::Session(id) => SessionId(*id).fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_asked_last_and_only_if_it_is_the_only_one() {
        let id = |byte| Id::from_bytes([byte; 12]);
        let (one, other) = (Subject::Session(id(1)), Subject::Session(id(2)));
        let verification = Subject::Verification(id(3));
        assert_eq!(meant(vec![one, verification]), [verification, one]);
        assert_eq!(meant(vec![one, verification, other]), [verification]);
        assert_eq!(meant(vec![one, other]), []);
        assert_eq!(meant(vec![]), []);
    }

    #[test]
    fn what_a_person_is_asked_about_survives_being_kept() {
        for about in [
            About::Code("00ff".repeat(16)),
            About::Session(Id::from_bytes([7; 12])),
        ] {
            assert_eq!(About::read(&about.to_string()), about);
        }
    }
}
