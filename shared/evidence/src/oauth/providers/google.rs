//! Google accounts, by OpenID Connect. The account's address is its name; `sub` is what stays.

use proof_domain::asset::Channel;

use crate::oauth::id_token::IdClaims;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Nonce, OpenId, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(super) const AUTHORIZE_URL: &str = "https://accounts.google.com/o/oauth2/v2/auth";
pub(super) const TOKEN_URL: &str = "https://oauth2.googleapis.com/token";
/// Google writes both, according to its documentation.
pub(super) const ISSUERS: &[&str] = &["https://accounts.google.com", "accounts.google.com"];
pub(super) const KEYS_URL: &str = "https://www.googleapis.com/oauth2/v3/certs";

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Google,
    name: "Google",
    settings: settings!("GOOGLE" with OpenID),
    authorize_url: AUTHORIZE_URL,
    token_url: TOKEN_URL,
    api_url: "https://www.googleapis.com",
    scopes: "openid email",
    extra: &[("prompt", "select_account")],
    pkce: true,
    authentication: Authentication::Form,
    openid: Some(OpenId {
        issuers: ISSUERS,
        keys_url: KEYS_URL,
        nonce: Nonce::Repeated,
    }),
    source: Source::IdToken(identity),
};

/// An account whose address is not verified, or was kept back, says nothing about an address.
fn identity(claims: &IdClaims) -> Result<Identity, OAuthError> {
    let email = claims.email.clone().ok_or(OAuthError::NotAllowed)?;
    Ok(Identity {
        subject: claims.subject.clone(),
        username: None,
        email: Some(email),
    })
}
