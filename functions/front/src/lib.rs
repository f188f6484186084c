//! What no other Worker owns: the system's health, the organisation's quota, the reference as a
//! document and as a page, static files, and a clear 404 for everything else.

#[cfg(feature = "local")]
mod broken;
#[cfg(feature = "local")]
mod dev_channels;
#[cfg(feature = "local")]
mod dev_webhooks;
mod documents;
mod health;
#[cfg(feature = "local")]
mod inbox;
#[cfg(feature = "local")]
mod kit;
#[cfg(feature = "local")]
mod peers;
mod quota;

use axum::Router;
use axum::routing::get;
#[cfg(feature = "local")]
use axum::routing::post;

proof_edge::worker!("front", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    let router = Router::new()
        .route("/", get(documents::home))
        .route("/health", get(health::health))
        .route("/api/v1/quota", get(quota::quota))
        .route("/api/openapi.json", get(documents::openapi_3_0))
        .route("/api/openapi-3.1.json", get(documents::openapi_3_1))
        .route("/docs", get(documents::docs))
        .route("/static/{file}", get(documents::static_file));
    #[cfg(feature = "local")]
    let router = router
        .route("/dev/inbox", get(inbox::inbox))
        .route("/dev/kit", get(kit::show))
        .route("/dev/kit/look.css", get(kit::look))
        .route("/dev/kit/{scene}", get(kit::scene))
        .route("/dev/channels", get(dev_channels::list))
        .route(
            "/dev/channels/{id}",
            get(dev_channels::show).post(dev_channels::answer),
        )
        .route("/dev/try/{type}/{channel}", post(dev_channels::begin))
        .route(
            "/dev/sessions/{id}",
            get(dev_channels::sessions::show).post(dev_channels::sessions::answer),
        )
        .route(
            "/dev/try-session/{channel}",
            post(dev_channels::sessions::begin),
        )
        .route("/dev/webhooks", get(dev_webhooks::show))
        .route("/dev/webhooks/send", post(dev_webhooks::send))
        .route("/dev/webhooks/manner/{manner}", post(dev_webhooks::behave))
        .route("/dev/panic", post(broken::panic));
    router
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(paths(
        health::health,
        quota::quota,
        documents::openapi_3_0,
        documents::openapi_3_1,
    ))]
    struct Reference;

    Reference::openapi()
}
