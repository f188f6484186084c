//! A tenant's users and what they have proven, under the names that the tenant gave them.

use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::page::UserQuery;
use proof_domain::verification::{UserDetails, VerifiedUserList};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::extract::{PathName, Query};
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

/// List verified users
///
/// Your users who have proven something, under the `external_user_id` that you gave when you created
/// the verification; whoever proved something last comes first. Identifiers are masked. A proof that
/// was revoked does not count, and verifications without an `external_user_id` are not here.
#[utoipa::path(
    get, path = "/api/v1/verifications/users", tag = "Verifications",
    operation_id = "listVerifiedUsers",
    params(
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "20 by default."),
    ),
    responses(
        (status = 200, description = "A page of users.", body = VerifiedUserList),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = UserQuery::parse(&query, 20)?;
    let users = Ledger::of(&scope).users(&key.owner, query.page).await?;
    Answer::ok(Value(users))
}

/// Get a verified user
///
/// All verifications under one `external_user_id`, whatever became of them, newest first. Encode the
/// name for the path: `a/b` is `a%2Fb`. (A name that is only `.` or `..` cannot be written in a path;
/// `GET /api/v1/verifications?external_user_id=` finds its verifications.)
#[utoipa::path(
    get, path = "/api/v1/verifications/users/{externalUserId}", tag = "Verifications",
    operation_id = "getVerifiedUser",
    params(
        ("externalUserId" = String, Path, description = "Your own name for the user, percent-encoded."),
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "100 by default."),
    ),
    responses(
        (status = 200, description = "The user with a page of their verifications.", body = UserDetails),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
        (status = 404, description = "No verification has this name.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathName(name): PathName,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = UserQuery::parse(&query, 100)?;
    let user = Ledger::of(&scope)
        .user(&key.owner, &name, query.page, scope.now())
        .await?;
    Answer::ok(Value(user.ok_or_else(ApiError::not_found)?))
}
