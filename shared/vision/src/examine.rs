//! One picture, from its pixels to all that one look tells of a face: found, judged fit, described and
//! weighed for life. The same natively and at the edge; whoever calls brings the models, and a clock
//! if there is anything to time.

use crate::liveness::frequency::{Frequency, analyse, around};
use crate::liveness::{LivenessNetwork, Score};
use crate::look::{Fit, Unfit, look};
use crate::template::comparable;
use crate::{
    Calibration, Detector, Embedder, Embedding, Face, Incomparable, Model, ModelError, Picture,
    Template, Yunet,
};

/// A face of this part of the picture's longer side is so large that a second one which counts beside it
/// (`look::SECOND_FACE_AREA`) is seen at once too: detectors see faces from a twentieth of it.
const LARGE_ENOUGH: f64 = 0.12;

/// The models of a set that one look needs.
#[derive(Debug)]
pub struct Examiner<M> {
    detector: Yunet<M>,
    embedder: Embedder<M>,
    liveness: Option<LivenessNetwork<M>>,
}

/// What takes time, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Faces are found.
    Detect,
    /// The one face is judged fit and aligned.
    Align,
    /// It is described by numbers.
    Embed,
    /// Patterns are looked for.
    Frequency,
    /// The network for life has looked.
    Network,
}

impl Stage {
    /// As measurements call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Align => "align",
            Self::Embed => "embed",
            Self::Frequency => "frequency",
            Self::Network => "network",
        }
    }
}

/// What one look tells.
#[derive(Clone, Debug)]
pub struct Examination {
    /// How many faces are in the picture, small ones in the background too.
    pub faces: usize,
    /// The one face that can be judged, or why there is none.
    pub outcome: Result<Seen, Unfit>,
}

/// A face that can be judged, and what is known of it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub fit: Fit,
    pub embedding: Embedding,
    /// Whether it looks like a print or a screen.
    pub frequency: Frequency,
    /// What the network for life says; not evaluated if the set has none.
    pub network: Score,
}

impl Seen {
    /// Whether it seems alive in this one picture: what patterns say and what the network says, whichever
    /// is the less.
    pub fn liveness(&self) -> Score {
        self.frequency.score.least(self.network)
    }
}

/// A face compared with a template.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Likeness {
    /// The cosine.
    pub similarity: f32,
    /// From this similarity on it is a match.
    pub threshold: f32,
    pub is_match: bool,
    /// How sure one may be that it is one person; none if the model was never measured for that.
    pub confidence: Option<f32>,
}

impl<M: Model> Examiner<M> {
    /// Refuses a model that the manifest says is for something else.
    pub fn new(detector: M, embedder: M, liveness: Option<M>) -> Result<Self, ModelError> {
        Ok(Self {
            detector: Yunet::new(detector)?,
            embedder: Embedder::new(embedder)?,
            liveness: liveness.map(LivenessNetwork::new).transpose()?,
        })
    }

    /// Looks at a picture, and tells of each stage when it is over.
    pub fn examine(
        &self,
        picture: &Picture,
        mut over: impl FnMut(Stage),
    ) -> Result<Examination, ModelError> {
        let found = self.detect(picture)?;
        over(Stage::Detect);
        let faces = found.len();
        let fit = look(picture, &found);
        over(Stage::Align);
        let outcome = match fit {
            Ok(fit) => Ok(self.describe(picture, fit, &mut over)?),
            Err(unfit) => Err(unfit),
        };
        Ok(Examination { faces, outcome })
    }

    /// Looks again in parts where somebody who counts may be too small to be seen at once: where there is
    /// nobody, and beside a face that is small itself.
    fn detect(&self, picture: &Picture) -> Result<Vec<Face>, ModelError> {
        let seen = self.detector.detect(picture)?;
        let side = f64::from(picture.width().max(picture.height())) * LARGE_ENOUGH;
        let large = |face: &Face| f64::from(face.region.width.min(face.region.height)) >= side;
        if seen.iter().any(large) {
            Ok(seen)
        } else {
            self.detector.detect_closely(picture, seen)
        }
    }

    fn describe(
        &self,
        picture: &Picture,
        fit: Fit,
        over: &mut impl FnMut(Stage),
    ) -> Result<Seen, ModelError> {
        let embedding = self.embedder.embed(&fit.aligned)?;
        over(Stage::Embed);
        let region = fit.face.region;
        let frequency = around(picture, region).map_or(Frequency::NOT_EVALUATED, |wider| {
            analyse(&fit.aligned, &wider)
        });
        over(Stage::Frequency);
        let network = match &self.liveness {
            Some(network) => network.score(picture, region)?,
            None => Score::NOT_EVALUATED,
        };
        over(Stage::Network);
        Ok(Seen {
            fit,
            embedding,
            frequency,
            network,
        })
    }

    /// Whether this embedder made a template: another one's numbers mean different things, and are judged
    /// by another threshold.
    pub fn made(&self, template: &Template) -> Result<(), Incomparable> {
        let own = (self.embedder.model().entry().sha256, self.embedder.size());
        comparable(own, (template.model(), template.dimensions()))
    }

