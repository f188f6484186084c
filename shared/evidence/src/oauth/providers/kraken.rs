//! Kraken accounts ("Kraken Connect"). For verified businesses; the client's secret is given out
//! encrypted under the business's own RSA key, and is configured here after it was decrypted.

use proof_domain::asset::Channel;
use serde::Deserialize;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::{OAuthError, complaint};
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Kraken,
    name: "Kraken",
    settings: settings!("KRAKEN"),
    authorize_url: "https://id.kraken.com/oauth/authorize",
    token_url: "https://api.kraken.com/oauth/token",
    api_url: "https://api.kraken.com/oauth",
    scopes: "account.info:basic",
    extra: &[],
    pkce: false,
    authentication: Authentication::Basic,
    openid: None,
    source: Source::Api {
        request: |client, grant| client.get("/userinfo", grant),
        read: identity,
    },
};

/// As documented, or in the envelope of Kraken's other answers.
#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Wrapped { result: User },
    Plain(User),
}

#[derive(Deserialize)]
struct User {
    /// The account's public id.
    #[serde(alias = "iban")]
    iiban: String,
    #[serde(default)]
    email: Option<String>,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    if response.is_success() && complaint(response).is_some() {
        return Err(OAuthError::NotAllowed);
    }
    let user = match read(response)? {
        Answer::Wrapped { result } => result,
        Answer::Plain(user) => user,
    };
    Ok(Identity {
        subject: user.iiban,
        username: None,
        email: user.email,
    })
}
