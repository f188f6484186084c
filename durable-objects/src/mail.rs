//! Hands a code over to whoever carries messages. Locally that is the inbox table; real providers
//! are adapters of the same shape.

use proof_domain::error::ApiError;
use proof_domain::verification::Verification;
use proof_edge::config::Config;
use proof_edge::objects::ObjectContext;
use proof_evidence::email::{EmailMessage, MessageContents};

use crate::now;

/// Sends the code to the person. Called again after a failure, it sends the same message again.
#[cfg_attr(
    not(feature = "local"),
    expect(clippy::unused_async, reason = "no provider to wait for")
)]
pub(crate) async fn send_code(
    context: &ObjectContext,
    config: &Config,
    record: &Verification,
    code: &str,
) -> Result<(), ApiError> {
    let minutes = record
        .challenge
        .expires_at
        .seconds_since(now())
        .div_ceil(60);
    let id = record.id.to_string();
    let number = record
        .delivery
        .as_ref()
        .map_or(1, |delivery| delivery.messages);
    let message = EmailMessage::render(&MessageContents {
        to: &record.identifier,
        code,
        link: None,
        organisation_name: &record.organisation_name,
        domain: None,
        expires_minutes: minutes,
        verification_id: &id,
        number,
    })
    .map_err(|error| ApiError::internal(format!("a message could not be written: {error}")))?;
    match config.email_provider.as_str() {
        #[cfg(feature = "local")]
        "inbox" => {
            use proof_edge::ledger::{InboxMessage, Ledger};
            let kept = InboxMessage {
                id: format!("{id}.{number}"),
                verification_id: id,
                recipient: message.to,
                subject: message.subject,
                text: message.text,
                html: message.html,
                created_at: now().seconds(),
            };
            Ledger::new(context.env()).keep_message(&kept).await
        }
        other => {
            let _ = (context, message, number);
            Err(ApiError::internal(format!(
                "EMAIL_PROVIDER {other:?} is not known"
            )))
        }
    }
}
