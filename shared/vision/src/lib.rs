//! Faces: bytes of a picture become decisions. Pictures are decoded within bounds, faces are found,
//! aligned and compared, and signs of life are weighed. Nothing here fetches, reads a clock, draws a
//! random number or remembers; models and times come in as arguments.

pub mod align;
pub mod decode;
mod face;
mod index;
pub mod liveness;
pub mod look;
mod picture;
mod shrink;
pub mod template;

pub use face::{Face, Landmarks, Point, Region};
pub use index::{FaceId, Index, InsertError, Match, SHARD_CAPACITY};
pub use picture::{Grey, Picture};
pub use template::{Calibration, Embedding, Incomparable, ModelHash, Template};
