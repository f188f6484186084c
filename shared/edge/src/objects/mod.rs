//! What crosses between a function and an object: typed commands, and replies that are either the
//! wire format itself or an error. Both ends use the types of this module, and a test pins their JSON.

mod delivery;
mod erasing;
mod inbound;
mod limits;
mod request;
mod session;
mod sign_in;
mod storage;
mod streams;
mod verification;

pub(crate) use delivery::begin_delivery;
pub use delivery::{Beginning, Deliveries, DeliveryCommand, Gate, GateCommand};
pub use erasing::Remaining;
pub use inbound::{ChannelCommand, Subject};
pub use limits::{IdentifierLimits, LimitCommand, Limited};
pub use request::{CreateRequestCommand, RequestCommand, RequestPage, Requests, report, report_of};
pub use session::{CreateSessionCommand, SessionCommand, SessionPicture, Sessions};
pub use sign_in::{BegunSignIn, BotFinding, Hidden, SignInCommand, TakenSignIn};
pub use storage::{ObjectContext, StorageFault};
use streams::open_stream;
pub use streams::{EventsRequest, SlotCommand, StreamSlots, Watched, probe_stream};
pub use verification::{
    CheckReport, CreateCommand, MessageToSign, VerificationCommand, VerificationToken,
    Verifications, establish, read_verification, unmake, withdraw,
};

use proof_domain::error::ApiError;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use crate::answer::Raw;
use crate::platform::{object_command, reason};

/// The objects are out of reach.
const UNREACHABLE: &str = "This cannot be reached at the moment. Try again.";

/// How an object's reply begins.
const DONE: char = '=';
const REPEATED: char = '~';
const REFUSED: char = '!';

/// A good reply: what was asked for, and whether it had been done before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<T> {
    pub value: Raw<T>,
    pub repeated: bool,
}

/// Nothing to say but that it was done.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Done {}

/// Writes a reply.
pub fn reply<T: Serialize>(outcome: &Result<T, ApiError>, repeated: bool) -> String {
    let (first, text) = match outcome {
        Ok(value) => (
            if repeated { REPEATED } else { DONE },
            serde_json::to_string(value),
        ),
        Err(error) => (REFUSED, serde_json::to_string(error)),
    };
    // These types always have a JSON form; were it not so, the other end reads an odd answer.
    format!("{first}{}", text.unwrap_or_default())
}

/// Reads a reply.
fn read_reply<T>(text: &str) -> Result<Reply<T>, ApiError> {
    let mut rest = text.chars();
    let first = rest.next();
    let rest = rest.as_str();
    match first {
        Some(DONE) => Ok(Reply {
            value: Raw::written(rest.to_owned()),
            repeated: false,
        }),
        Some(REPEATED) => Ok(Reply {
            value: Raw::written(rest.to_owned()),
            repeated: true,
        }),
        Some(REFUSED) => Err(serde_json::from_str(rest)
            .unwrap_or_else(|error| ApiError::internal(format!("an odd refusal: {error}")))),
        _ => Err(ApiError::internal("an object answered with nothing")),
    }
}

/// Gives one command to one object.
async fn command<T>(
    env: &JsValue,
    binding: &str,
    name: &str,
    command: &impl Serialize,
) -> Result<Reply<T>, ApiError> {
    let message = serde_json::to_string(command)
        .map_err(|error| ApiError::internal(format!("a command could not be written: {error}")))?;
    let answer = object_command(env, binding, name, &message)
        .await
        .map_err(|error| ApiError::unavailable(UNREACHABLE, reason(&error)))?;
    read_reply(&answer.as_string().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_survives_the_crossing() {
        let good = read_reply::<u8>(&reply(&Ok(7), false)).unwrap();
        assert_eq!((good.value.read().unwrap(), good.repeated), (7, false));
        assert!(read_reply::<u8>(&reply(&Ok(7), true)).unwrap().repeated);
        let refused = reply::<u8>(&Err(ApiError::not_found()), false);
        assert_eq!(
            read_reply::<u8>(&refused).unwrap_err(),
            ApiError::not_found()
        );
        assert!(read_reply::<u8>("").is_err());
        assert!(read_reply::<u8>("!x").is_err());
    }
}
