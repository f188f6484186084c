//! The way to a wasm32 compiler where rustup's server cannot be reached: Debian ships a compiler
//! and the source of its standard library, from which the wasm32 library is built here. It is linked
//! into rustup under a name of its own and disturbs nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::wasm_target::TARGET;
use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{self, note, run, step};

/// What the toolchain is called in rustup.
pub(crate) const TOOLCHAIN: &str = "debian";

const PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm"];
const LINKER: &str = "/usr/bin/rust-lld";

pub(crate) fn install() -> Outcome {
    if !is_here() {
        return Err(format!(
            "There is no compiler for wasm32, and this is no Debian to build one from. With a \
             working network, `rustup target add {TARGET}` is all that is needed."
        )
        .into());
    }
    step(
        "Installing Debian's compiler and the source of its standard library",
        || {
            packages(&PACKAGES)?;
            // The linker's package is named after its version; the compiler's own link tells which.
            let linker = fs::read_link(LINKER).doing(format!("{LINKER} is not a link"))?;
            packages(&[linker.to_string_lossy()])
        },
    )?;
    step(
        "Building the wasm32 standard library",
        build_standard_library,
    )?;
    step("Linking the compiler into rustup", || {
        run(Command::new("rustup").args(["toolchain", "link", TOOLCHAIN, "/usr"]))
    })
}

/// Whether this system has Debian's packages.
pub(crate) fn is_here() -> bool {
    progress::succeeds(Command::new("apt-get").arg("--version"))
}

/// Installs packages of the system, if this user may.
pub(crate) fn packages(names: &[impl AsRef<str>]) -> Outcome {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let install = ["install", "-y", "--no-install-recommends"];
    let by_hand = format!(
        "apt-get update && apt-get {} {}",
        install.join(" "),
        names.join(" ")
    );
    let Some(sudo) = privilege() else {
        return Err(format!(
            "Installing packages needs root. Please run:\n  sudo sh -c '{by_hand}'"
        )
        .into());
    };
    run(as_root(sudo).args(["apt-get", "update"]))?;
    run(as_root(sudo).arg("apt-get").args(install).args(names))
        .map_err(|failure| format!("{failure}\nBy hand it would be:\n  {by_hand}").into())
}

/// Whether a package is installed.
pub(crate) fn has_package(name: &str) -> bool {
    let query = ["--show", "--showformat=${db:Status-Status}", name];
    progress::capture(Command::new("dpkg-query").args(query))
        .is_ok_and(|status| status == "installed")
}

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

fn privilege() -> Option<Privilege> {
    if progress::capture(Command::new("id").arg("-u")).is_ok_and(|id| id == "0") {
        return Some(Privilege::Root);
    }
    progress::succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Privilege::Sudo)
}

fn as_root(privilege: Privilege) -> Command {
    let mut command = match privilege {
        Privilege::Root => Command::new("env"),
        Privilege::Sudo => Command::new("sudo"),
    };
    command.arg("DEBIAN_FRONTEND=noninteractive");
    command
}

/// Builds `std` for wasm32 as a dependency of an empty library and copies it to where the compiler
/// looks for it.
fn build_standard_library() -> Outcome {
    let scratch = places::cache().join("tools/wasm-std");
    fs::create_dir_all(scratch.join("src"))
        .doing(format!("{} cannot be made", scratch.display()))?;
    let manifest = "[package]\nname = \"empty\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(scratch.join("Cargo.toml"), manifest).doing("the empty library cannot be written")?;
    fs::write(scratch.join("src/lib.rs"), "#![no_std]\n")
        .doing("the empty library cannot be written")?;
    let mut cargo = Command::new("/usr/bin/cargo");
    cargo.args([
        "build",
        "--release",
        "--target",
        TARGET,
        "-Z",
        "build-std=std,panic_abort",
    ]);
    // Without bitcode in the library, a later build with LTO fails.
    cargo
        .env("RUSTFLAGS", "-C embed-bitcode=yes")
        .env("RUSTC_BOOTSTRAP", "1");
    cargo
        .env("RUSTC", "/usr/bin/rustc")
        .env("CARGO_TARGET_DIR", scratch.join("target"));
    run(cargo.env_remove("RUSTUP_TOOLCHAIN").current_dir(&scratch))?;
    let ask = ["--print", "target-libdir", "--target", TARGET];
    let library = progress::capture(Command::new("/usr/bin/rustc").args(ask))?;
    let built = scratch.join("target").join(TARGET).join("release/deps");
    copy_libraries(&built, Path::new(&library))
}

fn copy_libraries(from: &Path, to: &Path) -> Outcome {
    let Some(privilege) = privilege() else {
        return Err(format!("Copying the library to {} needs root.", to.display()).into());
    };
    let entries = fs::read_dir(from).doing(format!("{} cannot be read", from.display()))?;
    let is_library = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".rlib") && !name.starts_with("libempty-")
    };
    let libraries = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_library)
        .collect::<Vec<_>>();
    note(&format!(
        "{} libraries into {}",
        libraries.len(),
        to.display()
    ));
    run(as_root(privilege).args(["mkdir", "-p"]).arg(to))?;
    // What an older compiler left there would only confuse this one.
    let clear = format!("rm -f '{}'/*.rlib", to.display());
    run(as_root(privilege).args(["sh", "-c", &clear]))?;
    run(as_root(privilege).arg("cp").args(libraries).arg(to))
}
