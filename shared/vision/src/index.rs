//! Who of many is it: templates of one model side by side in one piece of memory, all of them looked
//! at. A shard holds ten thousand; who has more asks several. Its bytes are in the clear: who stores
//! them encrypts them.

use std::collections::BTreeMap;

use crate::template::{
    CHECKSUM, Incomparable, ModelHash, ParseError, Reader, Template, checksum, comparable,
    dimension_bytes, dot, float, length,
};

/// How many faces a shard holds at most.
pub const SHARD_CAPACITY: usize = 10_000;

const MAGIC: [u8; 4] = *b"FACS";
const VERSION: u8 = 1;
const HEADER: usize = 4 + 1 + 2 + 32 + 4;

/// Whose face it is: the 12 bytes that an identifier's 24 hex digits stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub [u8; 12]);

/// Why a face was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The shard is of another model.
    #[error(transparent)]
    Incomparable(#[from] Incomparable),
    /// The shard is full.
    #[error("the shard holds {SHARD_CAPACITY} faces already")]
    Full,
}

/// A face that is similar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Whose.
    pub id: FaceId,
    /// The cosine, from −1 to 1.
    pub similarity: f32,
}

/// Faces of one model.
///
/// Bytes, version 1, numbers with the lowest byte first: `FACS`, version (1), dimensions d (2), the
/// model's SHA-256 (32), how many (4); then for each, in order of the ids: id (12), scale (4, a
/// float), values (d); at last 8 bytes of the SHA-256 of all before.
#[derive(Clone)]
pub struct Index {
    model: ModelHash,
    dimensions: usize,
    ids: Vec<FaceId>,
    scales: Vec<f32>,
    /// One by the length of each row, so that a cosine is two products.
    shares: Vec<f32>,
    values: Vec<i8>,
    rows: BTreeMap<FaceId, usize>,
}

/// Descriptions of faces are not for logs.
impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Index({} faces)", self.ids.len())
    }
}

impl Index {
    /// An empty one for the model and dimensions of a template.
    pub fn for_templates_like(template: &Template) -> Self {
        Self::empty(template.model(), template.dimensions())
    }

    const fn empty(model: ModelHash, dimensions: usize) -> Self {
        Self {
            model,
            dimensions,
            ids: Vec::new(),
            scales: Vec::new(),
            shares: Vec::new(),
            values: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    /// The model of all its faces.
    pub const fn model(&self) -> ModelHash {
        self.model
    }

    /// How many faces it holds.
    pub const fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether it holds none.
    pub const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Takes a face in, in place of the one that had the id before. Whether there was one.
    pub fn insert(&mut self, id: FaceId, template: &Template) -> Result<bool, InsertError> {
        self.comparable(template)?;
        if let Some(&row) = self.rows.get(&id) {
            let at = row * self.dimensions;
            self.values[at..at + self.dimensions].copy_from_slice(template.values());
            self.scales[row] = template.scale();
            self.shares[row] = 1.0 / template.length();
            return Ok(true);
        }
        if self.ids.len() >= SHARD_CAPACITY {
            return Err(InsertError::Full);
        }
        self.push(id, template);
        Ok(false)
    }

    fn push(&mut self, id: FaceId, template: &Template) {
        self.rows.insert(id, self.ids.len());
        self.ids.push(id);
        self.scales.push(template.scale());
        self.shares.push(1.0 / template.length());
        self.values.extend_from_slice(template.values());
    }

    /// Takes a face out. Whether it was there.
    pub fn remove(&mut self, id: FaceId) -> bool {
        let Some(row) = self.rows.remove(&id) else {
            return false;
        };
        // The last row moves into the gap, so that no other has to.
        let last = self.ids.len() - 1;
        self.values
            .copy_within(last * self.dimensions.., row * self.dimensions);
        self.values.truncate(last * self.dimensions);
        self.ids.swap_remove(row);
        self.scales.swap_remove(row);
        self.shares.swap_remove(row);
        if let Some(moved) = self.ids.get(row) {
            self.rows.insert(*moved, row);
        }
        true
    }

    /// The template of an id.
    pub fn get(&self, id: FaceId) -> Option<Template> {
        let row = *self.rows.get(&id)?;
        let values = self.row(row).to_vec();
        Template::from_parts(self.model, self.scales[row], values)
    }

    fn row(&self, row: usize) -> &[i8] {
        &self.values[row * self.dimensions..(row + 1) * self.dimensions]
    }

    fn comparable(&self, template: &Template) -> Result<(), Incomparable> {
        comparable(
            (self.model, self.dimensions),
            (template.model(), template.dimensions()),
        )
    }

    /// The faces most similar to one, the most similar first, at most so many. Equal ones are in order
    /// of their ids, so that the answer does not depend on how the shard came about.
    ///
    /// Who is found may be asked for, and is not known yet: a threshold that one pair of strangers in a
    /// thousand passes is passed by somebody in nearly every search among ten thousand.
    pub fn search(&self, template: &Template, most: usize) -> Result<Vec<Match>, Incomparable> {
        self.comparable(template)?;
        let share = 1.0 / length(template.values());
        let most = most.min(self.ids.len());
        let mut best: Vec<Match> = Vec::with_capacity(most + 1);
        if most == 0 {
            return Ok(best);
        }
        let rows = self.values.chunks_exact(self.dimensions);
        for ((row, id), row_share) in rows.zip(&self.ids).zip(&self.shares) {
            let cosine = float(dot(row, template.values())) * share * row_share;
            let found = Match {
                id: *id,
                similarity: cosine.clamp(-1.0, 1.0),
            };
            if best.len() == most && best.last().is_some_and(|last| !before(&found, last)) {
                continue;
            }
            let at = best.partition_point(|kept| before(kept, &found));
            best.insert(at, found);
            best.truncate(most);
        }
        Ok(best)
    }

    /// Its bytes, the same for the same faces however they came in.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size = HEADER + self.len() * (12 + 4 + self.dimensions) + CHECKSUM;
        let mut bytes = Vec::with_capacity(size);
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.extend(dimension_bytes(self.dimensions));
        bytes.extend(self.model.as_bytes());
        bytes.extend(u32::try_from(self.len()).unwrap_or(u32::MAX).to_le_bytes());
        for (id, row) in &self.rows {
            bytes.extend(id.0);
            bytes.extend(self.scales[*row].to_le_bytes());
            bytes.extend(self.row(*row).iter().map(|value| value.cast_unsigned()));
        }
        let sum = checksum(&bytes);
        bytes.extend(sum);
        bytes
    }

    /// A shard from its bytes. How many bytes there must be is asked before any is kept.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let mut rest = Reader::new(bytes, MAGIC, VERSION)?;
        let dimensions = rest.dimensions()?;
        let model = ModelHash::new(rest.take()?);
        let count = usize::try_from(u32::from_le_bytes(rest.take()?)).unwrap_or(usize::MAX);
        if count > SHARD_CAPACITY {
            return Err(ParseError::Entries(count));
        }
        rest.must_hold(HEADER + count * (12 + 4 + dimensions) + CHECKSUM)?;
        let mut index = Self::empty(model, dimensions);
        for _ in 0..count {
            let id = FaceId(rest.take()?);
            if index.ids.last().is_some_and(|last| *last >= id) {
                return Err(ParseError::Order);
            }
            let scale = f32::from_le_bytes(rest.take()?);
            let values = rest.values(dimensions)?;
            let template = Template::from_parts(model, scale, values).ok_or(ParseError::Values)?;
            index.push(id, &template);
        }
        rest.verified()?;
        Ok(index)
    }
}

