//! What we send: one short text, or the request for the number of a person who hides it.

use serde::{Deserialize, Serialize};

use super::Whatsapp;
use super::payload::is_user_id;
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};

#[derive(Serialize)]
struct Outgoing<'a> {
    messaging_product: &'static str,
    recipient_type: &'static str,
    /// A number.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    /// A user of this business, where the number is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<&'a str>,
    #[serde(flatten)]
    content: OutgoingContent<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum OutgoingContent<'a> {
    Text { text: TextBody<'a> },
    Interactive { interactive: ContactRequest<'a> },
}

#[derive(Serialize)]
struct TextBody<'a> {
    preview_url: bool,
    body: &'a str,
}

#[derive(Serialize)]
struct ContactRequest<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    body: RequestText<'a>,
    action: Action,
}

#[derive(Serialize)]
struct RequestText<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Action {
    name: &'static str,
}

#[derive(Deserialize)]
struct Accepted {
    messages: Vec<AcceptedMessage>,
}

#[derive(Deserialize)]
struct AcceptedMessage {
    id: String,
}

#[derive(Deserialize)]
struct Refused {
    error: RefusedError,
}

#[derive(Deserialize)]
struct RefusedError {
    code: i64,
}

const REQUEST: &str = "request_contact_info";

impl Whatsapp {
    /// A text within the conversation that the person began.
    pub fn send_text(&self, address: &str, text: &str) -> ProviderRequest {
        self.send(
            address,
            OutgoingContent::Text {
                text: TextBody {
                    preview_url: false,
                    body: text,
                },
            },
        )
    }

    /// Asks for the person's number, with the button that only they can press.
    pub fn request_contact(&self, address: &str, text: &str) -> ProviderRequest {
        self.send(
            address,
            OutgoingContent::Interactive {
                interactive: ContactRequest {
                    kind: REQUEST,
                    body: RequestText { text },
                    action: Action { name: REQUEST },
                },
            },
        )
    }

    fn send(&self, address: &str, content: OutgoingContent<'_>) -> ProviderRequest {
        let is_user = is_user_id(address);
        let outgoing = Outgoing {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to: (!is_user).then_some(address),
            recipient: is_user.then_some(address),
            content,
        };
        ProviderRequest::post_json(&self.messages_url, &outgoing).bearer(&self.access_token)
    }

    /// The name of the message that was taken.
    pub fn sent(response: &ProviderResponse) -> Result<String, ProviderError> {
        if response.is_success() {
            let accepted: Accepted = response.json()?;
            return accepted
                .messages
                .into_iter()
                .next()
                .map(|message| message.id)
                .ok_or(ProviderError::Unreadable);
        }
        let Ok(Refused { error }) = response.json() else {
            return Err(response.failure());
        };
        Err(match error.code {
            // Tokens that are missing, expired or without the permission.
            0 | 3 | 10 | 190 | 200..=299 | 131_005 | 131_031 | 131_042 | 133_010 => {
                ProviderError::Credentials
            }
            // Limits of the app, the account, the number, the pair.
            4 | 80_007 | 130_429 | 131_048 | 131_056 => ProviderError::RateLimited {
                retry_after: response.retry_after,
            },
            1 | 2 | 131_000 | 131_016 | 133_004 => ProviderError::Unavailable {
                status: response.status,
            },
            code => ProviderError::refused(format!("whatsapp_{code}")),
        })
    }
}
