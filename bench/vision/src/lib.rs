//! For the benchmark: what the product does with a picture of a face, each stage by itself and as
//! often as one likes, natively and in wasm. It knows no clock; whoever calls it does.

mod recorded;
mod stage;
mod subject;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use recorded::Recorded;
pub use stage::Stage;
pub use subject::{Pipeline, Subject, Trouble};
