//! Bytes of a JPEG, PNG or WebP become an upright `Picture`. The content alone says what a file is;
//! its header is judged before any pixel is decoded, and what the header allows is bounded in bytes
//! and in memory. Metadata stays behind, except for a few facts that hold none of its text.

mod ending;
mod error;
mod exif;
mod jpeg;
mod png;
mod uri;
mod webp;

#[cfg(test)]
mod tests;

use crate::Picture;
use crate::picture::LONGEST_SIDE;
use crate::shrink::Shrinker;
pub use error::{DecodeError, Unsupported};
pub use exif::Orientation;

/// What a picture may cost. The default is what the product takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a file: 8 MB.
    pub bytes: usize,
    /// The most pixels that a header may declare: 24 megapixels.
    pub pixels: u64,
    /// The longest side that a header may declare; 16,384 at most, whatever is set here.
    pub side: u32,
    /// The shortest side that may show a face.
    pub least_side: u32,
    /// The most bytes that decoding may hold beside the file, as estimated from the header. An
    /// isolate has 128 MB for everything: a picture that must be held whole in a costlier form than
    /// its pixels (progressive JPEG, interlaced PNG, WebP) may have fewer of them.
    pub memory: u64,
    /// What is kept has no side longer than this; larger pictures are shrunk while they are decoded.
    pub kept_side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8_000_000,
            pixels: 24_000_000,
            side: LONGEST_SIDE,
            least_side: 32,
            memory: 90_000_000,
            kept_side: 2_560,
        }
    }
}

/// How a picture was stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

impl Format {
    /// By the first bytes, which cannot be those of another.
    fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Some(Self::WebP),
            _ => bytes.starts_with(b"\x89PNG\r\n\x1a\n").then_some(Self::Png),
        }
    }

    /// A type that claims nothing agrees with everything.
    fn agrees_with(self, media_type: &str) -> bool {
        let name = media_type.split(';').next().unwrap_or_default().trim();
        let names: &[&str] = match self {
            Self::Jpeg => &["image/jpeg", "image/jpg", "image/pjpeg"],
            Self::Png => &["image/png", "image/x-png"],
            Self::WebP => &["image/webp"],
        };
        let anything = ["", "application/octet-stream", "image/*"];
        let mut known = names.iter().chain(&anything);
        known.any(|known| name.eq_ignore_ascii_case(known))
    }
}

/// What a file says about itself, for whoever weighs signs of injection. No text of the metadata is
/// kept, and nothing here is proof: whoever makes a file can write what they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent observations, not states"
)]
pub struct Facts {
    /// As the header has it: before turning and shrinking.
    pub stored_width: u32,
    pub stored_height: u32,
    /// How the camera was held.
    pub orientation: Orientation,
    /// There is EXIF that can be read.
    pub exif: bool,
    /// EXIF names a camera's maker or model.
    pub camera: bool,
    /// A field for software names a program that edits or generates pictures.
    pub editor: bool,
    /// EXIF says a size that the picture does not have.
    pub size_contradicted: bool,
    /// Bytes follow the picture's end. Some phones append a second picture; polyglots do it too.
    pub trailing: bool,
}

/// A picture and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub picture: Picture,
    pub format: Format,
    pub facts: Facts,
}

/// What a file's structure says before a pixel is decoded.
#[derive(Clone, Copy, Debug)]
struct Outline<'a> {
    width: u32,
    height: u32,
    /// Bytes held for each pixel while it is decoded, in hundredths.
    cost: u64,
    /// EXIF as TIFF, from its byte order on.
    exif: Option<&'a [u8]>,
    /// Software that is named outside of EXIF.
    software: Option<&'a [u8]>,
    trailing: bool,
}

/// A file of a type that nobody declared.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    decode_as(bytes, None, limits)
}

/// What can be told of a file before a pixel is decoded: whether it is a picture of a kind and size that
/// is taken. What passes may still turn out to be damaged.
pub fn check_as(
    bytes: &[u8],
    media_type: Option<&str>,
    limits: &Limits,
) -> Result<(), DecodeError> {
    admitted(bytes, media_type, limits).map(|_| ())
}

