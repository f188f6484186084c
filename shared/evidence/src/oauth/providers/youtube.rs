//! YouTube channels, by signing in with Google and asking YouTube for the channel that was chosen
//! there. What is proven is the channel, so its id is the subject, not the Google account's.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::google::{AUTHORIZE_URL, ISSUERS, KEYS_URL, TOKEN_URL};
use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Nonce, OpenId, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Youtube,
    name: "YouTube",
    settings: settings!("YOUTUBE" with OpenID),
    authorize_url: AUTHORIZE_URL,
    token_url: TOKEN_URL,
    api_url: "https://www.googleapis.com/youtube/v3",
    scopes: "openid https://www.googleapis.com/auth/youtube.readonly",
    extra: &[("prompt", "select_account")],
    pkce: true,
    authentication: Authentication::Form,
    openid: Some(OpenId {
        issuers: ISSUERS,
        keys_url: KEYS_URL,
        nonce: Nonce::Repeated,
    }),
    source: Source::Api {
        request: |client, grant| {
            client.get("/channels?part=id%2Csnippet&mine=true&maxResults=1", grant)
        },
        read: identity,
    },
};

#[derive(Deserialize)]
struct Channels {
    /// Left out when there are none.
    #[serde(default)]
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    snippet: Snippet,
}

#[derive(Deserialize)]
struct Snippet {
    #[serde(default, rename = "customUrl")]
    custom_url: Option<String>,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let channels: Channels = read(response)?;
    let channel = channels
        .items
        .into_iter()
        .next()
        .ok_or(OAuthError::NoAccount)?;
    Ok(Identity {
        subject: channel.id,
        username: channel.snippet.custom_url,
        email: None,
    })
}
