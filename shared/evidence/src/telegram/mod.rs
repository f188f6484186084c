//! Telegram's Bot API: updates of private chats, and our few messages to them. A number is known
//! only when a person shares their own contact; anybody can send anybody else's.

mod send;
#[cfg(test)]
mod tests;
mod update;

use std::fmt;

use zeroize::Zeroizing;

use crate::inbound::{Forged, InboundMessage, Webhook, same};
use crate::settings::{MissingSettings, Setting, Settings};
use crate::telegram_gateway;

/// The settings of the bot.
pub const SETTINGS: [Setting; 4] = [
    Setting::plain(BOT_USERNAME),
    Setting::secret(BOT_TOKEN),
    Setting::secret(WEBHOOK_SECRET),
    Setting::plain(API_URL).of_operator(),
];

/// The settings of the channel: those of the bot, and those of the Gateway.
pub const SETTINGS_WITH_GATEWAY: &[Setting] = &{
    let [username, token, secret, url] = SETTINGS;
    let [gateway_token, gateway_url] = telegram_gateway::SETTINGS;
    [username, token, secret, url, gateway_token, gateway_url]
};

const BOT_USERNAME: &str = "TELEGRAM_BOT_USERNAME";
const BOT_TOKEN: &str = "TELEGRAM_BOT_TOKEN";
const WEBHOOK_SECRET: &str = "TELEGRAM_WEBHOOK_SECRET";
const API_URL: &str = "TELEGRAM_API_URL";

const DEFAULT_URL: &str = "https://api.telegram.org";

/// One bot.
#[derive(Clone)]
pub struct Telegram {
    username: String,
    /// The address of its methods, which contains its token.
    base: Zeroizing<String>,
    webhook_secret: Zeroizing<String>,
}

impl Telegram {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [username, token, webhook_secret] =
            settings.require([BOT_USERNAME, BOT_TOKEN, WEBHOOK_SECRET])?;
        let username = username.trim_start_matches('@');
        let odd: Vec<_> = [
            (BOT_USERNAME, is_username(username)),
            (BOT_TOKEN, is_token(token)),
            (WEBHOOK_SECRET, is_webhook_secret(webhook_secret)),
        ]
        .into_iter()
        .filter_map(|(name, good)| (!good).then_some(name))
        .collect();
        if !odd.is_empty() {
            return Err(MissingSettings(odd));
        }
        let api = settings.base_url(API_URL, DEFAULT_URL);
        Ok(Self {
            username: username.to_owned(),
            base: Zeroizing::new(format!("{api}/bot{token}")),
            webhook_secret: Zeroizing::new(webhook_secret.to_owned()),
        })
    }

    /// Opens the chat with the bot and gives it the code.
    pub fn deep_link(&self, code: &str) -> String {
        format!("https://t.me/{}?start={code}", self.username)
    }

    /// Whether this came from whoever was given the secret when the webhook was set.
    pub fn trust(&self, webhook: &Webhook<'_>) -> Result<(), Forged> {
        let secret = webhook.header("x-telegram-bot-api-secret-token")?;
        if same(secret.as_bytes(), self.webhook_secret.as_bytes()) {
            Ok(())
        } else {
            Err(Forged)
        }
    }

    /// The message of a person in a private chat, if the update is one. Its name is the update's.
    pub fn message(&self, body: &[u8]) -> Option<InboundMessage> {
        update::message(body)
    }
}

/// Part of links.
fn is_username(text: &str) -> bool {
    (4..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Part of addresses.
fn is_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty()
            && !secret.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && secret.bytes().all(is_token_byte)
    })
}

/// What `setWebhook` takes as `secret_token`.
fn is_webhook_secret(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(is_token_byte)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Telegram({})", self.username)
    }
}
