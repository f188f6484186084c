//! Models run by tract, natively and in wasm alike.

use std::sync::Arc;

use tract_onnx::prelude::{
    DatumExt, Framework, InferenceModelExt, IntoRunnable, IntoTValue, TValue, TractResult,
    TypedRunnableModel, tvec,
};

use super::{Model, ModelError, Tensor};
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
        let plan = plan(entry, bytes).map_err(|error| ModelError::Unreadable {
            name: entry.name.clone(),
            reason: format!("{error:#}"),
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

fn plan(entry: &ModelEntry, mut bytes: &[u8]) -> TractResult<Arc<TypedRunnableModel>> {
    tract_onnx::onnx()
        .model_for_read(&mut bytes)?
        .with_input_names([&entry.input.name])?
        .with_outputs_by_name(&entry.outputs)?
        .with_input_fact(0, f32::fact(entry.input.shape).into())?
        .into_optimized()?
        .into_runnable()
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