/// The more similar first, then the lesser id.
fn before(one: &Match, other: &Match) -> bool {
    other
        .similarity
        .total_cmp(&one.similarity)
        .then(one.id.cmp(&other.id))
        .is_lt()
}

#[cfg(test)]
#[expect(
    clippy::cast_precision_loss,
    reason = "made-up faces have small numbers"
)]
mod tests {
    use super::*;
    use crate::Embedding;
    use proptest::prelude::*;

    const MODEL: ModelHash = ModelHash::new([3; 32]);

    fn id(number: u32) -> FaceId {
        let mut bytes = [0; 12];
        bytes[8..].copy_from_slice(&number.to_be_bytes());
        FaceId(bytes)
    }

    fn template_of(model: ModelHash, seed: u32, dimensions: usize) -> Template {
        let values: Vec<f32> = (0..dimensions)
            .map(|at| ((at as f32 + 1.0) * (seed as f32 * 0.37 + 0.11)).sin())
            .collect();
        Template::from(&Embedding::new(model, &values).unwrap())
    }

    fn template(seed: u32) -> Template {
        template_of(MODEL, seed, 70)
    }

    fn filled(seeds: impl IntoIterator<Item = u32>) -> Index {
        let mut index = Index::for_templates_like(&template(0));
        for seed in seeds {
            index.insert(id(seed), &template(seed)).unwrap();
        }
        index
    }

    #[test]
    fn the_same_face_is_found_first() {
        let index = filled(0..200);
        for seed in [0, 7, 199] {
            let found = index.search(&template(seed), 3).unwrap();
            assert_eq!((found.len(), found[0].id), (3, id(seed)));
            assert!(found[0].similarity > 0.999_999);
            assert!(found[0].similarity >= found[1].similarity);
        }
        assert_eq!(index.search(&template(1), 0).unwrap(), []);
        assert_eq!(index.search(&template(1), 999).unwrap().len(), 200);
        assert_eq!(filled([]).search(&template(1), 5).unwrap(), []);
    }

