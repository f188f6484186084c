//! Models: tensors in, tensors out. What runs them is behind one trait, so that neither detection nor
//! embedding knows the runtime. A model is built once and kept by its caller: building takes longer
//! than running.

mod conv;
#[cfg(test)]
pub(crate) mod fixed;
mod input;
mod tract;

use crate::manifest::ModelEntry;
use crate::template::ModelHash;

pub(crate) use input::tensor_of;
pub use tract::TractModel;

/// Numbers with a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Tensor {
    /// None if there are not as many values as the shape has places.
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Option<Self> {
        let places = shape.iter().try_fold(1_usize, |a, &b| a.checked_mul(b))?;
        (places == values.len()).then_some(Self { shape, values })
    }

    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// A model that is ready to run.
pub trait Model {
    /// What the manifest says of it.
    fn entry(&self) -> &ModelEntry;

    /// What comes out for the input that the manifest names: one tensor for each of its outputs, in
    /// that order.
    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError>;
}

impl<M: Model + ?Sized> Model for &M {
    fn entry(&self) -> &ModelEntry {
        (**self).entry()
    }

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError> {
        (**self).run(input)
    }
}

/// Why a model gave no answer. None of these is the fault of a picture.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("{name}: the file has the SHA-256 {found}, not {expected}")]
    OtherFile {
        name: String,
        expected: ModelHash,
        found: ModelHash,
    },
    #[error("{name}: the file cannot be read as a model: {reason}")]
    Unreadable { name: String, reason: String },
    #[error("{name} is not a model for this")]
    OtherRole { name: String },
    #[error("{name}: the input has the shape {found:?}, not {expected:?}")]
    InputShape {
        name: String,
        expected: Vec<usize>,
        found: Vec<usize>,
    },
    #[error("{name}: what came out has another shape than the manifest says")]
    OutputShape { name: String },
    #[error("{name}: what came out is no number")]
    NoNumber { name: String },
    #[error("{name} did not run: {reason}")]
    Failed { name: String, reason: String },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::tests::entry_with;

    #[test]
    fn a_tensor_has_a_value_for_each_place() {
        assert!(Tensor::new(vec![2, 3], vec![0.0; 6]).is_some());
        assert!(Tensor::new(vec![2, 3], vec![0.0; 5]).is_none());
        assert!(Tensor::new(vec![usize::MAX, 3], vec![0.0; 5]).is_none());
    }

    #[test]
    fn other_bytes_than_the_manifest_names_are_not_even_read() {
        let entry = entry_with(str::to_owned);
        let refused = TractModel::load(&entry, b"other").unwrap_err();
        assert!(matches!(refused, ModelError::OtherFile { .. }), "{refused}");
        // The entry's hash is the one of no bytes at all, which are an empty model.
        let refused = TractModel::load(&entry, b"").unwrap_err();
        assert!(
            matches!(refused, ModelError::Unreadable { .. }),
            "{refused}"
        );
    }
}
