//! The text that a wallet signs. It names who asks, which wallet, for which verification and until
//! when, so that a signature over it is good for nothing else.

use proof_domain::asset::Channel;
use proof_domain::timestamp::Timestamp;

use crate::shown;

/// As much of an organisation's name as a wallet's window shows.
const MAX_NAME: usize = 60;

/// What the text has to name.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    pub channel: Channel,
    /// The chain's number, for Ethereum.
    pub chain_id: u64,
    pub address: &'a str,
    /// The host that asks the wallet.
    pub host: &'a str,
    pub uri: &'a str,
    pub organisation: &'a str,
    pub verification_id: &'a str,
    /// At least eight letters or digits.
    pub nonce: &'a str,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

impl SignIn<'_> {
    /// The text: EIP-4361 for Ethereum, its likes for the other chains.
    pub fn message(&self) -> String {
        let (chain, chain_id) = match self.channel {
            Channel::Solana => ("Solana", "mainnet".to_owned()),
            Channel::Bitcoin => ("Bitcoin", "mainnet".to_owned()),
            _ => ("Ethereum", self.chain_id.to_string()),
        };
        // A line break in a name would let it speak for the other lines.
        let organisation = shown::name(self.organisation, MAX_NAME);
        format!(
            "{} wants you to sign in with your {chain} account:\n{}\n\n\
             Prove to {organisation} that this wallet is yours.\n\n\
             URI: {}\nVersion: 1\nChain ID: {chain_id}\nNonce: {}\nIssued At: {}\n\
             Expiration Time: {}\nRequest ID: {}",
            self.host,
            self.address,
            self.uri,
            self.nonce,
            self.issued_at,
            self.expires_at,
            self.verification_id,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_everything_a_signature_must_be_bound_to() {
        let sign_in = SignIn {
            channel: Channel::Ethereum,
            chain_id: 10,
            address: "0x52908400098527886E0F7030069857D2E4169EE7",
            host: "proof.example",
            uri: "https://proof.example",
            organisation: "Acme\nNonce: forged",
            verification_id: "507f1f77bcf86cd799439011",
            nonce: "a1b2c3d4e5f60718",
            issued_at: Timestamp::from_seconds(1_770_202_200),
            expires_at: Timestamp::from_seconds(1_770_202_800),
        };
        assert_eq!(
            sign_in.message(),
            "proof.example wants you to sign in with your Ethereum account:\n\
             0x52908400098527886E0F7030069857D2E4169EE7\n\n\
             Prove to Acme Nonce: forged that this wallet is yours.\n\n\
             URI: https://proof.example\nVersion: 1\nChain ID: 10\nNonce: a1b2c3d4e5f60718\n\
             Issued At: 2026-02-04T10:50:00Z\nExpiration Time: 2026-02-04T11:00:00Z\n\
             Request ID: 507f1f77bcf86cd799439011"
        );
    }
}
