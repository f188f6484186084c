//! Every form a picture is stored in shows the same scene.

use super::samples::*;
use super::*;
use ::png::{BitDepth, ColorType as Png};
use jpeg_encoder::{ColorType, SamplingFactor};

/// Sides that are no multiple of a block, and such as are.
const ALL_SIDES: [(u32, u32); 6] = [(48, 40), (64, 64), (33, 47), (47, 32), (97, 35), (32, 121)];

fn shows(file: &[u8], sides: (u32, u32), format: Format, colours: [[u8; 3]; 4], within: u8) {
    let found = decoded(file);
    let picture = &found.picture;
    assert_eq!((picture.width(), picture.height()), sides);
    assert_eq!(found.format, format);
    let seen = quarters(picture);
    assert!(
        is_near(seen, colours, within),
        "{sides:?} {seen:?} {colours:?}"
    );
}

#[test]
fn jpeg_in_every_subsampling_and_order() {
    for sampling in [
        SamplingFactor::R_4_4_4,
        SamplingFactor::R_4_2_2,
        SamplingFactor::R_4_2_0,
        SamplingFactor::R_4_4_0,
    ] {
        for (progressive, restart) in [(false, 0), (false, 3), (true, 0), (true, 5)] {
            let form = Jpeg {
                sampling,
                progressive,
                restart,
            };
            for sides in ALL_SIDES {
                let file = form.encode(sides, ColorType::Rgb);
                shows(&file, sides, Format::Jpeg, COLOURS, 12);
            }
        }
    }
}

/// Decoded wrongly they would show another face.
#[test]
fn jpeg_in_unusual_subsampling_is_refused() {
    for sampling in [SamplingFactor::R_4_1_1, SamplingFactor::R_4_1_0] {
        for progressive in [false, true] {
            let form = Jpeg {
                sampling,
                progressive,
                restart: 0,
            };
            let error = refused(&form.encode(SIDES, ColorType::Rgb));
            assert_eq!(error, DecodeError::Unsupported(Unsupported::JpegSampling));
        }
    }
    // Alone, a component may have any: they mean nothing.
    let mut grey = Jpeg::PLAIN.encode(SIDES, ColorType::Luma);
    let frame = marker_at(&grey, 0xc0);
    for factors in [0x11, 0x22, 0x21, 0x12] {
        grey[frame + 11] = factors;
        shows(&grey, SIDES, Format::Jpeg, greys(), 4);
    }
}

#[test]
fn jpeg_in_other_colours() {
    for progressive in [false, true] {
        let form = Jpeg {
            progressive,
            sampling: SamplingFactor::R_4_4_4,
            ..Jpeg::PLAIN
        };
        for sides in ALL_SIDES {
            let grey = form.encode(sides, ColorType::Luma);
            shows(&grey, sides, Format::Jpeg, greys(), 4);
            for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
                shows(&form.encode(sides, kind), sides, Format::Jpeg, COLOURS, 12);
            }
        }
    }
}

#[test]
fn png_of_eight_bits() {
    for sides in ALL_SIDES {
        let format = Format::Png;
        let rgb = rgb_scene(sides);
        shows(&png(sides, Png::Rgb, &rgb), sides, format, COLOURS, 0);
        let grey = png(sides, Png::Grayscale, &grey_scene(sides));
        shows(&grey, sides, format, greys(), 0);
        shows(&interlaced_png((48, 40)), (48, 40), format, COLOURS, 0);
    }
}

#[test]
fn png_of_sixteen_bits_and_of_few() {
    let deep = scene(SIDES, |quarter| {
        let [r, g, b] = COLOURS[quarter];
        [r, 99, g, 7, b, 200]
    });
    let file = png_with(SIDES, Png::Rgb, BitDepth::Sixteen, &deep, |_| {});
    shows(&file, SIDES, Format::Png, COLOURS, 0);
    let deep = scene(SIDES, |quarter| [greys()[quarter][0], 128]);
    let file = png_with(SIDES, Png::Grayscale, BitDepth::Sixteen, &deep, |_| {});
    shows(&file, SIDES, Format::Png, greys(), 0);
    // One bit a pixel: black and white in columns of eight.
    let bits: Vec<u8> = (0..40).flat_map(|_| [255, 255, 255, 0, 0, 0]).collect();
    let file = png_with(SIDES, Png::Grayscale, BitDepth::One, &bits, |_| {});
    let halves = [[255; 3], [0; 3], [255; 3], [0; 3]];
    shows(&file, SIDES, Format::Png, halves, 0);
}

#[test]
fn png_with_a_palette() {
    let data = scene(SIDES, |quarter| [u8::try_from(quarter).unwrap()]);
    let with_palette = |depth, data: &[u8], alpha: &'static [u8]| {
        png_with(SIDES, Png::Indexed, depth, data, |encoder| {
            encoder.set_palette(COLOURS.as_flattened().to_vec());
            if !alpha.is_empty() {
                encoder.set_trns(alpha);
            }
        })
    };
    let file = with_palette(BitDepth::Eight, &data, &[]);
    shows(&file, SIDES, Format::Png, COLOURS, 0);
    let nibbles: Vec<u8> = data.chunks(2).map(|two| two[0] << 4 | two[1]).collect();
    let file = with_palette(BitDepth::Four, &nibbles, &[]);
    shows(&file, SIDES, Format::Png, COLOURS, 0);
    let [red, green, blue, _] = COLOURS;
    let file = with_palette(BitDepth::Eight, &data, &[255, 255, 255, 0]);
    shows(&file, SIDES, Format::Png, [red, green, blue, [255; 3]], 0);
    // A pixel that the palette does not have is black or damage, but no panic.
    let file = with_palette(BitDepth::Eight, &[200].repeat(48 * 40), &[]);
    if let Ok(found) = decode(&file, &Limits::default()) {
        assert_eq!(quarters(&found.picture), [[0; 3]; 4]);
    }
}

