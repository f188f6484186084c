//! Carries requests to the operator's providers and their answers back. Their addresses come from
//! the operator's settings, never from a tenant, so they are not judged like those in `outbound`;
//! time and size are bounded all the same, and no redirect is followed.

use proof_evidence::exchange::{ProviderError, ProviderRequest, ProviderResponse};

use crate::outbound::{FetchFault, send as fetch};
use crate::platform::local;

const MAX_BYTES: u32 = 256 * 1024;
const MILLISECONDS: u32 = 10_000;

/// Sends one request. An answer of any status is an answer; the adapter says what it means.
pub async fn send(request: ProviderRequest) -> Result<ProviderResponse, ProviderError> {
    // A line break would make two headers of one. Settings are where one could come from.
    if request
        .headers
        .iter()
        .any(|(_, value)| value.chars().any(char::is_control))
    {
        return Err(ProviderError::Credentials);
    }
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}\n{value}"))
        .collect::<Vec<_>>()
        .join("\n");
    let answered = local(fetch(
        request.method.as_str(),
        &request.url,
        &headers,
        request.body,
        MAX_BYTES,
        MILLISECONDS,
    ))
    .await
    .map_err(|fault| match fault {
        FetchFault::Timeout => ProviderError::Timeout,
        _ => ProviderError::Unreachable,
    })?;
    if answered.cut {
        return Err(ProviderError::Unreadable);
    }
    Ok(ProviderResponse {
        status: answered.status,
        retry_after: answered.retry_after,
        body: answered.body,
    })
}
