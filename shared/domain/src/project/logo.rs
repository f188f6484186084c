//! A tenant's logo: PNG and nothing else. The file is read strictly and written anew, so that of
//! what was sent only the pixels remain: no text, no place and time, no second file behind or between.

use data_encoding::BASE64;
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::id::hex;

/// Of the file that is sent.
pub const MAX_LOGO_BYTES: usize = 32 * 1024;
/// Of the file as it is kept: written anew it may be a little larger.
const MAX_KEPT_BYTES: usize = 48 * 1024;
/// Pixels on a side.
pub const MAX_LOGO_SIDE: u32 = 512;

const PREFIX: &str = "data:image/png;base64,";
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Why a picture was refused. The sentence is safe to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LogoError {
    #[error("must be a PNG as a data URI, data:image/png;base64,…")]
    NotPng,
    #[error("must have at most 32 KB")]
    TooLarge,
    #[error("must have at most 512 by 512 pixels")]
    TooManyPixels,
    #[error("is not a valid PNG")]
    Broken,
}

/// A picture that was written anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Logo {
    png: Vec<u8>,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} bytes)", self.png.len())
    }
}

impl Logo {
    pub fn from_data_uri(uri: &str) -> Result<Self, LogoError> {
        let text = uri.strip_prefix(PREFIX).ok_or(LogoError::NotPng)?;
        if text.len() > MAX_LOGO_BYTES.div_ceil(3) * 4 {
            return Err(LogoError::TooLarge);
        }
        let file = BASE64
            .decode(text.as_bytes())
            .map_err(|_| LogoError::NotPng)?;
        Self::from_png(&file)
    }

    pub fn from_png(file: &[u8]) -> Result<Self, LogoError> {
        if file.len() > MAX_LOGO_BYTES {
            return Err(LogoError::TooLarge);
        }
        let chunks = file.strip_prefix(SIGNATURE).ok_or(LogoError::NotPng)?;
        let png = Picture::read(chunks)?.write();
        if png.len() > MAX_KEPT_BYTES {
            return Err(LogoError::TooLarge);
        }
        Ok(Self { png })
    }

    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// As the ledger keeps it.
    pub fn base64(&self) -> String {
        BASE64.encode(&self.png)
    }

    /// The bytes of what `base64` gave.
    pub fn png_of(base64: &str) -> Option<Vec<u8>> {
        BASE64.decode(base64.as_bytes()).ok()
    }

