use proptest::prelude::*;

use super::*;
use crate::template::Calibration;

const CHECKED_IN: &str = include_str!("../../../../models/manifest.toml");

/// An embedder of 64 numbers; its hash is the one of no bytes.
const ENTRY: &str = r#"
[[model]]
name = "small"
role = "embedder"
set = "default"
file = "small.onnx"
origin = "a test"
sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
licence = "Apache-2.0"
outputs = ["out"]
threshold = 0.5

[model.input]
name = "in"
shape = [1, 3, 112, 112]
layout = "nchw"
colour = "rgb"
mean = [0.0, 0.0, 0.0]
scale = [1.0, 1.0, 1.0]

[model.answer]
kind = "embedding"
size = 64
"#;

/// The entry of a manifest that keeps to the rules after this change.
pub(crate) fn entry_with(change: impl Fn(&str) -> String) -> ModelEntry {
    let manifest = Manifest::parse(&change(ENTRY)).unwrap();
    manifest.models()[0].clone()
}

#[test]
fn the_checked_in_manifest_names_both_sets() {
    let manifest = Manifest::parse(CHECKED_IN).unwrap();
    let name = |role| Some(&*manifest.find(ModelSet::Published, role)?.name);
    assert_eq!(name(Role::Detector), Some("yunet-n-320"));
    assert_eq!(name(Role::Embedder), Some("mobilefacenet-112"));
    assert_eq!(name(Role::Liveness), Some("minifasnet-v2-80"));
    let embedder = manifest.find(ModelSet::Published, Role::Embedder).unwrap();
    let hash = "b7120c095d60094f28a4a54ba6a8bf51b297a6273fb40ef6350dfec1f63d9507";
    assert_eq!(embedder.sha256.to_string(), hash);
    for role in [Role::Detector, Role::Embedder, Role::Liveness, Role::Eyes] {
        assert!(manifest.find(ModelSet::Default, role).is_some(), "{role:?}");
    }
    for set in [ModelSet::Default, ModelSet::Published] {
        let embedder = manifest.find(set, Role::Embedder).unwrap();
        let rate = embedder.error_rates["false_accepts"];
        assert!(rate > 0.0 && rate < 0.003, "{rate}");
        assert!(matches!(Calibration::of(embedder), Ok(Some(_))));
    }
}

#[test]
fn an_embedder_says_what_its_likenesses_mean_if_it_was_measured() {
    let curve = "[model.calibration]\nsteepness = 20.0\nmidpoint = 0.4\nfalse_accept_rate = 0.001\n\n[model.input]";
    let with = |curve: &str| ENTRY.replace("[model.input]", curve);
    assert_eq!(Calibration::of(&entry_with(str::to_owned)), Ok(None));
    let entry = entry_with(|text| text.replace("[model.input]", curve));
    let calibration = Calibration::of(&entry).unwrap().unwrap();
    assert!((calibration.confidence(0.4) - 0.5).abs() < 1e-6);
    assert_eq!(calibration.model(), entry.sha256);
    for wrong in [
        with(&curve.replace("20.0", "-1.0")),
        with(&curve.replace("0.001", "0.0")),
        with(curve)
            .replace("\"embedder\"", "\"eyes\"")
            .replace("kind = \"embedding\"", "kind = \"classes\"")
            .replace("size = 64", "count = 2\nwanted = 1"),
    ] {
        let refused = Manifest::parse(&wrong).unwrap_err().to_string();
        assert!(refused.contains("calibration"), "{refused}");
    }
}

