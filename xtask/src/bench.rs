//! `cargo xtask bench`: the system against its peer; with `vision`, the models against other runtimes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use proof_models::Places;
use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::failure::{Doing, Outcome};
use crate::models::complete_sets;
use crate::progress::{run as run_quietly, show, step};
use crate::setup::wasm_target::TARGET;
use crate::setup::{self, Tools, cargo, node, python};
use crate::{apibook, model_files, places, workers};

/// The crate whose stages are timed.
const VISION: &str = "proof-bench-vision";

pub(crate) fn run(mut arguments: Arguments) -> Outcome {
    if arguments.flag("vision") {
        return vision(arguments);
    }
    let tools = setup::everything()?;
    let mut workers = workers::all()?;
    workers.push(workers::of_bench()?);
    bundle::build(&tools, Profile::Edge, &workers)?;
    model_files::gather()?;
    apibook::build()?;
    show(tools.node.script("bench/run.mjs").args(arguments.all()))
}

fn vision(mut arguments: Arguments) -> Outcome {
    let report = arguments.flag("--report");
    let tools = setup::everything()?;
    let here = Places::here();
    let mut places = json!({
        "sets": complete_sets(&here)?,
        "manifest": here.manifest(),
        "photographs": here.photographs(),
        "program": program()?,
        "packages": node::packages("bench/vision")?,
        "out": out(),
    });
    let script = if report {
        "bench/vision/report.mjs"
    } else {
        places["module"] = module(&tools)?;
        // Its cold start is measured on the Worker itself.
        let identity = workers::named(&["identity".to_owned()])?;
        bundle::build(&tools, Profile::Edge, &identity)?;
        model_files::gather()?;
        places["python"] = json!(python::packages("bench/vision/python-packages.txt")?);
        "bench/vision/run.mjs"
    };
    let mut bench = tools.node.script(script);
    show(bench.arg(places.to_string()).args(arguments.all()))
}

/// Where what is measured with and what comes of it are.
fn out() -> PathBuf {
    places::root().join("target/vision")
}

/// The native side.
fn program() -> Outcome<Value> {
    step("Compiling the native side (release)", || {
        run_quietly(cargo().args(["build", "--release", "-p", VISION]))
    })?;
    Ok(json!(places::target().join("release/bench-vision")))
}

/// The side in wasm, as it would be deployed.
fn module(tools: &Tools) -> Outcome<Value> {
    let profile = Profile::Edge.name();
    step("Compiling the side in wasm (edge)", || {
        let mut cargo = tools.wasm.cargo();
        cargo.args(["build", "--profile", profile, "--target", TARGET]);
        run_quietly(cargo.args(["-p", VISION, "--lib"]))
    })?;
    let folder = out().join("module");
    fs::create_dir_all(&folder).doing(format!("{} cannot be made", folder.display()))?;
    let compiled = places::target().join(TARGET).join(profile);
    let mut bindgen = Command::new(&tools.wasm_bindgen);
    bindgen.args(["--target", "web", "--no-typescript", "--out-name", "vision"]);
    bindgen.arg("--out-dir").arg(&folder);
    let file = format!("{}.wasm", VISION.replace('-', "_"));
    run_quietly(bindgen.arg(compiled.join(file)))?;
    let module = folder.join("vision_bg.wasm");
    let plain = folder.join("plain.wasm");
    fs::rename(&module, &plain).doing("the module cannot be moved")?;
    step("Optimising it", || bundle::optimise(tools, &plain, &module))?;
    Ok(json!(folder))
}
