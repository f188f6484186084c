//! Postmark's HTTP API. It recognises no repetition: what was taken without an answer is sent twice
//! when it is repeated. Its webhooks are not signed; what authenticates them is a password in the
//! webhook's own address.

use std::fmt;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::address::Sender;
use super::failure::{RecipientRefusal, SendError};
use super::message::EmailMessage;
use super::provider::FROM;
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{DeliveryReport, Forged, Reported, Webhook};
use crate::settings::{MissingSettings, Settings};

#[derive(Clone, PartialEq, Eq)]
pub struct Postmark {
    from: Sender,
    server_token: String,
    api_url: String,
}

impl fmt::Debug for Postmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postmark(…)")
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Send<'a> {
    from: String,
    to: &'a str,
    subject: &'a str,
    html_body: &'a str,
    text_body: &'a str,
    message_stream: &'static str,
    // A rewritten link would not be ours any more, and codes are nobody's business.
    track_opens: bool,
    track_links: &'static str,
    metadata: Metadata,
    headers: [Header; 1],
}

#[derive(Serialize)]
struct Metadata {
    verification_id: String,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Header {
    name: &'static str,
    value: &'static str,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    error_code: u32,
}

impl Postmark {
    pub const SERVER_TOKEN: &str = "POSTMARK_SERVER_TOKEN";
    /// The password in `https://proof:<password>@…/inbound/email/postmark`.
    pub const WEBHOOK_PASSWORD: &str = "POSTMARK_WEBHOOK_PASSWORD";
    pub const API_URL: &str = "POSTMARK_API_URL";

    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [_, server_token] = settings.require([FROM, Self::SERVER_TOKEN])?;
        let from = settings.get(FROM).and_then(Sender::parse);
        Ok(Self {
            from: from.ok_or(MissingSettings(vec![FROM]))?,
            server_token: server_token.to_owned(),
            api_url: settings.base_url(Self::API_URL, "https://api.postmarkapp.com"),
        })
    }

    pub fn send(&self, message: &EmailMessage) -> ProviderRequest {
        let send = Send {
            from: self.from.mailbox(),
            to: &message.to,
            subject: &message.subject,
            html_body: &message.html,
            text_body: &message.text,
            message_stream: "outbound",
            track_opens: false,
            track_links: "None",
            metadata: Metadata {
                verification_id: message.verification_id.clone(),
                message: message.number.to_string(),
            },
            headers: [Header {
                name: "Auto-Submitted",
                value: "auto-generated",
            }],
        };
        ProviderRequest::post_json(format!("{}/email", self.api_url), &send)
            .header("accept", "application/json")
            .header("x-postmark-server-token", self.server_token.as_str())
    }

    /// Whether the message was taken.
    pub fn sent(&self, response: &ProviderResponse) -> Result<(), SendError> {
        let outcome = response.json::<Outcome>();
        if response.is_success() {
            return match outcome?.error_code {
                0 => Ok(()),
                code => Err(meaning(code).unwrap_or_else(|| ProviderError::Unreadable.into())),
            };
        }
        Err(outcome
            .ok()
            .and_then(|outcome| meaning(outcome.error_code))
            .unwrap_or_else(|| response.failure().into()))
    }
}

/// The documented API error codes that sending can meet.
fn meaning(code: u32) -> Option<SendError> {
    Some(match code {
        10 => ProviderError::Credentials.into(),
        100 => ProviderError::Unavailable { status: 503 }.into(),
        // Invalid e-mail request: the sender was checked when it was set, so it is the address.
        300 => SendError::Recipient(RecipientRefusal::Invalid),
        400 | 401 | 412 => SendError::refused("sender_not_verified"),
        405 => SendError::refused("quota_exceeded"),
        406 => SendError::Recipient(RecipientRefusal::Suppressed),
        402 | 403 | 409 => SendError::refused("message_refused"),
        413 => SendError::refused("account_not_allowed"),
        429 => ProviderError::RateLimited { retry_after: None }.into(),
        _ => return None,
    })
}

/// Where Postmark tells what became of messages.
#[derive(Clone)]
pub struct PostmarkWebhook {
    password: String,
}

impl fmt::Debug for PostmarkWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PostmarkWebhook(…)")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    record_type: String,
    #[serde(default, rename = "Type")]
    kind: String,
    #[serde(default)]
    inactive: bool,
    #[serde(default, rename = "MessageID")]
    message_id: String,
    #[serde(default)]
    metadata: OwnMetadata,
}

#[derive(Default, Deserialize)]
struct OwnMetadata {
    #[serde(default)]
    verification_id: Option<String>,
    #[serde(default)]
    message: Option<String>,
}

impl PostmarkWebhook {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [password] = settings.require([Postmark::WEBHOOK_PASSWORD])?;
        Ok(Self {
            password: password.to_owned(),
        })
    }

    /// What it reports. `None`: it is authentic, and of no concern here.
    pub fn read(&self, webhook: &Webhook<'_>) -> Result<Option<Reported>, Forged> {
        let credentials = format!("proof:{}", self.password);
        let wanted = format!("Basic {}", BASE64.encode(credentials.as_bytes()));
        let given = webhook.header("authorization")?;
        if !bool::from(wanted.as_bytes().ct_eq(given.as_bytes())) {
            return Err(Forged);
        }
        Ok(serde_json::from_slice(webhook.body).ok().and_then(reported))
    }
}

fn reported(event: Event) -> Option<Reported> {
    let report = report(&event)?;
    // The server may carry mail of others too, which has other metadata.
    let (id, number) = (event.metadata.verification_id?, event.metadata.message?);
    Some(Reported {
        reference: format!("{id}.{number}"),
        message_id: event.message_id,
        report,
    })
}

fn report(event: &Event) -> Option<DeliveryReport> {
    let bounced = |permanent: bool| {
        let word = if permanent {
            "bounced"
        } else {
            "bounced_for_now"
        };
        Some(DeliveryReport::Bounced(word.to_owned()))
    };
    match (event.record_type.as_str(), event.kind.as_str()) {
        ("Delivery", _) => Some(DeliveryReport::Delivered),
        ("SpamComplaint", _) | ("Bounce", "SpamComplaint") => Some(DeliveryReport::Complained),
        ("Bounce", "HardBounce" | "BadEmailAddress" | "ManuallyDeactivated") => bounced(true),
        (
            "Bounce",
            "SoftBounce" | "Transient" | "DnsError" | "Blocked" | "DMARCPolicy"
            | "SpamNotification" | "Undeliverable" | "Unknown" | "SMTPApiError",
        ) => bounced(event.inactive),
        // Answers of machines to the message are no bounces.
        _ => None,
    }
}

#[cfg(test)]
#[path = "postmark_tests.rs"]
mod tests;
