//! The vectors of the specifications, and what can be made wrong about a signature.

use data_encoding::{BASE64, HEXLOWER};
use k256::ecdsa::SigningKey;

use super::check;
use super::generic::{message_hash, to_spend};
use super::spend::Spend;
use super::transaction::double_hash;
use crate::wallet::address::{BitcoinAddress, hash160, witness_script_of};
use crate::wallet::{Inconclusive, SignatureError};

const P2WPKH: &str = "bc1q9vza2e8x573nczrlzms0wvx3gsqjx7vavgkx0l";

/// bip-0322/basic-test-vectors.json: the hash of the message and the two virtual transactions.
#[test]
fn virtual_transactions_of_bip_322() {
    for (message, hash, spend_id, sign_id) in [
        (
            "",
            "c90c269c4f8fcbe6880f72a721ddfbf1914268a794cbb21cfafee13770ae19f1",
            "c5680aa69bb8d860bf82d4e9cd3504b55dde018de765a91bb566283c545a99a7",
            "1e9654e951a5ba44c8604c4de6c67fd78a27e81dcadcfe1edf638ba3aaebaed6",
        ),
        (
            "Hello World",
            "f0eb03b1a75ac6d9847f55c624a99169b5dccba2a31f5b23bea77ba270de0a7a",
            "b79d196740ad5217771c1098fc4a4b51e0535c32236c71f1ea4d61a2d603352b",
            "88737ae86f2077145f93cc4b153ae9a1cb8d56afa511988c149c5c8c9d93bddf",
        ),
        (
            "UTF-8 support: öäüéàè 测试文本 \u{1f604}",
            "43936b237ea38c7794eb5d755e0d220b6db92ebfc5c8f482759d22b1286376d7",
            "c8f4f525fe8afb1bc09b44175bd2096f079c98425e8a1be676b712add1fb62f0",
            "8f488e06b89eafd019ec528109eafaf7f1d1811fd617aa1eeb9658f1c1be6586",
        ),
    ] {
        // Identifiers are written with the last byte first.
        let shown = |mut id: [u8; 32]| {
            id.reverse();
            HEXLOWER.encode(&id)
        };
        let script = BitcoinAddress::parse(P2WPKH).unwrap().script();
        let spends = to_spend(&script, message);
        let spend = Spend {
            version: 0,
            lock_time: 0,
            sequence: 0,
            spends,
            script: &script,
        };
        assert_eq!(HEXLOWER.encode(&message_hash(message)), hash);
        assert_eq!(shown(spends), spend_id);
        assert_eq!(shown(double_hash(&spend.serialised(&[]))), sign_id);
    }
}

