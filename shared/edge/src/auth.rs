//! Who calls. A handler that takes a `TenantKey` cannot run without a valid key; look-ups are kept
//! in the isolate for at most a minute, which is the longest a revoked key stays alive.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::extract::FromRequestParts;
use http::request::Parts;
use proof_domain::api_key::ApiKey;
use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::tenant::Owner;

use crate::answer::Failure;
use crate::ledger::{KeyRecord, Ledger};
use crate::platform::local;
use crate::rate;
use crate::scope::Scope;

/// A caller with a valid API key, within its rate limit.
#[derive(Clone, Debug)]
pub struct TenantKey {
    pub owner: Owner,
    pub organisation_name: String,
    /// How many live streams the organisation may hold, if not the default.
    pub streams_limit: Option<u32>,
    own_channels: Vec<Channel>,
    quota: Quota,
}

#[derive(Clone, Copy, Debug)]
struct Quota {
    limit: Option<u64>,
    used: u64,
}

impl TenantKey {
    /// The channels that the organisation has settings of its own for. What a tenant sets is in
    /// effect within a minute.
    pub(crate) fn own_channels(&self) -> &[Channel] {
        &self.own_channels
    }

    /// Refuses a test key what live and test share.
    pub fn must_be_live(&self, why: &'static str) -> Result<(), ApiError> {
        if self.owner.environment.is_test() {
            return Err(ApiError::new(ErrorCode::Forbidden, why));
        }
        Ok(())
    }

    /// Refuses to create where the month's quota is used up. Test keys have none.
    pub fn within_quota(&self) -> Result<(), ApiError> {
        if self.owner.environment.is_test() {
            return Ok(());
        }
        within_quota(self.quota.limit, self.quota.used)
    }
}

/// The same for whoever asked earlier and is not here now.
pub(crate) fn within_quota(limit: Option<u64>, used: u64) -> Result<(), ApiError> {
    match limit {
        Some(limit) if used >= limit => Err(ApiError::new(
            ErrorCode::QuotaExceeded,
            format!("This month's quota of {limit} verifications is used up."),
        )),
        _ => Ok(()),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for TenantKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let scope = scope_of(parts)?;
        Ok(local(authenticate(&scope)).await?)
    }
}

/// A caller of a public address, within the limit for its network address.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Anyone {
    /// Counts a request of this address, or refuses it. For those who find out late that the caller
    /// is just anyone.
    pub async fn admit(scope: &Scope) -> Result<Self, ApiError> {
        let address = scope.headers().client_address.clone();
        if !address.is_empty() {
            local(rate::admit(scope, rate::PUBLIC, &address)).await?;
        }
        Ok(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self::admit(&scope_of(parts)?).await?)
    }
}

pub(crate) fn scope_of(parts: &Parts) -> Result<Scope, ApiError> {
    parts
        .extensions
        .get::<Scope>()
        .cloned()
        .ok_or_else(|| ApiError::internal("a request without a scope"))
}

async fn authenticate(scope: &Scope) -> Result<TenantKey, ApiError> {
    let key = bearer(&scope.headers().authorization)
        .and_then(ApiKey::parse)
        .ok_or_else(ApiError::unauthorized)?;
    let hash = key.hash(scope.config().key_pepper()?);
    let record = look_up(scope, &hash)
        .await?
        .ok_or_else(ApiError::unauthorized)?;
    scope.set_caller(format!("{}/{}", record.organisation_id, record.environment));
    if let Some(tier) = rate::tier(record.rate_limit_per_minute) {
        rate::admit(scope, tier, &record.key_id).await?;
    }
    Ok(TenantKey {
        owner: Owner {
            organisation: record.organisation_id,
            environment: record.environment,
        },
        organisation_name: record.organisation_name,
        streams_limit: record.streams_limit,
        own_channels: record
            .own_channels
            .iter()
            .flat_map(|names| names.split(','))
            .filter_map(|name| name.parse().ok())
            .collect(),
        quota: Quota {
            limit: record.monthly_quota,
            used: record.quota_used,
        },
    })
}

/// The token of `Authorization: Bearer …`; the scheme's case does not matter (RFC 9110).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

// --- the isolate's memory of keys ---------------------------------------------------------------

/// Unknown keys are remembered too, but few and briefly, so that guessing neither fills the memory
/// nor reaches the database every time.
const REMEMBERED: usize = 5_000;

#[derive(Clone)]
struct Remembered {
    record: Option<KeyRecord>,
    read_at: i64,
}

thread_local! {
    static KEYS: RefCell<HashMap<String, Remembered>> = RefCell::new(HashMap::new());
}

/// Forgets what this isolate knows of an organisation's keys, because something of it changed.
/// Other isolates notice within a minute.
pub(crate) fn forget_keys_of(organisation: &str) {
    KEYS.with_borrow_mut(|keys| {
        keys.retain(|_, known| {
            known
                .record
                .as_ref()
                .is_none_or(|record| record.organisation_id != organisation)
        });
    });
}

async fn look_up(scope: &Scope, hash: &str) -> Result<Option<KeyRecord>, ApiError> {
    let now = scope.now().seconds();
    let lifetime = i64::from(scope.config().key_cache_seconds);
    let known = KEYS.with_borrow(|keys| {
        keys.get(hash)
            .filter(|known| now - known.read_at < lifetime)
            .map(|known| known.record.clone())
    });
    if let Some(record) = known {
        return Ok(record);
    }
    let ledger = Ledger::of(scope);
    let record = ledger.key(hash, scope.now()).await?;
    if let Some(record) = &record {
        let (ledger, key_id, used_at) = (ledger, record.key_id.clone(), scope.now());
        scope.after_answer(async move { ledger.key_was_used(&key_id, used_at).await });
    }
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= REMEMBERED {
            keys.clear();
        }
        keys.insert(
            hash.to_owned(),
            Remembered {
                record: record.clone(),
                read_at: now,
            },
        );
    });
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_bearer_token() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
        assert_eq!(bearer(""), None);
        // Two headers arrive joined; what comes out is no key.
        assert_eq!(
            bearer("Bearer a, Bearer b")
                .and_then(ApiKey::parse)
                .map(|_| ()),
            None
        );
    }
}
