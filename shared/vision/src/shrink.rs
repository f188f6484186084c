//! Rows of a picture in, a smaller picture out: each new pixel is the mean of the area it covers.
//! Rows come one at a time, so that a large picture need never be in memory as a whole.

use crate::Picture;

/// Takes rows of red, green and blue from the top down.
pub(crate) struct Shrinker {
    from: [u32; 2],
    to: [u32; 2],
    /// How many rows have come.
    taken: u32,
    /// The row that is being summed, weighted in both directions.
    sums: Vec<u64>,
    /// One row that came, weighted across.
    across: Vec<u32>,
    rgb: Vec<u8>,
}

impl Shrinker {
    /// Never enlarges: a side of `to` that is longer than that of `from` is as long as that one.
    /// No side may be longer than 2^24, so that the sum across fits; callers bound sides far below.
    pub(crate) fn new(from: [u32; 2], to: [u32; 2]) -> Self {
        let to = [to[0].clamp(1, from[0]), to[1].clamp(1, from[1])];
        let row = to[0] as usize * 3;
        Self {
            from,
            to,
            taken: 0,
            sums: vec![0; row],
            across: vec![0; row],
            rgb: Vec::with_capacity(row * to[1] as usize),
        }
    }

    /// Whether what comes in is what goes out.
    pub(crate) fn keeps(&self) -> bool {
        self.from == self.to
    }

    /// Rows that are too many or not as wide as was said are left out; `finish` then has no picture
    /// or the same one.
    pub(crate) fn push(&mut self, row: &[u8]) {
        if self.taken >= self.from[1] || row.len() != self.from[0] as usize * 3 {
            return;
        }
        if self.keeps() {
            self.rgb.extend_from_slice(row);
            self.taken += 1;
            return;
        }
        self.weigh_across(row);
        let (from, to) = (u64::from(self.from[1]), u64::from(self.to[1]));
        // In units of 1/to of a row, this row covers [top, bottom), and each new one `from` units.
        let (mut top, bottom) = (u64::from(self.taken) * to, u64::from(self.taken + 1) * to);
        while top < bottom {
            let end = (top / from + 1) * from;
            let weight = end.min(bottom) - top;
            for (sum, value) in self.sums.iter_mut().zip(&self.across) {
                *sum += u64::from(*value) * weight;
            }
            if end <= bottom {
                self.end_row();
            }
            top = end.min(bottom);
        }
        self.taken += 1;
    }

    /// Sums of each new pixel's part of the row; the weights of one pixel add up to the old width.
    fn weigh_across(&mut self, row: &[u8]) {
        let (from, to) = (u64::from(self.from[0]), u64::from(self.to[0]));
        if from == to {
            for (sum, value) in self.across.iter_mut().zip(row) {
                *sum = u32::from(*value) * self.from[0];
            }
            return;
        }
        let mut begin = 0;
        for sums in self.across.chunks_exact_mut(3) {
            let end = begin + from;
            let mut sum = [0_u64; 3];
            let mut left = begin;
            for pixel in row.chunks_exact(3).skip(index(begin / to)) {
                let right = (left / to + 1) * to;
                let weight = right.min(end) - left;
                for (sum, value) in sum.iter_mut().zip(pixel) {
                    *sum += u64::from(*value) * weight;
                }
                left = right;
                if left >= end {
                    break;
                }
            }
            for (kept, sum) in sums.iter_mut().zip(sum) {
                *kept = u32::try_from(sum).unwrap_or(u32::MAX);
            }
            begin = end;
        }
    }

    fn end_row(&mut self) {
        let area = u64::from(self.from[0]) * u64::from(self.from[1]);
        for sum in &mut self.sums {
            let mean = (*sum + area / 2) / area;
            self.rgb.push(u8::try_from(mean).unwrap_or(u8::MAX));
            *sum = 0;
        }
    }

    /// None unless every row has come.
    pub(crate) fn finish(self) -> Option<Picture> {
        Picture::new(self.to[0], self.to[1], self.rgb)
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shrunk(from: [u32; 2], to: [u32; 2], rgb: &[u8]) -> Picture {
        let mut shrinker = Shrinker::new(from, to);
        for row in rgb.chunks_exact(from[0] as usize * 3) {
            shrinker.push(row);
        }
        shrinker.finish().unwrap()
    }

    #[test]
    fn a_new_pixel_is_the_mean_of_its_area() {
        let rgb: Vec<u8> = [0, 30, 60, 90, 10, 40, 70, 100]
            .into_iter()
            .flat_map(|grey| [grey, 255 - grey, 7])
            .collect();
        let half = shrunk([4, 2], [2, 1], &rgb);
        assert_eq!(half.rgb(), [20, 235, 7, 80, 175, 7]);
        // Two thirds of a pixel's neighbours count in part: (0 + 30/3) / (4/3), ...
        let third = shrunk([4, 2], [3, 2], &rgb);
        assert_eq!(third.pixel(0, 0), [8, 248, 7]);
        assert_eq!(third.pixel(1, 0), [45, 210, 7]);
        assert_eq!(third.pixel(2, 0), [83, 173, 7]);
    }

    #[test]
    fn nothing_grows_and_nothing_is_made_up() {
        let rgb = [1, 2, 3, 4, 5, 6];
        let same = shrunk([2, 1], [9, 9], &rgb);
        assert_eq!((same.width(), same.height(), same.rgb()), (2, 1, &rgb[..]));
        let mut short = Shrinker::new([2, 2], [2, 2]);
        short.push(&rgb);
        short.push(&rgb[..3]);
        assert!(short.finish().is_none());
        let mut long = Shrinker::new([2, 1], [1, 1]);
        for _ in 0..5 {
            long.push(&rgb);
        }
        assert_eq!(long.finish().unwrap().rgb().len(), 3);
    }

    proptest! {
        #[test]
        fn what_is_one_colour_stays_it(
            from in (1_u32..60, 1_u32..60), to in (1_u32..60, 1_u32..60), colour: [u8; 3],
        ) {
            let rgb = colour.repeat((from.0 * from.1) as usize);
            let small = shrunk([from.0, from.1], [to.0, to.1], &rgb);
            prop_assert_eq!(small.width(), from.0.min(to.0));
            prop_assert_eq!(small.height(), from.1.min(to.1));
            prop_assert!(small.rgb().chunks_exact(3).all(|pixel| pixel == colour));
        }

        #[test]
        fn the_mean_of_the_whole_stays(
            width in 1_u32..40, height in 1_u32..40, to in (1_u32..40, 1_u32..40), seed: u32,
        ) {
            let rgb: Vec<u8> = (0..width * height * 3)
                .map(|at| (at.wrapping_mul(2_654_435_761) ^ seed).to_le_bytes()[2])
                .collect();
            let small = shrunk([width, height], [to.0, to.1], &rgb);
            let mean = |bytes: &[u8]| {
                let sum: f64 = bytes.iter().copied().map(f64::from).sum();
                sum / f64::from(u32::try_from(bytes.len()).unwrap())
            };
            prop_assert!((mean(small.rgb()) - mean(&rgb)).abs() <= 0.5 + 1e-9);
        }
    }
}
