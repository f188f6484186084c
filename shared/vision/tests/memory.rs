//! What decoding costs in memory. Alone in its program: nothing else may allocate meanwhile.

use made::{jpeg, png};
use peak_alloc::PeakAlloc;
use vision::decode::{DecodeError, Limits, decode};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The answer, and the most bytes that were held beside what was there before.
fn cost(file: &[u8]) -> (Result<(u32, u32), DecodeError>, usize) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let answer = decode(file, &Limits::default());
    let peak = MEMORY.peak_usage() - before;
    let sides = answer.map(|found| (found.picture.width(), found.picture.height()));
    (sides, peak)
}

#[cfg(test)]
mod made {
    pub(super) fn jpeg(width: u16, height: u16, progressive: bool) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut file, 30);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_2_0);
        encoder.set_progressive(progressive);
        let rgb = vec![90; usize::from(width) * usize::from(height) * 3];
        encoder
            .encode(&rgb, width, height, jpeg_encoder::ColorType::Rgb)
            .unwrap();
        file
    }

    pub(super) fn png(width: u32, height: u32) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = ::png::Encoder::new(&mut file, width, height);
        encoder.set_color(::png::ColorType::Rgba);
        let mut writer = encoder.write_header().unwrap();
        let data = vec![200; width as usize * height as usize * 4];
        writer.write_image_data(&data).unwrap();
        writer.finish().unwrap();
        file
    }
}

#[test]
fn memory_is_bounded_by_what_the_header_allows() {
    // The largest of each kind, and what is kept of it.
    for (name, file, kept) in [
        ("baseline", jpeg(6_000, 4_000, false), (2_560, 1_707)),
        ("progressive", jpeg(4_800, 3_100, true), (2_560, 1_653)),
        ("png", png(6_000, 4_000), (2_560, 1_707)),
    ] {
        let (answer, peak) = cost(&file);
        assert_eq!(answer, Ok(kept), "{name}");
        eprintln!("{name}: {} kB", peak / 1_000);
        assert!(peak < 110_000_000, "{name}: {peak}");
        if name == "png" {
            assert!(peak < 20_000_000, "{peak}");
        }
    }

    // A file that declares too much costs nothing at all.
    let mut bomb = jpeg(64, 64, false);
    let frame = bomb.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    bomb[frame + 5..frame + 9].fill(0xff);
    let (answer, peak) = cost(&bomb);
    assert!(matches!(answer, Err(DecodeError::TooManyPixels { .. })));
    assert!(peak < 10_000, "{peak}");
    let mut bomb = png(64, 64);
    bomb[16..24].copy_from_slice(&[0, 0, 100, 0, 0, 0, 100, 0]);
    let (answer, peak) = cost(&bomb);
    assert!(matches!(answer, Err(DecodeError::TooManyPixels { .. })));
    assert!(peak < 10_000, "{peak}");

    // One that declares much, and has little, costs what it declares at most.
    let mut liar = jpeg(64, 64, false);
    liar[frame + 5..frame + 9].copy_from_slice(&[0x0f, 0xa0, 0x17, 0x70]);
    let (answer, peak) = cost(&liar);
    assert!(matches!(answer, Err(DecodeError::Malformed { .. })));
    assert!(peak < 110_000_000, "{peak}");
}
