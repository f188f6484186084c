//! Convolutions of each channel by a filter of its own.

use super::bands::bands;
use super::filters::{Filters, Path};

/// Numbers that are added at once.
const LANES: usize = 8;
/// Sums that are done one after the other.
const BAND: usize = 512;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Depthwise {
    filters: Filters,
}

impl Depthwise {
    /// Filters of one channel each.
    pub(super) fn new(filters: Filters) -> Self {
        Self { filters }
    }

    /// As many planes go in as there are filters, and as many come out.
    pub(super) fn apply(
        &self,
        path: Path,
        given: &[f32],
        finish: impl Fn(f32) -> f32,
        biases: &[f32],
    ) -> Vec<f32> {
        // Every step is taken over a plane with its border as one long line, over the ends of lines too; then
        // those that count are kept.
        let [down, across] = path.steps;
        let length = ((path.out.width - 1) * across + self.filters.width)
            .max(path.over.width + path.before[1]);
        let lines = ((path.out.height - 1) * down + self.filters.height)
            .max(path.over.height + path.before[0]);
        let mut bordered = vec![0.0; length * lines + self.filters.width + LANES];
        let mut sums = Vec::new();
        let mut out = Vec::with_capacity(biases.len() * path.out.size());
        for (channel, given) in given.chunks_exact(path.over.size()).enumerate() {
            for (y, values) in given.chunks_exact(path.over.width).enumerate() {
                let start = (y + path.before[0]) * length + path.before[1];
                bordered[start..][..path.over.width].copy_from_slice(values);
            }
            let filter = self.filters.of(channel, 0);
            for lines in bands(path.out.height, length * down, BAND) {
                let count = ((lines.len() - 1) * down + 1) * length;
                sums.resize(count.next_multiple_of(LANES), 0.0);
                let from = &bordered[lines.start * down * length..];
                slide(filter, self.filters.width, length, from, &mut sums);
                for sums in sums.chunks_exact(length).step_by(down).take(lines.len()) {
                    let finish = |sum: &f32| finish(sum + biases[channel]);
                    if across == 1 {
                        out.extend(sums[..path.out.width].iter().map(finish));
                    } else {
                        let sums = sums.iter().step_by(across).take(path.out.width);
                        out.extend(sums.map(finish));
                    }
                }
            }
        }
        out
    }
}

/// A filter of so many columns, number by number along lines of this length.
fn slide(filter: &[f32], width: usize, length: usize, from: &[f32], sums: &mut [f32]) {
    let (blocks, _) = sums.as_chunks_mut::<LANES>();
    for (at, sums) in blocks.iter_mut().enumerate() {
        let mut sum = [0.0; LANES];
        for (y, factors) in filter.chunks_exact(width).enumerate() {
            let seen = &from[at * LANES + y * length..][..width + LANES - 1];
            for (x, factor) in factors.iter().enumerate() {
                for (sum, value) in sum.iter_mut().zip(&seen[x..][..LANES]) {
                    *sum += factor * value;
                }
            }
        }
        *sums = sum;
    }
}
