//! JPEG (ITU-T T.81). The segments are walked here, strictly and to the end of the image; what they
//! hold is decoded by `zune-jpeg` without vector instructions, so that every machine and wasm see
//! the same pixels. It is given those segments alone that pixels depend on, so that it cannot read
//! another frame out of the others than the one that was judged.

use super::ending::Ending;
use super::{DecodeError, Format, Outline, Unsupported, big16, once};
use crate::Picture;
use crate::shrink::Shrinker;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Each scan is a pass over the whole picture, however few bytes it has. Encoders make about ten.
const MAX_SCANS: usize = 64;

const MALFORMED: DecodeError = DecodeError::Malformed {
    format: Format::Jpeg,
};
const TRUNCATED: DecodeError = DecodeError::Truncated {
    format: Format::Jpeg,
};

/// What a frame header says.
#[derive(Clone, Copy)]
struct Frame {
    width: u32,
    height: u32,
    components: u8,
    progressive: bool,
    /// Samples for each pixel, in hundredths.
    samples: u64,
}

/// The most bytes of what comes before the first scan and is of use: some tables.
const MOST_TABLES: usize = 65_536;

/// What all segments say together.
struct Walk<'a> {
    frame: Frame,
    /// The beginning of the image as the decoder gets it, and where its first scan begins.
    head: Vec<u8>,
    first_scan: usize,
    /// What comes in more than one scan is held whole.
    held: bool,
    exif: Option<&'a [u8]>,
    /// Where the marker is that ends the image, and what follows it.
    end: usize,
    after: &'a [u8],
}

pub(super) fn outline(bytes: &[u8]) -> Result<Outline<'_>, DecodeError> {
    let walk = walk(bytes)?;
    // Two bytes a sample beside the pixels.
    let held = if walk.held { 2 * walk.frame.samples } else { 0 };
    let grey = walk.frame.components == 1;
    Ok(Outline {
        width: walk.frame.width,
        height: walk.frame.height,
        cost: held + if grey { 400 } else { 300 },
        exif: walk.exif,
        software: None,
        trailing: walk.after.iter().any(|byte| *byte != 0),
    })
}

/// Walks all segments of the image, entropy-coded ones included.
fn walk(bytes: &[u8]) -> Result<Walk<'_>, DecodeError> {
    let (mut frame, mut exif, mut adobe) = (None, None, None);
    let (mut scans, mut first_scan) = (0, None);
    let mut tables = Vec::new();
    // After the start of the image.
    let mut at = 2;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        if marker == 0xd9 {
            break;
        }
        let segment = segment(bytes, at)?;
        let whole = &bytes[at..at + 2 + segment.len()];
        at += whole.len();
        match marker {
            0xc0..=0xc2 => {
                if frame.is_some() {
                    return Err(MALFORMED);
                }
                frame = Some(read_frame(marker, segment)?);
            }
            0xc3 => return Err(DecodeError::Unsupported(Unsupported::LosslessJpeg)),
            0xc5..=0xc7 | 0xde => {
                return Err(DecodeError::Unsupported(Unsupported::HierarchicalJpeg));
            }
            0xc9..=0xcf => return Err(DecodeError::Unsupported(Unsupported::ArithmeticJpeg)),
            0xe1 => exif = exif.or_else(|| segment.strip_prefix(b"Exif\0\0")),
            0xee if segment.starts_with(b"Adobe") => once(&mut adobe, segment, MALFORMED)?,
            0xda => {
                if frame.is_none() {
                    return Err(MALFORMED);
                }
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(DecodeError::Unsupported(Unsupported::JpegScans));
                }
                let begin = at - whole.len() - 2;
                first_scan.get_or_insert((begin, *segment.first().ok_or(MALFORMED)?));
                at = after_scan(bytes, at)?;
            }
            // Nothing else that begins a segment stands alone.
            0x00..=0x01 | 0xd0..=0xd8 => return Err(MALFORMED),
            _ => {}
        }
        match marker {
            0xc0..=0xc2 | 0xc4 | 0xdb | 0xdd if scans == 0 => {
                tables.extend([0xff, marker]);
                tables.extend(whole);
                if tables.len() > MOST_TABLES {
                    return Err(MALFORMED);
                }
            }
            // From the first scan on the decoder reads the file itself.
            0xc0..=0xc2 | 0xe0..=0xef | 0xfe if scans > 0 => return Err(MALFORMED),
            _ => {}
        }
    }
    let frame: Frame = frame.ok_or(MALFORMED)?;
    let (first_scan, components) = first_scan.ok_or(MALFORMED)?;
    let mut head = vec![0xff, 0xd8];
    head.extend(
        adobe
            .map(|adobe| colours(adobe, frame.components))
            .transpose()?
            .unwrap_or_default(),
    );
    head.extend(tables);
    Ok(Walk {
        frame,
        head,
        first_scan,
        held: frame.progressive || components != frame.components,
        exif,
        end: at - 2,
        after: &bytes[at..],
    })
}

