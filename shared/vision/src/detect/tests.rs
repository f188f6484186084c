use proptest::prelude::*;

use super::{yunet::read, *};
use crate::{
    face::{Landmarks, Point, Region},
    model::{Tensor, fixed::Fixed},
    numbers::mostly,
};

/// Squares of the three grids of 64×64.
const SQUARES: [usize; 3] = [64, 16, 4];

/// The answer of a model that sees nothing.
fn nothing() -> Vec<Vec<f32>> {
    let of = |size: usize| SQUARES.map(move |squares| vec![0.0; squares * size]);
    [1, 1, 4, 10].into_iter().flat_map(of).collect()
}

/// The same with a face of 16×32 whose middle is in the second row's third square of the grid of 16.
fn one(score: f32) -> Vec<Vec<f32>> {
    let mut outputs = nothing();
    let square = 4 + 2;
    outputs[1][square] = score;
    outputs[4][square] = score;
    outputs[7][square * 4..][..4].copy_from_slice(&[0.25, 0.5, 0.0, 2_f32.ln()]);
    for (at, value) in outputs[10][square * 10..][..10].iter_mut().enumerate() {
        *value = [-0.25, 0.0, 0.75, 0.0, 0.25, 0.5, -0.25, 1.0, 0.75, 1.0][at];
    }
    outputs
}

fn tensors(outputs: Vec<Vec<f32>>) -> Vec<Tensor> {
    let flat = |values: Vec<f32>| Tensor::new(vec![values.len()], values).unwrap();
    outputs.into_iter().map(flat).collect()
}

fn region(left: f32, top: f32, width: f32, height: f32) -> Region {
    Region {
        left,
        top,
        width,
        height,
    }
}

fn found(region: Region, score: f32) -> Face {
    Face {
        region,
        landmarks: Landmarks::from_points([Point::new(0.0, 0.0); 5]),
        score,
    }
}

fn picture(width: u32, height: u32) -> Picture {
    Picture::new(width, height, vec![128; (width * height * 3) as usize]).unwrap()
}

/// At once, and then in parts.
fn closely(detector: &impl Detector, picture: &Picture) -> Vec<Face> {
    let seen = detector.detect(picture).unwrap();
    detector.detect_closely(picture, seen).unwrap()
}

#[test]
fn a_face_is_where_its_square_and_its_numbers_say() {
    let faces = read(&tensors(one(0.81)), [64, 64], 0.6).unwrap();
    let [face] = faces.as_slice() else {
        panic!("{faces:?}");
    };
    // The middle is (2 + 0.25) × 16 across and (1 + 0.5) × 16 down.
    assert_eq!(face.region, region(28.0, 8.0, 16.0, 32.0));
    assert_eq!(face.landmarks.left_eye, Point::new(28.0, 16.0));
    assert_eq!(face.landmarks.right_eye, Point::new(44.0, 16.0));
    assert_eq!(face.landmarks.nose, Point::new(36.0, 24.0));
    assert_eq!(face.landmarks.mouth_right, Point::new(44.0, 32.0));
    assert!((face.score - 0.81).abs() < 1e-6);
}

#[test]
fn both_the_class_and_the_object_have_to_be_sure() {
    let mut outputs = one(1.0);
    outputs[4][6] = 0.35;
    assert!(
        read(&tensors(outputs.clone()), [64, 64], 0.6)
            .unwrap()
            .is_empty()
    );
    outputs[4][6] = 0.37;
    assert_eq!(read(&tensors(outputs), [64, 64], 0.6).unwrap().len(), 1);
}

#[test]
fn an_answer_of_another_shape_is_no_answer() {
    for at in 0..12 {
        let mut outputs = one(0.9);
        outputs[at].push(0.0);
        assert!(read(&tensors(outputs), [64, 64], 0.6).is_none());
    }
    assert!(read(&tensors(one(0.9))[..11], [64, 64], 0.6).is_none());
    assert!(read(&tensors(one(0.9)), [96, 64], 0.6).is_none());
}

#[test]
fn of_faces_that_overlap_the_surest_stays() {
    let here = region(0.0, 0.0, 10.0, 10.0);
    let faces = vec![
        found(region(1.0, 0.0, 10.0, 10.0), 0.7),
        found(here, 0.9),
        found(region(30.0, 0.0, 10.0, 10.0), 0.8),
        // A third of it is shared with the first, less than half of both.
        found(region(5.0, 0.0, 10.0, 10.0), 0.65),
    ];
    let scores = |overlap| -> Vec<f32> {
        let kept = without_doubles(faces.clone(), overlap);
        kept.iter().map(|face| face.score).collect()
    };
    assert_eq!(scores(0.3), [0.9, 0.8]);
    assert_eq!(scores(0.5), [0.9, 0.8, 0.65]);
    assert_eq!(scores(1.0), [0.9, 0.8, 0.7, 0.65]);
}