/// Address, message, signature.
type Vector = (&'static str, &'static str, &'static str);

/// bip-0322/basic-test-vectors.json and generated-test-vectors.json: addresses of one key.
const BIP_322: &[Vector] = &[
    (
        P2WPKH,
        "",
        "smpAkcwRAIgM2gBAQqvZX15ZiysmKmQpDrG83avLIT492QBzLnQIxYCIBaTpOaD20qRlEylyxFSeEA2ba9YOixpX8z46TSDtS40ASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
    ),
    (
        P2WPKH,
        "",
        "AkgwRQIhAPkJ1Q4oYS0htvyuSFHLxRQpFAY56b70UvE7Dxazen0ZAiAtZfFz1S6T6I23MWI2lK/pcNTWncuyL8UL+oMdydVgzAEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy",
    ),
    (
        P2WPKH,
        "Hello World",
        "AkcwRAIgZRfIY3p7/DoVTty6YZbWS71bc5Vct9p9Fia83eRmw2QCICK/ENGfwLtptFluMGs2KsqoNSk89pO7F29zJLUx9a/sASECx/EgAxlkQpQ9hYjgGu6EBCPMVPwVIVJqO4XCsMvViHI=",
    ),
    (
        P2WPKH,
        "Hello World",
        "smpAkgwRQIhAOzyynlqt93lOKJr+wmmxIens//zPzl9tqIOua93wO6MAiBi5n5EyAcPScOjf1lAqIUIQtr3zKNeavYabHyR8eGhowEhAsfxIAMZZEKUPYWI4BruhAQjzFT8FSFSajuFwrDL1Yhy",
    ),
    (
        "bc1pss0zhytly75awhm6x2hhvd5lnzv3vssgrf9axfheq8ldyzn88ges79fler",
        "No prefix fallback",
        "AUCJYOwOjxYAvatTAGYaVlNXBVyFuc4MwNQkOuK2tl8xhfKDONd0NjfYyNSYcRqeCp8hsAnCEPHAVEkO9h6vbQ/R",
    ),
    (
        "bc1qkntwc3c4dzxh9xh6875l03fn3vkk023jgak3u7",
        "ESHJI7MWUL64AXHBI42L3UR4QA",
        "AkcwRAIgCYHF/vn67iZX5WBimh84kqD6pTME6eNCMGhfFnnwCNECIAF3nMCk/RfLit+uv8a8FgfQIw0f0ASE21GSz7rX17PsASEDTA2vM8bOtUFgvenSDUmvkq7aWNwoTB0CMiM6carHY1s=",
    ),
    (
        "bc1p9cyuceaazr8cz46mvgkzl94wy397mwpqsrk84su37t72jvkg6wzqv52nfp",
        "TPIZPITUIHEUHO5ACOL6W6MBVD",
        "AUBay6NwR4LEYedkTG+vE9F7C0RTOCB5NH6ZAqf+3hudjHIkOzSZk1jW/5Kt0wRKX3llJ25os+0qktdou4/Y8516",
    ),
    (
        "164P4mbDkPcyvRnFGAZd1ThjxSj7Fbsywz",
        "GI2SVNWVCWTEEIMFZFFZYAQNSA",
        "AgAAAAGEmHuloQANVIqnpMegGLNFKwAGE0Urv0a/uMiHnJ+FQwAAAABrSDBFAiEAr8VdqPCZU/oVqKKj2WwHfeCX/lzp+Rfk8d59cS9xdGECIAar0nievDdeVstmIgjfM7kzMepL6HrecBuJtgEitFxBASECzgU8WF30ffzpbdClcw/0NBkTCkuRbiEzr+CTXePjiPfgBwAAAQAAAAAAAAAAAWrgBwAA",
    ),
    (
        "bc1qkwzsslep5elkuat4608v7tpntpr3d9n7w5cwwq",
        "YGIAANMREUXLFRI4HIEOCE4T23",
        "AgAAAAABAaVatLF3wpACTG5XowFYPJPv65lgTlZypjUV9d1DNduCAAAAAADgBwAAAQAAAAAAAAAAAWoCRzBEAiB+SJdR6bVLpv5+kK8pOXSUDS24rU53YkTQEvelQJ22uwIgEfqM8eYTupu4LtA0Tz7z1LIbhpP2PrUxWEt9osnrxFEBIQMasC7JaIHbbAUt1kU81yx7S4QHScnEDBs4GsdHDPMPSuAHAAA=",
    ),
    (
        "bc1psmjelwjtg7lz26jhd4kkf35v0xp3u7ffc6p4n4869s0hxkrrrtkqkpqvmg",
        "K276VUM3MXP56DGNVICQR5XWRT",
        "AgAAAAABAY+B3hhlrps+S2YaxSvL3HxZKdfT+8XCCtZ4KQc5N+AaAAAAAADgBwAAAQAAAAAAAAAAAWoBQEHQoT3HfPKw4WNiQySblfcRX2gnha/mrpFxUoYlkJxuQFXNN3sS+XbJsNAoXRlvQitk0tVEFpsUGRcCdZ7bWPHgBwAA",
    ),
    (
        "37HVPoc7ZsU5C9Z2VKcCkSLzEknYXCzm3s",
        "OQXDXSR5SN5N7WRXSPTI462HKH",
        "AgAAAAABAbtjBsUTHnoyuNG4NGbx6cI1Z01QLlfGHJX/WIRCAU6/AAAAABcWABTGXFmsgRqCkic6D+eE4AKm1iyVhuAHAAABAAAAAAAAAAABagJHMEQCIBp/IMJTnnhI6YrHJwIQbfucoizq0esZ35QRxtpXuk7fAiAGx6kSd9BuPDY+R0sHTJU0ZFtScJI8ASojEHwrClKxDQEhAl3boe/68fHvtuYzRkaS3GOSxnUTJwejjrubm+czK+Yi4AcAAA==",
    ),
];

/// The same files: scripts, which need an interpreter.
const SCRIPTS: &[(Vector, Inconclusive)] = &[
    (
        (
            "bc1qa8xp82hejuydq8d9yc44s662ras5ncr98gxz3n53s6vklwgrczrqc4fqtn",
            "GDU6AXT64O5ZS4AHHXK5JETYRM",
            "BABIMEUCIQCLKarc4DfTq5bmqPVjRZ/qBvRPy886P2dM1tDK/92WIgIgN7y495rkp5FPcpjohhl8Knmo9rf63tPLGIVo8PKE81ABSDBFAiEAz2U1cppenj2Kbg8DkS3wXMmAN4jvZvsP/PdcCI1akogCIFlrCbW2+GbMRkvObV2utVdHYBxIJhM6DJlv1NIwViXBAUdSIQJx+IVtFfezY//G7PB/9/Z2fWatDxm5+M0195sX3Y1qoyECvDKp35BSlVD2TFqMPy7MlXJrqGl3nkQAgo51DfiRIqlSrg==",
        ),
        Inconclusive::WitnessScript,
    ),
    (
        (
            "bc1q9dtw8dz93e7w6v5w8tra2et0vhz3wct3hpvl4tk5vrac9xz8szwqtvf0e2",
            "TOJXD6LSM3XO5OQ4QBQSL56I22",
            "AgAAAAABARVzK6W+9P3uKAmwv5xuqaftTkpGVj+1VWPgnqAVBFPyAAAAAADgBwAAAQAAAAAAAAAAAWoDSDBFAiEA82QBQkW16bqrm2mfKOLubqM2XHM+042kNMIor103anACICxp8esh++3RqSzqeefA+nlZoejw4pJJeubRTC9d6kZaAQBNYyEDrYfXhOkh0CvwuJpB+O3tal2ECfO0v7k1/A4PTlGcQiBnAuAHsnUhAyTbIAnLsvFRwT/A4kYwUNI0ny1pwRQ5KkFkMopLD5q4aKzgBwAA",
        ),
        Inconclusive::WitnessScript,
    ),
    (
        (
            "bc1peeyux4l3g6wmq23hsl6hytndlu89emtvqrw0k222hgnfvys8yw8sehzpun",
            "5WCQVNSZADVB2U447BH2A44Y4X",
            "AgAAAAABARTMGFokvM/viA990Uz2acpongloH+NqLgjm1grzw7C1AAAAAADgBwAAAQAAAAAAAAAAAWoEQAl8+ry6NBWeMu08ZpB9fJVnTiWQJy1i5LOfmtDr8DLWVvSUyKAwNQK7EyIPJlQhATz/7cw3Oywj0+dF0NHS9mMAS2MgrYfXhOkh0CvwuJpB+O3tal2ECfO0v7k1/A4PTlGcQiBnAuAHsnUg15isG0dq0JWAnqDPzUnq+bMlf+cWyLUGg00iNZeg0D5orCHB15isG0dq0JWAnqDPzUnq+bMlf+cWyLUGg00iNZeg0D7gBwAA",
        ),
        Inconclusive::TaprootScript,
    ),
];

#[test]
fn vectors_of_bip_322() {
    for (address, message, signature) in BIP_322 {
        assert_eq!(check(address, message, signature), Ok(true), "{signature}");
        let other = check(address, &format!("{message} "), signature);
        assert_eq!(other, Ok(false), "another message: {signature}");
        for (elsewhere, _, _) in BIP_322.iter().filter(|(other, _, _)| other != address) {
            let other = check(elsewhere, message, signature);
            assert_ne!(other, Ok(true), "for {elsewhere}: {signature}");
        }
    }
}

#[test]
fn scripts_are_inconclusive() {
    for ((address, message, signature), reason) in SCRIPTS {
        assert_eq!(
            check(address, message, signature),
            Err((*reason).into()),
            "{signature}"
        );
    }
    for proof_of_funds in ["pofcHNidP8BAA==", "cHNidP8BAA=="] {
        assert_eq!(
            check(P2WPKH, "m", proof_of_funds),
            Err(Inconclusive::ProofOfFunds.into())
        );
    }
}

/// The errors of bip-0322/basic-test-vectors.json that are not about another key or message.
#[test]
fn what_is_no_signature_of_bip_322() {
    for (signature, error) in [
        ("not-valid-base64!!!", SignatureError::NotBase64),
        ("", SignatureError::NotBitcoin),
        ("smpAA==", SignatureError::NotKeyAndSignature),
        ("fooAA==", SignatureError::NotBase64),
        (
            "fulAUDZwFXUp+adN+/UZj5dVrGAbB3zKs1Vcalz5fCF9srxS63eSWNGvH1NYbrBkPt1BJDUyWUz9zgUxfc63/QheT6M",
            SignatureError::NotBitcoin,
        ),
    ] {
        assert_eq!(check(P2WPKH, "", signature), Err(error), "{signature}");
    }
}

/// Every single byte of a vector matters, and nothing may be added or left out.
#[test]
fn changed_by_one_bit() {
    for (address, message, signature) in BIP_322 {
        let bytes = BASE64
            .decode(signature.trim_start_matches("smp").as_bytes())
            .unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let outcome = check(address, message, &BASE64.encode(&changed));
            assert_ne!(outcome, Ok(true), "byte {at} of {signature}");
            let outcome = check(address, message, &BASE64.encode(&bytes[..at]));
            assert_ne!(outcome, Ok(true), "{at} bytes of {signature}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_ne!(check(address, message, &BASE64.encode(&longer)), Ok(true));
    }
}

/// A witness for `P2WPKH` over no message, with its parts open to change.
fn witness(change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>)) -> String {
    let bytes = BASE64.decode(&BIP_322[0].2.as_bytes()[3..]).unwrap();
    let (mut signature, mut key) = (bytes[2..73].to_vec(), bytes[74..].to_vec());
    change(&mut signature, &mut key);
    let stack = |part: &[u8]| [&[u8::try_from(part.len()).unwrap()], part].concat();
    BASE64.encode(&[&[2][..], &stack(&signature), &stack(&key)].concat())
}

#[test]
fn the_twin_and_other_types() {
    assert_eq!(check(P2WPKH, "", &witness(|_, _| ())), Ok(true));
    let twin = witness(|signature, _| {
        let low = k256::ecdsa::Signature::from_der(&signature[..70]).unwrap();
        let (r, s) = low.split_scalars();
        let high = k256::ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
        *signature = [high.to_der().as_bytes(), &[1]].concat();
    });
    assert_eq!(check(P2WPKH, "", &twin), Err(SignatureError::HighS));
    for hash_type in [0, 2, 3, 0x81, 0x82, 0x83, 0x41] {
        let partly = witness(|signature, _| signature[70] = hash_type);
        assert_eq!(
            check(P2WPKH, "", &partly),
            Err(SignatureError::PartlySigned)
        );
    }
    // A length in two bytes, a number with a zero in front, a negative number.
    for change in [
        (|der: &mut Vec<u8>| {
            der.insert(1, 0x81);
        }) as fn(&mut Vec<u8>),
        |der| {
            der[1] += 1;
            der[3] += 1;
            der.insert(4, 0);
        },
        |der| der[4] |= 0x80,
        |der| der.truncate(1),
        Vec::clear,
    ] {
        let odd = witness(|signature, _| change(signature));
        assert_eq!(
            check(P2WPKH, "", &odd),
            Err(SignatureError::NotKeyAndSignature)
        );
    }
    let uncompressed = witness(|_, key| {
        let point = k256::PublicKey::from_sec1_bytes(key).unwrap();
        *key = crate::wallet::curve::uncompressed(&point).to_vec();
    });
    assert_eq!(
        check(P2WPKH, "", &uncompressed),
        Err(SignatureError::NotKeyAndSignature)
    );
    let other_key = witness(|_, key| key[0] ^= 1);
    assert_eq!(check(P2WPKH, "", &other_key), Ok(false));
}

#[test]
fn the_virtual_transaction_has_its_form() {
    let (address, message, signature) = BIP_322[8];
    let bytes = BASE64.decode(signature.as_bytes()).unwrap();
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        check(address, message, &BASE64.encode(&changed))
    };
    assert_eq!(with(0, 2), Ok(true));
    assert_eq!(with(0, 1), Err(Inconclusive::Version.into()));
    assert_eq!(with(0, 3), Err(Inconclusive::Version.into()));
    // Signed for version 2.
    assert_eq!(with(0, 0), Ok(false));
    // The position of the output, its value, its script.
    assert_eq!(with(7 + 32, 1), Err(SignatureError::NotVirtual));
    assert_eq!(with(7 + 42, 1), Err(SignatureError::NotVirtual));
    assert_eq!(with(7 + 51, 0x51), Err(SignatureError::NotVirtual));
    // Two inputs: a proof of funds.
    let (head, rest) = (&bytes[..6], &bytes[7..]);
    let two = [
        head,
        &[2],
        &rest[..41],
        &rest[..41],
        &rest[41..52],
        &[0],
        &rest[52..],
    ]
    .concat();
    assert_eq!(
        check(address, message, &BASE64.encode(&two)),
        Err(Inconclusive::ProofOfFunds.into())
    );
}

