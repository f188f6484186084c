//! How often one identifier may be sent a challenge, whoever asks and under however many
//! verifications. One small object per identifier counts; its name does not tell which one it is.

use proof_domain::error::ApiError;
use proof_domain::id::{Id, hex};
use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::JsValue;

use super::{Done, command};

const BINDING: &str = "IDENTIFIER_LIMITS";

/// What can be asked of the counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitCommand {
    /// Count a challenge of this verification, once however often it is asked.
    Take { verification: Id, now: i64 },
}

/// The way to the counters.
#[derive(Clone, Copy, Debug)]
pub struct IdentifierLimits<'a>(&'a JsValue);

impl<'a> IdentifierLimits<'a> {
    pub const fn new(env: &'a JsValue) -> Self {
        Self(env)
    }

    /// Counts a challenge for the identifier, or refuses it.
    pub async fn take(
        self,
        secret: &[u8],
        identifier: &str,
        verification: Id,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let name = Sha256::new()
            .chain_update(secret)
            .chain_update(b"identifier limits")
            .chain_update(identifier.to_lowercase())
            .finalize();
        let take = LimitCommand::Take {
            verification,
            now: now.seconds(),
        };
        command::<Done>(self.0, BINDING, &hex(&name), &take)
            .await
            .map(drop)
    }
}
