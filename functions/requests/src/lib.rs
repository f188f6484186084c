//! Verification requests: a tenant asks for several assets at once, the person proves them on a page.

mod assets;
mod events;
mod page;
mod references;
mod requests;

use axum::Router;
use axum::routing::{get, post};

proof_edge::worker!("requests", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
        .merge(page::routes())
        .route(
            "/api/v1/verification-requests",
            post(requests::create).get(requests::list),
        )
        .route(
            "/api/v1/verification-requests/{id}",
            get(requests::retrieve).delete(requests::cancel),
        )
        .route(
            "/api/v1/verification-requests/by-reference/{referenceId}",
            get(requests::by_reference),
        )
        .route(
            "/api/v1/verification-requests/{id}/events",
            get(events::events),
        )
        .route(
            "/api/v1/verification-requests/{id}/events/ticket",
            post(events::ticket),
        )
        .route(
            "/api/v1/verification-requests/{id}/assets/{index}/test-verify",
            post(assets::test_verify),
        )
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(
        paths(
            requests::create,
            requests::list,
            requests::retrieve,
            requests::by_reference,
            requests::cancel,
            events::events,
            events::ticket,
            assets::test_verify,
        ),
        components(schemas(
            proof_domain::error::ErrorBody,
            proof_domain::verification_request::RequestEvent,
        ))
    )]
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
