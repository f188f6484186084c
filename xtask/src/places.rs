//! Where things are: the repository, the cache of tools outside it, the state of the local system.

use std::env;
use std::path::{Path, PathBuf};

/// The root of the repository that the command was called in.
pub(crate) fn root() -> PathBuf {
    let here =
        env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&here)
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Tools and compiled dependencies, shared by every clone on this machine.
pub(crate) fn cache() -> PathBuf {
    let home = || PathBuf::from(env::var_os("HOME").unwrap_or_default());
    let base = match env::var_os("XDG_CACHE_HOME") {
        Some(base) if !base.is_empty() => base.into(),
        _ if cfg!(target_os = "macos") => home().join("Library/Caches"),
        _ => home().join(".cache"),
    };
    base.join("proof")
}

/// What cargo builds for this workspace, wherever it is called from.
pub(crate) fn target() -> PathBuf {
    cache().join("target")
}

/// The bundles, by profile and Worker.
pub(crate) fn build() -> PathBuf {
    root().join("build")
}

/// What belongs to the local system and never to git: state, secrets, demo keys.
pub(crate) fn local() -> PathBuf {
    root().join(".proof")
}
