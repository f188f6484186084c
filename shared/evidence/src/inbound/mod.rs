//! What the phone channels have in common: a signed webhook, the message of a person in it, the
//! number it came from and the code in its text. Nothing here may take a number for the sender's
//! unless the provider itself says so.

mod code;
mod number;
mod reply;
mod signature;

pub use code::find_code;
pub use number::Number;
pub use reply::Reply;
pub(crate) use reply::named;
pub(crate) use signature::{hex_hmac_sha256_is, is_fresh, same, sha1_hmac};

use std::fmt;

pub use proof_domain::inbound::DeliveryReport;
use proof_domain::timestamp::Timestamp;

/// Longer names of messages than this are no provider's.
const MAX_MESSAGE_ID: usize = 256;

/// A request that claims to come from a provider, as it arrived.
#[derive(Clone, Copy)]
pub struct Webhook<'a> {
    /// The address at which the provider knows this system.
    pub url: &'a str,
    /// Names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Every byte: signatures are over these, not over what they mean.
    pub body: &'a [u8],
    pub now: Timestamp,
}

/// The request does not come from whom it claims to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature is missing or not right")]
pub struct Forged;

/// A message of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// The provider's name for it; the same message may arrive many times.
    pub id: String,
    pub sender: Sender,
    pub content: Content,
}

/// Who sent it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender {
    /// Where an answer goes: a number, a chat, a user of this business.
    pub address: String,
    /// The number that the message came from, if the provider tells.
    pub number: Option<Number>,
}

/// What a message holds, as far as it matters here.
#[derive(Clone, PartialEq, Eq)]
pub enum Content {
    /// Words, with a code in them or not.
    Text(String),
    /// The person gave their own number, and the provider vouches for it.
    OwnNumber(Number),
    /// A contact that the provider does not say is the sender's own.
    AnotherContact,
}

/// What a provider says of a message that we sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Reported {
    /// Our own name for the message, given back.
    pub reference: String,
    /// The provider's.
    pub message_id: String,
    pub report: DeliveryReport,
}

impl Webhook<'_> {
    /// A header that stands once.
    pub(crate) fn header(&self, name: &str) -> Result<&str, Forged> {
        let mut found = self.headers.iter().filter(|(known, _)| *known == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) if !value.is_empty() => Ok(value),
            _ => Err(Forged),
        }
    }
}

impl InboundMessage {
    /// A message whose name can be kept.
    pub(crate) fn new(id: String, sender: Sender, content: Content) -> Option<Self> {
        let good = !id.is_empty()
            && id.len() <= MAX_MESSAGE_ID
            && id.bytes().all(|byte| byte.is_ascii_graphic());
        good.then_some(Self {
            id,
            sender,
            content,
        })
    }

    /// The number that is known to be the sender's, from whatever part of the message.
    pub fn number(&self) -> Option<&Number> {
        match &self.content {
            Content::OwnNumber(number) => Some(number),
            _ => self.sender.number.as_ref(),
        }
    }
}

impl fmt::Debug for Webhook<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Webhook({} bytes)", self.body.len())
    }
}

impl fmt::Debug for InboundMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InboundMessage({:?})", self.content)
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender(…)")
    }
}

impl fmt::Debug for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reported({:?})", self.report)
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::OwnNumber(_) => "OwnNumber(…)",
            Self::AnotherContact => "AnotherContact",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(headers: &'a [(&'a str, &'a str)]) -> Webhook<'a> {
        Webhook {
            url: "https://proof.example/inbound/x",
            headers,
            body: b"secret",
            now: Timestamp::from_seconds(0),
        }
    }

    #[test]
    fn a_header_is_believed_only_if_it_stands_once() {
        assert_eq!(with(&[("x-a", "1")]).header("x-a"), Ok("1"));
        assert_eq!(with(&[]).header("x-a"), Err(Forged));
        assert_eq!(with(&[("x-a", "")]).header("x-a"), Err(Forged));
        assert_eq!(
            with(&[("x-a", "1"), ("x-a", "1")]).header("x-a"),
            Err(Forged)
        );
    }

    #[test]
    fn names_of_messages_are_short_and_plain() {
        let sender = Sender {
            address: "37069199199".into(),
            number: None,
        };
        let of = |id: &str| InboundMessage::new(id.into(), sender.clone(), Content::AnotherContact);
        assert!(of("wamid.HBgL==").is_some());
        for odd in ["", "a b", "a\n", "ž", &"x".repeat(257)] {
            assert_eq!(of(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn nothing_personal_is_printed() {
        let message = InboundMessage::new(
            "wamid.1".into(),
            Sender {
                address: "37069199199".into(),
                number: Number::parse("+37069199199"),
            },
            Content::Text("X7K2M9".into()),
        )
        .unwrap();
        assert_eq!(format!("{message:?}"), "InboundMessage(Text(…))");
        assert_eq!(format!("{:?}", message.sender), "Sender(…)");
        assert_eq!(format!("{:?}", message.number()), "Some(Number(…))");
        assert_eq!(format!("{:?}", with(&[])), "Webhook(6 bytes)");
    }
}
