//! Faces: one look at a picture. Asked by other Workers alone, which know whom they ask for; nothing is
//! stored here, and no other room runs models.

mod faces;
pub mod limits;
mod models;
mod sent;
pub mod views;

use axum::Router;
use axum::routing::post;

proof_edge::worker!(
    "identity",
    crate::router,
    most_body_bytes: crate::limits::MOST_BODY_BYTES
);

/// The paths that this Worker owns. None of them is routed to from outside.
pub fn router() -> Router {
    Router::new().route("/internal/faces/examine", post(faces::examine))
}

#[cfg(test)]
mod tests {
    /// Two paths that cannot be told apart would be found out at the first request only.
    #[test]
    fn the_paths_do_not_contradict_each_other() {
        let _ = super::router();
    }
}
