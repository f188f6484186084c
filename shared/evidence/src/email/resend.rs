//! Resend's HTTP API. It recognises a repetition by its `Idempotency-Key` for a day, and tells what
//! became of a message by a signed webhook.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::address::Sender;
use super::failure::{RecipientRefusal, SendError};
use super::message::EmailMessage;
use super::provider::FROM;
use super::svix;
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{DeliveryReport, Forged, Reported, Webhook};
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

/// Where Resend tells what became of messages.
#[derive(Clone)]
pub struct ResendWebhook {
    secret: String,
}

impl fmt::Debug for ResendWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResendWebhook(…)")
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
    email_id: String,
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

impl ResendWebhook {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [secret] = settings.require([Resend::WEBHOOK_SECRET])?;
        if !svix::is_secret(secret) {
            return Err(MissingSettings(vec![Resend::WEBHOOK_SECRET]));
        }
        Ok(Self {
            secret: secret.to_owned(),
        })
    }

    /// What it reports. `None`: it is authentic, and of no concern here.
    pub fn read(&self, webhook: &Webhook<'_>) -> Result<Option<Reported>, Forged> {
        svix::verify(&self.secret, webhook)?;
        Ok(serde_json::from_slice(webhook.body).ok().and_then(reported))
    }
}

fn reported(event: Event) -> Option<Reported> {
    let data = event.data;
    let report = match event.kind.as_str() {
        "email.delivered" => DeliveryReport::Delivered,
        // `Transient` and `Undetermined` are the other two types.
        "email.bounced"
            if data
                .bounce
                .is_some_and(|bounce| !bounce.kind.eq_ignore_ascii_case("permanent")) =>
        {
            DeliveryReport::Bounced("bounced_for_now".to_owned())
        }
        "email.bounced" => DeliveryReport::Bounced("bounced".to_owned()),
        "email.suppressed" => DeliveryReport::Bounced("recipient_suppressed".to_owned()),
        "email.complained" => DeliveryReport::Complained,
        "email.failed" => DeliveryReport::Failed("provider_gave_up".to_owned()),
        _ => return None,
    };
    // The account may carry mail of others too, which has other tags.
    let (id, number) = (data.tags.get(ID_TAG)?, data.tags.get(NUMBER_TAG)?);
    Some(Reported {
        reference: format!("{id}.{number}"),
        message_id: data.email_id,
        report,
    })
}

#[cfg(test)]
#[path = "resend_tests.rs"]
mod tests;
