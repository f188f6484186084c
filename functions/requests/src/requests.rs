//! Requests from beginning to end, as their tenant sees them.

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::verification_request::{
    CreateVerificationRequest, PlannedRequest, RequestList, RequestQuery, RequestStatus,
    RequestView,
};
use proof_edge::answer::Value;
use proof_edge::answering::{Asker, offered};
use proof_edge::auth::TenantKey;
use proof_edge::extract::{IdempotencyKey, Json, PathId, PathName, Query};
use proof_edge::ledger::Ledger;
use proof_edge::objects::{CreateRequestCommand, Requests};
use proof_edge::{Answer, Failure, Scope};

use crate::references;

/// Create a verification request
///
/// Asks one person for several assets at once. Send the person to `verification_url`, a page where
/// they prove each asset over a channel that you allow. The request is `completed` as soon as
/// everything required is verified, or, with a `policy`, when so many assets are. Sent with an
/// `Idempotency-Key`, the same request may be repeated at will: it is carried out once.
///
/// An asset without `identifier` is for the person to name. In live use only channels that are
/// configured are offered.
#[utoipa::path(
    post, path = "/api/v1/verification-requests", tag = "Verification requests",
    operation_id = "createVerificationRequest",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters, your own name for this request.")),
    request_body = CreateVerificationRequest,
    responses(
        (status = 201, description = "The request was created, or was before under this key.",
            body = RequestView,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid, or no channel for an asset is configured.", body = ErrorBody),
        (status = 403, description = "The month's quota is used up.", body = ErrorBody),
        (status = 409, description = "Another request has this `reference_id`, or the key was used with another request.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn create(
    key: TenantKey,
    scope: Scope,
    IdempotencyKey(idempotency): IdempotencyKey,
    Json(request): Json<CreateVerificationRequest>,
) -> Result<Answer, Failure> {
    let unlimited = request.expires_in.is_none();
    let mut plan = request.plan(scope.config().own_host())?;
    let fingerprint = plan.fingerprint();
    if unlimited {
        plan.lifetime = scope.config().request_seconds;
    }
    let refusal = carry_out(&scope, &key, &mut plan).await.err();
    let repeatable = idempotency.is_some();
    if let (false, Some(refusal)) = (repeatable, &refusal) {
        return Err(refusal.clone().into());
    }
    let name = idempotency.as_deref();
    let id = scope
        .config()
        .id_for(&key.owner, "verification request", name)?;
    let taken = plan.reference_id.clone().filter(|_| refusal.is_none());
    if let Some(reference) = &taken {
        references::take(&scope, &key.owner, reference, id).await?;
    }
    let create = CreateRequestCommand {
        id,
        owner: key.owner.clone(),
        organisation_name: key.organisation_name,
        plan,
        fingerprint,
        repeatable,
        refusal,
    };
    let created = Requests::of(&scope).create(create).await;
    if let (Err(error), Some(reference)) = (&created, &taken)
        && error.code == ErrorCode::Conflict
    {
        // If it cannot be, it is free a while later.
        let _ = references::release(&scope, &key.owner, reference, id).await;
    }
    let created = created?;
    Answer::created(created.value, created.repeated)
}

/// What only this installation and the tenant's settings can say of a plan: whether the person may be
/// led to the address, and over which channels each asset can be proven.
async fn carry_out(
    scope: &Scope,
    key: &TenantKey,
    plan: &mut PlannedRequest,
) -> Result<(), ApiError> {
    key.within_quota()?;
    if let Some(url) = &plan.redirect_url {
        let project = Ledger::of(scope).project(&key.owner.organisation).await?;
        let url = project.allows_redirect(url, key.owner.environment)?;
        plan.redirect_url = Some(url);
    }
    let asker = Asker::from(key);
    if asker.is_test() {
        return Ok(());
    }
    for (at, asset) in plan.assets.iter_mut().enumerate() {
        let identifier = asset.identifier.as_deref();
        asset.channels = offered(scope, &asker, asset.kind, identifier, &asset.channels)
            .await
            .map_err(|error| error.within(&format!("assets[{at}]")))?;
    }
    Ok(())
}

/// List verification requests
///
/// Newest first, without their proofs. A new request appears within moments.
#[utoipa::path(
    get, path = "/api/v1/verification-requests", tag = "Verification requests",
    operation_id = "listVerificationRequests",
    params(
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "20 by default."),
        ("status" = Option<RequestStatus>, Query),
        ("reference_id" = Option<String>, Query, min_length = 1, max_length = 255),
        ("external_user_id" = Option<String>, Query, min_length = 1, max_length = 255),
    ),
    responses(
        (status = 200, description = "A page of requests.", body = RequestList),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = RequestQuery::parse(&query)?;
    let page = Ledger::of(&scope).requests(&key.owner, &query).await?;
    Answer::ok(Value(page))
}

/// Get a verification request
///
/// Poll this, or listen to its events, or wait for a webhook. Each verified asset carries its proof.
#[utoipa::path(
    get, path = "/api/v1/verification-requests/{id}", tag = "Verification requests",
    operation_id = "getVerificationRequest",
    params(("id" = String, Path, description = "The request.")),
    responses(
        (status = 200, description = "The request as it stands.", body = RequestView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    Answer::ok(Value(references::read(&scope, &key.owner, id).await?))
}

/// Get a verification request by your reference
///
/// Encode the name for the path: `a/b` is `a%2Fb`.
#[utoipa::path(
    get, path = "/api/v1/verification-requests/by-reference/{referenceId}",
    tag = "Verification requests", operation_id = "getVerificationRequestByReference",
    params(("referenceId" = String, Path, description = "Your `reference_id`, percent-encoded.")),
    responses(
        (status = 200, description = "The request as it stands.", body = RequestView),
        (status = 404, description = "No request of yours has this name.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn by_reference(
    key: TenantKey,
    scope: Scope,
    PathName(reference): PathName,
) -> Result<Answer, Failure> {
    Answer::ok(Value(
        references::find(&scope, &key.owner, &reference).await?,
    ))
}

/// Cancel a verification request
///
/// The person can prove nothing more for it, and from the answer on no code that is on its way works.
/// Proofs that are there stay valid. Cancelling twice does no harm; what is completed or expired stays
/// so. If the answer is 503 the request is cancelled, but a code may still work: repeat the call.
#[utoipa::path(
    delete, path = "/api/v1/verification-requests/{id}", tag = "Verification requests",
    operation_id = "cancelVerificationRequest",
    params(("id" = String, Path, description = "The request.")),
    responses(
        (status = 200, description = "It is cancelled.", body = RequestView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
        (status = 409, description = "It is completed or expired.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn cancel(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    match Requests::of(&scope).cancel(key.owner.clone(), id).await {
        Ok(request) => Answer::ok(request),
        Err(error) if error.code == ErrorCode::NotFound => {
            let past = Ledger::of(&scope).past_request(&key.owner, id).await?;
            let past = past.ok_or(error)?;
            if past.status == RequestStatus::Cancelled {
                return Answer::ok(Value(past));
            }
            Err(past.status.not_cancelled().into())
        }
        Err(error) => Err(error.into()),
    }
}
