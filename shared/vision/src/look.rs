//! Whether a face that was found can be judged at all. What is unfit is told by its reason, with a
//! hint that a person in front of a camera can act on, before any score is computed.

#![expect(
    clippy::cast_precision_loss,
    reason = "sizes and sums here are far below what a float holds exactly"
)]

use crate::align::{AlignError, Pose, align};
use crate::{Face, Picture};

/// A second face counts when its area is at least this part of the largest: who stands far behind is
/// no second person in front of the camera.
pub const SECOND_FACE_AREA: f32 = 0.2;

/// The least width and height of a face in pixels. Below, an aligned face is mostly made up.
pub const LEAST_SIDE: f32 = 64.0;

/// The part of a face's rectangle that may lie outside of the picture.
pub const MOST_OUTSIDE: f32 = 0.12;

/// The least mean brightness of an aligned face's middle (0 to 255). Low, so that dark skin in common
/// light passes: what counts is whether the face can be seen, which contrast shows too.
pub const LEAST_BRIGHTNESS: f32 = 28.0;

/// The greatest mean brightness of an aligned face's middle.
pub const MOST_BRIGHTNESS: f32 = 225.0;

/// The part of an aligned face's middle that may be burnt out (250 or more).
pub const MOST_BURNT: f32 = 0.25;

/// The least sharpness: the variance of the Laplacian of an aligned face's middle. Provisional: a quarter
/// of the least of 86 photographs by good cameras (258; half of them have more than 800).
pub const LEAST_SHARPNESS: f32 = 60.0;

/// How far a head may be turned to a side, in degrees.
pub const MOST_YAW: f32 = 40.0;

/// How far a head may be turned up or down, in degrees.
pub const MOST_PITCH: f32 = 35.0;

/// How far a head may lean to a shoulder, in degrees. The aligned face is upright either way; more
/// means that the picture itself is on its side.
pub const MOST_ROLL: f32 = 50.0;

/// The middle of an aligned face, in pixels: from the brows to the chin, without hair and background.
const MIDDLE: (std::ops::Range<i64>, std::ops::Range<i64>) = (28..84, 36..104);

/// Why there is no face that can be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The picture shows none.
    #[error("no face was found")]
    NoFace,
    /// More than one is in front of the camera.
    #[error("{count} faces were found")]
    SeveralFaces {
        /// How many are large enough to count.
        count: usize,
    },
    /// Too few pixels.
    #[error("the face is too small")]
    TooSmall,
    /// A part is outside of the picture.
    #[error("the face is cut off by the border")]
    CutOff,
    /// The points that were found are not those of a face.
    #[error("the face cannot be seen clearly")]
    Unclear,
    /// Turned to a side, up, down, or on its side.
    #[error("the face is turned too far")]
    TurnedTooFar,
    /// Too little light.
    #[error("the face is too dark")]
    TooDark,
    /// Too much light.
    #[error("the face is too bright")]
    TooBright,
    /// Out of focus, moved, or made larger from few pixels.
    #[error("the face is too blurred")]
    TooBlurred,
}

impl Unfit {
    /// The reason's name in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoFace => "no_face",
            Self::SeveralFaces { .. } => "several_faces",
            Self::TooSmall => "face_too_small",
            Self::CutOff => "face_cut_off",
            Self::Unclear => "face_unclear",
            Self::TurnedTooFar => "face_turned",
            Self::TooDark => "face_too_dark",
            Self::TooBright => "face_too_bright",
            Self::TooBlurred => "face_blurred",
        }
    }

    /// What the person can do.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NoFace => "Look at the camera, with your whole face in the picture.",
            Self::SeveralFaces { .. } => "Make sure that you are alone in the picture.",
            Self::TooSmall => "Come closer to the camera.",
            Self::CutOff => "Move so that your whole face is inside the picture.",
            Self::Unclear => "Take away what covers your face and look at the camera.",
            Self::TurnedTooFar => "Hold your head upright and look straight at the camera.",
            Self::TooDark => "Find more light, best from the front.",
            Self::TooBright => "Avoid strong light on your face and turn off the flash.",
            Self::TooBlurred => "Hold still, clean the lens and wait until the picture is sharp.",
        }
    }
}