fn admitted<'a>(
    bytes: &'a [u8],
    media_type: Option<&str>,
    limits: &Limits,
) -> Result<(Format, Outline<'a>), DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if bytes.len() > limits.bytes {
        return Err(DecodeError::TooManyBytes {
            limit: limits.bytes,
        });
    }
    let found = Format::sniff(bytes).ok_or(DecodeError::UnknownFormat)?;
    if media_type.is_some_and(|declared| !found.agrees_with(declared)) {
        return Err(DecodeError::DeclaredOtherwise { found });
    }
    let outline = match found {
        Format::Jpeg => jpeg::outline(bytes),
        Format::Png => png::outline(bytes),
        Format::WebP => webp::outline(bytes),
    }?;
    outline.check(limits)?;
    Ok((found, outline))
}

/// A file of a declared media type, which must not contradict the content.
pub fn decode_as(
    bytes: &[u8],
    media_type: Option<&str>,
    limits: &Limits,
) -> Result<Decoded, DecodeError> {
    let (found, outline) = admitted(bytes, media_type, limits)?;
    let rows = Shrinker::new(
        [outline.width, outline.height],
        kept(outline.width, outline.height, limits.kept_side),
    );
    let picture = match found {
        Format::Jpeg => jpeg::pixels(bytes, rows),
        Format::Png => png::pixels(bytes, rows),
        Format::WebP => webp::pixels(bytes, rows),
    }?;
    let facts = outline.facts();
    let picture = facts.orientation.apply(picture);
    Ok(Decoded {
        picture,
        format: found,
        facts,
    })
}

/// The file in a `data:` URI and the media type it declares, nothing of it decoded yet: whoever is short
/// of memory lets go of the text first.
pub fn file_of_uri<'a>(
    text: &'a str,
    limits: &Limits,
) -> Result<(Option<&'a str>, Vec<u8>), DecodeError> {
    uri::parse(text, limits)
}

/// A `data:` URI in base64; the media type in it must not contradict the content.
pub fn decode_uri(text: &str, limits: &Limits) -> Result<Decoded, DecodeError> {
    let (media_type, bytes) = uri::parse(text, limits)?;
    decode_as(&bytes, media_type, limits)
}

impl Outline<'_> {
    fn check(&self, limits: &Limits) -> Result<(), DecodeError> {
        let (width, height) = (self.width, self.height);
        let side = limits.side.min(LONGEST_SIDE);
        let affordable = limits.memory.saturating_mul(100) / self.cost.max(1);
        let limit = limits.pixels.min(affordable);
        if u64::from(width) * u64::from(height) > limit {
            return Err(DecodeError::TooManyPixels {
                width,
                height,
                limit,
            });
        }
        if width.max(height) > side {
            return Err(DecodeError::SideTooLong {
                width,
                height,
                limit: side,
            });
        }
        let least = limits.least_side.max(1);
        if width.min(height) < least {
            return Err(DecodeError::TooSmall {
                width,
                height,
                least,
            });
        }
        Ok(())
    }

    fn facts(&self) -> Facts {
        let tags = self.exif.and_then(exif::read);
        let known = tags.unwrap_or_default();
        let contradicts = |said: Option<u32>, side| said.is_some_and(|said| said != side);
        Facts {
            stored_width: self.width,
            stored_height: self.height,
            orientation: known.orientation,
            exif: tags.is_some(),
            camera: known.camera,
            editor: known.editor || self.software.is_some_and(exif::names_editor),
            size_contradicted: contradicts(known.width, self.width)
                || contradicts(known.height, self.height),
            trailing: self.trailing,
        }
    }
}

/// The size that is kept: the same shape, no side longer than the limit.
fn kept(width: u32, height: u32, limit: u32) -> [u32; 2] {
    let longest = u64::from(width.max(height).max(1));
    let limit = u64::from(limit.max(1));
    [width, height].map(|side| {
        let shrunk = (u64::from(side) * limit + longest / 2) / longest;
        let shrunk = u32::try_from(shrunk).unwrap_or(u32::MAX);
        if longest > limit { shrunk.max(1) } else { side }
    })
}

/// Keeps what a file may have only once.
fn once<T>(place: &mut Option<T>, value: T, otherwise: DecodeError) -> Result<(), DecodeError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(otherwise),
    }
}

/// Number at a place of a file, most significant byte first.
fn big16(bytes: &[u8], at: usize) -> Option<u16> {
    let slice = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(slice.try_into().ok()?))
}

fn big32(bytes: &[u8], at: usize) -> Option<u32> {
    let slice = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(slice.try_into().ok()?))
}
