//! Prints for each picture, one line of JSON each, what the Worker would answer: the same look by the
//! same models, natively. `examine <default|published> <model>… -- <picture>…`
#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a command-line tool prints, and has a clock"
)]

use std::error::Error;
use std::path::Path;

use proof_identity::limits::limits;
use proof_identity::views::{Look, Times};
use vision::decode::decode;
use vision::manifest::{Manifest, ModelSet, Role};
use vision::{Examiner, TractModel};

const MANIFEST: &str = include_str!("../../../models/manifest.toml");

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut parts = words.split(|word| word == "--");
    let (Some([set, models @ ..]), Some(pictures)) = (parts.next(), parts.next()) else {
        return Err("say a set, the files of its models, -- and pictures".into());
    };
    let set = match set.as_str() {
        "default" => ModelSet::Default,
        "published" => ModelSet::Published,
        _ => return Err("a set is default or published".into()),
    };
    let examiner = examiner(set, models)?;
    for picture in pictures {
        println!("{}", answer(&examiner, Path::new(picture))?);
    }
    Ok(())
}

fn examiner(set: ModelSet, files: &[String]) -> Result<Examiner<TractModel>, Box<dyn Error>> {
    let manifest = Manifest::parse(MANIFEST)?;
    let model = |role: Role| -> Result<Option<TractModel>, Box<dyn Error>> {
        let Some(entry) = manifest.find(set, role) else {
            return Ok(None);
        };
        let file = files
            .iter()
            .find(|file| Path::new(file).ends_with(&entry.file));
        let file = file.ok_or_else(|| format!("{} is not among the models", entry.file))?;
        Ok(Some(TractModel::load(entry, &std::fs::read(file)?)?))
    };
    let needed = |role: Role| -> Result<TractModel, Box<dyn Error>> {
        model(role)?.ok_or_else(|| format!("the set has no {role:?}").into())
    };
    Ok(Examiner::new(
        needed(Role::Detector)?,
        needed(Role::Embedder)?,
        model(Role::Liveness)?,
    )?)
}

fn answer(examiner: &Examiner<TractModel>, picture: &Path) -> Result<String, Box<dyn Error>> {
    let begun = std::time::Instant::now();
    let mut times = Times::begun(Box::new(move || begun.elapsed().as_secs_f64() * 1_000.0));
    let decoded = decode(&std::fs::read(picture)?, &limits())?;
    times.over("decode");
    let seen = examiner.examine(&decoded.picture, |stage| times.over(stage.name()))?;
    let look = Look::new(&decoded, &seen, None).with_details(&seen, times);
    Ok(serde_json::to_string(&look)?)
}
