//! How a tenant presents itself to people.

mod project;

use axum::Router;
use axum::routing::get;

proof_edge::worker!("accounts", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
        .route(
            "/api/v1/project",
            get(project::retrieve).patch(project::update),
        )
        .route("/verify/logos/{file}", get(project::logo))
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(project::retrieve, project::update))]
    struct Reference;

    Reference::openapi()
}

#[cfg(test)]
mod tests {
    /// Two paths that cannot be told apart would be found out at the first request only.
    #[test]
    fn the_paths_do_not_contradict_each_other() {
        let _ = super::router();
    }
}
