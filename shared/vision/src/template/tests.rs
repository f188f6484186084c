use super::*;
use proptest::prelude::*;

fn model(name: &str) -> ModelHash {
    ModelHash::of(name.as_bytes())
}

/// The embedding of a made-up face.
fn made_up(seed: usize, dimensions: usize) -> Embedding {
    let values: Vec<f32> = (0..dimensions)
        .map(|at| ((at * 37 + seed * 101) as f32 * 0.61).sin())
        .collect();
    Embedding::new(model("one"), &values).unwrap()
}

/// Any embedding that is none of zeros.
fn embeddings() -> impl Strategy<Value = Embedding> {
    prop::collection::vec(-3.0f32..3.0, LEAST_DIMENSIONS..=MOST_DIMENSIONS)
        .prop_filter_map("zeros", |values| Embedding::new(model("one"), &values).ok())
}

/// Written again with a checksum that fits.
fn mended(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - CHECKSUM;
    let sum = checksum(&bytes[..end]);
    bytes[end..].copy_from_slice(&sum);
    bytes
}

#[test]
fn the_form_in_bytes_is_fixed() {
    let mut values = [0.0; 64];
    values[0] = 3.0;
    values[1] = -4.0;
    let embedding = Embedding::new(ModelHash::new([7; 32]), &values).unwrap();
    let bytes = Template::from(&embedding).to_bytes();
    let mut expected = b"FACT\x01\x40\x00".to_vec();
    expected.extend([7; 32]);
    expected.extend((0.8_f32 / 127.0).to_le_bytes());
    expected.extend([95, 0x81]);
    expected.extend([0; 62]);
    assert_eq!(bytes[..bytes.len() - 8], expected);
    assert_eq!(bytes[bytes.len() - 8..], Sha256::digest(&expected)[..8]);
}

#[test]
fn each_fault_is_told() {
    let bytes = Template::from(&made_up(1, 128)).to_bytes();
    let fault = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = bytes.clone();
        change(&mut changed);
        Template::parse(&changed).unwrap_err()
    };
    let mended_fault = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut changed = bytes.clone();
        change(&mut changed);
        Template::parse(&mended(changed)).unwrap_err()
    };
    assert_eq!(fault(&|b| b[0] = b'f'), ParseError::Magic);
    assert_eq!(fault(&|b| b[4] = 2), ParseError::Version(2));
    assert_eq!(fault(&|b| b[5] = 63), ParseError::Dimensions(63));
    assert_eq!(fault(&|b| b[6] = 9), ParseError::Dimensions(9 * 256 + 128));
    assert_eq!(fault(&|b| b[60] ^= 1), ParseError::Checksum);
    assert_eq!(fault(&|b| b[10] ^= 1), ParseError::Checksum);
    let length = |found| ParseError::Length {
        expected: 179,
        found,
    };
    assert_eq!(fault(&|b| b.push(0)), length(180));
    assert_eq!(fault(&|b| b.truncate(178)), length(178));
    // A value that is never written, a length far from one, a scale that is no number, no ±127.
    assert_eq!(mended_fault(&|b| b[50] = 0x80), ParseError::Values);
    for scale in [0.0, -0.01, 1.0, f32::NAN, f32::INFINITY] {
        let scale = |b: &mut Vec<u8>| b[39..43].copy_from_slice(&f32::to_le_bytes(scale));
        assert_eq!(mended_fault(&scale), ParseError::Values);
    }
    let flat = |b: &mut Vec<u8>| {
        b[39..43].copy_from_slice(&(1.0 / 128.0_f32.sqrt()).to_le_bytes());
        b[43..171].fill(1);
    };
    assert_eq!(mended_fault(&flat), ParseError::Values);
}

#[test]
fn other_models_are_not_compared() {
    let one = made_up(1, 128);
    let stranger = Embedding::new(model("other"), one.values()).unwrap();
    let short = made_up(1, 64);
    let template = Template::from(&one);
    let dimensions = Incomparable::OtherDimensions {
        left: 128,
        right: 64,
    };
    for (other, error) in [(stranger, Incomparable::OtherModel), (short, dimensions)] {
        assert_eq!(one.similarity(&other), Err(error));
        assert_eq!(template.similarity_to(&other), Err(error));
        assert_eq!(template.similarity(&Template::from(&other)), Err(error));
    }
}

#[test]
fn nothing_of_a_face_is_printed() {
    let one = made_up(1, 128);
    assert_eq!(format!("{one:?}"), "Embedding(128 dimensions)");
    let template = Template::from(&one);
    assert_eq!(format!("{template:?}"), "Template(128 dimensions)");
}

#[test]
fn the_same_face_is_the_most_similar() {
    for seed in 0..20 {
        let one = made_up(seed, 128);
        let kept = Template::from(&one);
        assert!(kept.similarity_to(&one).unwrap() > 0.9995);
        assert!(kept.similarity(&kept).unwrap() > 0.999_999);
    }
}

proptest! {
    #[test]
    fn bytes_come_back(embedding in embeddings()) {
        let template = Template::from(&embedding);
        let bytes = template.to_bytes();
        prop_assert_eq!(bytes.len(), HEADER + embedding.dimensions() + CHECKSUM);
        let parsed = Template::parse(&bytes).unwrap();
        prop_assert!(parsed == template);
        prop_assert_eq!(parsed.to_bytes(), bytes);
    }

    #[test]
    fn a_changed_bit_is_seen(
        embedding in embeddings(),
        at in any::<prop::sample::Index>(),
        bit in 0..8,
    ) {
        let mut bytes = Template::from(&embedding).to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        prop_assert!(Template::parse(&bytes).is_err());
    }

    #[test]
    fn a_part_is_no_template(embedding in embeddings(), at in any::<prop::sample::Index>()) {
        let bytes = Template::from(&embedding).to_bytes();
        prop_assert!(Template::parse(&bytes[..at.index(bytes.len())]).is_err());
    }

    /// What is read from any bytes is written as these bytes, or they are refused.
    #[test]
    fn any_bytes_are_answered(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Template::parse(&bytes);
        let head = b"FACT\x01\x40\x00";
        let shared = head.len().min(bytes.len());
        bytes[..shared].copy_from_slice(&head[..shared]);
        bytes.resize(HEADER + 64 + CHECKSUM, 3);
        let bytes = mended(bytes);
        if let Ok(template) = Template::parse(&bytes) {
            prop_assert_eq!(template.to_bytes(), bytes);
        }
    }

    /// Rounding moves no similarity by much, and order does not matter.
    #[test]
    fn rounding_is_small(one in embeddings(), turn in -1.0f32..1.0) {
        let mixed: Vec<f32> = one
            .values()
            .iter()
            .enumerate()
            .map(|(at, value)| value * turn + 0.06 * (at as f32 * 1.7).cos())
            .collect();
        let other = Embedding::new(one.model(), &mixed).unwrap();
        let exact = one.similarity(&other).unwrap();
        let (left, right) = (Template::from(&one), Template::from(&other));
        prop_assert!((left.similarity(&right).unwrap() - exact).abs() < 0.02);
        prop_assert!((left.similarity_to(&other).unwrap() - exact).abs() < 0.02);
        prop_assert_eq!(left.similarity(&right), right.similarity(&left));
        prop_assert_eq!(one.similarity(&other), other.similarity(&one));
    }

    /// The products in lanes are those one by one.
    #[test]
    fn lanes_lose_nothing(pairs in prop::collection::vec((-127i8..=127, -127i8..=127), 0..600)) {
        let (left, right): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
        let slow: i32 = pairs.iter().map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        prop_assert_eq!(dot(&left, &right), slow);
    }
}
