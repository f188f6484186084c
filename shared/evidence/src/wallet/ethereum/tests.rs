//! Vectors of EIP-191, EIP-2098 and ERC-6492, a node's possible answers, and signatures that are
//! nearly right.

use data_encoding::HEXLOWER;
use k256::ecdsa::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::exchange::{ProviderError, ProviderResponse};
use crate::settings::Settings;

const MESSAGE: &str = "proof.example wants you to sign in";

fn key() -> SigningKey {
    SigningKey::from_slice(&[0x42; 32]).unwrap()
}

fn address(key: &SigningKey) -> String {
    let bytes = address_of(&key.verifying_key().into());
    format!("0x{}", HEXLOWER.encode(&bytes))
}

/// r, s and 0 or 1.
fn sign(key: &SigningKey, message: &str) -> [u8; 65] {
    let (signature, number) = key.sign_prehash_recoverable(&digest(message)).unwrap();
    let mut bytes = [number.to_byte(); 65];
    bytes[..64].copy_from_slice(&signature.to_bytes());
    bytes
}

fn spelled(bytes: &[u8]) -> String {
    format!("0x{}", HEXLOWER.encode(bytes))
}

/// What the signature is if there is no contract.
fn alone(address: &str, message: &str, signature: &str) -> Result<Option<Alone>, SignatureError> {
    check(address, message, signature).map(|finding| match finding {
        Finding::Genuine => None,
        Finding::Wrong => panic!("Ethereum asks the contract first"),
        Finding::AskContract(question) => Some(question.alone()),
    })
}

/// The example of the documentation of web3.js, and the two of EIP-2098.
#[test]
fn vectors() {
    let of_2098 = "0x2e988A386a799F506693793c6A5AF6B54dfAaBfB";
    for (address, message, signature) in [
        (
            "0x2c7536E3605D9C16a7a3D7b1898e529396a65c23",
            "Some data",
            "0xb91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c",
        ),
        (
            of_2098,
            "Hello World",
            "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b907e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea520641b",
        ),
        (
            of_2098,
            "Hello World",
            "0x68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b907e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064",
        ),
        (
            of_2098,
            "It's a small(er) world",
            "0x9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76139c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f5507931c",
        ),
        (
            of_2098,
            "It's a small(er) world",
            "0x9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793",
        ),
    ] {
        assert_eq!(alone(address, message, signature), Ok(None), "{message}");
        let other = alone(address, "another message", signature);
        assert_eq!(other, Ok(Some(Alone::Wrong)), "{message}");
    }
    assert_eq!(
        HEXLOWER.encode(&digest("Some data")),
        "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655"
    );
}

#[test]
fn an_address_is_compared_by_its_bytes() {
    let key = key();
    let (lower, signature) = (address(&key), spelled(&sign(&key, MESSAGE)));
    let upper = format!("0x{}", lower[2..].to_uppercase());
    for spelling in [lower, upper] {
        assert_eq!(alone(&spelling, MESSAGE, &signature), Ok(None));
    }
    let upper = format!("0x{}", signature[2..].to_uppercase());
    assert_eq!(alone(&address(&key), MESSAGE, &upper), Ok(None));
}

#[test]
fn recovery_numbers() {
    let key = key();
    let good = sign(&key, MESSAGE);
    for number in 0..=255 {
        let mut changed = good;
        changed[64] = number;
        let expected = match number {
            0 | 1 | 27 | 28 if (number + u8::from(number > 1)) & 1 == good[64] => None,
            0 | 1 | 27 | 28 => Some(Alone::Wrong),
            _ => Some(Alone::Malformed(SignatureError::RecoveryNumber)),
        };
        assert_eq!(
            alone(&address(&key), MESSAGE, &spelled(&changed)),
            Ok(expected),
            "{number}"
        );
    }
}

