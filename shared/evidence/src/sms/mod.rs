//! Text messages, through whichever provider the settings name. A provider is an adapter of one
//! trait; nothing outside of this folder may know which one it is.

mod telnyx;
mod text;
mod twilio;

pub use telnyx::Telnyx;
pub use text::code_message;
pub use twilio::Twilio;

use std::fmt;

use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{Forged, InboundMessage, Number, Reported, Webhook};
use crate::settings::{MissingSettings, Setting, Settings};

const PROVIDER: &str = "SMS_PROVIDER";
const NUMBER: &str = "SMS_NUMBER";

/// The settings of the channel; which of a provider's are needed depends on `SMS_PROVIDER`.
pub const SETTINGS: &[Setting] = &[
    Setting::plain(PROVIDER),
    Setting::plain(NUMBER),
    Setting::plain(twilio::ACCOUNT_SID),
    Setting::secret(twilio::AUTH_TOKEN),
    Setting::plain(twilio::API_URL).of_operator(),
    Setting::secret(telnyx::API_KEY),
    Setting::plain(telnyx::PUBLIC_KEY),
    Setting::plain(telnyx::API_URL).of_operator(),
];

/// A message to send.
#[derive(Clone, Copy)]
pub struct SmsMessage<'a> {
    pub to: &'a Number,
    pub text: &'a str,
    /// Where the provider tells what became of it, and our name for it.
    pub report_to: Option<ReportTo<'a>>,
}

/// Where reports go.
#[derive(Clone, Copy, Debug)]
pub struct ReportTo<'a> {
    pub url: &'a str,
    /// Letters, digits, dots and hyphens only.
    pub reference: &'a str,
}

/// What a webhook tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsEvent {
    Received(InboundMessage),
    Reported(Reported),
}

/// What a provider wants to read as an answer to its webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub content_type: &'static str,
    pub body: &'static str,
}

/// One provider of text messages.
pub trait SmsProvider: fmt::Debug + Send + Sync {
    /// The name in `SMS_PROVIDER` and in the address of its webhook.
    fn name(&self) -> &'static str;

    /// The service's number, with its `+`.
    fn number(&self) -> &Number;

    fn send(&self, message: &SmsMessage<'_>) -> ProviderRequest;

    /// The provider's name for the message that it took.
    fn sent(&self, response: &ProviderResponse) -> Result<String, ProviderError>;

    /// Whether the webhook comes from this provider, for this account.
    fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged>;

    /// What a webhook that is trusted tells, if it concerns this number.
    fn read(&self, webhook: &Webhook<'_>) -> Vec<SmsEvent>;

    fn acknowledgement(&self) -> Acknowledgement;

    /// Opens a message to the service's number, the code filled in (RFC 5724).
    fn deep_link(&self, code: &str) -> String {
        format!("sms:{}?body={code}", self.number().as_str())
    }
}

/// The provider that the settings name.
pub fn provider(settings: &Settings) -> Result<Box<dyn SmsProvider>, MissingSettings> {
    let [name, number] = settings.require([PROVIDER, NUMBER])?;
    let number = Number::parse(number).ok_or_else(|| MissingSettings(vec![NUMBER]))?;
    match name {
        twilio::NAME => Ok(Box::new(Twilio::from_settings(settings, number)?)),
        telnyx::NAME => Ok(Box::new(Telnyx::from_settings(settings, number)?)),
        _ => Err(MissingSettings(vec![PROVIDER])),
    }
}

impl fmt::Debug for SmsMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmsMessage(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().copied().collect()
    }

    #[test]
    fn the_settings_choose_the_provider() {
        let twilio = settings(&[
            (PROVIDER, "twilio"),
            (NUMBER, "+12025550100"),
            (twilio::ACCOUNT_SID, "AC1"),
            (twilio::AUTH_TOKEN, "t"),
        ]);
        let twilio = provider(&twilio).unwrap();
        assert_eq!(twilio.name(), "twilio");
        assert_eq!(twilio.deep_link("X7K2M9"), "sms:+12025550100?body=X7K2M9");
        let telnyx = settings(&[
            (PROVIDER, "telnyx"),
            (NUMBER, "+12025550100"),
            (telnyx::API_KEY, "k"),
            (
                telnyx::PUBLIC_KEY,
                "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            ),
        ]);
        assert_eq!(provider(&telnyx).unwrap().name(), "telnyx");
    }

    #[test]
    fn what_is_missing_or_odd_is_named() {
        let named = |pairs: &[(&str, &str)]| provider(&settings(pairs)).unwrap_err().0;
        assert_eq!(named(&[]), [PROVIDER, NUMBER]);
        assert_eq!(
            named(&[(PROVIDER, "pigeon"), (NUMBER, "+12025550100")]),
            [PROVIDER]
        );
        assert_eq!(named(&[(PROVIDER, "twilio"), (NUMBER, "ACME")]), [NUMBER]);
        assert_eq!(
            named(&[(PROVIDER, "twilio"), (NUMBER, "+12025550100")]),
            [twilio::ACCOUNT_SID, twilio::AUTH_TOKEN]
        );
        assert_eq!(
            named(&[
                (PROVIDER, "telnyx"),
                (NUMBER, "+12025550100"),
                (telnyx::API_KEY, "k"),
                (telnyx::PUBLIC_KEY, "not a key")
            ]),
            [telnyx::PUBLIC_KEY]
        );
    }
}
