//! A message that a person sent through a channel, on its way to whatever waits for its code, and
//! what became of it. Only messages whose provider's signature was checked become one of these.

use serde::{Deserialize, Serialize};

use crate::asset::Channel;

/// A code that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub channel: Channel,
    /// The organisation over whose own account with the provider it came; none: the operator's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Keyed digest of channel and code.
    pub code: String,
    /// The provider's name for the message, which may arrive many times.
    pub message_id: String,
    /// None: the channel does not say who sent it until it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Sender>,
}

/// What the channel says about whoever sent the code.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The sender's own number, as the channel writes it in E.164.
    Number(String),
    /// The sender gave the contact of somebody else.
    OthersContact,
}

/// Numbers are personal data and logs are not.
impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Number(_) => "Number(…)",
            Self::OthersContact => "OthersContact",
        })
    }
}

/// What became of it, and what the person may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrived {
    /// The number is proven to this organisation, by this message or by an earlier one.
    Verified { organisation: String },
    /// The code is right; who sends it has to be asked, on behalf of this organisation.
    NumberNeeded { organisation: String },
    /// The code is right and waits for another number.
    AnotherNumber,
    /// The code is right; the contact that came with it is not the sender's own.
    AnotherContact,
    /// The message counted, and what waited for it has failed by it.
    Failed,
    /// This very message was here before.
    Repeated,
    /// Nothing waits for it (any more).
    Over,
}

/// What a provider says of a message that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryReport {
    /// It reached the person's device or mailbox.
    Delivered,
    /// It never will; one of the provider's documented words.
    Failed(String),
    /// It came back from the person's server; one word says how.
    Bounced(String),
    /// The person called it spam.
    Complained,
}
