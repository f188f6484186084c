//! Pictures: drawn and read by another hand.

use data_encoding::BASE64;
use proptest::prelude::*;

use super::*;

/// A picture by another hand.
fn drawn(colour: png::ColorType, depth: png::BitDepth, (width, height): (u32, u32)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if colour == png::ColorType::Indexed {
        encoder.set_palette(vec![0, 0, 0, 255, 0, 0]);
        encoder.set_trns(vec![0]);
    }
    let row = (width as usize * colour.samples() * depth as usize).div_ceil(8);
    let pixels: Vec<u8> = (0..row * height as usize)
        .map(|at| match colour {
            png::ColorType::Indexed => 0,
            _ => u8::try_from(at * 7 % 251).unwrap(),
        })
        .collect();
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&pixels)
        .unwrap();
    file
}

/// What a reader by another hand sees.
fn seen(file: &[u8]) -> (png::OutputInfo, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file))
        .read_info()
        .unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (info, pixels)
}

fn chunks(file: &[u8]) -> Vec<String> {
    let (mut at, mut kinds) = (8, Vec::new());
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        kinds.push(String::from_utf8(file[at + 4..at + 8].to_vec()).unwrap());
        at += 12 + length;
    }
    kinds
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend_from_slice(&kind);
    bytes.extend_from_slice(data);
    let sum = crc32fast::hash(&bytes[4..]);
    bytes.extend_from_slice(&sum.to_be_bytes());
    bytes
}

/// The file with something put in after its header.
fn with(file: &[u8], extra: &[u8]) -> Vec<u8> {
    [&file[..33], extra, &file[33..]].concat()
}

fn small() -> Vec<u8> {
    drawn(png::ColorType::Rgba, png::BitDepth::Eight, (16, 9))
}

fn uri(file: &[u8]) -> String {
    format!("data:image/png;base64,{}", BASE64.encode(file))
}

#[test]
fn the_pixels_stay_as_they_are() {
    use png::{BitDepth as D, ColorType as C};
    for (colour, depth) in [
        (C::Grayscale, D::One),
        (C::Grayscale, D::Eight),
        (C::Grayscale, D::Sixteen),
        (C::GrayscaleAlpha, D::Eight),
        (C::Rgb, D::Eight),
        (C::Rgb, D::Sixteen),
        (C::Rgba, D::Eight),
        (C::Rgba, D::Sixteen),
        (C::Indexed, D::One),
        (C::Indexed, D::Four),
        (C::Indexed, D::Eight),
    ] {
        for size in [(1, 1), (7, 5), (33, 32)] {
            let file = drawn(colour, depth, size);
            let logo = Logo::from_data_uri(&uri(&file)).unwrap();
            assert_eq!(
                seen(logo.png()),
                seen(&file),
                "{colour:?} {depth:?} {size:?}"
            );
            assert_eq!(Logo::png_of(&logo.base64()).unwrap(), logo.png());
            assert!(Logo::is_digest(&logo.digest()));
            // Read again it stays what it is.
            assert_eq!(Logo::from_png(logo.png()).unwrap(), logo);
        }
    }
}

#[test]
fn interlaced_pictures_are_pictures() {
    // One bit of grey a pixel: every pass is one byte a row.
    for (width, height) in [(1_u32, 1_u32), (5, 3), (8, 8), (9, 17)] {
        let passes = [
            (0, 8, 0, 8),
            (4, 8, 0, 8),
            (0, 4, 4, 8),
            (2, 4, 0, 4),
            (0, 2, 2, 4),
            (1, 2, 0, 2),
            (0, 1, 1, 2),
        ];
        let mut rows = Vec::new();
        for (left, across, top, down) in passes {
            let columns = (0..width)
                .filter(|x| *x >= left && (x - left) % across == 0)
                .count();
            let lines = (0..height)
                .filter(|y| *y >= top && (y - top) % down == 0)
                .count();
            if columns > 0 {
                for _ in 0..lines {
                    rows.push(0);
                    rows.extend(vec![0xaa; columns.div_ceil(8)]);
                }
            }
        }
        let header = [
            &width.to_be_bytes()[..],
            &height.to_be_bytes(),
            &[1, 0, 0, 0, 1],
        ]
        .concat();
        let file = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(*b"IHDR", &header),
            chunk(
                *b"IDAT",
                &miniz_oxide::deflate::compress_to_vec_zlib(&rows, 6),
            ),
            chunk(*b"IEND", &[]),
        ]
        .concat();
        let logo = Logo::from_png(&file).unwrap();
        assert_eq!(seen(logo.png()), seen(&file), "{width} by {height}");
    }
}

