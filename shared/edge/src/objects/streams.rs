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

/// What can be asked of the tenant's slots.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotCommand {
    /// A slot for a stream of this verification.
    Acquire {
        slot: String,
        verification: Id,
        limit: u32,
    },
    /// These streams are still open.
    Renew {
        slots: Vec<String>,
        verification: Id,
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
