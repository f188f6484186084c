//! `cargo xtask models`: which models the manifest names, which are here, and putting those here that
//! are not part of the project. Nothing is installed but the very bytes that the manifest names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use data_encoding::HEXLOWER;
use proof_models::Places;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use toml::Table;

use crate::arguments::Arguments;
use crate::failure::{Doing, Failure, Outcome};
use crate::places;
use crate::progress::{paint, step};
use crate::workers::read_toml;

/// A file that the manifest does not measure is not read beyond this.
const MOST_BYTES: u64 = 64 << 20;

/// No fetching takes longer: a part of a file that nobody wrote to for so long is left over.
const LONGEST_FETCH: Duration = Duration::from_mins(10);

/// What is asked here of a model in the manifest; `vision` reads it strictly.
pub(crate) struct Entry {
    name: String,
    role: String,
    pub(crate) set: String,
    pub(crate) file: String,
    url: Option<String>,
    sha256: String,
    bytes: Option<u64>,
}

impl Entry {
    fn read(table: &Table) -> Option<Self> {
        let text = |name: &str| Some(table.get(name)?.as_str()?.to_owned());
        let bytes = table.get("bytes").and_then(toml::Value::as_integer);
        Some(Self {
            name: text("name")?,
            role: text("role")?,
            set: text("set")?,
            file: text("file").filter(|file| is_plain(file))?,
            url: text("url"),
            sha256: text("sha256")?,
            bytes: bytes.and_then(|bytes| bytes.try_into().ok()),
        })
    }

    /// Whether these are the bytes that the manifest names.
    pub(crate) fn check(&self, bytes: &[u8]) -> Outcome {
        let found = sha256(bytes);
        if found != self.sha256 {
            return Err(format!(
                "This is not {}: its SHA-256 is\n  {found}\nand the manifest names\n  {}",
                self.name, self.sha256
            )
            .into());
        }
        let length = bytes.len() as u64;
        match self.bytes {
            Some(named) if named != length => Err(format!(
                "This is not {}: it has {length} bytes, and the manifest names {named}.",
                self.name
            )
            .into()),
            _ => Ok(()),
        }
    }

    fn most_bytes(&self) -> u64 {
        self.bytes.unwrap_or(MOST_BYTES)
    }
}

/// The sets whose models are all here: their names, and the files. A file that is here and is not the
/// model it is named after is an error: what it did would be said of the model.
pub(crate) fn complete_sets(here: &Places) -> Outcome<Vec<Value>> {
    let mut sets = Vec::new();
    for name in ["default", "published"] {
        let models = complete(here, name)?;
        if !models.is_empty() {
            sets.push(json!({ "name": name, "models": models }));
        }
    }
    Ok(sets)
}

/// The files of the published set, if all of them are here: the local system has them in its bucket.
pub(crate) fn published(here: &Places) -> Outcome<Vec<PathBuf>> {
    complete(here, "published")
}

/// The files of a set; none if one of them is missing.
fn complete(here: &Places, set: &str) -> Outcome<Vec<PathBuf>> {
    let mut entries = entries(&here.manifest())?;
    entries.retain(|entry| entry.set == set);
    let files: Outcome<Vec<_>> = entries.iter().map(|entry| checked(here, entry)).collect();
    let files: Option<Vec<PathBuf>> = files?.into_iter().collect();
    Ok(files.unwrap_or_default())
}

/// The file of a model, if there is one; an error if it holds anything else.
fn checked(here: &Places, entry: &Entry) -> Outcome<Option<PathBuf>> {
    let path = here.model(&entry.file);
    if let Some(path) = &path {
        check_file(path, entry).map_err(|failure| format!("{}: {failure}", shown(path)))?;
    }
    Ok(path)
}

fn check_file(path: &Path, entry: &Entry) -> Outcome {
    read(path, entry).and_then(|bytes| entry.check(&bytes))
}

/// Whether a name in the manifest is a file's and leads nowhere else.
fn is_plain(file: &str) -> bool {
    Path::new(file).file_name().is_some_and(|name| name == file)
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

pub(crate) fn run(mut arguments: Arguments) -> Outcome {
    let here = Places::here();
    match arguments.word().as_deref() {
        Some("list") => {
            arguments.end()?;
            list(&here)
        }
        Some("add") => {
            let name = arguments
                .word()
                .doing("Which model? `cargo xtask models list`")?;
            let from = arguments.word();
            arguments.end()?;
            let entries = entries(&here.manifest())?;
            match add(&here, named(&entries, &name)?, from.as_deref())? {
                Added::Now(path) => println!("{name} is in {}", shown(&path)),
                Added::Before(path) => println!("{name} is here already: {}", shown(&path)),
            }
            Ok(())
        }
        _ => Err("It is `models list` or `models add NAME [FILE|URL]`.".into()),
    }
}

pub(crate) fn entries(manifest: &Path) -> Outcome<Vec<Entry>> {
    let table = read_toml(manifest)?;
    let models = table.get("model").and_then(toml::Value::as_array);
    let broken = || format!("{} names a model without what it needs", manifest.display());
    models
        .into_iter()
        .flatten()
        .map(|model| model.as_table().and_then(Entry::read).doing(broken()))
        .collect()
}

fn named<'a>(entries: &'a [Entry], name: &str) -> Outcome<&'a Entry> {
    let known: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    let found = entries.iter().find(|entry| entry.name == name);
    found.doing(format!(
        "The manifest names no model `{name}`; it names: {}.",
        known.join(", ")
    ))
}

