use super::*;
use crate::decode::{Facts, Format, Orientation};
use proptest::prelude::*;

/// A picture as it comes out of a file that says nothing of itself.
fn frame(picture: Picture) -> Decoded {
    let facts = Facts {
        stored_width: picture.width(),
        stored_height: picture.height(),
        orientation: Orientation::Upright,
        exif: false,
        camera: false,
        editor: false,
        size_contradicted: false,
        trailing: false,
    };
    Decoded {
        picture,
        format: Format::Jpeg,
        facts,
    }
}

fn still(noise: u32) -> Decoded {
    frame(scene(1.0, 0.0, 0.0, 0.0, noise))
}

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

fn signs(frames: &[Picture]) -> Vec<Sign> {
    let frames: Vec<_> = frames.iter().cloned().map(frame).collect();
    injection(&frames.iter().collect::<Vec<_>>(), &Device::default()).signs
}

#[test]
fn a_person_who_moves_shows_no_sign() {
    let frames: Vec<_> = (0..5)
        .map(|at| {
            let at = at as f32;
            scene(1.0, at, 0.5 * at, 6.0 * (at * 1.3).sin(), 1 + at as u32)
        })
        .collect();
    assert_eq!(signs(&frames), []);
    // One who sits quite still neither: only the noise differs.
    let frames = [1, 2, 3].map(|noise| scene(1.0, 0.0, 0.0, 0.0, noise));
    assert_eq!(signs(&frames), []);
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
        assert_eq!(signs(&frames), [Sign::MovedStill], "{scale} {x} {y}");
    }
}

#[test]
fn frames_that_come_again_are_seen() {
    let [a, b, c] = [1, 2, 3].map(still);
    let found = |frames: &[&Decoded]| !injection(frames, &Device::default()).signs.is_empty();
    assert!(found(&[&a, &a]));
    assert!(found(&[&a, &b, &a]));
    assert!(found(&[&a, &b, &c, &a, &b, &c]));
    assert!(found(&[&a, &a, &a]));
    assert!(!found(&[&a, &b, &c]));
    // A slow camera gives one twice, behind which no film that comes again can hide.
    assert!(!found(&[&a, &a, &b, &c]));
    assert!(found(&[&a, &a, &b, &c, &a, &b, &c]));
}

#[test]
fn what_is_said_of_the_camera_must_fit() {
    let (large, common) = (Some((1_920, 1_080)), Some((320, 240)));
    for (camera, screen, expected) in [
        (common, common, vec![]),
        (Some((240, 320)), None, vec![]),
        (large, Some((900, 400)), vec![]),
        (Some((200, 100)), None, vec![Sign::LargerThanCamera]),
        // Neither side may be longer.
        (Some((640, 200)), None, vec![Sign::LargerThanCamera]),
        (Some((640, 480)), Some((240, 320)), vec![Sign::ScreenSized]),
        (Some((0, 9)), None, vec![]),
    ] {
        let found = injection(&[&still(1)], &Device { camera, screen });
        assert_eq!(found.signs, expected, "{camera:?} {screen:?}");
    }
    // What counts is the size that was sent, not what is kept of it.
    let mut sent = still(1);
    (sent.facts.stored_width, sent.facts.stored_height) = (6_000, 4_000);
    let device = Device {
        camera: large,
        screen: None,
    };
    assert_eq!(injection(&[&sent], &device).signs, [Sign::LargerThanCamera]);
}

#[test]
fn what_a_file_says_of_itself_must_fit() {
    for (contradicted, editor, expected) in [
        (false, false, vec![]),
        (true, false, vec![Sign::SizeContradicted]),
        (false, true, vec![Sign::Edited]),
        (true, true, vec![Sign::SizeContradicted, Sign::Edited]),
    ] {
        let mut told = still(1);
        told.facts.exif = true;
        (told.facts.size_contradicted, told.facts.editor) = (contradicted, editor);
        let found = injection(&[&told], &Device::default());
        assert_eq!(found.signs, expected);
        assert!(found.score.evaluated());
        assert!(
            injection(&[&still(2), &told], &Device::default())
                .signs
                .ends_with(&expected)
        );
    }
}

#[test]
fn frames_of_two_sizes_are_a_sign() {
    let other = frame(Picture::new(1, 1, vec![9; 3]).unwrap());
    let found = injection(&[&still(1), &other], &Device::default());
    assert!(found.signs.contains(&Sign::ChangedSize));
    // Turned by a quarter it is the same camera's.
    let mut turned = still(2);
    (turned.facts.stored_width, turned.facts.stored_height) = (240, 320);
    assert_eq!(
        injection(&[&still(1), &turned], &Device::default()).signs,
        []
    );
}

#[test]
fn the_score_says_whether_it_was_evaluated() {
    let score = |frames: &[&Decoded], device| injection(frames, &device).score;
    assert_eq!(score(&[&still(1)], Device::default()), Score::NOT_EVALUATED);
    assert_eq!(score(&[], Device::default()), Score::NOT_EVALUATED);
    let screen = Device {
        camera: None,
        screen: Some((9, 9)),
    };
    assert_eq!(score(&[&still(1)], screen), Score::NOT_EVALUATED);
    let mut edited = still(1);
    edited.facts.editor = true;
    let camera = Device {
        camera: Some((100, 100)),
        screen: None,
    };
    let both = score(&[&edited], camera);
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
        told in any::<[bool; 3]>(),
    ) {
        let frames: Vec<_> = sizes
            .into_iter()
            .map(|(width, height, seed)| {
                let rgb = (0..width * height * 3).map(|at| (at as u8).wrapping_mul(seed));
                let mut frame = frame(Picture::new(width, height, rgb.collect()).unwrap());
                let facts = &mut frame.facts;
                [facts.exif, facts.editor, facts.size_contradicted] = told;
                frame
            })
            .collect();
        let frames: Vec<_> = frames.iter().collect();
        let found = injection(&frames, &Device { camera, screen });
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
