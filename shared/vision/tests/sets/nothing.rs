//! What the project's own models make of pictures that show nobody, and that they are what is described.

use vision::{
    Detector, Embedder, Landmarks, Picture, Point, Region, TractModel, Yunet,
    align::ALIGNED_POINTS,
    liveness::{EyeState, LivenessNetwork},
    manifest::{ModelSet, Role},
};

use crate::files::{file, manifest, model};

const ROLES: [Role; 4] = [Role::Detector, Role::Embedder, Role::Liveness, Role::Eyes];

/// All that comes with the project together.
const MOST_BYTES: usize = 2_500_000;

fn own(role: Role) -> TractModel {
    model(ModelSet::Default, role).unwrap()
}

/// Stripes, a slope and noise: something, and nobody.
fn nobody(width: u32, height: u32) -> Picture {
    let mut state = 7_u32;
    let values = (0..width * height).flat_map(|at| {
        let (x, y) = (at % width, at / width);
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = state >> 28;
        let stripe = if (x / 16 + y / 9) % 2 == 0 { 90 } else { 0 };
        [
            x * 100 / width + noise,
            stripe + y * 80 / height,
            60 + noise,
        ]
        .map(|value| u8::try_from(value.min(255)).unwrap_or_default())
    });
    Picture::new(width, height, values.collect()).unwrap()
}

#[test]
fn the_own_set_does_everything_and_is_small() {
    let mut whole = 0;
    for role in ROLES {
        let (entry, bytes) = file(ModelSet::Default, role).unwrap();
        whole += bytes.len();
        assert!(!entry.error_rates.is_empty(), "{} was measured", entry.name);
    }
    assert!(whole <= MOST_BYTES, "{whole}");
}

#[test]
fn each_of_the_own_models_has_a_card_with_what_was_measured() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");
    for role in ROLES {
        let manifest = manifest();
        let entry = manifest.find(ModelSet::Default, role).unwrap();
        let card = std::fs::read_to_string(format!("{folder}/{}.md", entry.name)).unwrap();
        for part in [
            "## Made",
            "## How well",
            "## Where it fails",
            "## Not for",
            "n = ",
        ] {
            assert!(card.contains(part), "{}: {part}", entry.name);
        }
    }
}

#[test]
fn nobody_is_found_where_nobody_is() {
    let detector = Yunet::new(own(Role::Detector)).unwrap();
    for (width, height) in [(640, 480), (200, 900), (33, 20), (1, 1)] {
        let picture = nobody(width, height);
        let faces = detector.detect(&picture).unwrap();
        assert!(faces.is_empty(), "{width}×{height}: {faces:?}");
        let grey = Picture::new(width, height, vec![128; (width * height * 3) as usize]);
        assert!(detector.detect(&grey.unwrap()).unwrap().is_empty());
    }
}

#[test]
fn the_same_picture_gives_the_same_and_another_another() {
    let embedder = Embedder::new(own(Role::Embedder)).unwrap();
    let (one, other) = (
        nobody(112, 112),
        Picture::new(112, 112, vec![9; 112 * 112 * 3]).unwrap(),
    );
    let (first, again) = (embedder.embed(&one).unwrap(), embedder.embed(&one).unwrap());
    assert_eq!(first.similarity(&again).unwrap().to_bits(), 1_f32.to_bits());
    let another = embedder.embed(&other).unwrap();
    assert!(first.similarity(&another).unwrap() < 0.9);
}

#[test]
fn signs_of_life_are_parts_of_one_whatever_is_seen() {
    let (picture, by) = (nobody(400, 300), 1.5);
    let network = LivenessNetwork::new(own(Role::Liveness)).unwrap();
    let region = Region {
        left: 150.0,
        top: 80.0,
        width: 100.0,
        height: 120.0,
    };
    let alive = network.probability(&picture, region).unwrap();
    assert!((0.0..=1.0).contains(&alive), "{alive}");
    let eyes = EyeState::new(own(Role::Eyes)).unwrap();
    let landmarks = Landmarks::from_points(
        ALIGNED_POINTS.map(|point| Point::new(point.x * by + 80.0, point.y * by + 40.0)),
    );
    let open = eyes.openness(&picture, &landmarks).unwrap().unwrap();
    assert!((0.0..=1.0).contains(&open), "{open}");
}
