//! Wallet addresses, each for the network of its own channel and no other.
//! A mistyped address must be found by its checksum wherever the network has one.

use sha3::{Digest, Keccak256};

use super::IdentifierError;
use crate::asset::Channel;

/// No address of these networks is longer (BIP 173 allows 90 for any use of the encoding).
const LONGEST: usize = 90;

pub(super) fn parse(channel: Channel, raw: &str) -> Result<String, IdentifierError> {
    if raw.len() > LONGEST || !raw.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(IdentifierError::WalletFormat);
    }
    match channel {
        Channel::Ethereum => ethereum(raw),
        Channel::Solana => solana(raw),
        Channel::Bitcoin => bitcoin(raw),
        _ => Err(IdentifierError::ChannelNotForType),
    }
}

/// Gives the mixed-case form of EIP-55. An address in a single case carries no checksum and is
/// taken as it is; in mixed case it must be right.
fn ethereum(raw: &str) -> Result<String, IdentifierError> {
    let digits = raw
        .strip_prefix("0x")
        .ok_or(IdentifierError::WalletFormat)?;
    if digits.len() != 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(IdentifierError::WalletFormat);
    }
    if digits.bytes().all(|byte| byte == b'0') {
        return Err(IdentifierError::WalletUnusable);
    }
    let lower = digits.to_ascii_lowercase();
    let hash = Keccak256::digest(lower.as_bytes());
    let checked: String = lower
        .chars()
        .enumerate()
        .map(|(index, digit)| {
            let nibble = hash[index / 2] >> if index % 2 == 0 { 4 } else { 0 };
            if nibble & 8 == 0 {
                digit
            } else {
                digit.to_ascii_uppercase()
            }
        })
        .collect();
    let single_case = digits == lower || digits == digits.to_ascii_uppercase();
    if !single_case && digits != checked {
        return Err(IdentifierError::WalletChecksum);
    }
    Ok(format!("0x{checked}"))
}

/// An ed25519 public key. Its base58 form has no checksum and only one spelling.
fn solana(raw: &str) -> Result<String, IdentifierError> {
    let mut key = [0_u8; 32];
    if !(32..=44).contains(&raw.len()) || bs58::decode(raw).onto(&mut key) != Ok(32) {
        return Err(IdentifierError::WalletFormat);
    }
    if key == [0; 32] {
        return Err(IdentifierError::WalletUnusable);
    }
    Ok(raw.to_owned())
}

fn bitcoin(raw: &str) -> Result<String, IdentifierError> {
    let lower = raw.to_ascii_lowercase();
    if ["tb1", "bcrt1", "sb1"]
        .iter()
        .any(|prefix| lower.starts_with(prefix))
    {
        return Err(IdentifierError::WalletNetwork);
    }
    if lower.starts_with("bc1") {
        segwit(raw, &lower)
    } else {
        base58(raw)
    }
    .map(|()| {
        if lower.starts_with("bc1") {
            lower
        } else {
            raw.to_owned()
        }
    })
}

/// Version 0 (20 or 32 bytes, bech32) and version 1, Taproot (32 bytes, bech32m). Later
/// versions have no rules yet by which anybody could sign.
fn segwit(raw: &str, lower: &str) -> Result<(), IdentifierError> {
    if raw != lower && raw != raw.to_ascii_uppercase() {
        return Err(IdentifierError::WalletFormat);
    }
    let (_, version, program) =
        bech32::segwit::decode(lower).map_err(|_| IdentifierError::WalletChecksum)?;
    match (version.to_u8(), program.len()) {
        (0, 20 | 32) | (1, 32) => Ok(()),
        _ => Err(IdentifierError::WalletUnusable),
    }
}

