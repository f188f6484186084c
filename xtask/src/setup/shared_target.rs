//! Every clone builds into one folder, which spares each of them compiling what others wrote. Cargo
//! takes the crates of one clone for those of another, though, and goes by the time of their files:
//! whoever built last would lend the next one stale code. So a clone that follows another makes its
//! own sources new first.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Once;
use std::time::SystemTime;

use crate::places;

const STAMP: &str = "built-from";
const SOURCES: [&str; 7] = [
    "shared",
    "functions",
    "durable-objects",
    "bench/vision/src",
    "xtask/apibook",
    "xtask/models",
    "xtask/src",
];

/// Makes sure that what is built now is built from this clone.
pub(crate) fn claim() {
    static CLAIMED: Once = Once::new();
    CLAIMED.call_once(|| {
        let root = places::root();
        if claim_for(&places::target(), &root) {
            for folder in SOURCES {
                touch(&root.join(folder));
            }
        }
    });
}

/// Writes down whose folder it is now. Gives whether it was another clone's.
fn claim_for(target: &Path, root: &Path) -> bool {
    let stamp = target.join(STAMP);
    let here = root.to_string_lossy();
    let before = fs::read_to_string(&stamp).unwrap_or_default();
    if before == here {
        return false;
    }
    // A folder that cannot be written to will be cargo's to complain about.
    let _ = fs::create_dir_all(target);
    let _ = fs::write(&stamp, here.as_bytes());
    true
}

fn touch(path: &Path) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            touch(&entry.path());
        }
    } else if let Ok(file) = File::options().append(true).open(path) {
        let _ = file.set_modified(SystemTime::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn a_clone_claims_the_folder_from_another_and_keeps_it() {
        let scratch = Scratch::new("claim");
        let target = scratch.join("target");
        let (one, other) = (Path::new("/clones/one"), Path::new("/clones/other"));
        assert!(claim_for(&target, one));
        assert!(!claim_for(&target, one));
        assert!(claim_for(&target, other));
        assert!(claim_for(&target, one));
    }

    #[test]
    fn files_become_new() {
        let folder = Scratch::new("touch");
        fs::create_dir_all(folder.join("inner")).unwrap();
        let path = folder.join("inner/file.rs");
        fs::write(&path, "x").unwrap();
        let old = SystemTime::UNIX_EPOCH;
        File::options()
            .append(true)
            .open(&path)
            .unwrap()
            .set_modified(old)
            .unwrap();
        touch(&folder);
        assert!(fs::metadata(&path).unwrap().modified().unwrap() > old);
    }
}
