//! The published Python packages that the tests use as clients, in an environment of their own. Its
//! folder is named after them, so that another version is another folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{self, run, step};

const LIST: &str = "tests/python-packages.txt";

/// Installs them, if they are not there.
pub(crate) fn ensure() -> Outcome {
    let folder = folder()?;
    if is_complete(&folder) {
        return Ok(());
    }
    step("Installing the tests' Python packages", || install(&folder))
}

/// Whether they are there.
pub(crate) fn is_there() -> bool {
    folder().is_ok_and(|folder| is_complete(&folder))
}

/// The same name is made in `tests/harness/python.mjs`.
fn folder() -> Outcome<PathBuf> {
    let list = fs::read_to_string(places::root().join(LIST)).doing(format!("no {LIST}"))?;
    let names = list.split_whitespace().collect::<Vec<_>>().join("-");
    Ok(places::cache().join(format!("tools/python-{names}")))
}

fn is_complete(folder: &Path) -> bool {
    folder.join("complete").is_file()
}

fn install(folder: &Path) -> Outcome {
    // Debian has the module that makes environments in a package of its own.
    let can_make = progress::succeeds(Command::new("python3").args(["-c", "import ensurepip"]));
    if !can_make && debian::is_here() {
        debian::packages(&["python3-venv"])?;
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(folder))?;
    run(Command::new(folder.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "-r"])
        .arg(places::root().join(LIST)))?;
    fs::write(folder.join("complete"), "").doing("the environment cannot be marked as complete")
}
