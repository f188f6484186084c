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

    /// How many numbers it says of a face.
    pub const fn size(&self) -> usize {
        self.size
    }

    /// The vector of an aligned face in the model's size, bound to the model: halfway between what the
    /// model says of the face and what it says of its mirror image, which is right more often than either.
    pub fn embed(&self, aligned: &Picture) -> Result<Embedding, ModelError> {
        let [face, mirrored] = [self.seen(aligned)?, self.seen(&aligned.mirrored())?];
        let pairs = face.values().iter().zip(mirrored.values());
        let sums: Vec<f32> = pairs.map(|(one, other)| one + other).collect();
        self.embedding(&sums)
    }

    fn seen(&self, aligned: &Picture) -> Result<Embedding, ModelError> {
        let outputs = self.model.run(tensor_of(self.model.entry(), aligned)?)?;
        match outputs.as_slice() {
            [only] if only.values().len() == self.size => self.embedding(only.values()),
            _ => Err(self.other_shape()),
        }
    }

    fn embedding(&self, values: &[f32]) -> Result<Embedding, ModelError> {
        let entry = self.model.entry();
        Embedding::new(entry.sha256, values).map_err(|error| match error {
            EmbeddingError::Dimensions(_) => self.other_shape(),
            EmbeddingError::NotFinite | EmbeddingError::Zero => ModelError::NoNumber {
                name: entry.name.clone(),
            },
        })
    }

    fn other_shape(&self) -> ModelError {
        ModelError::OutputShape {
            name: self.model.entry().name.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Tensor, fixed::Fixed};
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

    /// Says something of the left and the right border of a picture.
    #[derive(Debug)]
    struct Borders(Fixed, fn(f32, f32) -> Vec<f32>);

    impl Model for Borders {
        fn entry(&self) -> &crate::manifest::ModelEntry {
            self.0.entry()
        }

        fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError> {
            let line = &input.values()[..112];
            let answer = (self.1)(line[0], line[111]);
            Ok(vec![Tensor::new(vec![64], answer).unwrap()])
        }
    }

    /// A picture whose borders are of these greys.
    fn between(left: u8, right: u8) -> Picture {
        let row = (0..112 * 3).map(|at| if at < 150 { left } else { right });
        let rgb = row.cycle().take(112 * 112 * 3).collect();
        Picture::new(112, 112, rgb).unwrap()
    }

    #[test]
    fn a_face_and_its_mirror_image_are_one_embedding() {
        let borders = Borders(Fixed::embedder(Vec::new()), answer);
        let embedder = Embedder::new(borders).unwrap();
        let [one, other] =
            [between(200, 20), between(20, 200)].map(|p| embedder.embed(&p).unwrap());
        assert_eq!(one.values(), other.values());
        assert!((one.values()[0] - one.values()[1]).abs() < 1e-6);
    }

    #[test]
    fn opposites_have_no_middle() {
        let opposite = |left: f32, right: f32| answer(left - right, 0.0);
        let borders = Borders(Fixed::embedder(Vec::new()), opposite);
        let refused = Embedder::new(borders).unwrap().embed(&between(200, 20));
        assert!(matches!(refused, Err(ModelError::NoNumber { .. })));
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
