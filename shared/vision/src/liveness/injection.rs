//! Signs that a picture did not come from a camera in front of a person but was put in its place.
//! They are a score of their own: what was injected can look as alive as it likes. No sign is not a
//! proof either.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "positions in a thumbnail of 64 pixels a side"
)]

use super::Score;
use crate::decode::Decoded;
use crate::{Grey, Picture};

/// What is left of the difference of two frames after the best shift and scale, as a part of it, when
/// the one is the other moved by a program: in simulations at most 0.11, and 0.85 when a head moves
/// before its background. Provisional.
pub const STILL_RESIDUE: f32 = 0.15;

/// Differences below this (root of the mean square, in levels of 255) are too small to explain.
pub const LEAST_DIFFERENCE: f32 = 1.5;

/// What whoever sends pictures says of the device they come from. What is not said is not held against
/// anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// Width and height that the camera is said to have.
    pub camera: Option<(u32, u32)>,
    /// Width and height of the screen.
    pub screen: Option<(u32, u32)>,
}

/// A sign of injection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Two frames are the same to the bit, next to each other or not.
    RepeatedFrames,
    /// Each frame is the one before, moved or scaled as a whole.
    MovedStill,
    /// The frames are not all of one size.
    ChangedSize,
    /// A picture has more pixels a side than the camera.
    LargerThanCamera,
    /// A picture is as large as the screen, and not as the camera.
    ScreenSized,
    /// Its metadata say another size than it has: it was cut or scaled by what left them as they were.
    SizeContradicted,
    /// Its metadata name a program that edits or generates pictures.
    Edited,
}

impl Sign {
    /// How much of the score it takes away. Provisional.
    pub const fn weight(self) -> f32 {
        match self {
            Self::RepeatedFrames => 0.7,
            Self::MovedStill | Self::LargerThanCamera | Self::Edited => 0.5,
            Self::ChangedSize | Self::ScreenSized | Self::SizeContradicted => 0.4,
        }
    }
}

/// A score and the signs that it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Injection {
    /// 1 without a sign; each takes its part of what is left.
    pub score: Score,
    /// Each at most once.
    pub signs: Vec<Sign>,
}

/// Looks for signs in the frames (one or more), in what their files say of themselves, and in what is
/// said of the device.
pub fn injection(frames: &[&Decoded], device: &Device) -> Injection {
    let camera = device
        .camera
        .filter(|(width, height)| *width > 0 && *height > 0);
    let known = camera.is_some() || frames.iter().any(|frame| tells(frame));
    if frames.is_empty() || (frames.len() < 2 && !known) {
        return Injection {
            score: Score::NOT_EVALUATED,
            signs: Vec::new(),
        };
    }
    let mut signs = Vec::new();
    let mut note = |is: bool, sign| {
        if is {
            signs.push(sign);
        }
    };
    let pictures: Vec<_> = frames.iter().map(|frame| &frame.picture).collect();
    note(repeated(&pictures), Sign::RepeatedFrames);
    note(moved_still(&pictures), Sign::MovedStill);
    let facts = || frames.iter().map(|frame| frame.facts);
    // As they were sent: what is kept of a large picture is smaller.
    let sizes: Vec<_> = facts()
        .map(|facts| sides((facts.stored_width, facts.stored_height)))
        .collect();
    let changed = sizes.windows(2).any(|pair| pair[0] != pair[1]);
    note(changed, Sign::ChangedSize);
    if let Some(camera) = camera.map(sides) {
        let larger = |size: &(u32, u32)| size.0 > camera.0 || size.1 > camera.1;
        note(sizes.iter().any(larger), Sign::LargerThanCamera);
        let screen = device.screen.map(sides);
        let like_screen = |size: &(u32, u32)| Some(*size) == screen && *size != camera;
        note(sizes.iter().any(like_screen), Sign::ScreenSized);
    }
    note(
        facts().any(|facts| facts.size_contradicted),
        Sign::SizeContradicted,
    );
    note(facts().any(|facts| facts.editor), Sign::Edited);
    let left = signs.iter().map(|sign| 1.0 - sign.weight()).product();
    Injection {
        score: Score::of(left),
        signs,
    }
}

