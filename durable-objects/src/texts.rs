//! Hands a code over to whoever carries it to a phone: a provider of text messages, or Telegram's
//! Gateway. Called again after a failure, it sends the same code again.

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::verification::Verification;
use proof_edge::channels::settings_in;
use proof_edge::config::Config;
use proof_edge::objects::ObjectContext;
use proof_edge::providers;
use proof_evidence::code::OtpCode;
use proof_evidence::exchange::ProviderError;
use proof_evidence::inbound::Number;
use proof_evidence::settings::MissingSettings;
use proof_evidence::sms::{self, ReportTo, SmsMessage};
use proof_evidence::telegram_gateway::{GatewayMessage, TelegramGateway};

use crate::now;
use crate::verification::Unsent;

pub(crate) async fn send_code(
    context: &ObjectContext,
    config: &Config,
    record: &Verification,
    code: &str,
) -> Result<(), Unsent> {
    let code = OtpCode::parse(code).map_err(|error| odd(&error.to_string()))?;
    let number = Number::parse(&record.identifier).ok_or_else(|| odd("no number"))?;
    let own = record
        .own_channel
        .then_some(record.owner.organisation.as_str());
    let settings = settings_in(context.env(), own, record.channel)
        .await
        .map_err(Unsent::later)?;
    let messages = record.delivery.as_ref().map_or(1, |one| one.messages);
    let reference = format!("{}.{messages}", record.id);
    let reports = |path: &str| {
        let account = own.map(|name| format!("/{name}")).unwrap_or_default();
        format!("{}/inbound/{path}{account}", config.public_url)
    };
    if record.channel == Channel::Telegram {
        let gateway = TelegramGateway::from_settings(&settings).map_err(missing)?;
        let message = GatewayMessage {
            number: &number,
            code: &code,
            seconds: record.challenge.expires_at.seconds_since(now()),
            callback_url: &reports("telegram-gateway"),
            reference: &reference,
        };
        let answer = providers::send(gateway.send(&message)).await;
        answer
            .and_then(|answer| TelegramGateway::status(&answer))
            .map(drop)
            .map_err(Unsent::from)
    } else {
        let provider = sms::provider(&settings).map_err(missing)?;
        let message = SmsMessage {
            to: &number,
            text: &sms::code_message(&code, &record.organisation_name),
            report_to: Some(ReportTo {
                url: &reports(&format!("sms/{}", provider.name())),
                reference: &reference,
            }),
        };
        let answer = providers::send(provider.send(&message)).await;
        answer
            .and_then(|answer| provider.sent(&answer))
            .map(drop)
            .map_err(Unsent::from)
    }
}

fn odd(why: &str) -> Unsent {
    Unsent::later(ApiError::internal(format!("a message: {why}")))
}

/// They were there when the verification was created, and may come back.
#[expect(clippy::needless_pass_by_value, reason = "given to map_err by name")]
fn missing(missing: MissingSettings) -> Unsent {
    Unsent::later(ApiError::internal(missing.to_string()))
}

impl From<ProviderError> for Unsent {
    fn from(error: ProviderError) -> Self {
        if error.is_retryable() {
            return Self::later(ApiError::internal(error.to_string()));
        }
        Self::Never(match error {
            ProviderError::Refused { reason } => reason,
            _ => "credentials".to_owned(),
        })
    }
}
