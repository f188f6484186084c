//! Parts of pictures in other sizes.

use crate::{
    face::{Point, Region},
    picture::Picture,
};

/// A part of a picture that was fitted into another size, and the way back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fitted {
    /// Pixels of the fitted picture for one of the picture it came from.
    scale: f32,
    left: f32,
    top: f32,
}

impl Fitted {
    /// A point of the fitted picture, in the picture it came from.
    pub(crate) fn point_back(self, point: Point) -> Point {
        Point::new(
            point.x / self.scale + self.left,
            point.y / self.scale + self.top,
        )
    }

    /// A region of the fitted picture, in the picture it came from.
    pub(crate) fn region_back(self, region: Region) -> Region {
        let corner = self.point_back(Point::new(region.left, region.top));
        Region {
            left: corner.x,
            top: corner.y,
            width: region.width / self.scale,
            height: region.height / self.scale,
        }
    }
}

/// A part of a picture, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Part {
    pub(crate) fn whole(picture: &Picture) -> Self {
        Self {
            left: 0,
            top: 0,
            width: picture.width(),
            height: picture.height(),
        }
    }
}

/// The part, as large as it fits into this size with its proportions kept, at the top left of black.
/// A smaller picture is made of averages: a face must not get lost between two pixels.
pub(crate) fn fit(picture: &Picture, part: Part, width: u32, height: u32) -> (Picture, Fitted) {
    let ratio = |to: u32, from: u32| f64::from(to) / f64::from(from.max(1));
    let scale = ratio(width, part.width).min(ratio(height, part.height));
    let side = |from: u32, most: u32| whole((f64::from(from) * scale).round()).clamp(1, most);
    let (columns, rows) = (side(part.width, width), side(part.height, height));
    let inner = resized(picture, part, columns, rows, Kind::Averaged);
    let mut rgb = vec![0; width as usize * height as usize * 3];
    let lines = rgb.chunks_exact_mut(width as usize * 3);
    for (line, from) in lines.zip(inner.chunks_exact(columns as usize * 3)) {
        line[..from.len()].copy_from_slice(from);
    }
    let back = Fitted {
        scale: narrow(scale),
        left: narrow(f64::from(part.left)),
        top: narrow(f64::from(part.top)),
    };
    (made(picture, width, height, rgb), back)
}

/// The part in exactly this size, each pixel mixed from the four next to its place only: so networks
/// for life were trained, and what they look for is gone in averages.
pub(crate) fn stretch(picture: &Picture, part: Part, width: u32, height: u32) -> Picture {
    let rgb = resized(picture, part, width, height, Kind::Mixed);
    made(picture, width, height, rgb)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Averaged,
    Mixed,
}

fn resized(picture: &Picture, part: Part, width: u32, height: u32, kind: Kind) -> Vec<u8> {
    let columns = shares(part.left, part.width, width, picture.width(), kind);
    let rows = shares(part.top, part.height, height, picture.height(), kind);
    let line = picture.width() as usize * 3;
    let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
    let mut sums = vec![0.0_f32; width as usize * 3];
    for row in &rows {
        sums.fill(0.0);
        for &(y, down) in row {
            let from = &picture.rgb()[y * line..][..line];
            for (sum, column) in sums.chunks_exact_mut(3).zip(&columns) {
                for &(x, across) in column {
                    let share = down * across;
                    for (sum, &byte) in sum.iter_mut().zip(&from[x * 3..][..3]) {
                        *sum += share * f32::from(byte);
                    }
                }
            }
        }
        rgb.extend(sums.iter().map(|&sum| byte(sum)));
    }
    rgb
}

/// For each pixel of a line of `to`: which of the pixels of the line it came from have which share in
/// it. Shares of a pixel make one.
fn shares(start: u32, length: u32, to: u32, most: u32, kind: Kind) -> Vec<Vec<(usize, f32)>> {
    let last = most.saturating_sub(1) as usize;
    let inside = |at: f64| (whole(at.max(0.0)) as usize).min(last);
    let step = f64::from(length) / f64::from(to.max(1));
    let averaged = |at: u32| {
        let from = f64::from(start) + f64::from(at) * step;
        let until = from + step;
        (whole(from.floor())..whole(until.ceil()))
            .map(|pixel| {
                let covered = until.min(f64::from(pixel) + 1.0) - from.max(f64::from(pixel));
                (inside(f64::from(pixel)), narrow(covered / step))
            })
            .collect()
    };
    let mixed = |at: u32| {
        // The centre of a pixel is half a pixel from its border.
        let centre = f64::from(start) + (f64::from(at) + 0.5) * step - 0.5;
        let before = centre.floor();
        let second = narrow(centre - before);
        vec![
            (inside(before), 1.0 - second),
            (inside(before + 1.0), second),
        ]
    };
    if kind == Kind::Averaged && step > 1.0 {
        (0..to).map(averaged).collect()
    } else {
        (0..to).map(mixed).collect()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is no whole number from 0 to 255 becomes the nearest that is"
)]
fn byte(value: f32) -> u8 {
    value.round() as u8
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a picture are not negative and less than 2³²"
)]
const fn whole(value: f64) -> u32 {
    value as u32
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "places in a picture need no more digits than these"
)]
const fn narrow(value: f64) -> f32 {
    value as f32
}

