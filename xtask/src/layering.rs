//! Who may know whom. The design's walls are checked here on every test run, not remembered.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress;

/// Crates that know the platform; only the rooms at the edge may depend on them.
const PLATFORM: [&str; 4] = ["wasm-bindgen", "wasm-bindgen-futures", "js-sys", "web-sys"];

/// A Worker and a module that only the benchmark runs.
const BENCH: [&str; 2] = ["bench/wallets", "bench/vision"];

/// Where files are on a developer's machine; nothing that is deployed may ask.
const FILES: &str = "xtask/models";

/// One dependency that a `Cargo.toml` names.
struct Dependency {
    /// The folder of the crate that has it, such as `shared/domain`.
    from: String,
    /// The folder of the other crate, or the name of one from outside.
    to: String,
    inside: bool,
    /// Only its tests have it.
    in_tests: bool,
}

/// Fails with one line for each dependency that the design does not allow.
pub(crate) fn check() -> Outcome {
    let wrong: Vec<String> = dependencies()?
        .iter()
        .filter(|dependency| !allowed(dependency))
        .map(|dependency| format!("  {} must not know {}", dependency.from, dependency.to))
        .collect();
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("The layering is broken:\n{}", wrong.join("\n")).into())
}

fn allowed(dependency: &Dependency) -> bool {
    let (from, to) = (dependency.from.as_str(), dependency.to.as_str());
    let at_the_edge = ["shared/edge", "durable-objects"].contains(&from)
        || BENCH.contains(&from)
        || from.starts_with("functions/");
    if !dependency.inside {
        return at_the_edge || !PLATFORM.contains(&to);
    }
    if to == FILES {
        return dependency.in_tests || from == "xtask";
    }
    match from {
        "shared/domain" | FILES => false,
        "shared/proof" | "shared/evidence" | "shared/vision" => to == "shared/domain",
        "shared/edge" => ["shared/domain", "shared/proof", "shared/evidence"].contains(&to),
        "shared/pages" => to == "shared/domain" || to == "shared/evidence",
        "xtask" => to == "shared/domain" || to == "shared/proof",
        // It writes down what the functions say of themselves.
        "xtask/apibook" => to.starts_with("shared/") || to.starts_with("functions/"),
        // Models run in one room alone, and where that is timed.
        _ if to == "shared/vision" => ["functions/identity", "bench/vision"].contains(&from),
        // Objects speak to functions, never to people.
        _ if to == "shared/pages" => from.starts_with("functions/"),
        _ => at_the_edge && to.starts_with("shared/"),
    }
}

/// What the workspace's crates name in their manifests, for tests and builds too.
fn dependencies() -> Outcome<Vec<Dependency>> {
    let root = places::root();
    let mut cargo = Command::new("cargo");
    cargo
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(&root);
    let metadata: Value =
        serde_json::from_str(&progress::capture(&mut cargo)?).doing("cargo metadata")?;
    let folder = |path: &Path| {
        path.strip_prefix(&root)
            .unwrap_or(path)
            .display()
            .to_string()
    };
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let from = folder(manifest.parent().unwrap_or(manifest));
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let path = dependency["path"].as_str();
            let name = dependency["name"].as_str().unwrap_or_default().to_owned();
            let to = path.map_or(name, |path| folder(Path::new(path)));
            found.push(Dependency {
                from: from.clone(),
                to,
                inside: path.is_some(),
                in_tests: dependency["kind"] == "dev",
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(from: &str, to: &str) -> bool {
        let inside = to.contains('/') || to == "xtask" || to == "durable-objects";
        allowed(&Dependency {
            from: from.to_owned(),
            to: to.to_owned(),
            inside,
            in_tests: false,
        })
    }

    #[test]
    fn the_workspace_keeps_to_the_design() {
        check().unwrap();
    }

    #[test]
    fn the_rules_are_those_of_the_design() {
        for (from, to) in [
            ("shared/proof", "shared/domain"),
            ("shared/edge", "shared/evidence"),
            ("shared/pages", "shared/evidence"),
            ("functions/proofs", "shared/edge"),
            ("functions/identity", "shared/vision"),
            ("functions/requests", "shared/pages"),
            ("durable-objects", "shared/proof"),
            ("xtask/apibook", "functions/front"),
            ("shared/edge", "js-sys"),
            ("bench/wallets", "shared/edge"),
            ("bench/vision", "shared/vision"),
            ("xtask", "xtask/models"),
            ("shared/domain", "serde"),
        ] {
            assert!(may(from, to), "{from} may know {to}");
        }
        for (from, to) in [
            ("shared/domain", "shared/proof"),
            ("shared/evidence", "shared/proof"),
            ("shared/proof", "shared/edge"),
            ("shared/edge", "shared/pages"),
            ("durable-objects", "shared/pages"),
            ("shared/pages", "shared/edge"),
            ("shared/pages", "shared/proof"),
            ("shared/edge", "functions/front"),
            ("functions/proofs", "functions/verifications"),
            ("functions/proofs", "shared/vision"),
            ("durable-objects", "shared/vision"),
            ("shared/edge", "shared/vision"),
            ("functions/proofs", "durable-objects"),
            ("durable-objects", "functions/proofs"),
            ("functions/proofs", "bench/wallets"),
            ("xtask", "functions/front"),
            ("shared/evidence", "wasm-bindgen"),
            ("shared/pages", "js-sys"),
            ("shared/domain", "js-sys"),
            ("shared/vision", "xtask/models"),
            ("functions/proofs", "xtask/models"),
            ("xtask/models", "shared/vision"),
        ] {
            assert!(!may(from, to), "{from} must not know {to}");
        }
    }
}
