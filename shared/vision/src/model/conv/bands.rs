//! Large planes are done a few lines at a time: what has been changed is still near when it is needed.

use std::ops::Range;

/// So many lines of this length as bands of about so many numbers.
pub(super) fn bands(
    lines: usize,
    length: usize,
    numbers: usize,
) -> impl Iterator<Item = Range<usize>> {
    let each = numbers.div_ceil(length.max(1)).max(1);
    let count = lines.div_ceil(each).max(1);
    // As equal as can be: a last one of one line would take as long as a whole one.
    (0..count).map(move |at| lines * at / count..lines * (at + 1) / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_alike_and_leave_no_line_out() {
        let ends = |lines, length| {
            let bands: Vec<_> = bands(lines, length, 64).collect();
            let follow = bands.windows(2).all(|pair| pair[0].end == pair[1].start);
            assert!(follow && bands[0].start == 0);
            bands.iter().map(|band| band.end).collect::<Vec<_>>()
        };
        assert_eq!(ends(14, 14), [4, 9, 14]);
        assert_eq!(ends(3, 100), [1, 2, 3]);
        assert_eq!(ends(4, 4), [4]);
        assert_eq!(ends(1, 1), [1]);
    }
}