/// What Adobe's segment says of the colours, as a segment that says nothing else. Without it three
/// components are brightness and colour, four are inks.
fn colours(adobe: &[u8], components: u8) -> Result<Vec<u8>, DecodeError> {
    let transform = *adobe.get(11).ok_or(MALFORMED)?;
    match (components, transform) {
        (1, _) => Ok(Vec::new()),
        (3, 0 | 1) | (4, 0 | 2) => {
            let begin = [0xff, 0xee, 0, 14];
            Ok([&begin[..], b"Adobe", &[0, 100, 0, 0, 0, 0, transform]].concat())
        }
        _ => Err(MALFORMED),
    }
}

/// The marker there, after which `at` stands.
fn next_marker(bytes: &[u8], at: &mut usize) -> Result<u8, DecodeError> {
    if *bytes.get(*at).ok_or(TRUNCATED)? != 0xff {
        return Err(MALFORMED);
    }
    // Any number of 0xff may fill the space before a marker (B.1.1.2).
    while let Some(byte) = bytes.get(*at) {
        *at += 1;
        if *byte != 0xff {
            return Ok(*byte);
        }
    }
    Err(TRUNCATED)
}

/// What a segment holds, after its length.
fn segment(bytes: &[u8], at: usize) -> Result<&[u8], DecodeError> {
    let length = usize::from(big16(bytes, at).ok_or(TRUNCATED)?);
    if length < 2 {
        return Err(MALFORMED);
    }
    bytes.get(at + 2..at + length).ok_or(TRUNCATED)
}

