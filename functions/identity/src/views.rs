//! What a look says, as JSON. The same natively and at the edge, so that both can be held against each
//! other.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Serialize;
use vision::align::Pose;
use vision::decode::Decoded;
use vision::liveness::Score;
use vision::look::{Measures, Unfit};
use vision::{Examination, Face, Likeness, Point, Region, Seen, Template};

/// One look at one picture: either a face that can be judged, or why there is none.
#[derive(Serialize)]
pub struct Look {
    picture: PictureView,
    /// How many faces are in it, small ones in the background too.
    faces: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    unfit: Option<UnfitView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    face: Option<FaceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    liveness: Option<LivenessView>,
    /// The face as it is kept, in base64, where nothing was sent to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    template: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<ComparisonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

/// What describes a face is not for logs.
impl std::fmt::Debug for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Look")
            .field("picture", &self.picture)
            .field("faces", &self.faces)
            .field("unfit", &self.unfit)
            .finish_non_exhaustive()
    }
}

/// The picture as it was looked at: upright, and shrunk if it was very large.
#[derive(Debug, Serialize)]
struct PictureView {
    width: u32,
    height: u32,
    format: String,
}

#[derive(Debug, Serialize)]
struct UnfitView {
    reason: &'static str,
    hint: &'static str,
}

#[derive(Debug, Serialize)]
struct FaceView {
    score: f32,
    #[serde(rename = "box")]
    region: BoxView,
    points: PointsView,
    pose: PoseView,
    measures: MeasuresView,
}

#[derive(Debug, Serialize)]
struct BoxView {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

/// Right and left as one sees them in the picture.
#[derive(Debug, Serialize)]
struct PointsView {
    left_eye: PointView,
    right_eye: PointView,
    nose: PointView,
    mouth_left: PointView,
    mouth_right: PointView,
}

#[derive(Debug, Serialize)]
struct PointView {
    x: f32,
    y: f32,
}

/// In degrees.
#[derive(Debug, Serialize)]
struct PoseView {
    yaw: f32,
    pitch: f32,
    roll: f32,
}

#[derive(Debug, Serialize)]
struct MeasuresView {
    brightness: f32,
    burnt: f32,
    sharpness: f32,
}

/// The lesser of the two is what counts.
#[derive(Debug, Serialize)]
struct LivenessView {
    #[serde(flatten)]
    both: ScoreView,
    pass: bool,
    frequency: ScoreView,
    network: ScoreView,
}

/// From 0 to 1; what was not evaluated counts as 1 and says so.
#[derive(Debug, Serialize)]
struct ScoreView {
    score: f32,
    evaluated: bool,
}

#[derive(Debug, Serialize)]
struct ComparisonView {
    #[serde(rename = "match")]
    is_match: bool,
    /// How sure one may be; null if the model was never measured for that.
    confidence: Option<f32>,
    similarity: f32,
    threshold: f32,
}

/// For those who measure; never part of an answer where it counts.
#[derive(Serialize)]
struct Details {
    /// What took how long, in milliseconds.
    times: BTreeMap<&'static str, f64>,
    /// The face's numbers before they are rounded to a template.
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding: Option<Vec<f32>>,
    /// How large the module's memory is, which never shrinks.
    memory_bytes: usize,
}

impl Look {
    /// What was seen, and how like it is to what it was compared with.
    pub fn new(decoded: &Decoded, seen: &Examination, likeness: Option<Likeness>) -> Self {
        let face = seen.outcome.as_ref().ok();
        let unfit = seen.outcome.as_ref().err().copied();
        let template = face.filter(|_| likeness.is_none());
        Self {
            picture: PictureView {
                width: decoded.picture.width(),
                height: decoded.picture.height(),
                format: decoded.format.to_string(),
            },
            faces: seen.faces,
            unfit: unfit.map(UnfitView::from),
            face: face.map(FaceView::from),
            liveness: face.map(LivenessView::from),
            template: template.map(|face| {
                let template = Template::from(&face.embedding);
                BASE64.encode(&template.to_bytes())
            }),
            comparison: likeness.map(ComparisonView::from),
            details: None,
        }
    }

