//! What the object of a verification owes others: the ledger its row, listeners the
//! events, the person the message.

use std::rc::Rc;

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::verification::{Status, Verification};
use proof_domain::verification_request::Report;
use proof_edge::events;
use proof_edge::ledger::Ledger;
use proof_edge::objects::{report, report_of};

use super::Inside;
use crate::{mail, now, texts};

/// A message that could not be handed over this often is given up; the person can ask for another.
const MESSAGE_TRIES: u8 = 6;

/// What is said of a provider that never took the message.
const OUT_OF_REACH: &str = "out_of_reach";

/// Why a message was not handed over.
#[derive(Debug)]
pub(crate) enum Unsent {
    /// It may be, later; why it was not this time, for the tenant and for the log.
    Later { reason: String, error: ApiError },
    /// It never will; in one of the provider's documented words.
    Never(String),
}

impl Unsent {
    /// Later, for a reason that concerns nobody but us.
    pub(crate) fn later(error: ApiError) -> Self {
        Self::Later {
            reason: OUT_OF_REACH.to_owned(),
            error,
        }
    }
}

/// The messages that a developer's inbox holds.
#[cfg(feature = "local")]
async fn forget_messages(ledger: &Ledger, record: &Verification) -> Result<(), ApiError> {
    ledger.forget_messages(record.id).await
}

#[cfg(not(feature = "local"))]
#[expect(clippy::unused_async, reason = "as the local one")]
async fn forget_messages(_: &Ledger, _: &Verification) -> Result<(), ApiError> {
    Ok(())
}

impl Inside {
    pub(super) async fn pay_all(self: &Rc<Self>) -> Result<(), ApiError> {
        // The request first: its time may be nearly over. The message last: a mail server may take long.
        let request = self.pay_request().await;
        let told = self.pay_told().await;
        self.pay_message().await.and(told).and(request)
    }

    /// Tells the request that it belongs to how it ended.
    async fn pay_request(self: &Rc<Self>) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owes_request()) else {
            return Ok(());
        };
        let (Some(of), told) = (record.request, record.history.len()) else {
            return Ok(());
        };
        let (env, owner) = (self.context.env(), &record.owner);
        for change in record.history.iter().skip(record.told.request) {
            let ending = match change.status {
                Status::Pending => continue,
                Status::Failed => Report::Ended,
                Status::Expired => Report::Late,
                Status::Revoked => Report::Revoked,
                Status::Verified => {
                    let view = self.proven(owner).await?;
                    report_of(&view).unwrap_or(Report::Ended)
                }
            };
            report(env, owner.clone(), of, record.id, ending).await?;
        }
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
            current.told.request = current.told.request.max(told);
            self.store(current)?;
        }
        Ok(())
    }

    /// Tells the ledger, and whoever listens what happened, entry by entry. The proof has to be signed
    /// before it is told of, and is the same however often it is; the ledger does not wait for it.
    async fn pay_told(self: &Rc<Self>) -> Result<(), ApiError> {
        let owes = |record: &Verification| record.owes_ledger() || record.owes_events();
        let Some(owing) = self.load()?.filter(|record| owes(record)) else {
            return Ok(());
        };
        let signed = if owing.owes_events() {
            self.proven(&owing.owner).await.map(drop)
        } else {
            Ok(())
        };
        let Some(record) = self.load()? else {
            return Ok(());
        };
        let events = if signed.is_ok() {
            record.announced(self.config.id_secret()?)
        } else {
            Vec::new()
        };
        let code = self.open_code(&record)?;
        events::record(self.context.env(), &record, code.as_ref(), &events).await?;
        // It may have moved on in the meantime; what was written is what counts as known.
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
            current.ledger_revision = current.ledger_revision.max(record.revision);
            if signed.is_ok() {
                current.told.events = current.told.events.max(record.history.len());
            }
            self.store(current)?;
        }
        signed
    }

    /// The ledger keeps that there was a verification, and of whom and what no longer.
    pub(super) async fn forget_row(&self, record: &Verification) -> Result<(), ApiError> {
        let ledger = Ledger::new(self.context.env());
        forget_messages(&ledger, record).await?;
        let ended_before = now().plus_seconds(-self.config.retention_seconds);
        ledger.forget_verification(record.id, ended_before).await
    }

    /// No message finds it any more, and its proof can still be revoked: the ledger knows of it.
    pub(super) async fn let_row_go(&self, record: &Verification) -> Result<(), ApiError> {
        let ledger = Ledger::new(self.context.env());
        forget_messages(&ledger, record).await?;
        let code = self.open_code(record)?;
        ledger.let_verification_go(record, code.as_ref()).await
    }

    async fn pay_message(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()? else {
            return Ok(());
        };
        let (Some(code), Some(delivery)) = (record.owes_message(), &record.delivery) else {
            return Ok(());
        };
        let (context, config) = (&self.context, &self.config);
        let sent = match record.channel {
            Channel::Sms | Channel::Telegram => {
                texts::send_code(context, config, &record, code).await
            }
            _ => mail::send_code(context, config, &record, code).await,
        };
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
            Ok(()) => current.handed_over(Ok(()), now()),
            Err(Unsent::Never(reason)) => current.handed_over(Err(reason.clone()), now()),
            Err(Unsent::Later { reason, .. }) => {
                current.not_handed_over(reason, now());
                if delivery.tries + 1 >= MESSAGE_TRIES {
                    current.handed_over(Err(reason.clone()), now());
                }
            }
        }
        self.store(current)?;
        match sent {
            Err(Unsent::Later { error, .. }) => Err(error),
            _ => Ok(()),
        }
    }
}
