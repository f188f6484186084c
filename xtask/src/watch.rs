//! Notices that a source file has changed, by looking at the times of all of them every so often:
//! a few hundred files, and no system to depend on for it.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::Path;

use crate::places;

const WATCHED: [&str; 10] = [
    "shared",
    "functions",
    "durable-objects",
    "migrations",
    "web",
    "models/manifest.toml",
    "xtask/apibook/src",
    "wrangler.toml",
    "Cargo.toml",
    "Cargo.lock",
];

pub(crate) struct Watch(u64);

impl Watch {
    pub(crate) fn new() -> Self {
        Self(snapshot())
    }

    /// Whether anything has changed since the last look.
    pub(crate) fn changed(&mut self) -> bool {
        let now = snapshot();
        std::mem::replace(&mut self.0, now) != now
    }
}

fn snapshot() -> u64 {
    let mut hasher = DefaultHasher::new();
    let root = places::root();
    for path in WATCHED {
        look(&root.join(path), &mut hasher);
    }
    hasher.finish()
}

fn look(path: &Path, hasher: &mut DefaultHasher) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if metadata.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            look(&entry.path(), hasher);
        }
    } else {
        path.hash(hasher);
        metadata.modified().ok().hash(hasher);
    }
}
