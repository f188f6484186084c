//! WebP (RFC 9649). Chunks are walked here: the size of the canvas and that of what is in it must be
//! the same, since each of them decides what is allocated. `image-webp` decodes.
//!
//! Lossy pictures alone. What is coded without loss, which alpha is too, names so many tables as it
//! likes in a few bytes, and the decoder makes room for all of them: kilobytes become gigabytes.

use super::{DecodeError, Format, Outline, Unsupported, once};
use crate::Picture;
use crate::shrink::Shrinker;
use image_webp::WebPDecoder;
use std::io::Cursor;

const MALFORMED: DecodeError = DecodeError::Malformed {
    format: Format::WebP,
};
const TRUNCATED: DecodeError = DecodeError::Truncated {
    format: Format::WebP,
};

/// Bytes for each pixel, in hundredths: planes of brightness and colour beside the pixels.
const LOSSY: u64 = 500;

const LOSSLESS: DecodeError = DecodeError::Unsupported(Unsupported::LosslessWebp);
const TRANSPARENT: DecodeError = DecodeError::Unsupported(Unsupported::TransparentWebp);

/// Walks all chunks.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline<'_>, DecodeError> {
    let length = little32(bytes, 4).ok_or(TRUNCATED)?;
    let end = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_add(8))
        .ok_or(MALFORMED)?;
    let (file, after) = bytes.split_at_checked(end).ok_or(TRUNCATED)?;
    let (mut canvas, mut image) = (None, None);
    let (mut exif, mut at) = (None, 12);
    while at < file.len() {
        let (kind, data) = chunk(file, &mut at)?;
        match kind {
            b"VP8X" => {
                if canvas.is_some() || image.is_some() {
                    return Err(MALFORMED);
                }
                let flags = *data.first().ok_or(MALFORMED)?;
                if flags & 0x02 != 0 {
                    return Err(DecodeError::Animated);
                }
                if flags & 0x10 != 0 {
                    return Err(TRANSPARENT);
                }
                let sides = little24(data, 4).zip(little24(data, 7)).ok_or(MALFORMED)?;
                canvas = Some((sides.0 + 1, sides.1 + 1));
            }
            b"ANIM" | b"ANMF" => return Err(DecodeError::Animated),
            b"VP8L" => return Err(LOSSLESS),
            b"ALPH" => return Err(TRANSPARENT),
            b"VP8 " => once(&mut image, lossy(data).ok_or(MALFORMED)?, MALFORMED)?,
            b"EXIF" => {
                let tiff = data.strip_prefix(b"Exif\0\0").unwrap_or(data);
                exif = exif.or(Some(tiff));
            }
            _ => {}
        }
    }
    let sides = image.ok_or(MALFORMED)?;
    if canvas.is_some_and(|canvas| canvas != sides) || sides.0 == 0 || sides.1 == 0 {
        return Err(MALFORMED);
    }
    Ok(Outline {
        width: sides.0,
        height: sides.1,
        cost: LOSSY,
        exif,
        software: None,
        trailing: after.iter().any(|byte| *byte != 0),
    })
}

/// The chunk there, after which `at` stands: its type and its data, which are padded to even length.
fn chunk<'a>(file: &'a [u8], at: &mut usize) -> Result<(&'a [u8], &'a [u8]), DecodeError> {
    let kind = file.get(*at..*at + 4).ok_or(MALFORMED)?;
    let length = little32(file, *at + 4).ok_or(MALFORMED)?;
    let length = usize::try_from(length).map_err(|_| MALFORMED)?;
    let end = (*at + 8).checked_add(length).ok_or(MALFORMED)?;
    let data = file.get(*at + 8..end).ok_or(MALFORMED)?;
    *at = end.checked_add(length % 2).ok_or(MALFORMED)?;
    Ok((kind, data))
}

/// Width and height of a key frame (RFC 6386, 9.1).
fn lossy(data: &[u8]) -> Option<(u32, u32)> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, a, b, c, d, ..] = data else {
        return None;
    };
    let side = |low: &u8, high: &u8| u32::from(u16::from_le_bytes([*low, *high]) & 0x3fff);
    (tag & 1 == 0).then_some((side(a, b), side(c, d)))
}

