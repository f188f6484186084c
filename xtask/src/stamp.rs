//! Remembers what a thing was made from, so that it is made again only after a change. A stamp is
//! no checksum against bad intent.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// Collects what goes into a thing.
pub(crate) struct Stamp(DefaultHasher);

impl Stamp {
    pub(crate) fn of(what: &str) -> Self {
        Self(DefaultHasher::new()).with(what)
    }

    pub(crate) fn with(mut self, text: &str) -> Self {
        text.hash(&mut self.0);
        self
    }

    /// A file or everything in a folder, wherever that is. What is missing counts as nothing.
    pub(crate) fn with_path(mut self, path: &Path) -> Self {
        path.file_name().hash(&mut self.0);
        if path.is_dir() {
            let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().collect();
            entries.sort_by_key(fs::DirEntry::file_name);
            return entries
                .iter()
                .fold(self, |stamp, entry| stamp.with_path(&entry.path()));
        }
        fs::read(path).unwrap_or_default().hash(&mut self.0);
        self
    }

    pub(crate) fn finish(self) -> String {
        format!("{:016x}", self.0.finish())
    }
}

/// Whether the file holds this stamp.
pub(crate) fn holds(file: &Path, stamp: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text == stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_changes_with_what_went_in() {
        let stamp = |text| Stamp::of("thing").with(text).finish();
        assert_eq!(stamp("a"), stamp("a"));
        assert_ne!(stamp("a"), stamp("b"));
        let with = |path| Stamp::of("thing").with_path(Path::new(path)).finish();
        assert_eq!(with(file!()), with(file!()));
        assert_ne!(with("src/stamp.rs"), with("src/main.rs"));
        assert_ne!(with("src"), with("Cargo.toml"));
    }
}
