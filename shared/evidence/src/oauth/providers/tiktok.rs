//! TikTok accounts. The client's name is a "key"; scopes are separated by commas, and the person
//! may take each of them out; errors come beside the data, with status 200.

use proof_domain::asset::Channel;
use serde::Deserialize;

use crate::exchange::{ProviderError, ProviderResponse};
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Tiktok,
    name: "TikTok",
    settings: settings!("TIKTOK", "_CLIENT_KEY"),
    authorize_url: "https://www.tiktok.com/v2/auth/authorize/",
    token_url: "https://open.tiktokapis.com/v2/oauth/token/",
    api_url: "https://open.tiktokapis.com/v2",
    scopes: "user.info.basic,user.info.profile",
    extra: &[],
    // For mobile and desktop applications only, and with another encoding.
    pkce: false,
    authentication: Authentication::FormWithKey,
    openid: None,
    source: Source::Api {
        request: |client, grant| client.get("/user/info/?fields=open_id%2Cusername", grant),
        read: identity,
    },
};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    data: Option<Data>,
    error: Fault,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    open_id: String,
    #[serde(default)]
    username: Option<String>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    if response.status >= 500 || response.status == 429 {
        return Err(response.failure().into());
    }
    let answer: Answer = response.json()?;
    match answer.error.code.as_str() {
        "ok" => {}
        "scope_not_authorized" | "access_token_invalid" => return Err(OAuthError::NotAllowed),
        "rate_limit_exceeded" => {
            return Err(ProviderError::RateLimited { retry_after: None }.into());
        }
        "internal_error" => return Err(ProviderError::Unavailable { status: 500 }.into()),
        _ => return Err(ProviderError::refused("user_info").into()),
    }
    let user = answer
        .data
        .and_then(|data| data.user)
        .ok_or(ProviderError::Unreadable)?;
    Ok(Identity {
        subject: user.open_id,
        // Without the scope that the person took out there is no name.
        username: Some(user.username.ok_or(OAuthError::NotAllowed)?),
        email: None,
    })
}
