//! The ledger: every statement that the system sends to D1 is in this module. Rows are written by
//! the objects that own them, as upserts that may arrive twice; everything else only reads.

mod channels;
mod deliveries;
mod endpoints;
mod erasures;
mod events;
mod feed;
mod filter;
mod health;
mod inbound;
mod inbox;
mod keys;
mod projects;
mod proofs;
mod requests;
mod users;
mod verifications;

pub(crate) use endpoints::Replacement;
pub use endpoints::{KnownEndpoint, MadeEndpoint, SealedEndpoint, SealedSecrets};
pub use erasures::{ErasureRecord, Remains};
pub(crate) use events::{Begun, Telling};
pub use inbound::OpenCode;
pub use inbox::InboxMessage;
pub use keys::{KeyRecord, Usage};
pub use proofs::{ProofRecord, RevocationPage, RevokedProof};
pub use requests::ReferenceHolder;

use std::borrow::Cow;

use proof_domain::error::ApiError;
use send_wrapper::SendWrapper;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::JsValue;

use crate::platform::{self, local, reason};
use crate::scope::Scope;

/// The way to D1.
#[derive(Clone)]
pub struct Ledger(SendWrapper<JsValue>);

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ledger")
    }
}

/// One statement with its parameters.
#[derive(Serialize)]
struct Statement<'a>(Cow<'a, str>, Vec<Value>);

impl<'a> Statement<'a> {
    fn of(sql: impl Into<Cow<'a, str>>, parameters: Vec<Value>) -> Self {
        Self(sql.into(), parameters)
    }
}

impl Ledger {
    pub fn of(scope: &Scope) -> Self {
        Self::new(scope.env())
    }

    pub fn new(env: &JsValue) -> Self {
        Self(SendWrapper::new(env.clone()))
    }

    /// Whether the database answers.
    pub async fn is_well(&self) -> bool {
        #[derive(serde::Deserialize)]
        struct Row {}
        self.rows::<Row>(Statement::of("SELECT 1 FROM organisations LIMIT 1", vec![]))
            .await
            .is_ok()
    }

    async fn rows<T: DeserializeOwned>(
        &self,
        statement: Statement<'_>,
    ) -> Result<Vec<T>, ApiError> {
        let (rows,) = self.run(&[statement]).await?;
        Ok(rows)
    }

    async fn row<T: DeserializeOwned>(
        &self,
        statement: Statement<'_>,
    ) -> Result<Option<T>, ApiError> {
        Ok(self.rows(statement).await?.into_iter().next())
    }

    /// Runs the statements in one transaction, for their effect.
    async fn apply(&self, statements: &[Statement<'_>]) -> Result<(), ApiError> {
        self.send(statements, false).await.map(drop)
    }

    /// Runs the statements in one transaction and reads all their rows.
    async fn run<T: DeserializeOwned>(&self, statements: &[Statement<'_>]) -> Result<T, ApiError> {
        let text = self.send(statements, true).await?;
        serde_json::from_str(&text)
            .map_err(|error| ApiError::internal(format!("D1 answered oddly: {error}")))
    }

    /// Gives the rows as JSON, if they are wanted.
    async fn send(&self, statements: &[Statement<'_>], rows: bool) -> Result<String, ApiError> {
        let batch = serde_json::to_string(statements)
            .map_err(|error| ApiError::internal(format!("a statement: {error}")))?;
        local(async {
            let answer = platform::d1(&self.0, &batch, rows).await;
            answer
                .map(|text| text.as_string().unwrap_or_default())
                .map_err(|error| {
                    ApiError::unavailable(
                        "The ledger cannot be reached. Try again in a moment.",
                        format!("D1: {}", reason(&error)),
                    )
                })
        })
        .await
    }
}
