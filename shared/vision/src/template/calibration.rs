//! From a similarity, which differs from model to model, to a confidence from 0 to 1 and a decision.
//! Both come from measured similarities of people that the model never saw, never from a wish.

use crate::manifest::ModelEntry;

/// Why numbers make no calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// The curve would not rise, or a number is none.
    #[error("a calibration's curve must rise, and its numbers be finite")]
    Curve,
    /// A rate is not between 0 and 1.
    #[error("a false-accept rate is between 0 and 1")]
    Rate,
    /// No similarity is given, or one is no number.
    #[error("a calibration needs measured similarities of both kinds")]
    Scores,
    /// So few pairs of strangers cannot show so small a rate.
    #[error("a rate this small needs at least {needed} pairs of strangers")]
    TooFew {
        /// How many can.
        needed: usize,
    },
}

/// What a model's similarities mean: a logistic curve, and the threshold for a stated false-accept
/// rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    steepness: f32,
    midpoint: f32,
    threshold: f32,
    false_accept_rate: f32,
}

impl Calibration {
    /// From numbers that were measured before.
    pub fn new(
        steepness: f32,
        midpoint: f32,
        threshold: f32,
        false_accept_rate: f32,
    ) -> Result<Self, CalibrationError> {
        let rises = steepness.is_finite() && steepness > 0.0;
        let within = midpoint.abs() <= 2.0 && (-1.0..=1.0).contains(&threshold);
        if !rises || !within {
            return Err(CalibrationError::Curve);
        }
        if !(false_accept_rate > 0.0 && false_accept_rate < 1.0) {
            return Err(CalibrationError::Rate);
        }
        Ok(Self {
            steepness,
            midpoint,
            threshold,
            false_accept_rate,
        })
    }

    /// What the manifest says of a model that was measured; none if it was not.
    pub fn of(entry: &ModelEntry) -> Option<Self> {
        let curve = entry.calibration?;
        Self::new(
            curve.steepness,
            curve.midpoint,
            entry.threshold,
            curve.false_accept_rate,
        )
        .ok()
    }

    /// From similarities of the same and of different people. The curve is the chance that two faces
    /// are one person's when both kinds are as frequent (logistic regression, by Newton's method).
    pub fn fit(
        same: &[f32],
        different: &[f32],
        false_accept_rate: f32,
    ) -> Result<Self, CalibrationError> {
        let threshold = threshold_at(different, false_accept_rate)?;
        if same.is_empty() || same.iter().any(|score| !score.is_finite()) {
            return Err(CalibrationError::Scores);
        }
        let (slope, shift) = regression(same, different).ok_or(CalibrationError::Curve)?;
        Self::new(
            narrow(slope),
            narrow(-shift / slope),
            threshold,
            false_accept_rate,
        )
    }

    /// How sure one may be that two faces are one person's: it rises with the similarity.
    pub fn confidence(&self, similarity: f32) -> f32 {
        if similarity.is_nan() {
            return 0.0;
        }
        1.0 / (1.0 + (-self.steepness * (similarity - self.midpoint)).exp())
    }

    /// Whether two faces so similar are taken for one person's.
    pub fn accepts(&self, similarity: f32) -> bool {
        similarity >= self.threshold
    }

    /// The least similarity that is accepted.
    pub const fn threshold(&self) -> f32 {
        self.threshold
    }

    /// How often two different people were this similar when it was measured.
    pub const fn false_accept_rate(&self) -> f32 {
        self.false_accept_rate
    }
}

/// The least threshold at which no more than this part of the different pairs is accepted. A rate is
/// only stated if there are pairs enough that ten of them could be accepted: fewer are chance.
pub fn threshold_at(different: &[f32], false_accept_rate: f32) -> Result<f32, CalibrationError> {
    if !(false_accept_rate > 0.0 && false_accept_rate < 1.0) {
        return Err(CalibrationError::Rate);
    }
    if different.is_empty() || different.iter().any(|score| !score.is_finite()) {
        return Err(CalibrationError::Scores);
    }
    let allowed = whole(count(different.len()) * f64::from(false_accept_rate) * (1.0 + 1e-6));
    if allowed < 10 {
        let needed = whole((10.0 / f64::from(false_accept_rate) - 1e-3).ceil());
        return Err(CalibrationError::TooFew { needed });
    }
    let mut sorted = different.to_vec();
    sorted.sort_by(|one, other| other.total_cmp(one));
    // Just above the first one that must not be accepted.
    let refused = sorted
        .get(allowed)
        .ok_or(CalibrationError::TooFew { needed: allowed })?;
    Ok(refused.next_up().clamp(-1.0, 1.0))
}