/// Pay to public key hash and pay to script hash.
fn base58(raw: &str) -> Result<(), IdentifierError> {
    use bs58::decode::Error;

    if !(26..=35).contains(&raw.len()) {
        return Err(IdentifierError::WalletFormat);
    }
    let payload = bs58::decode(raw)
        .with_check(None)
        .into_vec()
        .map_err(|error| match error {
            Error::InvalidChecksum { .. } => IdentifierError::WalletChecksum,
            _ => IdentifierError::WalletFormat,
        })?;
    match (payload.first(), payload.len()) {
        (Some(0x00 | 0x05), 21) => Ok(()),
        (Some(0x6f | 0xc4), 21) => Err(IdentifierError::WalletNetwork),
        _ => Err(IdentifierError::WalletFormat),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierError::{WalletChecksum, WalletFormat, WalletNetwork, WalletUnusable};

    /// The vectors of EIP-55.
    const EIP_55: &[&str] = &[
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77",
        "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
        "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ];

    #[test]
    fn ethereum_takes_the_checksummed_form() {
        for address in EIP_55 {
            let digits = &address[2..];
            for raw in [
                digits.to_owned(),
                digits.to_lowercase(),
                digits.to_uppercase(),
            ] {
                let raw = format!("0x{raw}");
                assert_eq!(
                    parse(Channel::Ethereum, &raw).as_deref(),
                    Ok(*address),
                    "{raw}"
                );
            }
        }
    }

    #[test]
    fn ethereum_refusals() {
        for (raw, error) in [
            ("0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletChecksum),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", WalletChecksum),
            ("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeD", WalletChecksum),
            ("5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletFormat),
            ("0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAе", WalletFormat),
            (" 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletFormat),
            ("vitalik.eth", WalletFormat),
            ("0x0000000000000000000000000000000000000000", WalletUnusable),
        ] {
            assert_eq!(parse(Channel::Ethereum, raw), Err(error), "{raw}");
        }
    }

    #[test]
    fn solana_keys() {
        for raw in [
            "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
            "So11111111111111111111111111111111111111112",
            "11111111111111111111111111111112",
        ] {
            assert_eq!(parse(Channel::Solana, raw).as_deref(), Ok(raw), "{raw}");
        }
        for (raw, error) in [
            ("11111111111111111111111111111111", WalletUnusable),
            ("1111111111111111111111111111111", WalletFormat),
            ("111111111111111111111111111111111", WalletFormat),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4", WalletFormat),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB40", WalletFormat),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4l", WalletFormat),
            ("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletFormat),
        ] {
            assert_eq!(parse(Channel::Solana, raw), Err(error), "{raw}");
        }
    }

    #[test]
    fn bitcoin_addresses() {
        for (raw, address) in [
            (
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
            ),
            (
                "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
                "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
            ),
            (
                "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            ),
            (
                "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
                "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
            ),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ),
        ] {
            assert_eq!(
                parse(Channel::Bitcoin, raw).as_deref(),
                Ok(address),
                "{raw}"
            );
        }
    }

    #[test]
    fn bitcoin_refusals() {
        for (raw, error) in [
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", WalletChecksum),
            ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN", WalletChecksum),
            ("1a1zp1ep5qgefi2dmptftl5slmv7divfna", WalletFormat),
            ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", WalletNetwork),
            ("2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", WalletNetwork),
            ("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", WalletNetwork),
            (
                "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
                WalletNetwork,
            ),
            // Mixed case, wrong letter, and the invalid vectors of BIP 350.
            ("bc1qW508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", WalletFormat),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", WalletChecksum),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
                WalletChecksum,
            ),
            (
                "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
                WalletChecksum,
            ),
            ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", WalletChecksum),
            (
                "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
                WalletChecksum,
            ),
            (
                "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
                WalletChecksum,
            ),
            ("bc1pw5dgrnzv", WalletChecksum),
            ("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", WalletChecksum),
            ("bc1gmk9yu", WalletChecksum),
            // Valid encodings that nobody can sign for: version 16, pay to anchor.
            ("BC1SW50QGDZ25J", WalletUnusable),
            ("bc1pfeessrawgf", WalletUnusable),
            ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", WalletFormat),
            ("LKDyUEtTR1HXamkiEphisSiBJu6o3ZPE34", WalletFormat),
            ("11GsChQR2U32pvwJcDNPoYHhGcnz5Rv", WalletFormat),
            ("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", WalletFormat),
            ("4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T", WalletFormat),
        ] {
            assert_eq!(parse(Channel::Bitcoin, raw), Err(error), "{raw}");
        }
    }
}
