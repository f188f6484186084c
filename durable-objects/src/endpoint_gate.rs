//! How many deliveries one receiver gets at a time. One that is dead holds few connections, however
//! many deliveries wait for it, and takes none from other receivers. What it knows is in memory only:
//! a gate that has forgotten is open, which is right for a receiver that nobody knows anything of.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::pin;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use proof_domain::id::Id;
use proof_domain::webhook::gate::{Entry, Gate};
use proof_edge::config::Config;
use proof_edge::objects::{Done, GateCommand, reply};
use proof_edge::platform::{now_millis, sleep};
use proof_edge::work::begin;
use wasm_bindgen::prelude::*;

use crate::read_command;

/// How long somebody may stand in line before it is sent away.
const STANDING_MILLISECONDS: u32 = 20_000;

/// The object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct EndpointGateObject(Rc<Inside>);

#[derive(Debug)]
struct Inside {
    gate: RefCell<Gate>,
    /// Those who stand in line, to be told in their turn.
    line: RefCell<HashMap<Id, oneshot::Sender<Entry>>>,
}

#[wasm_bindgen]
impl EndpointGateObject {
    #[wasm_bindgen(constructor)]
    #[expect(clippy::needless_pass_by_value, reason = "the platform gives it")]
    pub fn new(_context: JsValue, env: JsValue) -> Self {
        let longest = i64::from(Config::of(&env).webhook_milliseconds);
        Self(Rc::new(Inside {
            gate: RefCell::new(Gate::new(longest)),
            line: RefCell::default(),
        }))
    }

    /// Obeys one command.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        let wish = read_command(message);
        begin(async move {
            Ok(JsValue::from(match wish {
                Err(error) => reply::<()>(&Err(error), false),
                Ok(GateCommand::Leave { delivery, reached }) => {
                    inside.leave(delivery, reached);
                    reply(&Ok(Done {}), false)
                }
                Ok(GateCommand::Enter { delivery }) => {
                    reply(&Ok(inside.enter(delivery).await), false)
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

impl Inside {
    async fn enter(&self, who: Id) -> Entry {
        let answer = self.gate.borrow_mut().knock(who, now_millis());
        if let Some(entry) = answer {
            return entry;
        }
        let (tell, told) = oneshot::channel();
        self.line.borrow_mut().insert(who, tell);
        match select(told, pin!(sleep(STANDING_MILLISECONDS))).await {
            Either::Left((Ok(entry), _)) => entry,
            // It has come again and stands there a second time; nobody waits for the first any more.
            Either::Left((Err(_), _)) => Entry::Wait { seconds: 1 },
            Either::Right(_) => {
                self.line.borrow_mut().remove(&who);
                self.gate.borrow_mut().tire(who, now_millis())
            }
        }
    }

    fn leave(&self, who: Id, reached: Option<bool>) {
        let mut leaving = vec![(who, reached)];
        while let Some((who, reached)) = leaving.pop() {
            let next = self.gate.borrow_mut().leave(who, reached, now_millis());
            for (who, entry) in next {
                let tell = self.line.borrow_mut().remove(&who);
                let is_there = tell.is_some_and(|tell| tell.send(entry).is_ok());
                if !is_there && entry == Entry::Open {
                    // Its place goes to the next one.
                    leaving.push((who, None));
                }
            }
        }
    }
}
