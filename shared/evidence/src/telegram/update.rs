//! What is in an update. Groups, channels, other bots, edits and buttons are none of our business.

use serde::Deserialize;

use crate::inbound::{Content, InboundMessage, Number, Sender};

/// What a deep link makes the person send.
const START: &str = "/start";

#[derive(Deserialize)]
struct Update {
    update_id: i64,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    from: Option<User>,
    chat: Chat,
    text: Option<String>,
    contact: Option<Contact>,
    /// Present if it was first written elsewhere.
    forward_origin: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct User {
    id: i64,
    #[serde(default)]
    is_bot: bool,
}

#[derive(Deserialize)]
struct Chat {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Contact {
    phone_number: String,
    user_id: Option<i64>,
}

pub(super) fn message(body: &[u8]) -> Option<InboundMessage> {
    let update: Update = serde_json::from_slice(body).ok()?;
    let message = update.message?;
    let from = message.from.as_ref().filter(|from| !from.is_bot)?;
    // In a private chat the chat is the person.
    if message.chat.kind != "private" || message.chat.id != from.id {
        return None;
    }
    let content = match (&message.contact, &message.text) {
        (Some(contact), _) => own_number(contact, from, message.forward_origin.is_some())
            .map_or(Content::AnotherContact, Content::OwnNumber),
        (None, Some(text)) => Content::Text(payload(text).to_owned()),
        (None, None) => return None,
    };
    let sender = Sender {
        address: message.chat.id.to_string(),
        number: None,
    };
    InboundMessage::new(update.update_id.to_string(), sender, content)
}

/// Telegram states whose contact it is. Without that, or with another's, it is any card.
fn own_number(contact: &Contact, from: &User, forwarded: bool) -> Option<Number> {
    if contact.user_id != Some(from.id) || forwarded {
        return None;
    }
    let digits = &contact.phone_number;
    Number::from_digits(digits.strip_prefix('+').unwrap_or(digits))
}

/// `/start CODE`, `/start@bot CODE`, or just what was typed.
fn payload(text: &str) -> &str {
    let Some(rest) = text.strip_prefix(START) else {
        return text;
    };
    match rest.split_once(' ') {
        Some((bot, payload)) if bot.is_empty() || bot.starts_with('@') => payload,
        _ => text,
    }
}
