//! The `wasm-bindgen` command, in exactly the version of the library in `Cargo.lock`: the two speak
//! a format of their own that changes with every release.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{note, run, step};
use crate::workers::read_toml;

pub(crate) fn ensure() -> Outcome<PathBuf> {
    let version = locked_version()?;
    let binary = binary(&version);
    if !binary.is_file() {
        step(
            &format!("Installing wasm-bindgen {version} (about 2 minutes)"),
            || install(&version),
        )?;
    }
    Ok(binary)
}

/// The version that is wanted and whether it is there.
pub(crate) fn state() -> Outcome<(String, bool)> {
    let version = locked_version()?;
    let there = binary(&version).is_file();
    Ok((version, there))
}

fn folder(version: &str) -> PathBuf {
    places::cache().join(format!("tools/wasm-bindgen-{version}"))
}

fn binary(version: &str) -> PathBuf {
    folder(version).join("bin/wasm-bindgen")
}

fn install(version: &str) -> Outcome {
    // A registry mirror may lag behind and lack a version that the tool's own lock file names.
    run(&mut install_command(version, true)).or_else(|failure| {
        note(&format!("not with its own lock file: {failure}"));
        note("again, with what this registry has");
        run(&mut install_command(version, false))
    })
}

fn install_command(version: &str, locked: bool) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args([
        "install",
        "wasm-bindgen-cli",
        "--version",
        version,
        "--bin",
        "wasm-bindgen",
    ]);
    cargo.arg("--root").arg(folder(version));
    if locked {
        cargo.arg("--locked");
    }
    // It runs for seconds in all; compiling it well would take minutes.
    cargo
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_LTO", "off");
    cargo
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env_remove("CARGO_TARGET_DIR");
    cargo
}

fn locked_version() -> Outcome<String> {
    let lock = read_toml(&places::root().join("Cargo.lock"))?;
    let packages = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten();
    let text = |package: &toml::Value, key| package.get(key)?.as_str().map(str::to_owned);
    let is_it = |package: &&toml::Value| text(package, "name").as_deref() == Some("wasm-bindgen");
    let found = packages
        .filter(is_it)
        .find_map(|package| text(package, "version"));
    found.doing("Cargo.lock names no wasm-bindgen")
}
