//! What the models see in every photograph of a folder, and how alike the faces of labelled pairs are.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use data_encoding::BASE64;
use jpeg_encoder::{ColorType, Encoder};
use proof_bench_vision::Pipeline;
use serde::{Deserialize, Serialize};
use vision::decode::{Limits, decode};
use vision::liveness::{Score, frequency};
use vision::look::Fit;
use vision::{Embedding, Face, Picture};

use super::Failure;

/// Photographs are shown no larger.
const LONGEST_SIDE: u32 = 480;

/// How much is kept of what is shown, in percent.
const QUALITY: u8 = 82;

#[derive(Deserialize)]
pub(super) struct Shown {
    /// Every photograph, below this folder.
    folder: PathBuf,
    photographs: Vec<String>,
    /// Two photographs and whether they are of one person.
    pairs: Vec<(String, String, bool)>,
}

#[derive(Serialize)]
pub(super) struct Report {
    threshold: f32,
    photographs: Vec<Photograph>,
    pairs: Vec<Pair>,
}

#[derive(Serialize)]
struct Photograph {
    name: String,
    width: u32,
    height: u32,
    picture: String,
    faces: Vec<Seen>,
    outcome: Outcome,
}

#[derive(Serialize)]
struct Seen {
    region: [f32; 4],
    points: Vec<[f32; 2]>,
    score: f32,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Fit {
        aligned: String,
        pose: [f32; 3],
        brightness: f32,
        sharpness: f32,
        frequency: Option<f32>,
        network: Option<f32>,
    },
    Unfit {
        code: &'static str,
        hint: &'static str,
    },
}

#[derive(Serialize)]
struct Pair {
    one: String,
    other: String,
    same: bool,
    /// None where one of the two has no face to compare.
    similarity: Option<f32>,
}

pub(super) fn report(
    pipeline: &Pipeline,
    threshold: f32,
    shown: &Shown,
) -> Result<Report, Failure> {
    let mut photographs = Vec::new();
    let mut embeddings = BTreeMap::new();
    for name in &shown.photographs {
        let file = fs::read(shown.folder.join(name))?;
        let Ok(decoded) = decode(&file, &Limits::default()) else {
            continue;
        };
        let (photograph, embedding) = look_at(pipeline, name, &decoded.picture)?;
        photographs.push(photograph);
        if let Some(embedding) = embedding {
            embeddings.insert(name.clone(), embedding);
        }
    }
    let pairs = shown.pairs.iter().map(|(one, other, same)| {
        let both = embeddings.get(one).zip(embeddings.get(other));
        Pair {
            one: one.clone(),
            other: other.clone(),
            same: *same,
            similarity: both.and_then(|(one, other)| one.similarity(other).ok()),
        }
    });
    Ok(Report {
        threshold,
        pairs: pairs.collect(),
        photographs,
    })
}

/// The face that can be judged is described; of one that cannot, the surest is, for the pairs.
fn look_at(
    pipeline: &Pipeline,
    name: &str,
    picture: &Picture,
) -> Result<(Photograph, Option<Embedding>), Failure> {
    let (faces, fit) = pipeline.found(picture)?;
    let (outcome, embedding) = match fit {
        Ok(fit) => {
            let embedding = pipeline.embed(&fit.aligned)?;
            (described(pipeline, picture, &fit)?, Some(embedding))
        }
        Err(unfit) => {
            let outcome = Outcome::Unfit {
                code: unfit.code(),
                hint: unfit.hint(),
            };
            let surest = faces.first();
            let aligned =
                surest.and_then(|face| vision::align::align(picture, &face.landmarks).ok());
            let embedding = aligned
                .map(|aligned| pipeline.embed(&aligned))
                .transpose()?;
            (outcome, embedding)
        }
    };
    let photograph = Photograph {
        name: name.to_owned(),
        width: picture.width(),
        height: picture.height(),
        picture: jpeg(&small(picture))?,
        faces: faces.iter().map(seen).collect(),
        outcome,
    };
    Ok((photograph, embedding))
}

fn described(pipeline: &Pipeline, picture: &Picture, fit: &Fit) -> Result<Outcome, Failure> {
    let region = fit.face.region;
    let patterns = frequency::around(picture, region)
        .map(|wider| frequency::analyse(&fit.aligned, &wider).score)
        .filter(|score: &Score| score.evaluated());
    Ok(Outcome::Fit {
        aligned: jpeg(&fit.aligned)?,
        pose: [fit.pose.yaw, fit.pose.pitch, fit.pose.roll],
        brightness: fit.measures.brightness,
        sharpness: fit.measures.sharpness,
        frequency: patterns.map(Score::value),
        network: pipeline.life(picture, region)?,
    })
}

fn seen(face: &Face) -> Seen {
    let region = face.region;
    let points = face.landmarks.points();
    Seen {
        region: [region.left, region.top, region.width, region.height],
        points: points.iter().map(|point| [point.x, point.y]).collect(),
        score: face.score,
    }
}

fn small(picture: &Picture) -> Picture {
    let longest = picture.width().max(picture.height());
    let side = |side: u32| (side * LONGEST_SIDE / longest).max(1);
    let smaller = picture.resized(side(picture.width()), side(picture.height()));
    smaller
        .filter(|_| longest > LONGEST_SIDE)
        .unwrap_or_else(|| picture.clone())
}

/// As a page can hold it.
fn jpeg(picture: &Picture) -> Result<String, Failure> {
    let mut file = Vec::new();
    let sides = (picture.width().try_into()?, picture.height().try_into()?);
    Encoder::new(&mut file, QUALITY).encode(picture.rgb(), sides.0, sides.1, ColorType::Rgb)?;
    Ok(format!("data:image/jpeg;base64,{}", BASE64.encode(&file)))
}