fn little24(bytes: &[u8], at: usize) -> Option<u32> {
    let [a, b, c] = *bytes.get(at..at + 3)? else {
        return None;
    };
    Some(u32::from_le_bytes([a, b, c, 0]))
}

fn little32(bytes: &[u8], at: usize) -> Option<u32> {
    let slice = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(slice.try_into().ok()?))
}

pub(super) fn pixels(bytes: &[u8], mut rows: Shrinker) -> Result<Picture, DecodeError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| MALFORMED)?;
    decoder.set_memory_limit(bytes.len());
    let (width, height) = decoder.dimensions();
    let size = decoder.output_buffer_size().ok_or(MALFORMED)?;
    if decoder.has_alpha() {
        return Err(TRANSPARENT);
    }
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels).map_err(|_| MALFORMED)?;
    drop(decoder);
    if rows.keeps() {
        return Picture::new(width, height, pixels).ok_or(MALFORMED);
    }
    for row in pixels.chunks_exact(width as usize * 3) {
        rows.push(row);
    }
    rows.finish().ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        let padding = &[0][..data.len() % 2];
        [&kind, &length[..], data, padding].concat()
    }

    fn file(parts: &[Vec<u8>]) -> Vec<u8> {
        let parts = parts.concat();
        let length = u32::try_from(parts.len() + 4).unwrap().to_le_bytes();
        [b"RIFF", &length[..], b"WEBP", &parts].concat()
    }

    /// 40×50 pixels, and a canvas of that size.
    fn parts() -> [Vec<u8>; 2] {
        [
            part(*b"VP8 ", &[0, 0, 0, 0x9d, 0x01, 0x2a, 40, 0, 50, 0, 9]),
            part(*b"VP8X", &[0, 0, 0, 0, 39, 0, 0, 49, 0, 0]),
        ]
    }

    #[test]
    fn every_form_says_its_size() {
        let [lossy, canvas] = parts();
        for parts in [std::slice::from_ref(&lossy), &[canvas, lossy.clone()]] {
            let file = file(parts);
            let found = outline(&file).unwrap();
            assert_eq!((found.width, found.height, found.cost), (40, 50, LOSSY));
            for cut in 12..file.len() {
                assert_eq!(outline(&file[..cut]).unwrap_err(), TRUNCATED, "{cut}");
            }
            assert!(outline(&[&file[..], b"PK"].concat()).unwrap().trailing);
        }
    }

    #[test]
    fn what_is_coded_without_loss_is_refused_before_it_is_read() {
        let [lossy, canvas] = parts();
        let mut transparent = canvas.clone();
        transparent[8] = 0x10;
        for (parts, error) in [
            (&[part(*b"VP8L", &[0x2f, 39, 64, 12, 0])][..], LOSSLESS),
            (&[lossy.clone(), part(*b"VP8L", &[])], LOSSLESS),
            (&[transparent, lossy.clone()], TRANSPARENT),
            (&[canvas, part(*b"ALPH", &[1, 2]), lossy], TRANSPARENT),
        ] {
            assert_eq!(outline(&file(parts)).unwrap_err(), error);
        }
    }

    #[test]
    fn a_canvas_cannot_hide_what_is_in_it() {
        let [lossy, canvas] = parts();
        let other = part(*b"VP8X", &[0, 0, 0, 0, 38, 0, 0, 49, 0, 0]);
        let later = part(*b"VP8 ", &[1, 0, 0, 0x9d, 0x01, 0x2a, 40, 0, 50, 0, 9]);
        for parts in [
            &[other, lossy.clone()][..],
            std::slice::from_ref(&canvas),
            &[canvas.clone(), canvas.clone(), lossy.clone()],
            &[lossy.clone(), canvas.clone()],
            &[lossy.clone(), lossy.clone()],
            &[later],
            &[part(*b"VP8 ", &[0; 20])],
            &[],
        ] {
            assert_eq!(outline(&file(parts)).unwrap_err(), MALFORMED);
        }
        for moving in [
            part(*b"VP8X", &[2, 0, 0, 0, 39, 0, 0, 49, 0, 0]),
            part(*b"ANIM", &[0; 6]),
        ] {
            assert_eq!(
                outline(&file(&[moving])).unwrap_err(),
                DecodeError::Animated
            );
        }
    }
}
