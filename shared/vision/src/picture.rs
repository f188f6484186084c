//! A decoded picture: what it shows, upright, and nothing of how it was stored.

use crate::shrink::Shrinker;

/// No picture is made longer than this, so that sums over its pixels fit.
pub(crate) const LONGEST_SIDE: u32 = 16_384;

/// A picture in colour: three bytes a pixel (red, green, blue), row by row from the top left.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// A picture of a person is not for logs.
impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}×{})", self.width, self.height)
    }
}

impl Picture {
    /// None if there are not three bytes for each pixel, or no pixel.
    pub fn new(width: u32, height: u32, rgb: Vec<u8>) -> Option<Self> {
        let pixels = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        let fits = pixels > 0 && pixels.checked_mul(3)? == rgb.len();
        fits.then_some(Self { width, height, rgb })
    }

    pub const fn width(&self) -> u32 {
        self.width
    }

    pub const fn height(&self) -> u32 {
        self.height
    }

    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The pixel there; what lies outside looks like the border.
    pub fn pixel(&self, x: i64, y: i64) -> [u8; 3] {
        let at = offset(x, y, self.width, self.height) * 3;
        [self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]]
    }

    /// The colour between pixels. The middle of the pixel in column 0 is at 0.0, as the templates
    /// for aligning faces have it; what lies outside looks like the border, and so does what is no
    /// number.
    pub fn sample(&self, x: f32, y: f32) -> [f32; 3] {
        let (left, right) = between(x);
        let (top, below) = between(y);
        let weights = [
            (1.0 - right) * (1.0 - below),
            right * (1.0 - below),
            (1.0 - right) * below,
            right * below,
        ];
        let pixels = self.square(left, top).unwrap_or_else(|| {
            let corners = [
                (left, top),
                (left + 1, top),
                (left, top + 1),
                (left + 1, top + 1),
            ];
            corners.map(|(x, y)| self.pixel(x, y))
        });
        let mut colour = [0.0; 3];
        for (pixel, weight) in pixels.into_iter().zip(weights) {
            for (sum, value) in colour.iter_mut().zip(pixel) {
                *sum += f32::from(value) * weight;
            }
        }
        colour
    }

    /// The pixel there, the ones to its right and below, and the one that is both. None where one of them
    /// lies outside: most do not, and these are found faster.
    fn square(&self, x: i64, y: i64) -> Option<[[u8; 3]; 4]> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        if x + 1 >= self.width || y + 1 >= self.height {
            return None;
        }
        let line = self.width as usize * 3;
        let at = y as usize * line + x as usize * 3;
        let (upper, lower) = (
            self.rgb.get(at..at + 6)?,
            self.rgb.get(at + line..at + line + 6)?,
        );
        let pixel = |six: &[u8], from: usize| [six[from], six[from + 1], six[from + 2]];
        Some([
            pixel(upper, 0),
            pixel(upper, 3),
            pixel(lower, 0),
            pixel(lower, 3),
        ])
    }

    /// In another size: where it shrinks, each pixel is the mean of the area that it covers, and
    /// where it grows, pixels are sampled. None if a side is 0 or longer than 16,384.
    pub fn resized(&self, width: u32, height: u32) -> Option<Self> {
        let sides = 1..=LONGEST_SIDE;
        let bounded = [width, height, self.width, self.height];
        if !bounded.iter().all(|side| sides.contains(side)) {
            return None;
        }
        let mut shrinker = Shrinker::new([self.width, self.height], [width, height]);
        for row in self.rgb.chunks_exact(self.width as usize * 3) {
            shrinker.push(row);
        }
        let small = shrinker.finish()?;
        if (small.width, small.height) == (width, height) {
            return Some(small);
        }
        let (x_step, y_step) = (scale(small.width, width), scale(small.height, height));
        let mut rgb = Vec::with_capacity(width as usize * height as usize * 3);
        for y in 0..height {
            let y = middle(y, y_step);
            for x in 0..width {
                rgb.extend(small.sample(middle(x, x_step), y).map(nearest));
            }
        }
        Self::new(width, height, rgb)
    }

    /// As in a mirror: left is right.
    #[must_use]
    pub fn mirrored(&self) -> Self {
        let rows = self.rgb.chunks_exact(self.width as usize * 3);
        let pixels = rows.flat_map(|row| row.as_chunks::<3>().0.iter().rev());
        Self {
            rgb: pixels.flatten().copied().collect(),
            ..*self
        }
    }

    /// How bright each pixel looks (ITU-R BT.601).
    pub fn grey(&self) -> Grey {
        let brightness = |pixel: &[u8]| {
            let [r, g, b] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
            u8::try_from((299 * r + 587 * g + 114 * b + 500) / 1_000).unwrap_or(u8::MAX)
        };
        Grey {
            width: self.width,
            height: self.height,
            values: self.rgb.chunks_exact(3).map(brightness).collect(),
        }
    }
}

/// A picture in shades of grey, one byte a pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Grey {
    width: u32,
    height: u32,
    values: Vec<u8>,
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({}×{})", self.width, self.height)
    }
}