/// The most steps of the regression; it needs about ten.
const STEPS: usize = 100;

/// Keeps the curve finite where no pair is on the wrong side.
const RIDGE: f64 = 1e-4;

/// Slope and shift of the logistic curve; None if it does not rise.
fn regression(same: &[f32], different: &[f32]) -> Option<(f64, f64)> {
    let weighed = |scores: &[f32]| 0.5 / count(scores.len());
    let (same_weight, different_weight) = (weighed(same), weighed(different));
    let pairs = || {
        let same = same.iter().map(|x| (f64::from(*x), 1.0, same_weight));
        let different = different
            .iter()
            .map(|x| (f64::from(*x), 0.0, different_weight));
        same.chain(different)
    };
    let loss = |slope: f64, shift: f64| -> f64 {
        let fit: f64 = pairs()
            .map(|(x, is, weight)| {
                let z = slope * x + shift;
                // ln(1 + e^z) − is·z, in the form that does not overflow.
                weight * (z.max(0.0) + (-z.abs()).exp().ln_1p() - is * z)
            })
            .sum();
        fit + RIDGE / 2.0 * slope * slope
    };
    let (mut slope, mut shift) = (0.0_f64, 0.0_f64);
    for _ in 0..STEPS {
        let (mut g0, mut g1) = (-RIDGE * slope, 0.0);
        let (mut h00, mut h01, mut h11) = (RIDGE, 0.0, 1e-12);
        for (x, is, weight) in pairs() {
            let p = 1.0 / (1.0 + (-(slope * x + shift)).exp());
            let curve = weight * p * (1.0 - p);
            g0 += weight * (is - p) * x;
            g1 += weight * (is - p);
            h00 += curve * x * x;
            h01 += curve * x;
            h11 += curve;
        }
        let determinant = h00 * h11 - h01 * h01;
        let (step_slope, step_shift) = (
            (h11 * g0 - h01 * g1) / determinant,
            (h00 * g1 - h01 * g0) / determinant,
        );
        // A whole step can go too far; half of it, until it is better.
        let now = loss(slope, shift);
        let mut part = 1.0;
        while loss(slope + part * step_slope, shift + part * step_shift) > now && part > 1e-6 {
            part /= 2.0;
        }
        slope += part * step_slope;
        shift += part * step_shift;
        if step_slope.abs() + step_shift.abs() < 1e-9 {
            break;
        }
    }
    (slope.is_finite() && shift.is_finite() && slope > 1e-3).then_some((slope, shift))
}

#[expect(clippy::cast_possible_truncation, reason = "a parameter needs no more")]
fn narrow(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_precision_loss, reason = "nobody has measured 2^53 pairs")]
fn count(pairs: usize) -> f64 {
    pairs as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, and what comes in is not negative"
)]
fn whole(value: f64) -> usize {
    value as usize
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "made-up scores are few"
)]
mod tests {
    use super::*;
    use crate::manifest::{Manifest, ModelSet, Role};
    use proptest::prelude::*;

    /// A thousand scores around a middle.
    fn around(middle: f32, width: f32) -> Vec<f32> {
        (0..1_000)
            .map(|at| middle + width * (at as f32 / 999.0 - 0.5))
            .collect()
    }

    #[test]
    fn the_threshold_keeps_the_rate() {
        let different = around(0.0, 1.0);
        for (rate, allowed) in [(0.01, 10), (0.1, 100), (0.5, 500)] {
            let threshold = threshold_at(&different, rate).unwrap();
            let accepted = different.iter().filter(|s| **s >= threshold).count();
            assert_eq!(accepted, allowed);
        }
    }

    #[test]
    fn a_rate_that_was_not_measured_is_not_stated() {
        let different = around(0.0, 1.0);
        assert_eq!(
            threshold_at(&different, 0.001),
            Err(CalibrationError::TooFew { needed: 10_000 })
        );
        for rate in [0.0, 1.0, -0.1, f32::NAN] {
            assert_eq!(threshold_at(&different, rate), Err(CalibrationError::Rate));
        }
        let scores = Err(CalibrationError::Scores);
        assert_eq!(threshold_at(&[], 0.1), scores);
        assert_eq!(threshold_at(&[f32::NAN; 900], 0.1), scores);
        assert_eq!(
            Calibration::fit(&[], &different, 0.1),
            Err(CalibrationError::Scores)
        );
    }

