//! One file for each provider: its addresses, and its answer to the question who signed in.

pub(super) mod coinbase;
pub(super) mod facebook;
pub(super) mod github;
pub(super) mod google;
pub(super) mod instagram;
pub(super) mod kraken;
pub(super) mod linkedin;
pub(super) mod tiktok;
pub(super) mod x;
pub(super) mod youtube;

use serde::de::DeserializeOwned;

use super::id_token::object;
use super::refusal::{OAuthError, complaint};
use crate::exchange::{ProviderError, ProviderResponse};

/// The body of an API's good answer. An access token that was good a moment ago and is not now was
/// withdrawn, or never covered what is asked.
fn read<T: DeserializeOwned>(response: &ProviderResponse) -> Result<T, OAuthError> {
    match response.status {
        401 | 403 => Err(OAuthError::NotAllowed),
        _ if !response.is_success() => {
            Err(complaint(response).unwrap_or_else(|| response.failure().into()))
        }
        _ => object(&response.body).ok_or_else(|| ProviderError::Unreadable.into()),
    }
}