    #[test]
    fn other_models_are_refused() {
        let mut index = filled(0..3);
        let stranger = template_of(ModelHash::new([4; 32]), 1, 70);
        let longer = template_of(MODEL, 1, 71);
        let dimensions = Incomparable::OtherDimensions {
            left: 70,
            right: 71,
        };
        for (other, error) in [(stranger, Incomparable::OtherModel), (longer, dimensions)] {
            assert_eq!(index.search(&other, 1), Err(error));
            assert_eq!(index.insert(id(9), &other), Err(error.into()));
            assert_eq!(index.insert(id(1), &other), Err(error.into()));
        }
        assert_eq!(index.len(), 3);
    }

    #[test]
    fn a_full_shard_still_replaces() {
        let mut index = filled([]);
        let one = template(1);
        for number in 0..u32::try_from(SHARD_CAPACITY).unwrap() {
            index.insert(id(number), &one).unwrap();
        }
        assert_eq!(index.insert(id(99_999), &one), Err(InsertError::Full));
        assert_eq!(index.insert(id(5), &template(2)), Ok(true));
        assert!(index.remove(id(6)));
        assert_eq!(index.insert(id(99_999), &one), Ok(false));
        let again = Index::parse(&index.to_bytes()).unwrap();
        assert_eq!(again.len(), SHARD_CAPACITY);
    }

    #[test]
    fn each_fault_of_a_shard_is_told() {
        let bytes = filled(0..3).to_bytes();
        let fault = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut changed = bytes.clone();
            change(&mut changed);
            let end = changed.len() - CHECKSUM;
            let sum = checksum(&changed[..end]);
            changed[end..].copy_from_slice(&sum);
            Index::parse(&changed).unwrap_err()
        };
        assert_eq!(fault(&|b| b[3] = b'T'), ParseError::Magic);
        assert_eq!(fault(&|b| b[4] = 0), ParseError::Version(0));
        assert_eq!(fault(&|b| b[39] = 4).to_string(), {
            let (expected, found) = (HEADER + 4 * 86 + CHECKSUM, bytes.len());
            ParseError::Length { expected, found }.to_string()
        });
        let many = |b: &mut Vec<u8>| b[39..43].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(fault(&many), ParseError::Entries(0xffff_ffff));
        // The second entry twice, and the first two the other way round.
        let twice = |b: &mut Vec<u8>| b.copy_within(43 + 86..43 + 172, 43 + 172);
        assert_eq!(fault(&twice), ParseError::Order);
        assert_eq!(fault(&|b| b[43 + 11] = 1), ParseError::Order);
        assert_eq!(fault(&|b| b[43 + 16] = 0x80), ParseError::Values);
        let mut changed = bytes.clone();
        changed[70] ^= 1;
        assert!(Index::parse(&changed).is_err());
        for end in 0..bytes.len() {
            assert!(Index::parse(&bytes[..end]).is_err());
        }
    }

    /// What one may do with a shard.
    #[derive(Clone, Debug)]
    enum Step {
        Insert(u32, u32),
        Remove(u32),
    }

    proptest! {
        /// After any steps it holds what a map holds, finds what sorting finds, and its bytes come
        /// back.
        #[test]
        fn it_is_a_map_that_is_searched(
            steps in prop::collection::vec(
                prop_oneof![
                    3 => (0..12u32, 0..40u32).prop_map(|(id, seed)| Step::Insert(id, seed)),
                    1 => (0..12u32).prop_map(Step::Remove),
                ],
                0..60,
            ),
            asked in 0..40u32,
            most in 0..15usize,
        ) {
            let mut index = filled([]);
            let mut map = BTreeMap::new();
            for step in steps {
                match step {
                    Step::Insert(number, seed) => {
                        let there = index.insert(id(number), &template(seed)).unwrap();
                        prop_assert_eq!(there, map.insert(id(number), template(seed)).is_some());
                    }
                    Step::Remove(number) => {
                        prop_assert_eq!(index.remove(id(number)), map.remove(&id(number)).is_some());
                    }
                }
            }
            prop_assert_eq!(index.len(), map.len());
            prop_assert_eq!(index.is_empty(), map.is_empty());
            for number in 0..12 {
                prop_assert!(index.get(id(number)) == map.get(&id(number)).cloned());
            }
            let mut slow: Vec<_> = map
                .iter()
                .map(|(id, one)| (one.similarity(&template(asked)).unwrap(), *id))
                .collect();
            slow.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
            let found = index.search(&template(asked), most).unwrap();
            prop_assert_eq!(found.len(), most.min(slow.len()));
            for (one, (similarity, _)) in found.iter().zip(&slow) {
                prop_assert!((one.similarity - similarity).abs() < 1e-5);
            }

            let bytes = index.to_bytes();
            let again = Index::parse(&bytes).unwrap();
            prop_assert_eq!(again.to_bytes(), bytes);
            prop_assert_eq!(again.search(&template(asked), most).unwrap(), found);
        }

        #[test]
        fn any_bytes_are_answered(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Index::parse(&bytes);
            let head = b"FACS\x01\x40\x00";
            let shared = head.len().min(bytes.len());
            bytes[..shared].copy_from_slice(&head[..shared]);
            let _ = Index::parse(&bytes);
        }
    }
}
