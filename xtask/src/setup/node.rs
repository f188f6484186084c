//! Node and everything that npm installs. The packages live in the cache under the hash of the lock
//! file and are linked into the repository, so that clones share them and a changed lock file gets
//! its own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::{self, capture, note, run, step};
use crate::stamp::Stamp;

const MANIFEST: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];
const OLDEST_NODE: u32 = 24;

/// The programs under `node_modules/.bin`.
pub(crate) struct Node {
    bin: PathBuf,
}

impl Node {
    /// A program that npm installed, with its own Node first on the path.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        self.prepare(&mut command);
        command
    }

    /// A script of this repository.
    pub(crate) fn script(&self, file: &str) -> Command {
        let mut command = self.program("node");
        command.arg(places::root().join(file));
        command
    }

    fn prepare(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(self.bin.clone()).chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(folders) {
            command.env("PATH", path);
        }
        command
            .env("WRANGLER_SEND_METRICS", "false")
            .current_dir(places::root());
    }
}

pub(crate) fn ensure() -> Outcome<Node> {
    let root = places::root();
    let folder = folder(&root);
    let done = folder.join("complete");
    let node = Node {
        bin: folder.join("node_modules/.bin"),
    };
    if !done.is_file() {
        step(
            "Installing Node 24, workerd, esbuild and the rest of package-lock.json",
            || install(&root, &folder),
        )?;
        check(&node)?;
        fs::write(&done, "").doing(format!("{} cannot be written", done.display()))?;
    }
    link(
        &folder.join("node_modules"),
        &places::root().join("node_modules"),
    )?;
    Ok(node)
}

/// Whether it is all there.
pub(crate) fn is_complete() -> bool {
    folder(&places::root()).join("complete").is_file()
}

/// Installs what a folder of the repository names beside all that the rest needs, and gives the
/// folder of its packages.
pub(crate) fn packages(of: &str) -> Outcome<PathBuf> {
    let from = places::root().join(of);
    let folder = folder(&from);
    let done = folder.join("complete");
    if !done.is_file() {
        step(&format!("Installing the packages of {of}"), || {
            install(&from, &folder)
        })?;
        fs::write(&done, "").doing(format!("{} cannot be written", done.display()))?;
    }
    Ok(folder.join("node_modules"))
}

fn folder(of: &Path) -> PathBuf {
    let stamp = MANIFEST.iter().fold(Stamp::of("npm"), |stamp, name| {
        stamp.with(&fs::read_to_string(of.join(name)).unwrap_or_default())
    });
    places::cache().join("node").join(stamp.finish())
}

fn install(from: &Path, folder: &Path) -> Outcome {
    fs::create_dir_all(folder).doing(format!("{} cannot be made", folder.display()))?;
    for name in MANIFEST {
        fs::copy(from.join(name), folder.join(name)).doing(format!("{name} cannot be copied"))?;
    }
    if !progress::succeeds(Command::new("npm").arg("--version")) {
        return Err(
            "npm is missing. Any Node from version 20 on brings it: https://nodejs.org".into(),
        );
    }
    // The engines' warnings are about the system's Node, which runs only npm.
    run(Command::new("npm")
        .args(["ci", "--loglevel=error"])
        .current_dir(folder))
}

/// npm may have been told to run no install scripts; then a program can be there and not work.
fn check(node: &Node) -> Outcome {
    let version = capture(node.program("node").arg("--version"))?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|part| part.parse().ok());
    if major.is_none_or(|major: u32| major < OLDEST_NODE) {
        return Err(
            format!("npm installed Node {version}, but {OLDEST_NODE} or newer is needed.").into(),
        );
    }
    for name in ["workerd", "esbuild", "wasm-opt"] {
        let answer = capture(node.program(name).arg("--version")).map_err(|failure| {
            format!(
                "{name} is installed but does not run. If npm was told to run no install scripts, \
                 allow them for this package.\n{failure}"
            )
        })?;
        note(&format!(
            "{name}: {}",
            answer.lines().next().unwrap_or_default()
        ));
    }
    note(&format!("node: {version}"));
    Ok(())
}

fn link(packages: &Path, link: &Path) -> Outcome {
    if fs::read_link(link).is_ok_and(|target| target == packages) {
        return Ok(());
    }
    match fs::symlink_metadata(link) {
        Ok(found) if found.is_symlink() => {
            fs::remove_file(link).doing("node_modules cannot be replaced")?;
        }
        Ok(_) => {
            return Err(
                "node_modules is a folder here, but `cargo xtask` keeps it in its cache and \
                        links it. Please remove the folder."
                    .into(),
            );
        }
        Err(_) => {}
    }
    symlink(packages, link).doing("node_modules cannot be linked")
}
