//! The local inbox: messages that a developer's system would have sent. Its table exists only
//! where `cargo xtask dev` or the tests made it.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Ledger, Statement};

/// A message that was not sent but kept to be looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InboxMessage {
    /// The same message has the same id, so that keeping it twice keeps it once.
    pub id: String,
    pub verification_id: String,
    pub recipient: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub created_at: i64,
}

impl Ledger {
    pub async fn keep_message(&self, message: &InboxMessage) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "INSERT INTO inbox_messages
               (id, verification_id, recipient, subject, text, html, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO NOTHING",
            vec![
                json!(message.id),
                json!(message.verification_id),
                json!(message.recipient),
                json!(message.subject),
                json!(message.text),
                json!(message.html),
                json!(message.created_at),
            ],
        )])
        .await
    }

    /// Forgets the messages of one verification.
    pub async fn forget_messages(&self, verification: Id) -> Result<(), ApiError> {
        self.apply(&[Statement::of(
            "DELETE FROM inbox_messages WHERE verification_id = ?1",
            vec![json!(verification)],
        )])
        .await
    }

    /// The newest hundred.
    pub async fn messages(&self) -> Result<Vec<InboxMessage>, ApiError> {
        self.rows(Statement::of(
            "SELECT id, verification_id, recipient, subject, text, html, created_at
             FROM inbox_messages ORDER BY created_at DESC, id LIMIT 100",
            vec![],
        ))
        .await
    }
}
