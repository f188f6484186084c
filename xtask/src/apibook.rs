//! The static assets: the API documents and the documentation page, written by `proof-apibook` from
//! the functions themselves, and the files of `web/static`.

use std::fs;
use std::path::Path;

use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{run, step};
use crate::setup::cargo;
use crate::stamp::{self, Stamp};

/// Writes them if a source has changed; says whether it did.
pub(crate) fn build() -> Outcome<bool> {
    let root = places::root();
    let assets = places::build().join("assets");
    let stamp_file = places::build().join("assets.stamp");
    let sources = [
        "functions",
        "shared",
        "xtask/apibook",
        "web/static",
        "Cargo.toml",
        "Cargo.lock",
    ];
    let stamp = sources
        .iter()
        .fold(Stamp::of(include_str!("apibook.rs")), |stamp, source| {
            stamp.with_path(&root.join(source))
        });
    let stamp = stamp.finish();
    if stamp::holds(&stamp_file, &stamp) {
        return Ok(false);
    }
    step("Writing the API documents and pages", || {
        // Beside the old ones first, which stay if this fails.
        let fresh = places::build().join("assets.new");
        let _ = fs::remove_dir_all(&fresh);
        let files = fresh.join("static");
        fs::create_dir_all(&files).doing(format!("{} cannot be made", files.display()))?;
        copy_folder(&root.join("web/static"), &files)?;
        run(cargo()
            .args(["run", "--quiet", "-p", "proof-apibook", "--"])
            .arg(&fresh))?;
        let _ = fs::remove_dir_all(&assets);
        fs::rename(&fresh, &assets).doing(format!("{} cannot be replaced", assets.display()))?;
        fs::write(&stamp_file, &stamp).doing("build/assets.stamp cannot be written")
    })?;
    Ok(true)
}

fn copy_folder(from: &Path, to: &Path) -> Outcome {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let (source, copy) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            fs::create_dir_all(&copy).doing(format!("{} cannot be made", copy.display()))?;
            copy_folder(&source, &copy)?;
        } else {
            fs::copy(&source, &copy).doing(format!("{} cannot be written", copy.display()))?;
        }
    }
    Ok(())
}
