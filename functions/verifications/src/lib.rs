//! Verifications and phone-first sessions: a tenant creates one, the person answers it, the tenant
//! watches it end.

mod channels;
mod confirm;
mod connect;
mod domains;
mod erasures;
mod events;
mod inbound;
mod pages;
mod qr;
mod sessions;
mod users;
mod verifications;

use axum::Router;
use axum::routing::{get, post, put};
use http::StatusCode;
use proof_edge::{Answer, Scope};

proof_edge::worker!("verifications", crate::router);

/// The paths that this Worker owns.
pub fn router() -> Router {
    Router::new()
        .merge(inbound::routes())
        // Whatever is below the paths of people and is not a page says so in their language.
        .route("/connect/{id}/{*rest}", get(nothing_here))
        .route("/connect/{id}", get(connect::show).post(connect::begin))
        .route("/connect/callback/{channel}", get(connect::come_back))
        .route("/confirm/{*rest}", get(nothing_here))
        .route(
            "/confirm/email/{id}",
            get(confirm::show).post(confirm::confirm),
        )
        .route("/api/v1/channels", get(channels::list))
        .route(
            "/api/v1/channels/{channel}",
            put(channels::set).delete(channels::unset),
        )
        .route("/api/v1/sessions", post(sessions::create))
        .route("/api/v1/sessions/{id}", get(sessions::retrieve))
        .route("/api/v1/sessions/{id}/qr.svg", get(qr::svg))
        .route("/api/v1/sessions/{id}/qr.png", get(qr::png))
        .route(
            "/api/v1/sessions/{id}/test-verify",
            post(sessions::test_verify),
        )
        .route("/api/v1/sessions/{id}/events", get(sessions::events))
        .route(
            "/api/v1/sessions/{id}/events/ticket",
            post(sessions::ticket),
        )
        .route(
            "/api/v1/verifications",
            post(verifications::create).get(verifications::list),
        )
        .route("/api/v1/verifications/domain", post(domains::start))
        .route(
            "/api/v1/verifications/domain/{id}/check",
            post(domains::check),
        )
        .route("/api/v1/verifications/users", get(users::list))
        .route(
            "/api/v1/verifications/users/{externalUserId}",
            get(users::retrieve).delete(erasures::delete_user),
        )
        .route("/api/v1/erasures", post(erasures::create))
        .route("/api/v1/erasures/{id}", get(erasures::retrieve))
        .route("/api/v1/verifications/{id}", get(verifications::retrieve))
        .route(
            "/api/v1/verifications/{id}/submit",
            post(verifications::submit),
        )
        .route("/api/v1/verifications/{id}/verify", post(domains::verify))
        .route(
            "/api/v1/verifications/{id}/resend",
            post(verifications::resend),
        )
        .route(
            "/api/v1/verifications/{id}/test-verify",
            post(verifications::test_verify),
        )
        .route("/api/v1/verifications/{id}/events", get(events::events))
        .route(
            "/api/v1/verifications/{id}/events/ticket",
            post(events::ticket),
        )
}

async fn nothing_here(scope: Scope) -> Answer {
    pages::notice(
        &scope,
        StatusCode::NOT_FOUND,
        proof_pages::Tone::Stopped,
        "unknown",
    )
}

/// The reference of these paths, for the OpenAPI document.
#[cfg(not(target_arch = "wasm32"))]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi as _;

    #[derive(utoipa::OpenApi)]
    #[openapi(
        paths(
            channels::list,
            channels::set,
            channels::unset,
            verifications::create,
            verifications::list,
            verifications::retrieve,
            verifications::submit,
            domains::verify,
            domains::start,
            domains::check,
            users::list,
            users::retrieve,
            erasures::delete_user,
            erasures::create,
            erasures::retrieve,
            verifications::resend,
            verifications::test_verify,
            events::events,
            events::ticket,
            sessions::create,
            sessions::retrieve,
            qr::svg,
            qr::png,
            sessions::test_verify,
            sessions::events,
            sessions::ticket,
        ),
        components(schemas(
            proof_domain::error::ErrorBody,
            proof_domain::session::SessionEvent,
            proof_domain::verification::StatusEvent
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
