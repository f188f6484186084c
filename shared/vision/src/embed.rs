//! Aligned faces as vectors: the nearer two are in direction, the likelier they are one person.

use crate::{
    manifest::Answer,
    model::{Model, ModelError, tensor_of},
    picture::Picture,
    template::{Embedding, EmbeddingError},
};

/// Turns aligned faces into vectors.
#[derive(Debug)]
pub struct Embedder<M> {
    model: M,
    size: usize,
}

impl<M: Model> Embedder<M> {
    /// None but a model that the manifest calls an embedder.
    pub fn new(model: M) -> Result<Self, ModelError> {
        match model.entry().answer {
            Answer::Embedding { size } => Ok(Self { model, size }),
            _ => Err(ModelError::OtherRole {
                name: model.entry().name.clone(),
            }),
        }
    }

    /// The model, whose hash an embedding is bound to.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// The vector of an aligned face in the model's size, bound to the model.
    pub fn embed(&self, aligned: &Picture) -> Result<Embedding, ModelError> {
        let entry = self.model.entry();
        let name = || entry.name.clone();
        let outputs = self.model.run(tensor_of(entry, aligned)?)?;
        let values = match outputs.as_slice() {
            [only] if only.values().len() == self.size => only.values(),
            _ => return Err(ModelError::OutputShape { name: name() }),
        };
        Embedding::new(entry.sha256, values).map_err(|error| match error {
            EmbeddingError::Dimensions(_) => ModelError::OutputShape { name: name() },
            EmbeddingError::NotFinite | EmbeddingError::Zero => {
                ModelError::NoNumber { name: name() }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixed::Fixed;
    use crate::template::ModelHash;

    /// As many numbers as the entry says, of which all but two are 0.
    fn answer(first: f32, second: f32) -> Vec<f32> {
        let mut values = vec![0.0; 64];
        (values[0], values[1]) = (first, second);
        values
    }

    fn face() -> Picture {
        Picture::new(112, 112, vec![9; 112 * 112 * 3]).unwrap()
    }

    #[test]
    fn an_embedding_has_the_length_one_and_is_bound_to_the_model() {
        let embedder = Embedder::new(Fixed::embedder(answer(3.0, 4.0))).unwrap();
        let embedding = embedder.embed(&face()).unwrap();
        assert_eq!(embedding.values()[..3], [0.6, 0.8, 0.0]);
        // The double's file is the empty one.
        assert_eq!(embedding.model(), ModelHash::of(b""));
    }

    #[test]
    fn another_number_of_numbers_is_no_embedding() {
        let short = Embedder::new(Fixed::embedder(vec![1.0; 63])).unwrap();
        let refused = short.embed(&face()).unwrap_err();
        assert!(matches!(refused, ModelError::OutputShape { .. }));
    }

    #[test]
    fn what_has_no_direction_is_no_embedding() {
        for first in [0.0, f32::NAN, f32::INFINITY] {
            let embedder = Embedder::new(Fixed::embedder(answer(first, 0.0))).unwrap();
            let refused = embedder.embed(&face()).unwrap_err();
            assert!(matches!(refused, ModelError::NoNumber { .. }));
        }
    }

    #[test]
    fn a_detector_is_no_embedder() {
        let refused = Embedder::new(Fixed::yunet(Vec::new())).unwrap_err();
        assert!(matches!(refused, ModelError::OtherRole { .. }));
    }
}
