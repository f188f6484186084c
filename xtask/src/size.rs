//! Whether every Worker, compressed as it is uploaded, stays within its budget.

use std::process::Command;

use crate::bundle::{self, Profile};
use crate::failure::{Doing, Outcome};
use crate::progress;
use crate::workers::Worker;

const BUDGET: usize = 1024 * 1024;
/// What runs models is larger than all else in it; the models are not part of it.
const BUDGET_OF_MODELS: usize = 3 * 1024 * 1024;
const FILES: [&str; 2] = ["worker.mjs", "module.wasm"];

/// Prints a table of the built bundles; fails if one is too large.
pub(crate) fn check(workers: &[Worker]) -> Outcome {
    println!(
        "  {:<18}{:>10}{:>10}{:>10}",
        "Worker", "raw", "gzip", "budget"
    );
    let mut too_large = Vec::new();
    for worker in workers {
        let (raw, gzip) = sizes(worker)?;
        println!(
            "  {:<18}{:>10}{:>10}{:>10}",
            worker.short(),
            kib(raw),
            kib(gzip),
            kib(budget(worker))
        );
        if gzip > budget(worker) {
            too_large.push(worker.short());
        }
    }
    if too_large.is_empty() {
        Ok(())
    } else {
        Err(format!("Too large: {}", too_large.join(", ")).into())
    }
}

fn budget(worker: &Worker) -> usize {
    if worker.short() == "identity" {
        BUDGET_OF_MODELS
    } else {
        BUDGET
    }
}

fn sizes(worker: &Worker) -> Outcome<(usize, usize)> {
    let folder = bundle::folder(Profile::Edge, worker);
    let mut sum = (0, 0);
    for name in FILES {
        let file = folder.join(name);
        let raw = std::fs::read(&file).doing(format!("{} cannot be read", file.display()))?;
        let gzip = Command::new("gzip")
            .args(["-9", "-c"])
            .arg(&file)
            .output()
            .doing("gzip did not start")?;
        sum = (sum.0 + raw.len(), sum.1 + gzip.stdout.len());
    }
    Ok(sum)
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

/// Builds for the edge and checks.
pub(crate) fn build_and_check(tools: &crate::setup::Tools, workers: &[Worker]) -> Outcome {
    bundle::build(tools, Profile::Edge, workers)?;
    progress::step("Weighing the Workers", || check(workers))
}
