//! Five points become the picture of an upright face that the models were taught on, and say how far
//! a head is turned. A face is moved, turned and scaled, never mirrored or sheared.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "results are pixels and degrees; the sums before are f64, and casts saturate"
)]

use crate::{Landmarks, Picture, Point};

/// Pixels a side of an aligned face.
pub const ALIGNED_SIZE: u32 = 112;

/// Where the five points are in an aligned face. Models of the ArcFace kind were taught on these.
pub const ALIGNED_POINTS: [Point; 5] = [
    Point::new(38.2946, 51.6963),
    Point::new(73.5318, 51.5014),
    Point::new(56.0252, 71.7366),
    Point::new(41.5493, 92.3655),
    Point::new(70.7299, 92.2041),
];

/// Points that lie closer together than this (root of the mean square distance from their centre, in
/// pixels) show nothing.
const LEAST_SPREAD: f64 = 1.0;

/// How far the points may be from where a face has them after the best fit, in pixels of the aligned
/// face. A full profile is at about 14, a mirrored face at 23.
const MOST_MISFIT: f64 = 18.0;

/// How many times each side of a pixel is sampled at most when a big face is made small.
const MOST_SAMPLES: u32 = 16;

/// How far the tip of the nose stands out, as a part of half the distance of the eyes, seen against
/// the line from between the eyes to the middle of the mouth. Provisional, from common proportions.
const NOSE_BY_HALF_EYES: f64 = 0.8;

/// The same as a part of the distance from the eyes to the mouth.
const NOSE_BY_HEIGHT: f64 = 0.34;

/// How far down the tip of the nose is from the eyes to the mouth when a face looks straight ahead: the
/// middle of what a detector found in 86 photographs of people who look into a camera. It is lower than
/// in the places that the models were taught on (0.494).
const NOSE_LEVEL: f64 = 0.58;

/// Why five points are not those of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AlignError {
    /// A coordinate is no number.
    #[error("a point of the face is not a number")]
    NotFinite,
    /// The points are (almost) one.
    #[error("the points of the face lie on top of each other")]
    TooClose,
    /// No turn and scale brings them near to where a face has them.
    #[error("the points are not arranged as those of a face")]
    NotAFace,
}

/// A move, a turn and a scale: `x' = a·x − b·y + c`, `y' = b·x + a·y + d`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    a: f64,
    b: f64,
    c: f64,
    d: f64,
}

impl Similarity {
    /// The one that brings `from` nearest to `to`, by least squares (Umeyama's in two dimensions,
    /// where the turn has a closed form and no reflection can come out).
    pub fn fit(from: [Point; 5], to: [Point; 5]) -> Result<Self, AlignError> {
        if from.iter().chain(&to).any(|point| !finite(*point)) {
            return Err(AlignError::NotFinite);
        }
        let (from_x, from_y) = centre(from);
        let (to_x, to_y) = centre(to);
        let (mut along, mut across, mut spread) = (0.0, 0.0, 0.0);
        for (p, q) in from.into_iter().zip(to) {
            let (px, py) = (f64::from(p.x) - from_x, f64::from(p.y) - from_y);
            let (qx, qy) = (f64::from(q.x) - to_x, f64::from(q.y) - to_y);
            along += px * qx + py * qy;
            across += px * qy - py * qx;
            spread += px * px + py * py;
        }
        if (spread / 5.0).sqrt() < LEAST_SPREAD {
            return Err(AlignError::TooClose);
        }
        let (a, b) = (along / spread, across / spread);
        let fitted = Self {
            a,
            b,
            c: to_x - a * from_x + b * from_y,
            d: to_y - b * from_x - a * from_y,
        };
        if fitted.scale() > 0.0 {
            Ok(fitted)
        } else {
            Err(AlignError::NotAFace)
        }
    }

    /// The one from a picture to its aligned face.
    pub fn to_aligned(landmarks: &Landmarks) -> Result<Self, AlignError> {
        let points = landmarks.points();
        let fitted = Self::fit(points, ALIGNED_POINTS)?;
        let misfit: f64 = points
            .into_iter()
            .zip(ALIGNED_POINTS)
            .map(|(from, to)| {
                let (x, y) = fitted.forward(f64::from(from.x), f64::from(from.y));
                (x - f64::from(to.x)).powi(2) + (y - f64::from(to.y)).powi(2)
            })
            .sum();
        if (misfit / 5.0).sqrt() <= MOST_MISFIT {
            Ok(fitted)
        } else {
            Err(AlignError::NotAFace)
        }
    }

