//! Twilio: form requests both ways, webhooks signed over their address and fields. The address is
//! part of what is signed, so a webhook for one place says nothing at another.

use std::fmt;

use data_encoding::BASE64;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Acknowledgement, SmsEvent, SmsMessage, SmsProvider};
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{
    Content, DeliveryReport, Forged, InboundMessage, Number, Reported, Sender, Webhook, same,
    sha1_hmac,
};
use crate::settings::{MissingSettings, Settings};

pub(super) const NAME: &str = "twilio";
pub(super) const ACCOUNT_SID: &str = "TWILIO_ACCOUNT_SID";
pub(super) const AUTH_TOKEN: &str = "TWILIO_AUTH_TOKEN";
pub(super) const API_URL: &str = "TWILIO_API_URL";
const DEFAULT_URL: &str = "https://api.twilio.com";
/// The parameter of the report's address that holds our name for the message.
const REFERENCE: &str = "message";
/// More fields than a webhook has, by far.
const MAX_FIELDS: usize = 200;

/// One account and number at Twilio.
#[derive(Clone)]
pub struct Twilio {
    account_sid: String,
    auth_token: Zeroizing<String>,
    messages_url: String,
    number: Number,
}

#[derive(Deserialize)]
struct Accepted {
    sid: String,
}

#[derive(Deserialize)]
struct Refused {
    code: u32,
}

type Fields = Vec<(String, String)>;

impl Twilio {
    pub fn from_settings(settings: &Settings, number: Number) -> Result<Self, MissingSettings> {
        let [account_sid, auth_token] = settings.require([ACCOUNT_SID, AUTH_TOKEN])?;
        // It becomes part of an address.
        if !account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(MissingSettings(vec![ACCOUNT_SID]));
        }
        let base = settings.base_url(API_URL, DEFAULT_URL);
        Ok(Self {
            messages_url: format!("{base}/2010-04-01/Accounts/{account_sid}/Messages.json"),
            account_sid: account_sid.to_owned(),
            auth_token: Zeroizing::new(auth_token.to_owned()),
            number,
        })
    }

    /// The signature over an address and fields: fields in the order of their names, each name
    /// followed by its value, the same pair never twice.
    fn signature(&self, url: &str, fields: &Fields) -> String {
        let mut fields: Vec<_> = fields.iter().collect();
        fields.sort();
        fields.dedup();
        let mut text = url.to_owned();
        for (name, value) in fields {
            text.push_str(name);
            text.push_str(value);
        }
        BASE64.encode(&sha1_hmac(self.auth_token.as_bytes(), &text))
    }

    fn received(&self, fields: &Fields) -> Option<InboundMessage> {
        if field(fields, "To")? != self.number.as_str() {
            return None;
        }
        let from = Number::parse(field(fields, "From")?)?;
        let sender = Sender {
            address: from.as_str().to_owned(),
            number: Some(from),
        };
        let content = Content::Text(field(fields, "Body")?.to_owned());
        InboundMessage::new(field(fields, "MessageSid")?.to_owned(), sender, content)
    }
}

fn fields(body: &[u8]) -> Fields {
    form_urlencoded::parse(body)
        .into_owned()
        .take(MAX_FIELDS)
        .collect()
}

/// A field that stands once.
fn field<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    let mut found = fields.iter().filter(|(known, _)| known == name);
    match (found.next(), found.next()) {
        (Some((_, value)), None) => Some(value),
        _ => None,
    }
}

/// Twilio leaves out or adds the port of an address as it likes before it signs.
fn spellings(url: &str) -> Vec<String> {
    let mut spellings = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else {
        return spellings;
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            spellings.push(format!("{scheme}://{name}{path}"));
        }
        _ => {
            let port = if scheme == "https" { 443 } else { 80 };
            spellings.push(format!("{scheme}://{host}:{port}{path}"));
        }
    }
    spellings
}

fn report(fields: &Fields, url: &str) -> Option<Reported> {
    let query = url.split_once('?')?.1;
    let (_, reference) = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .find(|(name, _)| name == REFERENCE)?;
    let report = match field(fields, "MessageStatus")? {
        "delivered" | "read" => DeliveryReport::Delivered,
        "undelivered" | "failed" => {
            let code = field(fields, "ErrorCode").filter(|code| {
                (1..=6).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit())
            });
            DeliveryReport::Failed(
                code.map_or_else(|| "undelivered".to_owned(), |code| format!("twilio_{code}")),
            )
        }
        _ => return None,
    };
    Some(Reported {
        reference,
        message_id: field(fields, "MessageSid")?.to_owned(),
        report,
    })
}

impl SmsProvider for Twilio {
    fn name(&self) -> &'static str {
        NAME
    }

    fn number(&self) -> &Number {
        &self.number
    }

    fn send(&self, message: &SmsMessage<'_>) -> ProviderRequest {
        let callback = message
            .report_to
            .map(|to| format!("{}?{REFERENCE}={}", to.url, to.reference));
        let mut fields = vec![
            ("To", message.to.as_str()),
            ("From", self.number.as_str()),
            ("Body", message.text),
        ];
        fields.extend(callback.iter().map(|url| ("StatusCallback", url.as_str())));
        ProviderRequest::post_form(&self.messages_url, &fields)
            .basic(&self.account_sid, &self.auth_token)
    }

    fn sent(&self, response: &ProviderResponse) -> Result<String, ProviderError> {
        if response.is_success() {
            return response.json::<Accepted>().map(|accepted| accepted.sid);
        }
        let Ok(Refused { code }) = response.json() else {
            return Err(response.failure());
        };
        Err(match code {
            20_003 | 20_005 | 20_403 => ProviderError::Credentials,
            20_429 | 14_107 => ProviderError::RateLimited {
                retry_after: response.retry_after,
            },
            _ if response.status >= 500 => response.failure(),
            code => ProviderError::refused(format!("twilio_{code}")),
        })
    }

    fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged> {
        let claimed = webhook.header("x-twilio-signature")?;
        let fields = fields(webhook.body);
        let signed = spellings(webhook.url)
            .iter()
            .any(|url| same(self.signature(url, &fields).as_bytes(), claimed.as_bytes()));
        // An account's token also signs for its sub-accounts' webhooks.
        if signed && field(&fields, "AccountSid") == Some(&self.account_sid) {
            Ok(())
        } else {
            Err(Forged)
        }
    }

    fn read(&self, webhook: &Webhook<'_>) -> Vec<SmsEvent> {
        let fields = fields(webhook.body);
        let event = if field(&fields, "MessageStatus").is_some() {
            report(&fields, webhook.url).map(SmsEvent::Reported)
        } else {
            self.received(&fields).map(SmsEvent::Received)
        };
        event.into_iter().collect()
    }

    fn acknowledgement(&self) -> Acknowledgement {
        Acknowledgement {
            content_type: "text/xml",
            body: "<Response/>",
        }
    }
}

impl fmt::Debug for Twilio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Twilio({})", self.account_sid)
    }
}

#[cfg(test)]
#[path = "twilio_tests.rs"]
mod tests;
