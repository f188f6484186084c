//! How strong each pattern is in a picture: the mean power spectrum of overlapping tiles.

#![expect(
    clippy::cast_precision_loss,
    reason = "counts here are at most some thousands"
)]

use crate::Grey;

/// Pixels a side of a tile, and frequencies of its spectrum.
pub(super) const TILE: usize = 64;

/// At most so many tiles a side are looked at, from the middle outwards: enough for the mean to be
/// calm, and bounded for large pictures.
const MOST_TILES: usize = 7;

/// Tiles overlap by half.
const STEP: usize = TILE / 2;

/// The power of each frequency, `power[y][x]` for `x` and `y` cycles a tile; the second half of each
/// stands for negative ones.
pub(super) struct Spectrum {
    power: Vec<f32>,
    tiles: usize,
}

impl Spectrum {
    /// None if not a single tile fits.
    pub(super) fn of(grey: &Grey) -> Option<Self> {
        let width = usize::try_from(grey.width()).ok()?;
        let height = usize::try_from(grey.height()).ok()?;
        if width < TILE || height < TILE {
            return None;
        }
        let window = window();
        let turns = Turns::new();
        let mut power = vec![0.0; TILE * TILE];
        let mut tiles = 0;
        for top in starts(height) {
            for left in starts(width) {
                add_tile(
                    grey.values(),
                    width,
                    (left, top),
                    &window,
                    &turns,
                    &mut power,
                );
                tiles += 1;
            }
        }
        let share = 1.0 / tiles as f32;
        for value in &mut power {
            *value *= share;
        }
        Some(Self { power, tiles })
    }

    /// How many tiles the mean is of.
    pub(super) const fn tiles(&self) -> usize {
        self.tiles
    }

    /// The power at so many cycles a tile; negative ones wrap around.
    pub(super) fn at(&self, x: i32, y: i32) -> f32 {
        let side = TILE.cast_signed();
        let wrap = |n: i32| usize::try_from((n as isize).rem_euclid(side)).unwrap_or_default();
        self.power[wrap(y) * TILE + wrap(x)]
    }
}

/// Where tiles begin along a side, in the middle of it.
fn starts(side: usize) -> impl Iterator<Item = usize> + Clone {
    let count = ((side - TILE) / STEP + 1).min(MOST_TILES);
    let first = (side - TILE - (count - 1) * STEP) / 2;
    (0..count).map(move |tile| first + tile * STEP)
}

/// Hann's: without it the borders of a tile look like patterns.
fn window() -> [f32; TILE] {
    let mut window = [0.0; TILE];
    for (at, value) in window.iter_mut().enumerate() {
        let angle = std::f32::consts::TAU * (at as f32 + 0.5) / TILE as f32;
        *value = 0.5 - 0.5 * angle.cos();
    }
    window
}

fn add_tile(
    values: &[u8],
    width: usize,
    (left, top): (usize, usize),
    window: &[f32; TILE],
    turns: &Turns,
    power: &mut [f32],
) {
    let rows = (0..TILE).map(|y| {
        let at = (top + y) * width + left;
        &values[at..at + TILE]
    });
    let sum: u32 = rows.clone().flatten().map(|value| u32::from(*value)).sum();
    let mean = sum as f32 / (TILE * TILE) as f32;
    // Rows first, then columns. The grid is turned between, so that both are the same.
    let mut grid = vec![(0.0_f32, 0.0_f32); TILE * TILE];
    for (y, row) in rows.enumerate() {
        let mut line = [(0.0, 0.0); TILE];
        for (x, value) in row.iter().enumerate() {
            line[x] = ((f32::from(*value) - mean) * window[x] * window[y], 0.0);
        }
        turns.transform(&mut line);
        for (x, value) in line.into_iter().enumerate() {
            grid[x * TILE + y] = value;
        }
    }
    for (x, column) in grid.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        turns.transform(column);
        for (y, (re, im)) in column.iter().enumerate() {
            power[y * TILE + x] += re * re + im * im;
        }
    }
}