#[test]
fn a_taproot_signature_names_its_type() {
    let (address, message, signature) = BIP_322[6];
    let bytes = BASE64.decode(signature.as_bytes()).unwrap();
    let with_type = |hash_type: u8| {
        let mut longer = [&bytes[..], &[hash_type]].concat();
        longer[1] = 65;
        check(address, message, &BASE64.encode(&longer))
    };
    // It was signed without one (DEFAULT), and each type signs its own number, too.
    assert_eq!(with_type(1), Ok(false));
    for hash_type in [0, 2, 3, 0x81] {
        assert_eq!(with_type(hash_type), Err(SignatureError::PartlySigned));
    }
    let annexed = [&[2][..], &bytes[1..], &[1, 0x50]].concat();
    assert_eq!(
        check(address, message, &BASE64.encode(&annexed)),
        Err(Inconclusive::TaprootScript.into())
    );
}

/// Of Bitcoin Core's tests and of the README of bitcoinjs-message: P2PKH, compressed.
#[test]
fn signatures_of_other_programs() {
    for (address, message, signature) in [
        (
            "15CRxFdyRpGZLW9w8HnHvVduizdL5jKNbs",
            "Trust no one",
            "IPojfrX2dfPnH26UegfbGQQLrdK844DlHq5157/P6h57WyuS/Qsl+h/WSVGDF4MUi4rWSswW38oimDYfNNUBUOk=",
        ),
        (
            "1F3sAm6ZtwLAUnj7d38pGFxtP3RVEvtsbV",
            "This is an example of a signed message.",
            "H9L5yLFjti0QTHhPyFrZCT1V/MMnBtXKmoiKDZ78NDBjERki6ZTQZdSMCtkgoNmp17By9ItJr8o7ChX0XxY91nk=",
        ),
    ] {
        assert_eq!(check(address, message, signature), Ok(true), "{address}");
        assert_eq!(check(address, "other", signature), Ok(false), "{address}");
    }
}