/// What was measured on a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measures {
    /// Mean brightness of its middle, from 0 to 255.
    pub brightness: f32,
    /// The part of its middle that is burnt out.
    pub burnt: f32,
    /// Variance of the Laplacian of its middle.
    pub sharpness: f32,
}

/// A face that can be judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Where it is.
    pub face: Face,
    /// Upright, 112×112.
    pub aligned: Picture,
    /// How it is turned.
    pub pose: Pose,
    /// What was measured.
    pub measures: Measures,
}

/// The one face of a picture that can be judged, or why there is none. What needs no pixel is asked
/// first.
pub fn look(picture: &Picture, faces: &[Face]) -> Result<Fit, Unfit> {
    let face = *only(faces)?;
    // Asked so that a side that is no number is too small.
    let large = face.region.width >= LEAST_SIDE && face.region.height >= LEAST_SIDE;
    if !large {
        return Err(Unfit::TooSmall);
    }
    if cut_off(picture, &face) {
        return Err(Unfit::CutOff);
    }
    let pose = Pose::of(&face.landmarks)?;
    if pose.roll.abs() > MOST_ROLL || pose.yaw.abs() > MOST_YAW || pose.pitch.abs() > MOST_PITCH {
        return Err(Unfit::TurnedTooFar);
    }
    let aligned = align(picture, &face.landmarks)?;
    let measures = Measures::of(&aligned);
    measures.judge()?;
    Ok(Fit {
        face,
        aligned,
        pose,
        measures,
    })
}

impl From<AlignError> for Unfit {
    fn from(_: AlignError) -> Self {
        Self::Unclear
    }
}

impl Measures {
    /// Measures an aligned face.
    pub fn of(aligned: &Picture) -> Self {
        let grey = aligned.grey();
        let (columns, rows) = MIDDLE;
        let (mut sum, mut burnt, mut edges, mut squares, mut count) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (x, y) in rows.flat_map(|y| columns.clone().map(move |x| (x, y))) {
            let at = |x, y| f64::from(grey.at(x, y));
            let value = at(x, y);
            let edge = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4.0 * value;
            sum += value;
            burnt += if value >= 250.0 { 1.0 } else { 0.0 };
            edges += edge;
            squares += edge * edge;
            count += 1.0;
        }
        let mean: f64 = edges / count;
        Self {
            brightness: narrow(sum / count),
            burnt: narrow(burnt / count),
            sharpness: narrow((squares / count - mean * mean).max(0.0)),
        }
    }