    /// Names the picture: 32 hexadecimal characters.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(&self.png)[..16])
    }

    /// Whether a text could be a digest.
    pub fn is_digest(text: &str) -> bool {
        text.len() == 32
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// What is kept of a file (W3C, PNG third edition; section numbers are its).
struct Picture {
    header: Header,
    palette: Vec<u8>,
    transparency: Vec<u8>,
    /// Rows with their filter bytes, of all passes.
    rows: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Header {
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    interlaced: bool,
}

impl Picture {
    fn read(chunks: &[u8]) -> Result<Self, LogoError> {
        let mut chunks = Chunks(chunks);
        let header = match chunks.next()? {
            (b"IHDR", data) => Header::read(data)?,
            _ => return Err(LogoError::Broken),
        };
        let (mut palette, mut transparency, mut packed) = (Vec::new(), Vec::new(), Vec::new());
        let mut pixels_ended = false;
        loop {
            match chunks.next()? {
                (b"IDAT", data) if !pixels_ended => packed.extend_from_slice(data),
                (b"PLTE", data) if packed.is_empty() && palette.is_empty() => palette = data.into(),
                (b"tRNS", data) if packed.is_empty() && transparency.is_empty() => {
                    transparency = data.into();
                }
                (b"IEND", []) if chunks.0.is_empty() => break,
                // The fifth bit of the first letter: whether a picture is right without it (5.4).
                (kind, _) if kind[0].is_ascii_lowercase() && kind != b"tRNS" => {
                    pixels_ended = !packed.is_empty();
                }
                _ => return Err(LogoError::Broken),
            }
        }
        let fits = header.takes(&palette, &transparency);
        let length = header.rows_length();
        let rows = decompress_to_vec_zlib_with_limit(&packed, length)
            .ok()
            .filter(|rows| fits && rows.len() == length && header.are_rows(rows))
            .ok_or(LogoError::Broken)?;
        Ok(Self {
            header,
            palette,
            transparency,
            rows,
        })
    }

    fn write(&self) -> Vec<u8> {
        let Header {
            width,
            height,
            depth,
            colour,
            interlaced,
        } = self.header;
        let header = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[depth, colour, 0, 0, u8::from(interlaced)],
        ]
        .concat();
        let mut file = SIGNATURE.to_vec();
        write_chunk(&mut file, *b"IHDR", &header);
        for (kind, data) in [(*b"PLTE", &self.palette), (*b"tRNS", &self.transparency)] {
            if !data.is_empty() {
                write_chunk(&mut file, kind, data);
            }
        }
        write_chunk(&mut file, *b"IDAT", &compress_to_vec_zlib(&self.rows, 9));
        write_chunk(&mut file, *b"IEND", &[]);
        file
    }
}

impl Header {
    fn read(data: &[u8]) -> Result<Self, LogoError> {
        let &[
            w1,
            w2,
            w3,
            w4,
            h1,
            h2,
            h3,
            h4,
            depth,
            colour,
            0,
            0,
            order @ (0 | 1),
        ] = data
        else {
            return Err(LogoError::Broken);
        };
        let header = Self {
            width: u32::from_be_bytes([w1, w2, w3, w4]),
            height: u32::from_be_bytes([h1, h2, h3, h4]),
            depth,
            colour,
            interlaced: order == 1,
        };
        // 11.2.1, table 11.1.
        let exists = match colour {
            0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
            3 => matches!(depth, 1 | 2 | 4 | 8),
            2 | 4 | 6 => matches!(depth, 8 | 16),
            _ => false,
        };
        if !exists || header.width == 0 || header.height == 0 {
            return Err(LogoError::Broken);
        }
        if header.width > MAX_LOGO_SIDE || header.height > MAX_LOGO_SIDE {
            return Err(LogoError::TooManyPixels);
        }
        Ok(header)
    }

    /// Whether palette and transparency are of the form that goes with the colours (11.2.2, 11.3.1.1).
    fn takes(self, palette: &[u8], transparency: &[u8]) -> bool {
        let entries = palette.len() / 3;
        let palette_fits = match self.colour {
            3 => palette.len().is_multiple_of(3) && (1..=1 << self.depth).contains(&entries),
            2 | 6 => palette.len().is_multiple_of(3) && entries <= 256,
            _ => palette.is_empty(),
        };
        let transparency_fits = transparency.is_empty()
            || match self.colour {
                0 => transparency.len() == 2,
                2 => transparency.len() == 6,
                3 => transparency.len() <= entries,
                _ => false,
            };
        palette_fits && transparency_fits
    }

    /// Width and height of each pass: one, or the seven of Adam7 (8.2).
    fn passes(self) -> impl Iterator<Item = (usize, usize)> {
        const ADAM7: [[u32; 4]; 7] = [
            [0, 8, 0, 8],
            [4, 8, 0, 8],
            [0, 4, 4, 8],
            [2, 4, 0, 4],
            [0, 2, 2, 4],
            [1, 2, 0, 2],
            [0, 1, 1, 2],
        ];
        let passes: &[[u32; 4]] = if self.interlaced {
            &ADAM7
        } else {
            &[[0, 1, 0, 1]]
        };
        let reach = |side: u32, first: u32, step: u32| side.saturating_sub(first).div_ceil(step);
        passes
            .iter()
            .map(move |&[left, across, top, down]| {
                (
                    reach(self.width, left, across) as usize,
                    reach(self.height, top, down) as usize,
                )
            })
            .filter(|&(width, height)| width > 0 && height > 0)
    }

    /// Bytes of a row with its filter.
    fn row_length(self, width: usize) -> usize {
        let samples = match self.colour {
            2 => 3,
            4 => 2,
            6 => 4,
            _ => 1,
        };
        1 + (width * samples * usize::from(self.depth)).div_ceil(8)
    }

    fn rows_length(self) -> usize {
        self.passes()
            .map(|(width, height)| self.row_length(width) * height)
            .sum()
    }

    /// Whether every row begins with a filter that there is (9.2).
    fn are_rows(self, rows: &[u8]) -> bool {
        let mut rest = rows;
        self.passes().all(|(width, height)| {
            let length = self.row_length(width);
            let Some((pass, after)) = rest.split_at_checked(length * height) else {
                return false;
            };
            rest = after;
            pass.chunks_exact(length).all(|row| row[0] <= 4)
        })
    }
}

/// The chunks that are left.
struct Chunks<'a>(&'a [u8]);

impl<'a> Chunks<'a> {
    /// The next chunk, if its checksum is right.
    fn next(&mut self) -> Result<(&'a [u8; 4], &'a [u8]), LogoError> {
        let take = || {
            let (length, rest) = self.0.split_first_chunk()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (kind, after) = rest.split_first_chunk()?;
            let (data, after) = after.split_at_checked(length)?;
            let (sum, after) = after.split_first_chunk()?;
            let letters = kind.iter().all(u8::is_ascii_alphabetic);
            let right = crc32fast::hash(rest.get(..4 + length)?) == u32::from_be_bytes(*sum);
            (letters && right).then_some((kind, data, after))
        };
        let (kind, data, after) = take().ok_or(LogoError::Broken)?;
        self.0 = after;
        Ok((kind, data))
    }
}

fn write_chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    let begin = file.len();
    file.extend_from_slice(&kind);
    file.extend_from_slice(data);
    let sum = crc32fast::hash(&file[begin..]);
    file.extend_from_slice(&sum.to_be_bytes());
}
