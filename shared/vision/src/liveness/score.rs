//! A score, and whether anything was there to compute it from.

/// From here on a score speaks for life.
const PASSES: f32 = 0.5;

/// From 0 (an attack, as far as this can see) to 1 (no sign of one).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    value: f32,
    evaluated: bool,
}

impl Score {
    /// What there was nothing to evaluate for counts as 1.00, and says so.
    pub const NOT_EVALUATED: Self = Self {
        value: 1.0,
        evaluated: false,
    };

    /// A score that was evaluated; what is no number is no sign of life.
    pub const fn of(value: f32) -> Self {
        let value = if value.is_nan() { 0.0 } else { value };
        Self {
            value: value.clamp(0.0, 1.0),
            evaluated: true,
        }
    }

    /// The lesser of two, of which either can see an attack that the other one does not. What was not
    /// evaluated says nothing.
    #[must_use]
    pub fn least(self, other: Self) -> Self {
        Self {
            value: self.value.min(other.value),
            evaluated: self.evaluated || other.evaluated,
        }
    }

    /// The same, of something that is a yes from a threshold on: 0.5 is where it begins.
    pub fn of_threshold(value: f32, threshold: f32) -> Self {
        let below = ramp(value, 0.0, threshold);
        let above = ramp(value, threshold, 1.0);
        Self::of(below.midpoint(above))
    }

    /// Whether it is more like life than like an attack.
    pub const fn passes(self) -> bool {
        self.value >= PASSES
    }

    /// From 0 to 1.
    pub const fn value(self) -> f32 {
        self.value
    }

    /// Whether it was computed from something.
    pub const fn evaluated(self) -> bool {
        self.evaluated
    }
}

/// From 0 at `bad` to 1 at `good`, in a straight line between, whichever is the greater. What is no
/// number is bad.
pub(super) fn ramp(value: f32, bad: f32, good: f32) -> f32 {
    let part = (value - bad) / (good - bad);
    if part.is_nan() {
        0.0
    } else {
        part.clamp(0.0, 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_stay_between_nothing_and_one() {
        for (value, score) in [(0.3, 0.3), (-1.0, 0.0), (7.0, 1.0), (f32::NAN, 0.0)] {
            assert_eq!(Score::of(value).value().to_bits(), f32::to_bits(score));
            assert!(Score::of(value).evaluated());
        }
        assert_eq!(Score::NOT_EVALUATED.value().to_bits(), 1.0_f32.to_bits());
        assert!(!Score::NOT_EVALUATED.evaluated());
    }

    #[test]
    fn the_lesser_counts_of_what_was_evaluated() {
        let (low, high) = (Score::of(0.2), Score::of(0.9));
        assert_eq!(low.least(high), low);
        assert_eq!(high.least(Score::NOT_EVALUATED), high);
        let nothing = Score::NOT_EVALUATED;
        assert_eq!(nothing.least(nothing), nothing);
    }

    #[test]
    fn a_threshold_is_the_middle() {
        for threshold in [0.1, 0.272, 0.5, 0.9] {
            let score = |value| Score::of_threshold(value, threshold);
            assert!((score(threshold).value() - 0.5).abs() < 1e-6 && score(threshold).passes());
            assert!(!score(threshold - 0.01).passes() && score(threshold + 0.01).passes());
            assert!(score(0.0).value() < 1e-6 && score(1.0).value() > 1.0 - 1e-6);
            assert!(!score(f32::NAN).passes());
        }
        // One that is reached by nothing but certainty.
        assert!(Score::of_threshold(1.0, 1.0).value() >= 0.5);
        assert!(!Score::of_threshold(0.99, 1.0).passes());
    }

    #[test]
    fn ramps_go_either_way() {
        assert!((ramp(3.0, 2.0, 4.0) - 0.5).abs() < 1e-6);
        assert!((ramp(3.5, 4.0, 2.0) - 0.25).abs() < 1e-6);
        assert!(ramp(9.0, 4.0, 2.0).abs() < 1e-6);
        assert!(ramp(f32::NAN, 4.0, 2.0).abs() < 1e-6);
    }
}
