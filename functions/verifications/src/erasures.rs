//! Deleting everything about one of a tenant's users, and the receipts of it.

use http::StatusCode;
use proof_domain::erasure::{EraseUser, ErasureStatus, ErasureView};
use proof_domain::error::{ApiError, ErrorBody};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::erasure;
use proof_edge::extract::{Json, PathId, PathName, Query};
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

/// Delete a user
///
/// Deletes everything about one `external_user_id` in the environment of the key: verifications,
/// sessions, verification requests, their events and webhook deliveries, pending ones too. Live streams
/// of them end. What stays are the ids of proofs with their revocations, and this receipt, which
/// does not keep the name. The person's proofs stay good until they expire, for whoever holds them,
/// unless you say `revoke=true`; it cannot be said later but for each proof by its id.
///
/// The call may be repeated at will. If it was cut off, or answers 202 because there was more than
/// one call deletes, the next one goes on. A name that nothing is known of is no error.
#[utoipa::path(
    delete, path = "/api/v1/verifications/users/{externalUserId}", tag = "Personal data",
    operation_id = "deleteUser",
    params(
        ("externalUserId" = String, Path, description = "Your own name for the user, percent-encoded."),
        ("revoke" = Option<bool>, Query, description = "Whether their proofs are revoked too."),
    ),
    responses(
        (status = 200, description = "Nothing of the user is left; the receipt.", body = ErasureView),
        (status = 202, description = "There is more. Repeat the call.", body = ErasureView),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
        (status = 404, description = "Nobody can have this name.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn delete_user(
    key: TenantKey,
    scope: Scope,
    PathName(name): PathName,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let wish = EraseUser::of_path(name, &query)?;
    carry_out(&key, &scope, &wish).await
}

/// Delete a user by body
///
/// The same as `DELETE /api/v1/verifications/users/{externalUserId}`, with the name in the body: some
/// names cannot be written in a path (`.`, `..`), and paths may be in the logs of whatever lies between.
#[utoipa::path(
    post, path = "/api/v1/erasures", tag = "Personal data", operation_id = "createErasure",
    request_body = EraseUser,
    responses(
        (status = 200, description = "Nothing of the user is left; the receipt.", body = ErasureView),
        (status = 202, description = "There is more. Repeat the call.", body = ErasureView),
        (status = 400, description = "The request is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn create(
    key: TenantKey,
    scope: Scope,
    Json(wish): Json<EraseUser>,
) -> Result<Answer, Failure> {
    carry_out(&key, &scope, &wish.checked()?).await
}

async fn carry_out(key: &TenantKey, scope: &Scope, wish: &EraseUser) -> Result<Answer, Failure> {
    let receipt = erasure::erase(scope, &key.owner, wish).await?;
    let status = match receipt.status {
        ErasureStatus::Completed => StatusCode::OK,
        ErasureStatus::InProgress => StatusCode::ACCEPTED,
    };
    Answer::json(status, Value(receipt))
}

/// Get a receipt
///
/// What was deleted, and when. Once completed it does not hold the name; `subject_digest` tells whether
/// two receipts are about the same one.
#[utoipa::path(
    get, path = "/api/v1/erasures/{id}", tag = "Personal data", operation_id = "getErasure",
    params(("id" = String, Path, description = "The receipt.")),
    responses(
        (status = 200, description = "The receipt.", body = ErasureView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let record = Ledger::of(&scope).erasure(&key.owner, id).await?;
    let receipt = record.ok_or_else(ApiError::not_found)?;
    Answer::ok(Value(ErasureView::from(receipt)))
}
