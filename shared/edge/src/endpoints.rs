//! Endpoints of webhooks and the secrets of their deliveries: sealed in the ledger, each bound to its
//! row, so that a row which is copied to another owner stays shut.

use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::event::EventType;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::endpoint::{Endpoint, MAX_ENDPOINTS, PlannedEndpoint};
use proof_domain::webhook::view::{
    CreatedEndpoint, DeliveryView, EndpointEvent, EndpointView, SecretView,
};
use proof_domain::webhook::{DeliveryStatus, EndpointName, WebhookSecret};
use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::events;
use crate::ledger::{Ledger, MadeEndpoint, Replacement, SealedEndpoint, SealedSecrets};
use crate::platform::{local, random};
use crate::scope::Scope;
use crate::sealed;

/// What signs deliveries.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub current: WebhookSecret,
    /// The one before it, while both sign.
    pub previous: Option<WebhookSecret>,
}

impl SealedSecrets {
    /// Opens those that sign at this time, for the row that they belong to.
    pub async fn open(
        &self,
        config: &Config,
        owner: &Owner,
        id: Id,
        now: Timestamp,
    ) -> Result<Secrets, ApiError> {
        let is_good = self.previous_until.is_some_and(|until| until > now);
        let previous = match self.previous.as_deref().filter(|_| is_good) {
            Some(sealed) => Some(open(config, owner, id, sealed).await?),
            None => None,
        };
        Ok(Secrets {
            current: open(config, owner, id, &self.current).await?,
            previous,
        })
    }
}

impl SealedEndpoint {
    /// Opens the secrets that sign at this time.
    pub async fn open(&self, config: &Config, now: Timestamp) -> Result<Secrets, ApiError> {
        let Endpoint { owner, id, .. } = &self.endpoint;
        self.secrets.open(config, owner, *id, now).await
    }
}

/// Registers an endpoint. Under the same id it is registered once; whether it had been is told.
pub async fn register(
    scope: &Scope,
    owner: &Owner,
    name: Option<String>,
    plan: PlannedEndpoint,
) -> Result<(CreatedEndpoint, bool), ApiError> {
    let config = scope.config();
    let id = config.id_for(owner, "webhook-endpoint", name.as_deref())?;
    let fingerprint = name.map(|_| plan.fingerprint());
    let sealed = local(fresh(config, owner, id)).await?;
    let made = Ledger::of(scope)
        .make_endpoint(
            owner,
            id,
            &plan,
            &sealed,
            fingerprint.as_deref(),
            scope.now(),
        )
        .await?;
    let (row, repeated) = match made {
        MadeEndpoint::New(row) => (row, false),
        MadeEndpoint::Known(row) if row.fingerprint == fingerprint => (row, true),
        MadeEndpoint::Known(_) | MadeEndpoint::Deleted => return Err(ApiError::key_was_used()),
        MadeEndpoint::OneTooMany => {
            return Err(ApiError::new(
                ErrorCode::Conflict,
                format!(
                    "There are {MAX_ENDPOINTS} endpoints already. Delete one that is not needed."
                ),
            ));
        }
    };
    let secrets = local(row.open(config, scope.now())).await?;
    let created = CreatedEndpoint {
        endpoint: EndpointView::of(&row.endpoint, scope.now()),
        secret: (&secrets.current).into(),
    };
    Ok((created, repeated))
}

/// The secrets of an endpoint, or those of callback addresses.
pub async fn reveal(
    scope: &Scope,
    owner: &Owner,
    name: EndpointName,
) -> Result<SecretView, ApiError> {
    let row = row(scope, owner, name).await?;
    show(scope, owner, name, &row).await
}

/// Gives an endpoint a new secret; the one before it signs as well for so long. Under the same key
/// that is done once; whether it had been is told, with the secrets as they are now.
pub async fn replace_secret(
    scope: &Scope,
    owner: &Owner,
    name: EndpointName,
    overlap_seconds: u32,
    key: Option<String>,
) -> Result<(SecretView, bool), ApiError> {
    let config = scope.config();
    let id = row(scope, owner, name).await?.endpoint.id;
    let what = format!("webhook-endpoint/{id}/secret");
    let replacement = Replacement {
        sealed: &local(fresh(config, owner, id)).await?,
        overlap_seconds,
        key: key
            .map(|key| config.id_for(owner, &what, Some(&key)))
            .transpose()?,
    };
    let replaced = Ledger::of(scope)
        .replace_secret(owner, id, &replacement, scope.now())
        .await?
        .ok_or_else(ApiError::not_found)?;
    if !replaced.same {
        return Err(ApiError::key_was_used());
    }
    let shown = show(scope, owner, name, &replaced.endpoint).await?;
    Ok((shown, replaced.repeated))
}

