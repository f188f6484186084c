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
    let scan = marker_at(&file, 0xda) + 14;
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
    let at = marker_at(&file, 0xc0);
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
    // WebP ends at 16,384 a side; a canvas does not.
    let data = [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
    let file = [&b"RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0"[..], &data].concat();
    assert!(matches!(refused(&file), DecodeError::TooManyPixels { .. }));
}

/// A decoder that reads one byte too many of a short segment finds a frame in the next one's comment, which
/// is of any size. It gets neither segment.
#[test]
fn no_other_frame_is_decoded_than_the_one_that_was_judged() {
    let small = jpeg(SIDES);
    let at = marker_at(&small, 0xc0);
    let mut frame = small[at..at + 19].to_vec();
    frame[5..9].copy_from_slice(&[0x40, 0, 0x40, 0]);
    let hidden = [&frame[..], &small[at + 19..small.len() - 2]].concat();
    let length = u16::try_from(hidden.len() + 1).unwrap().to_be_bytes();
    for marker in [0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe] {
        for short in 2..9_u8 {
            let lure = [
                &[0xff, marker, 0, short],
                &vec![b'A'; usize::from(short) - 2][..],
            ]
            .concat();
            let comment = [&[0xff, 0xfe], &length[..], &hidden[1..]].concat();
            let file = [&[0xff, 0xd8], &lure[..], &comment, &small[2..]].concat();
            let found = decoded(&file);
            assert_eq!((found.picture.width(), found.picture.height()), SIDES);
            assert_eq!(found.picture, decoded(&small).picture);
        }
    }
}

#[test]
fn colours_are_said_once_before_the_picture_and_as_components_allow() {
    let adobe = |transform: u8| {
        let begin = [0xff, 0xee, 0, 14];
        [&begin[..], b"Adobe", &[0, 100, 0, 0, 0, 0, transform]].concat()
    };
    let with =
        |file: &[u8], at: usize, segment: &[u8]| [&file[..at], segment, &file[at..]].concat();
    let progressive = Jpeg {
        progressive: true,
        ..Jpeg::PLAIN
    };
    let inks = Jpeg {
        sampling: jpeg_encoder::SamplingFactor::R_4_4_4,
        ..progressive
    };
    let three = progressive.encode(SIDES, jpeg_encoder::ColorType::Rgb);
    let four = inks.encode(SIDES, jpeg_encoder::ColorType::Cmyk);
    let four_at = marker_at(&four, 0xee);
    let bare = [&four[..four_at], &four[four_at + 16..]].concat();
    for transform in 0..4 {
        let file = with(&three, 2, &adobe(transform));
        assert_eq!(
            decode(&file, &Limits::default()).is_ok(),
            transform < 2,
            "3, {transform}"
        );
        let said = [0, 2].contains(&transform);
        // Wherever it is before the first scan.
        let scan = marker_at(&bare, 0xda);
        for at in [2, scan] {
            let file = with(&bare, at, &adobe(transform));
            assert_eq!(
                decode(&file, &Limits::default()).is_ok(),
                said,
                "4, {transform}"
            );
        }
    }
    assert!(is_damage(refused(&with(&four, 2, &adobe(0)))), "twice");
    let cut = [0xff, 0xee, 0, 8, b'A', b'd', b'o', b'b', b'e', 0];
    assert!(is_damage(refused(&with(&bare, 2, &cut))));
    let second = three
        .windows(2)
        .rposition(|two| two == [0xff, 0xda])
        .unwrap();
    assert!(
        is_damage(refused(&with(&three, second, &adobe(1)))),
        "between scans"
    );
}

/// What only the first component's first scan says is no picture of four.
#[test]
fn a_picture_without_most_of_its_components_is_damage() {
    for kind in [
        jpeg_encoder::ColorType::Cmyk,
        jpeg_encoder::ColorType::CmykAsYcck,
        jpeg_encoder::ColorType::Rgb,
    ] {
        for sampling in [
            jpeg_encoder::SamplingFactor::R_4_4_4,
            jpeg_encoder::SamplingFactor::R_4_2_0,
            jpeg_encoder::SamplingFactor::R_4_2_2,
        ] {
            let form = Jpeg {
                progressive: true,
                sampling,
                ..Jpeg::PLAIN
            };
            let mut file = form.encode(SIDES, kind);
            let frame = marker_at(&file, 0xc2);
            if file[frame + 9] == 4 {
                // Black is as dense as the first ink: otherwise it is not taken at all.
                file[frame + 20] = file[frame + 11];
            }
            let scans = file
                .windows(2)
                .enumerate()
                .filter(|(_, two)| *two == [0xff, 0xda]);
            for (at, _) in scans {
                stays_bounded(&[&file[..at], &[0xff, 0xd9]].concat());
            }
        }
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
    let mut webp = webp_with_exif(&[]);
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
        let found = decoded(&png(sides, ::png::ColorType::Rgb, &rgb));
        prop_assert_eq!(found.picture.rgb(), &rgb[..]);
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
