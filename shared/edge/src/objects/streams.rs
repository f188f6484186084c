//! How many live event streams a tenant has open. One object per tenant hands out slots; it keeps
//! them in memory only, because streams do not outlive a restart either, and every heartbeat of a
//! stream renews its slot.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::{Done, command};

const BINDING: &str = "STREAM_SLOTS";

/// What a stream tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watched {
    Verification(Id),
    Session(Id),
}

/// Objects with streams are asked this, whatever else they can be asked.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Probe<'a> {
    Probe { slot: &'a str },
}

/// Asks an object whether anybody still listens in this slot.
pub async fn probe_stream(env: &JsValue, watched: Watched, slot: &str) -> bool {
    let (binding, id) = match watched {
        Watched::Verification(id) => (super::verification::BINDING, id),
        Watched::Session(id) => ("SESSIONS", id),
    };
    let answer = command::<bool>(env, binding, &id.to_string(), &Probe::Probe { slot }).await;
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
