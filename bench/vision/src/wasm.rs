//! What JavaScript calls: a set of models, a photograph, and stages by name.

use vision::manifest::{Manifest, ModelEntry, ModelSet, Role};
use vision::{Model, Tensor, TractModel};
use wasm_bindgen::prelude::*;

use crate::{Pipeline, Recorded, Stage, Subject};

/// One set of models and one photograph.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Bench {
    entries: Vec<ModelEntry>,
    models: Vec<Recorded>,
    pipeline: Option<Pipeline>,
    subject: Option<Subject>,
}

fn error(what: impl std::fmt::Display) -> JsError {
    JsError::new(&what.to_string())
}

#[wasm_bindgen]
impl Bench {
    /// With the text of the manifest and the name of a set.
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &str, set: &str) -> Result<Bench, JsError> {
        let wanted = match set {
            "default" => ModelSet::Default,
            "published" => ModelSet::Published,
            _ => return Err(error("there is no such set")),
        };
        let manifest = Manifest::parse(manifest).map_err(error)?;
        let entries = manifest.models().iter().filter(|entry| entry.set == wanted);
        Ok(Self {
            entries: entries.cloned().collect(),
            models: Vec::new(),
            pipeline: None,
            subject: None,
        })
    }

    /// Reads and optimises the model whose file has this name.
    pub fn load(&mut self, file: &str, bytes: &[u8]) -> Result<(), JsError> {
        let entry = self.entries.iter().find(|entry| entry.file == file);
        let entry = entry.ok_or_else(|| error("the set has no such model"))?;
        let model = TractModel::load(entry, bytes).map_err(error)?;
        self.models.push(Recorded::new(model));
        Ok(())
    }

    /// Looks at a photograph once.
    pub fn take(&mut self, file: &[u8]) -> Result<(), JsError> {
        if self.pipeline.is_none() {
            self.pipeline = Some(Pipeline::new(self.models.clone()).map_err(error)?);
        }
        let Some(pipeline) = &self.pipeline else {
            return Err(error("there are no models"));
        };
        self.subject = Some(Subject::new(pipeline, file).map_err(error)?);
        Ok(())
    }

    /// Does a stage so many times.
    pub fn run(&self, stage: &str, times: usize) -> Result<(), JsError> {
        let stage = Stage::named(stage).ok_or_else(|| error("there is no such stage"))?;
        match (&self.pipeline, &self.subject) {
            (Some(pipeline), Some(subject)) => subject.run(pipeline, stage, times).map_err(error),
            _ => Err(error("there is no photograph")),
        }
    }

    /// What a model answers to these numbers, one output after the other.
    pub fn answer(&self, role: &str, input: Vec<f32>) -> Result<Vec<f32>, JsError> {
        let role = match role {
            "detector" => Role::Detector,
            "embedder" => Role::Embedder,
            _ => Role::Liveness,
        };
        let model = self.models.iter().find(|model| model.entry().role == role);
        let model = model.ok_or_else(|| error("there is no such model"))?;
        let input = Tensor::new(model.entry().input.shape.to_vec(), input);
        let input = input.ok_or_else(|| error("the model takes another number of numbers"))?;
        let outputs = model.run(input).map_err(error)?;
        Ok(outputs.iter().flat_map(Tensor::values).copied().collect())
    }
}
