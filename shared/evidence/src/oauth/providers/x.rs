//! X accounts. Confidential clients prove themselves by Basic; PKCE is obligatory.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::X,
    name: "X",
    settings: settings!("X"),
    authorize_url: "https://x.com/i/oauth2/authorize",
    token_url: "https://api.x.com/2/oauth2/token",
    api_url: "https://api.x.com/2",
    scopes: "tweet.read users.read",
    extra: &[],
    pkce: true,
    authentication: Authentication::Basic,
    openid: None,
    source: Source::Api {
        request: |client, grant| client.get("/users/me", grant),
        read: identity,
    },
};

#[derive(Deserialize)]
struct Me {
    data: User,
}

#[derive(Deserialize)]
struct User {
    id: String,
    username: String,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let Me { data } = read(response)?;
    Ok(Identity {
        subject: data.id,
        username: Some(data.username),
        email: None,
    })
}
