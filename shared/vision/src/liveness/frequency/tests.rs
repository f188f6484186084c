use super::*;
use proptest::prelude::*;

/// A picture like nature's: soft shapes, edges, and noise that falls with frequency.
fn natural(side: u32, seed: u32) -> Picture {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / 16_777_216.0 - 0.5
    };
    let count = (side * side) as usize;
    let mut values = vec![0.0_f32; count];
    // Noise at several sizes, each as strong as its size: a spectrum that falls.
    for step in [32_usize, 16, 8, 4, 2, 1] {
        let cells = side as usize / step + 2;
        let grid: Vec<f32> = (0..cells * cells).map(|_| random()).collect();
        for (at, value) in values.iter_mut().enumerate() {
            let (x, y) = (at % side as usize, at / side as usize);
            let (fx, fy) = (
                (x % step) as f32 / step as f32,
                (y % step) as f32 / step as f32,
            );
            let cell = |dx, dy| grid[(y / step + dy) * cells + x / step + dx];
            let upper = cell(0, 0) * (1.0 - fx) + cell(1, 0) * fx;
            let lower = cell(0, 1) * (1.0 - fx) + cell(1, 1) * fx;
            *value += (upper * (1.0 - fy) + lower * fy) * (step as f32).sqrt() * 16.0;
        }
    }
    from_values(side, values.into_iter().map(|value| 120.0 + value))
}

fn from_values(side: u32, values: impl Iterator<Item = f32>) -> Picture {
    let rgb = values.flat_map(|value| [value.round().clamp(0.0, 255.0) as u8; 3]);
    Picture::new(side, side, rgb.collect()).unwrap()
}

/// Each pixel changed by where it is.
fn changed(picture: &Picture, change: impl Fn(f32, f32, f32) -> f32) -> Picture {
    let side = picture.width();
    let values = picture.grey().values().to_vec();
    let values = values.into_iter().enumerate().map(|(at, value)| {
        let (x, y) = (at as u32 % side, at as u32 / side);
        change(x as f32, y as f32, f32::from(value))
    });
    from_values(side, values)
}

fn grid(picture: &Picture, period: f32, angle: f32, strength: f32) -> Picture {
    let (sin, cos) = angle.to_radians().sin_cos();
    changed(picture, |x, y, value| {
        let along = (x * cos + y * sin) * std::f32::consts::TAU / period;
        value + strength * along.sin()
    })
}

/// Dots whose size says how dark it is.
fn halftone(picture: &Picture, period: f32) -> Picture {
    changed(picture, |x, y, value| {
        let (u, v) = ((x + y) / 1.414 / period, (x - y) / 1.414 / period);
        let tau = std::f32::consts::TAU;
        let screen = 128.0 + 60.0 * ((u * tau).cos() + (v * tau).cos());
        // Ink on paper, softened by the camera.
        128.0 + ((value - screen) * 1.5).clamp(-80.0, 80.0)
    })
}

fn blurred(picture: &Picture, radius: i64) -> Picture {
    let grey = picture.grey();
    let count = ((2 * radius + 1) * (2 * radius + 1)) as f32;
    changed(picture, |x, y, _| {
        let sum: u32 = (-radius..=radius)
            .flat_map(|dy| (-radius..=radius).map(move |dx| (dx, dy)))
            .map(|(dx, dy)| u32::from(grey.at(x as i64 + dx, y as i64 + dy)))
            .sum();
        sum as f32 / count
    })
}

fn seen(aligned: &Picture, wider: &Picture) -> (f32, Features) {
    let found = analyse(aligned, wider);
    assert!(found.score.evaluated());
    (found.score.value(), found.features.unwrap())
}

#[test]
fn a_natural_picture_passes() {
    for seed in 1..8 {
        let (score, features) = seen(&natural(112, seed), &natural(256, seed + 50));
        assert!(score > 0.9, "{features:?}");
    }
}

