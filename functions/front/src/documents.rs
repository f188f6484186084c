//! The reference as documents and as a page, and the files that pages need. All of them are written
//! at build time and served as static assets; nothing is generated here.

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use proof_domain::error::ApiError;
use proof_edge::answer::PAGE_POLICY;
use proof_edge::{Answer, Failure, Scope, assets};

const FOR_A_WHILE: &str = "public, max-age=300";

/// The way in leads to the reference.
pub(crate) async fn home() -> Result<Answer, Failure> {
    Ok(Answer::empty(StatusCode::FOUND).with(header::LOCATION, "/docs"))
}

/// This document
///
/// OpenAPI 3.0.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "Service", operation_id = "getOpenApi",
    responses((status = 200, description = "The reference.", body = Object)),
    security(()),
)]
pub(crate) async fn openapi_3_0(scope: Scope) -> Result<Answer, Failure> {
    document(&scope, "/openapi.json").await
}

/// This document, in OpenAPI 3.1
///
/// The original, from which the other is derived.
#[utoipa::path(
    get, path = "/api/openapi-3.1.json", tag = "Service", operation_id = "getOpenApi31",
    responses((status = 200, description = "The reference.", body = Object)),
    security(()),
)]
pub(crate) async fn openapi_3_1(scope: Scope) -> Result<Answer, Failure> {
    document(&scope, "/openapi-3.1.json").await
}

async fn document(scope: &Scope, file: &str) -> Result<Answer, Failure> {
    let answer = asset(scope, file).await?;
    Ok(answer
        .with(header::CONTENT_TYPE, "application/json")
        .with(header::CACHE_CONTROL, FOR_A_WHILE))
}

/// The reference as a page.
pub(crate) async fn docs(scope: Scope) -> Result<Answer, Failure> {
    let page = asset(&scope, "/docs/").await?;
    Ok(page
        .with(header::CACHE_CONTROL, FOR_A_WHILE)
        .with(header::CONTENT_SECURITY_POLICY, PAGE_POLICY)
        .with(header::REFERRER_POLICY, "no-referrer"))
}

/// A file that pages need. The platform knows no other names than those of its own files.
pub(crate) async fn static_file(
    scope: Scope,
    parameters: RawPathParams,
) -> Result<Answer, Failure> {
    let name = parameters
        .iter()
        .find(|(key, _)| *key == "file")
        .map(|(_, name)| name.to_owned());
    let name = name
        .filter(|name| is_plain(name))
        .ok_or_else(ApiError::not_found)?;
    let file = asset(&scope, &format!("/static/{name}")).await?;
    Ok(file.with(header::CACHE_CONTROL, FOR_A_WHILE))
}

fn is_plain(name: &str) -> bool {
    !name.starts_with('.')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

async fn asset(scope: &Scope, path: &str) -> Result<Answer, ApiError> {
    assets::file(scope, path)
        .await?
        .ok_or_else(ApiError::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_files() {
        assert!(is_plain("proof.css"));
        for name in ["../x", "a/b", ".env", "%2e", "a%00b", "a b"] {
            assert!(!is_plain(name), "{name}");
        }
    }
}
