//! One asset of a request, completed without the person. Test mode only.

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::verification_request::{RequestView, TestVerifyAsset};
use proof_edge::auth::TenantKey;
use proof_edge::extract::{JsonIfAny, PathAsset};
use proof_edge::objects::{Requests, Verifications};
use proof_edge::{Answer, Failure, Scope};

/// Complete an asset in test mode
///
/// With a test key, proves one asset as if the person had done so. Where the request does not say which
/// asset it is, you do. What the person had begun over the same channel is completed; otherwise it is
/// begun. Live keys get 403.
#[utoipa::path(
    post, path = "/api/v1/verification-requests/{id}/assets/{index}/test-verify",
    tag = "Verification requests", operation_id = "testVerifyRequestedAsset",
    params(
        ("id" = String, Path, description = "The request."),
        ("index" = u8, Path, description = "The asset's place in the request, from 0."),
    ),
    request_body(content = Option<TestVerifyAsset>),
    responses(
        (status = 200, description = "The asset is verified.", body = RequestView),
        (status = 400, description = "The asset is verified already, the identifier or the channel is not valid, or the request is over.", body = ErrorBody),
        (status = 403, description = "This is not a test key.", body = ErrorBody),
        (status = 404, description = "There is no such request or asset.", body = ErrorBody),
        (status = 409, description = "The request was cancelled.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn test_verify(
    key: TenantKey,
    scope: Scope,
    PathAsset { request, asset }: PathAsset,
    JsonIfAny(wanted): JsonIfAny<TestVerifyAsset>,
) -> Result<Answer, Failure> {
    let owner = key.owner;
    if !owner.environment.is_test() {
        return Err(ApiError::new(
            ErrorCode::Forbidden,
            "Only a test key can complete an asset without the person.",
        )
        .into());
    }
    let requests = Requests::of(&scope);
    let begun = requests
        .start_for(
            owner.clone(),
            request,
            asset,
            wanted.channel,
            wanted.identifier,
        )
        .await?;
    let done = Verifications::of(&scope)
        .complete_in_test(owner.clone(), begun.id)
        .await?
        .read()?;
    requests
        .answered(owner.clone(), request, asset, &done.verification)
        .await?;
    Answer::ok(requests.get(owner, request).await?)
}
