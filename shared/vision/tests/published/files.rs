//! The published models and photographs of people, both from outside of this tree. Where they are not,
//! a test says so and has nothing to look at.

use std::path::{Path, PathBuf};

use proof_models::Places;
use vision::{
    Picture, TractModel,
    decode::{Limits, decode},
    manifest::{Manifest, ModelSet, Role},
};

/// A photograph's folder, one of those that are described beside them.
pub(crate) fn photographs(name: &str) -> Option<PathBuf> {
    let folder = Places::here().photographs();
    if folder.is_none() {
        eprintln!("nothing to look at: no photographs are here");
    }
    folder.map(|faces| faces.join(name))
}

/// The published model that does this.
pub(crate) fn published(role: Role) -> Option<TractModel> {
    let here = Places::here();
    let manifest = std::fs::read_to_string(here.manifest()).unwrap();
    let manifest = Manifest::parse(&manifest).unwrap();
    let entry = manifest.find(ModelSet::Published, role).unwrap();
    let Some(path) = here.model(&entry.file) else {
        eprintln!("nothing to look at: {} is not installed", entry.name);
        return None;
    };
    let bytes = std::fs::read(path).unwrap();
    Some(TractModel::load(entry, &bytes).unwrap())
}

/// The picture in a file.
pub(crate) fn photograph(path: impl AsRef<Path>) -> Picture {
    let bytes = std::fs::read(path).unwrap();
    decode(&bytes, &Limits::default()).unwrap().picture
}