/// Whether a file says anything that can be weighed. Frames of a camera in a page seldom do.
fn tells(frame: &Decoded) -> bool {
    frame.facts.exif || frame.facts.editor
}

/// The shorter and the longer side: phones turn.
fn sides((width, height): (u32, u32)) -> (u32, u32) {
    (width.min(height), width.max(height))
}

/// A frame that comes back later is a film that is shown again. One that is the same as the one before
/// can be a slow camera's: of those it takes two.
fn repeated(frames: &[&Picture]) -> bool {
    let pairs = |apart: usize| {
        frames
            .iter()
            .zip(frames.iter().skip(apart))
            .filter(|(one, other)| one == other)
            .count()
    };
    let next = pairs(1);
    let later = (2..frames.len()).any(|apart| pairs(apart) > 0);
    next > 1 || later || (next == 1 && frames.len() == 2)
}

/// Whether all that differs between neighbours is a shift and a scale of the whole.
fn moved_still(frames: &[&Picture]) -> bool {
    let thumbnails: Vec<_> = frames
        .iter()
        .map(|frame| Thumbnail::of(&frame.grey()))
        .collect();
    let mut moves = 0;
    for pair in thumbnails.windows(2) {
        let before = pair[0].difference(&pair[1], Motion::NONE);
        if before < LEAST_DIFFERENCE {
            continue;
        }
        let motion = pair[0].motion_to(&pair[1]);
        if pair[0].difference(&pair[1], motion) > before * STILL_RESIDUE {
            return false;
        }
        moves += 1;
    }
    moves > 0
}

/// Pixels a side of a thumbnail.
const SIDE: i32 = 64;

/// What is compared: the border is left out, for what comes in there was not in the picture before.
const INNER: std::ops::Range<i32> = 8..SIDE - 8;

/// How far the first search goes, in pixels of the thumbnail.
const REACH: i32 = 6;

/// Steps of the fit; it needs about six.
const STEPS: usize = 15;

/// A scale around the middle, then a shift, in pixels of the thumbnail.
#[derive(Clone, Copy, Debug)]
struct Motion {
    scale: f32,
    x: f32,
    y: f32,
}

impl Motion {
    const NONE: Self = Self {
        scale: 1.0,
        x: 0.0,
        y: 0.0,
    };

    fn apply(self, x: i32, y: i32) -> (f32, f32) {
        let (x, y) = from_middle(x, y);
        let middle = (SIDE - 1) as f32 / 2.0;
        (
            middle + self.scale * x + self.x,
            middle + self.scale * y + self.y,
        )
    }
}

fn from_middle(x: i32, y: i32) -> (f32, f32) {
    let middle = (SIDE - 1) as f32 / 2.0;
    (x as f32 - middle, y as f32 - middle)
}

/// A small, soft picture: soft, so that a move by a part of a pixel can be followed.
struct Thumbnail(Vec<f32>);

