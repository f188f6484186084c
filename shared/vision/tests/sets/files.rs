//! The models of both sets, and photographs of people. Ours are part of the project; the published ones
//! and the photographs are from outside of it. Where they are not, a test says so and has nothing to
//! look at.

use std::path::{Path, PathBuf};

use proof_models::Places;
use vision::{
    Picture, TractModel,
    decode::{Limits, decode},
    manifest::{Manifest, ModelEntry, ModelSet, Role},
};

/// A photograph's folder, one of those that are described beside them.
pub(crate) fn photographs(name: &str) -> Option<PathBuf> {
    let folder = Places::here().photographs();
    if folder.is_none() {
        eprintln!("nothing to look at: no photographs are here");
    }
    folder.map(|faces| faces.join(name))
}

pub(crate) fn manifest() -> Manifest {
    let text = std::fs::read_to_string(Places::here().manifest()).unwrap();
    Manifest::parse(&text).unwrap()
}

/// The bytes of the model of a set that does this, and what the manifest says of it. None if the set has
/// none, or if it is not installed; what is part of the project is always here.
pub(crate) fn file(set: ModelSet, role: Role) -> Option<(ModelEntry, Vec<u8>)> {
    let entry = manifest().find(set, role)?.clone();
    let Some(path) = Places::here().model(&entry.file) else {
        assert!(set == ModelSet::Published, "{} is missing", entry.name);
        eprintln!("nothing to look at: {} is not installed", entry.name);
        return None;
    };
    Some((entry, std::fs::read(path).unwrap()))
}

/// The model of a set that does this.
pub(crate) fn model(set: ModelSet, role: Role) -> Option<TractModel> {
    let (entry, bytes) = file(set, role)?;
    Some(TractModel::load(&entry, &bytes).unwrap())
}

/// The picture in a file.
pub(crate) fn photograph(path: impl AsRef<Path>) -> Picture {
    let bytes = std::fs::read(path).unwrap();
    decode(&bytes, &Limits::default()).unwrap().picture
}
