//! Faces: bytes of a picture become decisions. Pictures are decoded within bounds, faces are found,
//! aligned and compared, and signs of life are weighed. Nothing here fetches, reads a clock, draws a
//! random number or remembers; models and times come in as arguments.

pub mod align;
pub mod decode;
mod detect;
mod embed;
mod examine;
mod face;
mod index;
pub mod liveness;
pub mod look;
pub mod manifest;
mod model;
#[cfg(test)]
mod numbers;
mod picture;
mod resample;
mod shrink;
pub mod template;

pub use detect::{Detector, Yunet};
pub use embed::Embedder;
pub use examine::{Examination, Examiner, Likeness, Seen, Stage};
pub use face::{Face, Landmarks, Point, Region};
pub use index::{FaceId, Index, InsertError, Match, SHARD_CAPACITY};
pub use model::{Model, ModelError, Tensor, TractModel};
pub use picture::{Grey, Picture};
pub use template::{Calibration, Embedding, Incomparable, ModelHash, Template};
