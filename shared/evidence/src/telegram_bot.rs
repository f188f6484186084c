//! Telegram bots, shown to be somebody's by their token. A token is the bot's password: it goes
//! into one request, and nothing here keeps, prints or returns it.

use std::fmt;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::settings::{MissingSettings, Setting, Settings};

pub const SETTINGS: &[Setting] = &[Setting::plain("TELEGRAM_API_URL").of_operator()];

const SECRET: usize = 35;

/// The way to Telegram's Bot API.
#[derive(Clone, Debug)]
pub struct TelegramBots {
    api_url: String,
}

/// A whole token, `<id>:<secret>`.
#[derive(Clone)]
pub struct BotToken(Zeroizing<String>);

/// The bot to which a token belongs.
#[derive(Clone, PartialEq, Eq)]
pub struct Bot {
    /// Never changes.
    pub id: String,
    pub username: String,
}

/// Why a token shows nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BotError {
    /// Wrong, or revoked: Telegram does not tell which.
    #[error("Telegram does not accept the token")]
    TokenRefused,
    /// What it belongs to is not the bot of that id.
    #[error("the token belongs to something else")]
    AnotherBot,
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl BotToken {
    /// Takes what looks like a whole token.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once(':')?;
        let is_id = (6..=12).contains(&id.len())
            && !id.starts_with('0')
            && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_secret = secret.len() == SECRET
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        (is_id && is_secret).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The bot that the token says it is for.
    pub fn id(&self) -> &str {
        self.0.split(':').next().unwrap_or_default()
    }
}

impl TelegramBots {
    /// Nothing has to be set; the signature is that of all adapters.
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        Ok(Self {
            api_url: settings.base_url("TELEGRAM_API_URL", "https://api.telegram.org"),
        })
    }

    /// Asks whose token it is.
    pub fn get_me(&self, token: &BotToken) -> ProviderRequest {
        ProviderRequest::get(format!("{}/bot{}/getMe", self.api_url, *token.0))
    }

    /// Reads the answer to a token of the bot of this id.
    pub fn read(response: &ProviderResponse, id: &str) -> Result<Bot, BotError> {
        #[derive(Deserialize)]
        struct Answer {
            ok: bool,
            #[serde(default)]
            result: Option<User>,
            #[serde(default)]
            error_code: Option<u16>,
            #[serde(default)]
            parameters: Option<Parameters>,
        }
        #[derive(Deserialize)]
        struct Parameters {
            #[serde(default)]
            retry_after: Option<u32>,
        }
        #[derive(Deserialize)]
        struct User {
            id: u64,
            is_bot: bool,
            username: String,
        }
        if response.status >= 500 {
            return Err(response.failure().into());
        }
        let answer: Answer = response.json()?;
        match (answer.ok, answer.result, answer.error_code) {
            (true, Some(user), _) if response.is_success() => {
                let bot = Bot {
                    id: user.id.to_string(),
                    username: user.username,
                };
                if user.is_bot && bot.id == id {
                    Ok(bot)
                } else {
                    Err(BotError::AnotherBot)
                }
            }
            // 404 is for tokens that could not be any bot's.
            (false, _, Some(401 | 404)) => Err(BotError::TokenRefused),
            (false, _, Some(429)) => Err(ProviderError::RateLimited {
                retry_after: answer
                    .parameters
                    .and_then(|parameters| parameters.retry_after)
                    .or(response.retry_after),
            }
            .into()),
            (false, _, Some(code)) => Err(ProviderResponse {
                status: code,
                retry_after: None,
                body: Vec::new(),
            }
            .failure()
            .into()),
            _ => Err(ProviderError::Unreadable.into()),
        }
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotToken(…)")
    }
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bot({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0";

    fn answer(status: u16, body: &str) -> ProviderResponse {
        ProviderResponse {
            status,
            retry_after: Some(9),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_token_goes_into_the_address_and_nowhere_else() {
        let token = BotToken::parse(TOKEN).unwrap();
        let bots = TelegramBots::from_settings(&Settings::default()).unwrap();
        let request = bots.get_me(&token);
        assert_eq!(
            request.url,
            format!("https://api.telegram.org/bot{TOKEN}/getMe")
        );
        assert!(request.headers.is_empty() && request.body.is_empty());
        assert_eq!(token.id(), "123456789");
        for printed in [
            format!("{token:?}"),
            format!("{request:?}"),
            format!("{bots:?}"),
        ] {
            assert!(!printed.contains("AAHd"), "{printed}");
        }
    }

    #[test]
    fn what_is_no_token_never_reaches_an_address() {
        let secret = &TOKEN[10..];
        for odd in [
            String::new(),
            "123456789".to_owned(),
            format!("123456789:{}", &secret[1..]),
            format!("123456789:{secret}A"),
            format!("12345:{secret}"),
            format!("012345678:{secret}"),
            format!("123456789:{}/", &secret[1..]),
            format!("123456789:{}?", &secret[1..]),
            format!("../456789:{secret}"),
        ] {
            assert!(BotToken::parse(&odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn whose_token_it_is() {
        let read = |status, body: &str| TelegramBots::read(&answer(status, body), "123456789");
        let me = |id: u64, is_bot: bool| {
            format!(
                r#"{{"ok":true,"result":{{"id":{id},"is_bot":{is_bot},"first_name":"Toy","username":"toy_bot","can_join_groups":true}}}}"#
            )
        };
        let bot = read(200, &me(123_456_789, true)).unwrap();
        assert_eq!(
            (bot.id.as_str(), bot.username.as_str()),
            ("123456789", "toy_bot")
        );
        assert_eq!(read(200, &me(123_456_780, true)), Err(BotError::AnotherBot));
        assert_eq!(
            read(200, &me(123_456_789, false)),
            Err(BotError::AnotherBot)
        );
        for (status, body, error) in [
            (
                401,
                r#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#,
                BotError::TokenRefused,
            ),
            (
                404,
                r#"{"ok":false,"error_code":404,"description":"Not Found"}"#,
                BotError::TokenRefused,
            ),
            (
                429,
                r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 3","parameters":{"retry_after":3}}"#,
                ProviderError::RateLimited {
                    retry_after: Some(3),
                }
                .into(),
            ),
            (
                429,
                r#"{"ok":false,"error_code":429}"#,
                ProviderError::RateLimited {
                    retry_after: Some(9),
                }
                .into(),
            ),
            (
                502,
                "<html>",
                ProviderError::Unavailable { status: 502 }.into(),
            ),
            (200, "<html>", ProviderError::Unreadable.into()),
            (200, r#"{"ok":true}"#, ProviderError::Unreadable.into()),
            (200, r#"{"ok":false}"#, ProviderError::Unreadable.into()),
            (
                401,
                &me(123_456_789, true),
                ProviderError::Unreadable.into(),
            ),
            (
                400,
                r#"{"ok":false,"error_code":400}"#,
                ProviderError::refused("status_400").into(),
            ),
        ] {
            assert_eq!(read(status, body), Err(error), "{status} {body}");
        }
    }
}