    /// The same with what those want who measure.
    #[must_use]
    pub fn with_details(mut self, seen: &Examination, times: Times) -> Self {
        let face = seen.outcome.as_ref().ok();
        self.details = Some(Details {
            times: times.stages,
            embedding: face.map(|face| face.embedding.values().to_vec()),
            memory_bytes: memory_bytes(),
        });
        self
    }
}

impl From<Unfit> for UnfitView {
    fn from(unfit: Unfit) -> Self {
        Self {
            reason: unfit.code(),
            hint: unfit.hint(),
        }
    }
}

impl From<&Seen> for FaceView {
    fn from(seen: &Seen) -> Self {
        let Face {
            region,
            landmarks,
            score,
        } = seen.fit.face;
        Self {
            score,
            region: BoxView::from(region),
            points: PointsView {
                left_eye: PointView::from(landmarks.left_eye),
                right_eye: PointView::from(landmarks.right_eye),
                nose: PointView::from(landmarks.nose),
                mouth_left: PointView::from(landmarks.mouth_left),
                mouth_right: PointView::from(landmarks.mouth_right),
            },
            pose: PoseView::from(seen.fit.pose),
            measures: MeasuresView::from(seen.fit.measures),
        }
    }
}

impl From<Region> for BoxView {
    fn from(region: Region) -> Self {
        Self {
            left: region.left,
            top: region.top,
            width: region.width,
            height: region.height,
        }
    }
}

impl From<Point> for PointView {
    fn from(point: Point) -> Self {
        Self {
            x: point.x,
            y: point.y,
        }
    }
}

impl From<Pose> for PoseView {
    fn from(pose: Pose) -> Self {
        Self {
            yaw: pose.yaw,
            pitch: pose.pitch,
            roll: pose.roll,
        }
    }
}

impl From<Measures> for MeasuresView {
    fn from(measures: Measures) -> Self {
        Self {
            brightness: measures.brightness,
            burnt: measures.burnt,
            sharpness: measures.sharpness,
        }
    }
}

impl From<&Seen> for LivenessView {
    fn from(seen: &Seen) -> Self {
        let both = seen.liveness();
        Self {
            both: ScoreView::from(both),
            pass: both.passes(),
            frequency: ScoreView::from(seen.frequency.score),
            network: ScoreView::from(seen.network),
        }
    }
}

impl From<Score> for ScoreView {
    fn from(score: Score) -> Self {
        Self {
            score: score.value(),
            evaluated: score.evaluated(),
        }
    }
}

impl From<Likeness> for ComparisonView {
    fn from(likeness: Likeness) -> Self {
        Self {
            is_match: likeness.is_match,
            confidence: likeness.confidence,
            similarity: likeness.similarity,
            threshold: likeness.threshold,
        }
    }
}

/// What took how long, by a clock that the caller brings.
pub struct Times {
    clock: Box<dyn Fn() -> f64 + Send>,
    last: f64,
    stages: BTreeMap<&'static str, f64>,
}

impl std::fmt::Debug for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.stages.fmt(f)
    }
}

impl Times {
    /// From now on.
    pub fn begun(clock: Box<dyn Fn() -> f64 + Send>) -> Self {
        Self {
            last: clock(),
            clock,
            stages: BTreeMap::new(),
        }
    }

    /// Something is over that began when the last thing was.
    pub fn over(&mut self, what: &'static str) {
        let now = (self.clock)();
        self.stages.insert(what, now - self.last);
        self.last = now;
    }
}

#[cfg(target_arch = "wasm32")]
fn memory_bytes() -> usize {
    const PAGE: usize = 65_536;
    core::arch::wasm32::memory_size::<0>() * PAGE
}

/// Natively memory is the machine's.
#[cfg(not(target_arch = "wasm32"))]
const fn memory_bytes() -> usize {
    0
}
