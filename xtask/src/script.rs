//! The JavaScript around a compiled module: the glue that wasm-bindgen wrote, our crates' own files
//! that the module imports, and the runtime that joins both to the platform.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bundle::write;
use crate::failure::{Doing, Outcome};
use crate::places;
use crate::progress::run;
use crate::setup::Tools;
use crate::workers::Worker;

/// Where the runtime is.
pub(crate) fn folder() -> PathBuf {
    places::root().join("shared/edge/js")
}

/// Writes the Worker's one script.
pub(crate) fn join(
    tools: &Tools,
    worker: &Worker,
    glue: &Path,
    out: &Path,
    minified: bool,
) -> Outcome {
    let parts = glue.join("parts.mjs");
    write(&parts, &parts_module(&snippets(glue)?))?;
    let joined = glue.join("parts.js");
    run(esbuild(tools, &parts, &joined).args([
        "--format=iife",
        "--global-name=parts",
        "--external:cloudflare:*",
    ]))?;
    let joined = fs::read_to_string(&joined).doing("The joined glue cannot be read")?;
    write(&glue.join("instance.mjs"), &instance_module(&joined))?;
    let entry = glue.join("entry.mjs");
    write(&entry, &entry_module(worker))?;
    let mut last = esbuild(tools, &entry, out);
    last.args([
        "--format=esm",
        "--external:cloudflare:*",
        "--external:*.wasm",
    ]);
    if minified {
        last.arg("--minify");
    }
    run(&mut last)
}

fn esbuild(tools: &Tools, from: &Path, to: &Path) -> Command {
    let mut esbuild = tools.node.program("esbuild");
    esbuild
        .arg(from)
        .arg(format!("--outfile={}", to.display()))
        .args([
            "--bundle",
            "--target=es2024",
            "--log-level=warning",
            "--legal-comments=none",
        ]);
    esbuild
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

/// The glue, and what the compiled module imports by the names it uses.
fn parts_module(snippets: &[String]) -> String {
    let mut text = "import * as glue from \"./index_bg.js\";\nexport { glue };\n".to_owned();
    let mut imports = "\"./index_bg.js\": glue".to_owned();
    for (number, name) in snippets.iter().enumerate() {
        let _ = writeln!(text, "import * as snippet{number} from \"{name}\";");
        let _ = write!(imports, ", \"{name}\": snippet{number}");
    }
    let _ = writeln!(text, "export const imports = {{ {imports} }};");
    text
}

/// Every instance of the module gets glue of its own: the glue remembers views of the instance's
/// memory, and nothing of one instance may ever reach another.
fn instance_module(parts: &str) -> String {
    format!("export function makeParts() {{\n{parts}\nreturn parts;\n}}\n")
}

/// Joins module and runtime. A Worker that exports classes is reached through them alone.
fn entry_module(worker: &Worker) -> String {
    let mut lines = vec![
        format!(
            "import {{ Module, durableObject, worker }} from \"{}\";",
            folder().join("runtime.mjs").display()
        ),
        "import { makeParts } from \"./instance.mjs\";".to_owned(),
        "import wasm from \"./module.wasm\";".to_owned(),
        "const module = new Module(wasm, makeParts);".to_owned(),
    ];
    let export = |class| format!("export const {class} = durableObject(module, \"{class}\");");
    lines.extend(worker.classes.iter().map(export));
    lines.push(if worker.classes.is_empty() {
        "export default worker(module);".to_owned()
    } else {
        "export default { fetch: () => new Response(null, { status: 404 }) };".to_owned()
    });
    lines.join("\n")
}
