//! Whether the system is well, in words that give nothing away.

use http::StatusCode;
use proof_domain::error::ErrorBody;
use proof_edge::answer::Value;
use proof_edge::auth::Anyone;
use proof_edge::crypto::PublishedKeys;
use proof_edge::ledger::Ledger;
use proof_edge::objects::Verifications;
use proof_edge::platform::local;
use proof_edge::{Answer, Failure, Scope};
use serde::Serialize;
use utoipa::ToSchema;

/// How one part, or the whole, is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Condition {
    Ok,
    Unavailable,
}

impl Condition {
    const fn of(well: bool) -> Self {
        if well { Self::Ok } else { Self::Unavailable }
    }
}

/// The parts that everything depends on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Parts {
    /// The ledger, D1.
    pub database: Condition,
    /// The Durable Objects.
    pub objects: Condition,
    /// The public keys that proofs are checked with.
    pub keys: Condition,
}

/// The system's health.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Health {
    /// `ok` if every part is.
    pub status: Condition,
    pub checks: Parts,
    #[schema(example = "0.1.0")]
    pub version: &'static str,
}

/// Service status
///
/// Public. 200 if every part is well, 503 otherwise.
#[utoipa::path(
    get, path = "/health", tag = "Service", operation_id = "getHealth",
    responses(
        (status = 200, description = "All is well.", body = Health),
        (status = 429, description = "Too many questions from one address.", body = ErrorBody),
        (status = 503, description = "A part is not.", body = Health),
    ),
    security(()),
)]
pub(crate) async fn health(_anyone: Anyone, scope: Scope) -> Result<Answer, Failure> {
    let database = local(async { Ledger::of(&scope).is_well().await }).await;
    let objects = local(async { Verifications::of(&scope).are_well().await }).await;
    let keys = PublishedKeys::of(&scope).is_ok_and(|keys| keys.count() > 0);
    let well = database && objects && keys;
    let health = Health {
        status: Condition::of(well),
        checks: Parts {
            database: Condition::of(database),
            objects: Condition::of(objects),
            keys: Condition::of(keys),
        },
        version: env!("CARGO_PKG_VERSION"),
    };
    let status = if well {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    Answer::json(status, Value(health))
}
