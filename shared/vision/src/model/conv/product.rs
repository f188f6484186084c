//! Products of matrices, in blocks that fit into registers.

/// As many rows are multiplied at once.
pub(super) const ROWS: usize = 4;
/// By as many columns.
pub(super) const COLUMNS: usize = 8;

/// Rows of a matrix, as many at a time as are multiplied at once: for each of their numbers that of the
/// first row, then that of the second. Missing rows are zero.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    depth: usize,
    values: Vec<f32>,
}

impl Rows {
    /// `value(row, at)` of so many rows of so many numbers.
    pub(super) fn new(count: usize, depth: usize, value: impl Fn(usize, usize) -> f32) -> Self {
        let [rows] = Self::several(count, depth, |row, at| [value(row, at)]);
        rows
    }

    /// The same for several matrices at once.
    pub(super) fn several<const MATRICES: usize>(
        count: usize,
        depth: usize,
        values: impl Fn(usize, usize) -> [f32; MATRICES],
    ) -> [Self; MATRICES] {
        let room = count.next_multiple_of(ROWS) * depth;
        let mut all = [(); MATRICES].map(|()| Self {
            depth,
            values: Vec::with_capacity(room),
        });
        for first in (0..count).step_by(ROWS) {
            for at in 0..depth {
                for row in first..first + ROWS {
                    let missing = [0.0; MATRICES];
                    let values = if row < count {
                        values(row, at)
                    } else {
                        missing
                    };
                    for (rows, value) in all.iter_mut().zip(values) {
                        rows.values.push(value);
                    }
                }
            }
        }
        all
    }

    /// Each row by each column. Columns lie as rows do: so many of them at a time, number by number. What
    /// comes out lies row by row; rows that are missing are not written.
    pub(super) fn times(&self, columns: &[f32], out: &mut [f32]) {
        let panel = self.depth * COLUMNS;
        let width = columns.len() / self.depth;
        let blocks = out.chunks_mut(ROWS * width);
        for (rows, out) in self.values.chunks_exact(self.depth * ROWS).zip(blocks) {
            for (at, columns) in columns.chunks_exact(panel).enumerate() {
                let block = block(rows, columns);
                for (line, sums) in out.chunks_exact_mut(width).zip(block) {
                    line[at * COLUMNS..][..COLUMNS].copy_from_slice(&sums);
                }
            }
        }
    }
}

/// A few rows by a few columns. The sums stay in registers.
#[inline]
fn block(rows: &[f32], columns: &[f32]) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = [[0.0; COLUMNS]; ROWS];
    let (rows, _) = rows.as_chunks::<ROWS>();
    let (columns, _) = columns.as_chunks::<COLUMNS>();
    for (row, column) in rows.iter().zip(columns) {
        for (sums, factor) in sums.iter_mut().zip(row) {
            for (sum, value) in sums.iter_mut().zip(column) {
                *sum += factor * value;
            }
        }
    }
    sums
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "small whole numbers"
)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_multiplied_by_each_column() {
        // Five rows (one block and a part of one) of three numbers, sixteen columns.
        let row = |row: usize, at: usize| (row * 3 + at) as f32;
        let column = |column: usize, at: usize| (column as f32 - 7.0) * (at as f32 + 1.0);
        let rows = Rows::new(5, 3, row);
        let mut columns = vec![0.0; 16 * 3];
        for at in 0..3 {
            for n in 0..16 {
                columns[(n / COLUMNS * 3 + at) * COLUMNS + n % COLUMNS] = column(n, at);
            }
        }
        let mut out = vec![0.0; 5 * 16];
        rows.times(&columns, &mut out);
        for r in 0..5 {
            for c in 0..16 {
                let wanted: f32 = (0..3).map(|at| row(r, at) * column(c, at)).sum();
                assert_eq!(out[r * 16 + c], wanted, "{r} {c}");
            }
        }
    }
}
