//! Adding models, on a project of two that a test makes.

use super::*;
use crate::scratch::Scratch;

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
    folder: Scratch,
    places: Places,
}

impl Project {
    fn new(name: &str) -> Self {
        let folder = Scratch::new(name);
        let root = folder.join("project");
        fs::create_dir_all(root.join("models")).unwrap();
        fs::write(root.join("models/manifest.toml"), MANIFEST).unwrap();
        let places = Places::new(&root, None, None);
        Self { folder, places }
    }

    /// The same project where a setting names a folder of models.
    fn with_setting(name: &str) -> (Self, PathBuf) {
        let mut project = Self::new(name);
        let first = project.folder.join("first");
        fs::create_dir_all(&first).unwrap();
        let root = project.folder.join("project");
        project.places = Places::new(root, Some(first.clone()), None);
        (project, first)
    }

    fn file(&self, text: &str) -> String {
        let path = self.folder.join("given");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    fn add(&self, name: &str, from: Option<&str>) -> Outcome<Added> {
        let entries = entries(&self.places.manifest())?;
        add(&self.places, named(&entries, name)?, from)
    }

    /// Adds the first model, with the bytes that it has.
    fn install(&self) -> PathBuf {
        let added = self.add("one", Some(&self.file("a model"))).unwrap();
        let to = self.places.installed().join("one.onnx");
        assert_eq!(added, Added::Now(to.clone()));
        to
    }

    /// What a failed addition says. Nothing of it stays.
    fn refusal(&self, name: &str, from: Option<&str>) -> String {
        let says = self.add(name, from).unwrap_err().to_string();
        let left = fs::read_dir(self.places.installed());
        assert_eq!(left.map_or(0, Iterator::count), 0, "{says}");
        says
    }
}

#[test]
fn the_bytes_that_the_manifest_names_are_installed_and_found() {
    let project = Project::new("named");
    assert_eq!(project.places.model("one.onnx"), None);
    let to = project.install();
    assert_eq!(fs::read(&to).unwrap(), b"a model");
    assert_eq!(project.places.model("one.onnx"), Some(to));
    // Once more changes nothing, and leaves nothing beside it.
    project.install();
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
    let to = project.install();
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
    let says = |at: usize| {
        let state = state(&project.places, &entries[at]);
        state.shown().1.to_owned()
    };
    assert_eq!(says(0), "cargo xtask models add one");
    assert_eq!(says(1), "cargo xtask models add two FILE");
    list(&project.places).unwrap();
    let to = project.install();
    assert!(says(0).ends_with("one.onnx"), "{}", says(0));
    list(&project.places).unwrap();
    fs::write(to, "A model").unwrap();
    assert!(says(0).contains("This is not one"), "{}", says(0));
    // What is here and wrong is a failure; what is missing is none.
    let failure = list(&project.places).unwrap_err().to_string();
    assert!(failure.ends_with(": one"), "{failure}");
}

#[test]
fn what_is_here_is_not_fetched_again() {
    // Nobody listens at the address of the manifest.
    let (project, first) = Project::with_setting("here");
    let to = project.install();
    assert_eq!(project.add("one", None).unwrap(), Added::Before(to.clone()));
    let elsewhere = first.join("one.onnx");
    fs::rename(&to, &elsewhere).unwrap();
    assert_eq!(project.add("one", None).unwrap(), Added::Before(elsewhere));
    // A file that is given is what is wanted, and looked at.
    project
        .add("one", Some(&project.file("A model")))
        .unwrap_err();
    // Other bytes under the name do not count.
    fs::remove_file(first.join("one.onnx")).unwrap();
    fs::write(&to, "A model").unwrap();
    project.add("one", None).unwrap_err();
}

#[test]
fn a_file_that_hides_the_installed_one_is_named() {
    let (project, first) = Project::with_setting("hidden");
    let hides = first.join("one.onnx");
    fs::write(&hides, "A model").unwrap();
    let file = project.file("a model");
    let says = project.add("one", Some(&file)).unwrap_err().to_string();
    assert!(says.contains(&hides.display().to_string()), "{says}");
    assert!(says.contains("hides it"), "{says}");
    // The same bytes are as good.
    fs::write(&hides, "a model").unwrap();
    project.install();
}

#[test]
fn parts_of_an_addition_that_was_cut_off_go() {
    let project = Project::new("parts");
    let folder = project.places.installed();
    fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, is_old: bool| {
        let path = folder.join(name);
        fs::write(&path, "a mo").unwrap();
        if is_old {
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        }
        path
    };
    let left = put("one.onnx.1.part", true);
    let kept = [
        put("one.onnx.2.part", false),
        put("two.onnx.1.part", true),
        put("one.onnx.of-mine.part", true),
    ];
    project.install();
    assert!(!left.exists());
    for path in kept {
        assert!(path.exists(), "{}", path.display());
    }
}

#[test]
fn only_the_right_files_make_a_set() {
    let project = Project::new("sets");
    let sets = || complete_sets(&project.places);
    assert!(sets().unwrap().is_empty());
    let one = project.install();
    assert!(sets().unwrap().is_empty());
    assert!(published(&project.places).unwrap().is_empty());
    let two = project.places.installed().join("two.onnx");
    fs::write(&two, "a model").unwrap();
    let says = sets().unwrap_err().to_string();
    assert!(says.contains("two.onnx: This is not two"), "{says}");
    let manifest = MANIFEST.replace(&"0".repeat(64), &sha256(b"a model"));
    fs::write(project.places.manifest(), manifest).unwrap();
    let expected = json!([{ "name": "published", "models": [one, two] }]);
    assert_eq!(json!(sets().unwrap()), expected);
    assert_eq!(published(&project.places).unwrap().len(), 2);
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
