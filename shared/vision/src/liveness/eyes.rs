//! How open the eyes of a face are, by a small network that sees each of them alone.

use super::classes::Classes;
use crate::{
    align::eyes,
    face::Landmarks,
    manifest::Role,
    model::{Model, ModelError},
    picture::Picture,
};

/// How wide the square around an eye is, in distances of the eyes. The network was taught on this.
const WIDTH: f64 = 0.6;

/// Eyes nearer together than this, in pixels, are too small to be told.
const LEAST_APART: f32 = 16.0;

/// Tells open eyes from closed ones.
#[derive(Debug)]
pub struct EyeState<M> {
    classes: Classes<M>,
    side: u32,
}

impl<M: Model> EyeState<M> {
    /// None but a model that the manifest says is for this, and that takes squares.
    pub fn new(model: M) -> Result<Self, ModelError> {
        let (_, rows, columns) = model.entry().input.sizes();
        let side = u32::try_from(rows).ok().filter(|_| rows == columns);
        let name = model.entry().name.clone();
        Ok(Self {
            classes: Classes::new(model, Role::Eyes)?,
            side: side.ok_or(ModelError::OtherRole { name })?,
        })
    }

    /// The model that tells.
    pub const fn model(&self) -> &M {
        self.classes.model()
    }

    /// How open both eyes are together, from 0 to 1. None where they are too small to be told, or are
    /// nowhere.
    pub fn openness(
        &self,
        picture: &Picture,
        landmarks: &Landmarks,
    ) -> Result<Option<f32>, ModelError> {
        let apart = landmarks.left_eye.distance(landmarks.right_eye);
        // What is no number is not apart.
        if apart.is_nan() || apart < LEAST_APART {
            return Ok(None);
        }
        let Ok([left, right]) = eyes(picture, landmarks, WIDTH, self.side) else {
            return Ok(None);
        };
        let [left, right] = [
            self.classes.probability(&left)?,
            self.classes.probability(&right)?,
        ];
        Ok(Some(f32::midpoint(left, right)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{face::Point, model::fixed::Fixed};

    fn face(apart: f32) -> Landmarks {
        let at = |x: f32, y: f32| Point::new(50.0 + x * apart, 50.0 + y * apart);
        Landmarks::from_points([
            at(-0.5, 0.0),
            at(0.5, 0.0),
            at(0.0, 0.6),
            at(-0.4, 1.1),
            at(0.4, 1.1),
        ])
    }

    fn picture() -> Picture {
        Picture::new(100, 100, vec![7; 30_000]).unwrap()
    }

    #[test]
    fn the_openness_is_the_wanted_class_s_share() {
        let state = EyeState::new(Fixed::eyes(vec![0.0, 3.0_f32.ln()])).unwrap();
        let open = state.openness(&picture(), &face(40.0)).unwrap().unwrap();
        assert!((open - 0.75).abs() < 1e-6, "{open}");
    }

    #[test]
    fn eyes_that_are_too_small_are_not_told() {
        let state = EyeState::new(Fixed::eyes(vec![0.0, 1.0])).unwrap();
        for apart in [15.9, 0.0, f32::NAN] {
            assert_eq!(state.openness(&picture(), &face(apart)).unwrap(), None);
        }
    }

    #[test]
    fn only_a_model_for_eyes_is_taken_and_only_scores_are_read() {
        assert!(EyeState::new(Fixed::liveness(vec![0.0; 3])).is_err());
        for odd in [vec![0.0], vec![0.0; 3], vec![f32::NAN, 1.0]] {
            let state = EyeState::new(Fixed::eyes(odd)).unwrap();
            assert!(state.openness(&picture(), &face(40.0)).is_err());
        }
    }
}
