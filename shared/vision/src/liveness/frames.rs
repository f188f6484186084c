//! Whether several frames show one person who moves as people do. One frame cannot say.

use super::score::{Score, ramp};
use crate::template::Calibration;
use crate::{Embedding, Face, Picture};

/// How far a face may go in a second, in widths of it: a quick nod or step is below, a cut is above.
pub const FASTEST: f32 = 6.0;

/// What is allowed whatever the time: detectors are not exact, and clocks are coarse.
pub const UNSTEADY: f32 = 0.25;

/// By how much a face may grow in a second, as a natural logarithm.
pub const GROWS_FASTEST: f32 = 2.5;

/// Twice what is allowed is surely not a motion.
const SURELY: f32 = 2.0;

/// The part of the neighbouring frames that may be the same to the bit: cameras repeat one when they
/// are slow.
pub const MOST_REPEATED: f32 = 0.34;

/// One frame: what was found in it.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// When, in milliseconds since any beginning.
    pub at: u64,
    /// All of it.
    pub picture: &'a Picture,
    /// The face in it.
    pub face: Face,
    /// What the model says of the face.
    pub embedding: &'a Embedding,
}

/// A score and what it came from, each from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Consistency {
    /// The least of the others.
    pub score: Score,
    /// How sure it is that all frames show one person.
    pub identity: f32,
    /// Whether the face moves as one can.
    pub motion: f32,
    /// Whether frames differ as a camera's do.
    pub distinct: f32,
}

