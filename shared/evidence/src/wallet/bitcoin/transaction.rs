//! Bitcoin's serialisation, as far as the virtual transactions of BIP-322 need it: reading what a
//! wallet sent, strictly and to the end, and the identifier of a transaction.

use sha2::{Digest, Sha256};

/// A transaction with exactly what is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Transaction<'a> {
    pub(super) version: u32,
    pub(super) inputs: Vec<Input<'a>>,
    pub(super) outputs: Vec<Output<'a>>,
    pub(super) lock_time: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Input<'a> {
    pub(super) spends: [u8; 32],
    pub(super) position: u32,
    pub(super) script: &'a [u8],
    pub(super) sequence: u32,
    pub(super) witness: Vec<&'a [u8]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output<'a> {
    pub(super) value: u64,
    pub(super) script: &'a [u8],
}

impl<'a> Transaction<'a> {
    /// BIP-144's form with witnesses, or the older one without. Nothing may be left over.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        let version = reader.u32()?;
        let with_witness = reader.0.starts_with(&[0, 1]);
        if with_witness {
            reader.take(2)?;
        }
        let mut inputs = reader.many(41, |reader| {
            Some(Input {
                spends: reader.take(32)?.try_into().ok()?,
                position: reader.u32()?,
                script: reader.bytes()?,
                sequence: reader.u32()?,
                witness: Vec::new(),
            })
        })?;
        let outputs = reader.many(9, |reader| {
            Some(Output {
                value: u64::from_le_bytes(reader.take(8)?.try_into().ok()?),
                script: reader.bytes()?,
            })
        })?;
        if with_witness {
            for input in &mut inputs {
                input.witness = reader.stack()?;
            }
            // BIP-144: a transaction without witnesses has the older form.
            if inputs.iter().all(|input| input.witness.is_empty()) {
                return None;
            }
        }
        let lock_time = reader.u32()?;
        reader.0.is_empty().then_some(Self {
            version,
            inputs,
            outputs,
            lock_time,
        })
    }
}

/// A witness stack and nothing after it.
pub(super) fn parse_stack(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = Reader(bytes);
    let stack = reader.stack()?;
    reader.0.is_empty().then_some(stack)
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A number in its shortest form only.
    fn size(&mut self) -> Option<usize> {
        let (number, least) = match *self.take(1)? {
            [0xfd] => (
                u64::from(u16::from_le_bytes(self.take(2)?.try_into().ok()?)),
                0xfd,
            ),
            [0xfe] => (u64::from(self.u32()?), 0x1_0000),
            // More than there can be.
            [0xff] => return None,
            [small] => (u64::from(small), 0),
            _ => return None,
        };
        (number >= least).then_some(())?;
        usize::try_from(number).ok()
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.size()?;
        self.take(length)
    }

    /// So many of something that takes at least so many bytes.
    fn many<T>(&mut self, least: usize, one: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.size()?;
        // Nothing is reserved for what cannot be there.
        (count <= self.0.len() / least).then_some(())?;
        (0..count).map(|_| one(self)).collect()
    }

    fn stack(&mut self) -> Option<Vec<&'a [u8]>> {
        self.many(1, Self::bytes)
    }
}

/// A length as it stands in front of bytes.
pub(super) fn compact_size(length: usize) -> Vec<u8> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "each number fits where it is used"
    )]
    match length {
        0..=0xfc => vec![length as u8],
        0xfd..=0xffff => [&[0xfd][..], &(length as u16).to_le_bytes()].concat(),
        _ => [&[0xfe][..], &(length as u32).to_le_bytes()].concat(),
    }
}

/// SHA-256 twice.
pub(super) fn double_hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(Sha256::digest(bytes)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths() {
        assert_eq!(compact_size(0), [0]);
        assert_eq!(compact_size(0xfc), [0xfc]);
        assert_eq!(compact_size(0xfd), [0xfd, 0xfd, 0]);
        assert_eq!(compact_size(0xffff), [0xfd, 0xff, 0xff]);
        assert_eq!(compact_size(0x1_0000), [0xfe, 0, 0, 1, 0]);
    }

    #[test]
    fn a_stack_is_read_to_the_end_and_in_one_form() {
        assert_eq!(parse_stack(&[0]), Some(vec![]));
        assert_eq!(parse_stack(&[2, 1, 7, 0]), Some(vec![&[7][..], &[]]));
        for odd in [
            &[][..],
            &[1],
            &[1, 2, 7],
            &[1, 1, 7, 0],
            // Lengths that take more bytes than they need, or claim more than there is.
            &[0xfd, 1, 0, 1, 7],
            &[1, 0xfd, 1, 0, 7],
            &[0xfe, 0xff, 0xff, 0xff, 0xff],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            assert_eq!(parse_stack(odd), None, "{odd:?}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_fails_otherwise(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = (Transaction::parse(&bytes), parse_stack(&bytes));
        }
    }
}
