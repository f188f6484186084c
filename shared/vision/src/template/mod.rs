//! What is kept of a face: a template, bound to the model that made it. Its bytes are fixed and
//! versioned; who stores them encrypts them. Templates of different models are never compared.

mod calibration;
mod embedding;

pub use calibration::{Calibration, CalibrationError};
pub use embedding::{Embedding, EmbeddingError};

use sha2::{Digest, Sha256};

/// The fewest numbers of an embedding.
pub const LEAST_DIMENSIONS: usize = 64;

/// The most numbers of an embedding.
pub const MOST_DIMENSIONS: usize = 512;

/// How far a template's length may be from one: the most that rounding to 8 bits can move it is
/// `√512 / (2 · 127)`.
const MOST_ROUNDING: f32 = 0.09;

const MAGIC: [u8; 4] = *b"FACT";
/// Of the bytes, and of how a face becomes numbers beside the model that says them: whoever changes how
/// faces are aligned or what an embedder is shown of them raises it, so that nothing that was kept
/// before is compared with what is seen after.
const VERSION: u8 = 1;
const HEADER: usize = 4 + 1 + 2 + 32 + 4;
pub(crate) const CHECKSUM: usize = 8;

/// Which model made something: the SHA-256 of its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelHash([u8; 32]);

impl ModelHash {
    /// The hash itself.
    pub const fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }

    /// The hash of a model's file.
    pub fn of(file: &[u8]) -> Self {
        Self(Sha256::digest(file).into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// As 64 small hexadecimal digits.
impl std::fmt::Display for ModelHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// Two things that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Incomparable {
    /// Other models made them: their numbers mean different things.
    #[error("the faces were described by different models")]
    OtherModel,
    /// The same model cannot give as many numbers once and fewer another time.
    #[error("the faces are described by {left} and {right} numbers")]
    OtherDimensions {
        /// How many the one has.
        left: usize,
        /// How many the other has.
        right: usize,
    },
}

pub(crate) fn comparable(
    left: (ModelHash, usize),
    right: (ModelHash, usize),
) -> Result<(), Incomparable> {
    if left.0 != right.0 {
        return Err(Incomparable::OtherModel);
    }
    if left.1 != right.1 {
        return Err(Incomparable::OtherDimensions {
            left: left.1,
            right: right.1,
        });
    }
    Ok(())
}

/// Why bytes are no template or shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// They begin as something else.
    #[error("the bytes are of another kind")]
    Magic,
    /// A later version of this program wrote them, or none.
    #[error("version {0} is not known")]
    Version(u8),
    /// There are more or fewer than the header says, or too few for a header.
    #[error("there are {found} bytes where {expected} belong")]
    Length {
        /// How many belong there.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// No model gives so many numbers.
    #[error("a face is not described by {0} numbers")]
    Dimensions(usize),
    /// They were damaged after they were written. Whoever changes them on purpose makes a sum that fits:
    /// that nobody does is for the encryption around them to see.
    #[error("the checksum does not match")]
    Checksum,
    /// The numbers are none that a template can hold.
    #[error("the numbers are not those of a template")]
    Values,
    /// A shard's entries are not in order, or one is there twice.
    #[error("the entries are not in order")]
    Order,
    /// A shard holds more than a shard may.
    #[error("{0} entries are more than a shard holds")]
    Entries(usize),
}

/// A face described by whole numbers of 8 bits: a quarter of an embedding's size, and nearly as exact.
///
/// Bytes, version 1, numbers with the lowest byte first:
///
/// | bytes | what |
/// |---|---|
/// | 4 | `FACT` |
/// | 1 | version, 1 |
/// | 2 | dimensions d, 64 to 512 |
/// | 32 | SHA-256 of the model |
/// | 4 | scale, a float: a value stands for `value · scale` |
/// | d | values from −127 to 127, the largest of them ±127 |
/// | 8 | the first bytes of the SHA-256 of all before |
#[derive(Clone, PartialEq)]
pub struct Template {
    model: ModelHash,
    scale: f32,
    values: Vec<i8>,
}

/// A description of a face is not for logs.
impl std::fmt::Debug for Template {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Template({} dimensions)", self.values.len())
    }
}

