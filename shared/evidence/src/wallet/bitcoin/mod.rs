//! Bitcoin: signed messages of BIP-137 (65 bytes, one key) and of BIP-322 (a virtual transaction,
//! simple or full). Addresses of one key are proven, of all four kinds; scripts are not run, and
//! what would need them is called inconclusive.

mod compact;
mod generic;
mod spend;
#[cfg(test)]
mod tests;
mod transaction;

use data_encoding::BASE64;

use super::SignatureError;
use super::address::BitcoinAddress;

/// BIP-137 has no prefix and exactly 65 bytes, which no witness stack of one key has. BIP-322 of
/// 2026 asks signers for a prefix; older wallets give none.
pub(super) fn check(address: &str, message: &str, signature: &str) -> Result<bool, SignatureError> {
    use generic::Form::{Full, Simple};

    let address = BitcoinAddress::parse(address)?;
    let decode = |text: &str| {
        BASE64
            .decode(text.as_bytes())
            .map_err(|_| SignatureError::NotBase64)
    };
    if let Some(rest) = signature.strip_prefix("smp") {
        return generic::check(&address, message, &decode(rest)?, Simple);
    }
    if let Some(rest) = signature.strip_prefix("ful") {
        return generic::check(&address, message, &decode(rest)?, Full);
    }
    if signature.starts_with("pof") {
        return Err(super::Inconclusive::ProofOfFunds.into());
    }
    let bytes = decode(signature)?;
    if let Ok(compact) = <&[u8; 65]>::try_from(&bytes[..]) {
        return compact::check(&address, message, compact);
    }
    if bytes.starts_with(b"psbt\xff") {
        return Err(super::Inconclusive::ProofOfFunds.into());
    }
    match generic::check(&address, message, &bytes, Simple) {
        Err(SignatureError::NotBitcoin) => generic::check(&address, message, &bytes, Full),
        outcome => outcome,
    }
}
