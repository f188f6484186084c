//! Solana: ed25519 over the bytes of the message. The address is the key. Keys and signatures by
//! which one signature would fit many messages are refused, and so is a message that the network
//! would carry out as a transaction: wallets sign those for other reasons.

#[cfg(test)]
mod tests;
mod transaction;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{Signature, VerifyingKey};

use super::{SignatureError, address};

pub(super) fn check(address: &str, message: &str, signature: &str) -> Result<bool, SignatureError> {
    check_bytes(&address::solana(address)?, message.as_bytes(), signature)
}

fn check_bytes(key: &[u8; 32], message: &[u8], signature: &str) -> Result<bool, SignatureError> {
    let signature = Signature::from_bytes(&read(signature)?);
    if transaction::is_transaction(message) {
        return Err(SignatureError::Transaction);
    }
    let Ok(verifying) = VerifyingKey::from_bytes(key) else {
        // Not a point of the curve: an account without a key, owned by a program.
        return Ok(false);
    };
    // `verify_strict` refuses points of small order and numbers beyond the order (RFC 8032, 5.1.7).
    // A key in a second spelling would pass it.
    let canonical = verifying.to_edwards().compress().to_bytes() == *key;
    Ok(canonical && verifying.verify_strict(message, &signature).is_ok())
}

/// 64 bytes. The three spellings cannot be taken for each other: 64 bytes have 64 to 88 letters and
/// digits in base58, which has no `=`; base64 ends with `==`; hexadecimal takes 128 digits.
fn read(signature: &str) -> Result<[u8; 64], SignatureError> {
    let bytes = if signature.ends_with('=') {
        BASE64.decode(signature.as_bytes()).ok()
    } else {
        let digits = signature.strip_prefix("0x").unwrap_or(signature);
        if digits.len() == 128 {
            HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()
        } else if (64..=88).contains(&signature.len()) {
            bs58::decode(signature).into_vec().ok()
        } else {
            None
        }
    };
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(SignatureError::NotSolana)
}
