//! Signs of life, and signs against it. Each is a score of its own that says whether it was
//! evaluated. None of them proves life: an injected, well-made film passes what looks at pixels.

pub mod blink;
mod classes;
mod eyes;
pub mod frames;
pub mod frequency;
pub mod injection;
mod network;
mod score;
mod spectrum;

pub use eyes::EyeState;
pub use network::LivenessNetwork;
pub use score::Score;
