//! Proofs: whether a token is good, how a proof stands, its withdrawal, and what anybody needs to
//! check proofs without asking us.

mod proofs;
mod published;

use axum::Router;
use axum::routing::{get, post};

proof_edge::worker!("proofs", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
        .route("/api/v1/proofs/validate", post(proofs::validate))
        .route("/api/v1/proofs/revoked", get(published::revocations))
        .route("/api/v1/proofs/{id}/status", get(proofs::status))
        .route("/api/v1/proofs/{id}/revoke", post(proofs::revoke))
        .route("/.well-known/jwks.json", get(published::jwks))
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(
        proofs::validate,
        proofs::status,
        proofs::revoke,
        published::revocations,
        published::jwks,
    ))]
    struct Reference;

    Reference::openapi()
}
