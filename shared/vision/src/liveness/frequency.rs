//! What a print or a screen leaves in a picture of it: periodic patterns (moiré, halftone), fine
//! detail that is gone, borders of blocks, a narrowed range of tones.
//!
//! All thresholds are provisional until they are measured on real attacks. They are set by 85
//! photographs, which all pass: their patterns have at most 1.00 (half of them 0.42), their detail at least
//! −2.02, their blocks at most 1.49, their tones at least 0.65. Nothing here sees an attack that leaves no
//! pattern, or a picture that was injected.

#![expect(
    clippy::cast_precision_loss,
    reason = "counts of pixels are far below what a float holds exactly"
)]

use super::score::{Score, ramp};
use super::spectrum::{Spectrum, TILE};
use crate::{Grey, Picture, Region};

/// A pattern whose power is ten to the power of this above its surroundings is still nature's.
pub const PATTERN_GOOD: f32 = 1.0;

/// From here on it is a moiré or a halftone.
pub const PATTERN_BAD: f32 = 1.6;

/// The power (ten to the) of fine detail to middle detail of the face below which it is blurred as a
/// copy of a copy is.
pub const DETAIL_BAD: f32 = -3.2;

/// From here on there is fine detail enough.
pub const DETAIL_GOOD: f32 = -2.2;

/// How much stronger steps are at borders of blocks than elsewhere; up to here a camera's own JPEG.
pub const BLOCKS_GOOD: f32 = 1.6;

/// From here on it was compressed so hard that nothing can be said, as a saved copy of a copy is.
pub const BLOCKS_BAD: f32 = 3.0;

/// The tones (from the darkest to the brightest hundredth of pixels, 0 to 1) below which a print or
/// screen has narrowed them.
pub const TONES_BAD: f32 = 0.12;

/// From here on the tones are wide enough.
pub const TONES_GOOD: f32 = 0.25;

/// Blur, blocks and tones happen to honest pictures too: alone they take away at most this much.
pub const WEAK_SIGN: f32 = 0.6;

/// The least frequency of a pattern, in cycles a tile: coarser ones are parts of faces.
const LEAST_CYCLES: i32 = 7;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// By how many powers of ten the strongest pattern exceeds its surroundings.
    pub pattern: f32,
    /// Power of fine detail to middle detail of the face, as a power of ten.
    pub detail: f32,
    /// Steps at borders of 8×8 blocks to steps elsewhere.
    pub blocks: f32,
    /// The range of tones, 0 to 1.
    pub tones: f32,
    /// The darkest hundredth, 0 to 1: screens and prints have no black.
    pub black: f32,
}

/// A score and what it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frequency {
    /// From 0 to 1.
    pub score: Score,
    /// None if the pictures are too small.
    pub features: Option<Features>,
}

/// How far the wider part of a picture reaches from the middle of a face, in sides of the face.
const REACH: f32 = 1.35;

impl Frequency {
    /// There was nothing to look at.
    pub const NOT_EVALUATED: Self = Self {
        score: Score::NOT_EVALUATED,
        features: None,
    };
}

/// The part of a picture around a face, as the camera took it. None if the picture has no pixel there.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the picture's sides"
)]
pub fn around(picture: &Picture, face: Region) -> Option<Picture> {
    let reach = face.width.max(face.height) * REACH;
    let along = |start: f32, length: f32, side: u32| {
        let middle = start + length / 2.0;
        let at = |place: f32| place.clamp(0.0, side as f32) as u32;
        (at(middle - reach), at(middle + reach))
    };
    let (left, right) = along(face.left, face.width, picture.width());
    let (top, bottom) = along(face.top, face.height, picture.height());
    let line = picture.width() as usize * 3;
    let rows = picture.rgb().chunks_exact(line);
    let mut rgb = Vec::new();
    for row in rows.take(bottom as usize).skip(top as usize) {
        rgb.extend_from_slice(row.get(left as usize * 3..right as usize * 3)?);
    }
    Picture::new(right.checked_sub(left)?, bottom.checked_sub(top)?, rgb)
}

/// Looks at an aligned face, and at a wider part of the picture around it as the camera took it:
/// patterns of single pixels do not survive a change of size.
pub fn analyse(aligned: &Picture, wider: &Picture) -> Frequency {
    Features::of(aligned, wider).map_or(Frequency::NOT_EVALUATED, |features| Frequency {
        score: features.score(),
        features: Some(features),
    })
}

impl Features {
    /// None if not a single tile fits into one of the pictures.
    pub fn of(aligned: &Picture, wider: &Picture) -> Option<Self> {
        let (aligned, wider) = (aligned.grey(), wider.grey());
        let near = Spectrum::of(&aligned)?;
        let far = Spectrum::of(&wider)?;
        let (black, white) = tones(&wider);
        Some(Self {
            pattern: strongest_pattern(&far),
            detail: detail(&near),
            blocks: blocks(&wider),
            tones: white - black,
            black,
        })
    }

    /// The strongest sign decides; more of them do not add up, for they are not independent.
    pub fn score(&self) -> Score {
        let weak = |good: f32| 1.0 - WEAK_SIGN * (1.0 - good);
        let signs = [
            ramp(self.pattern, PATTERN_BAD, PATTERN_GOOD),
            weak(ramp(self.detail, DETAIL_BAD, DETAIL_GOOD)),
            weak(ramp(self.blocks, BLOCKS_BAD, BLOCKS_GOOD)),
            weak(ramp(self.tones, TONES_BAD, TONES_GOOD)),
        ];
        Score::of(signs.into_iter().fold(1.0, f32::min))
    }
}

