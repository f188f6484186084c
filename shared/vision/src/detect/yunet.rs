//! Faces out of what YuNet gives: for each square of three grids over the picture, how likely a face
//! has its middle there, how large it would be, and where its five points are.

use super::{Detector, without_doubles};
use crate::{
    face::{Face, Landmarks, Point, Region},
    manifest::Answer,
    model::{Model, ModelError, Tensor, tensor_of},
    picture::Picture,
    resample::{Part, fit},
};

/// Pixels of a square of each grid.
const GRIDS: [usize; 3] = [8, 16, 32];

/// No picture has more faces than are looked at: comparing them takes time by the square.
const MOST: usize = 1_000;

/// A picture of more pixels a side than this many times the model's has parts worth a closer look.
const WORTH_PARTS: u32 = 2;

/// A face larger than this part of the picture's longer side was seen when all of it was looked at: what
/// looks like one in a part is a piece of it.
const SEEN_AT_ONCE: f32 = 0.2;

/// A detector made of a model that answers like YuNet.
#[derive(Debug)]
pub struct Yunet<M> {
    model: M,
    overlap: f32,
    width: u32,
    height: u32,
}

impl<M: Model> Yunet<M> {
    /// None but a model that the manifest says answers this way.
    pub fn new(model: M) -> Result<Self, ModelError> {
        let entry = model.entry();
        let (_, rows, columns) = entry.input.sizes();
        match (entry.answer, u32::try_from(columns), u32::try_from(rows)) {
            (Answer::Yunet { overlap }, Ok(width), Ok(height)) => Ok(Self {
                model,
                overlap,
                width,
                height,
            }),
            _ => Err(ModelError::OtherRole {
                name: entry.name.clone(),
            }),
        }
    }

    fn detect_in(&self, picture: &Picture, part: Part) -> Result<Vec<Face>, ModelError> {
        let entry = self.model.entry();
        let (fitted, back) = fit(picture, part, self.width, self.height);
        let outputs = self.model.run(tensor_of(entry, &fitted)?)?;
        let grid = [self.width as usize, self.height as usize];
        let faces =
            read(&outputs, grid, entry.threshold).ok_or_else(|| ModelError::OutputShape {
                name: entry.name.clone(),
            })?;
        let back = |face: Face| Face {
            region: back.region_back(face.region),
            landmarks: Landmarks::from_points(
                face.landmarks.points().map(|point| back.point_back(point)),
            ),
            score: face.score,
        };
        let kept = without_doubles(faces, self.overlap);
        Ok(kept.into_iter().map(back).collect())
    }
}

impl<M: Model> Detector for Yunet<M> {
    fn detect(&self, picture: &Picture) -> Result<Vec<Face>, ModelError> {
        self.detect_in(picture, Part::whole(picture))
    }

    fn detect_closely(
        &self,
        picture: &Picture,
        mut seen: Vec<Face>,
    ) -> Result<Vec<Face>, ModelError> {
        let [wide, high] = [
            picture.width() > WORTH_PARTS * self.width,
            picture.height() > WORTH_PARTS * self.height,
        ];
        if !(wide || high) {
            return Ok(seen);
        }
        for part in parts(picture, wide, high) {
            let found = self.detect_in(picture, part)?;
            // Half a face at the border is a whole one in another part, or was seen at first.
            seen.extend(
                found
                    .into_iter()
                    .filter(|face| !cut(face.region, part, picture))
                    .filter(|face| is_small(face.region, picture)),
            );
        }
        Ok(without_doubles(seen, self.overlap))
    }
}

/// Two parts a side that is long, each of three fifths of it, so that a face that is small fits into
/// one of them.
fn parts(picture: &Picture, wide: bool, high: bool) -> Vec<Part> {
    let halves = |long: bool, length: u32| {
        let part = if long {
            length - length * 2 / 5
        } else {
            length
        };
        let starts = if long {
            vec![0, length - part]
        } else {
            vec![0]
        };
        starts.into_iter().map(move |start| (start, part))
    };
    halves(high, picture.height())
        .flat_map(|(top, height)| {
            halves(wide, picture.width()).map(move |(left, width)| Part {
                left,
                top,
                width,
                height,
            })
        })
        .collect()
}

