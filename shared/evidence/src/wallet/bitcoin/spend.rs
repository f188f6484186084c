//! What a key signs when it spends the only output of one transaction in the only input of another:
//! the digests of the three generations of scripts, for SIGHASH_ALL and nothing else.

use sha2::{Digest, Sha256};

use super::transaction::{compact_size, double_hash};

/// SIGHASH_ALL.
const ALL: u32 = 1;

/// The virtual transaction `to_sign`: one input, one output of nothing to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spend<'a> {
    pub(super) version: u32,
    pub(super) lock_time: u32,
    pub(super) sequence: u32,
    /// The transaction whose first output is spent.
    pub(super) spends: [u8; 32],
    /// The script of that output, whose value is nothing.
    pub(super) script: &'a [u8],
}

/// OP_RETURN, with the value of nothing in front and its length between.
const OUTPUT: [u8; 10] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0x6a];

impl Spend<'_> {
    /// The whole transaction with this in the input's place for a script.
    pub(super) fn serialised(&self, script: &[u8]) -> Vec<u8> {
        [
            &self.version.to_le_bytes()[..],
            &[1],
            &self.outpoint(),
            &compact_size(script.len()),
            script,
            &self.sequence.to_le_bytes(),
            &[1],
            &OUTPUT,
            &self.lock_time.to_le_bytes(),
        ]
        .concat()
    }

    fn outpoint(&self) -> [u8; 36] {
        let mut outpoint = [0; 36];
        outpoint[..32].copy_from_slice(&self.spends);
        outpoint
    }

    /// Scripts from the beginning (P2PKH): the transaction with the spent script in the input.
    pub(super) fn legacy_digest(&self) -> [u8; 32] {
        let mut bytes = self.serialised(self.script);
        bytes.extend_from_slice(&ALL.to_le_bytes());
        double_hash(&bytes)
    }

    /// BIP-143, for a key's hash.
    pub(super) fn segwit_digest(&self, key_hash: &[u8]) -> [u8; 32] {
        double_hash(
            &[
                &self.version.to_le_bytes()[..],
                &double_hash(&self.outpoint()),
                &double_hash(&self.sequence.to_le_bytes()),
                &self.outpoint(),
                &[0x19, 0x76, 0xa9, 0x14],
                key_hash,
                &[0x88, 0xac],
                &[0; 8],
                &self.sequence.to_le_bytes(),
                &double_hash(&OUTPUT),
                &self.lock_time.to_le_bytes(),
                &ALL.to_le_bytes(),
            ]
            .concat(),
        )
    }

    /// BIP-341, spending by the key, without an annex. The type is 0 (DEFAULT) or 1 (ALL), which
    /// sign the same.
    pub(super) fn taproot_digest(&self, hash_type: u8) -> [u8; 32] {
        let once = |bytes: &[u8]| Sha256::digest(bytes);
        let mut script = compact_size(self.script.len());
        script.extend_from_slice(self.script);
        tagged("TapSighash")
            .chain_update([0, hash_type])
            .chain_update(self.version.to_le_bytes())
            .chain_update(self.lock_time.to_le_bytes())
            .chain_update(once(&self.outpoint()))
            .chain_update(once(&[0; 8]))
            .chain_update(once(&script))
            .chain_update(once(&self.sequence.to_le_bytes()))
            .chain_update(once(&OUTPUT))
            // By the key, no annex; the first input.
            .chain_update([0, 0, 0, 0, 0])
            .finalize()
            .into()
    }
}

/// BIP-340's hash for a purpose.
pub(super) fn tagged(tag: &str) -> Sha256 {
    let tag = Sha256::digest(tag);
    Sha256::new().chain_update(tag).chain_update(tag)
}
