//! `cargo xtask test`: every gate of the workspace, one after the other, and a table at the end. A
//! gate that fails does not keep the others from being tried, unless they need what it makes.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::apibook;
use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::failure::{Doing, Outcome};
use crate::layering;
use crate::model_files;
use crate::places;
use crate::progress::{self, note, paint, seconds, show, step};
use crate::setup::wasm_target::{TARGET, Toolchain};
use crate::setup::{self, Tools, cargo, debian};
use crate::size;
use crate::workers::{self, Worker};

/// More than the two cores of a small machine, as half of a test is waiting; few enough that none waits too long.
const FILES_AT_ONCE: &str = "--test-concurrency=3";

pub(crate) fn run(mut arguments: Arguments) -> Outcome {
    let (native_only, end_to_end_only) = (arguments.flag("--native"), arguments.flag("--e2e"));
    let filter = arguments.word();
    arguments.end()?;
    let tools = setup::everything()?;
    let workers = workers::all()?;
    let mut report = Report::default();
    if !end_to_end_only {
        if filter.is_none() {
            report.gate("formatting", formatting);
            report.gate("clippy", || clippy(&tools, &workers));
            report.gate("layering", || {
                step("Checking who knows whom", layering::check)
            });
        }
        report.gate("native tests", || native(filter.as_deref()));
        if filter.is_none() {
            report.gate("runner", || runner(&tools));
        }
    }
    if !native_only {
        let built = report.gate("build", || {
            bundle::build(&tools, Profile::Quick, &workers)?;
            model_files::gather()?;
            native_look()?;
            apibook::build().map(|_| ())
        });
        if built {
            report.gate("end to end", || end_to_end(&tools, filter.as_deref()));
        } else {
            report.skip("end to end");
        }
        if filter.is_none() && !end_to_end_only {
            report.gate("size", || size::build_and_check(&tools, &workers));
        }
    }
    report.finish()
}

fn formatting() -> Outcome {
    step("Checking the formatting", || {
        progress::run(cargo().args(["fmt", "--all", "--check"]))
    })
}

fn clippy(tools: &Tools, workers: &[Worker]) -> Outcome {
    let deny = ["--", "-D", "warnings"];
    step("Running clippy", || {
        progress::run(
            cargo()
                .args(["clippy", "--workspace", "--all-targets"])
                .args(deny),
        )
    })?;
    if tools.wasm == Toolchain::Debian {
        note("no clippy for wasm32 here: Debian's compiler has none");
        return Ok(());
    }
    step("Running clippy for wasm32", || {
        let mut clippy = tools.wasm.cargo();
        clippy.args(["clippy", "--target", TARGET]);
        for worker in workers {
            clippy.args(["-p", &worker.name]);
        }
        progress::run(clippy.args(deny))
    })
}

fn native(filter: Option<&str>) -> Outcome {
    let mut tests = cargo();
    if progress::succeeds(cargo().args(["nextest", "--version"])) {
        tests.args([
            "nextest",
            "run",
            "--workspace",
            "--no-tests=pass",
            "--no-fail-fast",
            "--status-level=fail",
        ]);
    } else {
        tests.args(["test", "--workspace", "--quiet", "--no-fail-fast"]);
    }
    step("Running the native tests", || show(tests.args(filter)))
}

/// The rules of the JavaScript around the Workers, which need no running system.
fn runner(tools: &Tools) -> Outcome {
    let mut node = tools.node.program("node");
    node.args([
        "--test",
        "xtask/runner/runner.test.mjs",
        "bench/vision/curves.test.mjs",
    ]);
    step("Testing the runner and the benchmark's arithmetic", || {
        progress::run(&mut node)
    })
}

fn end_to_end(tools: &Tools, filter: Option<&str>) -> Outcome {
    let files = test_files(filter)?;
    if files.is_empty() {
        note("no end-to-end test matches");
        return Ok(());
    }
    packages()?;
    setup::python::ensure()?;
    let mut node = tools.node.program("node");
    node.args(["--test", FILES_AT_ONCE, "--test-reporter=spec"]);
    node.env(
        "PROOF_NATIVE_LOOK",
        places::target().join("debug/examples").join(NATIVE_LOOK),
    );
    if let Some(filter) = filter
        && !files.iter().all(|file| name_of(file).contains(filter))
    {
        node.arg(format!("--test-name-pattern=/{}/i", escaped(filter)));
    }
    step("Running the end-to-end tests", || show(node.args(files)))
}

