//! Turns the crates of the Workers into what workerd runs: one `worker.mjs` and one `module.wasm`
//! per Worker and profile. Cargo decides what to compile; the rest is done only if the compiled
//! module or the JavaScript around it has changed.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::failure::{Doing, Failure, Outcome};
use crate::places;
use crate::progress::{run, step};
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

fn runtime() -> PathBuf {
    places::root().join("shared/edge/js/runtime.mjs")
}

fn stamp_of(profile: Profile, worker: &Worker) -> String {
    Stamp::of(include_str!("bundle.rs"))
        .with_path(&compiled(profile, worker))
        .with_path(&runtime())
        .with_path(&places::root().join("package-lock.json"))
        .with(&worker.classes.join(" "))
        .finish()
}

fn bundle(tools: &Tools, profile: Profile, worker: &Worker, stamp: &str) -> Outcome {
    let glue = places::target()
        .join("bindgen")
        .join(profile.name())
        .join(worker.short());
    let out = folder(profile, worker);
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
    let entry = glue.join("entry.mjs");
    write(&entry, &entry_module(worker, &snippets(&glue)?))?;
    fs::create_dir_all(&out).doing(format!("{} cannot be made", out.display()))?;
    let mut esbuild = tools.node.program("esbuild");
    esbuild
        .arg(&entry)
        .arg(format!("--outfile={}", out.join("worker.mjs").display()));
    esbuild.args([
        "--bundle",
        "--format=esm",
        "--target=es2024",
        "--log-level=warning",
    ]);
    esbuild.args([
        "--external:cloudflare:*",
        "--external:*.wasm",
        "--legal-comments=none",
    ]);
    if profile == Profile::Edge {
        esbuild.arg("--minify");
    }
    run(&mut esbuild)?;
    module(
        tools,
        profile,
        &glue.join("index_bg.wasm"),
        &out.join("module.wasm"),
    )?;
    write(&out.join("stamp"), stamp)
}

fn module(tools: &Tools, profile: Profile, from: &Path, to: &Path) -> Outcome {
    if profile == Profile::Quick {
        fs::copy(from, to).doing(format!("{} cannot be written", to.display()))?;
        return Ok(());
    }
    let mut optimise = tools.node.program("wasm-opt");
    optimise
        .args(WASM_FEATURES)
        .args(["-O2", "--strip-debug", "--strip-producers"]);
    run(optimise.arg(from).arg("-o").arg(to))
}

/// The JavaScript files of our crates that the compiled module imports, by the name it uses.
fn snippets(glue: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![glue.join("snippets")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry
                .doing(format!("{} cannot be read", folder.display()))?
                .path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(name) = path.strip_prefix(glue) {
                found.push(format!("./{}", name.display()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Joins the module, its glue, its snippets and the runtime. A Worker that exports classes is
/// reached through them alone.
fn entry_module(worker: &Worker, snippets: &[String]) -> String {
    let mut lines = vec![
        format!(
            "import {{ Module, durableObject, worker }} from \"{}\";",
            runtime().display()
        ),
        "import * as glue from \"./index_bg.js\";".to_owned(),
        "import wasm from \"./module.wasm\";".to_owned(),
    ];
    let mut imports = "\"./index_bg.js\": glue".to_owned();
    for (number, name) in snippets.iter().enumerate() {
        lines.push(format!("import * as snippet{number} from \"{name}\";"));
        let _ = write!(imports, ", \"{name}\": snippet{number}");
    }
    lines.push(format!(
        "const module = new Module(wasm, glue, {{ {imports} }});"
    ));
    let export = |class| format!("export const {class} = durableObject(module, \"{class}\");");
    lines.extend(worker.classes.iter().map(export));
    lines.push(if worker.classes.is_empty() {
        "export default worker(module);".to_owned()
    } else {
        "export default { fetch: () => new Response(null, { status: 404 }) };".to_owned()
    });
    lines.join("\n")
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).doing(format!("{} cannot be written", file.display()))
}
