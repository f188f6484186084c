//! What an object owes others is read off the stored record, paid at once after the answer, and
//! tried again by the alarm until it is done. When all is over and its time has passed, the record
//! is deleted.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use proof_edge::log::{self, Event};

use super::{Inside, Record};
use crate::{fault, now};

/// Seconds until the first repetition; doubled after every failure up to the last.
const FIRST_RETRY: i64 = 2;
const LAST_RETRY: i64 = 300;
/// Where the mark of a deleted record is kept.
const RETIRED: &str = "retired";

impl<R: Record> Inside<R> {
    /// When the alarm has to ring: for what is owed, or for the record's own lifecycle.
    pub(super) fn next_wake(&self, record: &R) -> Timestamp {
        let own = record.wakes_at();
        if record.owes() {
            let delay = FIRST_RETRY << self.failures.get().min(8);
            own.min(now().plus_seconds(delay.min(LAST_RETRY)))
        } else {
            own
        }
    }

    /// The alarm rang. Running it twice does no harm.
    pub(crate) async fn wake(self: &Rc<Self>) -> Result<(), ApiError> {
        let Some(record) = self.load()? else {
            return Ok(());
        };
        self.settled(record)?;
        self.flush_now().await;
        let Some(record) = self.load()? else {
            return Ok(());
        };
        if record.is_disposable(now()) {
            return self.retire(&record).await;
        }
        self.context.wake_at(self.next_wake(&record)).map_err(fault)
    }

    /// Deletes the record. An id that belongs to an idempotency key leaves a mark behind: were it
    /// given to another thing, the ledger's old rows would speak for the new one.
    async fn retire(&self, record: &R) -> Result<(), ApiError> {
        self.context.erase().await.map_err(fault)?;
        self.record.replace(None);
        if record.is_repeatable() {
            self.context.store(RETIRED, &true).map_err(fault)?;
        }
        Ok(())
    }

    /// Whether there was a record here that is deleted.
    pub(crate) fn is_retired(&self) -> Result<bool, ApiError> {
        let mark: Option<bool> = self.context.load(RETIRED).map_err(fault)?;
        Ok(mark.is_some())
    }

    pub(super) fn flush_after_answer(self: &Rc<Self>) {
        let inside = self.clone();
        self.context
            .after_answer(async move { inside.flush_now().await });
    }

    /// Empties the outbox, one at a time; who comes while it is being emptied makes it go round again.
    pub(crate) async fn flush_now(self: &Rc<Self>) {
        if self.flushing.replace(true) {
            self.flush_again.set(true);
            while self.flushing.get() {
                proof_edge::platform::sleep(5).await;
            }
            return;
        }
        loop {
            self.flush_again.set(false);
            let done = R::pay(self).await;
            self.failures.set(if done.is_ok() {
                0
            } else {
                self.failures.get().saturating_add(1)
            });
            if let Err(error) = &done {
                self.note_failure(error);
            }
            if !self.flush_again.get() {
                break;
            }
        }
        self.flushing.set(false);
    }

    fn note_failure(&self, error: &ApiError) {
        let id = self.load().ok().flatten().map(|record| record.name());
        log::write(&Event {
            level: "warn",
            event: "outbox",
            id: id.as_deref().unwrap_or("?"),
            error: Some(error.internal.as_deref().unwrap_or(&error.message)),
        });
    }
}