    /// How like a face that was just described is to one that was kept.
    pub fn compare(
        &self,
        embedding: &Embedding,
        template: &Template,
    ) -> Result<Likeness, Incomparable> {
        self.made(template)?;
        let entry = self.embedder.model().entry();
        let similarity = template.similarity_to(embedding)?;
        let calibration = Calibration::of(entry).ok().flatten();
        Ok(Likeness {
            similarity,
            threshold: entry.threshold,
            is_match: similarity >= entry.threshold,
            confidence: calibration.map(|curve| curve.confidence(similarity)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::ALIGNED_POINTS;
    use crate::model::fixed::Fixed;

    /// Squares of the three grids of 64×64.
    const SQUARES: [usize; 3] = [64, 16, 4];

    /// A detector that sees an upright face of 32×32 in the middle of its 64×64, or none.
    fn detector(score: f32) -> Fixed {
        let of = |size: usize| SQUARES.map(move |squares| vec![0.0; squares * size]);
        let mut outputs: Vec<Vec<f32>> = [1, 1, 4, 10].into_iter().flat_map(of).collect();
        // The grid of 16: its second square in the second row begins at (16, 16).
        let square = 4 + 1;
        outputs[1][square] = score;
        outputs[4][square] = score;
        outputs[7][square * 4..][..4].copy_from_slice(&[1.0, 1.0, 2_f32.ln(), 2_f32.ln()]);
        for (at, point) in ALIGNED_POINTS.into_iter().enumerate() {
            let place = |value: f32| value / 112.0 * 2.0;
            outputs[10][square * 10 + 2 * at] = place(point.x);
            outputs[10][square * 10 + 2 * at + 1] = place(point.y);
        }
        Fixed::yunet(outputs)
    }

    fn direction(first: f32) -> Vec<f32> {
        let mut values = vec![0.0; 64];
        (values[0], values[1]) = (first, 1.0 - first);
        values
    }

    fn squares() -> Picture {
        let rgb = (0..400 * 400_u32)
            .flat_map(|at| {
                let odd = (at % 400 / 8 + at / 400 / 8).is_multiple_of(2);
                [if odd { 90 } else { 150 }; 3]
            })
            .collect();
        Picture::new(400, 400, rgb).unwrap()
    }

    fn stages(examiner: &Examiner<Fixed>) -> (Examination, Vec<Stage>) {
        let mut stages = Vec::new();
        let seen = examiner.examine(&squares(), |stage| stages.push(stage));
        (seen.unwrap(), stages)
    }

    #[test]
    fn a_face_is_described_and_weighed_stage_by_stage() {
        let liveness = Fixed::liveness(vec![0.0, 2_f32.ln(), 0.0]);
        let embedder = Fixed::embedder(direction(1.0));
        let examiner = Examiner::new(detector(0.9), embedder, Some(liveness)).unwrap();
        let (seen, stages) = stages(&examiner);
        let face = seen.outcome.unwrap();
        assert_eq!(seen.faces, 1);
        assert!((face.fit.face.region.left - 100.0).abs() < 1e-3);
        assert!((face.network.value() - 0.5).abs() < 1e-6 && face.network.evaluated());
        assert!(face.frequency.score.evaluated());
        assert_eq!(
            stages,
            [
                Stage::Detect,
                Stage::Align,
                Stage::Embed,
                Stage::Frequency,
                Stage::Network
            ]
        );
    }

    #[test]
    fn what_is_unfit_is_not_described() {
        let embedder = Fixed::embedder(direction(1.0));
        let examiner = Examiner::new(detector(0.1), embedder, None).unwrap();
        let (seen, stages) = stages(&examiner);
        assert_eq!(seen.outcome.unwrap_err(), Unfit::NoFace);
        assert_eq!((seen.faces, stages), (0, vec![Stage::Detect, Stage::Align]));
    }

    #[test]
    fn a_set_without_a_network_for_life_says_that_it_was_not_evaluated() {
        let embedder = Fixed::embedder(direction(1.0));
        let examiner = Examiner::new(detector(0.9), embedder, None).unwrap();
        let face = stages(&examiner).0.outcome.unwrap();
        assert_eq!(face.network, Score::NOT_EVALUATED);
    }

    #[test]
    fn likeness_is_judged_by_the_model_s_own_threshold() {
        let embedder = Fixed::embedder(direction(1.0));
        let examiner = Examiner::new(detector(0.9), embedder, None).unwrap();
        let face = stages(&examiner).0.outcome.unwrap();
        let kept = |first: f32| {
            let embedding = Embedding::new(face.embedding.model(), &direction(first)).unwrap();
            examiner
                .compare(&face.embedding, &Template::from(&embedding))
                .unwrap()
        };
        // The double's threshold is 0.5, and nobody measured what its likenesses mean.
        assert!(kept(1.0).is_match && kept(1.0).similarity > 0.999);
        assert!(!kept(0.2).is_match);
        assert_eq!(kept(1.0).confidence, None);
        let other = Embedding::new(crate::ModelHash::new([9; 32]), &direction(1.0)).unwrap();
        let refused = examiner.compare(&face.embedding, &Template::from(&other));
        assert_eq!(refused.unwrap_err(), Incomparable::OtherModel);
    }

    #[test]
    fn a_model_in_another_s_place_is_refused() {
        let embedder = || Fixed::embedder(direction(1.0));
        assert!(Examiner::new(embedder(), embedder(), None).is_err());
        assert!(Examiner::new(detector(0.9), detector(0.9), None).is_err());
        assert!(Examiner::new(detector(0.9), embedder(), Some(embedder())).is_err());
    }
}
