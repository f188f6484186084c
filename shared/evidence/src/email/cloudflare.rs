//! Cloudflare's Email Service, reached through the binding `EMAIL` of the Worker that sends: no
//! request of ours, but an object for `send()` and the code of what it throws.

use serde::Serialize;

use super::address::Sender;
use super::failure::{RecipientRefusal, SendError};
use super::message::EmailMessage;
use super::provider::FROM;
use crate::exchange::ProviderError;
use crate::settings::{MissingSettings, Settings};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloudflare {
    from: Sender,
}

#[derive(Serialize)]
struct Send<'a> {
    to: &'a str,
    from: From<'a>,
    subject: &'a str,
    html: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct From<'a> {
    email: &'a str,
    name: &'a str,
}

impl Cloudflare {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let from = settings.get(FROM).and_then(Sender::parse);
        let from = from.ok_or(MissingSettings(vec![FROM]))?;
        Ok(Self { from })
    }

    /// The argument of `send()`, as JSON.
    pub fn argument(&self, message: &EmailMessage) -> String {
        let name = match self.from.name.as_str() {
            "" => self.from.address.as_str(),
            name => name,
        };
        serde_json::to_string(&Send {
            to: &message.to,
            from: From {
                email: &self.from.address,
                name,
            },
            subject: &message.subject,
            html: &message.html,
            text: &message.text,
        })
        .unwrap_or_default()
    }

    /// What the code of a thrown error means; without one, nothing is known.
    pub fn failure(code: Option<&str>) -> SendError {
        match code.unwrap_or_default() {
            "E_RECIPIENT_SUPPRESSED" => SendError::Recipient(RecipientRefusal::Suppressed),
            "E_RECIPIENT_NOT_ALLOWED" => SendError::refused("recipient_not_allowed"),
            "E_SENDER_NOT_VERIFIED" | "E_SENDER_DOMAIN_NOT_AVAILABLE" => {
                SendError::refused("sender_not_verified")
            }
            "E_DAILY_LIMIT_EXCEEDED" => SendError::refused("quota_exceeded"),
            "E_RATE_LIMIT_EXCEEDED" => ProviderError::RateLimited { retry_after: None }.into(),
            "E_VALIDATION_ERROR" | "E_FIELD_MISSING" | "E_CONTENT_TOO_LARGE" => {
                SendError::refused("message_refused")
            }
            header if header.starts_with("E_HEADER") => SendError::refused("message_refused"),
            "E_DELIVERY_FAILED" | "E_INTERNAL_SERVER_ERROR" => {
                ProviderError::Unavailable { status: 500 }.into()
            }
            // A time-out, a connection that broke: the message may be on its way.
            _ => ProviderError::Timeout.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::MessageContents;

    #[test]
    fn the_argument_is_of_the_documented_form() {
        let settings: Settings = [("EMAIL_FROM", "Proof <no-reply@proof.example>")]
            .into_iter()
            .collect();
        let message = EmailMessage::render(&MessageContents {
            to: "jo@example.com",
            code: "482913",
            link: None,
            organisation_name: "Ąžuolas",
            domain: None,
            expires_minutes: 10,
            verification_id: "507f1f77bcf86cd799439011",
            number: 1,
        })
        .unwrap();
        let argument = Cloudflare::from_settings(&settings)
            .unwrap()
            .argument(&message);
        let argument: serde_json::Value = serde_json::from_str(&argument).unwrap();
        assert_eq!(argument["to"], "jo@example.com");
        assert_eq!(argument["from"]["email"], "no-reply@proof.example");
        assert_eq!(argument["from"]["name"], "Proof");
        assert_eq!(argument["subject"], "482913 is your Proof code for Ąžuolas");
        assert_eq!(argument["text"], message.text);
        assert_eq!(argument["html"], message.html);
    }

    #[test]
    fn every_documented_code_has_its_meaning() {
        let code = |code| Cloudflare::failure(Some(code));
        assert_eq!(
            code("E_RECIPIENT_SUPPRESSED"),
            SendError::Recipient(RecipientRefusal::Suppressed)
        );
        assert_eq!(code("E_SENDER_NOT_VERIFIED").code(), "sender_not_verified");
        assert_eq!(code("E_DAILY_LIMIT_EXCEEDED").code(), "quota_exceeded");
        assert_eq!(code("E_HEADERS_TOO_LARGE").code(), "message_refused");
        assert!(code("E_RATE_LIMIT_EXCEEDED").is_retryable());
        assert!(code("E_INTERNAL_SERVER_ERROR").is_retryable());
        assert!(!code("E_VALIDATION_ERROR").is_retryable());
        for unknown in [None, Some(""), Some("E_SOMETHING_NEW")] {
            assert!(Cloudflare::failure(unknown).is_ambiguous(), "{unknown:?}");
        }
    }
}
