//! The ledger: every statement that the system sends to D1 is in this module. Rows are written by
//! the objects that own them, as upserts that may arrive twice; everything else only reads.

mod inbox;
mod keys;
mod proofs;
mod verifications;

pub use inbox::InboxMessage;
pub use keys::{KeyRecord, Usage};
pub use proofs::{ProofRecord, RevocationPage, RevokedProof};

use proof_domain::error::ApiError;
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
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
struct Statement(String, Vec<Value>);

impl Statement {
    fn of(sql: &str, parameters: Vec<Value>) -> Self {
        Self(sql.to_owned(), parameters)
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

    async fn rows<T: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<T>, ApiError> {
        let (rows,) = self.run(&[statement]).await?;
        Ok(rows)
    }

    async fn row<T: DeserializeOwned>(&self, statement: Statement) -> Result<Option<T>, ApiError> {
        Ok(self.rows(statement).await?.into_iter().next())
    }

    /// Runs the statements in one transaction, for their effect.
    async fn apply(&self, statements: &[Statement]) -> Result<(), ApiError> {
        self.send(statements).await.map(drop)
    }

    /// Runs the statements in one transaction and reads all their rows.
    async fn run<T: DeserializeOwned>(&self, statements: &[Statement]) -> Result<T, ApiError> {
        let text = self.send(statements).await?;
        serde_json::from_str(&text)
            .map_err(|error| ApiError::internal(format!("D1 answered oddly: {error}")))
    }

    async fn send(&self, statements: &[Statement]) -> Result<String, ApiError> {
        let batch: Vec<_> = statements
            .iter()
            .map(|Statement(sql, of)| json!([sql, of]))
            .collect();
        let batch = Value::from(batch).to_string();
        local(async {
            let answer = platform::d1(&self.0, &batch).await;
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
