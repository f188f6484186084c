//! Damage, lies and bombs: an answer that says why, and never a panic.

use super::samples::*;
use super::*;
use proptest::prelude::*;

fn is_damage(error: DecodeError) -> bool {
    matches!(
        error,
        DecodeError::Truncated { .. } | DecodeError::Malformed { .. }
    )
}

/// No answer is larger than what a header of at most these pixels allows.
fn stays_bounded(file: &[u8]) {
    let limits = Limits {
        pixels: 100_000,
        kept_side: 300,
        ..Limits::default()
    };
    if let Ok(found) = decode(file, &limits) {
        assert!(found.picture.width() <= 300 && found.picture.height() <= 300);
    }
}

#[test]
fn cut_anywhere_a_file_is_no_picture() {
    for (name, file) in all() {
        for length in 0..file.len() {
            let wanted = match refused(&file[..length]) {
                DecodeError::Empty => length == 0,
                DecodeError::UnknownFormat => length < 12,
                DecodeError::Truncated { .. } => length > 2,
                _ => false,
            };
            assert!(wanted, "{name} {length} {:?}", refused(&file[..length]));
        }
    }
}

#[test]
fn what_is_missing_inside_is_noticed() {
    let file = jpeg((96, 96));
    let scan = file.windows(2).position(|two| two == [0xff, 0xda]).unwrap() + 14;
    let data = file.len() - 2 - scan;
    // Half of the scan, and then an end as if that were all.
    for part in [0, 1, data / 4, data / 2, data * 3 / 4] {
        let short = [&file[..scan + part], &[0xff, 0xd9]].concat();
        assert!(is_damage(refused(&short)), "{part} of {data}");
    }
    let rows = [0; 40 * (1 + 48 * 3)];
    let form = [8, 2, 0, 0, 0];
    assert!(decode(&raw_png(SIDES, form, &rows), &Limits::default()).is_ok());
    for rows in [&rows[..0], &rows[..1], &rows[..145], &rows[..5_799]] {
        assert!(is_damage(refused(&raw_png(SIDES, form, rows))));
    }
}

#[test]
fn flipped_bits_are_damage_or_another_picture() {
    for (name, file) in all() {
        for at in 0..file.len() {
            for bit in [at % 8, (at * 5 + 3) % 8] {
                let mut flipped = file.clone();
                flipped[at] ^= 1 << bit;
                stays_bounded(&flipped);
                // PNG has a checksum over everything.
                if let "rgb.png" | "interlaced.png" = name {
                    let answer = decode(&flipped, &Limits::default());
                    assert!(answer.is_err(), "{name} {at} {bit}");
                }
            }
        }
    }
}

#[test]
fn bytes_set_to_extremes_are_no_danger() {
    for (_, file) in all() {
        for at in 0..file.len() {
            for value in [0x00, 0x7f, 0xff] {
                let mut changed = file.clone();
                changed[at] = value;
                stays_bounded(&changed);
            }
        }
    }
}

#[test]
fn parts_of_two_files_are_no_danger() {
    let files = all();
    for (_, one) in &files {
        for (_, two) in &files {
            for (part, other) in [(1, 2), (1, 3), (2, 3), (3, 4)] {
                let (head, tail) = (one.len() * part / other, two.len() * part / other);
                stays_bounded(&[&one[..head], &two[tail..]].concat());
            }
        }
    }
}