/// Fails after the whole list if a file is not the model it is named after. One that is not here is no
/// failure.
fn list(here: &Places) -> Outcome {
    let mut wrong = Vec::new();
    for entry in entries(&here.manifest())? {
        let state = state(here, &entry);
        let (mark, says) = state.shown();
        let what = format!("{} {}", entry.set, entry.role);
        println!("{mark} {:<22}{what:<22}{says}", entry.name);
        if matches!(state, State::Wrong(_)) {
            wrong.push(entry.name);
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let names = wrong.join(", ");
    Err(format!("Here, and not what the manifest names: {names}").into())
}

/// Whether a model is here and what it claims to be, and where, or how to get it.
enum State {
    Here(String),
    Wrong(String),
    Missing(String),
}

impl State {
    fn shown(&self) -> (String, &str) {
        match self {
            Self::Here(path) => (paint("32", "✓"), path),
            Self::Wrong(why) => (paint("31", "✗"), why),
            Self::Missing(add) => (paint("33", "–"), add),
        }
    }
}

fn state(here: &Places, entry: &Entry) -> State {
    match checked(here, entry) {
        Ok(Some(path)) => State::Here(shown(&path)),
        Ok(None) => {
            let from = if entry.url.is_some() { "" } else { " FILE" };
            State::Missing(format!("cargo xtask models add {}{from}", entry.name))
        }
        Err(failure) => State::Wrong(failure.to_string()),
    }
}

/// Where a model is that was to be added.
#[derive(Debug, PartialEq)]
enum Added {
    Now(PathBuf),
    /// Nothing was fetched.
    Before(PathBuf),
}

/// Puts a model where tests, the benchmark and the local system look for it. What is given is always
/// tried; the address of the manifest is only asked for what is not here.
fn add(here: &Places, entry: &Entry, from: Option<&str>) -> Outcome<Added> {
    forget_parts(&here.installed(), entry);
    if from.is_none()
        && let Ok(Some(path)) = checked(here, entry)
    {
        return Ok(Added::Before(path));
    }
    let to = install(here, entry, from)?;
    // Whoever looks for the model would find that other file and refuse it.
    checked(here, entry).map_err(|failure| {
        format!(
            "{} is in {}, and a file of that name that is looked at first hides it. Remove that file:\n{failure}",
            entry.name,
            shown(&to)
        )
    })?;
    Ok(Added::Now(to))
}

/// Removes what additions of this model that were cut off have left.
fn forget_parts(folder: &Path, entry: &Entry) {
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let process = name
            .strip_prefix(&format!("{}.", entry.file))
            .and_then(|rest| rest.strip_suffix(".part"));
        let is_part = process.is_some_and(|process| process.parse::<u32>().is_ok());
        let written = file.metadata().and_then(|about| about.modified());
        // Another addition may be under way.
        let is_left = written.is_ok_and(|at| at.elapsed().is_ok_and(|past| past > LONGEST_FETCH));
        if is_part && is_left {
            let _ = fs::remove_file(file.path());
        }
    }
}

fn install(here: &Places, entry: &Entry, from: Option<&str>) -> Outcome<PathBuf> {
    let url = entry.url.as_deref();
    let from = from.or(url).doing(format!(
        "The manifest names no address for {}. With its file it is:\n  cargo xtask models add {} FILE",
        entry.name, entry.name
    ))?;
    let folder = here.installed();
    fs::create_dir_all(&folder).doing(format!("{} cannot be made", folder.display()))?;
    // Of two who add the same at once, neither reads what the other has half written.
    let part = folder.join(format!("{}.{}.part", entry.file, std::process::id()));
    let to = folder.join(&entry.file);
    let put = bring(entry, from, &part)
        .and_then(|()| check_file(&part, entry))
        .and_then(|()| fs::rename(&part, &to).doing(format!("{} cannot be written", to.display())));
    if put.is_err() {
        let _ = fs::remove_file(&part);
    }
    put.map(|()| to)
}

/// Copies or fetches what is at `from`.
fn bring(entry: &Entry, from: &str, to: &Path) -> Outcome {
    if from.starts_with("https://") {
        return step(&format!("Fetching {from}"), || fetch(entry, from, to));
    }
    if from.contains("://") {
        return Err(format!("{from} is not fetched: only addresses with https are.").into());
    }
    let bytes = read(Path::new(from), entry)?;
    fs::write(to, bytes).doing(format!("{} cannot be written", to.display()))
}

/// The bytes of a file that is not longer than the model can be.
pub(crate) fn read(path: &Path, entry: &Entry) -> Outcome<Vec<u8>> {
    let cannot = || format!("{} cannot be read", path.display());
    let length = fs::metadata(path).doing(cannot())?.len();
    let most = entry.most_bytes();
    if length > most {
        let name = &entry.name;
        let text =
            format!("This is not {name}: it has {length} bytes, {most} at most are its own.");
        return Err(text.into());
    }
    fs::read(path).doing(cannot())
}

/// By curl, which every system has by now: this program speaks no TLS of its own.
fn fetch(entry: &Entry, url: &str, to: &Path) -> Outcome {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--location"])
        .args(["--proto", "=https", "--max-redirs", "5"])
        .args(["--connect-timeout", "20"])
        .args(["--max-time", &LONGEST_FETCH.as_secs().to_string()])
        .args(["--max-filesize", &entry.most_bytes().to_string()])
        .arg("--output")
        .arg(to)
        .args(["--url", url]);
    let output = curl
        .output()
        .doing("curl, which fetches it, did not start")?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::from(format!(
        "{url} cannot be had: {}\nWhoever has the file already:\n  cargo xtask models add {} FILE",
        said.trim(),
        entry.name
    )))
}

/// Short where it is within the project.
fn shown(path: &Path) -> String {
    let root = places::root();
    path.strip_prefix(&root)
        .unwrap_or(path)
        .display()
        .to_string()
}

#[cfg(test)]
mod tests;