    /// Where a point goes.
    pub fn apply(&self, point: Point) -> Point {
        let (x, y) = self.forward(f64::from(point.x), f64::from(point.y));
        Point::new(x as f32, y as f32)
    }

    /// How many pixels of the target a pixel of the source becomes, along a side.
    pub fn scale(&self) -> f64 {
        self.a.hypot(self.b)
    }

    fn forward(&self, x: f64, y: f64) -> (f64, f64) {
        (
            self.a * x - self.b * y + self.c,
            self.b * x + self.a * y + self.d,
        )
    }

    fn backward(&self, x: f64, y: f64) -> (f64, f64) {
        let (x, y) = (x - self.c, y - self.d);
        let square = self.a * self.a + self.b * self.b;
        (
            (self.a * x + self.b * y) / square,
            (self.a * y - self.b * x) / square,
        )
    }
}

/// The aligned face: 112×112, upright, the points where the models expect them. What lies outside of
/// the picture looks like its border. A face that is made smaller is averaged, so that fine patterns
/// do not turn into coarse ones.
pub fn align(picture: &Picture, landmarks: &Landmarks) -> Result<Picture, AlignError> {
    let transform = Similarity::to_aligned(landmarks)?;
    moved(picture, transform, ALIGNED_SIZE).ok_or(AlignError::NotAFace)
}

/// A square around each eye, that on the left of the picture first, in so many pixels a side and turned
/// so that the eyes are level; `by` times as wide as the eyes are apart.
pub(crate) fn eyes(
    picture: &Picture,
    landmarks: &Landmarks,
    by: f64,
    side: u32,
) -> Result<[Picture; 2], AlignError> {
    let (left, right) = (landmarks.left_eye, landmarks.right_eye);
    if !finite(left) || !finite(right) {
        return Err(AlignError::NotFinite);
    }
    let across = f64::from(right.x) - f64::from(left.x);
    let down = f64::from(right.y) - f64::from(left.y);
    let apart = across.hypot(down);
    if apart < 2.0 * LEAST_SPREAD {
        return Err(AlignError::TooClose);
    }
    let scale = f64::from(side) / (by * apart);
    let turned = Similarity {
        a: scale * across / apart,
        b: -scale * down / apart,
        c: 0.0,
        d: 0.0,
    };
    let middle = f64::from(side - 1) / 2.0;
    let around = |eye: Point| {
        let (x, y) = turned.forward(f64::from(eye.x), f64::from(eye.y));
        let centred = Similarity {
            c: middle - x,
            d: middle - y,
            ..turned
        };
        moved(picture, centred, side).ok_or(AlignError::TooClose)
    };
    Ok([around(left)?, around(right)?])
}

/// The square of so many pixels a side to which a transform brings a part of the picture.
fn moved(picture: &Picture, transform: Similarity, side: u32) -> Option<Picture> {
    let samples = (1..MOST_SAMPLES)
        .find(|samples| f64::from(*samples) * transform.scale() >= 1.0)
        .unwrap_or(MOST_SAMPLES);
    let mut rgb = Vec::with_capacity(side as usize * side as usize * 3);
    let offsets: Vec<f64> = (0..samples)
        .map(|sample| (f64::from(sample) + 0.5) / f64::from(samples) - 0.5)
        .collect();
    let share = 1.0 / (samples * samples) as f32;
    for row in 0..side {
        for column in 0..side {
            let mut sum = [0.0_f32; 3];
            for down in &offsets {
                for right in &offsets {
                    let (x, y) =
                        transform.backward(f64::from(column) + right, f64::from(row) + down);
                    let seen = picture.sample(x as f32, y as f32);
                    for (total, value) in sum.iter_mut().zip(seen) {
                        *total += value;
                    }
                }
            }
            rgb.extend(sum.map(|total| byte(total * share)));
        }
    }
    Picture::new(side, side, rgb)
}

#[expect(clippy::cast_sign_loss, reason = "the value is clamped before")]
fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// How a head is turned, in degrees. An estimate from five points: good enough to ask a person to
/// look ahead, not to measure with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Towards a shoulder; positive when the eye on the right is lower.
    pub roll: f32,
    /// To a side; positive when the nose points to the right of the picture.
    pub yaw: f32,
    /// Up or down; positive when the nose points down.
    pub pitch: f32,
}

