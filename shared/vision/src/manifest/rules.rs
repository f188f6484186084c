//! What a manifest must keep to beyond its form.

use super::{Answer, Input, ModelEntry, Role};
use crate::template::{Calibration, LEAST_DIMENSIONS, MOST_DIMENSIONS};

/// No side of an input is longer: what is fed to a model is made in memory first.
const LONGEST_SIDE: usize = 1_024;

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("the manifest cannot be read: {0}")]
    Form(#[from] toml::de::Error),
    #[error("two models are called {0}")]
    NameTwice(String),
    #[error("{name} does what another model of its set does")]
    RoleTwice { name: String },
    #[error("{name}: {field} {rule}")]
    Field {
        name: String,
        field: &'static str,
        rule: &'static str,
    },
}

/// The field that is wrong, and what it has to be.
type Wrong = (&'static str, &'static str);

pub(super) fn check(models: &[ModelEntry]) -> Result<(), ManifestError> {
    for (at, entry) in models.iter().enumerate() {
        let name = || entry.name.clone();
        check_entry(entry).map_err(|(field, rule)| ManifestError::Field {
            name: name(),
            field,
            rule,
        })?;
        for earlier in &models[..at] {
            if earlier.name == entry.name {
                return Err(ManifestError::NameTwice(name()));
            }
            if (earlier.set, earlier.role) == (entry.set, entry.role) {
                return Err(ManifestError::RoleTwice { name: name() });
            }
        }
    }
    Ok(())
}

fn check_entry(entry: &ModelEntry) -> Result<(), Wrong> {
    let plain = |text: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        !text.is_empty() && !text.starts_with('.') && text.chars().all(allowed)
    };
    require(plain(&entry.name), "name", "is letters, digits, - and _")?;
    // It is joined to a folder or a bucket's prefix: it must not lead out of it.
    require(plain(&entry.file), "file", "is a file's name, not a path")?;
    let https = |url: &String| url.starts_with("https://");
    require(
        entry.url.as_ref().is_none_or(https),
        "url",
        "begins with https://",
    )?;
    require(!entry.origin.trim().is_empty(), "origin", "is missing")?;
    require(!entry.licence.trim().is_empty(), "licence", "is missing")?;
    // From 0 on everything would be a yes.
    let part = entry.threshold > 0.0 && entry.threshold <= 1.0;
    require(part, "threshold", "is above 0 and at most 1")?;
    let rates = || entry.error_rates.values();
    require(
        rates().all(|rate| (0.0..=1.0).contains(rate)),
        "error_rates",
        "are from 0 to 1",
    )?;
    let whole = match Calibration::of(entry) {
        Ok(Some(_)) => entry.role == Role::Embedder,
        Ok(None) => true,
        Err(_) => false,
    };
    require(
        whole,
        "calibration",
        "is an embedder's, and its curve rises",
    )?;
    check_input(&entry.input)?;
    let enlarged = |by: f32| (1.0..=8.0).contains(&by);
    match entry.input.surroundings {
        Some(by) => require(enlarged(by), "input.surroundings", "is from 1 to 8")?,
        None => require(
            entry.role != Role::Liveness,
            "input.surroundings",
            "is missing",
        )?,
    }
    let named = entry.outputs.iter().all(|name| !name.is_empty());
    require(named, "outputs", "are names")?;
    require(
        entry.outputs.len() == entry.answer.outputs(),
        "outputs",
        "are not as many as the answer is read from",
    )?;
    check_answer(entry)
}

fn check_input(input: &Input) -> Result<(), Wrong> {
    let (channels, rows, columns) = input.sizes();
    let fits = |side: usize| (1..=LONGEST_SIDE).contains(&side);
    require(!input.name.is_empty(), "input.name", "is missing")?;
    require(input.shape[0] == 1, "input.shape", "is of one picture")?;
    require(
        fits(rows) && fits(columns),
        "input.shape",
        "has sides from 1 to 1024",
    )?;
    let expected = input.colour.channels();
    require(
        channels == expected,
        "input.shape",
        "has another number of channels than the colour",
    )?;
    let whole = |values: &[f32]| values.len() == expected && values.iter().all(|v| v.is_finite());
    require(whole(&input.mean), "input.mean", "is one number a channel")?;
    let scaled = whole(&input.scale) && input.scale.iter().all(|&by| by != 0.0);
    require(
        scaled,
        "input.scale",
        "is one number a channel, and none is 0",
    )
}

fn check_answer(entry: &ModelEntry) -> Result<(), Wrong> {
    let (_, rows, columns) = entry.input.sizes();
    let fits = match (entry.role, entry.answer) {
        // Its coarsest grid is of squares of 32 pixels.
        (Role::Detector, Answer::Yunet { overlap }) => {
            (0.0..=1.0).contains(&overlap) && rows % 32 == 0 && columns % 32 == 0
        }
        (Role::Embedder, Answer::Embedding { size }) => {
            (LEAST_DIMENSIONS..=MOST_DIMENSIONS).contains(&size)
        }
        (Role::Liveness | Role::Eyes, Answer::Classes { count, wanted }) => {
            (2..=1_000).contains(&count) && wanted < count
        }
        _ => false,
    };
    require(fits, "answer", "does not fit the role or the input")
}

fn require(holds: bool, field: &'static str, rule: &'static str) -> Result<(), Wrong> {
    if holds { Ok(()) } else { Err((field, rule)) }
}