/// A file of 186 bytes or fewer that declares whatever it likes.
fn tiny_jpeg(marker: u8, width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg(SIDES);
    let at = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    file[at + 1] = marker;
    file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    file[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    let frame = file[at..at + 19].to_vec();
    let scan = [0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0, 0xff, 0xd9];
    [&[0xff, 0xd8], &frame[..], &scan].concat()
}

#[test]
fn a_header_that_declares_too_much_is_all_that_is_read() {
    for marker in [0xc0, 0xc1, 0xc2] {
        for (width, height) in [(65_535, 65_535), (65_535, 400), (5_000, 5_000)] {
            let file = tiny_jpeg(marker, width, height);
            assert!(file.len() <= 186);
            let DecodeError::TooManyPixels { limit, .. } = refused(&file) else {
                panic!("{:?}", refused(&file));
            };
            assert!(limit <= 24_000_000);
        }
        let file = tiny_jpeg(marker, 65_535, 40);
        assert!(matches!(refused(&file), DecodeError::SideTooLong { .. }));
    }
    for sides in [
        (20_000, 20_000),
        (40_000, 10_000),
        (u32::MAX, u32::MAX),
        (1 << 31, 2),
    ] {
        for form in [[8, 2, 0, 0, 0], [16, 6, 0, 0, 1], [1, 0, 0, 0, 0]] {
            let file = raw_png(sides, form, &[0; 64]);
            assert!(matches!(refused(&file), DecodeError::TooManyPixels { .. }));
        }
    }
    // Both forms of WebP end at 16,384 a side; a canvas does not.
    for (kind, data) in [
        (b"VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f]),
        (b"VP8L", [0x2f, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0, 0]),
    ] {
        let file = [b"RIFF\x16\0\0\0WEBP", &kind[..], &[10, 0, 0, 0], &data].concat();
        assert!(matches!(refused(&file), DecodeError::TooManyPixels { .. }));
    }
}

#[test]
fn what_costs_more_to_hold_may_have_fewer_pixels() {
    let limit_of = |file: &[u8]| match refused(file) {
        DecodeError::TooManyPixels { limit, .. } => limit,
        other => panic!("{other:?}"),
    };
    let baseline = limit_of(&tiny_jpeg(0xc0, 6_000, 6_000));
    let progressive = limit_of(&tiny_jpeg(0xc2, 6_000, 6_000));
    assert_eq!(baseline, 24_000_000);
    assert!((10_000_000..=15_000_000).contains(&progressive));
    assert_eq!(
        limit_of(&raw_png((6_000, 6_000), [8, 2, 0, 0, 0], &[])),
        24_000_000
    );
    assert_eq!(
        limit_of(&raw_png((6_000, 6_000), [8, 2, 0, 0, 1], &[])),
        22_500_000
    );
    // Exactly the limit is not too much: this is refused for what is missing in it.
    let full = raw_png((6_000, 4_000), [8, 2, 0, 0, 0], &[0; 9]);
    assert!(is_damage(refused(&full)));
    assert!(matches!(
        refused(&raw_png((6_000, 4_001), [8, 2, 0, 0, 0], &[0; 9])),
        DecodeError::TooManyPixels { .. }
    ));
}

#[test]
fn what_moves_is_refused_by_its_name() {
    let file = png(SIDES, ::png::ColorType::Rgb, &rgb_scene(SIDES));
    let moving = png_with_chunk(&file, *b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]);
    assert_eq!(refused(&moving), DecodeError::Animated);
    let two = png_with(
        SIDES,
        ::png::ColorType::Grayscale,
        ::png::BitDepth::Eight,
        &grey_scene(SIDES),
        |encoder| encoder.set_animated(1, 0).unwrap(),
    );
    assert_eq!(refused(&two), DecodeError::Animated);
    let mut webp = lossy_webp_with_alpha();
    webp[20] |= 2;
    assert_eq!(refused(&webp), DecodeError::Animated);
}

#[test]
fn other_kinds_are_not_known() {
    for file in [
        &b"GIF89a\x20\0\x20\0\0\0\0;"[..],
        b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0",
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x20ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x20ftypavif\0\0\0\0avifmif1",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"<html>\xff\xd8\xff",
        b"%PDF-1.7",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\0",
        b"\xff\xd8",
    ] {
        assert_eq!(refused(file), DecodeError::UnknownFormat);
    }
    assert_eq!(refused(b""), DecodeError::Empty);
}

#[test]
fn every_refusal_has_a_hint_and_no_words_of_the_sender() {
    let format = Format::Png;
    for error in [
        DecodeError::Empty,
        DecodeError::TooManyBytes { limit: 1 },
        DecodeError::NotDataUri,
        DecodeError::NotBase64,
        DecodeError::UnknownFormat,
        DecodeError::DeclaredOtherwise { found: format },
        DecodeError::Animated,
        DecodeError::Truncated { format },
        DecodeError::Malformed { format },
        DecodeError::Unsupported(Unsupported::DeepJpeg),
    ] {
        assert!(error.hint().ends_with('.') && !error.to_string().is_empty());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        stays_bounded(&bytes);
    }

    #[test]
    fn no_bytes_after_a_beginning_make_it_panic(
        which in 0_usize..11,
        keep: prop::sample::Index,
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let (_, file) = &all()[which];
        let head = keep.index(file.len());
        stays_bounded(&[&file[..head], &bytes].concat());
    }

    #[test]
    fn no_damage_makes_it_panic(
        which in 0_usize..11,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let (_, mut file) = all().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        stays_bounded(&file);
    }

    #[test]
    fn no_text_makes_it_panic(text in "(data:)?[a-z/;,=é]{0,40}(;base64,)?.{0,80}") {
        prop_assert!(decode_uri(&text, &Limits::default()).is_err());
    }

    #[test]
    fn what_was_encoded_without_loss_comes_back(
        sides in (32_u32..80, 32_u32..80), seed in prop::collection::vec(any::<u8>(), 64),
    ) {
        let bytes = sides.0 * sides.1 * 3;
        let rgb: Vec<u8> = (0..bytes)
            .map(|at| seed[at as usize % 64].wrapping_add(at.to_le_bytes()[1]))
            .collect();
        let files = [
            png(sides, ::png::ColorType::Rgb, &rgb),
            webp(sides, image_webp::ColorType::Rgb8, &rgb),
        ];
        for file in files {
            let found = decoded(&file);
            prop_assert_eq!(found.picture.rgb(), &rgb[..]);
        }
    }
}

/// Where the fuzzer begins: `cargo test -p vision -- --ignored corpus`.
#[test]
#[ignore = "writes files"]
fn write_the_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/decode");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, file) in all() {
        std::fs::write(folder.join(name), file).unwrap();
    }
    std::fs::write(folder.join("bomb.jpg"), tiny_jpeg(0xc2, 4_000, 2_000)).unwrap();
}