#[test]
fn nearly_a_signature() {
    use SignatureError::{HighS, NotHex, OutOfRange, Wrapper};

    let key = key();
    let (address, good) = (address(&key), sign(&key, MESSAGE));
    let with = |change: &dyn Fn(&mut [u8; 65])| {
        let mut changed = good;
        change(&mut changed);
        alone(&address, MESSAGE, &spelled(&changed))
    };
    let malformed = |error| Ok(Some(Alone::Malformed(error)));
    let twin = |bytes: &mut [u8; 65]| {
        let s = k256::NonZeroScalar::try_from(&bytes[32..64]).unwrap();
        bytes[32..64].copy_from_slice(&(-*s).to_bytes());
        bytes[64] ^= 1;
    };
    assert_eq!(with(&twin), malformed(HighS));
    let order = HEXLOWER
        .decode(b"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
        .unwrap();
    for half in [0..32, 32..64] {
        for number in [&[0; 32][..], &order, &[0xff; 32]] {
            let outcome = with(&|bytes| bytes[half.clone()].copy_from_slice(number));
            assert_eq!(outcome, malformed(OutOfRange));
        }
    }
    // An x that no point has.
    assert_eq!(
        with(&|bytes| bytes[..32].copy_from_slice(&[&[0; 31][..], &[5]].concat())),
        Ok(Some(Alone::Wrong))
    );
    for (signature, error) in [
        (String::new(), NotHex),
        ("0X00".into(), NotHex),
        ("0x0".into(), NotHex),
        ("0xzz".into(), NotHex),
        (HEXLOWER.encode(&good), NotHex),
        (format!(" {}", spelled(&good)), NotHex),
        (format!("{}\n", spelled(&good)), NotHex),
        (format!("0x{}", "6492".repeat(16)), Wrapper),
    ] {
        assert_eq!(
            alone(&address, MESSAGE, &signature),
            Err(error),
            "{signature}"
        );
    }
    for length in [0, 1, 63, 66, 130] {
        let bytes = vec![1; length];
        assert_eq!(
            alone(&address, MESSAGE, &spelled(&bytes)),
            Ok(Some(Alone::Undecided)),
            "only a contract may have signatures of {length} bytes"
        );
    }
}

/// The two signatures with `P` and `-P`: the key would be the point at infinity.
#[test]
fn no_key_at_infinity() {
    // r = x of the generator, s = z: s·R = z·G for the point with the generator's parity.
    let digest = digest(MESSAGE);
    let generator = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    let mut numbers = [0; 64];
    numbers[..32].copy_from_slice(&HEXLOWER.decode(generator.as_bytes()).unwrap());
    numbers[32..].copy_from_slice(&digest);
    // A digest above half the order turns sign and parity.
    let parity = u8::from(Compact::parse(&numbers).is_err());
    if parity == 1 {
        let s = k256::NonZeroScalar::try_from(&digest[..]).unwrap();
        numbers[32..].copy_from_slice(&(-*s).to_bytes());
    }
    let compact = Compact::parse(&numbers).unwrap();
    assert_eq!(compact.recover(&digest, parity), None);
    assert!(compact.recover(&digest, parity ^ 1).is_some());
}

fn word(number: u8) -> Vec<u8> {
    [&[0; 31][..], &[number]].concat()
}

fn padded(bytes: &[u8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(32), 0);
    padded
}

/// `abi.encode(address, bytes, bytes)` and the suffix, as ERC-6492 has it.
fn wrapped(factory: [u8; 20], call: &[u8], signature: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| word(u8::try_from(bytes.len()).unwrap());
    [
        &[0; 12][..],
        &factory,
        &word(96),
        &word(u8::try_from(128 + padded(call).len()).unwrap()),
        &length(call),
        &padded(call),
        &length(signature),
        &padded(signature),
        &[0x64, 0x92].repeat(16),
    ]
    .concat()
}

#[test]
fn a_factory_comes_with_the_signature() {
    let bytes = wrapped([7; 20], &[1, 2, 3], &[9; 65]);
    let Ok(Finding::AskContract(question)) = check(&address(&key()), MESSAGE, &spelled(&bytes))
    else {
        panic!("only a contract can tell");
    };
    assert_eq!(question.signature, [9; 65]);
    assert_eq!(question.alone(), Alone::Undecided);
    let factory = question.factory.unwrap();
    assert_eq!(
        (factory.address, &factory.call[..]),
        ([7; 20], &[1, 2, 3][..])
    );
}

#[test]
fn a_wrapper_is_read_within_its_bounds() {
    let good = wrapped([7; 20], &[1, 2, 3], &[9; 65]);
    let address = address(&key());
    for at in 0..good.len() - 32 {
        for byte in [0x00, 0x7f, 0xff] {
            let mut changed = good.clone();
            changed[at] = byte;
            let _ = alone(&address, MESSAGE, &spelled(&changed));
        }
    }
    // Places and lengths beyond the end or of impossible size, a factory with more than an address.
    for (at, byte) in [
        (0, 1),
        (32, 0xff),
        (63, 0xff),
        (56, 0x80),
        (95, 0xf0),
        (127, 0xff),
    ] {
        let mut changed = good.clone();
        changed[at] = byte;
        assert_eq!(
            alone(&address, MESSAGE, &spelled(&changed)),
            Err(SignatureError::Wrapper),
            "{byte} at {at}"
        );
    }
    let twice = wrapped([7; 20], &[], &wrapped([8; 20], &[], &[]));
    assert_eq!(
        alone(&address, MESSAGE, &spelled(&twice)),
        Err(SignatureError::Wrapper)
    );
    // The signature of a key does not become another one by a wrapper around it.
    let inner = wrapped([7; 20], &[], &sign(&key(), MESSAGE));
    assert_eq!(
        alone(&address, MESSAGE, &spelled(&inner)),
        Ok(Some(Alone::Undecided))
    );
}

fn node(chain_id: &str) -> EthereumRpc {
    let settings: Settings = [
        ("ETHEREUM_RPC_URL", "https://node.example/v1/secret"),
        ("ETHEREUM_CHAIN_ID", chain_id),
    ]
    .into_iter()
    .collect();
    EthereumRpc::from_settings(&settings).unwrap()
}

#[test]
fn settings() {
    let missing = EthereumRpc::from_settings(&Settings::default()).unwrap_err();
    assert_eq!(missing.0, ["ETHEREUM_RPC_URL"]);
    assert_eq!(EthereumRpc::chain_id(&Settings::default()), Ok(1));
    let odd: Settings = [("ETHEREUM_CHAIN_ID", "mainnet")].into_iter().collect();
    assert_eq!(
        EthereumRpc::chain_id(&odd).unwrap_err().0,
        ["ETHEREUM_CHAIN_ID"]
    );
    assert_eq!(format!("{:?}", node("10")), "EthereumRpc(chain 10)");
    assert!(SETTINGS.iter().all(|setting| setting.operator_only));
}

#[test]
fn one_call_asks() {
    let Ok(Finding::AskContract(question)) = check(&address(&key()), MESSAGE, "0xc0ffee") else {
        panic!("only a contract can tell");
    };
    let request = node("1").ask(&question);
    assert_eq!(request.url, "https://node.example/v1/secret");
    let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["method"], "eth_call");
    assert_eq!(body["params"][1], "latest");
    assert_eq!(body["params"][0]["gas"], "0xe4e1c0");
    assert!(body["params"][0].get("to").is_none());
    let data = body["params"][0]["data"].as_str().unwrap();
    // ERC-1271's call stands at the end: function, digest, place, length, signature.
    let call = [
        "1626ba7e",
        &HEXLOWER.encode(&digest(MESSAGE)),
        &HEXLOWER.encode(&word(64)),
        &HEXLOWER.encode(&word(3)),
        "c0ffee",
        &"00".repeat(29),
    ]
    .concat();
    assert!(data.ends_with(&call), "{data}");
}

