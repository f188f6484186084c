//! What an address stands for: the digest of a key, a key, or the script that pays to it. The
//! identifier's rules have seen the address before; what does not fit them is refused here too.

use ripemd::Ripemd160;
use sha2::{Digest, Sha256};

use super::SignatureError;

/// A Bitcoin address by what its script asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BitcoinAddress {
    /// P2PKH: the hash of a key, compressed or not.
    KeyHash([u8; 20]),
    /// P2SH: the hash of a script, which may be that of one key (P2SH-P2WPKH).
    ScriptHash([u8; 20]),
    /// P2WPKH: the hash of a compressed key.
    WitnessKeyHash([u8; 20]),
    /// P2WSH: the hash of a script.
    WitnessScriptHash([u8; 32]),
    /// P2TR: the x of the output key.
    Taproot([u8; 32]),
}

impl BitcoinAddress {
    pub(super) fn parse(address: &str) -> Result<Self, SignatureError> {
        if address.starts_with("bc1") {
            let (_, version, program) =
                bech32::segwit::decode(address).map_err(|_| SignatureError::Address)?;
            return match (version.to_u8(), program.len()) {
                (0, 20) => sized(&program).map(Self::WitnessKeyHash),
                (0, 32) => sized(&program).map(Self::WitnessScriptHash),
                (1, 32) => sized(&program).map(Self::Taproot),
                _ => Err(SignatureError::Address),
            };
        }
        let payload = bs58::decode(address)
            .with_check(None)
            .into_vec()
            .map_err(|_| SignatureError::Address)?;
        match payload.split_first() {
            Some((0x00, hash)) => sized(hash).map(Self::KeyHash),
            Some((0x05, hash)) => sized(hash).map(Self::ScriptHash),
            _ => Err(SignatureError::Address),
        }
    }

    /// The script that pays to the address.
    pub(super) fn script(&self) -> Vec<u8> {
        match self {
            Self::KeyHash(hash) => [&[0x76, 0xa9, 0x14][..], hash, &[0x88, 0xac]].concat(),
            Self::ScriptHash(hash) => [&[0xa9, 0x14][..], hash, &[0x87]].concat(),
            Self::WitnessKeyHash(hash) => [&[0x00, 0x14][..], hash].concat(),
            Self::WitnessScriptHash(hash) => [&[0x00, 0x20][..], hash].concat(),
            Self::Taproot(key) => [&[0x51, 0x20][..], key].concat(),
        }
    }
}

/// The script of P2WPKH for a key, which P2SH-P2WPKH wraps.
pub(super) fn witness_script_of(key: &[u8]) -> [u8; 22] {
    let mut script = [0; 22];
    script[1] = 0x14;
    script[2..].copy_from_slice(&hash160(key));
    script
}

/// RIPEMD-160 of SHA-256.
pub(super) fn hash160(bytes: &[u8]) -> [u8; 20] {
    Ripemd160::digest(Sha256::digest(bytes)).into()
}

/// The 20 bytes of an Ethereum address.
pub(super) fn ethereum(address: &str) -> Result<[u8; 20], SignatureError> {
    let digits = address.strip_prefix("0x").ok_or(SignatureError::Address)?;
    let bytes = data_encoding::HEXLOWER_PERMISSIVE
        .decode(digits.as_bytes())
        .map_err(|_| SignatureError::Address)?;
    sized(&bytes)
}

/// The 32 bytes of a Solana address.
pub(super) fn solana(address: &str) -> Result<[u8; 32], SignatureError> {
    let mut key = [0; 32];
    match bs58::decode(address).onto(&mut key) {
        Ok(32) => Ok(key),
        _ => Err(SignatureError::Address),
    }
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N], SignatureError> {
    bytes.try_into().map_err(|_| SignatureError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;

    /// The scripts that BIP 173 and BIP 350 give, and those of the older kinds.
    #[test]
    fn scripts() {
        for (address, script) in [
            (
                "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                "0014751e76e8199196d454941c45d1b3a323f1433bd6",
            ),
            (
                "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
                "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
            ),
            (
                "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
                "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
            ),
            (
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
                "76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac",
            ),
            (
                "3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
                "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87",
            ),
        ] {
            let parsed = BitcoinAddress::parse(address).unwrap();
            assert_eq!(HEXLOWER.encode(&parsed.script()), script, "{address}");
        }
    }

    #[test]
    fn other_addresses() {
        for address in [
            "",
            "bc1",
            "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
            "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
            "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc",
            "BC1SW50QGDZ25J",
            "0x52908400098527886E0F7030069857D2E4169EE7",
        ] {
            assert_eq!(
                BitcoinAddress::parse(address),
                Err(SignatureError::Address),
                "{address}"
            );
        }
        for address in [
            "",
            "0x",
            "0x5290",
            "52908400098527886E0F7030069857D2E4169EE7",
        ] {
            assert_eq!(ethereum(address), Err(SignatureError::Address), "{address}");
        }
        assert_eq!(solana("11111111"), Err(SignatureError::Address));
    }
}
