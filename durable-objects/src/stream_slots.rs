//! The live event streams of one tenant: who has a slot, and whether a slot whose client vanished
//! can be given to somebody else. Kept in memory only; every heartbeat of a stream renews its slot.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use proof_edge::config::Config;
use proof_edge::objects::{Done, SlotCommand, Watched, probe_stream, reply};
use proof_edge::platform::sleep;
use proof_edge::work::begin;
use wasm_bindgen::prelude::*;

use crate::{now, read_command};

/// How long the platform may take to notice that a probed client is gone.
const PROBE_MILLISECONDS: u32 = 50;
const PROBES: u32 = 5;

/// The object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct StreamSlotsObject(Rc<Inside>);

#[derive(Debug)]
struct Inside {
    env: JsValue,
    /// Seconds after which a slot that nobody renewed is free.
    lifetime: i64,
    slots: RefCell<HashMap<String, Slot>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    watched: Watched,
    renewed_at: Timestamp,
}

#[wasm_bindgen]
impl StreamSlotsObject {
    #[wasm_bindgen(constructor)]
    pub fn new(_context: JsValue, env: JsValue) -> Self {
        let lifetime = i64::from(Config::of(&env).heartbeat_seconds) * 2 + 5;
        Self(Rc::new(Inside {
            env,
            lifetime,
            slots: RefCell::default(),
        }))
    }

    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        let wish = read_command(message);
        begin(async move {
            let outcome = match wish {
                Ok(wish) => inside.obey(wish).await,
                Err(error) => Err(error),
            };
            Ok(JsValue::from(reply(&outcome, false)))
        })
    }

    pub fn fetch(&self, _url: &str) -> JsValue {
        JsValue::UNDEFINED
    }

    pub fn alarm(&self) -> JsValue {
        JsValue::UNDEFINED
    }
}

impl Inside {
    async fn obey(&self, wish: SlotCommand) -> Result<Done, ApiError> {
        match wish {
            SlotCommand::Acquire {
                slot,
                watched,
                limit,
            } => {
                if !self.has_room(limit) {
                    self.probe_all(limit).await;
                }
                if !self.has_room(limit) {
                    return Err(ApiError::rate_limited(
                        "All event streams of this organisation are in use. Close one first.",
                        5,
                    ));
                }
                self.hold(slot, watched);
            }
            SlotCommand::Renew { slots, watched } => {
                for slot in slots {
                    self.hold(slot, watched);
                }
            }
            SlotCommand::Release { slots } => {
                let mut held = self.slots.borrow_mut();
                for slot in slots {
                    held.remove(&slot);
                }
            }
        }
        Ok(Done {})
    }

    fn hold(&self, slot: String, watched: Watched) {
        self.slots.borrow_mut().insert(
            slot,
            Slot {
                watched,
                renewed_at: now(),
            },
        );
    }

    fn has_room(&self, limit: u32) -> bool {
        let mut slots = self.slots.borrow_mut();
        let now = now();
        slots.retain(|_, slot| i64::from(now.seconds_since(slot.renewed_at)) < self.lifetime);
        slots.len() < limit as usize
    }

    /// Writes to every stream, a few times: the platform notices at the second write or so that a
    /// client is gone, and the slot comes back. A stream that somebody reads is never taken away.
    async fn probe_all(&self, limit: u32) {
        for _ in 0..PROBES {
            let held: Vec<(String, Slot)> = self
                .slots
                .borrow()
                .iter()
                .map(|(name, slot)| (name.clone(), *slot))
                .collect();
            for (name, slot) in held {
                if !probe_stream(&self.env, slot.watched, &name).await {
                    self.slots.borrow_mut().remove(&name);
                }
            }
            if self.has_room(limit) {
                return;
            }
            sleep(PROBE_MILLISECONDS).await;
        }
    }
}
