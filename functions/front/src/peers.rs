//! Asking the servers of `xtask/runner/peers`, which play the world outside on a developer's machine.
//! Not part of a deployed build.

use axum::extract::RawPathParams;
use proof_domain::error::ApiError;
use proof_edge::{Scope, providers};
use proof_evidence::exchange::ProviderRequest;
use serde::de::DeserializeOwned;

/// Where they are asked.
pub(crate) fn at(scope: &Scope, path: &str) -> Result<String, ApiError> {
    match scope.config().local_peers.as_str() {
        "" => Err(nobody("LOCAL_PEERS_URL is not set")),
        base => Ok(format!("{base}/{path}")),
    }
}

pub(crate) async fn ask<T: DeserializeOwned>(request: ProviderRequest) -> Result<T, ApiError> {
    let answer = providers::send(request)
        .await
        .map_err(|error| nobody(error.to_string()))?;
    if answer.status == 404 {
        return Err(ApiError::not_found());
    }
    if !answer.is_success() {
        return Err(nobody(String::from_utf8_lossy(&answer.body)));
    }
    answer.json().map_err(|error| nobody(error.to_string()))
}

/// A part of the path, as it was sent.
pub(crate) fn part<'a>(parameters: &'a RawPathParams, wanted: &str) -> &'a str {
    let mut parts = parameters.iter();
    parts
        .find(|(name, _)| *name == wanted)
        .map_or("", |(_, value)| value)
}

fn nobody(why: impl Into<String>) -> ApiError {
    ApiError::unavailable(
        "Nobody plays the world outside here. cargo xtask dev starts those who do.",
        why,
    )
}