impl Grey {
    /// None if there is not one byte for each pixel, or no pixel.
    pub fn new(width: u32, height: u32, values: Vec<u8>) -> Option<Self> {
        let pixels = usize::try_from(u64::from(width) * u64::from(height)).ok()?;
        (pixels > 0 && pixels == values.len()).then_some(Self {
            width,
            height,
            values,
        })
    }

    pub const fn width(&self) -> u32 {
        self.width
    }

    pub const fn height(&self) -> u32 {
        self.height
    }

    pub fn values(&self) -> &[u8] {
        &self.values
    }

    /// The value there; what lies outside looks like the border.
    pub fn at(&self, x: i64, y: i64) -> u8 {
        self.values[offset(x, y, self.width, self.height)]
    }
}

/// The pixel before a place and how far it is to the next. Anything beyond the longest side is far
/// outside of every picture.
#[expect(
    clippy::cast_possible_truncation,
    reason = "bounded before, and a place that is no number becomes 0"
)]
fn between(place: f32) -> (i64, f32) {
    let bounded = place.clamp(-1e6, 1e6);
    let floor = bounded.floor();
    let part = bounded - floor;
    (floor as i64, if part.is_nan() { 0.0 } else { part })
}

#[expect(clippy::cast_precision_loss, reason = "sides are below 2^24")]
fn scale(from: u32, to: u32) -> f32 {
    from as f32 / to as f32
}

/// Where the middle of a pixel lies in the smaller picture.
#[expect(clippy::cast_precision_loss, reason = "sides are below 2^24")]
fn middle(at: u32, step: f32) -> f32 {
    (at as f32 + 0.5) * step - 0.5
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mean of bytes is a byte, and casts saturate"
)]
fn nearest(value: f32) -> u8 {
    value.round() as u8
}

/// Where a pixel is stored that is moved into the picture if it is outside.
fn offset(x: i64, y: i64, width: u32, height: u32) -> usize {
    let x = x.clamp(0, i64::from(width) - 1);
    let y = y.clamp(0, i64::from(height) - 1);
    usize::try_from(y * i64::from(width) + x).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_mirror_each_row_is_the_other_way_round() {
        let picture = Picture::new(2, 2, (0..12).collect()).unwrap();
        let mirrored = picture.mirrored();
        assert_eq!(mirrored.rgb(), [3, 4, 5, 0, 1, 2, 9, 10, 11, 6, 7, 8]);
        assert_eq!(mirrored.mirrored(), picture);
    }

    #[test]
    fn a_picture_has_all_its_pixels() {
        assert!(Picture::new(2, 2, vec![0; 12]).is_some());
        assert!(Picture::new(2, 2, vec![0; 11]).is_none());
        assert!(Picture::new(0, 2, Vec::new()).is_none());
        assert!(Picture::new(u32::MAX, u32::MAX, Vec::new()).is_none());
        assert!(Grey::new(3, 1, vec![1, 2, 3]).is_some());
        assert!(Grey::new(3, 2, vec![1, 2, 3]).is_none());
    }

    #[test]
    fn outside_looks_like_the_border() {
        let picture = Picture::new(2, 1, vec![1, 2, 3, 4, 5, 6]).unwrap();
        assert_eq!(picture.pixel(-5, 9), [1, 2, 3]);
        assert_eq!(picture.pixel(i64::MAX, i64::MIN), [4, 5, 6]);
        assert_eq!(picture.grey().values(), [2, 5]);
        assert_eq!(picture.grey().at(7, 0), 5);
    }
    #[test]
    fn between_pixels_colours_mix() {
        let rgb = vec![0, 0, 0, 100, 10, 0, 200, 20, 0, 40, 30, 0];
        let picture = Picture::new(2, 2, rgb).unwrap();
        for (x, y, colour) in [
            (0.0, 0.0, [0.0, 0.0, 0.0]),
            (1.0, 1.0, [40.0, 30.0, 0.0]),
            (0.25, 0.0, [25.0, 2.5, 0.0]),
            (0.5, 0.5, [85.0, 15.0, 0.0]),
            (-7.5, f32::NEG_INFINITY, [0.0, 0.0, 0.0]),
            (f32::INFINITY, 0.5, [70.0, 20.0, 0.0]),
            (f32::NAN, f32::NAN, [0.0, 0.0, 0.0]),
        ] {
            assert_eq!(
                picture.sample(x, y).map(f32::to_bits),
                colour.map(f32::to_bits)
            );
        }
    }

    #[test]
    fn a_picture_shrinks_by_areas_and_grows_by_samples() {
        let picture = Picture::new(2, 1, vec![0, 0, 0, 100, 200, 40]).unwrap();
        assert_eq!(picture.resized(1, 1).unwrap().rgb(), [50, 100, 20]);
        assert_eq!(picture.resized(2, 1).unwrap(), picture);
        let wide = picture.resized(4, 1).unwrap();
        assert_eq!(wide.rgb()[..6], [0, 0, 0, 25, 50, 10]);
        assert_eq!(wide.rgb()[6..], [75, 150, 30, 100, 200, 40]);
        let turned = picture.resized(1, 3).unwrap();
        assert_eq!(turned.rgb(), [50, 100, 20].repeat(3));
        for (width, height) in [(0, 1), (1, 0), (LONGEST_SIDE + 1, 1)] {
            assert!(picture.resized(width, height).is_none());
        }
    }
}
