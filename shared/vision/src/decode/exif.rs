//! The few tags of EXIF (CIPA DC-008, TIFF 6.0) that matter here: how the camera was held, whether
//! one is named, which software, and the size it says. Bounded: two directories, 256 entries each, the
//! beginning of a text; whatever is out of place is left out.

use crate::Picture;

/// How a stored picture must be turned to be upright, numbered as in EXIF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Orientation {
    #[default]
    Upright,
    Mirrored,
    HalfTurned,
    FlippedDown,
    /// Mirrored along the diagonal from the top left.
    Transposed,
    /// Must be turned a quarter clockwise.
    QuarterTurned,
    /// Mirrored along the other diagonal.
    Transversed,
    /// Must be turned three quarters clockwise.
    ThreeQuartersTurned,
}

impl Orientation {
    /// What is not a number from 1 to 8 means nothing.
    pub fn from_number(number: u16) -> Option<Self> {
        Some(match number {
            1 => Self::Upright,
            2 => Self::Mirrored,
            3 => Self::HalfTurned,
            4 => Self::FlippedDown,
            5 => Self::Transposed,
            6 => Self::QuarterTurned,
            7 => Self::Transversed,
            8 => Self::ThreeQuartersTurned,
            _ => return None,
        })
    }

    /// The stored picture, upright.
    pub(super) fn apply(self, stored: Picture) -> Picture {
        if self == Self::Upright {
            return stored;
        }
        let (width, height) = (i64::from(stored.width()), i64::from(stored.height()));
        let swaps = matches!(
            self,
            Self::Transposed | Self::QuarterTurned | Self::Transversed | Self::ThreeQuartersTurned
        );
        let (columns, rows) = if swaps {
            (height, width)
        } else {
            (width, height)
        };
        let mut rgb = Vec::with_capacity(stored.rgb().len());
        for y in 0..rows {
            for x in 0..columns {
                // Where the pixel that is to be here was stored.
                let (from_x, from_y) = match self {
                    Self::Upright => (x, y),
                    Self::Mirrored => (width - 1 - x, y),
                    Self::HalfTurned => (width - 1 - x, height - 1 - y),
                    Self::FlippedDown => (x, height - 1 - y),
                    Self::Transposed => (y, x),
                    Self::QuarterTurned => (y, height - 1 - x),
                    Self::Transversed => (width - 1 - y, height - 1 - x),
                    Self::ThreeQuartersTurned => (width - 1 - y, x),
                };
                rgb.extend(stored.pixel(from_x, from_y));
            }
        }
        let (stored_width, stored_height) = (stored.width(), stored.height());
        let (width, height) = if swaps {
            (stored_height, stored_width)
        } else {
            (stored_width, stored_height)
        };
        // As many pixels as before, so there always is a picture.
        Picture::new(width, height, rgb).unwrap_or(stored)
    }
}

/// What the tags say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags {
    pub(super) orientation: Orientation,
    pub(super) camera: bool,
    pub(super) editor: bool,
    pub(super) width: Option<u32>,
    pub(super) height: Option<u32>,
}

const MAX_ENTRIES: u16 = 256;
/// No more of a text is looked at.
const LONGEST_TEXT: usize = 128;

const MAKE: u16 = 0x010f;
const MODEL: u16 = 0x0110;
const ORIENTATION: u16 = 0x0112;
const SOFTWARE: u16 = 0x0131;
const EXIF_DIRECTORY: u16 = 0x8769;
const PIXEL_WIDTH: u16 = 0xa002;
const PIXEL_HEIGHT: u16 = 0xa003;

const SHORT: u16 = 3;
const LONG: u16 = 4;
const ASCII: u16 = 2;

/// Words in the names of programs that change or make pictures, in lower case.
const EDITORS: [&str; 24] = [
    "photoshop",
    "lightroom",
    "gimp",
    "affinity",
    "snapseed",
    "facetune",
    "faceapp",
    "picsart",
    "pixelmator",
    "canva",
    "paint",
    "darktable",
    "rawtherapee",
    "capture one",
    "luminar",
    "meitu",
    "imagemagick",
    "stable diffusion",
    "comfyui",
    "midjourney",
    "dall-e",
    "firefly",
    "deepface",
    "facefusion",
];