fn says(words: &[u8]) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":1,"result":"{}"}}"#,
        spelled(words)
    )
}

fn answer(status: u16, body: &str) -> ProviderResponse {
    ProviderResponse {
        status,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn answers_of_a_node() {
    let read = |words: [u8; 3]| {
        let words = words.map(word).concat();
        node("1").read(&answer(200, &says(&words)))
    };
    assert_eq!(read([1, 1, 1]), Ok(Verdict::Genuine));
    assert_eq!(read([1, 1, 0]), Ok(Verdict::Refused));
    assert_eq!(read([1, 0, 0]), Ok(Verdict::NoContract));
    assert_eq!(
        read([10, 1, 1]),
        Err(ProviderError::refused("node_of_another_chain"))
    );
    for odd in [[1, 0, 1], [1, 2, 1], [1, 1, 2]] {
        assert_eq!(read(odd), Err(ProviderError::Unreadable), "{odd:?}");
    }
}

/// None of this is the wallet's word.
#[test]
fn a_node_that_does_not_do_as_asked() {
    let yes = [1, 1, 1].map(word).concat();
    let mut huge = yes.clone();
    huge[0] = 1;
    for (status, body, error) in [
        (
            200,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"execution reverted","data":"0x"}}"#.to_owned(),
            ProviderError::refused("json_rpc_3"),
        ),
        (
            200,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"out of gas"}}"#.to_owned(),
            ProviderError::refused("json_rpc_-32000"),
        ),
        (429, says(&yes), ProviderError::RateLimited { retry_after: None }),
        (401, says(&yes), ProviderError::Credentials),
        (500, says(&yes), ProviderError::Unavailable { status: 500 }),
        (302, says(&yes), ProviderError::Unreadable),
        (200, says(&[]), ProviderError::Unreadable),
        (200, says(&yes[..95]), ProviderError::Unreadable),
        (200, says(&[&yes[..], &[0]].concat()), ProviderError::Unreadable),
        (200, says(&huge), ProviderError::Unreadable),
        (200, says(&MAGIC_WORD), ProviderError::Unreadable),
        (200, r#"{"result":null}"#.to_owned(), ProviderError::Unreadable),
        (200, r#"{"result":7}"#.to_owned(), ProviderError::Unreadable),
        (200, "{}".to_owned(), ProviderError::Unreadable),
        (200, "[]".to_owned(), ProviderError::Unreadable),
        (200, "<html>".to_owned(), ProviderError::Unreadable),
        (200, String::new(), ProviderError::Unreadable),
    ] {
        assert_eq!(node("1").read(&answer(status, &body)), Err(error), "{body}");
    }
}

