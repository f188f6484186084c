//! The published models and photographs of people, both from outside of this tree. Where they are not,
//! a test says so and has nothing to look at.

use std::path::{Path, PathBuf};

use vision::{
    Picture, TractModel,
    decode::{Limits, decode},
    manifest::{Manifest, ModelSet, Role},
};

const MANIFEST: &str = include_str!("../../../../models/manifest.toml");

/// A folder that a setting names, or that lies beside the project.
fn folder(setting: &str, name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let path = std::env::var_os(setting).map_or_else(|| beside.join(name), PathBuf::from);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("nothing to look at: {setting} names no folder");
    None
}

/// A photograph's folder, one of those that are described beside them.
pub(crate) fn photographs(name: &str) -> Option<PathBuf> {
    folder("PROOF_FACES", "faces").map(|faces| faces.join(name))
}

/// The published model that does this.
pub(crate) fn published(role: Role) -> Option<TractModel> {
    let models = folder("PROOF_MODELS", "models")?;
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let entry = manifest.find(ModelSet::Published, role).unwrap();
    let bytes = std::fs::read(models.join(&entry.file)).unwrap();
    Some(TractModel::load(entry, &bytes).unwrap())
}

/// The picture in a file.
pub(crate) fn photograph(path: impl AsRef<Path>) -> Picture {
    let bytes = std::fs::read(path).unwrap();
    decode(&bytes, &Limits::default()).unwrap().picture
}
