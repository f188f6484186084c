//! LinkedIn members, by OpenID Connect ("Sign In with LinkedIn"). LinkedIn tells no profile name and
//! no profile address, only an id that is the application's own and the member's e-mail address.

use proof_domain::asset::Channel;

use crate::oauth::id_token::IdClaims;
use crate::oauth::identity::Identity;
use crate::oauth::provider::{Authentication, Nonce, OpenId, Provider, Source, settings};
use crate::oauth::refusal::OAuthError;
use crate::settings::Setting;

pub(in crate::oauth) static PROVIDER: Provider = Provider {
    channel: Channel::Linkedin,
    name: "LinkedIn",
    settings: settings!("LINKEDIN" with OpenID),
    authorize_url: "https://www.linkedin.com/oauth/v2/authorization",
    token_url: "https://www.linkedin.com/oauth/v2/accessToken",
    api_url: "https://api.linkedin.com",
    scopes: "openid email",
    extra: &[],
    // Known for native applications only; others are refused as clients if they use it.
    pkce: false,
    authentication: Authentication::Form,
    openid: Some(OpenId {
        // The first stands in the discovery document, the second in the documentation's example.
        issuers: &["https://www.linkedin.com/oauth", "https://www.linkedin.com"],
        keys_url: "https://www.linkedin.com/oauth/openid/jwks",
        nonce: Nonce::Forgotten,
    }),
    source: Source::IdToken(identity),
};

fn identity(claims: &IdClaims) -> Result<Identity, OAuthError> {
    let email = claims.email.clone().ok_or(OAuthError::NotAllowed)?;
    Ok(Identity {
        subject: claims.subject.clone(),
        username: None,
        email: Some(email),
    })
}