    /// Quantiles of pairs of photographs that the curve was not fitted to: 0, 1, 5, 25, 50, 75 and 100 in
    /// a hundred of the same people; 1, 50, 90, 99, 99.9 and 100 of different ones.
    const SAME: [f32; 7] = [0.463, 0.512, 0.598, 0.678, 0.736, 0.810, 0.900];
    const DIFFERENT: [f32; 6] = [-0.203, 0.015, 0.158, 0.258, 0.384, 0.393];

    #[test]
    fn the_published_embedder_s_curve_fits_others() {
        let manifest = include_str!("../../../../models/manifest.toml");
        let manifest = Manifest::parse(manifest).unwrap();
        let entry = manifest.find(ModelSet::Published, Role::Embedder).unwrap();
        let curve = Calibration::of(entry).unwrap();
        assert!(
            SAME.into_iter()
                .all(|s| curve.confidence(s) > 0.98 && curve.accepts(s))
        );
        assert!(!DIFFERENT[..4].iter().any(|s| curve.accepts(*s)));
        assert!(curve.confidence(DIFFERENT[1]) < 0.001);
        assert!(curve.confidence(DIFFERENT[3]) < 0.5);
        // The two strangers in 870 that look alike are less sure than anybody who is one person.
        assert!(
            DIFFERENT[4..]
                .iter()
                .all(|s| curve.confidence(*s) < curve.confidence(SAME[0]))
        );
    }

    #[test]
    fn a_curve_must_rise() {
        let error = |k, m, t| Calibration::new(k, m, t, 0.01).unwrap_err();
        for (k, m, t) in [
            (0.0, 0.3, 0.3),
            (-5.0, 0.3, 0.3),
            (f32::NAN, 0.3, 0.3),
            (5.0, f32::NAN, 0.3),
            (5.0, 0.3, 1.5),
            (5.0, 0.3, f32::NAN),
        ] {
            assert_eq!(error(k, m, t), CalibrationError::Curve);
        }
        assert_eq!(
            Calibration::new(5.0, 0.3, 0.3, 0.0),
            Err(CalibrationError::Rate)
        );
        // Scores of a model that knows nothing, and of one that is upside down.
        let (low, high) = (around(0.1, 0.5), around(0.6, 0.5));
        for (same, different) in [(&low, &low), (&low, &high)] {
            assert_eq!(
                Calibration::fit(same, different, 0.05),
                Err(CalibrationError::Curve)
            );
        }
    }

    #[test]
    fn a_fit_finds_the_curve_that_made_the_scores() {
        // Two logistic halves: at each similarity, as many of each kind as the curve says.
        let (steepness, midpoint) = (14.0_f32, 0.3_f32);
        let (mut same, mut different) = (Vec::new(), Vec::new());
        for at in 0..=600 {
            let similarity = at as f32 / 1_000.0;
            let chance = 1.0 / (1.0 + (-steepness * (similarity - midpoint)).exp());
            let many = (chance * 200.0).round() as usize;
            same.extend(std::iter::repeat_n(similarity, many));
            different.extend(std::iter::repeat_n(similarity, 200 - many));
        }
        let fitted = Calibration::fit(&same, &different, 0.01).unwrap();
        assert!((fitted.midpoint - midpoint).abs() < 0.005, "{fitted:?}");
        // The ridge that keeps parted scores finite flattens the curve a little.
        assert!((fitted.steepness - steepness).abs() < 2.0, "{fitted:?}");
    }

    proptest! {
        #[test]
        fn confidence_rises(
            steepness in 0.1f32..60.0,
            midpoint in -0.5f32..0.9,
            one in -1.0f32..1.0,
            other in -1.0f32..1.0,
        ) {
            let curve = Calibration::new(steepness, midpoint, 0.3, 0.01).unwrap();
            let (low, high) = (one.min(other), one.max(other));
            let (low, high) = (curve.confidence(low), curve.confidence(high));
            prop_assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0);
            prop_assert!((curve.confidence(midpoint) - 0.5).abs() < 1e-6);
        }

        #[test]
        fn any_scores_are_answered(
            same in prop::collection::vec(any::<f32>(), 0..60),
            different in prop::collection::vec(any::<f32>(), 0..60),
            rate in any::<f32>(),
        ) {
            if let Ok(curve) = Calibration::fit(&same, &different, rate) {
                prop_assert!(curve.confidence(0.3).is_finite());
            }
        }
    }
}