/// What a flat picture has in place of no power at all, so that ratios stay finite: as much as one
/// wave of a quarter of a level.
const SILENCE: f32 = 1_000.0;

/// By how much the strongest frequency exceeds the median of those around it. A photograph's spectrum
/// falls slowly to all sides; a grid's stands out.
fn strongest_pattern(spectrum: &Spectrum) -> f32 {
    let half = (TILE / 2).cast_signed();
    let half = i32::try_from(half).unwrap_or_default();
    // Calm means of many tiles show what a single tile has by chance.
    let chance = 0.9 / (spectrum.tiles() as f32).sqrt();
    let mut strongest = 0.0_f32;
    let mut around = Vec::with_capacity(81);
    // One half is enough: the other mirrors it.
    for y in 0..half {
        for x in -half + 1..half {
            if x * x + y * y < LEAST_CYCLES * LEAST_CYCLES || of_blocks(x, y) {
                continue;
            }
            around.clear();
            for down in -4..=4_i32 {
                for right in -4..=4_i32 {
                    // The window spreads a peak over its neighbours.
                    if down.abs().max(right.abs()) > 2 {
                        around.push(spectrum.at(x + right, y + down));
                    }
                }
            }
            let middle = around.len() / 2;
            let (_, median, _) = around.select_nth_unstable_by(middle, f32::total_cmp);
            let excess = (spectrum.at(x, y) + SILENCE) / (*median + SILENCE);
            strongest = strongest.max(excess.log10());
        }
    }
    (strongest - chance).max(0.0)
}

/// Frequencies that a JPEG's own blocks of eight pixels make.
fn of_blocks(x: i32, y: i32) -> bool {
    let harmonic = |n: i32| (n + 1).rem_euclid(8) <= 2;
    (x.abs() <= 1 && harmonic(y)) || (y.abs() <= 1 && harmonic(x))
}

/// Power at 16 to 28 cycles to power at 4 to 12.
fn detail(spectrum: &Spectrum) -> f32 {
    let (mut fine, mut fine_count, mut middle, mut middle_count) = (0.0, 0.0, 0.0, 0.0);
    for y in -28..=28 {
        for x in -28..=28 {
            let square = x * x + y * y;
            if (16 * 16..=28 * 28).contains(&square) {
                fine += spectrum.at(x, y);
                fine_count += 1.0;
            } else if (4 * 4..=12 * 12).contains(&square) {
                middle += spectrum.at(x, y);
                middle_count += 1.0;
            }
        }
    }
    let share: f32 = (fine / fine_count + 1.0) / (middle / middle_count + 1.0);
    share.log10()
}

/// Steps between neighbours at the border where they are strongest, to steps at other places. The
/// picture may be cut out of another, so the blocks may begin anywhere.
fn blocks(grey: &Grey) -> f32 {
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let (mut across, mut down) = ([0_u64; 8], [0_u64; 8]);
    let mut above: Option<&[u8]> = None;
    // Row by row, as they lie in memory: a large picture is read once.
    for (y, row) in grey.values().chunks_exact(width).enumerate() {
        for (x, (left, right)) in row.iter().zip(&row[1..]).enumerate() {
            across[(x + 1) % 8] += u64::from(left.abs_diff(*right));
        }
        let steps = above.into_iter().flat_map(|above| above.iter().zip(row));
        down[y % 8] += steps
            .map(|(above, below)| u64::from(above.abs_diff(*below)))
            .sum::<u64>();
        above = Some(row);
    }
    let excess = |steps: [u64; 8], lines: usize, length: usize| {
        let mut counts = [0.0_f64; 8];
        for position in 1..length {
            counts[position % 8] += lines as f64;
        }
        let means = [0, 1, 2, 3, 4, 5, 6, 7].map(|at| steps[at] as f64 / counts[at].max(1.0));
        let most = means.into_iter().fold(0.0, f64::max);
        let others = (means.iter().sum::<f64>() - most) / 7.0;
        // A level is added to both, so that an empty picture has no blocks.
        (most + 1.0) / (others + 1.0)
    };
    narrow(excess(across, height, width).min(excess(down, width, height)))
}

#[expect(clippy::cast_possible_truncation, reason = "a ratio needs no more")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// The darkest and the brightest hundredth.
fn tones(grey: &Grey) -> (f32, f32) {
    let mut counts = [0_usize; 256];
    for value in grey.values() {
        counts[usize::from(*value)] += 1;
    }
    let hundredth = grey.values().len() / 100;
    (
        level(&counts, hundredth, 0..256),
        level(&counts, hundredth, (0..256).rev()),
    )
}

/// The first level, in this order, with more pixels up to it than so many.
fn level(counts: &[usize; 256], least: usize, mut levels: impl Iterator<Item = usize>) -> f32 {
    let mut seen = 0;
    let found = levels.find(|level| {
        seen += counts[*level];
        seen > least
    });
    found.unwrap_or_default() as f32 / 255.0
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "made-up pixels are bytes"
)]
mod tests;