#[test]
fn a_grid_is_seen() {
    for (period, angle) in [
        (3.0, 0.0),
        (4.5, 30.0),
        (6.0, 90.0),
        (2.5, 45.0),
        (7.5, 120.0),
    ] {
        for seed in 1..4 {
            let wider = grid(&natural(256, seed), period, angle, 6.0);
            let (score, features) = seen(&natural(112, seed), &wider);
            assert!(score < 0.3, "{period} {angle}: {features:?}");
        }
    }
}

#[test]
fn halftone_is_seen() {
    for period in [3.0, 4.0, 5.5, 7.0] {
        let wider = halftone(&natural(256, 5), period);
        let (score, features) = seen(&natural(112, 5), &wider);
        assert!(score < 0.1, "{period}: {features:?}");
    }
}

#[test]
fn a_copy_that_was_made_larger_has_less_detail() {
    let sharp = natural(112, 3);
    let soft = blurred(&blurred(&sharp, 2), 2);
    let (good, fine) = seen(&sharp, &natural(256, 3));
    let (bad, coarse) = seen(&soft, &natural(256, 3));
    assert!(coarse.detail < fine.detail - 1.0, "{fine:?} {coarse:?}");
    assert!(bad < good - 0.3);
    assert!(bad >= 1.0 - WEAK_SIGN - 1e-6, "blur alone is no proof");
}

#[test]
fn blocks_are_seen_wherever_they_begin() {
    let natural = natural(256, 4);
    for shift in [0.0, 3.0] {
        let grey = natural.grey();
        let blocky = changed(&natural, |x, y, _| {
            let (u, v) = (x - (x + shift) % 8.0 + 4.0, y - (y + shift) % 8.0 + 4.0);
            f32::from(grey.at(u as i64, v as i64))
        });
        let (score, features) = seen(&natural, &blocky);
        assert!(features.blocks > BLOCKS_BAD, "{features:?}");
        assert!(score < 0.5);
        // Blocks are not taken for a moiré.
        assert!(blocks(&grey) < BLOCKS_GOOD);
    }
}

#[test]
fn narrowed_tones_are_seen() {
    let flat = changed(&natural(256, 6), |_, _, value| {
        110.0 + (value - 120.0) * 0.05
    });
    let (score, features) = seen(&natural(112, 6), &flat);
    assert!(
        features.tones < TONES_BAD && features.black > 0.35,
        "{features:?}"
    );
    assert!(score < 0.5);
}

#[test]
fn too_small_is_not_evaluated() {
    let (small, large) = (natural(60, 1), natural(112, 1));
    for (aligned, wider) in [(&small, &large), (&large, &small)] {
        let found = analyse(aligned, wider);
        assert_eq!(found.score, Score::NOT_EVALUATED);
        assert_eq!(found.features, None);
    }
}

#[test]
fn an_empty_picture_has_no_pattern() {
    let empty = Picture::new(100, 100, vec![128; 30_000]).unwrap();
    let (_, features) = seen(&empty, &empty);
    assert!(features.pattern < 0.01 && (features.blocks - 1.0).abs() < 1e-6);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// More of a grid never looks more alive by its pattern, and any picture has finite features.
    #[test]
    fn stronger_is_no_better(seed in 1u32..500, period in 2.5f32..7.0, angle in 5.0f32..85.0) {
        let picture = natural(128, seed);
        let pattern = |strength| {
            let wider = grid(&picture, period, angle, strength);
            seen(&picture, &wider).1.pattern
        };
        prop_assert!(pattern(12.0) > pattern(2.0));
    }

    #[test]
    fn any_picture_is_answered(
        bytes in prop::collection::vec(any::<u8>(), 1..200),
        width in 1u32..140,
        height in 1u32..140,
    ) {
        let count = (width * height * 3) as usize;
        let picture = Picture::new(width, height, bytes.into_iter().cycle().take(count).collect());
        let found = analyse(&natural(112, 1), &picture.unwrap());
        prop_assert!((0.0..=1.0).contains(&found.score.value()));
        if let Some(features) = found.features {
            let all = [features.pattern, features.detail, features.blocks, features.tones];
            prop_assert!(all.into_iter().all(f32::is_finite));
        }
    }
}
