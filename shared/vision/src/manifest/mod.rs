//! The manifest of models: which there are, what goes in, what comes out, and how well they did. It
//! is read strictly: what it does not say right is refused before any model is loaded.

mod rules;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::template::ModelHash;
pub use rules::ManifestError;

/// All models that are known.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    models: Vec<ModelEntry>,
}

impl Manifest {
    /// The manifest in a text of TOML.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        rules::check(&manifest.models)?;
        Ok(manifest)
    }

    /// Every model, in the order of the text.
    pub fn models(&self) -> &[ModelEntry] {
        &self.models
    }

    /// The model of a set that does this. There is at most one.
    pub fn find(&self, set: ModelSet, role: Role) -> Option<&ModelEntry> {
        let wanted = |entry: &&ModelEntry| entry.set == set && entry.role == role;
        self.models.iter().find(wanted)
    }
}

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Finds faces.
    Detector,
    /// Turns an aligned face into a vector.
    Embedder,
    /// Tells a person from a picture of one.
    Liveness,
    /// Tells open eyes from closed ones.
    Eyes,
}

/// Which models belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelSet {
    /// The project's own, in its tree.
    Default,
    /// Made by others; an operator installs them.
    Published,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    pub name: String,
    pub role: Role,
    pub set: ModelSet,
    /// The name of its file among the models; never a path.
    pub file: String,
    /// Where these very bytes can be had.
    pub url: Option<String>,
    /// Who made it, and from what.
    pub origin: String,
    pub sha256: ModelHash,
    /// How long the file is: who fetches it asks for no more.
    pub bytes: Option<u64>,
    /// An SPDX expression.
    pub licence: String,
    pub input: Input,
    /// The names of what comes out, in the order that the answer is read.
    pub outputs: Vec<String>,
    pub answer: Answer,
    /// From this value on (of the score, the likeness, the probability) it is a yes.
    pub threshold: f32,
    /// What an embedder's similarities mean, where that was measured.
    pub calibration: Option<Curve>,
    /// What was measured, as parts of one, by name.
    #[serde(default)]
    pub error_rates: BTreeMap<String, f64>,
    pub note: Option<String>,
}

/// A logistic curve from a similarity to the chance that two faces are one person's.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    pub steepness: f32,
    /// The similarity at which either is as likely.
    pub midpoint: f32,
    /// How often strangers were as similar as the threshold.
    pub false_accept_rate: f32,
}

/// What a model takes: one picture as a tensor.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub name: String,
    /// Always of one picture, and never open: a model with open sizes cannot be optimised.
    pub shape: [usize; 4],
    pub layout: Layout,
    pub colour: Colour,
    /// Taken off each channel's bytes (0 to 255), in the order of `colour`.
    pub mean: Vec<f32>,
    /// Then each channel is multiplied by this.
    pub scale: Vec<f32>,
    /// How much of the picture around a face goes in, as a multiple of the face's size.
    pub surroundings: Option<f32>,
}

impl Input {
    /// How many channels, rows and columns it has.
    pub const fn sizes(&self) -> (usize, usize, usize) {
        let [_, a, b, c] = self.shape;
        match self.layout {
            Layout::Nchw => (a, b, c),
            Layout::Nhwc => (c, a, b),
        }
    }
}

/// Whether channels come first or last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    Nchw,
    Nhwc,
}

/// Which colours the channels are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    Rgb,
    Bgr,
    Grey,
}

impl Colour {
    /// How many channels that makes.
    pub const fn channels(self) -> usize {
        match self {
            Self::Rgb | Self::Bgr => 3,
            Self::Grey => 1,
        }
    }
}

/// How what comes out is read.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Answer {
    /// Faces on three grids. Of two that overlap more than this, the surer one is kept.
    Yunet { overlap: f32 },
    /// A vector that is compared by its direction.
    Embedding { size: usize },
    /// Scores of classes, of which one is asked for.
    Classes { count: usize, wanted: usize },
}

impl Answer {
    /// How many tensors that takes.
    pub const fn outputs(self) -> usize {
        match self {
            Self::Yunet { .. } => 12,
            Self::Embedding { .. } | Self::Classes { .. } => 1,
        }
    }
}

/// As the manifest writes it.
impl<'de> Deserialize<'de> for ModelHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self::new)
            .ok_or_else(|| D::Error::custom("a SHA-256 is 64 small hexadecimal digits"))
    }
}