/// Compares the frames of one attempt.
pub fn frame_consistency(frames: &[Frame<'_>], calibration: &Calibration) -> Consistency {
    if frames.len() < 2 {
        return Consistency {
            score: Score::NOT_EVALUATED,
            identity: 1.0,
            motion: 1.0,
            distinct: 1.0,
        };
    }
    let identity = identity(frames, calibration);
    let motion = motion(frames);
    let distinct = distinct(frames);
    Consistency {
        score: Score::of(identity.min(motion).min(distinct)),
        identity,
        motion,
        distinct,
    }
}

/// The least sure of all frames against the first and the one before: a face that changes step by step
/// is found by the first, a sudden one by both.
fn identity(frames: &[Frame<'_>], calibration: &Calibration) -> f32 {
    let confidence = |one: &Frame<'_>, other: &Frame<'_>| {
        let similarity = one.embedding.similarity(other.embedding);
        // What another model says means nothing on this curve.
        similarity
            .ok()
            .filter(|_| one.embedding.model() == calibration.model())
            .map_or(0.0, |similarity| calibration.confidence(similarity))
    };
    let steps = frames.windows(2).map(|pair| confidence(&pair[0], &pair[1]));
    let whole = frames
        .iter()
        .skip(1)
        .map(|frame| confidence(&frames[0], frame));
    steps.chain(whole).fold(1.0, f32::min)
}

fn motion(frames: &[Frame<'_>]) -> f32 {
    frames
        .windows(2)
        .map(|pair| step(&pair[0], &pair[1]))
        .fold(1.0, f32::min)
}

fn step(one: &Frame<'_>, other: &Frame<'_>) -> f32 {
    let Some(passed) = other.at.checked_sub(one.at).filter(|passed| *passed > 0) else {
        return 0.0;
    };
    // More than a minute allows everything anyway.
    let seconds = f32::from(u16::try_from(passed.min(60_000)).unwrap_or(u16::MAX)) / 1_000.0;
    let (left, right) = (one.face.region, other.face.region);
    let (from, to) = (left.width.min(left.height), right.width.min(right.height));
    if !(from > 0.0 && to > 0.0) {
        return 0.0;
    }
    let across = (right.left + right.width / 2.0) - (left.left + left.width / 2.0);
    let down = (right.top + right.height / 2.0) - (left.top + left.height / 2.0);
    let way = across.hypot(down) / from.max(to);
    let growth = (to / from).ln().abs();
    let within = |value: f32, fastest: f32| {
        let allowed = UNSTEADY + fastest * seconds;
        ramp(value, SURELY * allowed, allowed)
    };
    within(way, FASTEST).min(within(growth, GROWS_FASTEST))
}

/// Sensors have noise: no two frames are the same to the bit, and a film of one picture is all the
/// same.
fn distinct(frames: &[Frame<'_>]) -> f32 {
    let same = frames
        .windows(2)
        .filter(|pair| pair[0].picture == pair[1].picture)
        .count();
    let pairs = frames.len() - 1;
    ramp(share(same, pairs), 1.0, MOST_REPEATED)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an attempt has a handful of frames"
)]
fn share(part: usize, all: usize) -> f32 {
    part as f32 / all as f32
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    reason = "made-up faces have small numbers"
)]
mod tests {
    use super::*;
    use crate::numbers::mostly;
    use crate::template::ModelHash;
    use crate::{Landmarks, Point, Region};
    use proptest::prelude::*;

    const MODEL: ModelHash = ModelHash::new([1; 32]);

    fn calibration() -> Calibration {
        Calibration::new(MODEL, 20.0, 0.4).unwrap()
    }

    fn person(name: u32) -> Embedding {
        let values: Vec<f32> = (0..64)
            .map(|at| ((at as f32 + 1.0) * (name as f32 + 0.7) * 1.3).sin())
            .collect();
        Embedding::new(MODEL, &values).unwrap()
    }

    fn face(left: f32, top: f32, size: f32) -> Face {
        Face {
            region: Region {
                left,
                top,
                width: size,
                height: size,
            },
            landmarks: Landmarks::from_points([Point::new(left, top); 5]),
            score: 0.9,
        }
    }

    fn noisy(seed: u8) -> Picture {
        Picture::new(2, 2, (0..12).map(|at| at * 3 + seed).collect()).unwrap()
    }

    /// Frames of one person, each 200 ms and so many pixels after the one before.
    fn consistency(moves: &[f32], who: &[u32], pictures: &[u8]) -> Consistency {
        let embeddings: Vec<_> = who.iter().map(|name| person(*name)).collect();
        let pictures: Vec<_> = pictures.iter().map(|seed| noisy(*seed)).collect();
        let mut left = 0.0;
        let frames: Vec<_> = (0..who.len())
            .map(|at| {
                left += moves[at];
                Frame {
                    at: at as u64 * 200,
                    picture: &pictures[at],
                    face: face(left, 0.0, 100.0),
                    embedding: &embeddings[at],
                }
            })
            .collect();
        frame_consistency(&frames, &calibration())
    }

    #[test]
    fn one_frame_scores_one_and_says_that_it_says_nothing() {
        let one = consistency(&[0.0], &[1], &[1]);
        assert_eq!(one.score, Score::NOT_EVALUATED);
        assert!((one.score.value() - 1.0).abs() < f32::EPSILON && !one.score.evaluated());
        assert_eq!(consistency(&[], &[], &[]).score, Score::NOT_EVALUATED);
    }

    #[test]
    fn a_person_who_moves_a_little_is_consistent() {
        let one = consistency(&[0.0, 10.0, -20.0, 5.0], &[1; 4], &[1, 2, 3, 4]);
        assert!(one.score.value() > 0.99 && one.score.evaluated(), "{one:?}");
    }

    #[test]
    fn each_break_is_seen() {
        let other = consistency(&[0.0, 1.0, 1.0], &[1, 1, 2], &[1, 2, 3]);
        assert!(other.identity < 0.1 && other.motion > 0.99 && other.score.value() < 0.1);
        let jump = consistency(&[0.0, 1.0, 900.0], &[1; 3], &[1, 2, 3]);
        assert!(jump.motion < 0.01 && jump.identity > 0.99 && jump.score.value() < 0.01);
        let still = consistency(&[0.0; 3], &[1; 3], &[1, 1, 1]);
        assert!(still.distinct < 0.01 && still.score.value() < 0.01);
        // A camera that repeats one frame of four is none.
        let slow = consistency(&[0.0; 4], &[1; 4], &[1, 1, 2, 3]);
        assert!(slow.score.value() > 0.99);
    }

    #[test]
    fn a_face_that_changes_step_by_step_is_another_in_the_end() {
        let (one, other) = (person(1), person(2));
        let pictures: Vec<_> = (0..11).map(noisy).collect();
        let embeddings: Vec<_> = (0..11)
            .map(|at| {
                let part = at as f32 / 10.0;
                let pairs = one.values().iter().zip(other.values());
                let mixed: Vec<_> = pairs.map(|(a, b)| a * (1.0 - part) + b * part).collect();
                Embedding::new(MODEL, &mixed).unwrap()
            })
            .collect();
        let frames: Vec<_> = (0..11)
            .map(|at| Frame {
                at: at as u64 * 100,
                picture: &pictures[at],
                face: face(0.0, 0.0, 100.0),
                embedding: &embeddings[at],
            })
            .collect();
        assert!(frame_consistency(&frames, &calibration()).identity < 0.1);
        assert!(frame_consistency(&frames[..3], &calibration()).identity > 0.9);
    }

    #[test]
    fn times_must_rise() {
        let (picture, next, embedding) = (noisy(1), noisy(2), person(1));
        let frame = |at, picture| Frame {
            at,
            picture,
            face: face(0.0, 0.0, 100.0),
            embedding: &embedding,
        };
        for (first, second) in [(5, 5), (9, 5), (u64::MAX, 0)] {
            let frames = [frame(first, &picture), frame(second, &next)];
            let found = frame_consistency(&frames, &calibration());
            assert!(found.motion.abs() < f32::EPSILON);
        }
    }

    #[test]
    fn a_face_of_another_model_is_no_proof_of_identity() {
        let (picture, next) = (noisy(1), noisy(2));
        let one = person(1);
        let other = Embedding::new(ModelHash::new([2; 32]), one.values()).unwrap();
        let frames =
            [(0, &picture, &one), (100, &next, &other)].map(|(at, picture, embedding)| Frame {
                at,
                picture,
                face: face(0.0, 0.0, 100.0),
                embedding,
            });
        let found = frame_consistency(&frames, &calibration());
        assert!(found.identity.abs() < f32::EPSILON);
        // Nor are two of another model than the curve is of.
        let frames = [
            frames[1],
            Frame {
                at: 200,
                picture: &picture,
                ..frames[1]
            },
        ];
        let found = frame_consistency(&frames, &calibration());
        assert!(found.identity.abs() < f32::EPSILON);
    }

    proptest! {
        /// The further a face jumps, the less plausible; and any numbers give a score.
        #[test]
        fn farther_is_no_better(one in 0.0f32..2_000.0, other in 0.0f32..2_000.0) {
            let motion = |way| consistency(&[0.0, way], &[1; 2], &[1, 2]).motion;
            prop_assert!(motion(one.min(other)) >= motion(one.max(other)));
        }

        #[test]
        fn any_faces_are_answered(
            numbers in prop::array::uniform6(mostly(4, -20.0..200.0)),
            times in any::<(u64, u64)>(),
        ) {
            let (picture, next, embedding) = (noisy(1), noisy(2), person(1));
            let frames = [(times.0, &picture, 0), (times.1, &next, 3)].map(|(at, picture, from)| {
                let [left, top, size] = [0, 1, 2].map(|n| numbers[from + n]);
                Frame { at, picture, face: face(left, top, size), embedding: &embedding }
            });
            let found = frame_consistency(&frames, &calibration());
            prop_assert!((0.0..=1.0).contains(&found.motion));
            prop_assert!((0.0..=1.0).contains(&found.score.value()));
        }
    }
}
