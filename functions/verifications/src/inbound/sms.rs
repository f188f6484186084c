//! Webhooks of the providers of text messages: what came in, and what became of what went out.

use proof_domain::asset::Channel;
use proof_edge::{Answer, Failure};
use proof_evidence::settings::{MissingSettings, Settings};
use proof_evidence::sms::{self, SmsEvent, SmsProvider};

use super::Incoming;
use super::reports::pass_on;
use super::routing::Routing;
use super::voice::Voice;

pub(crate) async fn twilio(incoming: Incoming) -> Result<Answer, Failure> {
    receive(incoming, "twilio").await
}

pub(crate) async fn telnyx(incoming: Incoming) -> Result<Answer, Failure> {
    receive(incoming, "telnyx").await
}

async fn receive(incoming: Incoming, name: &str) -> Result<Answer, Failure> {
    let provider = incoming
        .account_with(Channel::Sms, |settings| named(settings, name))
        .await?;
    let events = incoming
        .judge(|webhook| {
            provider.trust(webhook)?;
            Ok(provider.read(webhook))
        })
        .await?;
    let acknowledgement = provider.acknowledgement();
    let mut messages = Vec::new();
    for event in events {
        match event {
            SmsEvent::Received(message) => messages.push(message),
            SmsEvent::Reported(reported) => pass_on(&incoming, reported).await?,
        }
    }
    Routing::of(&incoming, Channel::Sms)
        .deliver(messages, Voice::Sms(provider))
        .await?;
    Ok(Answer::text(
        acknowledgement.content_type,
        acknowledgement.body.to_owned(),
    ))
}

/// The provider that the settings name, if it is the one whose address this is.
fn named(settings: &Settings, name: &str) -> Result<Box<dyn SmsProvider>, MissingSettings> {
    let provider = sms::provider(settings)?;
    if provider.name() == name {
        Ok(provider)
    } else {
        Err(MissingSettings(vec!["SMS_PROVIDER"]))
    }
}
