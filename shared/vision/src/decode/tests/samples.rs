//! Pictures made for tests: a scene of four colours, stored in every way that is taken.

use data_encoding::BASE64;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Red, green, blue and yellow, from the top left, row by row.
pub(super) const COLOURS: [[u8; 3]; 4] =
    [[200, 40, 40], [40, 180, 60], [50, 60, 200], [220, 210, 60]];
pub(super) const SIDES: (u32, u32) = (48, 40);

/// Each pixel made of the index of its quarter.
pub(super) fn scene<const N: usize>(
    (width, height): (u32, u32),
    colour: impl Fn(usize) -> [u8; N],
) -> Vec<u8> {
    let quarter = |x, y| usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2);
    (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| colour(quarter(x, y)))
        .collect()
}

fn grey(quarter: usize) -> u8 {
    let [r, g, b] = COLOURS[quarter].map(u32::from);
    u8::try_from((299 * r + 587 * g + 114 * b + 500) / 1_000).unwrap()
}

pub(super) fn grey_scene(sides: (u32, u32)) -> Vec<u8> {
    scene(sides, |quarter| [grey(quarter)])
}

pub(super) fn rgb_scene(sides: (u32, u32)) -> Vec<u8> {
    scene(sides, |quarter| COLOURS[quarter])
}

/// What `COLOURS` look like in shades of grey.
pub(super) fn greys() -> [[u8; 3]; 4] {
    [0, 1, 2, 3].map(|quarter| [grey(quarter); 3])
}

pub(super) struct Jpeg {
    pub(super) sampling: SamplingFactor,
    pub(super) progressive: bool,
    pub(super) restart: u16,
}

impl Jpeg {
    pub(super) const PLAIN: Self = Self {
        sampling: SamplingFactor::R_4_2_0,
        progressive: false,
        restart: 0,
    };

    pub(super) fn encode(&self, (width, height): (u32, u32), kind: ColorType) -> Vec<u8> {
        let ink = |quarter: usize| {
            let [r, g, b] = COLOURS[quarter].map(|value| 255 - value);
            [r, g, b, 0]
        };
        let data = match kind {
            ColorType::Luma => grey_scene((width, height)),
            ColorType::Cmyk | ColorType::CmykAsYcck => scene((width, height), ink),
            _ => rgb_scene((width, height)),
        };
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 90);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.progressive);
        if self.restart > 0 {
            encoder.set_restart_interval(self.restart);
        }
        let (width, height) = (width.try_into().unwrap(), height.try_into().unwrap());
        encoder.encode(&data, width, height, kind).unwrap();
        file
    }
}

pub(super) fn jpeg(sides: (u32, u32)) -> Vec<u8> {
    Jpeg::PLAIN.encode(sides, ColorType::Rgb)
}

/// Where a JPEG first has this marker.
pub(super) fn marker_at(file: &[u8], marker: u8) -> usize {
    file.windows(2)
        .position(|two| two == [0xff, marker])
        .unwrap()
}

/// The file with EXIF right after its beginning.
pub(super) fn jpeg_with_exif(file: &[u8], tiff: &[u8]) -> Vec<u8> {
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    let head = [&[0xff, 0xd8, 0xff, 0xe1], &length[..], b"Exif\0\0", tiff];
    [&head.concat(), &file[2..]].concat()
}

pub(super) fn png(sides: (u32, u32), kind: png::ColorType, data: &[u8]) -> Vec<u8> {
    png_with(sides, kind, png::BitDepth::Eight, data, |_| {})
}

