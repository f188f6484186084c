//! The webhook of the Telegram bot, and the reports of the Gateway.

use http::StatusCode;
use proof_domain::asset::Channel;
use proof_edge::{Answer, Failure};
use proof_evidence::telegram::Telegram;
use proof_evidence::telegram_gateway::TelegramGateway;

use super::Incoming;
use super::reports::pass_on;
use super::routing::Routing;
use super::voice::Voice;

pub(crate) async fn receive(incoming: Incoming) -> Result<Answer, Failure> {
    let telegram = incoming
        .account_with(Channel::Telegram, Telegram::from_settings)
        .await?;
    incoming.judge(|webhook| telegram.trust(webhook)).await?;
    let message = telegram.message(incoming.body());
    Routing::of(&incoming, Channel::Telegram)
        .deliver(message.into_iter().collect(), Voice::Telegram(telegram))
        .await?;
    Ok(Answer::empty(StatusCode::OK))
}

pub(crate) async fn report(incoming: Incoming) -> Result<Answer, Failure> {
    let gateway = incoming
        .account_with(Channel::Telegram, TelegramGateway::from_settings)
        .await?;
    incoming.judge(|webhook| gateway.trust(webhook)).await?;
    if let Some(reported) = gateway.report(incoming.body()) {
        pass_on(&incoming, reported).await?;
    }
    Ok(Answer::empty(StatusCode::OK))
}