#[test]
fn a_field_that_breaks_its_rule_is_named() {
    let wrongs = [
        ("name = \"small\"", "name = \"a b\"", "name"),
        ("\"small.onnx\"", "\"../small.onnx\"", "file"),
        ("\"small.onnx\"", "\".onnx\"", "file"),
        (
            "origin = \"a test\"",
            "origin = \"o\"\nurl = \"http://a.example\"",
            "url",
        ),
        ("\"a test\"", "\" \"", "origin"),
        ("\"Apache-2.0\"", "\"\"", "licence"),
        ("threshold = 0.5", "threshold = 1.5", "threshold"),
        ("threshold = 0.5", "threshold = nan", "threshold"),
        ("threshold = 0.5", "threshold = 0.0", "threshold"),
        (
            "threshold = 0.5",
            "threshold = 0.5\nerror_rates = { a = 2.0 }",
            "error_rates",
        ),
        ("name = \"in\"", "name = \"\"", "input.name"),
        ("[1, 3, 112", "[2, 3, 112", "input.shape"),
        ("[1, 3, 112", "[1, 1, 112", "input.shape"),
        ("[1, 3, 112", "[1, 3, 0", "input.shape"),
        ("[1, 3, 112", "[1, 3, 1025", "input.shape"),
        ("\"nchw\"", "\"nhwc\"", "input.shape"),
        ("\"rgb\"", "\"grey\"", "input.shape"),
        ("[0.0, 0.0, 0.0]", "[0.0]", "input.mean"),
        ("[0.0, 0.0, 0.0]", "[0.0, inf, 0.0]", "input.mean"),
        ("[1.0, 1.0, 1.0]", "[1.0, 0.0, 1.0]", "input.scale"),
        ("1.0]", "1.0]\nsurroundings = 0.5", "input.surroundings"),
        ("\"embedder\"", "\"liveness\"", "input.surroundings"),
        ("[\"out\"]", "[]", "outputs"),
        ("[\"out\"]", "[\"\"]", "outputs"),
        ("[\"out\"]", "[\"out\", \"more\"]", "outputs"),
        ("size = 64", "size = 0", "answer"),
        ("\"embedder\"", "\"eyes\"", "answer"),
    ];
    for (from, to, expected) in wrongs {
        let changed = ENTRY.replacen(from, to, 1);
        assert_ne!(changed, ENTRY, "{from}");
        match Manifest::parse(&changed) {
            Err(ManifestError::Field { field, .. }) => assert_eq!(field, expected, "{to}"),
            other => panic!("{to}: {other:?}"),
        }
    }
}

#[test]
fn an_answer_fits_its_role() {
    let classes = |wanted: &str| {
        ENTRY
            .replace("\"embedder\"", "\"eyes\"")
            .replace("\"embedding\"", "\"classes\"")
            .replace("size = 64", wanted)
    };
    assert!(Manifest::parse(&classes("count = 2\nwanted = 1")).is_ok());
    assert!(Manifest::parse(&classes("count = 2\nwanted = 2")).is_err());
}

#[test]
fn what_is_not_known_is_not_read() {
    for (from, to) in [
        ("threshold", "treshold"),
        ("threshold = 0.5", "threshold = 0.5\nmore = 1"),
        ("\"default\"", "\"other\""),
        ("licence = \"Apache-2.0\"", ""),
        ("e3b0c4", "E3B0C4"),
        ("e3b0c4", "e3b0"),
        ("size = 64", "size = 64\nmore = 1"),
        ("size = 64", "size = -64"),
    ] {
        let refused = Manifest::parse(&ENTRY.replacen(from, to, 1));
        assert!(
            matches!(refused, Err(ManifestError::Form(_))),
            "{to}: {refused:?}"
        );
    }
}

#[test]
fn models_are_told_apart_by_name_and_by_what_they_do() {
    let twice = Manifest::parse(&ENTRY.repeat(2));
    assert!(matches!(twice, Err(ManifestError::NameTwice(_))));
    let other = ENTRY.replace("\"small\"", "\"other\"");
    let rivals = Manifest::parse(&format!("{ENTRY}{other}"));
    assert!(matches!(rivals, Err(ManifestError::RoleTwice { .. })));
    let published = other.replace("\"default\"", "\"published\"");
    let manifest = Manifest::parse(&format!("{ENTRY}{published}")).unwrap();
    let found = manifest.find(ModelSet::Published, Role::Embedder).unwrap();
    assert_eq!(found.name, "other");
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text: String, at in 0_usize..ENTRY.len()) {
        let _ = Manifest::parse(&text);
        let _ = Manifest::parse(&format!("{}{text}{}", &ENTRY[..at], &ENTRY[at..]));
    }
}
