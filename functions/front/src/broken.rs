//! Breaks this Worker's module on purpose, on a developer's machine, so that it can be seen to
//! recover.

use proof_edge::Answer;

#[expect(clippy::panic, reason = "that is what it is for")]
pub(crate) async fn panic() -> Answer {
    panic!("asked to")
}
