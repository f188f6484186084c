//! Where the files of models and the photographs of people are on this machine. Tests, the benchmark
//! and the commands ask here, so that what one of them finds the others find too. It reads no file:
//! whether one is the right one, its SHA-256 says to whoever loads it.

use std::env;
use std::path::{Path, PathBuf};

/// The folder that is looked at first.
pub const MODELS: &str = "PROOF_MODELS";

/// The folder of photographs.
pub const PHOTOGRAPHS: &str = "PROOF_FACES";

/// The manifest, below the root of the project.
pub const MANIFEST: &str = "models/manifest.toml";

/// The places of one project.
#[derive(Clone, Debug)]
pub struct Places {
    root: PathBuf,
    models: Option<PathBuf>,
    photographs: Option<PathBuf>,
}

impl Places {
    /// Those of the project that cargo runs something of, with the settings of this process.
    pub fn here() -> Self {
        let compiled = || env!("CARGO_MANIFEST_DIR").into();
        let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(compiled, PathBuf::from);
        let has_manifest = |folder: &&Path| folder.join(MANIFEST).is_file();
        let root = package.ancestors().find(has_manifest).unwrap_or(&package);
        let setting = |name| env::var_os(name).filter(|value| !value.is_empty());
        Self::new(
            root,
            setting(MODELS).map(PathBuf::from),
            setting(PHOTOGRAPHS).map(PathBuf::from),
        )
    }

    /// Those of the project at `root`, with the folders that settings name.
    pub fn new(
        root: impl Into<PathBuf>,
        models: Option<PathBuf>,
        photographs: Option<PathBuf>,
    ) -> Self {
        Self {
            root: root.into(),
            models,
            photographs,
        }
    }

    /// The file that says which models there are.
    pub fn manifest(&self) -> PathBuf {
        self.root.join(MANIFEST)
    }

    /// Where models are put by command: in a folder that git ignores.
    pub fn installed(&self) -> PathBuf {
        self.root.join(".proof/models")
    }

    /// Where files of models may lie, in the order in which they are looked for.
    pub fn folders(&self) -> Vec<PathBuf> {
        let own = [self.root.join("models"), self.installed()];
        let beside = self.root.join("../shared/models");
        self.models
            .iter()
            .cloned()
            .chain(own)
            .chain([beside])
            .collect()
    }

    /// The file of a model, by the name that the manifest gives it.
    pub fn model(&self, file: &str) -> Option<PathBuf> {
        let mut paths = self.folders().into_iter().map(|folder| folder.join(file));
        paths.find(|path| path.is_file())
    }

    /// The folder of photographs; nothing is looked for elsewhere if a setting names one.
    pub fn photographs(&self) -> Option<PathBuf> {
        let beside = || self.root.join("../shared/faces");
        let folder = self.photographs.clone().unwrap_or_else(beside);
        folder.is_dir().then_some(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder of this test alone.
    fn scratch(name: &str) -> PathBuf {
        let folder = env::temp_dir().join(format!("proof-models-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn put(path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "a model").unwrap();
    }

    #[test]
    fn what_a_setting_names_comes_first_and_what_lies_beside_last() {
        let folder = scratch("order");
        let (root, setting) = (folder.join("project"), folder.join("elsewhere"));
        fs::create_dir_all(&root).unwrap();
        let places = Places::new(&root, Some(setting.clone()), None);
        assert_eq!(places.model("one.onnx"), None);
        let inside = [
            root.join("../shared/models/one.onnx"),
            root.join(".proof/models/one.onnx"),
            root.join("models/one.onnx"),
            setting.join("one.onnx"),
        ];
        for path in inside {
            put(&path);
            assert_eq!(places.model("one.onnx"), Some(path));
        }
        assert_eq!(places.model("other.onnx"), None);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_setting_that_names_no_folder_of_photographs_means_none() {
        let folder = scratch("faces");
        let root = folder.join("project");
        let beside = root.join("../shared/faces");
        fs::create_dir_all(&root).unwrap();
        assert_eq!(Places::new(&root, None, None).photographs(), None);
        fs::create_dir_all(&beside).unwrap();
        assert_eq!(Places::new(&root, None, None).photographs(), Some(beside));
        let missing = Some(folder.join("none"));
        assert_eq!(Places::new(&root, None, missing).photographs(), None);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_project_that_is_run_is_found_from_any_of_its_crates() {
        assert!(Places::here().manifest().is_file());
    }
}
