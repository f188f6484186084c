//! For the benchmark: judges as many signatures as one request holds, by the rules of the product and
//! through its door, so that what a request costs is shared by many checks. It must never be deployed.

use axum::Router;
use axum::routing::post;
use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_edge::answer::Value;
use proof_edge::extract::Json;
use proof_edge::{Answer, Failure};
use proof_evidence::wallet::{Finding, check};
use serde::{Deserialize, Serialize};

proof_edge::worker!("bench-wallets", crate::router);

/// The one path.
pub fn router() -> Router {
    Router::new().route("/bench/wallets", post(judge))
}

#[derive(Debug, Deserialize)]
struct Signed {
    address: String,
    message: String,
    signature: String,
}

#[derive(Debug, Deserialize)]
struct Work {
    channel: Channel,
    checks: Vec<Signed>,
    /// By which library the other side judges; nothing here.
    #[serde(rename = "by")]
    _by: String,
}

#[derive(Debug, Serialize)]
struct Judged {
    genuine: Vec<bool>,
}

async fn judge(Json(work): Json<Work>) -> Result<Answer, Failure> {
    let genuine = work
        .checks
        .iter()
        .map(|one| {
            check(work.channel, &one.address, &one.message, &one.signature)
                .map(|found| found == Finding::Genuine)
        })
        .collect::<Result<_, _>>()
        .map_err(|error| ApiError::field("checks", error.to_string()))?;
    Answer::ok(Value(Judged { genuine }))
}
