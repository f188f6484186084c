//! The Durable Object classes. Each is a shell: it loads its record, asks the rules in `shared/`
//! what happens, stores the outcome in one commit, and only then speaks.

mod delivery;
mod endpoint_gate;
mod identifier_limits;
mod mail;
mod record;
mod request;
mod session;
mod stream_slots;
mod texts;
mod verification;

pub use delivery::DeliveryObject;
pub use endpoint_gate::EndpointGateObject;
pub use identifier_limits::IdentifierLimitsObject;
pub use request::RequestObject;
pub use session::SessionObject;
pub use stream_slots::StreamSlotsObject;
pub use verification::VerificationObject;

use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use proof_edge::objects::StorageFault;
use serde::de::DeserializeOwned;

/// Seconds until somebody who could not be told is told again; doubled after every failure in a row up
/// to the last.
const FIRST_RETRY: i64 = 2;
const LAST_RETRY: i64 = 300;

fn retry_delay(failures: u32) -> i64 {
    (FIRST_RETRY << failures.min(8)).min(LAST_RETRY)
}

fn now() -> Timestamp {
    Timestamp::from_millis(proof_edge::platform::now_millis())
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err by name")]
fn fault(fault: StorageFault) -> ApiError {
    ApiError::internal(format!("storage: {}", fault.0))
}

fn read_command<T: DeserializeOwned>(message: &str) -> Result<T, ApiError> {
    serde_json::from_str(message)
        .map_err(|error| ApiError::internal(format!("an unknown command: {error}")))
}