/// The picture of these bytes, which are as many as it needs unless it has no pixel.
fn made(picture: &Picture, width: u32, height: u32, rgb: Vec<u8>) -> Picture {
    Picture::new(width, height, rgb).unwrap_or_else(|| picture.clone())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ramp(width: u32, height: u32) -> Picture {
        let pixel = |at: u32| {
            let (x, y) = (at % width, at / width);
            [x, y, 7].map(|value| u8::try_from(value % 256).unwrap())
        };
        let rgb = (0..width * height).flat_map(pixel).collect();
        Picture::new(width, height, rgb).unwrap()
    }

    #[test]
    fn a_part_in_its_own_size_is_itself() {
        let picture = ramp(9, 7);
        let part = Part {
            left: 2,
            top: 3,
            width: 5,
            height: 4,
        };
        let (fitted, _) = fit(&picture, part, 5, 4);
        assert_eq!(fitted, stretch(&picture, part, 5, 4));
        assert_eq!(fitted.pixel(0, 0), [2, 3, 7]);
        assert_eq!(fitted.pixel(4, 3), [6, 6, 7]);
    }

    #[test]
    fn smaller_pictures_are_averages_unless_only_neighbours_count() {
        let rgb = [0, 0, 0, 0, 90, 0, 0, 0, 0].iter().flat_map(|&v| [v; 3]);
        let dot = Picture::new(9, 1, rgb.collect()).unwrap();
        let (averaged, _) = fit(&dot, Part::whole(&dot), 3, 1);
        assert_eq!(averaged.pixel(1, 0), [30; 3]);
        let part = Part {
            width: 8,
            ..Part::whole(&dot)
        };
        // The second of two lies between pixels 5 and 6, so that the bright one has no share.
        assert_eq!(stretch(&dot, part, 2, 1).pixel(1, 0), [0; 3]);
    }

    #[test]
    fn a_fitted_picture_keeps_its_proportions_and_leads_back() {
        let picture = Picture::new(200, 100, vec![255; 200 * 100 * 3]).unwrap();
        let (fitted, back) = fit(&picture, Part::whole(&picture), 50, 50);
        assert_eq!(fitted.pixel(49, 24), [255; 3]);
        assert_eq!(fitted.pixel(49, 25), [0; 3]);
        assert_eq!(
            back.point_back(Point::new(25.0, 10.0)),
            Point::new(100.0, 40.0)
        );
        let part = Part {
            left: 100,
            top: 50,
            width: 100,
            height: 50,
        };
        let (_, back) = fit(&picture, part, 50, 50);
        let region = Region {
            left: 5.0,
            top: 5.0,
            width: 10.0,
            height: 20.0,
        };
        let expected = Region {
            left: 110.0,
            top: 60.0,
            width: 20.0,
            height: 40.0,
        };
        assert_eq!(back.region_back(region), expected);
    }

    proptest! {
        #[test]
        fn an_even_picture_stays_even_in_every_size(
            (width, height) in (1_u32..40, 1_u32..40),
            (columns, rows) in (1_u32..40, 1_u32..40),
            value: u8,
        ) {
            let pixels = (width * height * 3) as usize;
            let picture = Picture::new(width, height, vec![value; pixels]).unwrap();
            let part = Part::whole(&picture);
            let stretched = stretch(&picture, part, columns, rows);
            prop_assert!(stretched.rgb().iter().all(|&byte| byte == value));
            let (fitted, _) = fit(&picture, part, columns, rows);
            prop_assert_eq!((fitted.width(), fitted.height()), (columns, rows));
            prop_assert_eq!(fitted.pixel(0, 0), [value; 3]);
            prop_assert!(fitted.rgb().iter().all(|&byte| byte == value || byte == 0));
        }
    }
}
