//! GitHub OAuth apps. No scope is asked for: the public profile is enough. Organisations cannot
//! sign in.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Github,
    name: "GitHub",
    settings: settings!("GITHUB"),
    authorize_url: "https://github.com/login/oauth/authorize",
    token_url: "https://github.com/login/oauth/access_token",
    api_url: "https://api.github.com",
    scopes: "",
    extra: &[("allow_signup", "false"), ("prompt", "select_account")],
    pkce: true,
    authentication: Authentication::Form,
    openid: None,
    source: Source::Api {
        request: |client, grant| {
            client
                .get("/user", grant)
                .header("x-github-api-version", "2022-11-28")
        },
        read: identity,
    },
};

#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let user: User = read(response)?;
    Ok(Identity {
        subject: user.id.to_string(),
        username: Some(user.login),
        email: None,
    })
}
