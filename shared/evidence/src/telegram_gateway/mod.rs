//! Telegram's Gateway: a numeric code sent to a number that has Telegram, without a bot. Its
//! reports are believed by their signature, and only while they are fresh.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::code::OtpCode;
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::inbound::{
    DeliveryReport, Forged, Number, Reported, Webhook, hex_hmac_sha256_is, is_fresh,
};
use crate::settings::{MissingSettings, Setting, Settings};

/// The settings of the Gateway.
pub const SETTINGS: [Setting; 2] = [
    Setting::secret(TOKEN),
    Setting::plain(API_URL).of_operator(),
];

const TOKEN: &str = "TELEGRAM_GATEWAY_TOKEN";
const API_URL: &str = "TELEGRAM_GATEWAY_API_URL";
const DEFAULT_URL: &str = "https://gatewayapi.telegram.org";

/// How old a report may be, and how far ahead its clock.
const FRESH_SECONDS: i64 = 300;
/// What the Gateway takes as `ttl`.
const TTL_SECONDS: std::ops::RangeInclusive<u32> = 30..=3600;

/// One Gateway account.
#[derive(Clone)]
pub struct TelegramGateway {
    token: Zeroizing<String>,
    base: String,
}

/// A code to send.
#[derive(Clone, Copy)]
pub struct GatewayMessage<'a> {
    pub number: &'a Number,
    pub code: &'a OtpCode,
    /// How long the code is good for. A message that was not delivered by then costs nothing.
    pub seconds: u32,
    pub callback_url: &'a str,
    /// Comes back with each report.
    pub reference: &'a str,
}

/// What the Gateway knows of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayStatus {
    pub request_id: String,
    /// Nothing while it is still on its way.
    pub delivery: Option<DeliveryReport>,
    /// Whether a code that was handed over for comparison is right.
    pub code_is_right: Option<bool>,
}

#[derive(Serialize)]
struct SendVerificationMessage<'a> {
    phone_number: &'a str,
    code: &'a str,
    ttl: u32,
    payload: &'a str,
    callback_url: &'a str,
}

#[derive(Serialize)]
struct CheckVerificationStatus<'a> {
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    result: Option<RequestStatus>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct RequestStatus {
    request_id: String,
    delivery_status: Option<Status>,
    verification_status: Option<Status>,
    payload: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    status: String,
}

impl TelegramGateway {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [token] = settings.require([TOKEN])?;
        Ok(Self {
            token: Zeroizing::new(token.to_owned()),
            base: settings.base_url(API_URL, DEFAULT_URL),
        })
    }

    /// Sends our code.
    pub fn send(&self, message: &GatewayMessage<'_>) -> ProviderRequest {
        self.call(
            "sendVerificationMessage",
            &SendVerificationMessage {
                phone_number: message.number.as_str(),
                code: message.code.as_str(),
                ttl: message
                    .seconds
                    .clamp(*TTL_SECONDS.start(), *TTL_SECONDS.end()),
                payload: message.reference,
                callback_url: message.callback_url,
            },
        )
    }

    /// Asks how a message stands; with a code, the Gateway counts it as tried. What decides here is
    /// our own comparison.
    pub fn check(&self, request_id: &str, code: Option<&str>) -> ProviderRequest {
        self.call(
            "checkVerificationStatus",
            &CheckVerificationStatus { request_id, code },
        )
    }

    fn call(&self, method: &str, body: &impl Serialize) -> ProviderRequest {
        ProviderRequest::post_json(format!("{}/{method}", self.base), body).bearer(&self.token)
    }

    /// The answer to either.
    pub fn status(response: &ProviderResponse) -> Result<GatewayStatus, ProviderError> {
        let Ok(answer) = response.json::<Answer>() else {
            return Err(if response.is_success() {
                ProviderError::Unreadable
            } else {
                response.failure()
            });
        };
        if !answer.ok {
            return Err(refusal(
                answer.error.as_deref().unwrap_or_default(),
                response,
            ));
        }
        let status = answer.result.ok_or(ProviderError::Unreadable)?;
        Ok(GatewayStatus {
            delivery: status.delivery_status.as_ref().and_then(delivery),
            code_is_right: status.verification_status.and_then(|status| {
                match status.status.as_str() {
                    "code_valid" => Some(true),
                    "code_invalid" | "code_max_attempts_exceeded" | "expired" => Some(false),
                    _ => None,
                }
            }),
            request_id: status.request_id,
        })
    }

    /// Whether the Gateway signed this report, not long ago: HMAC-SHA-256 over time and body,
    /// keyed with the digest of the token.
    pub fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged> {
        let time = webhook.header("x-request-timestamp")?;
        let signature = webhook.header("x-request-signature")?;
        let key = Zeroizing::new(Sha256::digest(self.token.as_bytes()).to_vec());
        let signed = hex_hmac_sha256_is(signature, &key, &[time.as_bytes(), b"\n", webhook.body]);
        if signed && is_fresh(time, webhook.now, FRESH_SECONDS) {
            Ok(())
        } else {
            Err(Forged)
        }
    }

    /// What a report says of the message with a reference, if it is the end of it.
    pub fn report(&self, body: &[u8]) -> Option<Reported> {
        let status: RequestStatus = serde_json::from_slice(body).ok()?;
        Some(Reported {
            report: delivery(status.delivery_status.as_ref()?)?,
            reference: status.payload?,
            message_id: status.request_id,
        })
    }
}

fn delivery(status: &Status) -> Option<DeliveryReport> {
    match status.status.as_str() {
        "delivered" | "read" => Some(DeliveryReport::Delivered),
        "expired" | "revoked" => Some(DeliveryReport::Failed(status.status.clone())),
        _ => None,
    }
}

fn refusal(error: &str, response: &ProviderResponse) -> ProviderError {
    if error.starts_with("ACCESS_TOKEN") || error == "BALANCE_NOT_ENOUGH" {
        return ProviderError::Credentials;
    }
    if let Some(wait) = error.strip_prefix("FLOOD_WAIT") {
        return ProviderError::RateLimited {
            retry_after: wait
                .trim_start_matches('_')
                .parse()
                .ok()
                .or(response.retry_after),
        };
    }
    let is_code = !error.is_empty()
        && error.len() <= 60
        && error
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    if is_code {
        ProviderError::refused(error.to_ascii_lowercase())
    } else {
        response.failure()
    }
}

impl fmt::Debug for TelegramGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TelegramGateway(…)")
    }
}

impl fmt::Debug for GatewayMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GatewayMessage(…)")
    }
}

#[cfg(test)]
mod tests;
