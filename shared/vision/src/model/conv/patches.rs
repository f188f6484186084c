//! Any other convolution: what a filter sees at each of its places becomes a column, and one product of
//! matrices is all that is left to do.

use std::ops::Range;

use super::bands::bands;
use super::filters::{Filters, Path};
use super::product::{COLUMNS, Rows};

/// Places that are done at once.
const BAND: usize = 128;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Patches {
    rows: Rows,
    channels: usize,
    height: usize,
    width: usize,
}

impl Patches {
    pub(super) fn new(filters: &Filters) -> Self {
        let size = filters.height * filters.width;
        Self {
            rows: Rows::new(filters.count, filters.channels * size, |out, at| {
                filters.of(out, at / size)[at % size]
            }),
            channels: filters.channels,
            height: filters.height,
            width: filters.width,
        }
    }

    /// Planes go in, as many planes come out as there are biases.
    pub(super) fn apply(
        &self,
        path: Path,
        given: &[f32],
        finish: impl Fn(f32) -> f32,
        biases: &[f32],
    ) -> Vec<f32> {
        let mut out = vec![0.0; biases.len() * path.out.size()];
        let mut columns = Vec::new();
        let mut products = Vec::new();
        for lines in bands(path.out.height, path.out.width, BAND) {
            let start = lines.start * path.out.width;
            let places = lines.len() * path.out.width;
            let room = places.next_multiple_of(COLUMNS);
            self.columns(path, lines, room, given, &mut columns);
            products.resize(biases.len() * room, 0.0);
            self.rows.times(&columns, &mut products);
            let channels = out.chunks_exact_mut(path.out.size());
            for ((values, sums), &bias) in channels.zip(products.chunks_exact(room)).zip(biases) {
                for (value, sum) in values[start..][..places].iter_mut().zip(sums) {
                    *value = finish(sum + bias);
                }
            }
        }
        out
    }

    /// What the filters see: for each of their factors what is under it at all places of some lines.
    fn columns(
        &self,
        path: Path,
        lines: Range<usize>,
        room: usize,
        given: &[f32],
        columns: &mut Vec<f32>,
    ) {
        let depth = self.channels * self.height * self.width;
        columns.resize(depth * room, 0.0);
        let mut seen = vec![0.0; room];
        let mut factor = 0;
        for channel in given.chunks_exact(path.over.size()) {
            for y in 0..self.height {
                for x in 0..self.width {
                    under(channel, path, [y, x], lines.clone(), &mut seen);
                    let (blocks, _) = seen.as_chunks::<COLUMNS>();
                    for (at, block) in blocks.iter().enumerate() {
                        columns[(at * depth + factor) * COLUMNS..][..COLUMNS]
                            .copy_from_slice(block);
                    }
                    factor += 1;
                }
            }
        }
    }
}

/// What is under one factor of a filter at all its places of some lines; zero beside the plane.
fn under(channel: &[f32], path: Path, [y, x]: [usize; 2], lines: Range<usize>, seen: &mut [f32]) {
    let [down, across] = path.steps;
    // The places across at which it is on the plane.
    let first = path.before[1].saturating_sub(x).div_ceil(across);
    let end = (path.over.width + path.before[1])
        .saturating_sub(x)
        .div_ceil(across)
        .min(path.out.width);
    for (line, seen) in lines.zip(seen.chunks_exact_mut(path.out.width)) {
        let line = (line * down + y).checked_sub(path.before[0]);
        let Some(line) = line.filter(|&line| line < path.over.height && first < end) else {
            seen.fill(0.0);
            continue;
        };
        seen[..first].fill(0.0);
        seen[end..].fill(0.0);
        let seen = &mut seen[first..end];
        let from = line * path.over.width + first * across + x - path.before[1];
        if across == 1 {
            seen.copy_from_slice(&channel[from..][..seen.len()]);
        } else {
            for (seen, value) in seen.iter_mut().zip(channel[from..].iter().step_by(across)) {
                *seen = *value;
            }
        }
    }
}
