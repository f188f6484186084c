//! WhatsApp's Cloud API: webhooks signed over their bytes, messages of persons, our few answers.
//! A webhook is believed by its signature alone; a number only where WhatsApp states it.

mod payload;
mod send;
#[cfg(test)]
mod tests;

use std::fmt;

use zeroize::Zeroizing;

use crate::inbound::{Forged, InboundMessage, Webhook, hex_hmac_sha256_is, same};
use crate::settings::{MissingSettings, Setting, Settings};

/// The settings of the channel.
pub const SETTINGS: &[Setting] = &[
    Setting::plain(NUMBER),
    Setting::plain(PHONE_NUMBER_ID),
    Setting::secret(ACCESS_TOKEN),
    Setting::secret(APP_SECRET),
    Setting::secret(VERIFY_TOKEN),
    Setting::plain(API_URL).of_operator(),
    Setting::plain(API_VERSION).of_operator(),
];

const NUMBER: &str = "WHATSAPP_NUMBER";
const PHONE_NUMBER_ID: &str = "WHATSAPP_PHONE_NUMBER_ID";
const ACCESS_TOKEN: &str = "WHATSAPP_ACCESS_TOKEN";
const APP_SECRET: &str = "WHATSAPP_APP_SECRET";
const VERIFY_TOKEN: &str = "WHATSAPP_VERIFY_TOKEN";
const API_URL: &str = "WHATSAPP_API_URL";
const API_VERSION: &str = "WHATSAPP_API_VERSION";

const DEFAULT_URL: &str = "https://graph.facebook.com";
const DEFAULT_VERSION: &str = "v24.0";

/// One business number.
#[derive(Clone)]
pub struct Whatsapp {
    /// Digits of the number that people write to.
    number: String,
    phone_number_id: String,
    access_token: Zeroizing<String>,
    app_secret: Zeroizing<String>,
    verify_token: Zeroizing<String>,
    messages_url: String,
}

impl Whatsapp {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [
            number,
            phone_number_id,
            access_token,
            app_secret,
            verify_token,
        ] = settings.require([
            NUMBER,
            PHONE_NUMBER_ID,
            ACCESS_TOKEN,
            APP_SECRET,
            VERIFY_TOKEN,
        ])?;
        let number = number.trim_start_matches('+');
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        // What becomes part of an address must not be able to lead elsewhere.
        let odd: Vec<_> = [(NUMBER, number), (PHONE_NUMBER_ID, phone_number_id)]
            .into_iter()
            .filter_map(|(name, value)| (!digits(value)).then_some(name))
            .collect();
        if !odd.is_empty() {
            return Err(MissingSettings(odd));
        }
        let base = settings.base_url(API_URL, DEFAULT_URL);
        let version = settings.get_or(API_VERSION, DEFAULT_VERSION);
        Ok(Self {
            messages_url: format!("{base}/{version}/{phone_number_id}/messages"),
            number: number.to_owned(),
            phone_number_id: phone_number_id.to_owned(),
            access_token: Zeroizing::new(access_token.to_owned()),
            app_secret: Zeroizing::new(app_secret.to_owned()),
            verify_token: Zeroizing::new(verify_token.to_owned()),
        })
    }

    /// Opens a conversation with the service's number, the code filled in.
    pub fn deep_link(&self, code: &str) -> String {
        format!("https://wa.me/{}?text={code}", self.number)
    }

    /// The handshake by which Meta finds out that the address is ours. `query` is the request's
    /// raw query; the answer is the body to give back.
    pub fn handshake(&self, query: &str) -> Result<String, Forged> {
        let (mut mode, mut token, mut challenge) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "hub.mode" => &mut mode,
                "hub.verify_token" => &mut token,
                "hub.challenge" => &mut challenge,
                _ => continue,
            };
            if place.replace(value).is_some() {
                return Err(Forged);
            }
        }
        let token = token.ok_or(Forged)?;
        if mode.as_deref() != Some("subscribe")
            || !same(token.as_bytes(), self.verify_token.as_bytes())
        {
            return Err(Forged);
        }
        // It is given back to whoever knows the token, as plain text; nothing but what Meta sends.
        challenge
            .filter(|text| {
                (1..=256).contains(&text.len())
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
            })
            .map(std::borrow::Cow::into_owned)
            .ok_or(Forged)
    }

    /// Whether Meta signed these bytes: `X-Hub-Signature-256`, with the app's secret.
    pub fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged> {
        let signature = webhook
            .header("x-hub-signature-256")?
            .strip_prefix("sha256=")
            .ok_or(Forged)?;
        if hex_hmac_sha256_is(signature, self.app_secret.as_bytes(), &[webhook.body]) {
            Ok(())
        } else {
            Err(Forged)
        }
    }

    /// The messages of persons to this number, in their order. Whatever else a webhook holds
    /// (statuses, other numbers, what is not of the documented form) is left out.
    pub fn messages(&self, body: &[u8]) -> Vec<InboundMessage> {
        payload::messages(body, &self.phone_number_id)
    }
}

impl fmt::Debug for Whatsapp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whatsapp({})", self.phone_number_id)
    }
}
