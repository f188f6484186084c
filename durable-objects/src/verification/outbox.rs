//! What the object owes others: the ledger its row, the person the message. Both are read off the
//! stored record, tried at once after the answer, and tried again by the alarm until they are done.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Verification;
use proof_edge::ledger::Ledger;
use proof_edge::log::{self, Event};

use super::Inside;
use crate::{fault, mail, now};

/// Seconds until the first repetition; doubled after every failure up to the last.
const FIRST_RETRY: i64 = 2;
const LAST_RETRY: i64 = 300;
/// A message that could not be handed over this often is given up; the person can ask for another.
const MESSAGE_TRIES: u8 = 6;
/// Where the mark of a deleted record is kept.
const RETIRED: &str = "retired";

impl Inside {
    /// When the alarm has to ring: for what is owed, or for the record's own lifecycle.
    pub(super) fn next_wake(&self, record: &Verification) -> Timestamp {
        let own = record.wakes_at();
        if record.owes_ledger() || record.owes_message().is_some() {
            let delay = FIRST_RETRY << self.failures.get().min(8);
            own.min(now().plus_seconds(delay.min(LAST_RETRY)))
        } else {
            own
        }
    }

    /// The alarm rang. Running it twice does no harm.
    pub(super) async fn wake(self: &Rc<Self>) -> Result<(), ApiError> {
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
    /// given to another verification, the ledger's old rows would speak for the new one.
    async fn retire(&self, record: &Verification) -> Result<(), ApiError> {
        self.context.erase().await.map_err(fault)?;
        self.record.replace(None);
        if record.repeatable {
            self.context.store(RETIRED, &true).map_err(fault)?;
        }
        Ok(())
    }

    /// Whether there was a verification here whose record is deleted.
    pub(super) fn is_retired(&self) -> Result<bool, ApiError> {
        let mark: Option<bool> = self.context.load(RETIRED).map_err(fault)?;
        Ok(mark.is_some())
    }

    pub(super) fn flush_after_answer(self: &Rc<Self>) {
        let inside = self.clone();
        self.context
            .after_answer(async move { inside.flush_now().await });
    }

    /// Empties the outbox, one at a time; who comes while it is being emptied makes it go round again.
    pub(super) async fn flush_now(self: &Rc<Self>) {
        if self.flushing.replace(true) {
            self.flush_again.set(true);
            while self.flushing.get() {
                proof_edge::platform::sleep(5).await;
            }
            return;
        }
        loop {
            self.flush_again.set(false);
            let done = self.pay().await;
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

    async fn pay(&self) -> Result<(), ApiError> {
        let mail = self.pay_message().await;
        self.pay_ledger().await?;
        mail
    }

    async fn pay_ledger(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owes_ledger()) else {
            return Ok(());
        };
        Ledger::new(self.context.env()).record(&record).await?;
        // It may have moved on in the meantime; what was written is what counts as known.
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
            current.ledger_revision = current.ledger_revision.max(record.revision);
            self.store(current)?;
        }
        Ok(())
    }

    async fn pay_message(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()? else {
            return Ok(());
        };
        let (Some(code), Some(delivery)) = (record.owes_message(), &record.delivery) else {
            return Ok(());
        };
        let sent = mail::send_code(&self.context, &self.config, &record, code).await;
        let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) else {
            return Ok(());
        };
        let same = current
            .delivery
            .as_ref()
            .is_some_and(|now| now.messages == delivery.messages);
        if !same || current.owes_message().is_none() {
            return Ok(());
        }
        match &sent {
            Ok(()) => current.delivered(true, now()),
            Err(_) if delivery.tries + 1 >= MESSAGE_TRIES => current.delivered(false, now()),
            Err(_) => {
                if let Some(delivery) = &mut current.delivery {
                    delivery.tries += 1;
                }
            }
        }
        self.store(current)?;
        sent
    }

    fn note_failure(&self, error: &ApiError) {
        let id = self
            .load()
            .ok()
            .flatten()
            .map(|record| record.id.to_string());
        log::write(&Event {
            level: "warn",
            event: "outbox",
            id: id.as_deref().unwrap_or("?"),
            error: Some(error.internal.as_deref().unwrap_or(&error.message)),
        });
    }
}