#[test]
fn alpha_lies_on_white() {
    let alpha = [255_u32, 128, 0, 255];
    let alpha_of = |quarter: usize| u8::try_from(alpha[quarter]).unwrap();
    let seen = |quarter: usize| {
        COLOURS[quarter].map(|value| {
            let (value, alpha) = (u32::from(value), alpha[quarter]);
            u8::try_from(255 - (255 - value) * alpha / 255).unwrap()
        })
    };
    let seen = [0, 1, 2, 3].map(seen);
    let data = scene(SIDES, |quarter| {
        let [r, g, b] = COLOURS[quarter];
        [r, g, b, alpha_of(quarter)]
    });
    let file = png(SIDES, Png::Rgba, &data);
    shows(&file, SIDES, Format::Png, seen, 1);
    let data = scene(SIDES, |quarter| [greys()[quarter][0], alpha_of(quarter)]);
    let file = png(SIDES, Png::GrayscaleAlpha, &data);
    let third = quarters(&decoded(&file).picture)[2];
    assert_eq!(third, [255; 3]);
}

#[test]
fn webp_with_loss_and_nothing_else() {
    shows(&lossy_webp(), SIDES, Format::WebP, COLOURS, 12);
    let unsupported = DecodeError::Unsupported;
    assert_eq!(
        refused(&lossless_webp(SIDES)),
        unsupported(Unsupported::LosslessWebp)
    );
    let clear = refused(&lossy_webp_with_alpha());
    assert_eq!(clear, unsupported(Unsupported::TransparentWebp));
}

/// By what EXIF says of each number: on which side of the upright picture the first stored row and
/// the first stored column are.
#[test]
fn every_orientation_is_turned_upright() {
    let wanted = [
        [0, 1, 2, 3],
        [1, 0, 3, 2],
        [3, 2, 1, 0],
        [2, 3, 0, 1],
        [0, 2, 1, 3],
        [2, 0, 3, 1],
        [3, 1, 2, 0],
        [1, 3, 0, 2],
    ];
    let rgb = rgb_scene(SIDES);
    for (number, order) in (1..).zip(wanted) {
        let tiff = orientation(number);
        let files = [
            (jpeg_with_exif(&jpeg(SIDES), &tiff), 12),
            (
                png_with_chunk(&png(SIDES, Png::Rgb, &rgb), *b"eXIf", &tiff),
                0,
            ),
            (webp_with_exif(&tiff), 12),
        ];
        for (file, within) in files {
            let found = decoded(&file);
            let sides = if number > 4 { (40, 48) } else { (48, 40) };
            assert_eq!((found.picture.width(), found.picture.height()), sides);
            let colours = order.map(|quarter| COLOURS[quarter]);
            let seen = quarters(&found.picture);
            assert!(is_near(seen, colours, within), "{number} {seen:?}");
            assert_eq!(
                Some(found.facts.orientation),
                Orientation::from_number(number)
            );
            let stored = (found.facts.stored_width, found.facts.stored_height);
            assert_eq!(stored, SIDES);
        }
    }
}

#[test]
fn large_pictures_are_kept_smaller() {
    let limits = Limits {
        kept_side: 64,
        ..Limits::default()
    };
    let sides = (160, 120);
    let progressive = Jpeg {
        progressive: true,
        ..Jpeg::PLAIN
    };
    let rgb = rgb_scene(sides);
    for file in [
        jpeg(sides),
        progressive.encode(sides, ColorType::Rgb),
        png(sides, Png::Rgb, &rgb),
    ] {
        let found = decode(&file, &limits).unwrap();
        assert_eq!((found.picture.width(), found.picture.height()), (64, 48));
        assert!(is_near(quarters(&found.picture), COLOURS, 12));
        assert_eq!(found.facts.stored_width, 160);
    }
    let grey = Jpeg::PLAIN.encode(sides, ColorType::Luma);
    let grey = decode(&grey, &limits).unwrap().picture;
    assert!(is_near(quarters(&grey), greys(), 4));
    let turned = jpeg_with_exif(&jpeg(sides), &orientation(8));
    let turned = decode(&turned, &limits).unwrap().picture;
    assert_eq!((turned.width(), turned.height()), (48, 64));
}

#[test]
fn panoramas_are_taken_and_slivers_are_not() {
    let sides = (8_000, 40);
    let file = png(sides, Png::Rgb, &rgb_scene(sides));
    let found = decoded(&file).picture;
    assert_eq!((found.width(), found.height()), (2_560, 13));
    for sides in [(1, 1), (31, 900), (900, 31), (16_384, 1)] {
        let (width, height) = sides;
        let small = DecodeError::TooSmall {
            width,
            height,
            least: 32,
        };
        assert_eq!(refused(&png(sides, Png::Rgb, &rgb_scene(sides))), small);
        assert_eq!(refused(&jpeg(sides)), small);
    }
    let sides = (16_385, 32);
    let file = jpeg(sides);
    assert!(matches!(refused(&file), DecodeError::SideTooLong { .. }));
}