    /// Light first: a dark face has no edges either, and light is what helps.
    pub fn judge(&self) -> Result<(), Unfit> {
        if self.brightness < LEAST_BRIGHTNESS {
            Err(Unfit::TooDark)
        } else if self.brightness > MOST_BRIGHTNESS || self.burnt > MOST_BURNT {
            Err(Unfit::TooBright)
        } else if self.sharpness < LEAST_SHARPNESS {
            Err(Unfit::TooBlurred)
        } else {
            Ok(())
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a measure needs no more")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// The largest face, if no other is nearly as large.
fn only(faces: &[Face]) -> Result<&Face, Unfit> {
    let area = |face: &Face| face.region.area();
    let largest = faces
        .iter()
        .max_by(|one, other| area(one).total_cmp(&area(other)))
        .ok_or(Unfit::NoFace)?;
    let least = area(largest) * SECOND_FACE_AREA;
    match faces.iter().filter(|face| area(face) >= least).count() {
        0 => Err(Unfit::Unclear),
        1 => Ok(largest),
        count => Err(Unfit::SeveralFaces { count }),
    }
}

/// Too much of it is outside, or one of its points is.
fn cut_off(picture: &Picture, face: &Face) -> bool {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let region = face.region;
    let inside_width = (region.left + region.width).min(width) - region.left.max(0.0);
    let inside_height = (region.top + region.height).min(height) - region.top.max(0.0);
    let inside = inside_width.max(0.0) * inside_height.max(0.0);
    let point_outside = face
        .landmarks
        .points()
        .into_iter()
        .any(|point| point.x < 0.0 || point.y < 0.0 || point.x >= width || point.y >= height);
    point_outside || inside < region.area() * (1.0 - MOST_OUTSIDE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::ALIGNED_POINTS;
    use crate::numbers::mostly;
    use crate::{Landmarks, Point, Region};
    use proptest::prelude::*;

    /// A face of 200 pixels at a place, scaled.
    fn face(left: f32, top: f32, scale: f32) -> Face {
        let place = |p: Point| Point::new(left + p.x * 2.0 * scale, top + p.y * 2.0 * scale);
        Face {
            region: Region {
                left: left + 30.0 * scale,
                top: top + 20.0 * scale,
                width: 160.0 * scale,
                height: 200.0 * scale,
            },
            landmarks: Landmarks::from_points(ALIGNED_POINTS.map(place)),
            score: 0.9,
        }
    }

    /// Squares of two shades, as sharp as can be.
    fn squares(side: u32, dark: u8, bright: u8) -> Picture {
        let rgb = (0..side * side)
            .flat_map(|at| {
                let odd = (at % side / 8 + at / side / 8).is_multiple_of(2);
                [if odd { dark } else { bright }; 3]
            })
            .collect();
        Picture::new(side, side, rgb).unwrap()
    }

    #[test]
    fn one_face_in_good_light_is_fit() {
        let fit = look(&squares(400, 90, 150), &[face(50.0, 50.0, 1.0)]).unwrap();
        assert_eq!((fit.aligned.width(), fit.aligned.height()), (112, 112));
        assert!((fit.measures.brightness - 120.0).abs() < 10.0);
        assert!(fit.measures.sharpness > LEAST_SHARPNESS);
    }

    #[test]
    fn a_crowd_is_counted_and_who_stands_far_behind_is_not() {
        let rows = (0_u8..20).map(|at| (f32::from(at % 5) * 130.0, f32::from(at / 5) * 130.0));
        let crowd: Vec<Face> = rows.map(|(left, top)| face(left, top, 1.0)).collect();
        let behind = face(700.0, 700.0, 0.3);
        let picture = squares(800, 90, 150);
        let told = look(&picture, &[&crowd[..], &[behind]].concat());
        assert_eq!(told, Err(Unfit::SeveralFaces { count: 20 }));
        assert!(look(&picture, &[crowd[6], behind]).is_ok());
    }

    #[test]
    fn each_reason_is_told() {
        let good = squares(400, 90, 150);
        let one = face(50.0, 50.0, 1.0);
        let reason = |picture: &Picture, faces: &[Face]| look(picture, faces).unwrap_err();
        assert_eq!(reason(&good, &[]), Unfit::NoFace);
        let other = face(180.0, 150.0, 0.8);
        assert_eq!(
            reason(&good, &[one, other]),
            Unfit::SeveralFaces { count: 2 }
        );
        assert_eq!(reason(&good, &[face(50.0, 50.0, 0.35)]), Unfit::TooSmall);
        assert_eq!(reason(&good, &[face(-70.0, 50.0, 1.0)]), Unfit::CutOff);
        assert_eq!(reason(&good, &[face(280.0, 50.0, 1.0)]), Unfit::CutOff);
        assert_eq!(reason(&squares(400, 5, 20), &[one]), Unfit::TooDark);
        assert_eq!(reason(&squares(400, 225, 249), &[one]), Unfit::TooBright);
        assert_eq!(reason(&squares(400, 100, 255), &[one]), Unfit::TooBright);
        assert_eq!(reason(&squares(400, 120, 124), &[one]), Unfit::TooBlurred);
    }

    #[test]
    fn somebody_far_behind_is_not_asked_to_leave() {
        let faces = [face(300.0, 10.0, 0.35), face(50.0, 50.0, 1.0)];
        assert_eq!(look(&squares(400, 90, 150), &faces).unwrap().face, faces[1]);
    }

    #[test]
    fn a_turned_head_is_told() {
        let picture = squares(400, 90, 150);
        let turned = |index: usize, x: f32, y: f32| {
            let mut one = face(50.0, 50.0, 1.0);
            let mut points = one.landmarks.points();
            points[index] = Point::new(points[index].x + x, points[index].y + y);
            one.landmarks = Landmarks::from_points(points);
            look(&picture, &[one])
        };
        assert!(turned(2, 8.0, 4.0).is_ok());
        assert_eq!(turned(2, 30.0, 0.0), Err(Unfit::TurnedTooFar));
        assert_eq!(turned(2, -30.0, 0.0), Err(Unfit::TurnedTooFar));
        assert_eq!(turned(2, 0.0, 30.0), Err(Unfit::TurnedTooFar));
        assert_eq!(turned(1, 0.0, 110.0), Err(Unfit::TurnedTooFar));
    }

    #[test]
    fn points_of_no_face_are_unclear() {
        let mut one = face(50.0, 50.0, 1.0);
        one.landmarks = Landmarks::from_points([Point::new(100.0, 100.0); 5]);
        let picture = squares(400, 90, 150);
        assert_eq!(look(&picture, &[one]), Err(Unfit::Unclear));
        let mut nowhere = face(50.0, 50.0, 1.0);
        nowhere.region.width = f32::NAN;
        assert!(look(&picture, &[nowhere]).is_err());
    }

    #[test]
    fn a_blurred_face_has_less_sharpness() {
        let sharp = squares(112, 60, 190);
        let grey = sharp.grey();
        let blurred = (0..112 * 112_i64)
            .flat_map(|at| {
                let near = (-3..=3).flat_map(|y| (-3..=3).map(move |x| (x, y)));
                let sum: u32 = near
                    .map(|(x, y)| u32::from(grey.at(at % 112 + x, at / 112 + y)))
                    .sum();
                [u8::try_from(sum / 49).unwrap(); 3]
            })
            .collect();
        let blurred = Measures::of(&Picture::new(112, 112, blurred).unwrap());
        assert!(blurred.sharpness * 10.0 < Measures::of(&sharp).sharpness);
    }

    #[test]
    fn reasons_have_codes_and_hints_of_their_own() {
        let all = [
            Unfit::NoFace,
            Unfit::SeveralFaces { count: 2 },
            Unfit::TooSmall,
            Unfit::CutOff,
            Unfit::Unclear,
            Unfit::TurnedTooFar,
            Unfit::TooDark,
            Unfit::TooBright,
            Unfit::TooBlurred,
        ];
        let codes: std::collections::BTreeSet<_> = all.map(Unfit::code).into();
        let hints: std::collections::BTreeSet<_> = all.map(Unfit::hint).into();
        assert_eq!((codes.len(), hints.len()), (all.len(), all.len()));
    }

    proptest! {
        /// Whatever a detector says, the answer is a face inside the picture or a reason.
        #[test]
        fn any_faces_are_answered(
            // Mostly of faces that could be in it, now and then of none.
            faces in prop::collection::vec(
                prop::array::uniform14(mostly(12, 2.0..90.0)), 0..4,
            ),
        ) {
            let faces: Vec<_> = faces.into_iter().map(|n| Face {
                region: Region { left: n[0], top: n[1], width: n[2], height: n[3] },
                landmarks: Landmarks::from_points(
                    [4, 6, 8, 10, 12].map(|at| Point::new(n[at], n[at + 1])),
                ),
                score: 0.5,
            }).collect();
            if let Ok(fit) = look(&squares(160, 160, 150), &faces) {
                prop_assert!(faces.contains(&fit.face));
            }
        }
    }
}
