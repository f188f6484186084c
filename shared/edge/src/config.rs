//! Settings of the operator, read once per isolate from the Worker's variables and secrets.
//! Secrets are held redacted and never printed.

use std::rc::Rc;
use std::sync::Arc;

use proof_domain::error::ApiError;
use proof_domain::id::{Id, unhex};
use proof_domain::limits;
use proof_domain::tenant::Owner;
use proof_evidence::code::CodeKey;
use sha2::{Digest as _, Sha256};
use wasm_bindgen::JsValue;

use crate::platform::{random, variable};

/// Bytes that must never be printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The settings that Workers share. Each Worker is given only those that it needs.
#[derive(Debug)]
pub struct Config {
    /// `https://…` without a final slash.
    pub public_url: String,
    pub issuer: String,
    pub streams_per_tenant: u32,
    pub heartbeat_seconds: u32,
    pub revocation_ttl_seconds: u32,
    pub key_cache_seconds: u32,
    pub challenge_seconds: i64,
    pub domain_challenge_seconds: i64,
    /// How long a request is open that does not say.
    pub request_seconds: i64,
    /// Until a domain is looked at by itself for the first time; 0: never.
    pub domain_check_seconds: i64,
    /// How long what is over is kept.
    pub retention_seconds: i64,
    /// How long a receiver of webhooks has to answer, to the end of its answer.
    pub webhook_milliseconds: u32,
    /// How long deliveries wait for their next attempt, as a part of what the schedule says.
    pub webhook_retry_percent: u32,
    pub log: bool,
    /// Which set of models is run: `default` or `published`.
    pub model_set: String,
    /// Whether a look at a face may tell what took how long. For those who measure.
    pub face_details: bool,
    pub jwks: String,
    pub whatsapp_number: String,
    pub telegram_bot: String,
    pub sms_number: String,
    /// Where the servers are that play providers and people on a developer's machine.
    #[cfg(feature = "local")]
    pub local_peers: String,
    key_pepper: Option<Secret>,
    id_secret: Option<Secret>,
    sealing_key: Option<Secret>,
    previous_sealing_key: Option<Secret>,
}

thread_local! {
    static CONFIG: std::cell::OnceCell<Rc<Config>> = const { std::cell::OnceCell::new() };
}

impl Config {
    /// The settings of this isolate.
    pub fn of(env: &JsValue) -> Rc<Self> {
        CONFIG.with(|cell| cell.get_or_init(|| Rc::new(Self::read(env))).clone())
    }