/// What a wallet itself would answer: not what the program says.
const MAGIC_WORD: [u8; 32] = {
    let mut word = [0; 32];
    word[0] = 0x16;
    word[1] = 0x26;
    word[2] = 0xba;
    word[3] = 0x7e;
    word
};

proptest! {
    #[test]
    fn every_key_signs_and_no_other_message_fits(
        seed in proptest::array::uniform32(1_u8..),
        message in "\\PC{0,60}",
        other in "\\PC{0,60}",
        flipped in 0_usize..512,
    ) {
        let key = SigningKey::from_slice(&seed).unwrap();
        let (address, signature) = (address(&key), sign(&key, &message));
        prop_assert_eq!(alone(&address, &message, &spelled(&signature)), Ok(None));
        if other != message {
            prop_assert_ne!(alone(&address, &other, &spelled(&signature)), Ok(None));
        }
        let mut changed = signature;
        changed[flipped / 8] ^= 1 << (flipped % 8);
        prop_assert_ne!(alone(&address, &message, &spelled(&changed)), Ok(None));
    }

    #[test]
    fn a_wrapper_of_anything_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [&bytes[..], &[0x64, 0x92].repeat(16)].concat();
        let _ = check(&address(&key()), MESSAGE, &spelled(&bytes));
    }
}
