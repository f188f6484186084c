//! The models that come with the project, as the files that one Worker is deployed with. Only those that
//! the manifest names: what else lies in `models` is no part of a Worker.

use std::fs;
use std::path::Path;

use toml::Table;

use crate::bundle::write;
use crate::failure::{Doing, Outcome};
use crate::places;
use crate::workers::read_toml;

/// Says which they are; and the platform takes no folder without a file.
const LIST: &str = "default-set.txt";

/// Puts the default set into `build/models`.
pub(crate) fn gather() -> Outcome {
    let from = places::root().join("models");
    let to = places::build().join("models");
    let names = of_default_set(&read_toml(&from.join("manifest.toml"))?);
    fs::create_dir_all(&to).doing(format!("{} cannot be made", to.display()))?;
    for entry in fs::read_dir(&to).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name != LIST && !names.iter().any(|known| **known == *name) {
            let _ = fs::remove_file(entry.path());
        }
    }
    write(&to.join(LIST), &names.join("\n"))?;
    names
        .iter()
        .try_for_each(|name| copy(&from.join(name), &to.join(name)))
}

/// The names of its files.
fn of_default_set(manifest: &Table) -> Vec<String> {
    let models = manifest.get("model").and_then(toml::Value::as_array);
    let text = |model: &toml::Value, key: &str| Some(model.get(key)?.as_str()?.to_owned());
    let models = models.into_iter().flatten();
    models
        .filter(|model| text(model, "set").as_deref() == Some("default"))
        .filter_map(|model| text(model, "file"))
        .collect()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let bytes = fs::read(from).doing(format!(
        "{} is named in models/manifest.toml and cannot be read",
        from.display()
    ))?;
    // What is the same stays: a running system watches the folder.
    if fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(to, bytes).doing(format!("{} cannot be written", to.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_default_set_comes_along() {
        let manifest = r#"
            [[model]]
            set = "default"
            file = "own.onnx"
            [[model]]
            set = "published"
            file = "theirs.onnx"
        "#;
        let manifest: Table = manifest.parse().unwrap();
        assert_eq!(of_default_set(&manifest), ["own.onnx"]);
        assert!(of_default_set(&Table::new()).is_empty());
    }
}
