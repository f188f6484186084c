//! How long a shard of ten thousand faces takes to search. Run with `--release`.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement looks at the clock and says what it saw"
)]

use std::time::Instant;

use vision::{Embedding, FaceId, Index, ModelHash, SHARD_CAPACITY, Template};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for dimensions in [128, 512] {
        let model = ModelHash::new([1; 32]);
        let mut state = 0x9e37_79b9_u32;
        let mut face = || {
            let values: Vec<f32> = (0..dimensions)
                .map(|_| {
                    state ^= state << 13;
                    state ^= state >> 17;
                    state ^= state << 5;
                    f32::from(u16::try_from(state >> 16).unwrap_or_default()) - 32_767.5
                })
                .collect();
            Embedding::new(model, &values).map(|embedding| Template::from(&embedding))
        };
        let asked = face()?;
        let mut index = Index::for_templates_like(&asked);
        for number in 0..u32::try_from(SHARD_CAPACITY)? {
            let mut id = [0; 12];
            id[8..].copy_from_slice(&number.to_be_bytes());
            index.insert(FaceId(id), &face()?)?;
        }
        let mut times = Vec::new();
        for _ in 0..51 {
            let start = Instant::now();
            std::hint::black_box(index.search(std::hint::black_box(&asked), 10)?);
            times.push(start.elapsed());
        }
        times.sort();
        let bytes = index.to_bytes();
        let start = Instant::now();
        Index::parse(&bytes)?;
        println!(
            "{} faces of {dimensions}: search {:?} (best {:?}), {} bytes, read in {:?}",
            index.len(),
            times[25],
            times[0],
            bytes.len(),
            start.elapsed(),
        );
    }
    Ok(())
}
