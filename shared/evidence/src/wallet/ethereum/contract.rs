//! What only a contract can answer: ERC-1271's `isValidSignature`, for a wallet that exists or that
//! a factory would make (ERC-6492). One `eth_call` asks for everything, the chain's number included,
//! so that no answer of another chain and no error of the node is ever taken for the wallet's.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use serde::{Deserialize, Serialize};

use super::deployless::{MAGIC, program};
use crate::exchange::{ProviderError, ProviderRequest, ProviderResponse};
use crate::settings::{MissingSettings, Setting, Settings};
use crate::wallet::SignatureError;

/// Where the node is. Its address often holds the key of an account.
const RPC_URL: Setting = Setting::secret("ETHEREUM_RPC_URL").of_operator();
const CHAIN_ID: Setting = Setting::plain("ETHEREUM_CHAIN_ID").of_operator();

pub const SETTINGS: &[Setting] = &[RPC_URL, CHAIN_ID];

/// Enough to make a wallet and to ask it, little enough to be looped through in well under a
/// second, and below the most that a transaction may have (EIP-7825).
const GAS: &str = "0xe4e1c0";

/// The last 32 bytes of a signature that comes with its wallet's factory.
const SUFFIX: [u8; 32] = [
    0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92,
    0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92, 0x64, 0x92,
];

/// A signature that only a contract can judge.
#[derive(Clone, PartialEq, Eq)]
pub struct ContractQuestion {
    pub(super) address: [u8; 20],
    pub(super) digest: [u8; 32],
    pub(super) signature: Vec<u8>,
    pub(super) factory: Option<Factory>,
    pub(super) alone: Alone,
}

/// What the signature is if there is no contract to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// Another key's signature, or over another message.
    Wrong,
    /// It has the length of a key's signature and is none.
    Malformed(SignatureError),
    /// Nothing that a key could have made.
    Undecided,
}

/// Who would make the wallet, and by which call.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Factory {
    pub(super) address: [u8; 20],
    pub(super) call: Vec<u8>,
}

pub(super) struct Wrapped {
    pub(super) factory: Factory,
    pub(super) signature: Vec<u8>,
}

/// What the contract said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Genuine,
    /// It did not say yes: no, nonsense, a revert, a loop.
    Refused,
    /// There is no contract at the address, nor did the factory make one.
    NoContract,
}

impl ContractQuestion {
    pub const fn alone(&self) -> Alone {
        self.alone
    }

    /// `isValidSignature(bytes32,bytes)`.
    fn call(&self) -> Vec<u8> {
        let mut call = MAGIC.to_vec();
        call.extend_from_slice(&self.digest);
        call.extend_from_slice(&word(64));
        call.extend_from_slice(&word(self.signature.len()));
        call.extend_from_slice(&self.signature);
        call.resize(4 + 96 + self.signature.len().next_multiple_of(32), 0);
        call
    }
}

impl fmt::Debug for ContractQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContractQuestion(0x{})", HEXLOWER.encode(&self.address))
    }
}

/// A node of the chain on which contract wallets are asked.
#[derive(Clone, PartialEq, Eq)]
pub struct EthereumRpc {
    url: String,
    chain_id: u64,
}

