//! Answering a person in the channel they wrote in, as well as it goes: after the webhook was
//! answered, once for each message, and where answers cost money only to those whose code is known.

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_edge::Scope;
use proof_edge::ledger::Ledger;
use proof_edge::log::{self, Event};
use proof_edge::objects::IdentifierLimits;
use proof_edge::providers;
use proof_evidence::exchange::{ProviderError, ProviderRequest};
use proof_evidence::inbound::{Number, Reply};
use proof_evidence::sms::{SmsMessage, SmsProvider};
use proof_evidence::telegram::Telegram;
use proof_evidence::whatsapp::Whatsapp;

/// The account through which persons are answered.
pub(crate) enum Voice {
    Whatsapp(Whatsapp),
    Telegram(Telegram),
    Sms(Box<dyn SmsProvider>),
}

/// One answer.
pub(crate) struct Said {
    /// Where to.
    pub(crate) address: String,
    /// Names the message that is answered, without telling which it is.
    pub(crate) message: String,
    pub(crate) text: String,
    /// Whether the button goes with it by which a person shares their own number.
    pub(crate) asks: bool,
}

impl Said {
    pub(crate) fn new(address: String, message: String, reply: &Reply<'_>) -> Self {
        Self {
            address,
            message,
            text: reply.text(),
            asks: reply.asks_for_number(),
        }
    }
}

impl Voice {
    /// Whether a message that no one waits for, or that holds no code, is worth an answer. A bot
    /// is written to for nothing else; a business's number may be; a text message costs.
    pub(crate) const fn answers_strangers(channel: Channel, looks_like_a_code: bool) -> bool {
        match channel {
            Channel::Telegram => true,
            Channel::Whatsapp => looks_like_a_code,
            _ => false,
        }
    }

    /// Says it all after the webhook was answered. What cannot be said is left unsaid: the page that
    /// sent the person here tells them too.
    pub(crate) fn say(self, scope: &Scope, answers: Vec<Said>) {
        if answers.is_empty() {
            return;
        }
        let inside = scope.clone();
        scope.after_answer(async move {
            for said in answers {
                if let Err(why) = self.say_once(&inside, &said).await {
                    log::write(&Event {
                        level: "warn",
                        event: "reply",
                        id: inside.request_id(),
                        error: Some(&why),
                    });
                }
            }
        });
    }

    async fn say_once(&self, scope: &Scope, said: &Said) -> Result<(), String> {
        let odd = |error: ApiError| error.internal.unwrap_or_else(|| error.message.into_owned());
        let first = Ledger::of(scope)
            .may_answer(&said.message, scope.now())
            .await;
        if !first.map_err(odd)? {
            return Ok(());
        }
        if matches!(self, Self::Sms(_)) {
            IdentifierLimits::reply(scope, &said.address)
                .await
                .map_err(odd)?;
        }
        let Some(request) = self.request(said) else {
            return Ok(());
        };
        self.outcome(
            &providers::send(request)
                .await
                .map_err(|error| error.to_string())?,
        )
        .map_err(|error| error.to_string())
    }

    fn request(&self, said: &Said) -> Option<ProviderRequest> {
        let (address, text) = (said.address.as_str(), said.text.as_str());
        Some(match self {
            Self::Whatsapp(whatsapp) if said.asks => whatsapp.request_contact(address, text),
            Self::Whatsapp(whatsapp) => whatsapp.send_text(address, text),
            Self::Telegram(telegram) if said.asks => telegram.request_contact(address, text),
            Self::Telegram(telegram) => telegram.send_text(address, text),
            Self::Sms(sms) => sms.send(&SmsMessage {
                to: &Number::parse(address)?,
                text,
                report_to: None,
            }),
        })
    }

    fn outcome(
        &self,
        answer: &proof_evidence::exchange::ProviderResponse,
    ) -> Result<(), ProviderError> {
        match self {
            Self::Whatsapp(_) => Whatsapp::sent(answer).map(drop),
            Self::Telegram(_) => Telegram::sent(answer),
            Self::Sms(sms) => sms.sent(answer).map(drop),
        }
    }
}
