//! What comes from the channels themselves: messages of persons and reports of providers. Whoever
//! calls has checked their signatures.

use std::rc::Rc;

use proof_domain::asset::AssetType;
use proof_domain::error::ApiError;
use proof_domain::inbound::{Arrival, Arrived, DeliveryReport};
use proof_domain::verification::{Question, Verification};
use proof_edge::ledger::OpenCode;
use proof_edge::objects::{ChannelCommand, Done, Subject};
use proof_evidence::code::{open_digest, open_digest_is};
use wasm_bindgen::JsValue;

use super::{Inside, proving};
use crate::now;
use crate::record::said;

impl Inside {
    pub(super) fn obey_channel(self: &Rc<Self>, command: ChannelCommand) -> JsValue {
        match command {
            ChannelCommand::Arrived { arrival } => said(&self.arrived(&arrival)),
            ChannelCommand::Reported {
                account,
                message,
                report,
            } => said(&self.reported(account.as_deref(), message, report)),
        }
    }

    fn arrived(self: &Rc<Self>, arrival: &Arrival) -> Result<Arrived, ApiError> {
        let Some(record) = self.load()? else {
            return Ok(Arrived::Over);
        };
        let key = self.config.code_key()?;
        let is_right = |code: &str| {
            let account = arrival.account.as_deref();
            open_digest_is(&arrival.code, &key, arrival.channel.as_str(), account, code)
        };
        self.change(&record.owner, |record| {
            Ok(record.arrived(arrival, is_right, proving::new_proof(), now()))
        })
    }

    fn reported(
        self: &Rc<Self>,
        account: Option<&str>,
        message: u8,
        report: DeliveryReport,
    ) -> Result<Done, ApiError> {
        let Some(record) = self.load()? else {
            return Ok(Done {});
        };
        // An account speaks of its own messages only.
        if account_of(&record) == account {
            self.change(&record.owner, |record| {
                record.reported(message, report, now());
                Ok(())
            })?;
        }
        Ok(Done {})
    }

    /// The code by which the person's message finds this object, if one may come.
    pub(super) fn open_code(&self, record: &Verification) -> Result<Option<OpenCode>, ApiError> {
        let Question::ShownCode { code, .. } = &record.challenge.question else {
            return Ok(None);
        };
        if record.kind != AssetType::Phone || record.owner.environment.is_test() {
            return Ok(None);
        }
        let key = self.config.code_key()?;
        Ok(Some(OpenCode {
            digest: open_digest(&key, record.channel.as_str(), account_of(record), code),
            subject: Subject::Verification(record.id),
            expires_at: record.challenge.expires_at,
        }))
    }
}

/// The organisation over whose own account its messages go; none: the operator's.
fn account_of(record: &Verification) -> Option<&str> {
    record
        .own_channel
        .then_some(record.owner.organisation.as_str())
}
