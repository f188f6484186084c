//! Facebook accounts. Facebook tells an id that is the application's own and, with the `email`
//! permission, the account's address; it tells no user name and no profile address.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac as _};
use proof_domain::asset::Channel;
use serde::Deserialize;
use sha2::Sha256;

use super::read;
use crate::exchange::ProviderResponse;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Facebook,
    name: "Facebook",
    settings: settings!("FACEBOOK"),
    authorize_url: "https://www.facebook.com/v23.0/dialog/oauth",
    token_url: "https://graph.facebook.com/v23.0/oauth/access_token",
    api_url: "https://graph.facebook.com/v23.0",
    scopes: "public_profile,email",
    // Who once kept the address back is asked again.
    extra: &[("auth_type", "rerequest")],
    // Documented for OpenID Connect only, and as a test.
    pkce: false,
    authentication: Authentication::Form,
    openid: None,
    source: Source::Api {
        // Applications may demand proof that whoever uses a token also knows their secret.
        request: |client, grant| {
            let proof = secret_proof(client.secret(), grant.access_token());
            client.get(
                &format!("/me?fields=id%2Cemail&appsecret_proof={proof}"),
                grant,
            )
        },
        read: identity,
    },
};

fn secret_proof(secret: &str, access_token: &str) -> String {
    // HMAC takes keys of any length.
    Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map(|mac| mac.chain_update(access_token).finalize().into_bytes())
        .map(|proof| HEXLOWER.encode(&proof))
        .unwrap_or_default()
}

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    email: Option<String>,
}

fn identity(response: &ProviderResponse) -> Result<Identity, OAuthError> {
    let user: User = read(response)?;
    Ok(Identity {
        subject: user.id,
        username: None,
        email: user.email,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn the_proof_is_an_hmac_of_the_token() {
        assert_eq!(
            secret_proof("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