/// The turns of a Fourier transform of one length, computed once.
struct Turns([(f32, f32); TILE / 2]);

impl Turns {
    fn new() -> Self {
        let mut turns = [(0.0, 0.0); TILE / 2];
        for (at, turn) in turns.iter_mut().enumerate() {
            let angle = -std::f32::consts::TAU * at as f32 / TILE as f32;
            *turn = (angle.cos(), angle.sin());
        }
        Self(turns)
    }

    /// The fast transform of Cooley and Tukey, in place.
    fn transform(&self, line: &mut [(f32, f32); TILE]) {
        let bits = TILE.trailing_zeros();
        for at in 0..TILE {
            let other = at.reverse_bits() >> (usize::BITS - bits);
            if at < other {
                line.swap(at, other);
            }
        }
        let mut half = 1;
        while half < TILE {
            let stride = TILE / 2 / half;
            for start in (0..TILE).step_by(half * 2) {
                for at in 0..half {
                    let (cos, sin) = self.0[at * stride];
                    let (re, im) = line[start + at + half];
                    let turned = (re * cos - im * sin, re * sin + im * cos);
                    let kept = line[start + at];
                    line[start + at] = (kept.0 + turned.0, kept.1 + turned.1);
                    line[start + at + half] = (kept.0 - turned.0, kept.1 - turned.1);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made-up pixels are bytes"
)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wave_is_where_it_belongs() {
        let values = (0..200 * 150)
            .map(|at| {
                let (x, y) = ((at % 200) as f32, (at / 200) as f32);
                let angle = std::f32::consts::TAU * (10.0 * x - 5.0 * y) / TILE as f32;
                (128.0 + 50.0 * angle.cos()).round() as u8
            })
            .collect();
        let spectrum = Spectrum::of(&Grey::new(200, 150, values).unwrap()).unwrap();
        assert_eq!(spectrum.tiles(), 5 * 3);
        let peak = spectrum.at(10, -5);
        assert!((spectrum.at(-10, 5) / peak - 1.0).abs() < 1e-3);
        for (x, y) in [(10, 5), (20, -10), (0, 0), (14, -5), (10, -1)] {
            assert!(spectrum.at(x, y) < peak * 1e-4, "{x} {y}");
        }
    }

    #[test]
    fn too_small_has_no_spectrum() {
        assert!(Spectrum::of(&Grey::new(63, 64, vec![0; 63 * 64]).unwrap()).is_none());
        assert!(Spectrum::of(&Grey::new(64, 64, vec![0; 64 * 64]).unwrap()).is_some());
    }

    #[test]
    fn large_pictures_cost_no_more() {
        let large = Grey::new(1_000, 900, vec![7; 900_000]).unwrap();
        assert_eq!(Spectrum::of(&large).unwrap().tiles(), 49);
        assert_eq!(starts(1_000).next(), Some((1_000 - 256) / 2));
    }

    proptest! {
        /// The fast transform is the slow one.
        #[test]
        fn the_transform_is_fouriers(values in prop::collection::vec(-1.0f32..1.0, 2 * TILE)) {
            let mut line = [(0.0, 0.0); TILE];
            for (at, value) in line.iter_mut().enumerate() {
                *value = (values[at * 2], values[at * 2 + 1]);
            }
            let before = line;
            Turns::new().transform(&mut line);
            for (k, found) in line.iter().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, (x, y)) in before.iter().enumerate() {
                    let angle = -std::f32::consts::TAU * ((k * n) % TILE) as f32 / TILE as f32;
                    re += x * angle.cos() - y * angle.sin();
                    im += x * angle.sin() + y * angle.cos();
                }
                prop_assert!((found.0 - re).abs() < 1e-3 && (found.1 - im).abs() < 1e-3);
            }
        }
    }
}
