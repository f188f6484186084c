//! Hands a verification's message to the providers that are set up, one after the other. What it
//! says is fixed by the record, so that a repetition is the same message to the byte, and providers
//! that recognise repetitions send it once.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::ApiError;
use proof_domain::verification::Verification;
use proof_edge::channels::settings_in;
use proof_edge::config::Config;
use proof_edge::log::{self, Event};
use proof_edge::objects::ObjectContext;
use proof_edge::{mail, providers};
use proof_evidence::email::{
    AfterFailure, EmailMessage, EmailProvider, EmailProviders, LinkToken, MessageContents,
    SendError,
};

use crate::verification::Unsent;

/// Sends the code to the person. Called again after a failure, it sends the same message again.
pub(crate) async fn send_code(
    context: &ObjectContext,
    config: &Config,
    record: &Verification,
    code: &str,
) -> Result<(), Unsent> {
    let own = record
        .own_channel
        .then_some(record.owner.organisation.as_str());
    let settings = settings_in(context.env(), own, Channel::Email)
        .await
        .map_err(Unsent::later)?;
    // They were there when the verification was created; the operator may bring them back.
    let providers = EmailProviders::from_settings(&settings)
        .ok()
        .filter(|providers| own.is_none() || providers.may_be_own())
        .ok_or_else(|| later("not_configured".to_owned()))?;
    let message = message(config, record, code).map_err(Unsent::later)?;
    let round = record.delivery.as_ref().map_or(0, |known| known.tries);
    let mut failures = Vec::new();
    for provider in providers.in_order() {
        let Err(error) = hand_over(context, config, record, provider, &message).await else {
            return Ok(());
        };
        note(record, provider, &error);
        let next = provider.after(&error, round);
        failures.push(error);
        if next == AfterFailure::Stop {
            break;
        }
    }
    match EmailProviders::overall(failures) {
        None => Ok(()),
        Some(error) if error.is_retryable() => Err(later(error.code())),
        Some(error) => Err(Unsent::Never(error.code())),
    }
}

/// The tenant reads one reason; who runs the providers wants to know each.
fn note(record: &Verification, provider: &EmailProvider, error: &SendError) {
    log::write(&Event {
        level: "warn",
        event: "mail",
        id: &record.id.to_string(),
        error: Some(&format!("{}: {}", provider.name(), error.code())),
    });
}

fn later(reason: String) -> Unsent {
    let error = ApiError::internal(format!("e-mail: {reason}"));
    Unsent::Later { reason, error }
}

fn message(config: &Config, record: &Verification, code: &str) -> Result<EmailMessage, ApiError> {
    let delivery = record.delivery.as_ref();
    // From when it was asked for, not from now: a repetition must not differ.
    let asked = delivery.map_or(record.created_at, |delivery| delivery.requested_at);
    let id = record.id.to_string();
    let link = delivery
        .and_then(|delivery| delivery.unsent_link.as_deref())
        .and_then(LinkToken::parse)
        .map(|token| token.url(&config.public_url, &id));
    EmailMessage::render(&MessageContents {
        to: &record.recipient(),
        code,
        link: link.as_deref(),
        organisation_name: &record.organisation_name,
        domain: (record.kind == AssetType::Domain).then_some(&record.identifier),
        expires_minutes: record
            .challenge
            .expires_at
            .seconds_since(asked)
            .div_ceil(60),
        verification_id: &id,
        number: delivery.map_or(1, |delivery| delivery.messages),
    })
    .map_err(|error| ApiError::internal(format!("a message could not be written: {error}")))
}

async fn hand_over(
    context: &ObjectContext,
    config: &Config,
    record: &Verification,
    provider: &EmailProvider,
    message: &EmailMessage,
) -> Result<(), SendError> {
    match provider {
        EmailProvider::Inbox => keep(context, message).await,
        EmailProvider::Cloudflare(cloudflare) => {
            mail::send_by_binding(context.env(), &cloudflare.argument(message)).await
        }
        EmailProvider::Resend(resend) => resend.sent(&providers::send(resend.send(message)).await?),
        EmailProvider::Postmark(postmark) => {
            postmark.sent(&providers::send(postmark.send(message)).await?)
        }
        EmailProvider::Smtp(smtp) => {
            let asked = record.delivery.as_ref().map(|known| known.requested_at);
            let date = asked.unwrap_or(record.created_at);
            let session = smtp.session(message, config.own_host(), date);
            mail::send_by_smtp(smtp, session).await
        }
    }
}

/// Keeps the message where a developer finds it.
#[cfg(feature = "local")]
async fn keep(context: &ObjectContext, message: &EmailMessage) -> Result<(), SendError> {
    use proof_edge::ledger::{InboxMessage, Ledger};
    use proof_evidence::exchange::ProviderError;
    let kept = InboxMessage {
        id: message.reference(),
        verification_id: message.verification_id.clone(),
        recipient: message.to.clone(),
        subject: message.subject.clone(),
        text: message.text.clone(),
        html: message.html.clone(),
        created_at: crate::now().seconds(),
    };
    let ledger = Ledger::new(context.env());
    ledger
        .keep_message(&kept)
        .await
        .map_err(|_| ProviderError::Unreachable.into())
}

#[cfg(not(feature = "local"))]
#[expect(clippy::unused_async, reason = "as the local one")]
async fn keep(_: &ObjectContext, _: &EmailMessage) -> Result<(), SendError> {
    Err(SendError::refused("not_configured"))
}
