//! Live event streams: the wish to listen, and how many of them a tenant has open. One object per tenant hands out slots; it keeps
//! them in memory only, because streams do not outlive a restart either, and every heartbeat of a
//! stream renews its slot.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use serde::{Deserialize, Serialize};
use url::Url;
use wasm_bindgen::JsValue;

use super::{Done, UNREACHABLE, command};
use crate::platform::{Js, local, object_fetch, reason, response_status, response_text};

const BINDING: &str = "STREAM_SLOTS";

/// What a stream tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    Verification(Id),
    Session(Id),
    Request(Id),
}

impl Watched {
    /// The binding of its class, and its name there.
    fn object(self) -> (&'static str, String) {
        match self {
            Self::Verification(id) => (super::verification::BINDING, id.to_string()),
            Self::Session(id) => (super::session::BINDING, id.to_string()),
            Self::Request(id) => (super::request::BINDING, id.to_string()),
        }
    }
}

/// Who wants to listen: a key's owner, whoever holds a ticket, or a person with the link to the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventsRequest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_id: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams_limit: Option<u32>,
    /// The address itself is what lets them in, as it does on the page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_link: bool,
}

impl EventsRequest {
    /// Reads the request from the address at which the object is asked.
    pub fn from_url(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let (_, wish) = url.query_pairs().find(|(name, _)| name == "request")?;
        serde_json::from_str(&wish).ok()
    }
}

/// Opens a stream at the object, as a response that is given on untouched.
pub(super) async fn open_stream(
    env: &JsValue,
    watched: Watched,
    request: &EventsRequest,
) -> Result<Js, ApiError> {
    let wish =
        serde_json::to_string(request).map_err(|error| ApiError::internal(error.to_string()))?;
    let mut url = Url::parse("https://object/events")
        .map_err(|error| ApiError::internal(error.to_string()))?;
    url.query_pairs_mut().append_pair("request", &wish);
    local(async {
        let unreachable = |error| ApiError::unavailable(UNREACHABLE, reason(&error));
        let (binding, name) = watched.object();
        let response = object_fetch(env, binding, &name, url.as_str())
            .await
            .map_err(unreachable)?;
        match response_status(&response) {
            200 | 204 => Ok(Js::new(response)),
            _ => {
                let text = response_text(&response).await.map_err(unreachable)?;
                Err(serde_json::from_str(&text.as_string().unwrap_or_default())
                    .unwrap_or_else(|error| ApiError::internal(format!("events: {error}"))))
            }
        }
    })
    .await
}

/// Objects with streams are asked this, whatever else they can be asked.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Probe<'a> {
    Probe { slot: &'a str },
}

/// Asks an object whether anybody still listens in this slot.
pub async fn probe_stream(env: &JsValue, watched: Watched, slot: &str) -> bool {
    let (binding, name) = watched.object();
    let answer = command::<bool>(env, binding, &name, &Probe::Probe { slot }).await;
    // An object that cannot be asked keeps its slot until its heartbeat is missed.
    answer.and_then(|reply| reply.value.read()).unwrap_or(true)
}

/// What can be asked of the tenant's slots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotCommand {
    /// A slot for a stream of this thing.
    Acquire {
        slot: String,
        watched: Watched,
        limit: u32,
    },
    /// These streams are still open.
    Renew {
        slots: Vec<String>,
        watched: Watched,
    },
    /// These streams are closed.
    Release { slots: Vec<String> },
}

/// The way to the slots.
#[derive(Clone, Copy, Debug)]
pub struct StreamSlots<'a>(&'a JsValue);

impl<'a> StreamSlots<'a> {
    pub const fn new(env: &'a JsValue) -> Self {
        Self(env)
    }

    pub async fn give(self, owner: &Owner, wish: &SlotCommand) -> Result<(), ApiError> {
        command::<Done>(self.0, BINDING, &owner.organisation, wish)
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wish_to_listen_survives_the_address() {
        let wish = EventsRequest {
            owner: None,
            ticket: Some("a&b=c#%".into()),
            last_event_id: Some(2),
            streams_limit: None,
            by_link: false,
        };
        let mut url = Url::parse("https://object/events").unwrap();
        url.query_pairs_mut()
            .append_pair("request", &serde_json::to_string(&wish).unwrap());
        assert_eq!(EventsRequest::from_url(url.as_str()), Some(wish));
        assert_eq!(EventsRequest::from_url("https://object/events"), None);
    }
}
