//! What the object of a session owes others: the index of codes its entry, and the verification of
//! the captured number its existence. Both are safe to repeat.

use std::rc::Rc;

use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::session::Session;
use proof_domain::verification::ProofView;
use proof_edge::ledger::{Ledger, OpenCode};
use proof_edge::objects::{Subject, establish, read_verification, unmake};
use proof_evidence::code::open_digest;

use super::Inside;
use crate::verification::new_proof;

impl Inside {
    pub(super) async fn pay_all(self: &Rc<Self>) -> Result<(), ApiError> {
        let trace = self.pay_trace().await;
        let index = self.pay_index().await;
        if let Some(record) = self.load()?.filter(|record| record.owes_verification()) {
            self.proof(&record).await?;
        }
        index.and(trace)
    }

    /// Lets the session be found by whom it is about.
    async fn pay_trace(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owes_trace()) else {
            return Ok(());
        };
        let Some(name) = &record.external_user_id else {
            return Ok(());
        };
        Ledger::new(self.context.env())
            .keep_trace(Subject::Session(record.id), &record.owner, name)
            .await?;
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) {
            current.told.trace = true;
            self.store(current)?;
        }
        Ok(())
    }

    /// Its time is over: nobody has to find it.
    pub(super) async fn forget_row(&self, record: &Session) -> Result<(), ApiError> {
        let ledger = Ledger::new(self.context.env());
        ledger.drop_trace(Subject::Session(record.id)).await
    }

    /// No message finds it any more, and the verification of the captured number goes with it, or
    /// never comes to be.
    pub(super) async fn let_go_of_all(&self, record: &Session) -> Result<(), ApiError> {
        if let Some(id) = record.verification_id() {
            unmake(self.context.env(), &record.owner, &[id]).await?;
        }
        if !record.is_found_by_code() {
            return Ok(());
        }
        let code = self.open_code(record)?;
        Ledger::new(self.context.env()).close_code(&code).await
    }

    fn open_code(&self, record: &Session) -> Result<OpenCode, ApiError> {
        let account = record
            .own_channel
            .then_some(record.owner.organisation.as_str());
        let channel = record.channel.channel().as_str();
        let key = self.config.code_key()?;
        Ok(OpenCode {
            digest: open_digest(&key, channel, account, &record.invitation.code),
            subject: Subject::Session(record.id),
            expires_at: record.expires_at,
        })
    }

    /// Lets the code be found while the session is pending, and no longer.
    async fn pay_index(&self) -> Result<(), ApiError> {
        let Some(record) = self.load()?.filter(|record| record.owes_index()) else {
            return Ok(());
        };
        let over = record.status().is_terminal();
        let code = self.open_code(&record)?;
        let ledger = Ledger::new(self.context.env());
        if over {
            ledger.close_code(&code).await?;
        } else {
            ledger.open_code(&code).await?;
        }
        // It may have ended in the meantime, and then the entry has to go.
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone)
            && current.status().is_terminal() == over
        {
            current.told.index = true;
            self.store(current)?;
        }
        Ok(())
    }

    /// The proof of the session's verification, which exists from then on. None if it was revoked.
    pub(super) async fn proof(&self, record: &Session) -> Result<Option<ProofView>, ApiError> {
        let env = self.context.env();
        if !record.owes_verification() {
            let Some(id) = record.verification_id() else {
                return Ok(None);
            };
            return match read_verification(env, record.owner.clone(), id).await {
                Ok(view) => Ok(view.proof),
                // Its time is over a moment before the session's.
                Err(error) if error.code == ErrorCode::NotFound => Ok(None),
                Err(error) => Err(error),
            };
        }
        let Some(verification) = record.verification(new_proof()) else {
            return Ok(None);
        };
        let view = establish(env, verification).await?;
        if let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone)
            && !current.told.verification
        {
            current.told.verification = true;
            self.store(current)?;
        }
        Ok(view.proof)
    }
}
