//! Coinbase accounts. New clients are for approved partners only.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Coinbase,
    name: "Coinbase",
    settings: settings!("COINBASE"),
    authorize_url: "https://login.coinbase.com/oauth2/auth",
    token_url: "https://login.coinbase.com/oauth2/token",
    api_url: "https://api.coinbase.com/v2",
    // Without `offline_access` there is no refresh token.
    scopes: "wallet:user:read wallet:user:email",
    extra: &[],
    pkce: true,
    authentication: Authentication::Form,
    openid: None,
    source: Source::Api {
        request: |client, grant| {
            client
                .get("/user", grant)
                .header("cb-version", "2025-01-01")
        },
        read: identity,
    },
};

#[derive(Deserialize)]
struct Answer {
    data: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    email: Option<String>,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let Answer { data } = read(response)?;
    Ok(Identity {
        subject: data.id,
        username: None,
        email: data.email,
    })
}
