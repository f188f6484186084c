//! What the object of a verification owes others: the ledger its row, the person the message.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_edge::ledger::Ledger;

use super::Inside;
use crate::{mail, now};

/// A message that could not be handed over this often is given up; the person can ask for another.
const MESSAGE_TRIES: u8 = 6;

impl Inside {
    pub(super) async fn pay_all(&self) -> Result<(), ApiError> {
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
}
