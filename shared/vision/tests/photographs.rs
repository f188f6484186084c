//! Real photographs, when they are there: in the folder that `PROOF_FACES` names, or beside the
//! project's own tree. None of them is part of it.

use proof_models::Places;
use std::path::{Path, PathBuf};
use vision::decode::{Limits, decode};

fn photographs(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let kind = path.extension().and_then(|kind| kind.to_str());
        if path.is_dir() {
            photographs(&path, found)?;
        } else if matches!(kind, Some("jpg" | "jpeg" | "png" | "webp")) {
            found.push(path);
        }
    }
    Ok(())
}

#[test]
fn what_cameras_and_sites_make_is_taken() -> std::io::Result<()> {
    let Some(folder) = Places::here().photographs() else {
        eprintln!("no photographs are here");
        return Ok(());
    };
    let mut paths = Vec::new();
    photographs(&folder, &mut paths)?;
    assert!(!paths.is_empty());
    for path in paths {
        let found = decode(&std::fs::read(&path)?, &Limits::default());
        assert!(found.is_ok(), "{} {found:?}", path.display());
    }
    Ok(())
}
