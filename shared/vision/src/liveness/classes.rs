//! A model that gives a score for each of a few classes, of which one is asked for.

use crate::{
    manifest::{Answer, Role},
    model::{Model, ModelError, tensor_of},
    picture::Picture,
};

#[derive(Debug)]
pub(super) struct Classes<M> {
    model: M,
    count: usize,
    wanted: usize,
}

impl<M: Model> Classes<M> {
    /// None but a model that the manifest says is for this.
    pub(super) fn new(model: M, role: Role) -> Result<Self, ModelError> {
        let entry = model.entry();
        match entry.answer {
            Answer::Classes { count, wanted } if entry.role == role => Ok(Self {
                model,
                count,
                wanted,
            }),
            _ => Err(ModelError::OtherRole {
                name: entry.name.clone(),
            }),
        }
    }

    pub(super) const fn model(&self) -> &M {
        &self.model
    }

    /// How probable the wanted class is, from 0 to 1, by a picture in the model's size.
    pub(super) fn probability(&self, picture: &Picture) -> Result<f32, ModelError> {
        let entry = self.model.entry();
        let outputs = self.model.run(tensor_of(entry, picture)?)?;
        let scores = match outputs.as_slice() {
            [only] if only.values().len() == self.count => only.values(),
            _ => {
                return Err(ModelError::OutputShape {
                    name: entry.name.clone(),
                });
            }
        };
        share(scores, self.wanted).ok_or_else(|| ModelError::NoNumber {
            name: entry.name.clone(),
        })
    }
}

/// The share of one class when the scores are made probabilities (softmax). None if they are no
/// numbers.
fn share(scores: &[f32], wanted: usize) -> Option<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let sum: f32 = scores.iter().map(|score| (score - most).exp()).sum();
    let share = (scores.get(wanted)? - most).exp() / sum;
    share.is_finite().then_some(share)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_share_is_a_part_of_one(scores: Vec<f32>, wanted in 0_usize..4) {
            if let Some(share) = share(&scores, wanted) {
                prop_assert!((0.0..=1.0).contains(&share));
            }
        }
    }
}