impl Thumbnail {
    fn of(grey: &Grey) -> Self {
        let (width, height) = (i64::from(grey.width()), i64::from(grey.height()));
        let side = i64::from(SIDE);
        // The mean of the pixels that a pixel of the thumbnail stands for, at least one.
        let span = |at: i64, length: i64| {
            let start = at * length / side;
            start..((at + 1) * length / side).max(start + 1)
        };
        let mut values = Vec::new();
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let (rows, columns) = (span(y, height), span(x, width));
            let count = (rows.end - rows.start) * (columns.end - columns.start);
            let sum: u64 = rows
                .flat_map(|row| columns.clone().map(move |column| (column, row)))
                .map(|(column, row)| u64::from(grey.at(column, row)))
                .sum();
            values.push(sum as f32 / count as f32);
        }
        Self(values).softened().softened()
    }

    fn at(&self, x: i32, y: i32) -> f32 {
        let (x, y) = (x.clamp(0, SIDE - 1), y.clamp(0, SIDE - 1));
        self.0[usize::try_from(y * SIDE + x).unwrap_or_default()]
    }

    /// Each pixel mixed with its eight neighbours.
    fn softened(&self) -> Self {
        let weights = [(-1, 1.0), (0, 2.0), (1, 1.0)];
        let mixed = |x: i32, y: i32| -> f32 {
            weights
                .iter()
                .flat_map(|(down, a)| weights.iter().map(move |(right, b)| (down, right, a * b)))
                .map(|(down, right, weight)| self.at(x + right, y + down) * weight / 16.0)
                .sum()
        };
        Self(
            (0..SIDE)
                .flat_map(|y| (0..SIDE).map(move |x| (x, y)))
                .map(|(x, y)| mixed(x, y))
                .collect(),
        )
    }

    fn between(&self, (x, y): (f32, f32)) -> f32 {
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let line = |y: i32| {
            let (a, b) = (self.at(left, y), self.at(left.saturating_add(1), y));
            a + (b - a) * right
        };
        let (upper, lower) = (line(top), line(top.saturating_add(1)));
        upper + (lower - upper) * down
    }

    /// The root of the mean square difference when the other was moved so.
    fn difference(&self, other: &Self, motion: Motion) -> f32 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (x, y) in inner() {
            let step = other.between(motion.apply(x, y)) - self.at(x, y);
            sum += step * step;
            count += 1.0;
        }
        f32::sqrt(sum / count)
    }

    /// The motion that explains most: whole pixels are tried, then Gauss and Newton refine it.
    fn motion_to(&self, other: &Self) -> Motion {
        let mut best = (f32::INFINITY, Motion::NONE);
        for (x, y) in (-REACH..=REACH).flat_map(|y| (-REACH..=REACH).map(move |x| (x, y))) {
            let motion = Motion {
                scale: 1.0,
                x: x as f32,
                y: y as f32,
            };
            let difference = self.difference(other, motion);
            if difference < best.0 {
                best = (difference, motion);
            }
        }
        let (mut least, mut kept) = best;
        for _ in 0..STEPS {
            let Some(next) = self.refined(other, kept) else {
                break;
            };
            let difference = self.difference(other, next);
            // Also when it is no number.
            if difference.total_cmp(&least).is_ge() {
                break;
            }
            (least, kept) = (difference, next);
        }
        kept
    }

    /// One step towards a smaller difference; None where nothing can be followed.
    fn refined(&self, other: &Self, motion: Motion) -> Option<Motion> {
        let mut normal = [[0.0_f32; 4]; 3];
        for (x, y) in inner() {
            let (right, down) = motion.apply(x, y);
            let across = other.between((right + 0.5, down)) - other.between((right - 0.5, down));
            let along = other.between((right, down + 0.5)) - other.between((right, down - 0.5));
            let (from_x, from_y) = from_middle(x, y);
            let slopes = [across * from_x + along * from_y, across, along];
            let missing = self.at(x, y) - other.between((right, down));
            for (row, slope) in normal.iter_mut().zip(slopes) {
                for (cell, other_slope) in row.iter_mut().zip(slopes) {
                    *cell += slope * other_slope;
                }
                row[3] += slope * missing;
            }
        }
        let [scale, x, y] = solved(normal)?;
        Some(Motion {
            scale: motion.scale + scale,
            x: motion.x + x,
            y: motion.y + y,
        })
    }
}

fn inner() -> impl Iterator<Item = (i32, i32)> {
    INNER.flat_map(|y| INNER.map(move |x| (x, y)))
}

/// Three equations by Cramer's rule; None if they do not decide.
fn solved(rows: [[f32; 4]; 3]) -> Option<[f32; 3]> {
    let [a, b, c, right] =
        [0, 1, 2, 3].map(|column| [0, 1, 2].map(|row| f64::from(rows[row][column])));
    let volume = |p: [f64; 3], q: [f64; 3], r: [f64; 3]| {
        p[0] * (q[1] * r[2] - q[2] * r[1]) - p[1] * (q[0] * r[2] - q[2] * r[0])
            + p[2] * (q[0] * r[1] - q[1] * r[0])
    };
    let whole = volume(a, b, c);
    (whole.abs() > 1e-6).then(|| {
        [
            volume(right, b, c),
            volume(a, right, c),
            volume(a, b, right),
        ]
        .map(|part| (part / whole) as f32)
    })
}

#[cfg(test)]
#[expect(clippy::cast_sign_loss, reason = "made-up pixels are bytes")]
mod tests;
