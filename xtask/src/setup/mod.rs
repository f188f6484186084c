//! Installs what a machine with only git, Rust and Node lacks, each tool in a file of its own. What
//! is there already is found in a fraction of a second and not mentioned.

pub(crate) mod debian;
pub(crate) mod node;
pub(crate) mod python;
mod shared_target;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Outcome;
use crate::places;
use wasm_target::Toolchain;

/// The tools, ready to be called.
pub(crate) struct Tools {
    pub(crate) wasm: Toolchain,
    pub(crate) wasm_bindgen: PathBuf,
    pub(crate) node: node::Node,
}

/// Finds or installs them all.
pub(crate) fn everything() -> Outcome<Tools> {
    let wasm = wasm_target::ensure()?;
    let wasm_bindgen = wasm_bindgen::ensure()?;
    let node = node::ensure()?;
    Ok(Tools {
        wasm,
        wasm_bindgen,
        node,
    })
}

/// Cargo, for this machine's own kind of program.
pub(crate) fn cargo() -> Command {
    shared_target::claim();
    let mut command = Command::new("cargo");
    command
        .current_dir(places::root())
        .env("CARGO_TARGET_DIR", places::target());
    command
}