#[test]
fn faces_are_told_in_pixels_of_the_picture() {
    let detector = Yunet::new(Fixed::yunet(one(0.9))).unwrap();
    // Twice the model's size: one pixel there is two here.
    let faces = detector.detect(&picture(128, 96)).unwrap();
    assert_eq!(faces[0].region, region(56.0, 16.0, 32.0, 64.0));
    assert_eq!(faces[0].landmarks.nose, Point::new(72.0, 48.0));
    // No more than twice is not worth a closer look.
    assert_eq!(closely(&detector, &picture(128, 96)), faces);
}

#[test]
fn a_closer_look_sees_every_part_once() {
    // Whatever it is shown, this model sees a face in the middle of it, as high as wide.
    let mut outputs = one(0.9);
    outputs[7][6 * 4 + 3] = 0.0;
    let detector = Yunet::new(Fixed::yunet(outputs)).unwrap();
    let faces = closely(&detector, &picture(640, 64));
    let lefts: Vec<f32> = faces.iter().map(|face| face.region.left.round()).collect();
    // The whole at 28 × 10, the left part at 28 × 6, the right one 256 further.
    assert_eq!(lefts, [280.0, 168.0, 424.0]);
    assert!(faces.iter().all(|face| face.region.left < 640.0));
}

#[test]
fn faces_cut_by_the_border_of_a_part_are_left_to_others() {
    let mut outputs = one(0.9);
    // As wide as the whole of it: 16 × e^1.6 = 79.2.
    outputs[7][6 * 4 + 2] = 1.6;
    let detector = Yunet::new(Fixed::yunet(outputs)).unwrap();
    let faces = closely(&detector, &picture(640, 64));
    assert_eq!(faces.len(), 1);
    assert!(faces[0].region.width > 640.0);
}

#[test]
fn a_large_face_is_seen_once_however_closely_one_looks() {
    let mut outputs = one(0.9);
    // In a part of 384 pixels that is 16 × e^0.9 × 6 = 236 wide: more than a fifth of the picture.
    outputs[7][6 * 4 + 2] = 0.9;
    let detector = Yunet::new(Fixed::yunet(outputs)).unwrap();
    let faces = closely(&detector, &picture(640, 64));
    assert_eq!(faces, detector.detect(&picture(640, 64)).unwrap());
}

#[test]
fn a_model_that_answers_otherwise_is_no_detector() {
    let refused = Yunet::new(Fixed::embedder(Vec::new())).unwrap_err();
    assert!(matches!(refused, ModelError::OtherRole { .. }));
    let detector = Yunet::new(Fixed::yunet(vec![Vec::new()])).unwrap();
    let refused = detector.detect(&picture(9, 9)).unwrap_err();
    assert!(matches!(refused, ModelError::OutputShape { .. }));
}

proptest! {
    #[test]
    fn whatever_numbers_come_out_faces_are_somewhere(
        numbers in prop::collection::vec(mostly(4, -20.0..200.0), 16),
        seed: u64,
    ) {
        // Every number anywhere, in another order for each seed.
        let mut state = seed | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            numbers[(state >> 60) as usize]
        };
        let mut outputs = nothing();
        for value in outputs.iter_mut().flatten() {
            *value = next();
        }
        let faces = read(&tensors(outputs), [64, 64], 0.0).unwrap();
        for face in without_doubles(faces, 0.3) {
            prop_assert!((0.0..=1.0).contains(&face.score));
            prop_assert!(face.region.left.is_finite() && face.region.area().is_finite());
            prop_assert!(face.region.area() > 0.0);
        }
    }

    #[test]
    fn no_two_that_stay_overlap(
        corners in prop::collection::vec((0.0_f32..50.0, 0.0_f32..50.0, 0.0_f32..1.0), 0..40),
    ) {
        let faces = corners.iter().map(|&(x, y, score)| found(region(x, y, 20.0, 20.0), score));
        let kept = without_doubles(faces.clone().collect(), 0.3);
        for (at, face) in kept.iter().enumerate() {
            for surer in &kept[..at] {
                prop_assert!(surer.score >= face.score);
                prop_assert!(surer.region.overlap(face.region) <= 0.3);
            }
        }
        // Who is not there overlaps one who is.
        for face in faces {
            prop_assert!(kept.iter().any(|k| k.region.overlap(face.region) > 0.3 || *k == face));
        }
    }
}
