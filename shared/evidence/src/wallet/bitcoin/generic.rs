//! BIP-322: a signature is whatever would let a virtual transaction spend an output that pays to
//! the address and commits to the message. Strict DER, low s, SIGHASH_ALL (or DEFAULT for Taproot),
//! minimal pushes. A time lock makes such a signature no less its owner's, so lock time and
//! sequence may be anything.

use k256::ecdsa;
use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::schnorr;
use sha2::Digest;

use super::spend::{Spend, tagged};
use super::transaction::{Transaction, double_hash, parse_stack};
use crate::wallet::address::{BitcoinAddress, hash160, witness_script_of};
use crate::wallet::{Inconclusive, SignatureError};

/// How a signature is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The witness alone.
    Simple,
    /// The whole virtual transaction.
    Full,
}

/// The digest that the first virtual transaction holds.
pub(super) fn message_hash(message: &str) -> [u8; 32] {
    tagged("BIP0322-signed-message")
        .chain_update(message)
        .finalize()
        .into()
}

/// The identifier of `to_spend`, in the order in which it is hashed.
pub(super) fn to_spend(script: &[u8], message: &str) -> [u8; 32] {
    // A script of an address has 22 to 34 bytes.
    #[expect(clippy::cast_possible_truncation, reason = "34 at most")]
    let length = script.len() as u8;
    double_hash(
        &[
            &[0; 4][..],
            &[1],
            &[0; 32],
            &[0xff; 4],
            // OP_0, and 32 bytes.
            &[34, 0, 32],
            &message_hash(message),
            &[0; 4],
            &[1],
            &[0; 8],
            &[length],
            script,
            &[0; 4],
        ]
        .concat(),
    )
}

pub(super) fn check(
    address: &BitcoinAddress,
    message: &str,
    bytes: &[u8],
    form: Form,
) -> Result<bool, SignatureError> {
    let script = address.script();
    let mut spend = Spend {
        version: 0,
        lock_time: 0,
        sequence: 0,
        spends: to_spend(&script, message),
        script: &script,
    };
    match form {
        Form::Simple => {
            let witness = parse_stack(bytes).ok_or(SignatureError::NotBitcoin)?;
            spent_by(address, &spend, None, &witness)
        }
        Form::Full => {
            let signed = Transaction::parse(bytes).ok_or(SignatureError::NotBitcoin)?;
            let input = match &signed.inputs[..] {
                [input] => input,
                [] => return Err(SignatureError::NotVirtual),
                _ => return Err(Inconclusive::ProofOfFunds.into()),
            };
            let [output] = &signed.outputs[..] else {
                return Err(SignatureError::NotVirtual);
            };
            if output.value != 0 || output.script != [0x6a] || input.position != 0 {
                return Err(SignatureError::NotVirtual);
            }
            if !matches!(signed.version, 0 | 2) {
                return Err(Inconclusive::Version.into());
            }
            if input.spends != spend.spends {
                // Over another message, or for another address.
                return Ok(false);
            }
            spend.version = signed.version;
            spend.lock_time = signed.lock_time;
            spend.sequence = input.sequence;
            spent_by(address, &spend, Some(input.script), &input.witness)
        }
    }
}

/// Whether script and witness spend the output. A simple signature has no script: for a wrapped
/// address it follows from the key.
fn spent_by(
    address: &BitcoinAddress,
    spend: &Spend<'_>,
    script: Option<&[u8]>,
    witness: &[&[u8]],
) -> Result<bool, SignatureError> {
    let no_script = script.unwrap_or_default().is_empty();
    match address {
        BitcoinAddress::KeyHash(hash) => {
            let (signature, key) = match (script, witness) {
                (Some(script), []) => two_pushes(script)?,
                _ => return Err(SignatureError::NotKeyAndSignature),
            };
            ecdsa(
                signature,
                key,
                || spend.legacy_digest(),
                |key| hash160(key) == *hash,
            )
        }
        BitcoinAddress::WitnessKeyHash(hash) if no_script => {
            let (signature, key) = compressed_pair(witness)?;
            ecdsa(
                signature,
                key,
                || spend.segwit_digest(hash),
                |key| hash160(key) == *hash,
            )
        }
        BitcoinAddress::ScriptHash(hash) => {
            let Ok((signature, key)) = compressed_pair(witness) else {
                return Err(Inconclusive::Script.into());
            };
            let wrapped = witness_script_of(key);
            let pushed = |script: &[u8]| script.split_first() == Some((&22, &wrapped[..]));
            if !script.is_none_or(pushed) {
                return Err(Inconclusive::Script.into());
            }
            ecdsa(
                signature,
                key,
                || spend.segwit_digest(&wrapped[2..]),
                |_| hash160(&wrapped) == *hash,
            )
        }
        BitcoinAddress::Taproot(key) if no_script => match witness {
            [signature] => schnorr(signature, key, spend),
            [] => Err(SignatureError::NotKeyAndSignature),
            _ => Err(Inconclusive::TaprootScript.into()),
        },
        BitcoinAddress::WitnessScriptHash(_) => Err(Inconclusive::WitnessScript.into()),
        _ => Err(SignatureError::NotVirtual),
    }
}

