//! How many deliveries one receiver gets at a time. One that is dead holds few connections, however
//! many deliveries wait for it, and takes none from other receivers. What it knows is in memory only:
//! a gate that has forgotten is open, which is right for a receiver that nobody knows anything of.

use std::cell::RefCell;
use std::rc::Rc;

use proof_domain::webhook::gate::Gate;
use proof_edge::config::Config;
use proof_edge::objects::{Done, Entry, GateCommand, reply};
use proof_edge::platform::{now_millis, sleep};
use proof_edge::work::begin;
use wasm_bindgen::prelude::*;

use crate::read_command;

/// How long somebody may stand at the gate before it is sent away.
const STANDING_MILLISECONDS: i64 = 3_000;

/// The object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct EndpointGateObject(Rc<RefCell<Gate>>);

#[wasm_bindgen]
impl EndpointGateObject {
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "the platform gives it")]
    pub fn new(_context: JsValue, env: JsValue) -> Self {
        let longest = i64::from(Config::of(&env).webhook_milliseconds);
        Self(Rc::new(RefCell::new(Gate::new(longest))))
    }

    /// Obeys one command.
    pub fn command(&self, message: &str) -> JsValue {
        let gate = self.0.clone();
        let wish = read_command(message);
        begin(async move {
            Ok(JsValue::from(match wish {
                Err(error) => reply::<()>(&Err(error), false),
                Ok(GateCommand::Leave { delivery, reached }) => {
                    gate.borrow_mut().leave(delivery, reached, now_millis());
                    reply(&Ok(Done {}), false)
                }
                Ok(GateCommand::Enter { delivery }) => {
                    reply(&Ok(enter(&gate, delivery).await), false)
                }
            }))
        })
    }

    pub fn fetch(&self, _url: &str) -> JsValue {
        JsValue::UNDEFINED
    }

    pub fn alarm(&self) -> JsValue {
        JsValue::UNDEFINED
    }
}

async fn enter(gate: &RefCell<Gate>, delivery: proof_domain::id::Id) -> Entry {
    let came = now_millis();
    loop {
        let now = now_millis();
        if gate.borrow_mut().enter(delivery, now) {
            return Entry::Open;
        }
        let stays = now - came < STANDING_MILLISECONDS && gate.borrow_mut().may_stand(delivery);
        if !stays {
            let seconds = gate.borrow_mut().send_away(delivery, now);
            return Entry::Wait { seconds };
        }
        let wait = gate.borrow().turn_in(delivery);
        sleep(wait).await;
    }
}
