//! What a delivery does by itself: it tries when its time has come, and tells the ledger. One piece of
//! work is at it at a time; whatever it was doing when the system ended is seen by the next one.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::Delivery;
use proof_domain::webhook::delivery::{DeliveryState, Outcome, Pace};
use proof_domain::webhook::gate::Entry;
use proof_edge::config::Config;
use proof_edge::endpoints::Secrets;
use proof_edge::events;
use proof_edge::ledger::{KnownEndpoint, Ledger};
use proof_edge::log::{self, Event};
use proof_edge::objects::Gate;
use proof_edge::platform::{now_millis, random};
use proof_edge::sending::{self, Target};

use super::Inside;
use crate::{fault, now, retry_delay};

/// Beyond the time that a receiver has: for whoever is asked before it.
const SLACK_SECONDS: i64 = 15;
/// Until it is seen whether what was due is done.
const LOOK_AGAIN_SECONDS: i64 = 10;
/// Until somebody of ours who did not answer is asked again.
const ASK_AGAIN_SECONDS: u32 = 5;

/// Seconds that an attempt takes at the most.
pub(super) fn longest_attempt(config: &Config) -> i64 {
    i64::from(config.webhook_milliseconds.div_ceil(1_000)) + SLACK_SECONDS
}

/// When the alarm has to ring.
pub(super) fn next_wake(
    record: &Delivery,
    config: &Config,
    failures: u32,
    now: Timestamp,
) -> Timestamp {
    let kept_until = |from: Timestamp| from.plus_seconds(config.retention_seconds);
    // What is due is under way; should it not be, the alarm sees to it a little later.
    let own = record
        .wakes_at(longest_attempt(config))
        .map(|at| {
            if at <= now {
                now.plus_seconds(LOOK_AGAIN_SECONDS)
            } else {
                at
            }
        })
        .or_else(|| record.kept_from().map(kept_until))
        .unwrap_or(now);
    if record.owes() {
        return own.min(now.plus_seconds(retry_delay(failures)));
    }
    own
}

impl Inside {
    pub(super) fn go_on_after_answer(self: &Rc<Self>) {
        let inside = self.clone();
        self.context
            .after_answer(async move { inside.go_on().await });
    }

    /// The alarm rang. Running it twice does no harm. It fails for nobody's absence: the platform
    /// calls a failed alarm again for some minutes and then never more.
    pub(super) async fn wake(self: &Rc<Self>) -> Result<(), ApiError> {
        self.go_on().await;
        let Some(record) = self.load()? else {
            return Ok(());
        };
        if !self.is_disposable(&record) {
            return self.context.wake_at(self.next_wake(&record)).map_err(fault);
        }
        // Should it fail, the next ring tries again.
        let again = now().plus_seconds(retry_delay(self.failures.get().saturating_add(1)));
        self.context.wake_at(again).map_err(fault)?;
        self.retire(&record).await
    }

    /// Whether its time has passed: it is over, nobody has to be told, its retention is over too.
    fn is_disposable(&self, record: &Delivery) -> bool {
        let until = |from: Timestamp| from.plus_seconds(self.config.retention_seconds);
        !record.owes() && record.kept_from().is_some_and(|from| now() >= until(from))
    }

    /// Takes of whom it was from the ledger, and only then deletes the record. From this turn on it
    /// answers as if it were gone, so that nobody has it tried again in between.
    async fn retire(&self, record: &Delivery) -> Result<(), ApiError> {
        self.record.replace(None);
        let ledger = Ledger::new(self.context.env());
        let told = ledger.forget_delivery(record.of.id).await;
        self.count_failure(told.is_err());
        match told {
            Ok(()) => self.forget().await,
            Err(error) => {
                self.loaded.set(false);
                self.note(&error);
                Ok(())
            }
        }
    }

    /// Does what is due. What fails is noted, and done when the alarm rings again.
    async fn go_on(&self) {
        // Whoever is at it looks again before it ends.
        if self.busy.replace(true) {
            return;
        }
        if let Err(error) = self.steps().await {
            self.note(&error);
        }
        self.busy.set(false);
    }

