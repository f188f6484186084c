//! How a tenant presents itself to people, and its logo for whoever sees its pages.

use axum::extract::RawPathParams;
use http::{HeaderName, header};
use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::project::{Logo, ProjectView, UpdateProject};
use proof_edge::answer::Value;
use proof_edge::auth::{Anyone, TenantKey};
use proof_edge::extract::Json;
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

const LIVE_ONLY: &str = "A project is changed with a live key: live and test share it.";
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Get your project
///
/// How you present yourself to people: the name, the look of their pages, and the addresses to which
/// they may be led back. Live and test keys share one project.
#[utoipa::path(
    get, path = "/api/v1/project", tag = "Project", operation_id = "getProject",
    responses((status = 200, description = "Your settings.", body = ProjectView)),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(key: TenantKey, scope: Scope) -> Result<Answer, Failure> {
    let project = Ledger::of(&scope).project(&key.owner.organisation).await?;
    Answer::ok(Value(project.view(&scope.config().public_url)))
}

/// Change your project
///
/// Changes what is named and nothing else; `null` takes a setting away. A new list of addresses
/// replaces the old one. The change is for live and test mode alike and holds at once. Needs a live
/// key.
#[utoipa::path(
    patch, path = "/api/v1/project", tag = "Project", operation_id = "updateProject",
    request_body = UpdateProject,
    responses(
        (status = 200, description = "Your settings as they are now.", body = ProjectView),
        (status = 400, description = "A setting is unknown or not valid; nothing was changed.", body = ErrorBody),
        (status = 403, description = "This is a test key.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn update(
    key: TenantKey,
    scope: Scope,
    Json(wanted): Json<UpdateProject>,
) -> Result<Answer, Failure> {
    key.must_be_live(LIVE_ONLY)?;
    let change = wanted.plan(scope.config().own_host())?;
    let project = Ledger::of(&scope)
        .update_project(&key.owner.organisation, &change, scope.now())
        .await?;
    Answer::ok(Value(project.view(&scope.config().public_url)))
}

/// A logo by its digest. What an address shows never changes.
pub(crate) async fn logo(
    _: Anyone,
    scope: Scope,
    parameters: RawPathParams,
) -> Result<Answer, Failure> {
    let file = parameters.iter().next().map(|(_, file)| file);
    let digest = file
        .and_then(|file| file.strip_suffix(".png"))
        .filter(|digest| Logo::is_digest(digest))
        .ok_or_else(ApiError::not_found)?;
    let known = Ledger::of(&scope).logo(digest).await?;
    let png = known.ok_or_else(ApiError::not_found)?;
    Ok(Answer::bytes("image/png", png)
        .with(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .with(RESOURCE_POLICY, "cross-origin")
        .with(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ))
}