impl Pose {
    /// The pose of a face with these points.
    pub fn of(landmarks: &Landmarks) -> Result<Self, AlignError> {
        let points = landmarks.points();
        if points.iter().any(|point| !finite(*point)) {
            return Err(AlignError::NotFinite);
        }
        let [left, right, nose, mouth_left, mouth_right] =
            points.map(|point| (f64::from(point.x), f64::from(point.y)));
        let eyes = middle(left, right);
        let mouth = middle(mouth_left, mouth_right);
        let (across_x, across_y) = (right.0 - left.0, right.1 - left.1);
        let (down_x, down_y) = (mouth.0 - eyes.0, mouth.1 - eyes.1);
        let (width, height) = (across_x.hypot(across_y), down_x.hypot(down_y));
        if width + height < LEAST_SPREAD {
            return Err(AlignError::TooClose);
        }
        // The mouth is below the eyes: otherwise the points are mirrored, or those of no face.
        if height <= 0.0 || across_x * down_y - across_y * down_x < 0.0 {
            return Err(AlignError::NotAFace);
        }
        let (nose_x, nose_y) = (nose.0 - eyes.0, nose.1 - eyes.1);
        let level = (nose_x * down_x + nose_y * down_y) / (height * height);
        // Beside the line from the eyes to the mouth: a turned head moves all of that line's points
        // alike, and the nose further.
        let beside = (nose_x * down_y - nose_y * down_x) / height;
        let yaw = beside.atan2(NOSE_BY_HALF_EYES * width / 2.0);
        let pitch = (level - NOSE_LEVEL).atan2(NOSE_BY_HEIGHT);
        Ok(Self {
            roll: across_y.atan2(across_x).to_degrees() as f32,
            yaw: yaw.to_degrees() as f32,
            pitch: pitch.to_degrees() as f32,
        })
    }
}

fn finite(point: Point) -> bool {
    point.x.is_finite() && point.y.is_finite()
}

fn centre(points: [Point; 5]) -> (f64, f64) {
    let (x, y) = points.into_iter().fold((0.0, 0.0), |(x, y), point| {
        (x + f64::from(point.x), y + f64::from(point.y))
    });
    (x / 5.0, y / 5.0)
}

fn middle(one: (f64, f64), other: (f64, f64)) -> (f64, f64) {
    (f64::midpoint(one.0, other.0), f64::midpoint(one.1, other.1))
}

#[cfg(test)]
#[expect(clippy::cast_sign_loss, reason = "made-up places are in the picture")]
mod tests {
    use super::*;
    use crate::numbers::mostly;
    use proptest::prelude::*;

    /// Moves a point by a turn in degrees, a scale and a shift.
    fn moved(point: Point, degrees: f32, scale: f32, x: f32, y: f32) -> Point {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Point::new(
            scale * (cos * point.x - sin * point.y) + x,
            scale * (sin * point.x + cos * point.y) + y,
        )
    }

    fn face(map: impl Fn(Point) -> Point) -> Landmarks {
        Landmarks::from_points(ALIGNED_POINTS.map(map))
    }

    /// A face of which each point is a small square of its own colour.
    fn dotted(landmarks: &Landmarks, side: u32, radius: i64) -> Picture {
        let mut rgb = vec![10; (side * side * 3) as usize];
        for (index, point) in landmarks.points().into_iter().enumerate() {
            let (x, y) = (point.x.round() as i64, point.y.round() as i64);
            for (dx, dy) in
                (-radius..=radius).flat_map(|dx| (-radius..=radius).map(move |dy| (dx, dy)))
            {
                let at = ((y + dy) * i64::from(side) + x + dx) as usize * 3;
                rgb[at] = 100 + 30 * index as u8;
            }
        }
        Picture::new(side, side, rgb).unwrap()
    }

    #[test]
    fn an_aligned_face_stays_as_it_is() {
        let rgb = (0..112 * 112 * 3).map(|at| (at * 7 % 251) as u8).collect();
        let picture = Picture::new(112, 112, rgb).unwrap();
        let aligned = align(&picture, &face(|point| point)).unwrap();
        assert!(aligned == picture);
    }

