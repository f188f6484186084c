//! What we send to a chat: a text, with or without the button by which a person shares their own
//! number.

use serde::{Deserialize, Serialize};

use super::Telegram;
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};

const BUTTON: &str = "Share my number";

#[derive(Serialize)]
struct SendMessage<'a> {
    chat_id: &'a str,
    text: &'a str,
    link_preview_options: NoPreview,
    reply_markup: Markup,
}

#[derive(Serialize)]
struct NoPreview {
    is_disabled: bool,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Markup {
    Ask {
        keyboard: [[Button; 1]; 1],
        one_time_keyboard: bool,
        resize_keyboard: bool,
    },
    Remove {
        remove_keyboard: bool,
    },
}

#[derive(Serialize)]
struct Button {
    text: &'static str,
    request_contact: bool,
}

/// Every answer of the Bot API.
#[derive(Deserialize)]
struct Answer {
    ok: bool,
    error_code: Option<u16>,
    parameters: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    retry_after: Option<u32>,
}

impl Telegram {
    /// A text; a button that was there goes away.
    pub fn send_text(&self, chat: &str, text: &str) -> ProviderRequest {
        self.send(
            chat,
            text,
            Markup::Remove {
                remove_keyboard: true,
            },
        )
    }

    /// A text with the button that shares the person's own number.
    pub fn request_contact(&self, chat: &str, text: &str) -> ProviderRequest {
        self.send(
            chat,
            text,
            Markup::Ask {
                keyboard: [[Button {
                    text: BUTTON,
                    request_contact: true,
                }]],
                one_time_keyboard: true,
                resize_keyboard: true,
            },
        )
    }

    fn send(&self, chat: &str, text: &str, reply_markup: Markup) -> ProviderRequest {
        let message = SendMessage {
            chat_id: chat,
            text,
            link_preview_options: NoPreview { is_disabled: true },
            reply_markup,
        };
        ProviderRequest::post_json(format!("{}/sendMessage", *self.base), &message)
    }

    /// Whether it was taken.
    pub fn sent(response: &ProviderResponse) -> Result<(), ProviderError> {
        let Ok(answer) = response.json::<Answer>() else {
            return Err(if response.is_success() {
                ProviderError::Unreadable
            } else {
                response.failure()
            });
        };
        if answer.ok {
            return Ok(());
        }
        let code = answer.error_code.unwrap_or(response.status);
        Err(match code {
            // 404 is what an unknown token gets.
            401 | 404 => ProviderError::Credentials,
            403 => ProviderError::refused("blocked_by_user"),
            429 => ProviderError::RateLimited {
                retry_after: answer
                    .parameters
                    .and_then(|parameters| parameters.retry_after)
                    .or(response.retry_after),
            },
            400..=499 => ProviderError::refused(format!("telegram_{code}")),
            _ => ProviderError::Unavailable { status: code },
        })
    }
}
