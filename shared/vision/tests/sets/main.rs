//! The models of both sets, as the manifest describes them: on photographs of people where these are,
//! and on pictures of nothing.
#![expect(
    clippy::unwrap_used,
    reason = "all of this is tests, and a file that is here can be read"
)]

mod files;
mod nothing;

use std::{collections::HashMap, path::PathBuf};

use files::{model, photograph, photographs};
use vision::{
    Detector, Embedder, Embedding, Examiner, Picture, TractModel, Yunet,
    align::align,
    liveness::EyeState,
    look::Unfit,
    manifest::{ModelSet, Role},
};

const SETS: [ModelSet; 2] = [ModelSet::Default, ModelSet::Published];

/// Runs a test with a folder of photographs and the detector of each set, as far as they are here.
fn with_detectors(folder: &str, test: impl Fn(ModelSet, PathBuf, Yunet<TractModel>)) {
    let Some(folder) = photographs(folder) else {
        return;
    };
    for set in SETS {
        if let Some(detector) = model(set, Role::Detector) {
            test(set, folder.clone(), Yunet::new(detector).unwrap());
        }
    }
}

#[test]
fn as_many_faces_are_found_as_there_are() {
    with_detectors("", |set, folder, detector| {
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
            assert_eq!(faces.len(), expected, "{set:?} {path}");
            for face in faces {
                // The points are where a face has them: eyes above the nose, that above the mouth.
                let points = face.landmarks;
                assert!(points.left_eye.x < points.right_eye.x, "{set:?} {path}");
                let rising = points.left_eye.y < points.nose.y;
                assert!(rising && points.nose.y < points.mouth_left.y, "{set:?}");
            }
        }
    });
}

#[test]
fn a_closer_look_finds_the_small_ones() {
    with_detectors("pairs300", |set, folder, detector| {
        let picture = photograph(folder.join("selfie-many-people.jpg"));
        let seen = detector.detect(&picture).unwrap();
        let whole = seen.len();
        let closely = detector.detect_closely(&picture, seen).unwrap().len();
        assert!(closely >= whole && whole > 1, "{set:?}: {whole}, {closely}");
    });
}

fn examiner(set: ModelSet) -> Examiner<TractModel> {
    let liveness = model(set, Role::Liveness);
    let [detector, embedder] =
        [Role::Detector, Role::Embedder].map(|role| model(set, role).unwrap());
    Examiner::new(detector, embedder, liveness).unwrap()
}

#[test]
fn people_before_a_camera_mostly_pass_for_real() {
    with_detectors("pairs300", |set, folder, _| {
        let examiner = examiner(set);
        let names = (1..=20).map(|at| format!("img{at}.jpg"));
        let real = names.filter(|name| {
            let seen = examiner.examine(&photograph(folder.join(name)), |_| ());
            let alive = seen.unwrap().outcome.map(|seen| seen.liveness());
            alive.is_ok_and(|score| score.evaluated() && score.passes())
        });
        let real = real.count();
        assert!(real >= 18, "{set:?}: {real} of 20");
    });
}

/// Somebody small in a large picture is there, and is somebody beside another one who is small.
#[test]
fn small_faces_of_a_large_picture_are_not_overlooked() {
    with_detectors("pairs300", |set, folder, _| {
        let examiner = examiner(set);
        let one = photograph(folder.join("img1.jpg"));
        let other = photograph(folder.join("img11.jpg"));
        // Faces of some 100 pixels.
        let small = one.resized(276, 374).unwrap();
        let alone = examiner
            .examine(&within(&[(&small, 300, 900)]), |_| ())
            .unwrap();
        assert!(
            alone.faces == 1 && alone.outcome.is_ok(),
            "{set:?}: {:?}",
            alone.outcome.err()
        );
        let second = other
            .resized(other.width() * 300 / other.height(), 300)
            .unwrap();
        let both = within(&[(&small, 300, 900), (&second, 1_700, 200)]);
        let both = examiner.examine(&both, |_| ()).unwrap();
        assert_eq!(
            both.outcome.err(),
            Some(Unfit::SeveralFaces { count: 2 }),
            "{set:?}"
        );
    });
}

/// A large grey picture with others in it.
fn within(others: &[(&Picture, u32, u32)]) -> Picture {
    let (width, height) = (2_560_u32, 1_920_u32);
    let mut rgb = vec![110; (width * height * 3) as usize];
    for (other, left, top) in others {
        for (row, line) in other
            .rgb()
            .chunks_exact(other.width() as usize * 3)
            .enumerate()
        {
            let at = ((top + u32::try_from(row).unwrap()) * width + left) as usize * 3;
            rgb[at..at + line.len()].copy_from_slice(line);
        }
    }
    Picture::new(width, height, rgb).unwrap()
}

#[test]
fn eyes_that_look_into_a_camera_are_open() {
    with_detectors("pairs300", |set, folder, detector| {
        let Some(eyes) = model(set, Role::Eyes) else {
            return;
        };
        let eyes = EyeState::new(eyes).unwrap();
        let names = (1..=20).map(|at| format!("img{at}.jpg"));
        let open = names.filter(|name| {
            let picture = photograph(folder.join(name));
            let faces = detector.detect(&picture).unwrap();
            let open = eyes.openness(&picture, &faces[0].landmarks).unwrap();
            open.unwrap() >= vision::liveness::blink::OPEN
        });
        let open = open.count();
        assert!(open >= 18, "{set:?}: {open} of 20");
    });
}

#[test]
fn pairs_are_told_apart_as_well_as_was_measured() {
    with_detectors("pairs300", |set, folder, detector| {
        let embedder = model(set, Role::Embedder).unwrap();
        let embedder = Embedder::new(embedder).unwrap();
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
        let threshold = files::manifest()
            .find(set, Role::Embedder)
            .unwrap()
            .threshold;
        let told = right(threshold);
        // 300 and 299 were measured.
        assert!(told >= 297, "{set:?}: {told}");
    });
}
