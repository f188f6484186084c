//! Asks a provider who signed in. Tokens live in here for the length of one question; what leaves is
//! an identity or the reason why there is none.

use proof_domain::verification::AccountProblem;
use proof_edge::Scope;
use proof_edge::crypto::is_signed;
use proof_edge::objects::TakenSignIn;
use proof_edge::providers::send;
use proof_evidence::exchange::ProviderError;
use proof_evidence::oauth::{Client, Grant, IdClaims, IdTokenFault, Identity, OAuthError};

/// Exchanges the code, and reads the ID token or asks the provider's API, whichever tells it.
pub(super) async fn who_signed_in(
    scope: &Scope,
    client: &Client,
    code: &str,
    taken: &TakenSignIn,
    redirect_uri: &str,
) -> Result<Identity, OAuthError> {
    let request = client.exchange(code, &taken.verifier.0, redirect_uri);
    let grant = client.read_grant(&send(request).await?)?;
    let claims = claims(scope, client, &grant, &taken.nonce.0).await?;
    match (client.identity_request(&grant), claims) {
        (Some(request), _) => client.read_identity(&send(request).await?),
        (None, Some(claims)) => client.identity_of(&claims),
        (None, None) => Err(ProviderError::Unreadable.into()),
    }
}

/// What the ID token says, where the provider gives one, after its signature was checked.
async fn claims(
    scope: &Scope,
    client: &Client,
    grant: &Grant,
    nonce: &str,
) -> Result<Option<IdClaims>, OAuthError> {
    let (Some(request), Some(token)) = (client.keys_request(), grant.id_token()) else {
        return Ok(None);
    };
    let token = token?;
    let keys = client.read_keys(&send(request).await?)?;
    let key = keys
        .find(token.kid.as_deref())
        .ok_or(IdTokenFault::UnknownKey)?;
    let signed = is_signed(&key.to_json(), token.signing_input, &token.signature).await;
    // A key that the platform refuses has signed nothing.
    if !signed.unwrap_or(false) {
        return Err(IdTokenFault::Signature.into());
    }
    client
        .read_claims(&token, grant, nonce, scope.now())
        .map(Some)
}

pub(super) const fn problem_of(error: &OAuthError) -> AccountProblem {
    match error {
        OAuthError::CodeRefused | OAuthError::IdToken(_) => AccountProblem::NotBelieved,
        OAuthError::NotAllowed => AccountProblem::NotAllowed,
        OAuthError::NoAccount => AccountProblem::NoAccount,
        OAuthError::Provider(ProviderError::Credentials | ProviderError::Refused { .. }) => {
            AccountProblem::ProviderRefused
        }
        OAuthError::Provider(_) => AccountProblem::ProviderUnavailable,
    }
}
