//! Verification requests: a tenant asks for several assets at once, the person proves them on a page.

mod page;

use axum::Router;

proof_edge::worker!("requests", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new().merge(page::routes())
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
