//! A set of models, and a photograph that they have looked at once, so that every stage has what the
//! stage before it makes.

use std::hint::black_box;

use vision::decode::{DecodeError, Limits, decode};
use vision::liveness::{LivenessNetwork, Score, frequency};
use vision::look::{Fit, Unfit, look};
use vision::manifest::Role;
use vision::template::EmbeddingError;
use vision::{
    Detector, Embedder, Embedding, Examiner, FaceId, Incomparable, Index, Model, ModelError,
    Picture, Region, SHARD_CAPACITY, Template, Yunet,
};

use crate::{Recorded, Stage};

/// What a stage can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Decode(#[from] DecodeError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Embedding(#[from] EmbeddingError),
    #[error(transparent)]
    Incomparable(#[from] Incomparable),
    #[error("the face is not fit: {}", .0.code())]
    Unfit(Unfit),
    #[error("there is no {0} in this set")]
    Absent(&'static str),
    #[error("the index is full")]
    Full,
}

/// The models of one set.
#[derive(Debug)]
pub struct Pipeline {
    detector: Yunet<Recorded>,
    embedder: Embedder<Recorded>,
    liveness: Option<LivenessNetwork<Recorded>>,
    examiner: Examiner<Recorded>,
    models: Vec<Recorded>,
}

impl Pipeline {
    /// From the models of a set, whatever their order.
    pub fn new(models: Vec<Recorded>) -> Result<Self, Trouble> {
        let of = |role| {
            models
                .iter()
                .find(|model| model.entry().role == role)
                .cloned()
        };
        let detector = of(Role::Detector).ok_or(Trouble::Absent("detector"))?;
        let embedder = of(Role::Embedder).ok_or(Trouble::Absent("embedder"))?;
        let liveness = of(Role::Liveness);
        let examiner = Examiner::new(detector.clone(), embedder.clone(), liveness.clone())?;
        Ok(Self {
            detector: Yunet::new(detector)?,
            embedder: Embedder::new(embedder)?,
            liveness: liveness.map(LivenessNetwork::new).transpose()?,
            examiner,
            models,
        })
    }

    /// The model that does this.
    pub fn model(&self, role: Role) -> Option<&Recorded> {
        self.models.iter().find(|model| model.entry().role == role)
    }

    pub fn has_liveness(&self) -> bool {
        self.liveness.is_some()
    }

    /// How many faces are seen, and the one that can be judged.
    pub fn found(
        &self,
        picture: &Picture,
    ) -> Result<(Vec<vision::Face>, Result<Fit, Unfit>), Trouble> {
        let faces = self.detector.detect(picture)?;
        let fit = look(picture, &faces);
        Ok((faces, fit))
    }

    pub fn embed(&self, aligned: &Picture) -> Result<Embedding, Trouble> {
        Ok(self.embedder.embed(aligned)?)
    }

    /// What the network for life says of a face, if the set has one.
    pub fn life(&self, picture: &Picture, face: Region) -> Result<Option<f32>, Trouble> {
        let judge = |network: &LivenessNetwork<Recorded>| network.score(picture, face);
        let score = self.liveness.as_ref().map(judge).transpose()?;
        Ok(score.map(Score::value))
    }
}

/// A photograph of one person, and what each stage makes of it.
#[derive(Debug)]
pub struct Subject {
    file: Vec<u8>,
    picture: Picture,
    fit: Fit,
    wider: Picture,
    embedding: Embedding,
    template: Template,
    index: Index,
}

impl Subject {
    /// Looks at a photograph once.
    pub fn new(pipeline: &Pipeline, file: &[u8]) -> Result<Self, Trouble> {
        let picture = decode(file, &Limits::default())?.picture;
        let fit = pipeline.found(&picture)?.1.map_err(Trouble::Unfit)?;
        let embedding = pipeline.embed(&fit.aligned)?;
        pipeline.life(&picture, fit.face.region)?;
        let template = Template::from(&embedding);
        Ok(Self {
            file: file.to_vec(),
            wider: frequency::around(&picture, fit.face.region).ok_or(Trouble::Absent("face"))?,
            index: full_index(&embedding)?,
            picture,
            fit,
            embedding,
            template,
        })
    }

    /// Does a stage so many times.
    pub fn run(&self, pipeline: &Pipeline, stage: Stage, times: usize) -> Result<(), Trouble> {
        for _ in 0..times {
            self.once(pipeline, stage)?;
        }
        Ok(())
    }

    fn once(&self, pipeline: &Pipeline, stage: Stage) -> Result<(), Trouble> {
        let again = |role, name| match pipeline.model(role).map(Recorded::again) {
            Some(run) => Ok(run.map(|_| ())?),
            None => Err(Trouble::Absent(name)),
        };
        match stage {
            Stage::Decode => {
                black_box(decode(&self.file, &Limits::default())?);
            }
            Stage::Detect => {
                black_box(pipeline.detector.detect(&self.picture)?);
            }
            Stage::Align => {
                let faces = [self.fit.face];
                black_box(look(&self.picture, &faces).map_err(Trouble::Unfit)?);
            }
            Stage::Embed => {
                black_box(pipeline.embed(&self.fit.aligned)?);
            }
            Stage::Compare => {
                black_box(black_box(&self.template).similarity_to(&self.embedding)?);
            }
            Stage::Frequency => {
                black_box(frequency::analyse(&self.fit.aligned, &self.wider));
            }
            Stage::Liveness => {
                black_box(pipeline.life(&self.picture, self.fit.face.region)?);
            }
            Stage::Search => {
                black_box(self.index.search(black_box(&self.template), 10)?);
            }
            Stage::Verify => self.verify(pipeline)?,
            Stage::DetectorModel => again(Role::Detector, "detector")?,
            Stage::EmbedderModel => again(Role::Embedder, "embedder")?,
            Stage::LivenessModel => again(Role::Liveness, "network for life")?,
        }
        Ok(())
    }

    /// All of it, as the product does it.
    fn verify(&self, pipeline: &Pipeline) -> Result<(), Trouble> {
        let picture = decode(&self.file, &Limits::default())?.picture;
        let seen = pipeline.examiner.examine(&picture, |_| ())?;
        let seen = seen.outcome.map_err(Trouble::Unfit)?;
        black_box(pipeline.examiner.compare(&seen.embedding, &self.template)?);
        black_box(seen.liveness());
        Ok(())
    }
}

/// A shard with as many faces as one may have, all alike enough to this one that none is skipped.
fn full_index(like: &Embedding) -> Result<Index, Trouble> {
    let mut index = Index::for_templates_like(&Template::from(like));
    let mut state = 0x9e37_79b9_u32;
    for number in 0..SHARD_CAPACITY {
        let noise = like.values().iter().map(|value| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let part = f32::from(u16::try_from(state >> 16).unwrap_or_default());
            value + part / 131_072.0 - 0.25
        });
        let values: Vec<f32> = noise.collect();
        let mut id = [0; 12];
        id[4..].copy_from_slice(&(number as u64).to_be_bytes());
        let face = Template::from(&Embedding::new(like.model(), &values)?);
        index.insert(FaceId(id), &face).map_err(|_| Trouble::Full)?;
    }
    Ok(index)
}
