//! Domains: started and checked by businesses, or checked as any verification. The look takes its
//! time outside the object; what it found is reported to the object, which decides by its state at
//! that moment.

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::verification::{
    CreateVerification, DnsProvider, DomainCheckResult, DomainVerification,
    StartDomainVerification, VerificationView,
};
use proof_edge::answer::Value;
use proof_edge::answering::{self, domains::resolvers};
use proof_edge::auth::TenantKey;
use proof_edge::domain_look::{challenge, search_zone};
use proof_edge::extract::{IdempotencyKey, Json, PathId};
use proof_edge::objects::Verifications;
use proof_edge::platform::local;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::domain_check::{Zone, advise};

use crate::verifications::begin;

/// Start a domain verification
///
/// Gives the DNS record and the file that prove the domain, and directions for the DNS host that
/// serves it. It is a verification like every other: `GET /api/v1/verifications/{id}` shows it, its
/// events tell when it is done, and while it is pending the domain is looked at by itself, after half
/// a minute first and ever more rarely then. What counts is the place that `verification_method`
/// names, on exactly this domain.
#[utoipa::path(
    post, path = "/api/v1/verifications/domain", tag = "Domains",
    operation_id = "startDomainVerification",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters, your own name for this request.")),
    request_body = StartDomainVerification,
    responses(
        (status = 201, description = "The verification was started, or was before under this key.",
            body = DomainVerification,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid, or domains are not configured.", body = ErrorBody),
        (status = 403, description = "The month's quota is used up.", body = ErrorBody),
        (status = 409, description = "The key was used with another request.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn start(
    key: TenantKey,
    scope: Scope,
    IdempotencyKey(idempotency): IdempotencyKey,
    Json(request): Json<StartDomainVerification>,
) -> Result<Answer, Failure> {
    let plan = CreateVerification::from(request)
        .plan(scope.config().own_host())
        .map_err(StartDomainVerification::renamed)?;
    let created = begin(&key, &scope, idempotency, plan, None)
        .await
        .map_err(StartDomainVerification::renamed)?;
    let view = created.value.read()?;
    let zone = match resolvers(&scope).await {
        Ok(resolvers) => local(search_zone(&resolvers, &view.identifier)).await,
        Err(_) => None,
    };
    let provider = provider(&view.identifier, zone.as_ref())?;
    let started = DomainVerification::of(view, provider)
        .ok_or_else(|| ApiError::internal("a domain that is none"))?;
    Answer::created(Value(started), created.repeated)
}

/// Check a domain verification
///
/// Looks for the record or the file now. Asked again after it is verified it answers the same
/// without looking.
#[utoipa::path(
    post, path = "/api/v1/verifications/domain/{id}/check", tag = "Domains",
    operation_id = "checkDomainVerification",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "The verification after the check.", body = DomainCheckResult),
        (status = 400, description = "It is not of a domain, or its challenge has ended.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn check(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let checked = match answering::domains::check(&scope, key.owner.clone(), id).await {
        // It may have been found by itself, before or during this look.
        Err(error) if error.code == ErrorCode::AlreadyVerified => {
            Verifications::of(&scope).get(key.owner, id).await?
        }
        checked => checked?,
    };
    let result = DomainCheckResult::of(checked.read()?).ok_or_else(ApiError::not_found)?;
    Answer::ok(Value(result))
}

/// Check a domain
///
/// Looks for the TXT record or the file now. If it is there, the verification is completed; if not,
/// it stays pending and `last_check` says what was found instead and whether to try again.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/verify", tag = "Verifications",
    operation_id = "checkDomain",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "The verification after the check.", body = VerificationView),
        (status = 400, description = "It is not checked this way, or not pending any more.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn verify(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    Answer::ok(answering::domains::check(&scope, key.owner.clone(), id).await?)
}

fn provider(domain: &str, zone: Option<&Zone>) -> Result<DnsProvider, ApiError> {
    // Directions name the record, whose name does not depend on the token.
    let challenge = challenge(domain, &"0".repeat(32))?;
    let advice = advise(&challenge, zone);
    Ok(DnsProvider {
        detected: advice.detected.unwrap_or("unknown").to_owned(),
        name: advice.name.unwrap_or_else(|| "Unknown".to_owned()),
        instructions: advice.instructions,
        record_name: advice.record_name,
        documentation_url: advice.documentation.map(str::to_owned),
        name_servers: advice.name_servers,
    })
}
