//! `cargo xtask doctor`: what is there, what is missing and how to get it. It installs nothing.

use std::net::TcpListener;
use std::process::Command;

use crate::failure::Outcome;
use crate::places;
use crate::progress::{capture, paint};
use crate::setup::{node, python, wasm_bindgen, wasm_target};
use crate::test;

const BY_ITSELF: &str = "`cargo xtask dev` and `cargo xtask test` install it";

pub(crate) fn run() -> Outcome {
    let mut missing = 0;
    for finding in findings()? {
        let mark = match (finding.there, finding.needed) {
            (true, _) => paint("32", "✓"),
            (false, true) => paint("31", "✗"),
            (false, false) => paint("33", "–"),
        };
        println!("{mark} {:<24}{}", finding.what, finding.says);
        missing += usize::from(!finding.there && finding.needed);
    }
    match missing {
        0 => Ok(()),
        1 => Err("One thing is missing.".into()),
        count => Err(format!("{count} things are missing.").into()),
    }
}

struct Finding {
    what: String,
    there: bool,
    needed: bool,
    /// What it is, or how to get it.
    says: String,
}

impl Finding {
    fn needed(what: &str, there: Option<String>, remedy: &str) -> Self {
        let (there, says) = match there {
            Some(version) => (true, version),
            None => (false, remedy.to_owned()),
        };
        Self {
            what: what.to_owned(),
            there,
            needed: true,
            says,
        }
    }

    fn wanted(what: &str, there: Option<String>, remedy: &str) -> Self {
        Self {
            needed: false,
            ..Self::needed(what, there, remedy)
        }
    }
}

fn findings() -> Outcome<Vec<Finding>> {
    let version = |program: &str, flag: &str| first_line(Command::new(program).arg(flag));
    let (bindgen, has_bindgen) = wasm_bindgen::state()?;
    let wasm = wasm_target::find().map(wasm_target::Toolchain::describe);
    let packages = test::missing_packages();
    let apt = format!(
        "apt-get install {}; `cargo xtask test` does it as root",
        packages.join(" ")
    );
    let port = TcpListener::bind(("127.0.0.1", 8787)).is_ok();
    Ok(vec![
        Finding::needed("git", version("git", "--version"), "https://git-scm.com"),
        Finding::needed("rustc", version("rustc", "--version"), "https://rustup.rs"),
        Finding::needed("cargo", version("cargo", "--version"), "https://rustup.rs"),
        Finding::needed(
            "rustfmt",
            version("rustfmt", "--version"),
            "rustup component add rustfmt",
        ),
        Finding::needed(
            "clippy",
            version("cargo-clippy", "--version"),
            "rustup component add clippy",
        ),
        Finding::needed(
            "npm",
            version("npm", "--version"),
            "any Node from version 20 on: https://nodejs.org",
        ),
        Finding::needed("compiler for wasm32", wasm, BY_ITSELF),
        Finding::needed("wasm-bindgen", has_bindgen.then_some(bindgen), BY_ITSELF),
        Finding::needed(
            "npm's packages",
            node::is_complete().then(node_version).flatten(),
            BY_ITSELF,
        ),
        Finding::needed(
            "the tests' servers",
            packages.is_empty().then(|| "installed".to_owned()),
            &apt,
        ),
        Finding::needed(
            "Python's packages",
            python::is_there().then(|| "installed".to_owned()),
            "`cargo xtask test` installs them with python3",
        ),
        Finding::needed(
            "gzip",
            version("gzip", "--version"),
            "the system's package gzip",
        ),
        Finding::wanted(
            "cargo nextest",
            first_line(Command::new("cargo").args(["nextest", "--version"])),
            "not needed; shows failing tests better: cargo install --locked cargo-nextest",
        ),
        Finding::wanted(
            "port 8787",
            port.then(|| "free".to_owned()),
            "in use; `cargo xtask dev --port N`",
        ),
        Finding::wanted("cache", Some(places::cache().display().to_string()), ""),
    ])
}

fn node_version() -> Option<String> {
    let node = node::ensure().ok()?;
    let version = first_line(node.program("node").arg("--version"))?;
    Some(format!(
        "Node {version}, {}",
        first_line(node.program("workerd").arg("--version"))?
    ))
}

fn first_line(command: &mut Command) -> Option<String> {
    let text = capture(command).ok()?;
    text.lines().next().map(str::to_owned)
}
