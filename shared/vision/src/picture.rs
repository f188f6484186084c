//! A decoded picture: what it shows, upright, and nothing of how it was stored.

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
}
