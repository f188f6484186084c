//! What every object of this crate has in common that is the authority for one record: it loads it
//! once, changes it in one synchronous turn, stores it, and only then speaks. What others must learn
//! is derived from the stored record, so a crash between any two steps loses nothing. The rules of
//! the record itself are none of this module's business.

mod events;
mod outbox;
mod tickets;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_edge::config::Config;
use proof_edge::objects::{ObjectContext, Watched, reply};
use proof_edge::platform::EventStreams;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::{fault, now};

/// A record that is pending at first and over in the end.
pub(crate) trait Record: Clone + PartialEq + Serialize + DeserializeOwned + 'static {
    /// Where the storage keeps it.
    const KEY: &'static str;
    /// Where the API shows things of this kind.
    const PATH: &'static str;
    /// Whether a person who has its id may see how it stands.
    const HAS_PAGE: bool = false;

    /// Its id as the API writes it.
    fn name(&self) -> String;
    /// What its event streams watch.
    fn watched(&self) -> Watched;
    fn owner(&self) -> &Owner;
    /// Digest of the request that created it.
    fn fingerprint(&self) -> &str;
    /// Whether live status has nothing more to tell.
    fn is_terminal(&self) -> bool;
    /// Whether its time is over and it does not say so yet.
    fn is_overdue(&self, now: Timestamp) -> bool;
    /// Ends it if its time is over.
    fn settle(&mut self, now: Timestamp);
    /// The number of the newest event.
    fn sequence(&self) -> usize;
    /// The data of the event of this number, 1 being the first.
    fn event(&self, number: usize) -> Option<impl Serialize>;
    /// When it has to wake for its own lifecycle, while it is not over.
    fn wakes_at(&self) -> Timestamp;
    /// From when on it is kept for the operator's retention and no longer; none while it is not over.
    fn kept_from(&self) -> Option<Timestamp>;
    /// Whether its id must never name anything else.
    fn is_repeatable(&self) -> bool;
    /// Whether somebody has to be told something.
    fn owes(&self) -> bool;
    /// Tells them. What cannot be told now is tried again; telling it twice must do no harm.
    fn pay(inside: &Rc<Inside<Self>>) -> impl Future<Output = Result<(), ApiError>>;
    /// Takes what is personal from wherever others were told of it: its retention is over, and then
    /// the record is deleted. Done again after a failure.
    fn forget(
        inside: &Rc<Inside<Self>>,
        record: &Self,
    ) -> impl Future<Output = Result<(), ApiError>>;
    /// Sees to it that nothing of it acts any more, before it is deleted at the tenant's wish. Done
    /// again after a failure.
    fn let_go(
        inside: &Rc<Inside<Self>>,
        record: &Self,
    ) -> impl Future<Output = Result<(), ApiError>>;
}

/// The object of one record.
pub(crate) struct Inside<R> {
    pub(crate) context: ObjectContext,
    pub(crate) config: Rc<Config>,
    /// What the storage holds, once it was read.
    record: RefCell<Option<Rc<R>>>,
    loaded: Cell<bool>,
    streams: OnceCell<EventStreams>,
    /// Whether the outbox is being emptied, and whether it has to be looked at again after that.
    flushing: Cell<bool>,
    flush_again: Cell<bool>,
    /// Whether somebody is at deleting the record.
    erasing: Cell<bool>,
    /// Failed attempts in a row to empty the outbox.
    failures: Cell<u32>,
}

/// A reply in the form that crosses between objects and functions.
pub(crate) fn said<T: Serialize>(outcome: &Result<T, ApiError>) -> JsValue {
    JsValue::from(reply(outcome, false))
}

impl<R: Record> Inside<R> {
    pub(crate) fn new(context: JsValue, env: JsValue) -> Rc<Self> {
        let config = Config::of(&env);
        Rc::new(Self {
            context: ObjectContext::new(context, env),
            config,
            record: RefCell::new(None),
            loaded: Cell::new(false),
            streams: OnceCell::new(),
            flushing: Cell::new(false),
            flush_again: Cell::new(false),
            erasing: Cell::new(false),
            failures: Cell::new(0),
        })
    }

    pub(crate) fn load(&self) -> Result<Option<Rc<R>>, ApiError> {
        if !self.loaded.get() {
            let stored = self.context.load(R::KEY).map_err(fault)?;
            self.record.replace(stored.map(Rc::new));
            self.loaded.set(true);
        }
        Ok(self.record.borrow().clone())
    }

    /// The record, if there is one and the caller owns it.
    pub(crate) fn owned(&self, owner: &Owner) -> Result<Rc<R>, ApiError> {
        self.load()?
            .filter(|record| record.owner() == owner)
            .ok_or_else(ApiError::not_found)
    }

    /// Whether this creation was carried out before. A key that was used with another request, or
    /// for a thing that is gone, is refused.
    pub(crate) fn is_repetition(
        &self,
        owner: &Owner,
        fingerprint: &str,
        repeatable: bool,
    ) -> Result<bool, ApiError> {
        match self.load()? {
            None if repeatable && self.is_retired()? => Err(ApiError::key_was_used()),
            None => Ok(false),
            Some(known) if known.owner() == owner && known.fingerprint() == fingerprint => Ok(true),
            Some(_) => Err(ApiError::key_was_used()),
        }
    }

    /// Stores a changed record, tells the open streams, and sees to everybody else after the answer.
    pub(crate) fn save(self: &Rc<Self>, record: R) -> Result<(), ApiError> {
        let before = self
            .record
            .borrow()
            .as_ref()
            .map_or(0, |record| record.sequence());
        self.store(record)?;
        self.announce(before);
        self.flush_after_answer();
        Ok(())
    }

    /// One commit: the record and the time to wake.
    pub(crate) fn store(&self, record: R) -> Result<(), ApiError> {
        self.context.store(R::KEY, &record).map_err(fault)?;
        self.context
            .wake_at(self.next_wake(&record))
            .map_err(fault)?;
        self.remember(record);
        Ok(())
    }

    /// Keeps a change in memory that can be made again; the next commit stores it.
    pub(crate) fn remember(&self, record: R) {
        self.record.replace(Some(Rc::new(record)));
    }

    /// Lets a rule change the record, and stores it whether or not the rule agreed.
    pub(crate) fn change<T>(
        self: &Rc<Self>,
        owner: &Owner,
        rule: impl FnOnce(&mut R) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let before = self.owned(owner)?;
        let mut record = R::clone(&before);
        let outcome = rule(&mut record);
        if record != *before {
            self.save(record)?;
        }
        outcome
    }

    /// The record as it stands now: what was pending and whose time is over has ended.
    pub(crate) fn settled(self: &Rc<Self>, record: Rc<R>) -> Result<Rc<R>, ApiError> {
        if !record.is_overdue(now()) {
            return Ok(record);
        }
        let mut ended = Rc::unwrap_or_clone(record);
        ended.settle(now());
        self.save(ended)?;
        self.load()?.ok_or_else(ApiError::not_found)
    }
}
