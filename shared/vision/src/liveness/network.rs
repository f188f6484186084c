//! What a small network says of a face and what surrounds it: prints and screens show at their edges.

use super::{Score, classes::Classes};
use crate::{
    face::Region,
    manifest::Role,
    model::{Model, ModelError},
    picture::Picture,
    resample::{Part, stretch},
};

/// Tells a person from a picture of one by a single frame.
#[derive(Debug)]
pub struct LivenessNetwork<M> {
    classes: Classes<M>,
    surroundings: f32,
    width: u32,
    height: u32,
}

impl<M: Model> LivenessNetwork<M> {
    /// None but a model that the manifest says is for this.
    pub fn new(model: M) -> Result<Self, ModelError> {
        let entry = model.entry();
        let (_, rows, columns) = entry.input.sizes();
        match (
            entry.input.surroundings,
            u32::try_from(columns),
            u32::try_from(rows),
        ) {
            (Some(surroundings), Ok(width), Ok(height)) => Ok(Self {
                classes: Classes::new(model, Role::Liveness)?,
                surroundings,
                width,
                height,
            }),
            _ => Err(ModelError::OtherRole {
                name: entry.name.clone(),
            }),
        }
    }

    /// How much the face in this region is like a person, by the threshold of this model: networks that
    /// learned in different ways are sure at different numbers.
    pub fn score(&self, picture: &Picture, face: Region) -> Result<Score, ModelError> {
        let probability = self.probability(picture, face)?;
        let threshold = self.classes.model().entry().threshold;
        Ok(Score::of_threshold(probability, threshold))
    }

    /// How probable it is, from 0 to 1, that the face in this region is a person.
    pub fn probability(&self, picture: &Picture, face: Region) -> Result<f32, ModelError> {
        let part = surroundings(picture, face, self.surroundings);
        let seen = stretch(picture, part, self.width, self.height);
        self.classes.probability(&seen)
    }
}

/// A length that is this little short of a whole number of pixels is that number. As long as the picture
/// is a common one, and it comes out a hair shorter or not, as a machine rounds.
const NEARLY: f32 = 1e-2;

/// The part of the picture around a face, `by` times its size: smaller where the picture is, and moved
/// into it where the face is at its border.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what lies outside of the picture or is no number becomes its border"
)]
fn surroundings(picture: &Picture, face: Region, by: f32) -> Part {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let by = by
        .min((width - 1.0) / face.width)
        .min((height - 1.0) / face.height);
    let along = |start: f32, length: f32, most: f32| {
        let side = length * by;
        let from = (start + (length - side) / 2.0)
            .min(most - 1.0 - side)
            .max(0.0);
        let whole = |place: f32| (place + NEARLY) as u32;
        let from = whole(from).min(most as u32 - 1);
        let side = whole(side).saturating_add(1).min(most as u32 - from);
        (from, side)
    };
    let (left, width) = along(face.left, face.width, width);
    let (top, height) = along(face.top, face.height, height);
    Part {
        left,
        top,
        width,
        height,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::fixed::Fixed;

    fn region(left: f32, top: f32, width: f32, height: f32) -> Region {
        Region {
            left,
            top,
            width,
            height,
        }
    }

    fn part(left: u32, top: u32, width: u32, height: u32) -> Part {
        Part {
            left,
            top,
            width,
            height,
        }
    }

    fn picture(width: u32, height: u32) -> Picture {
        let pixels = (width * height * 3) as usize;
        Picture::new(width, height, vec![128; pixels]).unwrap()
    }

    #[test]
    fn the_surroundings_are_around_the_middle_and_inside() {
        let picture = picture(300, 200);
        let face = |left, top| region(left, top, 20.0, 40.0);
        let around = |face| surroundings(&picture, face, 2.5);
        assert_eq!(around(face(100.0, 80.0)), part(85, 50, 51, 101));
        assert_eq!(around(face(0.0, 0.0)), part(0, 0, 51, 101));
        assert_eq!(around(face(280.0, 160.0)), part(249, 99, 51, 101));
        // As high as the picture, and no wider than the same multiple.
        let large = region(50.0, 50.0, 99.5, 99.5);
        assert_eq!(around(large), part(0, 0, 200, 200));
    }

    #[test]
    fn a_part_as_high_as_the_picture_does_not_hang_on_the_last_digit() {
        let picture = picture(1_382, 1_868);
        for more in 0..1_000_u16 {
            let height = 821.0 + f32::from(more) / 1_000.0;
            let part = surroundings(&picture, region(436.7, 181.1, 558.7, height), 2.7);
            assert_eq!((part.top, part.height), (0, 1_868), "{height}");
        }
    }

    #[test]
    fn the_probability_is_the_share_of_the_wanted_class() {
        let network = LivenessNetwork::new(Fixed::liveness(vec![0.0, 2_f32.ln(), 0.0])).unwrap();
        let face = region(10.0, 10.0, 20.0, 20.0);
        let probability = network.probability(&picture(64, 64), face).unwrap();
        assert!((probability - 0.5).abs() < 1e-6);
        let network = LivenessNetwork::new(Fixed::liveness(vec![f32::NAN; 3])).unwrap();
        let refused = network.probability(&picture(64, 64), face).unwrap_err();
        assert!(matches!(refused, ModelError::NoNumber { .. }));
        let network = LivenessNetwork::new(Fixed::liveness(vec![1.0; 2])).unwrap();
        let refused = network.probability(&picture(64, 64), face).unwrap_err();
        assert!(matches!(refused, ModelError::OutputShape { .. }));
        let refused = LivenessNetwork::new(Fixed::embedder(Vec::new())).unwrap_err();
        assert!(matches!(refused, ModelError::OtherRole { .. }));
    }

    proptest! {
        #[test]
        fn the_surroundings_of_anything_are_in_the_picture(
            (width, height) in (1_u32..500, 1_u32..500),
            face: [f32; 4],
        ) {
            let picture = picture(width, height);
            let [left, top, wide, high] = face;
            let part = surroundings(&picture, region(left, top, wide, high), 2.7);
            prop_assert!(part.width > 0 && part.left + part.width <= width);
            prop_assert!(part.height > 0 && part.top + part.height <= height);
        }
    }
}
