//! Turns the crates of the Workers into what workerd runs: one `worker.mjs` and one `module.wasm`
//! per Worker and profile. Cargo decides what to compile; the rest is done only if the compiled
//! module or the JavaScript around it has changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::failure::{Doing, Failure, Outcome};
use crate::places;
use crate::progress::{run, step};
use crate::script;
use crate::setup::Tools;
use crate::setup::wasm_target::TARGET;
use crate::stamp::{self, Stamp};
use crate::workers::Worker;

/// How the code is compiled; the profiles are in the workspace's `Cargo.toml`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Built fast, with the parts for a developer's machine.
    Quick,
    /// As it is deployed and measured.
    Edge,
}

impl Profile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Edge => "edge",
        }
    }
}

impl FromStr for Profile {
    type Err = Failure;

    fn from_str(text: &str) -> Outcome<Self> {
        [Self::Quick, Self::Edge]
            .into_iter()
            .find(|profile| profile.name() == text)
            .doing(format!(
                "There is no profile `{text}`; there are quick and edge."
            ))
    }
}

/// What wasm-opt may use: all that workerd has and the compiler emits.
const WASM_FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-simd",
];

/// Where a Worker's bundle is.
pub(crate) fn folder(profile: Profile, worker: &Worker) -> PathBuf {
    places::build().join(profile.name()).join(worker.short())
}

pub(crate) fn build(tools: &Tools, profile: Profile, workers: &[Worker]) -> Outcome {
    let names = workers
        .iter()
        .map(Worker::short)
        .collect::<Vec<_>>()
        .join(", ");
    step(&format!("Compiling {names} ({})", profile.name()), || {
        compile(tools, profile, workers)
    })?;
    let mut changed = Vec::new();
    for worker in workers {
        let stamp = stamp_of(profile, worker);
        if !stamp::holds(&folder(profile, worker).join("stamp"), &stamp) {
            changed.push((worker, stamp));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let names = changed
        .iter()
        .map(|(worker, _)| worker.short())
        .collect::<Vec<_>>()
        .join(", ");
    step(&format!("Bundling {names}"), || {
        changed
            .iter()
            .try_for_each(|(worker, stamp)| bundle(tools, profile, worker, stamp))
    })
}

fn compile(tools: &Tools, profile: Profile, workers: &[Worker]) -> Outcome {
    let mut cargo = tools.wasm.cargo();
    cargo.args(["build", "--profile", profile.name(), "--target", TARGET]);
    for worker in workers {
        cargo.args(["-p", &worker.name]);
        if profile == Profile::Quick && worker.has_local_parts {
            cargo.args(["--features", &format!("{}/local", worker.name)]);
        }
    }
    run(&mut cargo)
}

fn compiled(profile: Profile, worker: &Worker) -> PathBuf {
    let file = format!("{}.wasm", worker.name.replace('-', "_"));
    places::target()
        .join(TARGET)
        .join(profile.name())
        .join(file)
}

fn stamp_of(profile: Profile, worker: &Worker) -> String {
    Stamp::of(include_str!("bundle.rs"))
        .with_path(&compiled(profile, worker))
        .with(include_str!("script.rs"))
        .with_path(&script::folder())
        .with_path(&places::root().join("package-lock.json"))
        .with(&worker.classes.join(" "))
        .finish()
}

/// Takes the bundle that some clone made of the same things, or makes it and keeps it for others.
fn bundle(tools: &Tools, profile: Profile, worker: &Worker, stamp: &str) -> Outcome {
    let out = folder(profile, worker);
    let kept = places::target()
        .join("bundles")
        .join(profile.name())
        .join(worker.short());
    if stamp::holds(&kept.join("stamp"), stamp) {
        return copy(&kept, &out);
    }
    make(tools, profile, worker, &out)?;
    write(&out.join("stamp"), stamp)?;
    copy(&out, &kept)
}

/// The files of a bundle. The stamp comes last: with it the others are there.
fn copy(from: &Path, to: &Path) -> Outcome {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).doing(format!("{} cannot be made", to.display()))?;
    for name in ["worker.mjs", "module.wasm", "stamp"] {
        fs::copy(from.join(name), to.join(name))
            .doing(format!("{} cannot be written", to.join(name).display()))?;
    }
    Ok(())
}

fn make(tools: &Tools, profile: Profile, worker: &Worker, out: &Path) -> Outcome {
    let glue = places::target()
        .join("bindgen")
        .join(profile.name())
        .join(worker.short());
    let _ = fs::remove_dir_all(&glue);
    let mut bindgen = std::process::Command::new(&tools.wasm_bindgen);
    bindgen.args([
        "--target",
        "bundler",
        "--no-typescript",
        "--out-name",
        "index",
        "--out-dir",
    ]);
    run(bindgen.arg(&glue).arg(compiled(profile, worker)))?;
    fs::create_dir_all(out).doing(format!("{} cannot be made", out.display()))?;
    let minified = profile == Profile::Edge;
    script::join(tools, worker, &glue, &out.join("worker.mjs"), minified)?;
    module(
        tools,
        profile,
        &glue.join("index_bg.wasm"),
        &out.join("module.wasm"),
    )
}

fn module(tools: &Tools, profile: Profile, from: &Path, to: &Path) -> Outcome {
    if profile == Profile::Quick {
        fs::copy(from, to).doing(format!("{} cannot be written", to.display()))?;
        return Ok(());
    }
    optimise(tools, from, to)
}

/// What the compiler left to do, and nothing in it but the program.
pub(crate) fn optimise(tools: &Tools, from: &Path, to: &Path) -> Outcome {
    let mut optimise = tools.node.program("wasm-opt");
    optimise
        .args(WASM_FEATURES)
        .args(["-O2", "--strip-debug", "--strip-producers"]);
    run(optimise.arg(from).arg("-o").arg(to))
}

pub(crate) fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).doing(format!("{} cannot be written", file.display()))
}