pub(super) fn png_with(
    (width, height): (u32, u32),
    kind: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
    more: impl FnOnce(&mut png::Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    more(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    file
}

/// A file with this chunk after its header.
pub(super) fn png_with_chunk(file: &[u8], kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let (head, rest) = file.split_at(33);
    [head, &chunk(kind, data), rest].concat()
}

/// A chunk with its length and its checksum.
pub(super) fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in kind.iter().chain(data) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    let length = u32::try_from(data.len()).unwrap().to_be_bytes();
    [&length, &kind[..], data, &(!crc).to_be_bytes()].concat()
}

/// A file whose header says whatever it likes, with rows that are stored without compression.
pub(super) fn raw_png((width, height): (u32, u32), form: [u8; 5], rows: &[u8]) -> Vec<u8> {
    let (mut one, mut two) = (1_u32, 0_u32);
    for byte in rows {
        one = (one + u32::from(*byte)) % 65_521;
        two = (two + one) % 65_521;
    }
    let length = u16::try_from(rows.len()).unwrap();
    let mut data = vec![0x78, 0x01, 0x01];
    data.extend(length.to_le_bytes());
    data.extend((!length).to_le_bytes());
    data.extend(rows);
    data.extend((two << 16 | one).to_be_bytes());
    let header = [&width.to_be_bytes(), &height.to_be_bytes(), &form[..]].concat();
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(*b"IHDR", &header),
        &chunk(*b"IDAT", &data),
        &chunk(*b"IEND", &[]),
    ]
    .concat()
}

/// The scene in seven passes (PNG, 8.2), eight bits a sample.
pub(super) fn interlaced_png((width, height): (u32, u32)) -> Vec<u8> {
    let rgb = rgb_scene((width, height));
    let passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut rows = Vec::new();
    for (left, top, right, down) in passes {
        for y in (top..height).step_by(down) {
            rows.push(0);
            for x in (left..width).step_by(right) {
                let at = ((y * width + x) * 3) as usize;
                rows.extend(&rgb[at..at + 3]);
            }
        }
    }
    raw_png((width, height), [8, 2, 0, 0, 1], &rows)
}

/// Without loss, the only way that an encoder in Rust knows.
pub(super) fn lossless_webp((width, height): (u32, u32)) -> Vec<u8> {
    let mut file = Vec::new();
    let rgb = rgb_scene((width, height));
    image_webp::WebPEncoder::new(&mut file)
        .encode(&rgb, width, height, image_webp::ColorType::Rgb8)
        .unwrap();
    file
}

/// The lossy picture on a canvas, with EXIF after it.
pub(super) fn webp_with_exif(tiff: &[u8]) -> Vec<u8> {
    let part = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).unwrap().to_le_bytes();
        [kind, &length[..], data, &[0][..data.len() % 2]].concat()
    };
    let canvas = part(b"VP8X", &[0x08, 0, 0, 0, 47, 0, 0, 39, 0, 0]);
    let parts = [&canvas, &lossy_webp()[12..], &part(b"EXIF", tiff)].concat();
    let length = u32::try_from(parts.len() + 4).unwrap().to_le_bytes();
    [b"RIFF", &length[..], b"WEBP", &parts].concat()
}

/// The scene by an encoder for lossy WebP (libwebp at quality 60), since there is none in Rust.
pub(super) fn lossy_webp() -> Vec<u8> {
    let text = "UklGRpIAAABXRUJQVlA4IIYAAABQBgCdASowACgAPqlEmkmmI6KhNV1YAMAVCWIAyjmNvR/in5ASwD+AXH/d\
        gH6AAhWucjBQGiF3jAa4jAD+6zb4NPXJv+WeLaL4H9Qv5t/OS/9q59VrKkOxpPcNpIDEC6U+8BEqv/VZO/6uyMO+bQq\
        +wKTp2NLGXFl7gUFgfLQj5GoSAOQAAA==";
    BASE64.decode(text.as_bytes()).unwrap()
}

