//! BIP-137: a recoverable ECDSA signature over the message, and a header byte that names the kind
//! of address.
//!
//! The BIP gives each kind a range of four headers. Wallets that came before it sign for segwit
//! addresses with the header of a compressed P2PKH key (31 to 34), so that is taken for them, too:
//! the key that is recovered has to hash to the address in any case. No header is taken for an
//! address of another kind otherwise, and none for Taproot, whose addresses hold no key's hash.

use sha2::{Digest, Sha256};

use super::transaction::compact_size;
use crate::wallet::SignatureError;
use crate::wallet::address::{BitcoinAddress, hash160, witness_script_of};
use crate::wallet::curve::{Compact, compressed, uncompressed};

/// The kind of address that a header is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Uncompressed,
    Compressed,
    WrappedSegwit,
    Segwit,
}

pub(super) fn check(
    address: &BitcoinAddress,
    message: &str,
    signature: &[u8; 65],
) -> Result<bool, SignatureError> {
    let [header, numbers @ ..] = signature;
    let kind = match header {
        27..=30 => Kind::Uncompressed,
        31..=34 => Kind::Compressed,
        35..=38 => Kind::WrappedSegwit,
        39..=42 => Kind::Segwit,
        _ => return Err(SignatureError::Header),
    };
    let Some(key) = Compact::parse(numbers)?.recover(&digest(message), (header - 27) & 3) else {
        return Ok(false);
    };
    Ok(match (address, kind) {
        (BitcoinAddress::KeyHash(hash), Kind::Uncompressed) => {
            hash160(&uncompressed(&key)) == *hash
        }
        (BitcoinAddress::KeyHash(hash), Kind::Compressed)
        | (BitcoinAddress::WitnessKeyHash(hash), Kind::Segwit | Kind::Compressed) => {
            hash160(&compressed(&key)) == *hash
        }
        (BitcoinAddress::ScriptHash(hash), Kind::WrappedSegwit | Kind::Compressed) => {
            hash160(&witness_script_of(&compressed(&key))) == *hash
        }
        _ => false,
    })
}

/// SHA-256 twice over the prefix and the message, each after its length.
fn digest(message: &str) -> [u8; 32] {
    let once = Sha256::new()
        .chain_update(b"\x18Bitcoin Signed Message:\n")
        .chain_update(compact_size(message.len()))
        .chain_update(message)
        .finalize();
    Sha256::digest(once).into()
}
