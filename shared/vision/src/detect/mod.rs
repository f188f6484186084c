//! Finding faces. A detector sees the picture in the model's own size; what it finds is in pixels of
//! the picture that came in.

#[cfg(test)]
mod tests;
mod yunet;

use crate::{face::Face, model::ModelError, picture::Picture};

pub use yunet::Yunet;

/// Finds faces in a picture.
pub trait Detector {
    /// All faces that can be seen when the picture is looked at as a whole, the surest first.
    fn detect(&self, picture: &Picture) -> Result<Vec<Face>, ModelError>;

    /// Those that were seen, and the small faces of a large picture too: it is looked at in parts, which
    /// takes several times as long.
    fn detect_closely(&self, picture: &Picture, seen: Vec<Face>) -> Result<Vec<Face>, ModelError>;
}

/// The surest faces, without those that overlap a surer one by more than this.
fn without_doubles(mut faces: Vec<Face>, overlap: f32) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        let same = |surer: &Face| surer.region.overlap(face.region) > overlap;
        if !kept.iter().any(same) {
            kept.push(face);
        }
    }
    kept
}
