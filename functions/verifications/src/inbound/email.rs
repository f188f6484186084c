//! Webhooks of mail providers: what became of the messages that went out. They can change what is
//! told of a delivery, and nothing else.

use http::StatusCode;
use proof_domain::asset::Channel;
use proof_edge::{Answer, Failure};
use proof_evidence::email::postmark::PostmarkWebhook;
use proof_evidence::email::resend::ResendWebhook;
use proof_evidence::inbound::Reported;

use super::Incoming;
use super::reports::pass_on;

pub(crate) async fn resend(incoming: Incoming) -> Result<Answer, Failure> {
    let account = incoming
        .account_with(Channel::Email, ResendWebhook::from_settings)
        .await?;
    let reported = incoming.judge(|webhook| account.read(webhook)).await?;
    heard(&incoming, reported).await
}

pub(crate) async fn postmark(incoming: Incoming) -> Result<Answer, Failure> {
    let account = incoming
        .account_with(Channel::Email, PostmarkWebhook::from_settings)
        .await?;
    let reported = incoming.judge(|webhook| account.read(webhook)).await?;
    heard(&incoming, reported).await
}

/// What is authentic and of no concern is thanked for too: the provider would only come again.
async fn heard(incoming: &Incoming, reported: Option<Reported>) -> Result<Answer, Failure> {
    if let Some(reported) = reported {
        pass_on(incoming, reported).await?;
    }
    Ok(Answer::empty(StatusCode::OK))
}