#[test]
fn nothing_but_the_picture_is_kept() {
    let secret = b"taken at 54.6872 N 25.2797 E <script>alert(1)</script>";
    let text = [&b"Comment\0"[..], secret].concat();
    let file = [&with(
        &small(),
        &[
            chunk(*b"tEXt", &text),
            chunk(*b"eXIf", secret),
            chunk(*b"iTXt", secret),
            chunk(*b"zTXt", secret),
            chunk(*b"iCCP", secret),
            chunk(*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            chunk(*b"vpAg", secret),
        ]
        .concat(),
    )[..]]
    .concat();
    let logo = Logo::from_png(&file).unwrap();
    assert_eq!(chunks(logo.png()), ["IHDR", "IDAT", "IEND"]);
    assert!(
        !logo
            .png()
            .windows(6)
            .any(|bytes| bytes == b"script" || bytes == b"54.687")
    );
    assert_eq!(logo, Logo::from_png(&small()).unwrap());
}

#[test]
fn what_hides_in_the_pixels_stream_is_lost() {
    // Behind the end of the compressed stream a PNG could carry anything.
    let file = small();
    let begin = 33;
    let length = u32::from_be_bytes(file[begin..begin + 4].try_into().unwrap()) as usize;
    let packed = &file[begin + 8..begin + 8 + length];
    let stuffed = [packed, b"<html><script>alert(1)</script>"].concat();
    let file = [
        &file[..33],
        &chunk(*b"IDAT", &stuffed)[..],
        &chunk(*b"IEND", &[]),
    ]
    .concat();
    match Logo::from_png(&file) {
        Ok(logo) => assert!(!logo.png().windows(6).any(|bytes| bytes == b"script")),
        Err(why) => assert_eq!(why, logo::LogoError::Broken),
    }
}

#[test]
fn what_is_no_png_is_refused() {
    use logo::LogoError as E;
    let good = small();
    let svg =
        BASE64.encode(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    for text in [
        String::new(),
        "https://127.0.0.1/logo.png".into(),
        format!("data:image/svg+xml;base64,{svg}"),
        format!("data:image/png;base64,{svg}"),
        format!("data:text/html;base64,{}", BASE64.encode(&good)),
        format!("data:image/png,{}", BASE64.encode(&good)),
        format!(" {}", uri(&good)),
        format!("{}\n", uri(&good)),
        uri(&good).replace("base64,", "base64,="),
        uri(b"\xff\xd8\xff\xe0"),
        uri(b"GIF89a"),
        uri(b""),
    ] {
        assert_eq!(Logo::from_data_uri(&text), Err(E::NotPng), "{text}");
    }
    let bent = |at: usize| {
        let mut file = good.clone();
        file[at] ^= 1;
        file
    };
    let end = good.len();
    for (file, why) in [
        (bent(0), E::NotPng),
        (bent(29), E::Broken),
        (bent(45), E::Broken),
        (bent(end - 1), E::Broken),
        (good[..end - 1].to_vec(), E::Broken),
        (good[..end - 12].to_vec(), E::Broken),
        (good[..8].to_vec(), E::Broken),
        ([&good[..], b"<script>"].concat(), E::Broken),
        ([&good[..], &good[..]].concat(), E::Broken),
        (with(&good, &chunk(*b"XXXX", b"")), E::Broken),
        (with(&good, &chunk(*b"IEND", b"")), E::Broken),
        (with(&good, &chunk(*b"PLTE", &[0; 4])), E::Broken),
        (with(&good, &chunk(*b"tRNS", &[0])), E::Broken),
        (with(&good, &good[8..33]), E::Broken),
        (
            with(
                &good,
                &[0xff, 0xff, 0xff, 0xff, b't', b'E', b'X', b't', 0, 0, 0, 0],
            ),
            E::Broken,
        ),
        (vec![0; MAX_LOGO_BYTES + 1], E::TooLarge),
    ] {
        assert_eq!(Logo::from_png(&file), Err(why));
    }
    assert_eq!(
        Logo::from_data_uri(&uri(&vec![0; MAX_LOGO_BYTES + 9])),
        Err(E::TooLarge)
    );
}

/// 16 by 9 pixels of 4 bytes, and something else in the header or the rows.
fn odd(header: [u8; 13], rows: &[u8]) -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(*b"IHDR", &header),
        chunk(
            *b"IDAT",
            &miniz_oxide::deflate::compress_to_vec_zlib(rows, 6),
        ),
        chunk(*b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn a_header_must_tell_the_truth() {
    use logo::LogoError as E;
    let header = |width: u32, height: u32, rest: [u8; 5]| {
        let mut bytes = [0; 13];
        bytes[..4].copy_from_slice(&width.to_be_bytes());
        bytes[4..8].copy_from_slice(&height.to_be_bytes());
        bytes[8..].copy_from_slice(&rest);
        bytes
    };
    let rows = vec![0; 65 * 9];
    assert!(Logo::from_png(&odd(header(16, 9, [8, 6, 0, 0, 0]), &rows)).is_ok());
    for (bytes, why) in [
        (header(0, 9, [8, 6, 0, 0, 0]), E::Broken),
        (header(16, 0, [8, 6, 0, 0, 0]), E::Broken),
        (header(513, 9, [8, 6, 0, 0, 0]), E::TooManyPixels),
        (header(65_535, 65_535, [8, 6, 0, 0, 0]), E::TooManyPixels),
        (
            header(u32::MAX, u32::MAX, [16, 6, 0, 0, 1]),
            E::TooManyPixels,
        ),
        (header(16, 9, [7, 6, 0, 0, 0]), E::Broken),
        (header(16, 9, [4, 6, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 5, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 3, 0, 0, 0]), E::Broken),
        (header(16, 9, [8, 6, 1, 0, 0]), E::Broken),
        (header(16, 9, [8, 6, 0, 1, 0]), E::Broken),
        (header(16, 9, [8, 6, 0, 0, 2]), E::Broken),
        (header(16, 10, [8, 6, 0, 0, 0]), E::Broken),
        (header(16, 8, [8, 6, 0, 0, 0]), E::Broken),
    ] {
        assert_eq!(Logo::from_png(&odd(bytes, &rows)), Err(why), "{bytes:?}");
    }
    // A filter that does not exist.
    let mut rows = rows;
    rows[65] = 5;
    let bytes = header(16, 9, [8, 6, 0, 0, 0]);
    assert_eq!(Logo::from_png(&odd(bytes, &rows)), Err(E::Broken));
    // A small file that would be a large one.
    let bomb = vec![0; 20_000_000];
    assert_eq!(Logo::from_png(&odd(bytes, &bomb)), Err(E::Broken));
}

proptest! {
    #[test]
    fn a_file_with_any_byte_changed_is_read_or_refused(at in 0..200_usize, to: u8, cut in 0..200_usize) {
        let mut file = small();
        let length = file.len();
        file[at % length] = to;
        let _ = Logo::from_png(&file);
        let _ = Logo::from_png(&file[..cut % length]);
    }
}
