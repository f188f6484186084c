//! PNG (W3C, third edition). Chunks are walked here to find size, animation and EXIF; the `png`
//! crate checks and unpacks them. Rows go on one by one, so that only interlaced files are ever held
//! whole. Transparent pixels are seen on white.

use super::{DecodeError, Format, Outline, big32};
use crate::Picture;
use crate::shrink::Shrinker;
use png::{ColorType, DecodeOptions, Decoder, Limits, Transformations};
use std::io::Cursor;

/// For rows and whatever chunks the decoder keeps; a row has at most 16,384 pixels of 8 bytes.
const DECODER_BYTES: usize = 1_000_000;

const MALFORMED: DecodeError = DecodeError::Malformed {
    format: Format::Png,
};
const TRUNCATED: DecodeError = DecodeError::Truncated {
    format: Format::Png,
};

/// Walks all chunks.
pub(super) fn outline(bytes: &[u8]) -> Result<Outline<'_>, DecodeError> {
    let (mut exif, mut software) = (None, None);
    let (mut has_pixels, mut is_animated) = (false, false);
    // After the signature.
    let mut at = 8;
    let (kind, header) = chunk(bytes, &mut at)?;
    if kind != b"IHDR" || header.len() != 13 {
        return Err(MALFORMED);
    }
    let size = big32(header, 0).zip(big32(header, 4));
    let (width, height) = size.ok_or(MALFORMED)?;
    if width == 0 || height == 0 {
        return Err(MALFORMED);
    }
    loop {
        let (kind, data) = chunk(bytes, &mut at)?;
        match kind {
            b"IHDR" => return Err(MALFORMED),
            b"IDAT" => has_pixels = true,
            b"acTL" | b"fcTL" | b"fdAT" => is_animated = true,
            b"eXIf" => exif = exif.or(Some(data)),
            b"tEXt" | b"iTXt" => software = software.or_else(|| data.strip_prefix(b"Software\0")),
            b"IEND" => break,
            _ => {}
        }
    }
    if is_animated {
        return Err(DecodeError::Animated);
    }
    if !has_pixels {
        return Err(MALFORMED);
    }
    let interlaced = header[12] != 0;
    Ok(Outline {
        width,
        height,
        cost: if interlaced { 400 } else { 1 },
        exif,
        software,
        trailing: bytes[at..].iter().any(|byte| *byte != 0),
    })
}

/// The chunk there, after which `at` stands: its type and its data.
fn chunk<'a>(bytes: &'a [u8], at: &mut usize) -> Result<(&'a [u8], &'a [u8]), DecodeError> {
    let length = big32(bytes, *at).ok_or(TRUNCATED)?;
    let length = usize::try_from(length).map_err(|_| MALFORMED)?;
    let kind = bytes.get(*at + 4..*at + 8).ok_or(TRUNCATED)?;
    let end = (*at + 8).checked_add(length).ok_or(MALFORMED)?;
    let data = bytes.get(*at + 8..end).ok_or(TRUNCATED)?;
    let after = end.checked_add(4).ok_or(MALFORMED)?;
    if after > bytes.len() {
        return Err(TRUNCATED);
    }
    *at = after;
    Ok((kind, data))
}

pub(super) fn pixels(bytes: &[u8], mut rows: Shrinker) -> Result<Picture, DecodeError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits {
        bytes: DECODER_BYTES,
    });
    // Eight bits a sample, palettes looked up, transparency as alpha.
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| MALFORMED)?;
    let (kind, _) = reader.output_color_type();
    let width = reader.info().width as usize;
    let mut rgb = Vec::with_capacity(width * 3);
    if reader.info().interlaced {
        let size = reader.output_buffer_size().ok_or(MALFORMED)?;
        let mut whole = vec![0; size];
        let frame = reader.next_frame(&mut whole).map_err(|_| MALFORMED)?;
        for row in whole.chunks_exact(frame.line_size) {
            flatten(kind, row, &mut rgb);
            rows.push(&rgb);
        }
    } else {
        while let Some(row) = reader.next_row().map_err(|_| MALFORMED)? {
            flatten(kind, row.data(), &mut rgb);
            rows.push(&rgb);
        }
    }
    reader.finish().map_err(|_| MALFORMED)?;
    rows.finish().ok_or(MALFORMED)
}

/// One row as red, green and blue on white.
fn flatten(kind: ColorType, row: &[u8], rgb: &mut Vec<u8>) {
    rgb.clear();
    match kind {
        ColorType::Grayscale => rgb.extend(row.iter().flat_map(|grey| [*grey; 3])),
        ColorType::GrayscaleAlpha => rgb.extend(
            row.chunks_exact(2)
                .flat_map(|pixel| [on_white(pixel[0], pixel[1]); 3]),
        ),
        // A palette has been looked up before.
        ColorType::Rgb | ColorType::Indexed => rgb.extend_from_slice(row),
        ColorType::Rgba => flatten_rgba(row, rgb),
    }
}

/// Adds pixels with alpha as they look on white.
pub(super) fn flatten_rgba(row: &[u8], rgb: &mut Vec<u8>) {
    for pixel in row.chunks_exact(4) {
        let alpha = pixel[3];
        rgb.extend(pixel[..3].iter().map(|value| on_white(*value, alpha)));
    }
}

fn on_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u32::from(value), u32::from(alpha));
    u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_is_seen_on_white() {
        assert_eq!(on_white(7, 255), 7);
        assert_eq!(on_white(7, 0), 255);
        assert_eq!(on_white(0, 128), 127);
        assert_eq!(on_white(255, 77), 255);
    }

    #[test]
    fn the_walk_needs_header_pixels_and_end() {
        let part = |kind: [u8; 4], data: &[u8]| {
            let length = u32::try_from(data.len()).unwrap().to_be_bytes();
            [&length[..], &kind, data, &[0; 4]].concat()
        };
        let header = part(*b"IHDR", &[0, 0, 0, 9, 0, 0, 0, 8, 8, 2, 0, 0, 0]);
        let (data, end) = (part(*b"IDAT", &[1, 2]), part(*b"IEND", &[]));
        let file = |parts: &[&[u8]]| [b"\x89PNG\r\n\x1a\n", &parts.concat()[..]].concat();
        let whole = file(&[&header, &data, &end]);
        let found = outline(&whole).unwrap();
        assert_eq!((found.width, found.height, found.trailing), (9, 8, false));
        for cut in 8..whole.len() {
            assert_eq!(outline(&whole[..cut]).unwrap_err(), TRUNCATED, "{cut}");
        }
        assert!(outline(&[&whole[..], b"%PDF"].concat()).unwrap().trailing);
        for parts in [
            &[&data[..], &header, &end][..],
            &[&header, &end],
            &[&header, &header, &data, &end],
        ] {
            assert_eq!(outline(&file(parts)).unwrap_err(), MALFORMED);
        }
        let moving = file(&[&header, &part(*b"acTL", &[0; 8]), &data, &end]);
        assert_eq!(outline(&moving).unwrap_err(), DecodeError::Animated);
        let endless = [0xff, 0xff, 0xff, 0xff, b'I', b'D', b'A', b'T'];
        assert_eq!(outline(&file(&[&header, &endless])).unwrap_err(), TRUNCATED);
    }
}
