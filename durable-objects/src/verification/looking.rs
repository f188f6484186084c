//! Looking at a domain by itself, by alarm, while the challenge runs. That a look has begun is stored
//! before it begins and when the next one is due after it has ended, so that one which gets lost is
//! made again, and the record is never held while anybody waits for the network.

use std::rc::Rc;

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::verification::{CheckSchedule, Question, Verification};
use proof_edge::channels::settings_in;
use proof_edge::domain_look::look;
use proof_edge::log::{self, Event};
use proof_edge::objects::{CheckReport, IdentifierLimits};
use proof_evidence::domain_check::Resolvers;

use super::{Inside, proving, wanted};
use crate::now;

impl Inside {
    pub(super) fn check_schedule(&self) -> CheckSchedule {
        CheckSchedule {
            first_seconds: self.config.domain_check_seconds,
        }
    }

    /// The alarm rang: for a look that is due, or for whatever else the record has to wake for.
    pub(super) async fn look_and_wake(self: &Rc<Self>) -> Result<(), ApiError> {
        self.look_if_due().await?;
        self.wake().await
    }

    async fn look_if_due(self: &Rc<Self>) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.is_check_due(now())) else {
            return Ok(());
        };
        let owner = record.owner.clone();
        self.change(&owner, |record| {
            record.begin_check(now());
            Ok(())
        })?;
        let seen = self.look_once(&record).await;
        let (schedule, proof, now) = (self.check_schedule(), proving::new_proof(), now());
        match seen {
            Ok(report) => {
                let found = report.found;
                let check = report.seen_at(now);
                self.change(&owner, |record| {
                    record.checked_by_itself(check, found, proof, schedule, now);
                    Ok(())
                })?;
                // Nobody waits for the token; should it fail now, the next reader signs.
                let _ = self.proven(&owner).await;
            }
            Err(error) => {
                self.change(&owner, |record| {
                    record.end_check(schedule, now);
                    Ok(())
                })?;
                log::write(&Event {
                    level: "warn",
                    event: "look",
                    id: &record.id.to_string(),
                    error: Some(error.internal.as_deref().unwrap_or(&error.message)),
                });
            }
        }
        Ok(())
    }

    async fn look_once(&self, record: &Verification) -> Result<CheckReport, ApiError> {
        let Question::PublishedToken { token } = &record.challenge.question else {
            return Err(ApiError::internal("a look without a token"));
        };
        let env = self.context.env();
        let settings = settings_in(env, None, Channel::Dns).await?;
        let resolvers = Resolvers::from_settings(&settings)
            .map_err(|missing| ApiError::internal(missing.to_string()))?;
        IdentifierLimits::new(env)
            .take_look(
                self.config.id_secret()?,
                &record.owner,
                &record.identifier,
                now(),
            )
            .await?;
        look(&resolvers, &wanted(record, token.clone())).await
    }
}
