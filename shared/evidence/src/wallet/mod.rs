//! Whether a wallet signed: what it is asked to sign, and what became of it. A signature is judged
//! over the exact text that was given out, by the rules of its own chain, and no signature is
//! accepted in a second spelling. Nothing here asks a node; what only a contract can tell is
//! handed back as a question.

mod address;
pub mod bitcoin;
mod curve;
pub mod ethereum;
mod sign_in;
pub mod solana;

use proof_domain::asset::Channel;

pub use sign_in::SignIn;

/// The most characters of a signature. A contract wallet's with its factory's call takes a few
/// thousand; initialisation code of a node's call may have 49,152 bytes (EIP-3860).
pub const MAX_SIGNATURE: usize = 16_384;

/// What the signature says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The key of the address signed this message.
    Genuine,
    /// Well formed, and not made by that key over this message.
    Wrong,
    /// No key signed it; a contract at the address may say otherwise.
    AskContract(ethereum::ContractQuestion),
}

/// Why something is no signature that could be right or wrong. Nothing was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("is longer than 16384 characters")]
    TooLong,
    #[error("must be hexadecimal digits after 0x")]
    NotHex,
    #[error("must be 64 bytes in base58, in base64 with padding or in hexadecimal digits")]
    NotSolana,
    #[error("must be base64 with padding, after smp or ful if it is of BIP-322")]
    NotBase64,
    /// EIP-155 and other uses of `v` belong to transactions.
    #[error("has a recovery number other than 0, 1, 27 and 28")]
    RecoveryNumber,
    #[error("has a header byte outside of 27 to 42 (BIP-137)")]
    Header,
    #[error("has numbers outside of the curve's order")]
    OutOfRange,
    /// Its twin with the low number is the one signature that is taken.
    #[error("has the higher of two equivalent numbers s; wallets give the lower one")]
    HighS,
    #[error("ends like ERC-6492 and does not hold a factory, its call and a signature before it")]
    Wrapper,
    #[error("is neither of BIP-137 nor a witness or a transaction of BIP-322")]
    NotBitcoin,
    /// The virtual transaction of BIP-322 is not of the prescribed form.
    #[error("is a transaction that is not of the form of BIP-322")]
    NotVirtual,
    #[error("holds something other than a strictly encoded signature and a public key")]
    NotKeyAndSignature,
    #[error("signs only a part of the transaction; SIGHASH_ALL is required")]
    PartlySigned,
    #[error("is over a message that is a transaction of the network, which proves nothing")]
    Transaction,
    /// BIP-322 calls this inconclusive: scripts are not run here.
    #[error("is inconclusive: {0}")]
    Inconclusive(Inconclusive),
    /// The rules for identifiers keep such addresses away.
    #[error("belongs to an address that cannot be checked")]
    Address,
}

/// What of BIP-322 is not decided here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inconclusive {
    #[error("addresses of scripts (P2WSH) cannot be proven, only addresses of one key")]
    WitnessScript,
    #[error("this P2SH address is not that of one key (P2SH-P2WPKH)")]
    Script,
    #[error("Taproot addresses are proven by their key, not by a script or an annex")]
    TaprootScript,
    #[error("proofs of funds are not taken")]
    ProofOfFunds,
    #[error("the transaction's version is neither 0 nor 2")]
    Version,
}

impl From<Inconclusive> for SignatureError {
    fn from(reason: Inconclusive) -> Self {
        Self::Inconclusive(reason)
    }
}

/// Judges a signature. The address is a normalised identifier of the channel.
pub fn check(
    channel: Channel,
    address: &str,
    message: &str,
    signature: &str,
) -> Result<Finding, SignatureError> {
    if signature.len() > MAX_SIGNATURE {
        return Err(SignatureError::TooLong);
    }
    match channel {
        Channel::Ethereum => ethereum::check(address, message, signature),
        Channel::Solana => solana::check(address, message, signature).map(found),
        Channel::Bitcoin => bitcoin::check(address, message, signature).map(found),
        _ => Err(SignatureError::Address),
    }
}

const fn found(genuine: bool) -> Finding {
    if genuine {
        Finding::Genuine
    } else {
        Finding::Wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADDRESSES: [(Channel, &str); 7] = [
        (
            Channel::Ethereum,
            "0x52908400098527886E0F7030069857D2E4169EE7",
        ),
        (
            Channel::Solana,
            "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
        ),
        (Channel::Bitcoin, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        (Channel::Bitcoin, "3P14159f73E4gFr7JterCCQh9QjiTjiZrG"),
        (
            Channel::Bitcoin,
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        ),
        (
            Channel::Bitcoin,
            "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
        ),
        (
            Channel::Bitcoin,
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        ),
    ];

    #[test]
    fn other_channels_have_no_signatures() {
        assert_eq!(
            check(Channel::Sms, "+37069199199", "m", "0x"),
            Err(SignatureError::Address)
        );
    }

    #[test]
    fn a_signature_has_a_bound() {
        for (channel, address) in ADDRESSES {
            let signature = "A".repeat(MAX_SIGNATURE + 1);
            assert_eq!(
                check(channel, address, "m", &signature),
                Err(SignatureError::TooLong)
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_never_genuine(signature in ".{0,200}", message in ".{0,80}") {
            for (channel, address) in ADDRESSES {
                prop_assert_ne!(check(channel, address, &message, &signature), Ok(Finding::Genuine));
            }
        }

        #[test]
        fn random_bytes_are_never_genuine(
            bytes in proptest::collection::vec(any::<u8>(), 0..160),
            message in "[ -~]{0,80}",
        ) {
            use data_encoding::{BASE64, HEXLOWER};
            let spellings = [
                format!("0x{}", HEXLOWER.encode(&bytes)),
                BASE64.encode(&bytes),
                format!("smp{}", BASE64.encode(&bytes)),
                format!("ful{}", BASE64.encode(&bytes)),
                bs58::encode(&bytes).into_string(),
            ];
            for (channel, address) in ADDRESSES {
                for signature in &spellings {
                    prop_assert_ne!(
                        check(channel, address, &message, signature),
                        Ok(Finding::Genuine)
                    );
                }
            }
        }
    }
}
