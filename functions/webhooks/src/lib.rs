//! Webhooks: where events are sent, what became of them, and the feed of all events.

mod deliveries;
mod endpoints;
mod feed;

use axum::Router;
use axum::routing::{get, post};

proof_edge::worker!("webhooks", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
        .route(
            "/api/v1/webhook-endpoints",
            post(endpoints::create).get(endpoints::list),
        )
        .route(
            "/api/v1/webhook-endpoints/{id}",
            get(endpoints::retrieve)
                .patch(endpoints::update)
                .delete(endpoints::delete),
        )
        .route(
            "/api/v1/webhook-endpoints/{id}/secret",
            get(endpoints::secret),
        )
        .route(
            "/api/v1/webhook-endpoints/{id}/rotate-secret",
            post(endpoints::rotate_secret),
        )
        .route(
            "/api/v1/webhook-endpoints/{id}/test",
            post(endpoints::try_out),
        )
        .route("/api/v1/webhook-deliveries", get(deliveries::list))
        .route("/api/v1/webhook-deliveries/stats", get(deliveries::stats))
        .route("/api/v1/webhook-deliveries/{id}", get(deliveries::retrieve))
        .route(
            "/api/v1/webhook-deliveries/{id}/retry",
            post(deliveries::retry),
        )
        .route("/api/v1/events", get(feed::list))
        .route("/api/v1/events/{id}", get(feed::retrieve))
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(
        paths(
            endpoints::create,
            endpoints::list,
            endpoints::retrieve,
            endpoints::update,
            endpoints::delete,
            endpoints::secret,
            endpoints::rotate_secret,
            endpoints::try_out,
            deliveries::list,
            deliveries::stats,
            deliveries::retrieve,
            deliveries::retry,
            feed::list,
            feed::retrieve,
        ),
        components(schemas(
            proof_domain::error::ErrorBody,
            proof_domain::event::EventType,
            proof_domain::webhook::DeliveryStatus,
            proof_domain::webhook::view::EndpointEvent,
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
