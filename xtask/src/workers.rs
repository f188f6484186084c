//! The Workers of the workspace, as their `wrangler.toml` files describe them. A Worker's name is
//! the name of its package.

use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

use crate::failure::{Doing, Outcome};
use crate::places;

#[derive(Clone)]
pub(crate) struct Worker {
    /// `proof-front`: the Worker and the package.
    pub(crate) name: String,
    /// Where its `wrangler.toml` and `Cargo.toml` or sources are.
    pub(crate) folder: PathBuf,
    /// The Durable Object classes it exports.
    pub(crate) classes: Vec<String>,
    /// The secrets it cannot run without.
    pub(crate) secrets: Vec<String>,
    /// Whether the package has parts for a developer's machine only.
    pub(crate) has_local_parts: bool,
}

impl Worker {
    /// `front`: as the folder under `build` is called.
    pub(crate) fn short(&self) -> &str {
        self.name.strip_prefix("proof-").unwrap_or(&self.name)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.join("wrangler.toml")
    }

    fn read(config: &Path, package: &Path) -> Outcome<Self> {
        let table = read_toml(config)?;
        let name = table.get("name").and_then(toml::Value::as_str);
        let name = name
            .doing(format!("{} gives no name", config.display()))?
            .to_owned();
        let migrations = table.get("migrations").and_then(toml::Value::as_array);
        let classes = migrations.into_iter().flatten();
        let classes = classes
            .flat_map(|step| texts(step.get("new_sqlite_classes")))
            .collect();
        let secrets = texts(
            table
                .get("secrets")
                .and_then(|secrets| secrets.get("required")),
        );
        let manifest = read_toml(&package.join("Cargo.toml"))?;
        let features = manifest.get("features").and_then(toml::Value::as_table);
        let has_local_parts = features.is_some_and(|features| features.contains_key("local"));
        let folder = config.parent().map(Path::to_path_buf).unwrap_or_default();
        Ok(Self {
            name,
            folder,
            classes,
            secrets,
            has_local_parts,
        })
    }
}

/// All of them: objects first, then functions, then the front, as they are deployed.
pub(crate) fn all() -> Outcome<Vec<Worker>> {
    let root = places::root();
    let functions = fs::read_dir(root.join("functions")).doing("functions/ cannot be read")?;
    let mut functions: Vec<_> = functions.flatten().map(|entry| entry.path()).collect();
    functions.sort();
    let mut found = vec![(
        root.join("durable-objects/wrangler.toml"),
        root.join("durable-objects"),
    )];
    for function in functions {
        found.push((function.join("wrangler.toml"), function));
    }
    // The front's file is at the root, where wrangler looks first.
    found.push((root.join("wrangler.toml"), root.join("functions/front")));
    let found = found.iter().filter(|(config, _)| config.is_file());
    found
        .map(|(config, package)| Worker::read(config, package))
        .collect()
}

/// The one that only the benchmark runs.
pub(crate) fn of_bench() -> Outcome<Worker> {
    let folder = places::root().join("bench/wallets");
    Worker::read(&folder.join("wrangler.toml"), &folder)
}

/// Those of these names, long or short; all if there are none.
pub(crate) fn named(names: &[String]) -> Outcome<Vec<Worker>> {
    let all = all()?;
    let is = |worker: &Worker, name: &String| worker.name == *name || worker.short() == name;
    if let Some(unknown) = names
        .iter()
        .find(|name| !all.iter().any(|worker| is(worker, name)))
    {
        let known = all.iter().map(Worker::short).collect::<Vec<_>>().join(", ");
        return Err(format!("There is no Worker `{unknown}`; there are: {known}.").into());
    }
    let wanted = |worker: &Worker| names.is_empty() || names.iter().any(|name| is(worker, name));
    Ok(all.into_iter().filter(wanted).collect())
}

pub(crate) fn read_toml(file: &Path) -> Outcome<Table> {
    let text = fs::read_to_string(file).doing(format!("{} cannot be read", file.display()))?;
    text.parse()
        .doing(format!("{} is not TOML", file.display()))
}

fn texts(value: Option<&toml::Value>) -> Vec<String> {
    let values = value.and_then(toml::Value::as_array).into_iter().flatten();
    values
        .filter_map(toml::Value::as_str)
        .map(str::to_owned)
        .collect()
}
