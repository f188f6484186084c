//! Resend's HTTP API. It recognises a repetition by its `Idempotency-Key` for a day, and tells what
//! became of a message by a signed webhook.

use std::fmt;

use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

use super::address::Sender;
use super::failure::{RecipientRefusal, SendError};
use super::message::EmailMessage;
use super::provider::FROM;
use super::report::{MailReport, ReportKind, WebhookRefusal, of_names};
use super::svix::{self, SignedHeaders};
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::settings::{MissingSettings, Settings};

#[derive(Clone, PartialEq, Eq)]
pub struct Resend {
    from: Sender,
    api_key: String,
    api_url: String,
}

impl fmt::Debug for Resend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Resend(…)")
    }
}

#[derive(Serialize)]
struct Send<'a> {
    from: String,
    to: [&'a str; 1],
    subject: &'a str,
    html: &'a str,
    text: &'a str,
    tags: [Tag<'a>; 2],
    headers: Headers,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'static str,
    value: &'a str,
}

/// RFC 3834: no vacation message answers.
#[derive(Serialize)]
struct Headers {
    #[serde(rename = "Auto-Submitted")]
    auto_submitted: &'static str,
}

#[derive(Deserialize)]
struct Sent {
    #[serde(rename = "id")]
    _id: String,
}

#[derive(Deserialize)]
struct Refusal {
    name: String,
    #[serde(default)]
    message: String,
}

const ID_TAG: &str = "verification_id";
const NUMBER_TAG: &str = "message";

impl Resend {
    pub const API_KEY: &str = "RESEND_API_KEY";
    pub const WEBHOOK_SECRET: &str = "RESEND_WEBHOOK_SECRET";
    pub const API_URL: &str = "RESEND_API_URL";

    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [_, api_key] = settings.require([FROM, Self::API_KEY])?;
        let from = settings.get(FROM).and_then(Sender::parse);
        Ok(Self {
            from: from.ok_or(MissingSettings(vec![FROM]))?,
            api_key: api_key.to_owned(),
            api_url: settings.base_url(Self::API_URL, "https://api.resend.com"),
        })
    }

    pub fn send(&self, message: &EmailMessage) -> ProviderRequest {
        let number = message.number.to_string();
        let send = Send {
            from: self.from.mailbox(),
            to: [&message.to],
            subject: &message.subject,
            html: &message.html,
            text: &message.text,
            tags: [
                Tag {
                    name: ID_TAG,
                    value: &message.verification_id,
                },
                Tag {
                    name: NUMBER_TAG,
                    value: &number,
                },
            ],
            headers: Headers {
                auto_submitted: "auto-generated",
            },
        };
        ProviderRequest::post_json(format!("{}/emails", self.api_url), &send)
            .bearer(&self.api_key)
            .header("idempotency-key", message.reference())
    }

    /// Whether the message was taken.
    pub fn sent(&self, response: &ProviderResponse) -> Result<(), SendError> {
        if response.is_success() {
            return Ok(response.json::<Sent>().map(|_| ())?);
        }
        let Ok(refusal) = response.json::<Refusal>() else {
            return Err(response.failure().into());
        };
        Err(match refusal.name.as_str() {
            // The key is in use by the very message that we repeat: it was taken the first time,
            // and what differs is a setting that changed in between.
            "invalid_idempotent_request" => return Ok(()),
            "concurrent_idempotent_requests" => ProviderError::Unavailable { status: 409 }.into(),
            "missing_api_key" | "invalid_api_key" | "restricted_api_key" | "invalid_access" => {
                ProviderError::Credentials.into()
            }
            "daily_quota_exceeded" | "monthly_quota_exceeded" => {
                SendError::refused("quota_exceeded")
            }
            "rate_limit_exceeded" => ProviderError::RateLimited {
                retry_after: response.retry_after,
            }
            .into(),
            "invalid_from_address" => SendError::refused("sender_not_verified"),
            "validation_error" if response.status == 403 => {
                SendError::refused("sender_not_verified")
            }
            // Documented for every field alike; which one it is stands in the sentence only.
            "validation_error" | "invalid_parameter" if refusal.message.contains("`to`") => {
                SendError::Recipient(RecipientRefusal::Invalid)
            }
            "validation_error" | "invalid_parameter" | "missing_required_field" => {
                SendError::refused("message_refused")
            }
            "security_error" => SendError::refused("message_refused"),
            _ => response.failure().into(),
        })
    }
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    data: EventData,
}

#[derive(Default, Deserialize)]
struct EventData {
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    bounce: Option<Bounce>,
}

#[derive(Deserialize)]
struct Bounce {
    #[serde(rename = "type", default)]
    kind: String,
}

/// Both forms in which Resend's documents show tags.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    Object(std::collections::BTreeMap<String, String>),
    List(Vec<OwnedTag>),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct OwnedTag {
    name: String,
    value: String,
}

impl Default for Tags {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

impl Tags {
    fn get(&self, name: &str) -> Option<&str> {
        match self {
            Self::Object(tags) => tags.get(name).map(String::as_str),
            Self::List(tags) => tags
                .iter()
                .find(|tag| tag.name == name)
                .map(|tag| tag.value.as_str()),
            Self::Other(_) => None,
        }
    }
}

/// Reads a webhook. `None`: it is authentic, and of no concern here.
pub fn report(
    secret: &str,
    headers: SignedHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<Option<MailReport>, WebhookRefusal> {
    svix::verify(secret, headers, body, now)?;
    let event: Event = serde_json::from_slice(body).map_err(|_| WebhookRefusal::Unreadable)?;
    let kind = match event.kind.as_str() {
        "email.delivered" => ReportKind::Delivered,
        "email.bounced" => ReportKind::Bounced {
            // `Transient` and `Undetermined` are the other two.
            permanent: event
                .data
                .bounce
                .is_none_or(|bounce| bounce.kind.eq_ignore_ascii_case("permanent")),
        },
        "email.suppressed" => ReportKind::Bounced { permanent: true },
        "email.complained" => ReportKind::Complained,
        "email.failed" => ReportKind::Failed,
        _ => return Ok(None),
    };
    let tags = &event.data.tags;
    Ok(of_names(tags.get(ID_TAG), tags.get(NUMBER_TAG), kind))
}

#[cfg(test)]
#[path = "resend_tests.rs"]
mod tests;
