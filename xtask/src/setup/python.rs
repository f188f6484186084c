//! The published Python packages that tests use as clients and that the benchmark compares with, each
//! list in an environment of its own. Its folder is named after them, so that another version is
//! another folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::debian;
use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{self, run, step};

const OF_TESTS: &str = "tests/python-packages.txt";

/// Installs those of the tests, if they are not there.
pub(crate) fn ensure() -> Outcome {
    packages(OF_TESTS).map(|_| ())
}

/// Whether they are there.
pub(crate) fn is_there() -> bool {
    folder(OF_TESTS).is_ok_and(|folder| is_complete(&folder))
}

/// Installs what a list names, if it is not there, and gives the interpreter that knows it.
pub(crate) fn packages(list: &str) -> Outcome<PathBuf> {
    let folder = folder(list)?;
    if !is_complete(&folder) {
        step(&format!("Installing the Python packages of {list}"), || {
            install(list, &folder)
        })?;
    }
    Ok(folder.join("bin/python"))
}

/// The same name is made in `tests/harness/python.mjs`.
fn folder(list: &str) -> Outcome<PathBuf> {
    let text = fs::read_to_string(places::root().join(list)).doing(format!("no {list}"))?;
    let names = text.split_whitespace().collect::<Vec<_>>().join("-");
    Ok(places::cache().join(format!("tools/python-{names}")))
}

fn is_complete(folder: &Path) -> bool {
    folder.join("complete").is_file()
}

fn install(list: &str, folder: &Path) -> Outcome {
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
        .arg(places::root().join(list)))?;
    fs::write(folder.join("complete"), "").doing("the environment cannot be marked as complete")
}
