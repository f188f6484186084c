//! Any other convolution: what a filter sees at each of its places becomes a column, and one product of
//! matrices is all that is left to do.

use super::filters::{Filters, Path, Plane};
use super::product::{COLUMNS, Rows};

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
        plane: Plane,
        path: Path,
        given: &[f32],
        finish: impl Fn(f32) -> f32,
        biases: &[f32],
    ) -> Vec<f32> {
        let places = path.out.size();
        let room = places.next_multiple_of(COLUMNS);
        let mut sums = vec![0.0; biases.len() * room];
        self.rows
            .times(&self.columns(plane, path, room, given), &mut sums);
        let mut out = Vec::with_capacity(biases.len() * places);
        for (&bias, sums) in biases.iter().zip(sums.chunks_exact(room)) {
            out.extend(sums[..places].iter().map(|sum| finish(sum + bias)));
        }
        out
    }

    /// What the filters see: for each of their factors what is under it at all places.
    fn columns(&self, plane: Plane, path: Path, room: usize, given: &[f32]) -> Vec<f32> {
        let depth = self.channels * self.height * self.width;
        let mut columns = vec![0.0; depth * room];
        let mut seen = vec![0.0; room];
        let mut factor = 0;
        for channel in given.chunks_exact(plane.size()) {
            for y in 0..self.height {
                for x in 0..self.width {
                    under(channel, plane, path, [y, x], &mut seen);
                    let (blocks, _) = seen.as_chunks::<COLUMNS>();
                    for (at, block) in blocks.iter().enumerate() {
                        columns[(at * depth + factor) * COLUMNS..][..COLUMNS]
                            .copy_from_slice(block);
                    }
                    factor += 1;
                }
            }
        }
        columns
    }
}

/// What is under one factor of a filter at all its places; zero beside the plane.
fn under(channel: &[f32], plane: Plane, path: Path, [y, x]: [usize; 2], seen: &mut [f32]) {
    // The places across at which it is on the plane.
    let first = path.before[1].saturating_sub(x).div_ceil(path.steps[1]);
    let end = (plane.width + path.before[1])
        .saturating_sub(x)
        .div_ceil(path.steps[1])
        .min(path.out.width);
    for (down, seen) in seen
        .chunks_exact_mut(path.out.width)
        .take(path.out.height)
        .enumerate()
    {
        let line = (down * path.steps[0] + y)
            .checked_sub(path.before[0])
            .filter(|&line| line < plane.height);
        let Some(line) = line.filter(|_| first < end) else {
            seen.fill(0.0);
            continue;
        };
        seen[..first].fill(0.0);
        seen[end..].fill(0.0);
        let from = &channel[line * plane.width..][..plane.width]
            [first * path.steps[1] + x - path.before[1]..];
        let seen = &mut seen[first..end];
        if path.steps[1] == 1 {
            seen.copy_from_slice(&from[..seen.len()]);
        } else {
            for (seen, value) in seen.iter_mut().zip(from.iter().step_by(path.steps[1])) {
                *seen = *value;
            }
        }
    }
}
