//! Convolutions of each channel by a filter of its own.

use super::filters::{Filters, Path, Plane};

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
        plane: Plane,
        path: Path,
        given: &[f32],
        finish: impl Fn(f32) -> f32,
        biases: &[f32],
    ) -> Vec<f32> {
        // Every step is taken over a plane with its border, as one long line; then those that count are kept.
        // Lines are as long as they have to be for the last place, and sums go over their ends.
        let [down, across] = path.steps;
        let line =
            ((path.out.width - 1) * across + self.filters.width).max(plane.width + path.before[1]);
        let lines =
            ((path.out.height - 1) * down + self.filters.height).max(plane.height + path.before[0]);
        let mut bordered = vec![0.0; line * lines + self.filters.width];
        let mut sums = vec![0.0; ((path.out.height - 1) * down + 1) * line];
        let mut out = Vec::with_capacity(biases.len() * path.out.size());
        for (channel, given) in given.chunks_exact(plane.size()).enumerate() {
            for (y, values) in given.chunks_exact(plane.width).enumerate() {
                bordered[(y + path.before[0]) * line + path.before[1]..][..plane.width]
                    .copy_from_slice(values);
            }
            sums.fill(biases[channel]);
            for (at, &factor) in self.filters.of(channel, 0).iter().enumerate() {
                let from = at / self.filters.width * line + at % self.filters.width;
                for (sum, value) in sums.iter_mut().zip(&bordered[from..]) {
                    *sum += factor * value;
                }
            }
            for sums in sums.chunks_exact(line).step_by(down) {
                let sums = sums.iter().step_by(across).take(path.out.width);
                out.extend(sums.map(|&sum| finish(sum)));
            }
        }
        out
    }
}
