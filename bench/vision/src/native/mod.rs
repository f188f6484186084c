//! Reads what there is to do as JSON from the first argument, and prints the figures as JSON.

mod report;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proof_bench_vision::{Pipeline, Recorded, Stage, Subject};
use serde::{Deserialize, Serialize};
use vision::manifest::{Manifest, ModelSet, Role};
use vision::{Model, Tensor, TractModel};

pub(crate) type Failure = Box<dyn Error>;

/// What there is to do.
#[derive(Deserialize)]
struct Work {
    set: String,
    manifest: PathBuf,
    /// The files of the set's models.
    models: Vec<PathBuf>,
    #[serde(default)]
    photographs: Vec<PathBuf>,
    /// How long each stage is repeated.
    #[serde(default)]
    milliseconds: u64,
    /// Where tensors are written.
    tensors: Option<PathBuf>,
    /// Photographs to show instead of timing anything.
    shown: Option<report::Shown>,
}

/// The figures of one photograph: milliseconds of each run of each stage.
#[derive(Serialize)]
struct Figures {
    photograph: PathBuf,
    stages: Vec<(&'static str, Vec<f64>)>,
    models: Vec<Written>,
}

/// A model's last run, as files.
#[derive(Serialize)]
struct Written {
    role: &'static str,
    file: String,
    name: String,
    shape: Vec<usize>,
    outputs: Vec<String>,
    input: PathBuf,
    answer: PathBuf,
}

pub(crate) fn run() -> Result<(), Failure> {
    let text = std::env::args().nth(1).ok_or("what to do is missing")?;
    let work: Work = serde_json::from_str(&text)?;
    let pipeline = pipeline(&work)?;
    if let Some(shown) = &work.shown {
        let embedder = pipeline.model(Role::Embedder).ok_or("no embedder")?;
        let report = report::report(&pipeline, embedder.entry().threshold, shown)?;
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    let mut all = Vec::new();
    for (at, path) in work.photographs.iter().enumerate() {
        let subject = Subject::new(&pipeline, &fs::read(path)?)?;
        let mut stages = Vec::new();
        for stage in Stage::ALL {
            if has(&pipeline, stage) {
                let times = timed(&pipeline, &subject, stage, work.milliseconds)?;
                stages.push((stage.name(), times));
            }
        }
        let models = match &work.tensors {
            Some(folder) => written(&pipeline, &folder.join(at.to_string()))?,
            None => Vec::new(),
        };
        all.push(Figures {
            photograph: path.clone(),
            stages,
            models,
        });
    }
    println!("{}", serde_json::to_string(&all)?);
    Ok(())
}

fn pipeline(work: &Work) -> Result<Pipeline, Failure> {
    let set = match work.set.as_str() {
        "default" => ModelSet::Default,
        _ => ModelSet::Published,
    };
    let manifest = Manifest::parse(&fs::read_to_string(&work.manifest)?)?;
    let mut models = Vec::new();
    for path in &work.models {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut entries = manifest.models().iter();
        let entry = entries.find(|entry| entry.set == set && entry.file == name);
        let entry = entry.ok_or("the set has no such model")?;
        models.push(Recorded::new(TractModel::load(entry, &fs::read(path)?)?));
    }
    Ok(Pipeline::new(models)?)
}

fn has(pipeline: &Pipeline, stage: Stage) -> bool {
    !matches!(stage, Stage::Liveness | Stage::LivenessModel) || pipeline.has_liveness()
}

/// Short stages are timed many at once, so that the clock is not what is measured.
fn timed(
    pipeline: &Pipeline,
    subject: &Subject,
    stage: Stage,
    milliseconds: u64,
) -> Result<Vec<f64>, Failure> {
    let whole = Duration::from_millis(milliseconds);
    let once = |times: usize| -> Result<f64, Failure> {
        let start = Instant::now();
        subject.run(pipeline, stage, times)?;
        Ok(start.elapsed().as_secs_f64() * 1e3)
    };
    once(1)?;
    let mut batch = 1_u32;
    while once(batch as usize)? < 1.0 {
        batch *= 2;
    }
    let start = Instant::now();
    let mut times = Vec::new();
    while times.len() < 5 || start.elapsed() < whole {
        times.push(once(batch as usize)? / f64::from(batch));
    }
    Ok(times)
}

fn written(pipeline: &Pipeline, folder: &Path) -> Result<Vec<Written>, Failure> {
    fs::create_dir_all(folder)?;
    let roles = [
        (Role::Detector, "detector"),
        (Role::Embedder, "embedder"),
        (Role::Liveness, "liveness"),
    ];
    let mut all = Vec::new();
    for (role, name) in roles {
        let Some(model) = pipeline.model(role) else {
            continue;
        };
        let (Some(input), Some(outputs)) = (model.input(), model.outputs()) else {
            continue;
        };
        let files = ["input", "answer"].map(|kind| folder.join(format!("{name}.{kind}.f32")));
        fs::write(&files[0], bytes(std::slice::from_ref(&input)))?;
        fs::write(&files[1], bytes(&outputs))?;
        let entry = model.entry();
        let [input_file, answer] = files;
        all.push(Written {
            role: name,
            file: entry.file.clone(),
            name: entry.input.name.clone(),
            shape: entry.input.shape.to_vec(),
            outputs: entry.outputs.clone(),
            input: input_file,
            answer,
        });
    }
    Ok(all)
}

fn bytes(tensors: &[Tensor]) -> Vec<u8> {
    let values = tensors.iter().flat_map(Tensor::values);
    values.flat_map(|value| value.to_le_bytes()).collect()
}
