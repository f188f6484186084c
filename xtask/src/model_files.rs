//! The models that come with the project, as the files that one Worker is deployed with. Only those that
//! the manifest names: what else lies in `models` is no part of a Worker, and neither are other bytes
//! under a name of theirs, which it would refuse to run.

use std::fs;
use std::path::Path;

use crate::bundle::write;
use crate::failure::{Doing, Outcome};
use crate::models::{Entry, entries, read};
use crate::places;

/// Says which they are; and the platform takes no folder without a file.
const LIST: &str = "default-set.txt";

/// Puts the default set into `build/models`.
pub(crate) fn gather() -> Outcome {
    copy_set(
        &places::root().join("models"),
        &places::build().join("models"),
    )
}

fn copy_set(from: &Path, to: &Path) -> Outcome {
    let mut set = entries(&from.join("manifest.toml"))?;
    set.retain(|entry| entry.set == "default");
    let names: Vec<&str> = set.iter().map(|entry| entry.file.as_str()).collect();
    fs::create_dir_all(to).doing(format!("{} cannot be made", to.display()))?;
    for entry in fs::read_dir(to).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name != LIST && !names.iter().any(|known| **known == *name) {
            let _ = fs::remove_file(entry.path());
        }
    }
    write(&to.join(LIST), &names.join("\n"))?;
    set.iter()
        .try_for_each(|entry| copy(entry, &from.join(&entry.file), &to.join(&entry.file)))
}

fn copy(entry: &Entry, from: &Path, to: &Path) -> Outcome {
    let bytes = read(from, entry).and_then(|bytes| entry.check(&bytes).map(|()| bytes));
    let bytes = bytes.map_err(|failure| {
        format!(
            "{} is not put among the models of the Worker. {failure}\n\
             After a training, `models/training/train FOLDER --only cards` writes the manifest anew.",
            from.display()
        )
    })?;
    // What is the same stays: a running system watches the folder.
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(to, bytes).doing(format!("{} cannot be written", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    const MANIFEST: &str = r#"
        [[model]]
        name = "own"
        role = "detector"
        set = "default"
        file = "own.onnx"
        sha256 = "97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c"
        [[model]]
        name = "theirs"
        role = "detector"
        set = "published"
        file = "theirs.onnx"
        sha256 = "0000000000000000000000000000000000000000000000000000000000000000"
    "#;

    struct Folder(Scratch);

    impl Folder {
        /// A project whose own model has these bytes.
        fn new(name: &str, bytes: &str) -> Self {
            let path = Scratch::new(name);
            fs::create_dir_all(path.join("models")).unwrap();
            fs::write(path.join("models/manifest.toml"), MANIFEST).unwrap();
            fs::write(path.join("models/own.onnx"), bytes).unwrap();
            fs::write(path.join("models/theirs.onnx"), "theirs").unwrap();
            Self(path)
        }

        fn gather(&self) -> Outcome {
            copy_set(&self.0.join("models"), &self.0.join("build"))
        }

        fn gathered(&self) -> Vec<String> {
            let files = fs::read_dir(self.0.join("build")).unwrap();
            let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
            let mut names: Vec<String> = files.map(|file| name(file.unwrap())).collect();
            names.sort();
            names
        }
    }

    #[test]
    fn only_the_default_set_comes_along() {
        let folder = Folder::new("gather", "a model");
        folder.gather().unwrap();
        assert_eq!(folder.gathered(), [LIST, "own.onnx"]);
        let list = fs::read_to_string(folder.0.join("build").join(LIST)).unwrap();
        assert_eq!(list, "own.onnx");
        // What no longer belongs there goes.
        fs::write(folder.0.join("build/old.onnx"), "old").unwrap();
        folder.gather().unwrap();
        assert_eq!(folder.gathered(), [LIST, "own.onnx"]);
    }

    #[test]
    fn other_bytes_than_the_manifest_names_do_not_come_along() {
        let folder = Folder::new("gather-other", "A model");
        let says = folder.gather().unwrap_err().to_string();
        assert_eq!(folder.gathered(), [LIST]);
        for part in [
            "models/own.onnx",
            "97ff8a35544dcf40ad84047074439dd6aa3a0be469ea578a1b1c017d939ec61c",
            "93235a0a5a53a46a2c45a199c4a0bd7952d33b7f77fc94c29d66f4b5b4765db7",
            "models/training/train FOLDER --only cards",
        ] {
            assert!(says.contains(part), "{part}: {says}");
        }
    }

    #[test]
    fn a_file_that_is_missing_is_named() {
        let folder = Folder::new("gather-none", "a model");
        fs::remove_file(folder.0.join("models/own.onnx")).unwrap();
        let says = folder.gather().unwrap_err().to_string();
        assert!(says.contains("own.onnx cannot be read"), "{says}");
    }
}
