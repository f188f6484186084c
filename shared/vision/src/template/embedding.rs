//! What a model says of a face: a direction in many dimensions.

use super::{Incomparable, LEAST_DIMENSIONS, MOST_DIMENSIONS, ModelHash, comparable};

/// Why numbers are no embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Too few or too many.
    #[error("a face is not described by {0} numbers")]
    Dimensions(usize),
    /// One is not a number, or infinite.
    #[error("a number that describes the face is not finite")]
    NotFinite,
    /// All are zero (or as good as): they point nowhere.
    #[error("the numbers that describe the face are all zero")]
    Zero,
}

/// A face as a model describes it: a vector of length one, and the model that it came from.
#[derive(Clone, PartialEq)]
pub struct Embedding {
    model: ModelHash,
    values: Vec<f32>,
}

/// A description of a face is not for logs.
impl std::fmt::Debug for Embedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Embedding({} dimensions)", self.values.len())
    }
}

impl Embedding {
    /// From a model's output, which is brought to length one.
    pub fn new(model: ModelHash, values: &[f32]) -> Result<Self, EmbeddingError> {
        if !(LEAST_DIMENSIONS..=MOST_DIMENSIONS).contains(&values.len()) {
            return Err(EmbeddingError::Dimensions(values.len()));
        }
        if !values.iter().all(|value| value.is_finite()) {
            return Err(EmbeddingError::NotFinite);
        }
        let square: f64 = values.iter().map(|v| f64::from(*v) * f64::from(*v)).sum();
        let length = square.sqrt();
        // Less than this is what is left when a network's output cancels out.
        if length < 1e-12 {
            return Err(EmbeddingError::Zero);
        }
        Ok(Self {
            model,
            values: values
                .iter()
                .map(|v| part(f64::from(*v) / length))
                .collect(),
        })
    }

    /// The model that made it.
    pub const fn model(&self) -> ModelHash {
        self.model
    }

    /// The vector, of length one.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// How many numbers it has.
    pub fn dimensions(&self) -> usize {
        self.values.len()
    }

    /// The cosine of two embeddings, from −1 to 1.
    pub fn similarity(&self, other: &Self) -> Result<f32, Incomparable> {
        comparable(
            (self.model, self.dimensions()),
            (other.model, other.dimensions()),
        )?;
        let product: f32 = self
            .values
            .iter()
            .zip(&other.values)
            .map(|(one, other)| one * other)
            .sum();
        Ok(product.clamp(-1.0, 1.0))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a part of a unit vector")]
fn part(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MODEL: ModelHash = ModelHash::new([1; 32]);

    #[test]
    fn what_points_nowhere_is_refused() {
        let error = |values: &[f32]| Embedding::new(MODEL, values).unwrap_err();
        assert_eq!(error(&[1.0; 63]), EmbeddingError::Dimensions(63));
        assert_eq!(error(&[1.0; 513]), EmbeddingError::Dimensions(513));
        assert_eq!(error(&[]), EmbeddingError::Dimensions(0));
        assert_eq!(error(&[0.0; 64]), EmbeddingError::Zero);
        assert_eq!(error(&[1e-20; 64]), EmbeddingError::Zero);
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = [1.0; 64];
            values[63] = odd;
            assert_eq!(error(&values), EmbeddingError::NotFinite);
        }
        // Squares that a float cannot hold are no reason to refuse.
        assert!(Embedding::new(MODEL, &[1e30; 64]).is_ok());
    }

    #[test]
    fn similarity_is_the_cosine() {
        let mut values = [0.0; 64];
        values[0] = 5.0;
        let one = Embedding::new(MODEL, &values).unwrap();
        values[1] = 5.0;
        let between = Embedding::new(MODEL, &values).unwrap();
        values[0] = 0.0;
        let across = Embedding::new(MODEL, &values).unwrap();
        assert!((one.similarity(&between).unwrap() - 0.5_f32.sqrt()).abs() < 1e-6);
        assert!(one.similarity(&across).unwrap().abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn length_is_one_whatever_the_scale(
            values in prop::collection::vec(-1.0f32..1.0, 64..=512),
            scale in prop::sample::select(vec![1e-6f32, 1.0, 1e6, 1e30]),
        ) {
            let Ok(one) = Embedding::new(MODEL, &values) else { return Ok(()) };
            let length: f32 = one.values().iter().map(|v| v * v).sum();
            prop_assert!((length - 1.0).abs() < 1e-4);
            let scaled: Vec<f32> = values.iter().map(|v| v * scale).collect();
            let scaled = Embedding::new(MODEL, &scaled).unwrap();
            prop_assert!(one.similarity(&scaled).unwrap() > 0.9999);
        }

        #[test]
        fn any_numbers_are_answered(values in prop::collection::vec(prop::num::f32::ANY, 60..80)) {
            if let Ok(one) = Embedding::new(MODEL, &values) {
                prop_assert!(one.values().iter().all(|v| v.abs() <= 1.001));
            }
        }
    }
}