/// One key, its address of every kind, and its signature of BIP-137 over the message.
struct Key(SigningKey);

impl Key {
    fn new() -> Self {
        Self(SigningKey::from_slice(&[0x42; 32]).unwrap())
    }

    fn point(&self, compressed: bool) -> Vec<u8> {
        let point = self.0.verifying_key().to_encoded_point(compressed);
        point.as_bytes().to_vec()
    }

    /// P2PKH uncompressed and compressed, P2SH-P2WPKH, P2WPKH, P2TR of the key as it is.
    fn addresses(&self) -> [String; 5] {
        let base58 = |kind: u8, hash: [u8; 20]| {
            bs58::encode([&[kind][..], &hash].concat())
                .with_check()
                .into_string()
        };
        let key = self.point(true);
        let hrp = bech32::hrp::BC;
        [
            base58(0, hash160(&self.point(false))),
            base58(0, hash160(&key)),
            base58(5, hash160(&witness_script_of(&key))),
            bech32::segwit::encode_v0(hrp, &hash160(&key)).unwrap(),
            bech32::segwit::encode_v1(hrp, &key[1..]).unwrap(),
        ]
    }

    fn sign(&self, message: &str, first_header: u8) -> [u8; 65] {
        let length = u8::try_from(message.len()).unwrap();
        let prefixed = [
            b"\x18Bitcoin Signed Message:\n",
            &[length][..],
            message.as_bytes(),
        ];
        let digest = double_hash(&prefixed.concat());
        let (signature, number) = self.0.sign_prehash_recoverable(&digest).unwrap();
        let mut bytes = [first_header + number.to_byte(); 65];
        bytes[1..].copy_from_slice(&signature.to_bytes());
        bytes
    }
}

