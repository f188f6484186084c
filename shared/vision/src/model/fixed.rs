//! A model for tests that always gives the same.

use super::{Model, ModelError, Tensor};
use crate::manifest::{ModelEntry, tests::entry_with};

#[derive(Clone, Debug)]
pub(crate) struct Fixed {
    entry: ModelEntry,
    outputs: Vec<Tensor>,
}

impl Fixed {
    /// An embedder of 64 numbers, whatever comes out.
    pub(crate) fn embedder(values: Vec<f32>) -> Self {
        Self::new(entry_with(str::to_owned), vec![values])
    }

    /// A network for life of three classes, the second of which is wanted.
    pub(crate) fn liveness(values: Vec<f32>) -> Self {
        let entry = entry_with(|text| {
            text.replace("\"embedder\"", "\"liveness\"")
                .replace("1.0, 1.0, 1.0]", "1.0, 1.0, 1.0]\nsurroundings = 2.7")
                .replace("kind = \"embedding\"", "kind = \"classes\"")
                .replace("size = 64", "count = 3\nwanted = 1")
        });
        Self::new(entry, vec![values])
    }

    /// A network for eyes of two classes, the second of which is open.
    pub(crate) fn eyes(values: Vec<f32>) -> Self {
        let entry = entry_with(|text| {
            text.replace("\"embedder\"", "\"eyes\"")
                .replace("[1, 3, 112, 112]", "[1, 3, 32, 32]")
                .replace("kind = \"embedding\"", "kind = \"classes\"")
                .replace("size = 64", "count = 2\nwanted = 1")
        });
        Self::new(entry, vec![values])
    }

    /// A detector of 64×64 with three grids.
    pub(crate) fn yunet(outputs: Vec<Vec<f32>>) -> Self {
        let entry = entry_with(|text| {
            text.replace("\"embedder\"", "\"detector\"")
                .replace("[1, 3, 112, 112]", "[1, 3, 64, 64]")
                .replace("[\"out\"]", &format!("{:?}", ["out"; 12]))
                .replace("kind = \"embedding\"", "kind = \"yunet\"")
                .replace("size = 64", "overlap = 0.3")
        });
        Self::new(entry, outputs)
    }

    fn new(entry: ModelEntry, outputs: Vec<Vec<f32>>) -> Self {
        let flat = |values: Vec<f32>| Tensor::new(vec![values.len()], values).unwrap();
        let outputs = outputs.into_iter().map(flat).collect();
        Self { entry, outputs }
    }
}

impl Model for Fixed {
    fn entry(&self) -> &ModelEntry {
        &self.entry
    }

    fn run(&self, input: Tensor) -> Result<Vec<Tensor>, ModelError> {
        assert_eq!(input.shape(), self.entry.input.shape);
        Ok(self.outputs.clone())
    }
}