/// The same, with the yellow quarter transparent.
pub(super) fn lossy_webp_with_alpha() -> Vec<u8> {
    let text = "UklGRrwAAABXRUJQVlA4WAoAAAAQAAAALwAAJwAAQUxQSBAAAAABEBIQ/p9WdSUiJsCtk/8IVlA4IIYAAABQBgCd\
        ASowACgAPqlEmkmmI6KhNV1YAMAVCWIAyjmNvR/in5ASwD+AXH/dgH6AAhWucjBQGiF3jAa4jAD+6zb4NPXJv+WeLaL4\
        H9Qv5t/OS/9q59VrKkOxpPcNpIDEC6U+8BEqv/VZO/6uyMO+bQq+wKTp2NLGXFl7gUFgfLQj5GoSAOQAAA==";
    BASE64.decode(text.as_bytes()).unwrap()
}

/// One tag of EXIF.
pub(super) enum Tag<'a> {
    Short(u16, u16),
    Long(u16, u32),
    Text(u16, &'a str),
}

/// TIFF with a first directory and one for what belongs to EXIF alone.
pub(super) fn exif(big: bool, first: &[Tag<'_>], inner: &[Tag<'_>]) -> Vec<u8> {
    let short = |value: u16| {
        if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let long = |value: u32| {
        if big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    };
    let mut file = if big {
        b"MM\0*".to_vec()
    } else {
        b"II*\0".to_vec()
    };
    file.extend(long(8));
    let texts_at = 8 + 2 * 6 + 12 * (first.len() + 1 + inner.len());
    let inner_at = u32::try_from(8 + 6 + 12 * (first.len() + 1)).unwrap();
    let pointer = [Tag::Long(0x8769, inner_at)];
    let mut texts = Vec::new();
    for tags in [first.iter().chain(&pointer), inner.iter().chain(&[])] {
        file.extend(short(u16::try_from(tags.clone().count()).unwrap()));
        for tag in tags {
            match tag {
                Tag::Short(tag, value) => {
                    file.extend([short(*tag), short(3)].concat());
                    file.extend(long(1));
                    file.extend([short(*value), [0; 2]].concat());
                }
                Tag::Long(tag, value) => {
                    file.extend([short(*tag), short(4)].concat());
                    file.extend([long(1), long(*value)].concat());
                }
                Tag::Text(tag, text) => {
                    let at = u32::try_from(texts_at + texts.len()).unwrap();
                    let length = u32::try_from(text.len() + 1).unwrap();
                    file.extend([short(*tag), short(2)].concat());
                    file.extend([long(length), long(at)].concat());
                    texts.extend(text.bytes().chain([0]));
                }
            }
        }
        file.extend(long(0));
    }
    file.extend(texts);
    file
}

pub(super) fn orientation(number: u16) -> Vec<u8> {
    exif(number.is_multiple_of(2), &[Tag::Short(0x0112, number)], &[])
}

/// Every kind of file that is taken, by name.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = rgb_scene(SIDES);
    let progressive = Jpeg {
        progressive: true,
        ..Jpeg::PLAIN
    };
    let inks = Jpeg {
        sampling: SamplingFactor::R_4_4_4,
        ..progressive
    };
    let restarts = Jpeg {
        restart: 2,
        sampling: SamplingFactor::R_4_4_4,
        ..Jpeg::PLAIN
    };
    let turned = jpeg_with_exif(&jpeg(SIDES), &orientation(6));
    vec![
        ("baseline.jpg", jpeg(SIDES)),
        ("progressive.jpg", progressive.encode(SIDES, ColorType::Rgb)),
        ("restarts.jpg", restarts.encode(SIDES, ColorType::Rgb)),
        ("grey.jpg", Jpeg::PLAIN.encode(SIDES, ColorType::Luma)),
        ("cmyk.jpg", restarts.encode(SIDES, ColorType::Cmyk)),
        ("inks.jpg", inks.encode(SIDES, ColorType::Cmyk)),
        ("ycck.jpg", inks.encode(SIDES, ColorType::CmykAsYcck)),
        ("turned.jpg", turned),
        ("rgb.png", png(SIDES, png::ColorType::Rgb, &rgb)),
        ("interlaced.png", interlaced_png(SIDES)),
        ("lossy.webp", lossy_webp()),
    ]
}