/// The program that looks at pictures as the Worker of faces does, for the tests that hold both against
/// each other.
const NATIVE_LOOK: &str = "examine";

fn native_look() -> Outcome {
    // With the whole workspace's features, or what runs models would be compiled once more for it.
    let build = ["build", "--workspace", "--example", NATIVE_LOOK];
    step("Compiling the native look at a face", || {
        progress::run(cargo().args(build))
    })
}

/// The files to run: those whose name matches, or else those that say the words anywhere.
fn test_files(filter: Option<&str>) -> Outcome<Vec<PathBuf>> {
    let folder = places::root().join("tests");
    let entries = fs::read_dir(&folder).doing(format!("{} cannot be read", folder.display()))?;
    let is_test = |path: &PathBuf| name_of(path).ends_with(".test.mjs");
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(is_test)
        .collect();
    files.sort();
    let Some(filter) = filter else {
        return Ok(files);
    };
    let named: Vec<PathBuf> = files
        .iter()
        .filter(|file| name_of(file).contains(filter))
        .cloned()
        .collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let words = filter.to_lowercase();
    let says = |file: &PathBuf| {
        fs::read_to_string(file).is_ok_and(|text| text.to_lowercase().contains(&words))
    };
    Ok(files.into_iter().filter(says).collect())
}

fn name_of(file: &std::path::Path) -> String {
    file.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn escaped(text: &str) -> String {
    let escape = |letter: char| {
        if letter.is_alphanumeric() || letter == ' ' {
            vec![letter]
        } else {
            vec!['\\', letter]
        }
    };
    text.chars().flat_map(escape).collect()
}

/// The servers and the browser that the tests talk to.
pub(crate) fn missing_packages() -> Vec<String> {
    let list =
        fs::read_to_string(places::root().join("tests/apt-packages.txt")).unwrap_or_default();
    let names = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim());
    names
        .filter(|name| !name.is_empty() && !debian::has_package(name))
        .map(str::to_owned)
        .collect()
}

fn packages() -> Outcome {
    let missing = missing_packages();
    let names = missing.join(", ");
    if missing.is_empty() {
        return Ok(());
    }
    if !debian::is_here() {
        note(&format!(
            "the tests need programs that Debian calls {names}"
        ));
        return Ok(());
    }
    step(&format!("Installing {names} for the tests"), || {
        debian::packages(&missing)
    })
}

/// What became of each gate.
#[derive(Default)]
struct Report(Vec<(&'static str, Option<Duration>, bool)>);

impl Report {
    /// Tries one gate; says whether it holds.
    fn gate(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) -> bool {
        println!("\n{}", paint("1", name));
        let start = Instant::now();
        let outcome = work();
        if let Err(failure) = &outcome {
            println!("{failure}");
        }
        self.0.push((name, Some(start.elapsed()), outcome.is_ok()));
        outcome.is_ok()
    }

    fn skip(&mut self, name: &'static str) {
        self.0.push((name, None, false));
    }

    fn finish(self) -> Outcome {
        println!();
        for (name, time, holds) in &self.0 {
            let mark = if *holds {
                paint("32", "✓")
            } else {
                paint("31", "✗")
            };
            println!(
                "{mark} {name:<16}{:>10}",
                time.map_or("not tried".to_owned(), seconds)
            );
        }
        let total = self
            .0
            .iter()
            .filter_map(|(_, time, _)| *time)
            .sum::<Duration>();
        println!("  {:<16}{:>10}", "", seconds(total));
        let failed = self.0.iter().filter(|(_, _, holds)| !holds).count();
        if failed == 0 {
            Ok(())
        } else {
            Err(format!("{failed} of {} gates failed.", self.0.len()).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_no_pattern() {
        assert_eq!(escaped("a.b (c)/d"), "a\\.b \\(c\\)\\/d");
    }
}
