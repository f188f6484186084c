//! The authority for one delivery of an event to one receiver. It writes down that it tries before it
//! tries, and what came of it before it tells anybody; so whatever ends in between, the event reaches
//! its receiver at least once, and the ledger hears how it went.

mod driving;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::Delivery;
use proof_domain::webhook::view::{DeliveryDetails, DeliveryView};
use proof_edge::config::Config;
use proof_edge::ledger::KnownEndpoint;
use proof_edge::objects::{Beginning, DeliveryCommand, Done, ObjectContext};
use proof_edge::platform::{now_millis, sleep};
use proof_edge::work::begin;
use wasm_bindgen::prelude::*;

use crate::record::said;
use crate::{fault, now, read_command};

const RECORD: &str = "delivery";
/// Where the mark of an erased record is kept: what begins it again comes too late.
const ERASED: &str = "erased";
/// Until it is seen again whether something is still on its way.
const REST_MILLISECONDS: u32 = 20;

/// The object.
#[wasm_bindgen]
pub struct DeliveryObject(Rc<Inside>);

impl std::fmt::Debug for DeliveryObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeliveryObject")
    }
}

struct Inside {
    context: ObjectContext,
    config: Rc<Config>,
    /// What the storage holds, once it was read.
    record: RefCell<Option<Rc<Delivery>>>,
    loaded: Cell<bool>,
    /// The endpoint, if it was told as it is now and nothing was waited for since.
    endpoint: RefCell<Option<KnownEndpoint>>,
    /// Whether somebody is at it.
    busy: Cell<bool>,
    /// Whether something of it is on its way to the receiver or the ledger.
    telling: Cell<bool>,
    /// Failed attempts in a row to tell the ledger.
    failures: Cell<u32>,
}

#[wasm_bindgen]
impl DeliveryObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        let config = Config::of(&env);
        Self(Rc::new(Inside {
            context: ObjectContext::new(context, env),
            config,
            record: RefCell::new(None),
            loaded: Cell::new(false),
            endpoint: RefCell::new(None),
            busy: Cell::new(false),
            telling: Cell::new(false),
            failures: Cell::new(0),
        }))
    }

    /// Obeys one command.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        match read_command(message) {
            Err(error) => said::<()>(&Err(error)),
            Ok(command) => begin(async move { Ok(inside.obey(command).await) }),
        }
    }

    pub fn fetch(&self, _url: &str) -> JsValue {
        JsValue::UNDEFINED
    }

    /// The time for the next step has come.
    pub fn alarm(&self) -> JsValue {
        let inside = self.0.clone();
        begin(async move {
            inside
                .wake()
                .await
                .map_err(|error| JsValue::from(error.to_string()))?;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Inside {
    async fn obey(self: Rc<Self>, command: DeliveryCommand) -> JsValue {
        match command {
            DeliveryCommand::Begin(with) => said(&self.begin(*with)),
            DeliveryCommand::Get { owner } => said(&self.get(&owner)),
            DeliveryCommand::Retry { owner } => said(&self.retry(&owner)),
            DeliveryCommand::Erase { owner } => said(&self.erase(&owner).await),
        }
    }

    fn begin(self: &Rc<Self>, with: Beginning) -> Result<Done, ApiError> {
        if self.load()?.is_none() && !self.is_erased()? {
            self.store(Delivery::new(with.new, now()))?;
            self.endpoint.replace(with.endpoint);
        }
        self.go_on_after_answer();
        Ok(Done {})
    }

    fn get(&self, owner: &Owner) -> Result<DeliveryDetails, ApiError> {
        Ok(self.owned(owner)?.details())
    }

    fn retry(self: &Rc<Self>, owner: &Owner) -> Result<DeliveryView, ApiError> {
        let mut record = Rc::unwrap_or_clone(self.owned(owner)?);
        record.retry(now())?;
        let view = record.view();
        self.store(record)?;
        self.go_on_after_answer();
        Ok(view)
    }

    /// Deletes the record at its owner's wish, whatever its state. From this turn on it answers as if
    /// it did not exist, and nothing is sent any more; what is on its way is waited for, so that
    /// nothing comes after this has answered.
    async fn erase(&self, owner: &Owner) -> Result<Done, ApiError> {
        if self.load()?.is_some_and(|record| record.of.owner != *owner) {
            return Ok(Done {});
        }
        self.context.store(ERASED, &true).map_err(fault)?;
        self.record.replace(None);
        self.rest().await;
        self.forget().await?;
        // The mark went with the rest.
        self.context.store(ERASED, &true).map_err(fault)?;
        Ok(Done {})
    }

    /// Waits until nothing of it is on its way, as long as that can take.
    async fn rest(&self) {
        let until = now_millis() + 1_000 * driving::longest_attempt(&self.config);
        while self.telling.get() && now_millis() < until {
            sleep(REST_MILLISECONDS).await;
        }
    }

    async fn forget(&self) -> Result<(), ApiError> {
        self.record.replace(None);
        self.context.erase().await.map_err(|error| {
            // The storage still holds it.
            self.loaded.set(false);
            fault(error)
        })
    }

    fn is_erased(&self) -> Result<bool, ApiError> {
        let mark: Option<bool> = self.context.load(ERASED).map_err(fault)?;
        Ok(mark.is_some())
    }

    fn load(&self) -> Result<Option<Rc<Delivery>>, ApiError> {
        if !self.loaded.get() {
            let mut stored: Option<Delivery> = self.context.load(RECORD).map_err(fault)?;
            // An erasure that was cut off leaves the record, which does not count any more.
            if stored.is_some() && self.is_erased()? {
                stored = None;
            }
            self.record.replace(stored.map(Rc::new));
            self.loaded.set(true);
        }
        Ok(self.record.borrow().clone())
    }

    fn owned(&self, owner: &Owner) -> Result<Rc<Delivery>, ApiError> {
        self.load()?
            .filter(|record| record.of.owner == *owner)
            .ok_or_else(ApiError::not_found)
    }

    /// One commit: the record and the time to wake.
    fn store(&self, record: Delivery) -> Result<(), ApiError> {
        self.context.store(RECORD, &record).map_err(fault)?;
        self.context
            .wake_at(self.next_wake(&record))
            .map_err(fault)?;
        self.record.replace(Some(Rc::new(record)));
        Ok(())
    }

    /// Lets a rule change the record as it is now, and stores it.
    fn change(&self, rule: impl FnOnce(&mut Delivery)) -> Result<(), ApiError> {
        let Some(mut record) = self.load()?.map(Rc::unwrap_or_clone) else {
            return Ok(());
        };
        rule(&mut record);
        self.store(record)
    }

    fn next_wake(&self, record: &Delivery) -> Timestamp {
        driving::next_wake(record, &self.config, self.failures.get(), now())
    }
}
