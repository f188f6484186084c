//! Ethereum: a key's signature over a text (EIP-191, `personal_sign`), and the question to a
//! contract where no key can have signed. A wallet that is a plain key is judged without asking
//! anybody; only what is no such signature becomes a question.

mod contract;
mod deployless;
#[cfg(test)]
mod tests;

use data_encoding::HEXLOWER_PERMISSIVE;
use sha3::{Digest, Keccak256};

use super::curve::{Compact, uncompressed};
use super::{Finding, SignatureError, address};
pub use contract::{Alone, ContractQuestion, EthereumRpc, SETTINGS, Verdict};

/// The digest that `personal_sign` signs: EIP-191, version 0x45.
pub fn digest(message: &str) -> [u8; 32] {
    Keccak256::new()
        .chain_update(b"\x19Ethereum Signed Message:\n")
        .chain_update(message.len().to_string())
        .chain_update(message)
        .finalize()
        .into()
}

/// The address of a key.
fn address_of(key: &k256::PublicKey) -> [u8; 20] {
    let hash = Keccak256::digest(&uncompressed(key)[1..]);
    let mut address = [0; 20];
    address.copy_from_slice(&hash[12..]);
    address
}

pub(super) fn check(
    address: &str,
    message: &str,
    signature: &str,
) -> Result<Finding, SignatureError> {
    let address = address::ethereum(address)?;
    let bytes = signature
        .strip_prefix("0x")
        .and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok())
        .ok_or(SignatureError::NotHex)?;
    let digest = digest(message);
    let (signature, factory, alone) = if let Some(wrapped) = contract::unwrap(&bytes)? {
        (wrapped.signature, Some(wrapped.factory), Alone::Undecided)
    } else {
        let alone = match made_by(&bytes, &digest) {
            Some(Ok(maker)) if maker == Some(address) => return Ok(Finding::Genuine),
            Some(Ok(_)) => Alone::Wrong,
            // Contracts have signatures of their own, and one may look like that of a key.
            Some(Err(refusal)) => Alone::Malformed(refusal),
            None => Alone::Undecided,
        };
        (bytes, None, alone)
    };
    Ok(Finding::AskContract(ContractQuestion {
        address,
        digest,
        signature,
        factory,
        alone,
    }))
}

/// The address whose key made the signature, if it has the form of a key's: 65 bytes, or the 64 of
/// EIP-2098, which keep the parity in the highest bit of the low number s.
fn made_by(bytes: &[u8], digest: &[u8; 32]) -> Option<Result<Option<[u8; 20]>, SignatureError>> {
    let mut numbers = [0; 64];
    let parity = match bytes.len() {
        65 => {
            numbers.copy_from_slice(&bytes[..64]);
            match bytes[64] {
                parity @ (0 | 1) => parity,
                27 => 0,
                28 => 1,
                _ => return Some(Err(SignatureError::RecoveryNumber)),
            }
        }
        64 => {
            numbers.copy_from_slice(bytes);
            let parity = numbers[32] >> 7;
            numbers[32] &= 0x7f;
            parity
        }
        _ => return None,
    };
    Some(
        Compact::parse(&numbers)
            .map(|compact| compact.recover(digest, parity).as_ref().map(address_of)),
    )
}
