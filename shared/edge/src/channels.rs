//! The settings of channels: the operator's, from variables and secrets of the Worker, or an
//! organisation's own, sealed in the ledger. Whose they are is decided when a verification is
//! created and stays so.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use futures_util::future::try_join_all;
use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_evidence::channels::settings_of;
use proof_evidence::settings::{Setting, Settings};
use wasm_bindgen::JsValue;

use crate::auth;
use crate::config::Config;
use crate::ledger::Ledger;
use crate::platform::{local, now_millis, variable};
use crate::scope::Scope;
use crate::sealed;

/// How many organisations' settings an isolate keeps at once.
const REMEMBERED: usize = 500;

struct Remembered {
    settings: Settings,
    read_at: i64,
}

thread_local! {
    static OWN: RefCell<HashMap<(String, Channel), Remembered>> = RefCell::new(HashMap::new());
}

/// The settings of a channel: the organisation's own if one is named, else the operator's.
pub async fn settings(
    scope: &Scope,
    own: Option<&str>,
    channel: Channel,
) -> Result<Settings, ApiError> {
    local(settings_in(scope.env(), own, channel)).await
}

/// The same, for objects.
pub async fn settings_in(
    env: &JsValue,
    own: Option<&str>,
    channel: Channel,
) -> Result<Settings, ApiError> {
    let Some(organisation) = own else {
        return Ok(settings_of_operator(env, channel));
    };
    let own = own_settings(env, organisation, channel).await?;
    Ok(with_operators(env, channel, own))
}

/// All settings of the organisation's own, of every channel that has any, as they are now.
pub async fn all_own(
    scope: &Scope,
    organisation: &str,
) -> Result<HashMap<Channel, Settings>, ApiError> {
    let rows = Ledger::of(scope).own_channel_settings(organisation).await?;
    let config = scope.config();
    let unsealed = rows.iter().map(async |row| {
        let own = unseal(config, organisation, row.channel, &row.sealed).await?;
        Ok((row.channel, with_operators(scope.env(), row.channel, own)))
    });
    local(try_join_all(unsealed)).await.map(HashMap::from_iter)
}

/// Addresses of servers are the operator's in either case.
fn with_operators(env: &JsValue, channel: Channel, mut own: Settings) -> Settings {
    for setting in settings_of(channel).iter().filter(|one| one.operator_only) {
        if let Some(value) = variable(env, setting.name) {
            own.set(setting.name, value);
        }
    }
    own
}

/// The operator's settings of a channel, which need no waiting.
pub fn settings_of_operator(env: &JsValue, channel: Channel) -> Settings {
    read(env, settings_of(channel).iter())
}

fn read<'a>(env: &JsValue, wanted: impl Iterator<Item = &'a Setting>) -> Settings {
    wanted
        .filter_map(|setting| Some((setting.name, variable(env, setting.name)?)))
        // The inbox exists in local builds only.
        .filter(|(_, value)| cfg!(feature = "local") || value != "inbox")
        .collect()
}

async fn own_settings(
    env: &JsValue,
    organisation: &str,
    channel: Channel,
) -> Result<Settings, ApiError> {
    let config = Config::of(env);
    let name = (organisation.to_owned(), channel);
    let now = now_millis();
    let lifetime = i64::from(config.key_cache_seconds) * 1_000;
    let known = OWN.with_borrow(|own| {
        own.get(&name)
            .filter(|known| now - known.read_at < lifetime)
            .map(|known| known.settings.clone())
    });
    if let Some(settings) = known {
        return Ok(settings);
    }
    let sealed = Ledger::new(env).own_channel(organisation, channel).await?;
    let settings = match sealed {
        None => Settings::default(),
        Some(text) => unseal(&config, organisation, channel, &text).await?,
    };
    OWN.with_borrow_mut(|own| {
        if own.len() >= REMEMBERED {
            own.clear();
        }
        own.insert(
            name,
            Remembered {
                settings: settings.clone(),
                read_at: now,
            },
        );
    });
    Ok(settings)
}

/// Keeps an organisation's own settings, sealed. They replace those that were there.
pub async fn keep_own(
    scope: &Scope,
    organisation: &str,
    channel: Channel,
    settings: &BTreeMap<String, String>,
) -> Result<(), ApiError> {
    let plain = serde_json::to_vec(settings)
        .map_err(|error| ApiError::internal(format!("settings: {error}")))?;
    let key = scope.config().sealing_key()?;
    let sealed = local(sealed::seal(key, &context(organisation, channel), plain)).await?;
    Ledger::of(scope)
        .keep_own_channel(organisation, channel, &sealed, scope.now())
        .await?;
    forget(organisation, channel);
    Ok(())
}

/// Forgets an organisation's own settings; the operator's are used from now on.
pub async fn drop_own(scope: &Scope, organisation: &str, channel: Channel) -> Result<(), ApiError> {
    Ledger::of(scope)
        .drop_own_channel(organisation, channel)
        .await?;
    forget(organisation, channel);
    Ok(())
}

fn forget(organisation: &str, channel: Channel) {
    OWN.with_borrow_mut(|own| own.remove(&(organisation.to_owned(), channel)));
    auth::forget_keys_of(organisation);
}

async fn unseal(
    config: &Config,
    organisation: &str,
    channel: Channel,
    text: &str,
) -> Result<Settings, ApiError> {
    let context = context(organisation, channel);
    let mut plain = sealed::open(config.sealing_key()?, &context, text).await;
    if let (Err(_), Some(previous)) = (&plain, config.previous_sealing_key()) {
        plain = sealed::open(previous, &context, text).await;
    }
    let settings: BTreeMap<String, String> = serde_json::from_slice(&plain?)
        .map_err(|error| ApiError::internal(format!("sealed settings: {error}")))?;
    Ok(settings.into_iter().collect())
}

/// What the seal is bound to: a row that is copied to another organisation or channel stays shut.
fn context(organisation: &str, channel: Channel) -> String {
    format!("channel-settings/{organisation}/{channel}")
}
