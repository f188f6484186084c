//! Webhooks of providers: what persons write to us, and what became of what we wrote. A webhook is
//! believed by its signature alone, answered at once, and safe to repeat; if what waits for it
//! cannot be asked, the provider is told to come again.

mod email;
mod reports;
mod routing;
mod sms;
mod telegram;
mod voice;
mod whatsapp;

use axum::Router;
use axum::extract::{FromRequest, FromRequestParts as _, RawPathParams, Request};
use axum::routing::{get, post};
use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_edge::auth::Anyone;
use proof_edge::channels;
use proof_edge::extract::RawBody;
use proof_edge::{Failure, Scope};
use proof_evidence::inbound::{Forged, Webhook};
use proof_evidence::settings::{MissingSettings, Settings};

/// The addresses at which providers know us; below each, organisations with accounts of their own.
pub(crate) fn routes() -> Router {
    let mut router = Router::new();
    for account in ["", "/{organisation}"] {
        let at = |path: &str| format!("/inbound/{path}{account}");
        router = router
            .route(
                &at("whatsapp"),
                get(whatsapp::handshake).post(whatsapp::receive),
            )
            .route(&at("telegram"), post(telegram::receive))
            .route(&at("telegram-gateway"), post(telegram::report))
            .route(&at("email/resend"), post(email::resend))
            .route(&at("email/postmark"), post(email::postmark))
            .route(&at("sms/twilio"), post(sms::twilio))
            .route(&at("sms/telnyx"), post(sms::telnyx));
    }
    router
}

/// A webhook, before anybody has looked at its signature.
pub(crate) struct Incoming {
    pub(crate) scope: Scope,
    /// The organisation at whose own address it arrived.
    pub(crate) account: Option<String>,
    pub(crate) query: String,
    url: String,
    body: Vec<u8>,
}

impl<S: Send + Sync> FromRequest<S> for Incoming {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let scope = Scope::from_request_parts(&mut parts, state).await?;
        let parameters = RawPathParams::from_request_parts(&mut parts, state)
            .await
            .map_err(|_| ApiError::not_found())?;
        let account = parameters
            .iter()
            .find(|(name, _)| *name == "organisation")
            .map(|(_, id)| id.to_owned());
        if account.as_ref().is_some_and(|id| !is_id(id)) {
            return Err(ApiError::not_found().into());
        }
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", scope.config().public_url);
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let RawBody(body) = RawBody::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self {
            scope,
            account,
            query,
            url,
            body,
        })
    }
}

/// What an organisation's id can look like: anything else is not looked up.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

impl Incoming {
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The provider's account at this address, if there is one.
    pub(crate) async fn account_with<T>(
        &self,
        channel: Channel,
        from_settings: impl FnOnce(&Settings) -> Result<T, MissingSettings>,
    ) -> Result<T, Failure> {
        let settings = channels::settings(&self.scope, self.account.as_deref(), channel).await?;
        if let Ok(account) = from_settings(&settings) {
            return Ok(account);
        }
        Anyone::admit(&self.scope).await?;
        Err(ApiError::not_found().into())
    }

    /// Lets the provider's adapter judge the webhook. Providers may send as often as they like;
    /// whoever only claims to be one is counted.
    pub(crate) async fn judge<T>(
        &self,
        judge: impl FnOnce(&Webhook<'_>) -> Result<T, Forged>,
    ) -> Result<T, Failure> {
        let headers: Vec<_> = self.scope.headers().all().collect();
        let judged = judge(&Webhook {
            url: &self.url,
            headers: &headers,
            body: &self.body,
            now: self.scope.now(),
        });
        if let Ok(trusted) = judged {
            return Ok(trusted);
        }
        Anyone::admit(&self.scope).await?;
        Err(forged().into())
    }
}

fn forged() -> ApiError {
    ApiError::new(
        ErrorCode::Unauthorized,
        "The signature of this webhook is missing or not right.",
    )
}