/// An ECDSA signature with its hash type, by a key that has to be the right one.
fn ecdsa(
    signature: &[u8],
    key: &[u8],
    digest: impl FnOnce() -> [u8; 32],
    is_right_key: impl FnOnce(&[u8]) -> bool,
) -> Result<bool, SignatureError> {
    let (hash_type, der) = signature
        .split_last()
        .ok_or(SignatureError::NotKeyAndSignature)?;
    let parsed = ecdsa::Signature::from_der(der).map_err(|_| SignatureError::NotKeyAndSignature)?;
    if *hash_type != 1 {
        return Err(SignatureError::PartlySigned);
    }
    if parsed.normalize_s().is_some() {
        return Err(SignatureError::HighS);
    }
    if !is_right_key(key) {
        return Ok(false);
    }
    let verifying = ecdsa::VerifyingKey::from_sec1_bytes(key)
        .map_err(|_| SignatureError::NotKeyAndSignature)?;
    Ok(verifying.verify_prehash(&digest(), &parsed).is_ok())
}

/// 64 bytes, or 65 of which the last one is SIGHASH_ALL.
fn schnorr(signature: &[u8], key: &[u8; 32], spend: &Spend<'_>) -> Result<bool, SignatureError> {
    let (numbers, hash_type) = match signature.len() {
        64 => (signature, 0),
        65 if signature[64] == 1 => (&signature[..64], 1),
        65 => return Err(SignatureError::PartlySigned),
        _ => return Err(SignatureError::NotKeyAndSignature),
    };
    let parsed = schnorr::Signature::try_from(numbers).map_err(|_| SignatureError::OutOfRange)?;
    let Ok(verifying) = schnorr::VerifyingKey::from_bytes(key) else {
        // No point of the curve has this x: nobody can sign for the address.
        return Ok(false);
    };
    Ok(verifying
        .verify_raw(&spend.taproot_digest(hash_type), &parsed)
        .is_ok())
}

/// Signature and compressed key, as P2WPKH has them.
fn compressed_pair<'a>(witness: &[&'a [u8]]) -> Result<(&'a [u8], &'a [u8]), SignatureError> {
    match witness {
        [signature, key @ [2 | 3, rest @ ..]] if rest.len() == 32 => Ok((signature, key)),
        _ => Err(SignatureError::NotKeyAndSignature),
    }
}

/// Signature and key, as P2PKH has them in its script: two plain pushes of 1 to 75 bytes.
fn two_pushes(script: &[u8]) -> Result<(&[u8], &[u8]), SignatureError> {
    let push = |script: &'_ [u8]| -> Option<(usize, usize)> {
        let length = usize::from(*script.first()?);
        (1..=75).contains(&length).then_some((1, 1 + length))
    };
    let read = || {
        let (begin, end) = push(script)?;
        let signature = script.get(begin..end)?;
        let rest = script.get(end..)?;
        let (begin, end) = push(rest)?;
        let key = rest.get(begin..end)?;
        let is_key = matches!((key.first()?, key.len()), (2 | 3, 33) | (4, 65));
        (end == rest.len() && is_key).then_some((signature, key))
    };
    read().ok_or(SignatureError::NotKeyAndSignature)
}