    fn read(env: &JsValue) -> Self {
        let text = |name: &str, default: &str| {
            variable(env, name)
                .filter(|value| !value.is_empty())
                .unwrap_or_else(|| default.into())
        };
        let public_url = text("PUBLIC_URL", "https://proof.example")
            .trim_end_matches('/')
            .to_owned();
        Self {
            issuer: text("ISSUER", &public_url),
            public_url,
            streams_per_tenant: number(env, "STREAMS_PER_TENANT", 10),
            heartbeat_seconds: number(env, "HEARTBEAT_SECONDS", 30),
            revocation_ttl_seconds: number(env, "REVOCATION_TTL_SECONDS", 300),
            key_cache_seconds: number(env, "KEY_CACHE_SECONDS", 60).min(60),
            challenge_seconds: number(env, "CHALLENGE_SECONDS", limits::CHALLENGE_SECONDS),
            domain_challenge_seconds: number(
                env,
                "DOMAIN_CHALLENGE_SECONDS",
                limits::DOMAIN_CHALLENGE_SECONDS,
            ),
            request_seconds: number(env, "REQUEST_SECONDS", limits::REQUEST_SECONDS[1]),
            domain_check_seconds: number(env, "DOMAIN_CHECK_SECONDS", limits::DOMAIN_CHECK_SECONDS),
            retention_seconds: retention(&text("RETENTION_DAYS", "")),
            webhook_milliseconds: number(env, "WEBHOOK_MILLISECONDS", limits::WEBHOOK_MILLISECONDS),
            webhook_retry_percent: number(env, "WEBHOOK_RETRY_PERCENT", 100),
            log: text("LOG", "info") != "off",
            model_set: text("MODEL_SET", "default"),
            face_details: text("FACE_DETAILS", "") == "on",
            jwks: text("PROOF_JWKS", r#"{"keys":[]}"#),
            whatsapp_number: text("WHATSAPP_NUMBER", TEST_NUMBER),
            telegram_bot: text("TELEGRAM_BOT_USERNAME", "proof_test_bot"),
            sms_number: text("SMS_NUMBER", TEST_NUMBER),
            #[cfg(feature = "local")]
            local_peers: text("LOCAL_PEERS_URL", ""),
            key_pepper: secret(env, "KEY_PEPPER"),
            id_secret: secret(env, "ID_SECRET"),
            sealing_key: secret(env, "SEALING_KEY"),
            previous_sealing_key: secret(env, "PREVIOUS_SEALING_KEY"),
        }
    }

    /// What API keys are hashed with.
    pub fn key_pepper(&self) -> Result<&[u8], ApiError> {
        required("KEY_PEPPER", self.key_pepper.as_ref())
    }

    /// What ids, codes and names of objects are derived with.
    pub fn id_secret(&self) -> Result<&[u8], ApiError> {
        required("ID_SECRET", self.id_secret.as_ref())
    }

    /// The id of something to create: the one that belongs to its idempotency key, or a random one.
    pub fn id_for(&self, owner: &Owner, what: &str, key: Option<&str>) -> Result<Id, ApiError> {
        Ok(match key {
            Some(key) => Id::for_idempotency_key(self.id_secret()?, owner, what, key),
            None => Id::from_bytes(random()),
        })
    }

    /// What codes are digested with.
    pub fn code_key(&self) -> Result<CodeKey, ApiError> {
        let digest = Sha256::new()
            .chain_update(self.id_secret()?)
            .chain_update(b"codes")
            .finalize();
        Ok(CodeKey::from_bytes(digest.into()))
    }

    /// What organisations' own settings are sealed with.
    pub fn sealing_key(&self) -> Result<&[u8], ApiError> {
        required("SEALING_KEY", self.sealing_key.as_ref()).and_then(|key| {
            key.get(..32)
                .ok_or_else(|| ApiError::internal("SEALING_KEY is too short"))
        })
    }

    /// What they were sealed with before, while the operator changes the key.
    pub fn previous_sealing_key(&self) -> Option<&[u8]> {
        self.previous_sealing_key
            .as_ref()
            .and_then(|key| key.bytes().get(..32))
    }

    /// The host in `public_url`.
    pub fn own_host(&self) -> &str {
        let after = self
            .public_url
            .split_once("://")
            .map_or(&*self.public_url, |(_, rest)| rest);
        after.split(['/', ':']).next().unwrap_or(after)
    }
}

/// A number that belongs to nobody, for links in test mode.
const TEST_NUMBER: &str = "+12025550100";

fn number<T: std::str::FromStr>(env: &JsValue, name: &str, default: T) -> T {
    variable(env, name)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

/// Days, of which tests take small parts. What is not a sensible number is the default.
fn retention(days: &str) -> i64 {
    const MOST: f64 = 3_650.0;
    let days = days.trim().parse().ok();
    let days = days.filter(|days: &f64| (0.0..=MOST).contains(days));
    days.map_or(limits::RETENTION_SECONDS, |days| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "at most ten years of seconds"
        )]
        let seconds = (days * 86_400.0) as i64;
        seconds
    })
}

fn required<'a>(name: &str, secret: Option<&'a Secret>) -> Result<&'a [u8], ApiError> {
    secret
        .map(Secret::bytes)
        .ok_or_else(|| ApiError::internal(format!("the secret {name} is not set")))
}

fn secret(env: &JsValue, name: &str) -> Option<Secret> {
    let bytes = unhex(&variable(env, name)?)?;
    (bytes.len() >= 32).then(|| Secret(bytes.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_given_in_days() {
        for (days, seconds) in [
            ("30", 2_592_000),
            ("0", 0),
            ("0.5", 43_200),
            (" 7 ", 604_800),
            ("", limits::RETENTION_SECONDS),
            ("-1", limits::RETENTION_SECONDS),
            ("x", limits::RETENTION_SECONDS),
            ("NaN", limits::RETENTION_SECONDS),
            ("1e9", limits::RETENTION_SECONDS),
        ] {
            assert_eq!(retention(days), seconds, "{days:?}");
        }
    }
}