async fn row(scope: &Scope, owner: &Owner, name: EndpointName) -> Result<SealedEndpoint, ApiError> {
    match name {
        EndpointName::Callback => local(callback(scope.env(), owner, scope.now())).await,
        EndpointName::Id(id) => Ledger::of(scope)
            .endpoint(owner, id)
            .await?
            // The one for callback addresses goes by its name alone.
            .filter(|row| !row.is_callback())
            .ok_or_else(ApiError::not_found),
    }
}

async fn show(
    scope: &Scope,
    owner: &Owner,
    name: EndpointName,
    row: &SealedEndpoint,
) -> Result<SecretView, ApiError> {
    let secrets = local(row.open(scope.config(), scope.now())).await?;
    let until = row.endpoint.previous_secret_until;
    Ok(SecretView {
        endpoint_id: name,
        secret: (&secrets.current).into(),
        previous_secret_expires_at: until.filter(|_| secrets.previous.is_some()),
        previous_secret: secrets.previous.as_ref().map(Into::into),
        test_mode: owner.environment.is_test().then_some(true),
    })
}

/// The row under which callback addresses have their secret, made when it is first needed.
pub async fn callback(
    env: &JsValue,
    owner: &Owner,
    now: Timestamp,
) -> Result<SealedEndpoint, ApiError> {
    let config = Config::of(env);
    let ledger = Ledger::new(env);
    let id = EndpointName::Callback.row(config.id_secret()?, owner);
    if let Some(row) = ledger.endpoint(owner, id).await? {
        return Ok(row);
    }
    let sealed = fresh(&config, owner, id).await?;
    let row = ledger
        .make_callback_endpoint(owner, id, &sealed, now)
        .await?;
    row.ok_or_else(|| ApiError::internal("no row for callback addresses"))
}

/// Sends an endpoint an event that says only that it is tried. Under the same name it is sent once.
pub async fn try_out(
    scope: &Scope,
    owner: &Owner,
    endpoint: &Endpoint,
    name: Option<String>,
) -> Result<(DeliveryView, bool), ApiError> {
    let config = scope.config();
    let (ledger, secret) = (Ledger::of(scope), config.id_secret()?);
    let what = format!("webhook-endpoint/{}/test", endpoint.id);
    let id = config.id_for(owner, &what, name.as_deref())?;
    if name.is_some()
        && let Some(known) = ledger.delivery_of(owner, secret, id, endpoint.id).await?
    {
        // The first call may have been cut off before its delivery began.
        if known.status == DeliveryStatus::Pending {
            events::begin_late(scope, owner, known.id).await?;
        }
        return Ok((known, true));
    }
    if endpoint.disabled.is_some() {
        return Err(ApiError::new(
            ErrorCode::Conflict,
            "This endpoint is disabled. Enable it first.",
        ));
    }
    let event = EndpointEvent::told(id, EventType::EndpointTest, endpoint, scope.now());
    local(events::publish(scope.env(), &event)).await?;
    let delivery = ledger.delivery_of(owner, secret, id, endpoint.id).await?;
    // It may have been disabled or deleted in the same moment.
    let delivery = delivery.ok_or_else(|| {
        ApiError::new(
            ErrorCode::Conflict,
            "This endpoint was disabled or deleted meanwhile.",
        )
    })?;
    Ok((delivery, false))
}

/// A new secret, as it is kept.
async fn fresh(config: &Config, owner: &Owner, id: Id) -> Result<String, ApiError> {
    let secret = WebhookSecret::from_random(&random::<32>());
    let plain = secret.as_str().as_bytes().to_vec();
    sealed::seal(config.sealing_key()?, &context(owner, id), plain).await
}

async fn open(
    config: &Config,
    owner: &Owner,
    id: Id,
    text: &str,
) -> Result<WebhookSecret, ApiError> {
    let context = context(owner, id);
    let mut plain = sealed::open(config.sealing_key()?, &context, text).await;
    if let (Err(_), Some(previous)) = (&plain, config.previous_sealing_key()) {
        plain = sealed::open(previous, &context, text).await;
    }
    std::str::from_utf8(&plain?)
        .ok()
        .and_then(WebhookSecret::parse)
        .ok_or_else(|| ApiError::internal("a sealed secret that is none"))
}

/// What the seal is bound to.
fn context(owner: &Owner, id: Id) -> String {
    format!(
        "webhook-endpoint/{}/{}/{id}",
        owner.organisation, owner.environment
    )
}
