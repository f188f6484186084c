//! What an object owes others is read off the stored record, paid at once after the answer, and
//! tried again by the alarm until it is done. When all is over and its time has passed, the record
//! is deleted.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_edge::log::{self, Event};
use proof_edge::objects::Done;

use super::{Inside, Record};
use crate::{fault, now, retry_delay};

/// Where the mark of a deleted record is kept.
const RETIRED: &str = "retired";

impl<R: Record> Inside<R> {
    /// When the alarm has to ring: for what is owed, or for the record's own lifecycle.
    pub(super) fn next_wake(&self, record: &R) -> Timestamp {
        let own = match record.kept_from() {
            Some(from) => from.plus_seconds(self.config.retention_seconds),
            None => record.wakes_at(),
        };
        if record.owes() {
            own.min(now().plus_seconds(retry_delay(self.failures.get())))
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
        if self.is_disposable(&record) {
            // Should it fail, the next ring tries again.
            let again = now().plus_seconds(retry_delay(self.failures.get().saturating_add(1)));
            self.context.wake_at(again).map_err(fault)?;
            return self.retire(&record).await;
        }
        self.context.wake_at(self.next_wake(&record)).map_err(fault)
    }

    /// Whether its time has passed: it is over, nobody has to be told, its retention is over too.
    fn is_disposable(&self, record: &R) -> bool {
        let until = |from: Timestamp| from.plus_seconds(self.config.retention_seconds);
        !record.owes() && record.kept_from().is_some_and(|from| now() >= until(from))
    }

    /// Deletes the record. An id that belongs to an idempotency key leaves a mark behind: were it
    /// given to another thing, the ledger's old rows would speak for the new one.
    async fn retire(self: &Rc<Self>, record: &R) -> Result<(), ApiError> {
        if let Err(error) = R::forget(self, record).await {
            self.failures.set(self.failures.get().saturating_add(1));
            self.note_failure(&error);
            return Ok(());
        }
        self.delete(record).await
    }

    async fn delete(&self, record: &R) -> Result<(), ApiError> {
        self.context.erase().await.map_err(fault)?;
        self.record.replace(None);
        self.loaded.set(true);
        if record.is_repeatable() {
            self.context.store(RETIRED, &true).map_err(fault)?;
        }
        Ok(())
    }

    /// Deletes the record at its owner's wish, whatever its state. From this turn on it answers as if
    /// it did not exist, its streams end, and what is being told to others is waited for, so that
    /// nothing of it is written after this has answered. Where there is nothing, nothing is done.
    ///
    /// One wish after another: what is being deleted is not in memory, but the storage holds it, and
    /// should the deletion fail, it is there again. Who came meanwhile must not hear that it is gone.
    pub(crate) async fn erase(self: &Rc<Self>, owner: &Owner) -> Result<Done, ApiError> {
        while self.erasing.replace(true) {
            proof_edge::platform::sleep(5).await;
        }
        let erased = self.erase_alone(owner).await;
        self.erasing.set(false);
        erased.map(|()| Done {})
    }

    async fn erase_alone(self: &Rc<Self>, owner: &Owner) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owner() == owner) else {
            return Ok(());
        };
        if record.is_repeatable() {
            self.context.store(RETIRED, &true).map_err(fault)?;
        }
        self.record.replace(None);
        self.end_streams();
        while self.flushing.get() {
            proof_edge::platform::sleep(5).await;
        }
        let deleted = match R::let_go(self, &record).await {
            Ok(()) => self.delete(&record).await,
            failed => failed,
        };
        if deleted.is_err() {
            self.loaded.set(false);
        }
        deleted
    }

    /// Nothing is here, and nothing that an idempotency key or a request names so may ever be.
    pub(crate) fn retire_unborn(&self) -> Result<(), ApiError> {
        self.context.store(RETIRED, &true).map_err(fault)
    }

    /// Whether there was a record here that is deleted, or is just being.
    pub(crate) fn is_retired(&self) -> Result<bool, ApiError> {
        let mark: Option<bool> = self.context.load(RETIRED).map_err(fault)?;
        Ok(mark.is_some() || self.erasing.get())
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