impl EthereumRpc {
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [url] = settings.require([RPC_URL.name])?;
        Ok(Self {
            url: url.to_owned(),
            chain_id: Self::chain_id(settings)?,
        })
    }

    /// The number of the chain that messages name: 1, Ethereum itself, if nothing is set.
    pub fn chain_id(settings: &Settings) -> Result<u64, MissingSettings> {
        settings
            .get_or(CHAIN_ID.name, "1")
            .parse()
            .map_err(|_| MissingSettings(vec![CHAIN_ID.name]))
    }

    pub fn ask(&self, question: &ContractQuestion) -> ProviderRequest {
        let factory = question.factory.as_ref();
        let code = program(
            &question.address,
            &question.call(),
            factory.map(|factory| (&factory.address, &factory.call[..])),
        );
        let call = Call {
            data: format!("0x{}", HEXLOWER.encode(&code)),
            gas: GAS,
        };
        ProviderRequest::post_json(
            &self.url,
            &Request {
                jsonrpc: "2.0",
                id: 1,
                method: "eth_call",
                params: (call, "latest"),
            },
        )
    }

    /// The program always answers, so whatever is no answer of it is the node's fault.
    pub fn read(&self, response: &ProviderResponse) -> Result<Verdict, ProviderError> {
        if !response.is_success() {
            return Err(response.failure());
        }
        let reply: Reply = response.json()?;
        let Some(result) = reply.result else {
            return Err(match reply.error {
                Some(error) => ProviderError::refused(format!("json_rpc_{}", error.code)),
                None => ProviderError::Unreadable,
            });
        };
        let words = result
            .strip_prefix("0x")
            .and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok())
            .and_then(|bytes| <[u8; 96]>::try_from(bytes).ok())
            .ok_or(ProviderError::Unreadable)?;
        let [Some(chain_id), Some(exists), Some(says_yes)] =
            [0, 32, 64].map(|at| number(&words[at..at + 32]))
        else {
            return Err(ProviderError::Unreadable);
        };
        if chain_id != self.chain_id {
            return Err(ProviderError::refused("node_of_another_chain"));
        }
        match (exists, says_yes) {
            (1, 1) => Ok(Verdict::Genuine),
            (1, 0) => Ok(Verdict::Refused),
            (0, 0) => Ok(Verdict::NoContract),
            _ => Err(ProviderError::Unreadable),
        }
    }
}

impl fmt::Debug for EthereumRpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EthereumRpc(chain {})", self.chain_id)
    }
}

#[derive(Serialize)]
struct Request {
    jsonrpc: &'static str,
    id: u8,
    method: &'static str,
    params: (Call, &'static str),
}

/// Nobody is called: the data is initialisation code.
#[derive(Serialize)]
struct Call {
    data: String,
    gas: &'static str,
}

#[derive(Deserialize)]
struct Reply {
    result: Option<String>,
    error: Option<RpcError>,
}

#[derive(Deserialize)]
struct RpcError {
    code: i64,
}

/// Takes the factory and the inner signature out of an ERC-6492 signature:
/// `abi.encode(address, bytes, bytes)` and the suffix.
pub(super) fn unwrap(bytes: &[u8]) -> Result<Option<Wrapped>, SignatureError> {
    let Some(encoded) = bytes.strip_suffix(&SUFFIX) else {
        return Ok(None);
    };
    let read = || {
        let (padding, factory) = encoded.get(..32)?.split_at(12);
        let address: [u8; 20] = factory.try_into().ok()?;
        let signature = text(encoded, 64)?;
        (padding == [0; 12] && !signature.ends_with(&SUFFIX)).then_some(())?;
        Some(Wrapped {
            factory: Factory {
                address,
                call: text(encoded, 32)?.to_vec(),
            },
            signature: signature.to_vec(),
        })
    };
    read().map(Some).ok_or(SignatureError::Wrapper)
}

/// The bytes whose place the word at `head` tells.
fn text(encoded: &[u8], head: usize) -> Option<&[u8]> {
    let length_at = size(encoded, head)?;
    let length = size(encoded, length_at)?;
    let begin = length_at.checked_add(32)?;
    encoded.get(begin..begin.checked_add(length)?)
}

fn size(encoded: &[u8], at: usize) -> Option<usize> {
    let number = number(encoded.get(at..at.checked_add(32)?)?)?;
    usize::try_from(number).ok()
}

fn number(word: &[u8]) -> Option<u64> {
    let (high, low) = word.split_last_chunk::<8>()?;
    high.iter()
        .all(|byte| *byte == 0)
        .then(|| u64::from_be_bytes(*low))
}

fn word(number: usize) -> [u8; 32] {
    let mut word = [0; 32];
    word[24..].copy_from_slice(&(number as u64).to_be_bytes());
    word
}
