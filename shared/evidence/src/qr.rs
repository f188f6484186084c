//! A link as a QR code: as SVG for pages, as PNG for whatever shows only pictures. Dark on light
//! whatever surrounds it, with the quiet zone that the standard asks for, and the same bytes for the
//! same link. Nothing here decides what a link leads to.

use maud::{PreEscaped, html};
use qrcode::{Color, EcLevel, QrCode};

/// ISO/IEC 18004, 6.3.8: four modules of light on every side.
const QUIET: usize = 4;
/// The least width of a PNG, so that print and large screens show sharp edges.
const MIN_PIXELS: usize = 512;

/// The text has no QR code: it is longer than the largest code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too long for a QR code")]
pub struct TooLong;

/// The modules of one QR code, quiet zone included.
#[derive(Clone, PartialEq, Eq)]
pub struct QrPicture {
    /// Modules on a side.
    size: usize,
    /// Row by row, true for dark.
    dark: Vec<bool>,
}

impl std::fmt::Debug for QrPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "QrPicture({} modules)", self.size)
    }
}

impl QrPicture {
    /// Fifteen percent of it may be dirty or covered.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| TooLong)?;
        let (inner, size) = (code.width(), code.width() + 2 * QUIET);
        let mut dark = vec![false; size * size];
        for (at, color) in code.into_colors().into_iter().enumerate() {
            let (x, y) = (at % inner + QUIET, at / inner + QUIET);
            dark[y * size + x] = color == Color::Dark;
        }
        Ok(Self { size, dark })
    }

    /// As SVG, without a size of its own: it fills what it is put into. The title is what a person
    /// hears who does not see it.
    pub fn svg(&self, title: &str) -> String {
        let size = self.size;
        let markup = html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox=(format!("0 0 {size} {size}"))
                shape-rendering="crispEdges" role="img" aria-label=(title) {
                title { (title) }
                path fill="#fff" d=(format!("M0 0h{size}v{size}H0z")) {}
                path fill="#000" d=(self.outline()) {}
            }
        };
        let PreEscaped(text) = markup;
        text
    }

    /// Every run of dark modules as a bar.
    fn outline(&self) -> String {
        use std::fmt::Write as _;
        let mut path = String::new();
        for (y, row) in self.dark.chunks_exact(self.size).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run[0] {
                    let length = run.len();
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                x += run.len();
            }
        }
        path
    }

    /// As PNG: one bit a pixel, black and white, at least 512 pixels on a side.
    pub fn png(&self) -> Vec<u8> {
        let scale = MIN_PIXELS.div_ceil(self.size);
        let pixels = self.size * scale;
        let mut rows = Vec::with_capacity(pixels * (pixels / 8 + 2));
        for row in self.dark.chunks_exact(self.size) {
            // Filter 0, then one bit a pixel, 1 for light.
            let mut line = vec![0; 1 + pixels.div_ceil(8)];
            for x in (0..pixels).filter(|x| !row[x / scale]) {
                line[1 + x / 8] |= 0x80 >> (x % 8);
            }
            for _ in 0..scale {
                rows.extend_from_slice(&line);
            }
        }
        png(pixels, &rows)
    }
}