/// Whether a border of the part that is none of the picture goes through the face.
#[expect(
    clippy::cast_precision_loss,
    reason = "places in a picture need no more digits than these"
)]
fn cut(face: Region, part: Part, picture: &Picture) -> bool {
    let (right, bottom) = (part.left + part.width, part.top + part.height);
    part.left > 0 && face.left <= part.left as f32
        || part.top > 0 && face.top <= part.top as f32
        || right < picture.width() && face.left + face.width >= right as f32
        || bottom < picture.height() && face.top + face.height >= bottom as f32
}

#[expect(
    clippy::cast_precision_loss,
    reason = "sides of pictures need no more digits than these"
)]
fn is_small(face: Region, picture: &Picture) -> bool {
    let longest = picture.width().max(picture.height()) as f32;
    face.width.max(face.height) <= SEEN_AT_ONCE * longest
}

/// The faces in the answer that are at least this sure, in pixels of the model's input. None if the
/// answer has another shape.
pub(super) fn read(
    outputs: &[Tensor],
    [width, height]: [usize; 2],
    threshold: f32,
) -> Option<Vec<Face>> {
    let mut faces = Vec::new();
    for (at, grid) in GRIDS.into_iter().enumerate() {
        let columns = width / grid;
        let squares = columns * (height / grid);
        let of = |kind: usize, size: usize| {
            let values = outputs.get(kind * GRIDS.len() + at)?.values();
            (values.len() == squares * size).then_some(values)
        };
        let (classes, objects) = (of(0, 1)?, of(1, 1)?);
        let (boxes, points) = (of(2, 4)?, of(3, 10)?);
        for square in 0..squares {
            let score = score(classes[square], objects[square]);
            if score >= threshold {
                let place = Place::new(square % columns, square / columns, grid);
                let face = place.face(
                    &boxes[square * 4..][..4],
                    &points[square * 10..][..10],
                    score,
                );
                faces.extend(face);
            }
        }
    }
    if faces.len() > MOST {
        faces.sort_by(|a, b| b.score.total_cmp(&a.score));
        faces.truncate(MOST);
    }
    Some(faces)
}

/// How sure both say it is: the class and the object, each as a part of one. What is no number is not
/// sure of anything.
fn score(class: f32, object: f32) -> f32 {
    let part = |value: f32| if value > 0.0 { value.min(1.0) } else { 0.0 };
    (part(class) * part(object)).sqrt()
}

/// A square of a grid.
struct Place {
    column: f32,
    row: f32,
    size: f32,
}

impl Place {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a grid has no more than a few hundred squares a side"
    )]
    const fn new(column: usize, row: usize, size: usize) -> Self {
        Self {
            column: column as f32,
            row: row as f32,
            size: size as f32,
        }
    }

    fn point(&self, x: f32, y: f32) -> Point {
        Point::new((x + self.column) * self.size, (y + self.row) * self.size)
    }

    /// None if it is nowhere or of no size.
    fn face(&self, region: &[f32], points: &[f32], score: f32) -> Option<Face> {
        let &[x, y, width, height] = region else {
            return None;
        };
        let middle = self.point(x, y);
        let (width, height) = (width.exp() * self.size, height.exp() * self.size);
        let mut corners = [Point::new(0.0, 0.0); 5];
        for (corner, pair) in corners.iter_mut().zip(points.chunks_exact(2)) {
            *corner = self.point(pair[0], pair[1]);
        }
        let region = Region {
            left: middle.x - width / 2.0,
            top: middle.y - height / 2.0,
            width,
            height,
        };
        let numbers = [region.left, region.top, region.area()];
        let somewhere = numbers.iter().all(|number| number.is_finite())
            && corners.iter().all(|point| (point.x + point.y).is_finite());
        (somewhere && region.area() > 0.0).then(|| Face {
            region,
            landmarks: Landmarks::from_points(corners),
            score,
        })
    }
}
