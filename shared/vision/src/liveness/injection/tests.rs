use super::*;
use proptest::prelude::*;

/// A scene of soft waves, seen from a place, with noise of a camera; the face in the middle may move
/// by itself.
fn scene(scale: f32, x: f32, y: f32, face: f32, noise: u32) -> Picture {
    let value = |u: f32, v: f32| {
        let (u, v) = (
            160.0 + scale * (u - 160.0) + x,
            120.0 + scale * (v - 120.0) + y,
        );
        let back =
            40.0 * (u * 0.031).sin() * (v * 0.043).cos() + 25.0 * (u * 0.11 + v * 0.07).sin();
        let (du, dv) = ((u - 160.0 - face) / 45.0, (v - 120.0) / 60.0);
        let head = 90.0 * (-(du * du + dv * dv) * 2.0).exp();
        let eyes = 50.0 * (-((du.abs() - 0.4).powi(2) + (dv + 0.2).powi(2)) * 40.0).exp();
        110.0 + back + head - eyes
    };
    let mut state = noise.wrapping_mul(2_654_435_761) | 1;
    let rgb = (0..320 * 240)
        .flat_map(|at| {
            let mut seen = value((at % 320) as f32, (at / 320) as f32);
            if noise > 0 {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                seen += (state % 9) as f32 - 4.0;
            }
            [seen.round().clamp(0.0, 255.0) as u8; 3]
        })
        .collect();
    Picture::new(320, 240, rgb).unwrap()
}

fn signs(frames: &[Picture], facts: Facts) -> Vec<Sign> {
    injection(&frames.iter().collect::<Vec<_>>(), &facts).signs
}

#[test]
fn a_person_who_moves_shows_no_sign() {
    let frames: Vec<_> = (0..5)
        .map(|at| {
            let at = at as f32;
            scene(1.0, at, 0.5 * at, 6.0 * (at * 1.3).sin(), 1 + at as u32)
        })
        .collect();
    assert_eq!(signs(&frames, Facts::default()), []);
    // One who sits quite still neither: only the noise differs.
    let frames = [1, 2, 3].map(|noise| scene(1.0, 0.0, 0.0, 0.0, noise));
    assert_eq!(signs(&frames, Facts::default()), []);
}

#[test]
fn a_still_that_is_moved_is_seen() {
    for (scale, x, y) in [
        (1.0, 7.0, 0.0),
        (1.0, 3.3, -8.2),
        (1.06, 0.0, 0.0),
        (0.95, 9.0, 4.0),
    ] {
        let frames = [
            scene(1.0, 0.0, 0.0, 0.0, 0),
            scene(scale, x, y, 0.0, 0),
            scene(scale * scale, 2.0 * x, 2.0 * y, 0.0, 0),
        ];
        assert_eq!(
            signs(&frames, Facts::default()),
            [Sign::MovedStill],
            "{scale} {x} {y}"
        );
    }
}

#[test]
fn frames_that_come_again_are_seen() {
    let [a, b, c] = [1, 2, 3].map(|noise| scene(1.0, 0.0, 0.0, 0.0, noise));
    let found = |frames: &[&Picture]| !injection(frames, &Facts::default()).signs.is_empty();
    assert!(found(&[&a, &a]));
    assert!(found(&[&a, &b, &a]));
    assert!(found(&[&a, &b, &c, &a, &b, &c]));
    assert!(found(&[&a, &a, &a]));
    assert!(!found(&[&a, &b, &c]));
    // A slow camera gives one twice.
    assert!(!found(&[&a, &a, &b, &c]));
}

#[test]
fn what_is_said_of_the_camera_must_fit() {
    let frame = [scene(1.0, 0.0, 0.0, 0.0, 1)];
    let facts = |camera, screen, edited| Facts {
        camera,
        screen,
        edited,
    };
    for (facts, expected) in [
        (
            facts(Some((320, 240)), Some((320, 240)), Some(false)),
            vec![],
        ),
        (facts(Some((240, 320)), None, None), vec![]),
        (facts(Some((1_920, 1_080)), Some((900, 400)), None), vec![]),
        (
            facts(Some((200, 100)), None, None),
            vec![Sign::LargerThanCamera],
        ),
        (
            facts(Some((640, 480)), Some((240, 320)), None),
            vec![Sign::ScreenSized],
        ),
        (
            facts(None, Some((320, 240)), Some(true)),
            vec![Sign::Edited],
        ),
        (facts(Some((0, 9)), None, None), vec![]),
    ] {
        assert_eq!(signs(&frame, facts), expected, "{facts:?}");
    }
}

#[test]
fn frames_of_two_sizes_are_a_sign() {
    let (one, other) = (
        scene(1.0, 0.0, 0.0, 0.0, 1),
        Picture::new(1, 1, vec![9; 3]).unwrap(),
    );
    assert!(
        injection(&[&one, &other], &Facts::default())
            .signs
            .contains(&Sign::ChangedSize)
    );
}

#[test]
fn the_score_says_whether_it_was_evaluated() {
    let frame = scene(1.0, 0.0, 0.0, 0.0, 1);
    let score = |frames: &[&Picture], facts| injection(frames, &facts).score;
    assert_eq!(score(&[&frame], Facts::default()), Score::NOT_EVALUATED);
    assert_eq!(score(&[], Facts::default()), Score::NOT_EVALUATED);
    let screen = Facts {
        screen: Some((9, 9)),
        ..Facts::default()
    };
    assert_eq!(score(&[&frame], screen), Score::NOT_EVALUATED);
    let edited = Facts {
        edited: Some(true),
        camera: Some((100, 100)),
        ..Facts::default()
    };
    let both = score(&[&frame], edited);
    assert!((both.value() - 0.25).abs() < 1e-6 && both.evaluated());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Any frames and facts are answered, with a score that the signs explain.
    #[test]
    fn anything_is_answered(
        sizes in prop::collection::vec((1u32..90, 1u32..90, any::<u8>()), 0..4),
        camera in prop::option::of(any::<(u32, u32)>()),
        screen in prop::option::of(any::<(u32, u32)>()),
        edited in prop::option::of(any::<bool>()),
    ) {
        let frames: Vec<_> = sizes
            .into_iter()
            .map(|(width, height, seed)| {
                let rgb = (0..width * height * 3).map(|at| (at as u8).wrapping_mul(seed));
                Picture::new(width, height, rgb.collect()).unwrap()
            })
            .collect();
        let frames: Vec<_> = frames.iter().collect();
        let found = injection(&frames, &Facts { camera, screen, edited });
        prop_assert_eq!(found.signs.is_empty(), found.score.value() >= 1.0);
        prop_assert!((0.0..=1.0).contains(&found.score.value()));
    }

    /// A shift that a program made is found again.
    #[test]
    fn a_shift_is_found(x in -20.0f32..20.0, y in -15.0f32..15.0) {
        let one = Thumbnail::of(&scene(1.0, 0.0, 0.0, 0.0, 0).grey());
        let other = Thumbnail::of(&scene(1.0, x, y, 0.0, 0).grey());
        let motion = one.motion_to(&other);
        // A pixel of the thumbnail is 5 wide and 3.75 high.
        prop_assert!((motion.x + x / 5.0).abs() < 0.2, "{motion:?}");
        prop_assert!((motion.y + y / 3.75).abs() < 0.2, "{motion:?}");
    }
}