/// PNG (W3C, third edition) of this many pixels on a side: signature, header, pixels, end.
fn png(pixels: usize, rows: &[u8]) -> Vec<u8> {
    // The largest code has 185 modules with its quiet zone: no size is near 2^32.
    let side = u32::try_from(pixels).unwrap_or(u32::MAX).to_be_bytes();
    // Bit depth 1, greyscale, and the only compression, filtering and order that there are.
    let header = [&side[..], &side[..], &[1, 0, 0, 0, 0]].concat();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, *b"IHDR", &header);
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(rows, 6);
    chunk(&mut file, *b"IDAT", &packed);
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    file.extend_from_slice(&length.to_be_bytes());
    let begin = file.len();
    file.extend_from_slice(&kind);
    file.extend_from_slice(data);
    let sum = crc32fast::hash(&file[begin..]);
    file.extend_from_slice(&sum.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINK: &str = "https://wa.me/12025550100?text=X7K2M9";

    /// Reads grey pixels with a decoder that knows nothing of this module.
    fn read(side: usize, light: impl Fn(usize, usize) -> bool) -> Option<String> {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(side, side, |x, y| {
            if light(x, y) { 255 } else { 0 }
        });
        let grids = image.detect_grids();
        let (_, text) = grids.first()?.decode().ok()?;
        Some(text)
    }

    fn read_png(file: &[u8]) -> Option<(usize, String)> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().ok()?;
        let mut pixels = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut pixels).ok()?;
        let side = info.width as usize;
        assert_eq!(info.width, info.height);
        assert_eq!(info.color_type, png::ColorType::Grayscale);
        read(side, |x, y| pixels[y * side + x] > 127).map(|text| (side, text))
    }

    /// Draws the bars of the SVG, eight pixels a module.
    fn read_svg(svg: &str) -> Option<String> {
        let size: usize = svg
            .split("viewBox=\"0 0 ")
            .nth(1)?
            .split(' ')
            .next()?
            .parse()
            .ok()?;
        let bars = svg.split("fill=\"#000\" d=\"").nth(1)?.split('"').next()?;
        let mut dark = vec![false; size * size];
        for bar in bars.split('M').skip(1) {
            let (place, rest) = bar.split_once('h')?;
            let (x, y) = place.split_once(' ')?;
            let length: usize = rest.split('v').next()?.parse().ok()?;
            let start = y.parse::<usize>().ok()? * size + x.parse::<usize>().ok()?;
            dark[start..start + length].fill(true);
        }
        read(size * 8, |x, y| !dark[y / 8 * size + x / 8])
    }

    #[test]
    fn another_reader_reads_both_pictures() {
        for link in [
            LINK,
            "https://t.me/proof_test_bot?start=sess_507f1f77bcf86cd799439011",
            "https://wa.me/37069199199?text=A%20B",
        ] {
            let picture = QrPicture::of(link).unwrap();
            let (side, text) = read_png(&picture.png()).unwrap();
            assert_eq!(text, link);
            assert!(side >= 512 && side % picture.size == 0, "{side}");
            assert_eq!(read_svg(&picture.svg("QR code")).as_deref(), Some(link));
        }
    }

    #[test]
    fn one_link_has_one_picture() {
        let one = QrPicture::of(LINK).unwrap();
        let again = QrPicture::of(LINK).unwrap();
        assert_eq!(one.svg("t"), again.svg("t"));
        assert_eq!(one.png(), again.png());
        assert_ne!(one.png(), QrPicture::of("https://wa.me/").unwrap().png());
        assert!(one.png().len() < 4_000, "{}", one.png().len());
    }

    #[test]
    fn the_quiet_zone_is_light() {
        let QrPicture { size, dark } = QrPicture::of(LINK).unwrap();
        for (at, dark) in dark.iter().enumerate() {
            let (x, y) = (at % size, at / size);
            let inside = QUIET..size - QUIET;
            assert!(!dark || (inside.contains(&x) && inside.contains(&y)));
        }
        assert!(dark[QUIET * size + QUIET], "the corner mark begins at once");
    }

    #[test]
    fn a_title_is_text_and_nothing_else() {
        let svg = QrPicture::of(LINK)
            .unwrap()
            .svg("</title><script>alert(1)</script>\"&");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;/title&gt;"));
    }

    #[test]
    fn what_is_too_long_is_refused() {
        assert_eq!(QrPicture::of(&"a".repeat(3_000)), Err(TooLong));
        let longest = QrPicture::of(&"a".repeat(2_331)).unwrap();
        assert_eq!(longest.size, 177 + 8);
        assert_eq!(read_png(&longest.png()).unwrap().1, "a".repeat(2_331));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn whatever_it_says_can_be_read(text in "[ -~]{1,120}") {
            let picture = QrPicture::of(&text).unwrap();
            prop_assert_eq!(read_png(&picture.png()).map(|(_, read)| read), Some(text));
        }
    }
}