impl From<&Embedding> for Template {
    fn from(embedding: &Embedding) -> Self {
        let largest = embedding
            .values()
            .iter()
            .fold(0.0_f32, |most, value| most.max(value.abs()));
        let scale = largest / 127.0;
        Self {
            model: embedding.model(),
            scale,
            values: embedding
                .values()
                .iter()
                .map(|v| rounded(v / scale))
                .collect(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the value is clamped before"
)]
fn rounded(value: f32) -> i8 {
    value.round().clamp(-127.0, 127.0) as i8
}

impl Template {
    /// From parts that an index keeps or bytes held; None if no embedding has them.
    pub(crate) fn from_parts(model: ModelHash, scale: f32, values: Vec<i8>) -> Option<Self> {
        let template = Self {
            model,
            scale,
            values,
        };
        template.plausible().then_some(template)
    }

    /// Strict: what no embedding becomes is refused, so that each template has one form in bytes.
    fn plausible(&self) -> bool {
        let largest = self.values.iter().map(|value| value.unsigned_abs()).max();
        let fits = (LEAST_DIMENSIONS..=MOST_DIMENSIONS).contains(&self.values.len());
        fits && largest == Some(127)
            && self.scale.is_finite()
            && self.scale > 0.0
            && (self.length() * self.scale - 1.0).abs() <= MOST_ROUNDING
    }

    /// The model that made it.
    pub const fn model(&self) -> ModelHash {
        self.model
    }

    /// How many numbers it has.
    pub fn dimensions(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn values(&self) -> &[i8] {
        &self.values
    }

    pub(crate) const fn scale(&self) -> f32 {
        self.scale
    }

    /// The length of the whole numbers as a vector.
    pub(crate) fn length(&self) -> f32 {
        length(&self.values)
    }

    /// The cosine of two templates, from −1 to 1.
    pub fn similarity(&self, other: &Self) -> Result<f32, Incomparable> {
        comparable(
            (self.model, self.dimensions()),
            (other.model, other.dimensions()),
        )?;
        let product = float(dot(&self.values, &other.values));
        Ok((product / (self.length() * other.length())).clamp(-1.0, 1.0))
    }

    /// The cosine of a kept template and a face that was just described, which is not rounded first.
    pub fn similarity_to(&self, embedding: &Embedding) -> Result<f32, Incomparable> {
        comparable(
            (self.model, self.dimensions()),
            (embedding.model(), embedding.dimensions()),
        )?;
        let product: f32 = self
            .values
            .iter()
            .zip(embedding.values())
            .map(|(value, other)| f32::from(*value) * other)
            .sum();
        Ok((product / self.length()).clamp(-1.0, 1.0))
    }

    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER + self.values.len() + CHECKSUM);
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.extend(dimension_bytes(self.values.len()));
        bytes.extend(self.model.0);
        bytes.extend(self.scale.to_le_bytes());
        bytes.extend(self.values.iter().map(|value| value.cast_unsigned()));
        let sum = checksum(&bytes);
        bytes.extend(sum);
        bytes
    }

    /// A template from its bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut rest = Reader::new(bytes, MAGIC, VERSION)?;
        let dimensions = rest.dimensions()?;
        rest.must_hold(HEADER + dimensions + CHECKSUM)?;
        let model = ModelHash(rest.take()?);
        let scale = f32::from_le_bytes(rest.take()?);
        let values = rest.values(dimensions)?;
        rest.verified()?;
        Self::from_parts(model, scale, values).ok_or(ParseError::Values)
    }
}

/// The length of whole numbers as a vector.
pub(crate) fn length(values: &[i8]) -> f32 {
    float(dot(values, values)).sqrt()
}

/// The sum of the products. At most 512 · 127² = 8,258,048, so nothing overflows and a float holds it
/// exactly. Lanes of 16, so that the compiler multiplies many at once.
pub(crate) fn dot(left: &[i8], right: &[i8]) -> i32 {
    let mut lanes = [0_i32; 16];
    let (left, left_rest) = left.as_chunks::<16>();
    let (right, right_rest) = right.as_chunks::<16>();
    for (one, other) in left.iter().zip(right) {
        for lane in 0..16 {
            lanes[lane] += i32::from(i16::from(one[lane]) * i16::from(other[lane]));
        }
    }
    let rest: i32 = left_rest
        .iter()
        .zip(right_rest)
        .map(|(one, other)| i32::from(*one) * i32::from(*other))
        .sum();
    lanes.iter().sum::<i32>() + rest
}

#[expect(clippy::cast_precision_loss, reason = "a product is below 2^24")]
pub(crate) fn float(product: i32) -> f32 {
    product as f32
}

/// What a header says of the dimensions; they are at most 512.
pub(crate) fn dimension_bytes(dimensions: usize) -> [u8; 2] {
    u16::try_from(dimensions).unwrap_or(u16::MAX).to_le_bytes()
}

pub(crate) fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&digest[..CHECKSUM]);
    sum
}

/// Reads what templates and shards have in common, and never past the end.
pub(crate) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(all: &'a [u8], magic: [u8; 4], version: u8) -> Result<Self, ParseError> {
        let mut reader = Self { all, at: 0 };
        if reader.take::<4>()? != magic {
            return Err(ParseError::Magic);
        }
        let [found] = reader.take()?;
        if found != version {
            return Err(ParseError::Version(found));
        }
        Ok(reader)
    }

    pub(crate) fn take<const N: usize>(&mut self) -> Result<[u8; N], ParseError> {
        let taken = self.slice(N)?;
        let mut bytes = [0; N];
        bytes.copy_from_slice(taken);
        Ok(bytes)
    }

    pub(crate) fn values(&mut self, count: usize) -> Result<Vec<i8>, ParseError> {
        let taken = self.slice(count)?;
        Ok(taken.iter().map(|byte| byte.cast_signed()).collect())
    }

    pub(crate) fn dimensions(&mut self) -> Result<usize, ParseError> {
        let dimensions = usize::from(u16::from_le_bytes(self.take()?));
        if (LEAST_DIMENSIONS..=MOST_DIMENSIONS).contains(&dimensions) {
            Ok(dimensions)
        } else {
            Err(ParseError::Dimensions(dimensions))
        }
    }

    pub(crate) fn must_hold(&self, expected: usize) -> Result<(), ParseError> {
        let found = self.all.len();
        if found == expected {
            Ok(())
        } else {
            Err(ParseError::Length { expected, found })
        }
    }

    /// Nothing is left but the checksum, and it is right.
    pub(crate) fn verified(mut self) -> Result<(), ParseError> {
        let before = self.at;
        let sum = self.take::<CHECKSUM>()?;
        self.must_hold(self.at)?;
        if sum == checksum(&self.all[..before]) {
            Ok(())
        } else {
            Err(ParseError::Checksum)
        }
    }

    fn slice(&mut self, count: usize) -> Result<&'a [u8], ParseError> {
        let expected = self.at.saturating_add(count);
        let taken = self.all.get(self.at..expected).ok_or(ParseError::Length {
            expected,
            found: self.all.len(),
        })?;
        self.at = expected;
        Ok(taken)
    }
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    reason = "made-up faces have small numbers"
)]
mod tests;