    async fn steps(&self) -> Result<(), ApiError> {
        loop {
            let Some(record) = self.load()? else {
                return Ok(());
            };
            match record.state {
                // Nobody is at it: the system ended in the middle of an attempt.
                DeliveryState::Trying { .. } => {
                    let pace = self.pace();
                    self.change(|record| record.interrupted(pace, now()))?;
                }
                DeliveryState::Waiting { .. } if record.is_due(now()) => {
                    self.try_once(&record).await?;
                }
                _ => {
                    self.tell_ledger().await?;
                    // It may have been asked to try again meanwhile.
                    let is_due = self.load()?.is_some_and(|record| record.is_due(now()));
                    if !is_due {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Through the gate, to the receiver and back.
    async fn try_once(&self, record: &Delivery) -> Result<(), ApiError> {
        let env = self.context.env();
        let id = record.of.id;
        let gate = Gate::of(env, self.config.id_secret()?, record);
        // It is as it was told for this attempt, not for one after a wait.
        let endpoint = self.endpoint.take();
        match gate.enter(id).await {
            Ok(Entry::Open) => {}
            Ok(Entry::Wait { seconds }) => {
                // Those that are sent away together must not come back together.
                let chance = u32::from(random::<1>()[0]);
                let seconds = seconds + seconds * chance / 1_024;
                return self.change(|record| record.queue(seconds, now()));
            }
            Err(error) => {
                self.note(&error);
                return self.change(|record| record.queue(ASK_AGAIN_SECONDS, now()));
            }
        }
        let reached = self.through_gate(record, endpoint).await;
        // A gate that does not hear of it takes it for gone after a while.
        let left = gate.leave(id, *reached.as_ref().unwrap_or(&None)).await;
        if let Err(error) = left {
            self.note(&error);
        }
        reached.map(drop)
    }

    /// Whether the receiver answered, if it was asked, which is all that the gate wants to know.
    async fn through_gate(
        &self,
        record: &Delivery,
        endpoint: Option<KnownEndpoint>,
    ) -> Result<Option<bool>, ApiError> {
        let env = self.context.env();
        let target = match &endpoint {
            Some(known) => sending::known_target(env, record, known, now()).await,
            None => sending::target(env, record, now()).await,
        };
        match target {
            Err(error) => {
                self.note(&error);
                self.change(|record| record.queue(ASK_AGAIN_SECONDS, now()))?;
                Ok(None)
            }
            Ok(Target::Off(why)) => {
                self.change(|record| record.give_up(why, now()))?;
                Ok(None)
            }
            Ok(Target::Open {
                url,
                secrets,
                changed,
            }) => self.attempt(url, &secrets, changed).await,
        }
    }

    async fn attempt(
        &self,
        url: String,
        secrets: &Secrets,
        changed: Timestamp,
    ) -> Result<Option<bool>, ApiError> {
        let at = now();
        let mut begun = false;
        self.change(|record| {
            begun = record.begin_attempt(at);
            record.of.url = url;
        })?;
        let Some(record) = self.load()?.filter(|_| begun) else {
            return Ok(None);
        };
        let started = now_millis();
        let found = sending::look_up(self.context.env(), &record).await;
        // It may have been erased meanwhile.
        if self.load()?.is_none() {
            return Ok(None);
        }
        let outcome = match found {
            Ok(receiver) => {
                self.telling(sending::send(receiver, &record, secrets, at))
                    .await
            }
            Err(outcome) => outcome,
        };
        let took = u32::try_from(now_millis() - started).unwrap_or_default();
        let pace = self.pace();
        self.change(|record| record.end_attempt(&outcome, took, changed, pace, now()))?;
        Ok(Some(matches!(outcome, Outcome::Answered { .. })))
    }

    async fn tell_ledger(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owes()) else {
            return Ok(());
        };
        let moved = events::delivery_moved(self.context.env(), &record);
        let told = self.telling(moved).await;
        self.count_failure(told.is_err());
        told?;
        let (revision, report) = (record.revision, record.report);
        self.change(|record| record.told(revision, report))
    }

    /// Something of it is on its way to somebody, one thing at a time.
    async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        self.telling.set(true);
        let outcome = work.await;
        self.telling.set(false);
        outcome
    }

    fn count_failure(&self, failed: bool) {
        self.failures.set(if failed {
            self.failures.get().saturating_add(1)
        } else {
            0
        });
    }

    fn pace(&self) -> Pace {
        Pace {
            percent: self.config.webhook_retry_percent,
            random: u32::from_be_bytes(random()),
        }
    }

    fn note(&self, error: &ApiError) {
        let id = self.load().ok().flatten();
        let id = id.map_or_else(|| "?".to_owned(), |record| record.of.id.to_string());
        log::write(&Event {
            level: "warn",
            event: "delivery",
            id: &id,
            error: Some(error.internal.as_deref().unwrap_or(&error.message)),
        });
    }
}
