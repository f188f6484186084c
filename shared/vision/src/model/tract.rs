//! Models run by tract, natively and in wasm alike.

use std::sync::Arc;

use tract_onnx::prelude::{
    DatumExt, Framework, InferenceModelExt, IntoRunnable, IntoTValue, TValue, TractResult,
    TypedModel, TypedRunnableModel, tvec,
};

use super::{Model, ModelError, Tensor, conv};
use crate::manifest::ModelEntry;
use crate::template::ModelHash;

/// A model in ONNX, read and optimised.
#[derive(Clone)]
pub struct TractModel {
    entry: ModelEntry,
    plan: Arc<TypedRunnableModel>,
}

impl std::fmt::Debug for TractModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TractModel({})", self.entry.name)
    }
}

impl TractModel {
    /// Reads and optimises a model. Only the bytes that the manifest names are read: whatever else
    /// they are, they are not the model that was measured, and nobody looked at what they do.
    pub fn load(entry: &ModelEntry, bytes: &[u8]) -> Result<Self, ModelError> {
        let found = ModelHash::of(bytes);
        if found != entry.sha256 {
            return Err(ModelError::OtherFile {
                name: entry.name.clone(),
                expected: entry.sha256,
                found,
            });
        }
        let plan = plan(entry, bytes, cfg!(target_arch = "wasm32")).map_err(|error| {
            ModelError::Unreadable {
                name: entry.name.clone(),
                reason: format!("{error:#}"),
            }
        })?;
        Ok(Self {
            entry: entry.clone(),
            plan,
        })
    }

    fn outputs(&self, input: &Tensor) -> TractResult<Vec<Option<Tensor>>> {
        let input = tract_onnx::prelude::Tensor::from_shape(input.shape(), input.values())?;
        let outputs = self.plan.run(tvec!(input.into_tvalue()))?;
        outputs.iter().map(tensor).collect()
    }
}

/// `ours`: convolutions are done by `conv` where they can be.
fn plan(entry: &ModelEntry, bytes: &[u8], ours: bool) -> TractResult<Arc<TypedRunnableModel>> {
    let model = typed(entry, bytes)?;
    // Before tract makes other steps of some of them.
    let model = if ours { conv::replaced(model)? } else { model };
    model.into_optimized()?.into_runnable()
}

fn typed(entry: &ModelEntry, mut bytes: &[u8]) -> TractResult<TypedModel> {
    tract_onnx::onnx()
        .model_for_read(&mut bytes)?
        .with_input_names([&entry.input.name])?
        .with_outputs_by_name(&entry.outputs)?
        .with_input_fact(0, f32::fact(entry.input.shape).into())?
        .into_typed()
}

fn tensor(value: &TValue) -> TractResult<Option<Tensor>> {
    let plain = value.try_as_plain_ram()?;
    let values = plain.as_slice::<f32>()?.to_vec();
    Ok(Tensor::new(value.shape().to_vec(), values))
}

impl Model for TractModel {
    fn entry(&self) -> &ModelEntry {
        &self.entry
    }

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError> {
        let name = || self.entry.name.clone();
        if input.shape() != self.entry.input.shape {
            return Err(ModelError::InputShape {
                name: name(),
                expected: self.entry.input.shape.to_vec(),
                found: input.shape().to_vec(),
            });
        }
        let outputs = self.outputs(&input).map_err(|error| ModelError::Failed {
            name: name(),
            reason: format!("{error:#}"),
        })?;
        let whole: Option<Vec<Tensor>> = outputs.into_iter().collect();
        whole
            .filter(|outputs| outputs.len() == self.entry.outputs.len())
            .ok_or_else(|| ModelError::OutputShape { name: name() })
    }
}

#[cfg(test)]
#[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
mod tests {
    use super::*;
    use crate::manifest::{Manifest, ModelSet};

    /// The models that are here, each with its bytes: ours always are.
    fn models() -> Vec<(ModelEntry, Vec<u8>)> {
        let places = proof_models::Places::here();
        let manifest = std::fs::read_to_string(places.manifest()).unwrap();
        let manifest = Manifest::parse(&manifest).unwrap();
        let file = |entry: &ModelEntry| Some(std::fs::read(places.model(&entry.file)?).unwrap());
        let entries = manifest.models().iter();
        let models: Vec<_> = entries
            .filter_map(|entry| Some((entry.clone(), file(entry)?)))
            .collect();
        assert!(models.len() >= 4);
        models
    }

    /// A number between -1 and 1 for each place.
    fn given(shape: [usize; 4]) -> Tensor {
        let value = |at: usize| ((at * 7_919) % 2_003) as f32 / 1_001.0 - 1.0;
        let values = (0..shape.iter().product()).map(value);
        Tensor::new(shape.to_vec(), values.collect()).unwrap()
    }

    #[test]
    fn our_convolutions_give_what_those_of_tract_give() {
        for (entry, bytes) in models() {
            let [theirs, ours] = [false, true].map(|ours| {
                let plan = plan(&entry, &bytes, ours).unwrap();
                let entry = entry.clone();
                let input = given(entry.input.shape);
                TractModel { entry, plan }.run(input).unwrap()
            });
            for (theirs, ours) in theirs.iter().zip(&ours) {
                assert_eq!(theirs.shape(), ours.shape());
                let values = theirs.values().iter();
                let largest = values.fold(1.0_f32, |most, value| most.max(value.abs()));
                for (theirs, ours) in theirs.values().iter().zip(ours.values()) {
                    let apart = (theirs - ours).abs();
                    assert!(apart < 1e-5 * largest, "{}: {theirs} {ours}", entry.name);
                }
            }
        }
    }

    /// A model that a later tract writes in another way would still be right, and several times as slow.
    #[test]
    fn no_convolution_of_ours_is_left_to_tract() {
        let own = |(entry, _): &(ModelEntry, Vec<u8>)| entry.set == ModelSet::Default;
        for (entry, bytes) in models().into_iter().filter(own) {
            let plain = typed(&entry, &bytes).unwrap().into_optimized().unwrap();
            let ours = conv::replaced(typed(&entry, &bytes).unwrap()).unwrap();
            let ours = ours.into_optimized().unwrap();
            let left = |model: &TypedModel, kind: &str| {
                let names = model.nodes().iter().map(|node| node.op().name());
                names.filter(|name| name.contains(kind)).count()
            };
            assert!(left(&ours, "Planes") >= 7, "{}", entry.name);
            for kind in ["Im2col", "DepthWise", "Conv", "OptMax", "OptMin"] {
                assert_eq!(left(&ours, kind), 0, "{}: {kind}", entry.name);
            }
            assert!(
                left(&plain, "Planes") == 0 && left(&plain, "OptMatMul") >= 7,
                "{}",
                entry.name
            );
        }
    }
}