    #[test]
    fn points_come_to_their_places_whatever_the_turn_and_size() {
        for (degrees, scale) in [(0.0, 1.0), (30.0, 2.0), (-90.0, 1.5), (180.0, 3.3)] {
            let centre = moved(Point::new(56.0, 56.0), degrees, scale, 0.0, 0.0);
            let place = |point| moved(point, degrees, scale, 300.0 - centre.x, 300.0 - centre.y);
            let landmarks = face(place);
            let picture = dotted(&landmarks, 600, (2.0 * scale) as i64);
            let aligned = align(&picture, &landmarks).unwrap();
            for (index, point) in ALIGNED_POINTS.into_iter().enumerate() {
                let seen = aligned.pixel(point.x.round() as i64, point.y.round() as i64)[0];
                assert_eq!(seen, 100 + 30 * index as u8, "{degrees}° ×{scale}: {index}");
            }
        }
    }

    #[test]
    fn a_face_made_small_is_averaged() {
        // Stripes of one pixel, eight times as fine as the aligned face: grey, without new stripes.
        let rgb = (0..900 * 900)
            .flat_map(|at| [if at % 900 % 2 == 0 { 0 } else { 255 }; 3])
            .collect();
        let picture = Picture::new(900, 900, rgb).unwrap();
        let aligned = align(&picture, &face(|point| moved(point, 0.0, 7.7, 0.0, 0.0))).unwrap();
        // The first column is half border.
        let seen = aligned.rgb().iter().enumerate();
        let mut inside = seen.filter(|(at, _)| at % (112 * 3) >= 3);
        assert!(inside.all(|(_, value)| value.abs_diff(128) < 20));
    }

    #[test]
    fn eyes_are_cut_out_level_and_in_their_middle() {
        for (degrees, scale) in [(0.0, 1.0), (25.0, 2.5), (180.0, 3.0)] {
            let centre = moved(Point::new(56.0, 56.0), degrees, scale, 0.0, 0.0);
            let place = |point| moved(point, degrees, scale, 300.0 - centre.x, 300.0 - centre.y);
            let landmarks = face(place);
            let picture = dotted(&landmarks, 600, (2.0 * scale) as i64);
            // As wide as the eyes are apart: each sees its own colour in the middle, and the other's at
            // its border.
            let cut = eyes(&picture, &landmarks, 2.1, 65).unwrap();
            for (index, (eye, beside)) in cut.iter().zip([62, 2]).enumerate() {
                assert_eq!(eye.pixel(32, 32)[0], 100 + 30 * index as u8, "{degrees}");
                let other = 100 + 30 * (1 - index) as u8;
                assert!(eye.pixel(beside, 32)[0].abs_diff(other) < 8, "{degrees}");
            }
        }
        let nowhere = face(|point| Point::new(f32::NAN, point.y));
        let picture = Picture::new(9, 9, vec![0; 243]).unwrap();
        assert!(eyes(&picture, &nowhere, 0.6, 32).is_err());
        assert!(eyes(&picture, &face(|_| Point::new(5.0, 5.0)), 0.6, 32).is_err());
    }

    #[test]
    fn what_is_no_face_is_told() {
        let error = |landmarks: Landmarks| Similarity::to_aligned(&landmarks).unwrap_err();
        assert_eq!(
            error(face(|point| Point::new(f32::NAN, point.y))),
            AlignError::NotFinite
        );
        assert_eq!(error(face(|_| Point::new(5.0, 5.0))), AlignError::TooClose);
        assert_eq!(
            error(face(|point| Point::new(-point.x, point.y))),
            AlignError::NotAFace
        );
        let shuffled = [2, 4, 0, 1, 3].map(|at| ALIGNED_POINTS[at]);
        assert_eq!(
            error(Landmarks::from_points(shuffled)),
            AlignError::NotAFace
        );
        // A profile is still a face: how far it may be turned is not asked here.
        assert!(Similarity::to_aligned(&face(|p| Point::new(p.x * 0.05, p.y))).is_ok());
    }