/// What is taken, and nothing else: the BIP's ranges, and 31 to 34 for segwit as older wallets do.
#[test]
fn headers_and_kinds_of_addresses() {
    let key = Key::new();
    for (kind, address) in key.addresses().iter().enumerate() {
        for (range, header) in [27, 31, 35, 39].into_iter().enumerate() {
            let signature = BASE64.encode(&key.sign("m", header));
            let taken = matches!((kind, range), (0, 0) | (1, 1) | (2, 1 | 2) | (3, 1 | 3));
            assert_eq!(
                check(address, "m", &signature),
                Ok(taken),
                "{address} with {header}"
            );
            assert_eq!(check(address, "n", &signature), Ok(false));
        }
    }
}

#[test]
fn long_messages_have_long_lengths() {
    // The length takes three bytes from 253 on; the digest of a shorter prefix does not fit.
    let key = Key::new();
    let message = "x".repeat(300);
    let bytes = [
        b"\x18Bitcoin Signed Message:\n",
        &[0xfd, 0x2c, 0x01][..],
        message.as_bytes(),
    ]
    .concat();
    let (signature, number) = key
        .0
        .sign_prehash_recoverable(&double_hash(&bytes))
        .unwrap();
    let signed = [&[31 + number.to_byte()][..], &signature.to_bytes()].concat();
    let address = &key.addresses()[1];
    assert_eq!(check(address, &message, &BASE64.encode(&signed)), Ok(true));
}

