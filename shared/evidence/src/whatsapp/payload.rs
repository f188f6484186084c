//! What is in a webhook. Each message is read by itself, so that one of unknown form takes no
//! other with it.

use serde::Deserialize;
use serde_json::Value;

use crate::inbound::{Content, InboundMessage, Number, Sender};

/// A contact that came because we asked for it, with the button that only its owner can press.
const ASKED_FOR: &str = "contact_request";

#[derive(Deserialize)]
struct Envelope {
    object: String,
    #[serde(default)]
    entry: Vec<Value>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    changes: Vec<Value>,
}

#[derive(Deserialize)]
struct Change {
    field: String,
    value: Received,
}

#[derive(Deserialize)]
struct Received {
    metadata: Metadata,
    #[serde(default)]
    contacts: Vec<Value>,
    #[serde(default)]
    messages: Vec<Value>,
}

#[derive(Deserialize)]
struct Metadata {
    phone_number_id: String,
}

/// Who wrote: `wa_id` is the number, absent for those who hide it; `user_id` stands for the person
/// within this business.
#[derive(Deserialize)]
struct Profile {
    wa_id: Option<String>,
    user_id: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    id: String,
    from: Option<String>,
    from_user_id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    text: Option<Text>,
    origin: Option<String>,
    #[serde(default)]
    contacts: Vec<Value>,
}

#[derive(Deserialize)]
struct Text {
    body: String,
}

#[derive(Deserialize)]
struct Card {
    origin: Option<String>,
    #[serde(default)]
    phones: Vec<Phone>,
}

#[derive(Deserialize)]
struct Phone {
    phone: Option<String>,
    wa_id: Option<String>,
}

fn each<T: serde::de::DeserializeOwned>(values: Vec<Value>) -> impl Iterator<Item = T> {
    values
        .into_iter()
        .filter_map(|value| serde_json::from_value(value).ok())
}

pub(super) fn messages(body: &[u8], phone_number_id: &str) -> Vec<InboundMessage> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        return Vec::new();
    };
    if envelope.object != "whatsapp_business_account" {
        return Vec::new();
    }
    each::<Entry>(envelope.entry)
        .flat_map(|entry| each::<Change>(entry.changes))
        .filter(|change| {
            change.field == "messages" && change.value.metadata.phone_number_id == phone_number_id
        })
        .flat_map(|change| {
            let profiles: Vec<Profile> = each(change.value.contacts).collect();
            each::<Message>(change.value.messages)
                .filter_map(|message| read(message, &profiles))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn read(message: Message, profiles: &[Profile]) -> Option<InboundMessage> {
    let sender = sender(&message, profiles)?;
    let content = match message.kind.as_str() {
        "text" => Content::Text(message.text?.body),
        "contacts" => contact(message.origin.as_deref(), message.contacts, &sender),
        _ => return None,
    };
    InboundMessage::new(message.id, sender, content)
}

/// The number is the message's own, or that of the one profile with the message's user.
fn sender(message: &Message, profiles: &[Profile]) -> Option<Sender> {
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let (from, user) = (some(&message.from), some(&message.from_user_id));
    let mut of_user = profiles.iter().filter(|profile| match (&from, &user) {
        (_, Some(user)) => profile.user_id.as_ref() == Some(user),
        (Some(from), None) => profile.wa_id.as_ref() == Some(from),
        // Only if there is no doubt whose message it is.
        (None, None) => profiles.len() == 1,
    });
    let profile = of_user.next();
    let from = from.or_else(|| profile.and_then(|profile| some(&profile.wa_id)));
    let user = user.or_else(|| profile.and_then(|profile| some(&profile.user_id)));
    if let Some(from) = from {
        let number = Number::from_whatsapp(&from)?;
        return Some(Sender {
            address: from,
            number: Some(number),
        });
    }
    let address = user.filter(|user| is_user_id(user))?;
    Some(Sender {
        address,
        number: None,
    })
}

/// A country, a dot, letters and digits. It becomes part of what we send.
pub(super) fn is_user_id(text: &str) -> bool {
    (4..=160).contains(&text.len())
        && text.contains('.')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

/// Only the one contact that was asked for counts, and if the number was known all the same, only
/// if it is that number. A person can send anybody's contact unasked.
fn contact(origin: Option<&str>, contacts: Vec<Value>, sender: &Sender) -> Content {
    own_number(origin, contacts)
        .filter(|number| sender.number.as_ref().is_none_or(|known| known == number))
        .map_or(Content::AnotherContact, Content::OwnNumber)
}

fn own_number(origin: Option<&str>, contacts: Vec<Value>) -> Option<Number> {
    let count = contacts.len();
    let cards: Vec<Card> = each(contacts).collect();
    let [card] = cards.as_slice() else {
        return None;
    };
    let origins = [origin, card.origin.as_deref()];
    let stated: Vec<_> = origins.into_iter().flatten().collect();
    if count != 1 || stated.is_empty() || stated.iter().any(|origin| *origin != ASKED_FOR) {
        return None;
    }
    let mut numbers: Vec<Number> = card
        .phones
        .iter()
        .map(|phone| {
            let id = phone.wa_id.as_deref().or(phone.phone.as_deref())?;
            let bare: String = id
                .chars()
                .filter(|c| !matches!(c, ' ' | '-' | '(' | ')'))
                .collect();
            Number::from_whatsapp(&bare)
        })
        .collect::<Option<_>>()?;
    numbers.dedup();
    match numbers.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}
