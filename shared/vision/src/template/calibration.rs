//! From a similarity, which differs from model to model, to a confidence from 0 to 1. The curve is fitted
//! by `models/training` to measured similarities of people that the model never saw.

use super::ModelHash;
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
}

/// What a model's similarities mean: a logistic curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    model: ModelHash,
    steepness: f32,
    midpoint: f32,
}

impl Calibration {
    /// Of the similarities that this model makes.
    pub fn new(model: ModelHash, steepness: f32, midpoint: f32) -> Result<Self, CalibrationError> {
        let rises = steepness.is_finite() && steepness > 0.0;
        if !rises || !(-2.0..=2.0).contains(&midpoint) {
            return Err(CalibrationError::Curve);
        }
        Ok(Self {
            model,
            steepness,
            midpoint,
        })
    }

    /// What the manifest says of a model, if it was measured.
    pub fn of(entry: &ModelEntry) -> Result<Option<Self>, CalibrationError> {
        let Some(curve) = entry.calibration else {
            return Ok(None);
        };
        if !(curve.false_accept_rate > 0.0 && curve.false_accept_rate < 1.0) {
            return Err(CalibrationError::Rate);
        }
        Self::new(entry.sha256, curve.steepness, curve.midpoint).map(Some)
    }

    /// Whose similarities it is for.
    pub const fn model(&self) -> ModelHash {
        self.model
    }

    /// How sure one may be that two faces are one person's: it rises with the similarity.
    pub fn confidence(&self, similarity: f32) -> f32 {
        if similarity.is_nan() {
            return 0.0;
        }
        1.0 / (1.0 + (-self.steepness * (similarity - self.midpoint)).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Manifest, ModelSet, Role};
    use proptest::prelude::*;

    const MODEL: ModelHash = ModelHash::new([1; 32]);

    /// Quantiles of pairs of photographs that the curve was not fitted to: 0, 1, 5, 25, 50, 75 and 100 in
    /// a hundred of the same people; 1, 50, 90, 99, 99.9 and 100 of different ones.
    const SAME: [f32; 7] = [0.463, 0.512, 0.598, 0.678, 0.736, 0.810, 0.900];
    const DIFFERENT: [f32; 6] = [-0.203, 0.015, 0.158, 0.258, 0.384, 0.393];

    #[test]
    fn the_published_embedder_s_curve_fits_others() {
        let manifest = include_str!("../../../../models/manifest.toml");
        let manifest = Manifest::parse(manifest).unwrap();
        let entry = manifest.find(ModelSet::Published, Role::Embedder).unwrap();
        let curve = Calibration::of(entry).unwrap().unwrap();
        let is_match = |similarity: f32| similarity >= entry.threshold;
        assert!(
            SAME.into_iter()
                .all(|s| curve.confidence(s) > 0.98 && is_match(s))
        );
        assert!(!DIFFERENT[..4].iter().any(|s| is_match(*s)));
        assert!(curve.confidence(DIFFERENT[1]) < 0.001);
        assert!(curve.confidence(DIFFERENT[3]) < 0.5);
        // The two strangers in 870 that look alike are less sure than anybody who is one person.
        let least = curve.confidence(SAME[0]);
        assert!(DIFFERENT[4..].iter().all(|s| curve.confidence(*s) < least));
    }

    #[test]
    fn a_curve_must_rise() {
        for (steepness, midpoint) in [
            (0.0, 0.3),
            (-5.0, 0.3),
            (f32::NAN, 0.3),
            (f32::INFINITY, 0.3),
            (5.0, f32::NAN),
            (5.0, 2.5),
        ] {
            let refused = Calibration::new(MODEL, steepness, midpoint);
            assert_eq!(refused, Err(CalibrationError::Curve));
        }
    }

    proptest! {
        #[test]
        fn confidence_rises(
            steepness in 0.1_f32..60.0,
            midpoint in -0.5_f32..0.9,
            one in prop::num::f32::ANY,
            other in prop::num::f32::ANY,
        ) {
            let curve = Calibration::new(MODEL, steepness, midpoint).unwrap();
            let [low, high] = [one.min(other), one.max(other)].map(|s| curve.confidence(s));
            prop_assert!((0.0..=1.0).contains(&low) && low <= high && high <= 1.0);
            prop_assert!((curve.confidence(midpoint) - 0.5).abs() < 1e-6);
        }
    }
}