#[test]
fn odd_compact_signatures() {
    use SignatureError::{Header, HighS, OutOfRange};

    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    let key = Key::new();
    let address = &key.addresses()[1];
    let good = key.sign("m", 31);
    let with = |change: &dyn Fn(&mut [u8; 65])| {
        let mut changed = good;
        change(&mut changed);
        check(address, "m", &BASE64.encode(&changed))
    };
    assert_eq!(with(&|_| ()), Ok(true));
    for header in [0, 1, 26, 43, 128, 255] {
        assert_eq!(with(&|bytes| bytes[0] = header), Err(Header), "{header}");
    }
    // The other parity, and a point beyond the order.
    assert_eq!(
        with(&|bytes| bytes[0] = 31 + ((bytes[0] - 31) ^ 1)),
        Ok(false)
    );
    assert_eq!(
        with(&|bytes| bytes[0] = 31 + ((bytes[0] - 31) | 2)),
        Ok(false)
    );
    let order = HEXLOWER.decode(ORDER.as_bytes()).unwrap();
    for half in [1..33, 33..65] {
        for number in [&[0; 32][..], &order, &[0xff; 32]] {
            let outcome = with(&|bytes| bytes[half.clone()].copy_from_slice(number));
            assert_eq!(outcome, Err(OutOfRange));
        }
    }
    let twin = with(&|bytes| {
        let s = k256::NonZeroScalar::try_from(&bytes[33..]).unwrap();
        bytes[33..].copy_from_slice(&(-*s).to_bytes());
        bytes[0] = 31 + ((bytes[0] - 31) ^ 1);
    });
    assert_eq!(twin, Err(HighS));
    for odd in [&good[..64], &[&good[..], &[0]].concat()] {
        assert_eq!(
            check(address, "m", &BASE64.encode(odd)),
            Err(SignatureError::NotBitcoin)
        );
    }
    // Spaces, a line's end, no padding, the other alphabet.
    let text = BASE64.encode(&good);
    for odd in [
        format!(" {text}"),
        format!("{text}\n"),
        text.trim_end_matches('=').to_owned(),
        format!("{}-_==", &text[..84]),
        HEXLOWER.encode(&good),
    ] {
        assert!(check(address, "m", &odd).is_err(), "{odd}");
    }
}
