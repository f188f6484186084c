//! Telnyx: JSON both ways, webhooks signed with ed25519 over their time and bytes. A webhook is
//! believed only while it is fresh.

use std::fmt;

use data_encoding::BASE64;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Acknowledgement, SmsEvent, SmsMessage, SmsProvider};
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{
    Content, DeliveryReport, Forged, InboundMessage, Number, Reported, Sender, Webhook, is_fresh,
};
use crate::settings::{MissingSettings, Settings};

pub(super) const NAME: &str = "telnyx";
pub(super) const API_KEY: &str = "TELNYX_API_KEY";
pub(super) const PUBLIC_KEY: &str = "TELNYX_PUBLIC_KEY";
pub(super) const API_URL: &str = "TELNYX_API_URL";
const DEFAULT_URL: &str = "https://api.telnyx.com";
/// How old a webhook may be, and how far ahead its clock.
const FRESH_SECONDS: i64 = 300;

/// One account and number at Telnyx.
#[derive(Clone)]
pub struct Telnyx {
    api_key: Zeroizing<String>,
    public_key: VerifyingKey,
    messages_url: String,
    number: Number,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    from: &'a str,
    to: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_url: Option<&'a str>,
    /// Comes back with each report.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<[&'a str; 1]>,
}

#[derive(Deserialize)]
struct Accepted {
    data: AcceptedMessage,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    code: String,
}

#[derive(Deserialize)]
struct Event {
    data: EventData,
}

#[derive(Deserialize)]
struct EventData {
    event_type: String,
    payload: Message,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    direction: String,
    from: Party,
    to: Vec<Party>,
    text: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Party {
    phone_number: String,
    status: Option<String>,
}

impl Telnyx {
    pub fn from_settings(settings: &Settings, number: Number) -> Result<Self, MissingSettings> {
        let [api_key, public_key] = settings.require([API_KEY, PUBLIC_KEY])?;
        let public_key = BASE64
            .decode(public_key.as_bytes())
            .ok()
            .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
            .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
            .ok_or_else(|| MissingSettings(vec![PUBLIC_KEY]))?;
        Ok(Self {
            api_key: Zeroizing::new(api_key.to_owned()),
            public_key,
            messages_url: format!("{}/v2/messages", settings.base_url(API_URL, DEFAULT_URL)),
            number,
        })
    }

    fn received(&self, message: Message) -> Option<InboundMessage> {
        let to_us = message
            .to
            .iter()
            .any(|party| party.phone_number == self.number.as_str());
        if message.direction != "inbound" || !to_us {
            return None;
        }
        let from = Number::parse(&message.from.phone_number)?;
        let sender = Sender {
            address: from.as_str().to_owned(),
            number: Some(from),
        };
        InboundMessage::new(message.id, sender, Content::Text(message.text?))
    }
}

/// What the carrier said of a message that we sent.
fn report(message: Message) -> Option<Reported> {
    let to = message.to.first()?;
    let report = match to.status.as_deref()? {
        "delivered" => DeliveryReport::Delivered,
        "delivery_failed" | "sending_failed" => DeliveryReport::Failed(
            message
                .errors
                .first()
                .and_then(code)
                .unwrap_or_else(|| "undelivered".to_owned()),
        ),
        _ => return None,
    };
    Some(Reported {
        report,
        reference: message.tags.into_iter().next()?,
        message_id: message.id,
    })
}

fn code(problem: &Problem) -> Option<String> {
    let code = &problem.code;
    ((1..=8).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| format!("telnyx_{code}"))
}

impl SmsProvider for Telnyx {
    fn name(&self) -> &'static str {
        NAME
    }

    fn number(&self) -> &Number {
        &self.number
    }

    fn send(&self, message: &SmsMessage<'_>) -> ProviderRequest {
        let outgoing = Outgoing {
            from: self.number.as_str(),
            to: message.to.as_str(),
            text: message.text,
            webhook_url: message.report_to.map(|to| to.url),
            tags: message.report_to.map(|to| [to.reference]),
        };
        ProviderRequest::post_json(&self.messages_url, &outgoing).bearer(&self.api_key)
    }

    fn sent(&self, response: &ProviderResponse) -> Result<String, ProviderError> {
        if response.is_success() {
            return response.json::<Accepted>().map(|accepted| accepted.data.id);
        }
        Err(match response.failure() {
            ProviderError::Refused { reason } => ProviderError::refused(
                response
                    .json::<Refused>()
                    .ok()
                    .and_then(|refused| code(refused.errors.first()?))
                    .unwrap_or(reason),
            ),
            other => other,
        })
    }

    fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged> {
        let time = webhook.header("telnyx-timestamp")?;
        let signature = BASE64
            .decode(webhook.header("telnyx-signature-ed25519")?.as_bytes())
            .map_err(|_| Forged)?;
        let signature = Signature::from_slice(&signature).map_err(|_| Forged)?;
        let signed = [time.as_bytes(), b"|", webhook.body].concat();
        self.public_key
            .verify_strict(&signed, &signature)
            .map_err(|_| Forged)?;
        if is_fresh(time, webhook.now, FRESH_SECONDS) {
            Ok(())
        } else {
            Err(Forged)
        }
    }

    fn read(&self, webhook: &Webhook<'_>) -> Vec<SmsEvent> {
        let Ok(Event { data }) = serde_json::from_slice(webhook.body) else {
            return Vec::new();
        };
        let event = match data.event_type.as_str() {
            "message.received" => self.received(data.payload).map(SmsEvent::Received),
            "message.finalized" => report(data.payload).map(SmsEvent::Reported),
            _ => None,
        };
        event.into_iter().collect()
    }

    fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement {
            content_type: "application/json",
            body: "{}",
        }
    }
}

impl fmt::Debug for Telnyx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Telnyx({:?})", self.number)
    }
}

#[cfg(test)]
#[path = "telnyx_tests.rs"]
mod tests;
