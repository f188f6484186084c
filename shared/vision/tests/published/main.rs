//! The published models on photographs of people.
#![expect(
    clippy::unwrap_used,
    reason = "all of this is tests, and a file that is here can be read"
)]

mod files;

use std::{collections::HashMap, path::PathBuf};

use files::{photograph, photographs, published};
use vision::{
    Detector, Embedder, Embedding, TractModel, Yunet, align::align, liveness::LivenessNetwork,
    manifest::Role,
};

/// A folder of photographs and the detector, if both are here.
fn detector_for(folder: &str) -> Option<(PathBuf, Yunet<TractModel>)> {
    let detector = Yunet::new(published(Role::Detector)?).unwrap();
    Some((photographs(folder)?, detector))
}

#[test]
fn as_many_faces_are_found_as_there_are() {
    let Some((folder, detector)) = detector_for("") else {
        return;
    };
    for (path, expected) in [
        ("groups/test_images/biden.jpg", 1),
        ("groups/test_images/obama.jpg", 1),
        ("groups/test_images/obama_partial_face.jpg", 1),
        ("knn5/train/rose_leslie/img2.jpg", 1),
        ("knn5/train/kit_harington/john1.jpeg", 1),
        ("knn5/test/kit_with_rose.jpg", 2),
        ("pairs300/couple.jpg", 2),
    ] {
        let picture = photograph(folder.join(path));
        let faces = detector.detect(&picture).unwrap();
        assert_eq!(faces.len(), expected, "{path}");
        for face in faces {
            // The points are where a face has them: eyes above the nose, that above the mouth.
            let points = face.landmarks;
            assert!(points.left_eye.x < points.right_eye.x, "{path}");
            assert!(points.left_eye.y < points.nose.y && points.nose.y < points.mouth_left.y);
        }
    }
}

#[test]
fn a_closer_look_finds_the_small_ones() {
    let Some((folder, detector)) = detector_for("pairs300") else {
        return;
    };
    let picture = photograph(folder.join("selfie-many-people.jpg"));
    let whole = detector.detect(&picture).unwrap().len();
    let closely = detector.detect_closely(&picture).unwrap().len();
    assert!(closely >= whole && whole > 1, "{whole}, {closely}");
}

#[test]
fn people_before_a_camera_mostly_pass_for_real() {
    let Some((folder, detector)) = detector_for("pairs300") else {
        return;
    };
    let network = LivenessNetwork::new(published(Role::Liveness).unwrap()).unwrap();
    let names = (1..=20).map(|at| format!("img{at}.jpg"));
    let real = names.filter(|name| {
        let picture = photograph(folder.join(name));
        let faces = detector.detect(&picture).unwrap();
        network.probability(&picture, faces[0].region).unwrap() >= 0.5
    });
    let real = real.count();
    assert!(real >= 18, "{real} of 20");
}

#[test]
fn pairs_are_told_apart_as_well_as_was_measured() {
    let Some((folder, detector)) = detector_for("pairs300") else {
        return;
    };
    let embedder = Embedder::new(published(Role::Embedder).unwrap()).unwrap();
    let embedding = |name: &str| -> Embedding {
        let picture = photograph(folder.join(name));
        let faces = detector.detect(&picture).unwrap();
        let aligned = align(&picture, &faces[0].landmarks).unwrap();
        embedder.embed(&aligned).unwrap()
    };
    let list = std::fs::read_to_string(folder.join("master.csv")).unwrap();
    let pairs: Vec<[&str; 3]> = list
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.trim().split(',').collect();
            fields.try_into().ok()
        })
        .collect();
    assert_eq!(pairs.len(), 300);
    let mut embeddings = HashMap::new();
    for name in pairs.iter().flat_map(|[one, other, _]| [*one, *other]) {
        embeddings.entry(name).or_insert_with(|| embedding(name));
    }
    let right = |threshold: f32| {
        let told = pairs.iter().filter(|[one, other, same]| {
            let likeness = embeddings[one].similarity(&embeddings[other]).unwrap();
            (likeness >= threshold) == (*same == "Yes")
        });
        told.count()
    };
    // All 300 at 0.404 were measured; the manifest's threshold lets in more.
    let (measured, manifest) = (right(0.404), right(0.35));
    assert!(measured >= 297 && manifest >= 291, "{measured}, {manifest}");
}