/// Whether a field for software names a program that edits or generates.
pub(super) fn names_editor(text: &[u8]) -> bool {
    let text = text
        .get(..LONGEST_TEXT)
        .unwrap_or(text)
        .to_ascii_lowercase();
    EDITORS
        .iter()
        .any(|name| text.windows(name.len()).any(|part| part == name.as_bytes()))
}

/// None if this is no TIFF.
pub(super) fn read(tiff: &[u8]) -> Option<Tags> {
    let order = match tiff.get(..4)? {
        b"II*\0" => Order::Little,
        b"MM\0*" => Order::Big,
        _ => return None,
    };
    let tiff = Tiff { bytes: tiff, order };
    let mut tags = Tags::default();
    let first = tiff.long(4)?;
    let inner = tiff.directory(first, &mut tags);
    // The size belongs into the inner directory, everything else into the first. A directory inside
    // the inner one would be of another kind; none is followed.
    let mut inner_tags = Tags::default();
    if let Some(inner) = inner.filter(|inner| *inner != first) {
        tiff.directory(inner, &mut inner_tags);
    }
    let Tags { width, height, .. } = inner_tags;
    Some(Tags {
        width,
        height,
        ..tags
    })
}

#[derive(Clone, Copy)]
enum Order {
    Little,
    Big,
}

#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    order: Order,
}

impl<'a> Tiff<'a> {
    fn short(self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(match self.order {
            Order::Little => u16::from_le_bytes(bytes),
            Order::Big => u16::from_be_bytes(bytes),
        })
    }

    fn long(self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(match self.order {
            Order::Little => u32::from_le_bytes(bytes),
            Order::Big => u32::from_be_bytes(bytes),
        })
    }

    /// Takes what a directory says; where the inner directory is, if it names one.
    fn directory(self, at: u32, tags: &mut Tags) -> Option<u32> {
        let at = usize::try_from(at).ok()?;
        let entries = self.short(at)?.min(MAX_ENTRIES);
        let mut inner = None;
        for entry in 0..usize::from(entries) {
            let at = at.checked_add(2 + entry * 12)?;
            let Some(tag) = self.short(at) else { break };
            match tag {
                MAKE | MODEL => tags.camera |= self.text(at).is_some(),
                SOFTWARE => tags.editor |= self.text(at).is_some_and(names_editor),
                ORIENTATION => {
                    let number = self.number(at).and_then(|said| u16::try_from(said).ok());
                    tags.orientation = number
                        .and_then(Orientation::from_number)
                        .unwrap_or(tags.orientation);
                }
                EXIF_DIRECTORY => inner = self.number(at),
                PIXEL_WIDTH => tags.width = self.number(at),
                PIXEL_HEIGHT => tags.height = self.number(at),
                _ => {}
            }
        }
        inner
    }

    /// One whole number.
    fn number(self, entry: usize) -> Option<u32> {
        let (kind, count) = (self.short(entry + 2)?, self.long(entry + 4)?);
        match (kind, count) {
            (SHORT, 1) => self.short(entry + 8).map(u32::from),
            (LONG, 1) => self.long(entry + 8),
            _ => None,
        }
    }

    /// The beginning of a text, if that is not blank.
    fn text(self, entry: usize) -> Option<&'a [u8]> {
        let (kind, count) = (self.short(entry + 2)?, self.long(entry + 4)?);
        let count = usize::try_from(count).ok()?;
        // Up to four bytes are in the entry itself.
        let at = if count <= 4 {
            entry + 8
        } else {
            usize::try_from(self.long(entry + 8)?).ok()?
        };
        let text = self.bytes.get(at..at.checked_add(count)?)?;
        let text = text.get(..LONGEST_TEXT).unwrap_or(text);
        let blank = text.iter().all(|byte| matches!(byte, 0 | b' '));
        (kind == ASCII && !blank).then_some(text)
    }
}
