//! How a tenant presents itself to people.

use axum::Router;

proof_edge::worker!("accounts", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths())]
    struct Reference;

    Reference::openapi()
}
