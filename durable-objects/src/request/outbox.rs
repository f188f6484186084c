//! What the object of a request owes others: the ledger its row, the verifications that it gave up
//! their end, and whoever listens what happened. All of it is safe to repeat.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::verification_request::{VerificationRequest, announced};
use proof_edge::events;
use proof_edge::ledger::Ledger;
use proof_edge::objects::{unmake, withdraw};

use super::{Inside, verification_id};
use crate::now;

impl Inside {
    pub(super) async fn pay_all(self: &Rc<Self>) -> Result<(), ApiError> {
        // Codes of what was given up work until their verifications hear of it.
        let withdrawn = self.pay_withdrawals().await;
        self.pay_told().await.and(withdrawn)
    }

    /// Tells the ledger, and whoever listens what happened.
    async fn pay_told(&self) -> Result<(), ApiError> {
        let owes = |record: &VerificationRequest| {
            record.owes_ledger() || record.told_events < record.history.len()
        };
        let Some(record) = self.load()?.filter(|record| owes(record)) else {
            return Ok(());
        };
        let events = announced(&record, self.config.id_secret()?);
        events::record_request(self.context.env(), &record, &events).await?;
        // It may have moved on in the meantime; what was written is what counts as known.
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
            current.ledger_revision = current.ledger_revision.max(record.revision);
            current.told_events = current.told_events.max(record.history.len());
            self.store(current)?;
        }
        Ok(())
    }

    /// Takes what is personal from the ledger.
    pub(super) async fn forget_row(&self, record: &VerificationRequest) -> Result<(), ApiError> {
        let before = now().plus_seconds(-self.config.retention_seconds);
        Ledger::new(self.context.env())
            .forget_request(record, &self.config.public_url, before)
            .await
    }

    /// Deletes every verification that it ever named, one that is on its way to be created too: nothing
    /// of the person is told by them, or written, after this.
    pub(super) async fn let_verifications_go(
        &self,
        record: &VerificationRequest,
    ) -> Result<(), ApiError> {
        let secret = self.config.id_secret()?;
        let named: Vec<_> = record
            .attempts()
            .map(|(asset, attempt)| verification_id(secret, record, asset, attempt))
            .collect();
        unmake(self.context.env(), &record.owner, &named).await
    }

    async fn pay_withdrawals(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()? else {
            return Ok(());
        };
        for id in &record.withdrawn {
            withdraw(self.context.env(), record.owner.clone(), *id).await?;
            if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
                current.heard_of_withdrawal(*id);
                self.store(current)?;
            }
        }
        Ok(())
    }
}
