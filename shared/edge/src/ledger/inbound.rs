//! What waits in the channels: codes that may come, persons who were asked for their number, and
//! which messages were answered.

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Ledger, Statement};
use crate::objects::Subject;

/// How long a message is known to have been answered: providers repeat for a week at most.
const ANSWERED_SECONDS: i64 = 7 * 24 * 60 * 60;

const CLOSE: &str =
    "DELETE FROM open_codes WHERE digest = ?1 AND subject_kind = ?2 AND subject_id = ?3";

/// A code that waits to be sent, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCode {
    pub digest: String,
    pub subject: Subject,
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct About {
    about: String,
}

#[derive(Deserialize)]
struct Answered {}

impl OpenCode {
    pub(super) fn opening(&self) -> Statement<'static> {
        Statement::of(
            "INSERT INTO open_codes (digest, subject_kind, subject_id, expires_at)
             VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            vec![
                json!(self.digest),
                json!(self.subject.kind()),
                json!(self.subject.id()),
                json!(self.expires_at.seconds()),
            ],
        )
    }

    pub(super) fn closing(&self) -> Statement<'static> {
        Statement::of(
            CLOSE,
            vec![
                json!(self.digest),
                json!(self.subject.kind()),
                json!(self.subject.id()),
            ],
        )
    }
}

impl Ledger {
    /// Lets the code be found. Written again, it changes nothing.
    pub async fn open_code(&self, code: &OpenCode) -> Result<(), ApiError> {
        self.apply(&[code.opening()]).await
    }

    /// Forgets the code.
    pub async fn close_code(&self, code: &OpenCode) -> Result<(), ApiError> {
        self.apply(&[code.closing()]).await
    }

    /// Everything that waits for this code. Two may: what waits decides which one is meant.
    pub async fn waiting(&self, digest: &str, now: Timestamp) -> Result<Vec<Subject>, ApiError> {
        self.rows(Statement::of(
            "SELECT subject_kind AS kind, subject_id AS id FROM open_codes
             WHERE digest = ?1 AND expires_at > ?2 ORDER BY expires_at LIMIT 10",
            vec![json!(digest), json!(now.seconds())],
        ))
        .await
    }

    /// Remembers what a person is asked about, in place of what it was before.
    pub async fn keep_conversation(
        &self,
        person: &str,
        about: &str,
        now: Timestamp,
        seconds: i64,
    ) -> Result<(), ApiError> {
        self.apply(&[
            forget_before("open_conversations", now),
            forget_before("open_codes", now),
            Statement::of(
                "INSERT INTO open_conversations (digest, about, expires_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (digest) DO UPDATE SET
                   about = excluded.about, expires_at = excluded.expires_at",
                vec![
                    json!(person),
                    json!(about),
                    json!(now.plus_seconds(seconds).seconds()),
                ],
            ),
        ])
        .await
    }

    /// What the person is asked about.
    pub async fn conversation(
        &self,
        person: &str,
        now: Timestamp,
    ) -> Result<Option<String>, ApiError> {
        let row: Option<About> = self
            .row(Statement::of(
                "SELECT about FROM open_conversations WHERE digest = ?1 AND expires_at > ?2",
                vec![json!(person), json!(now.seconds())],
            ))
            .await?;
        Ok(row.map(|row| row.about))
    }

    /// Whether this call is the one that answers the message: of many only one is.
    pub async fn may_answer(&self, message: &str, now: Timestamp) -> Result<bool, ApiError> {
        let mine: (Vec<Answered>, Vec<Answered>) = self
            .run(&[
                forget_before("answered_messages", now),
                Statement::of(
                    "INSERT INTO answered_messages (digest, expires_at) VALUES (?1, ?2)
                     ON CONFLICT DO NOTHING RETURNING digest",
                    vec![
                        json!(message),
                        json!(now.plus_seconds(ANSWERED_SECONDS).seconds()),
                    ],
                ),
            ])
            .await?;
        Ok(!mine.1.is_empty())
    }
}

fn forget_before(table: &'static str, now: Timestamp) -> Statement<'static> {
    Statement::of(
        format!("DELETE FROM {table} WHERE expires_at < ?1"),
        vec![json!(now.seconds())],
    )
}