/// Where the marker is that ends a scan: stuffed zeros and restarts belong to the scan.
fn after_scan(bytes: &[u8], mut at: usize) -> Result<usize, DecodeError> {
    loop {
        let rest = bytes.get(at..).ok_or(TRUNCATED)?;
        at += rest
            .iter()
            .position(|byte| *byte == 0xff)
            .ok_or(TRUNCATED)?;
        match bytes.get(at + 1).ok_or(TRUNCATED)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

fn read_frame(marker: u8, segment: &[u8]) -> Result<Frame, DecodeError> {
    let [precision, _, _, _, _, components, parameters @ ..] = segment else {
        return Err(MALFORMED);
    };
    let (height, width) = (big16(segment, 1), big16(segment, 3));
    let (height, width) = height.zip(width).ok_or(MALFORMED)?;
    if *precision != 8 {
        return Err(DecodeError::Unsupported(Unsupported::DeepJpeg));
    }
    if !matches!(components, 1 | 3 | 4) {
        return Err(DecodeError::Unsupported(Unsupported::JpegComponents));
    }
    if width == 0 || parameters.len() != usize::from(*components) * 3 {
        return Err(MALFORMED);
    }
    if height == 0 {
        return Err(DecodeError::Unsupported(Unsupported::JpegWithoutHeight));
    }
    let factors = parameters
        .chunks_exact(3)
        .map(|component| (u64::from(component[1] >> 4), u64::from(component[1] & 15)));
    if !factors
        .clone()
        .all(|(h, v)| (1..=4).contains(&h) && (1..=4).contains(&v))
    {
        return Err(MALFORMED);
    }
    let pairs: Vec<_> = factors.clone().collect();
    let usual = match pairs[..] {
        // Alone, a component's factors mean nothing (A.2.2).
        [_] => true,
        [first, (1, 1), (1, 1)] => first.0 <= 2 && first.1 <= 2,
        [first, (1, 1), (1, 1), last] => first.0 <= 2 && first.1 <= 2 && first == last,
        _ => false,
    };
    if !usual {
        return Err(DecodeError::Unsupported(Unsupported::JpegSampling));
    }
    let most_across = factors.clone().map(|(h, _)| h).max().unwrap_or(1);
    let most_down = factors.clone().map(|(_, v)| v).max().unwrap_or(1);
    let sum: u64 = factors.map(|(h, v)| h * v).sum();
    Ok(Frame {
        width: u32::from(width),
        height: u32::from(height),
        components: *components,
        progressive: marker == 0xc2,
        samples: (100 * sum).div_ceil(most_across * most_down),
    })
}

pub(super) fn pixels(bytes: &[u8], mut rows: Shrinker) -> Result<Picture, DecodeError> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_use_unsafe(false)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let walk = walk(bytes)?;
    let end = walk.end;
    let file = if walk.held {
        // The decoder needs to see the end; what is missing in a scan before looks coarse.
        Ending::at(walk.head, &bytes[walk.first_scan..end + 2])
    } else {
        // The decoder makes up what is missing before a marker, but not before the end of the file.
        Ending::padded(walk.head, &bytes[walk.first_scan..end])
    };
    let mut decoder = JpegDecoder::new_with_options(file, options);
    decoder.decode_headers().map_err(|_| MALFORMED)?;
    let info = decoder.info().ok_or(MALFORMED)?;
    let Frame {
        width,
        height,
        components,
        ..
    } = walk.frame;
    let found = (
        u32::from(info.width),
        u32::from(info.height),
        info.components,
    );
    if found != (width, height, components) {
        return Err(MALFORMED);
    }
    let grey = info.components == 1;
    if grey {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
    }
    let size = decoder.output_buffer_size().ok_or(MALFORMED)?;
    let mut pixels = vec![0; size];
    decoder.decode_into(&mut pixels).map_err(|_| MALFORMED)?;
    drop(decoder);
    let columns = usize::from(info.width);
    if grey {
        let mut rgb = Vec::with_capacity(columns * 3);
        for row in pixels.chunks_exact(columns) {
            rgb.clear();
            rgb.extend(row.iter().flat_map(|grey| [*grey; 3]));
            rows.push(&rgb);
        }
    } else if rows.keeps() {
        return Picture::new(width, height, pixels).ok_or(MALFORMED);
    } else {
        for row in pixels.chunks_exact(columns * 3) {
            rows.push(row);
        }
    }
    rows.finish().ok_or(MALFORMED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Start of the image, a frame, a scan, some data, the end.
    fn file(marker: u8, frame: &[u8], after: &[u8]) -> Vec<u8> {
        let length = u16::try_from(frame.len() + 2).unwrap().to_be_bytes();
        let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
        [
            &[0xff, 0xd8, 0xff, marker],
            &length[..],
            frame,
            &scan,
            after,
        ]
        .concat()
    }

    const GREY: [u8; 9] = [8, 0, 40, 0, 50, 1, 1, 0x11, 0];
    const END: [u8; 2] = [0xff, 0xd9];

    fn unsupported(kind: Unsupported) -> DecodeError {
        DecodeError::Unsupported(kind)
    }

    #[test]
    fn the_frame_says_size_and_cost() {
        let file = file(0xc0, &GREY, &END);
        let found = outline(&file).unwrap();
        assert_eq!((found.width, found.height, found.cost), (50, 40, 400));
        assert!(!found.trailing);
        let colour = [8, 0, 40, 0, 50, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1];
        for (marker, cost) in [(0xc0, 600), (0xc2, 600)] {
            // The scan has one of three components, so all are held until the others come.
            let file = super::tests::file(marker, &colour, &END);
            assert_eq!(outline(&file).unwrap().cost, cost);
        }
    }

    #[test]
    fn what_is_not_supported_is_named() {
        for (marker, kind) in [
            (0xc3, Unsupported::LosslessJpeg),
            (0xc5, Unsupported::HierarchicalJpeg),
            (0xc9, Unsupported::ArithmeticJpeg),
            (0xca, Unsupported::ArithmeticJpeg),
            (0xcb, Unsupported::ArithmeticJpeg),
            (0xde, Unsupported::HierarchicalJpeg),
        ] {
            let refused = outline(&file(marker, &GREY, &END)).unwrap_err();
            assert_eq!(refused, unsupported(kind));
        }
        for (at, value, kind) in [
            (0, 12, Unsupported::DeepJpeg),
            (2, 0, Unsupported::JpegWithoutHeight),
            (5, 2, Unsupported::JpegComponents),
        ] {
            let mut frame = GREY;
            frame[at] = value;
            let refused = outline(&file(0xc0, &frame, &END)).unwrap_err();
            assert_eq!(refused, unsupported(kind));
        }
        let mut many = file(0xc0, &GREY, &[]);
        let scan = many[many.len() - 10..].to_vec();
        many.extend(scan.repeat(MAX_SCANS - 1));
        assert!(outline(&[&many[..], &END].concat()).is_ok());
        many.extend(scan);
        let refused = outline(&[&many[..], &END].concat()).unwrap_err();
        assert_eq!(refused, unsupported(Unsupported::JpegScans));
    }

    #[test]
    fn the_walk_ends_where_the_image_does() {
        let data = [1, 2, 0xff, 0, 3, 0xff, 0xd3, 4, 0xff, 0xff, 0xd9];
        let whole = file(0xc0, &GREY, &data);
        assert!(!outline(&whole).unwrap().trailing);
        assert!(!outline(&[&whole[..], &[0; 9]].concat()).unwrap().trailing);
        assert!(
            outline(&[&whole[..], b"<script>"].concat())
                .unwrap()
                .trailing
        );
        for end in 2..whole.len() {
            assert_eq!(outline(&whole[..end]).unwrap_err(), TRUNCATED, "{end}");
        }
    }

    #[test]
    fn contradictions_are_malformed() {
        let twice = file(0xc0, &GREY, &[0xff, 0xc0, 0, 11]);
        let twice = [&twice[..], &GREY, &END].concat();
        let no_scan = [0xff, 0xd8, 0xff, 0xd9];
        let no_frame = [0xff, 0xd8, 0xff, 0xda, 0, 3, 1, 0xff, 0xd9];
        let no_marker = [0xff, 0xd8, 0xff, 0xe0, 0, 2, 7, 0xff, 0xd9];
        let short = [0xff, 0xd8, 0xff, 0xe0, 0, 1, 0xff, 0xd9];
        for file in [&twice[..], &no_scan, &no_frame, &no_marker, &short] {
            assert_eq!(outline(file).unwrap_err(), MALFORMED);
        }
        for (at, value) in [(7, 0x10), (7, 0x51), (3, 0)] {
            let mut frame = GREY;
            frame[at] = value;
            frame[4] *= u8::from(at != 3);
            assert_eq!(outline(&file(0xc0, &frame, &END)).unwrap_err(), MALFORMED);
        }
    }
}
