//! A score, and whether anything was there to compute it from.

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
    fn ramps_go_either_way() {
        assert!((ramp(3.0, 2.0, 4.0) - 0.5).abs() < 1e-6);
        assert!((ramp(3.5, 4.0, 2.0) - 0.25).abs() < 1e-6);
        assert!(ramp(9.0, 4.0, 2.0).abs() < 1e-6);
        assert!(ramp(f32::NAN, 4.0, 2.0).abs() < 1e-6);
    }
}