    #[test]
    fn a_straight_face_has_no_pose_and_a_turned_one_has_it() {
        let straight = Pose::of(&face(|point| point)).unwrap();
        assert!(straight.roll.abs() < 1.0 && straight.yaw.abs() < 2.0);
        assert!((straight.pitch + 14.0).abs() < 2.0, "{straight:?}");

        let rolled = Pose::of(&face(|p| moved(p, 20.0, 2.0, 9.0, 9.0))).unwrap();
        assert!((rolled.roll - straight.roll - 20.0).abs() < 0.1);
        assert!((rolled.yaw - straight.yaw).abs() < 0.1);
        assert!((rolled.pitch - straight.pitch).abs() < 0.1);

        let nose = |x: f32, y: f32| {
            let mut points = ALIGNED_POINTS;
            points[2] = Point::new(points[2].x + x, points[2].y + y);
            Pose::of(&Landmarks::from_points(points)).unwrap()
        };
        assert!(nose(14.0, 0.0).yaw > 40.0 && nose(-14.0, 0.0).yaw < -40.0);
        let ahead = nose(0.0, 3.5).pitch;
        assert!(ahead.abs() < 1.0, "{ahead}");
        assert!(nose(0.0, 11.5).pitch > 25.0 && nose(0.0, -4.5).pitch < -25.0);
    }

    #[test]
    fn a_pose_needs_a_face() {
        assert_eq!(
            Pose::of(&face(|_| Point::new(1.0, 1.0))),
            Err(AlignError::TooClose)
        );
        assert_eq!(
            Pose::of(&face(|p| Point::new(-p.x, p.y))),
            Err(AlignError::NotAFace)
        );
        assert_eq!(
            Pose::of(&face(|p| Point::new(f32::INFINITY, p.y))),
            Err(AlignError::NotFinite)
        );
    }

    proptest! {
        /// A turn, scale and shift is found again, and undone.
        #[test]
        fn a_similarity_is_found(
            degrees in -180.0f32..180.0,
            scale in 0.2f32..20.0,
            x in -500.0f32..500.0,
            y in -500.0f32..500.0,
        ) {
            let landmarks = face(|point| moved(point, degrees, scale, x, y));
            let found = Similarity::to_aligned(&landmarks).unwrap();
            prop_assert!((found.scale() * f64::from(scale) - 1.0).abs() < 1e-3);
            for (point, place) in landmarks.points().into_iter().zip(ALIGNED_POINTS) {
                prop_assert!(found.apply(point).distance(place) < 0.05);
                let (back_x, back_y) = found.backward(f64::from(place.x), f64::from(place.y));
                let back = Point::new(back_x as f32, back_y as f32);
                prop_assert!(back.distance(point) < 0.05 * scale.max(1.0));
            }
        }

        /// No other similarity is nearer.
        #[test]
        fn the_fit_is_the_best(
            noise in prop::array::uniform10(-6.0f32..6.0),
            nudge in prop::array::uniform4(-0.05f64..0.05),
        ) {
            let mut points = ALIGNED_POINTS;
            for (index, point) in points.iter_mut().enumerate() {
                *point = Point::new(point.x + noise[index * 2], point.y + noise[index * 2 + 1]);
            }
            let error = |one: &Similarity| -> f64 {
                points.into_iter().zip(ALIGNED_POINTS).map(|(from, to)| {
                    let (x, y) = one.forward(f64::from(from.x), f64::from(from.y));
                    (x - f64::from(to.x)).powi(2) + (y - f64::from(to.y)).powi(2)
                }).sum()
            };
            let best = Similarity::fit(points, ALIGNED_POINTS).unwrap();
            let other = Similarity {
                a: best.a + nudge[0],
                b: best.b + nudge[1],
                c: best.c + nudge[2] * 20.0,
                d: best.d + nudge[3] * 20.0,
            };
            prop_assert!(error(&best) <= error(&other) + 1e-9);
        }

        /// Whatever numbers come in, an answer comes out.
        #[test]
        fn any_points_are_answered(points in prop::array::uniform10(mostly(4, -20.0..200.0))) {
            let at = |index: usize| Point::new(points[index * 2], points[index * 2 + 1]);
            let landmarks = Landmarks::from_points([at(0), at(1), at(2), at(3), at(4)]);
            let picture = Picture::new(2, 2, vec![9; 12]).unwrap();
            let _ = align(&picture, &landmarks);
            if let Ok(pose) = Pose::of(&landmarks) {
                for angle in [pose.roll, pose.yaw, pose.pitch] {
                    prop_assert!(angle.is_finite() && angle.abs() <= 180.0);
                }
            }
        }
    }
}
