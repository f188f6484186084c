//! WhatsApp's webhook.

use http::StatusCode;
use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_edge::auth::Anyone;
use proof_edge::{Answer, Failure};
use proof_evidence::whatsapp::Whatsapp;

use super::Incoming;
use super::routing::Routing;
use super::voice::Voice;

/// Meta asks once whether the address is ours.
pub(crate) async fn handshake(incoming: Incoming) -> Result<Answer, Failure> {
    let whatsapp = incoming
        .account_with(Channel::Whatsapp, Whatsapp::from_settings)
        .await?;
    Anyone::admit(&incoming.scope).await?;
    match whatsapp.handshake(&incoming.query) {
        Ok(challenge) => Ok(Answer::text("text/plain", challenge)),
        Err(_) => Err(ApiError::new(
            ErrorCode::Forbidden,
            "This is not the verify token of this address.",
        )
        .into()),
    }
}

pub(crate) async fn receive(incoming: Incoming) -> Result<Answer, Failure> {
    let whatsapp = incoming
        .account_with(Channel::Whatsapp, Whatsapp::from_settings)
        .await?;
    incoming.judge(|webhook| whatsapp.trust(webhook)).await?;
    let messages = whatsapp.messages(incoming.body());
    Routing::of(&incoming, Channel::Whatsapp)
        .deliver(messages, Voice::Whatsapp(whatsapp))
        .await?;
    Ok(Answer::empty(StatusCode::OK))
}
