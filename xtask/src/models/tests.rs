//! Adding models, on a project of two that a test makes.

use super::*;

const MANIFEST: &str = r#"
[[model]]
name = "one"
role = "detector"
set = "published"
file = "one.onnx"
url = "https://127.0.0.1:9/one.onnx"
sha256 = "97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c"
bytes = 7

[[model]]
name = "two"
role = "embedder"
set = "published"
file = "two.onnx"
sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
"#;

struct Project {
    folder: PathBuf,
    places: Places,
}

impl Project {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        let root = folder.join("project");
        fs::create_dir_all(root.join("models")).unwrap();
        fs::write(root.join("models/manifest.toml"), MANIFEST).unwrap();
        let places = Places::new(&root, None, None);
        Self { folder, places }
    }

    fn file(&self, text: &str) -> String {
        let path = self.folder.join("given");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn add(&self, name: &str, from: Option<&str>) -> Outcome<PathBuf> {
        let entries = entries(&self.places.manifest())?;
        add(&self.places, named(&entries, name)?, from)
    }

    /// What a failed addition says. Nothing of it stays.
    fn refusal(&self, name: &str, from: Option<&str>) -> String {
        let says = self.add(name, from).unwrap_err().to_string();
        let left = fs::read_dir(self.places.installed());
        assert_eq!(left.map_or(0, Iterator::count), 0, "{says}");
        says
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn the_bytes_that_the_manifest_names_are_installed_and_found() {
    let project = Project::new("named");
    let file = project.file("a model");
    assert_eq!(project.places.model("one.onnx"), None);
    let to = project.add("one", Some(&file)).unwrap();
    assert_eq!(fs::read(&to).unwrap(), b"a model");
    assert_eq!(project.places.model("one.onnx"), Some(to));
    // Once more changes nothing, and leaves nothing beside it.
    project.add("one", Some(&file)).unwrap();
    assert_eq!(fs::read_dir(project.places.installed()).unwrap().count(), 1);
}

#[test]
fn other_bytes_are_refused_with_both_hashes() {
    let project = Project::new("other");
    let file = project.file("A model");
    let says = project.refusal("one", Some(&file));
    assert!(says.contains("97ff8a35544dcf40"), "{says}");
    assert!(says.contains(&sha256(b"A model")), "{says}");
    // A longer file is not even read.
    let file = project.file("a model and more");
    let says = project.refusal("one", Some(&file));
    assert!(says.contains("16 bytes, 7 at most"), "{says}");
}

#[test]
fn a_failed_addition_leaves_what_was_there() {
    let project = Project::new("again");
    let to = project.add("one", Some(&project.file("a model"))).unwrap();
    project
        .add("one", Some(&project.file("A model")))
        .unwrap_err();
    assert_eq!(fs::read(to).unwrap(), b"a model");
}

#[test]
fn what_cannot_be_had_is_said() {
    let project = Project::new("absent");
    let says = project.refusal("three", None);
    assert!(says.contains("it names: one, two"), "{says}");
    let says = project.refusal("two", None);
    assert!(says.contains("models add two FILE"), "{says}");
    let says = project.refusal("one", Some("http://127.0.0.1:9/one.onnx"));
    assert!(says.contains("only addresses with https"), "{says}");
    // Nobody listens there.
    let says = project.refusal("one", None);
    assert!(
        says.contains("https://127.0.0.1:9/one.onnx cannot be had"),
        "{says}"
    );
    let says = project.refusal("one", Some("no such file"));
    assert!(says.contains("no such file cannot be read"), "{says}");
}

#[test]
fn the_list_tells_what_is_here_from_what_is_not() {
    let project = Project::new("list");
    let entries = entries(&project.places.manifest()).unwrap();
    let says = |at: usize| state(&project.places, &entries[at]).1;
    assert_eq!(says(0), "cargo xtask models add one");
    assert_eq!(says(1), "cargo xtask models add two FILE");
    let to = project.add("one", Some(&project.file("a model"))).unwrap();
    assert!(says(0).ends_with("one.onnx"), "{}", says(0));
    fs::write(to, "A model").unwrap();
    assert!(says(0).contains("This is not one"), "{}", says(0));
}

#[test]
fn a_manifest_leads_to_no_file_elsewhere() {
    for file in ["../one.onnx", "a/one.onnx", "/one.onnx", "..", ""] {
        assert!(!is_plain(file), "{file}");
    }
    assert!(is_plain("one.onnx"));
    let project = Project::new("plain");
    let outside = MANIFEST.replace("\"one.onnx\"", "\"../one.onnx\"");
    fs::write(project.places.manifest(), outside).unwrap();
    assert!(entries(&project.places.manifest()).is_err());
}
