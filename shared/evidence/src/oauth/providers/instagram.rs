//! Instagram accounts, by "Instagram API with Instagram Login". Professional accounts only: others
//! cannot sign in there. The token is the short-lived one and is never made to live longer.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Instagram,
    name: "Instagram",
    settings: settings!("INSTAGRAM"),
    authorize_url: "https://www.instagram.com/oauth/authorize",
    token_url: "https://api.instagram.com/oauth/access_token",
    api_url: "https://graph.instagram.com/v23.0",
    scopes: "instagram_business_basic",
    extra: &[],
    pkce: false,
    authentication: Authentication::Form,
    openid: None,
    source: Source::Api {
        request: |client, grant| client.get("/me?fields=user_id%2Cusername", grant),
        read: identity,
    },
};

/// The documentation shows a list of one, the service answers without it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Me {
    Plain(User),
    Listed { data: [User; 1] },
}

#[derive(Deserialize)]
struct User {
    user_id: Number,
    username: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Text(String),
    Number(u64),
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let user = match read(response)? {
        Me::Plain(user) | Me::Listed { data: [user] } => user,
    };
    Ok(Identity {
        subject: match user.user_id {
            Number::Text(text) => text,
            Number::Number(number) => number.to_string(),
        },
        username: Some(user.username),
        email: None,
    })
}
