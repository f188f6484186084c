//! RFC 8032's vectors, keys and signatures that fit more than one message, and transactions.

use data_encoding::{BASE64, BASE64_NOPAD, HEXLOWER, HEXUPPER};
use ed25519_dalek::{Signer, SigningKey, Verifier};
use proptest::prelude::*;

use super::*;
use crate::wallet::{Finding, SignatureError};

const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn hex<const N: usize>(digits: &str) -> [u8; N] {
    HEXLOWER
        .decode(digits.as_bytes())
        .unwrap()
        .try_into()
        .unwrap()
}

fn base58(bytes: &[u8]) -> String {
    bs58::encode(bytes).into_string()
}

/// RFC 8032, 7.1, tests 1 to 3.
#[test]
fn vectors_of_rfc_8032() {
    for (key, message, signature) in [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &[][..],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            &[0x72],
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &[0xaf, 0x82],
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let (key, bytes) = (hex(key), hex::<64>(signature));
        assert_eq!(check_bytes(&key, message, signature), Ok(true));
        assert_eq!(check_bytes(&key, b"other", signature), Ok(false));
        // The same signature with the order added to its number.
        let mut carry = 0;
        let mut twin = bytes;
        for (byte, order) in twin[32..].iter_mut().zip(hex::<32>(ORDER)) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            [*byte, _] = sum.to_le_bytes();
            carry = sum >> 8;
        }
        assert_eq!(check_bytes(&key, message, &base58(&twin)), Ok(false));
    }
}

#[test]
fn spellings() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let address = base58(key.verifying_key().as_bytes());
    let signature = key.sign(b"message").to_bytes();
    let base64 = BASE64.encode(&signature);
    let digits = HEXLOWER.encode(&signature);
    for good in [
        base58(&signature),
        base64.clone(),
        digits.clone(),
        format!("0x{digits}"),
        HEXUPPER.encode(&signature),
    ] {
        assert_eq!(check(&address, "message", &good), Ok(true), "{good}");
        assert_eq!(check(&address, "Message", &good), Ok(false), "{good}");
    }
    for odd in [
        String::new(),
        format!("{} ", base58(&signature)),
        format!("\n{base64}"),
        base64.replace('=', ""),
        BASE64_NOPAD.encode(&signature),
        base64.replace("==", "="),
        format!("0X{digits}"),
        digits[2..].to_owned(),
        base58(&signature[..63]),
        base58(&[&signature[..], &[1]].concat()),
        BASE64.encode(&signature[..63]),
        BASE64.encode(&[&signature[..], &[1]].concat()),
        base58(&signature).replace(|_: char| true, "0"),
        "1".repeat(63),
        "z".repeat(88),
    ] {
        assert_eq!(
            check(&address, "message", &odd),
            Err(SignatureError::NotSolana),
            "{odd}"
        );
    }
    // The shortest base58 of 64 bytes: zeros.
    assert_eq!(check(&address, "message", &"1".repeat(64)), Ok(false));
}

/// Points of small order: with them one signature fits any message, or one in eight.
#[test]
fn keys_that_sign_everything() {
    let identity = hex::<32>("0100000000000000000000000000000000000000000000000000000000000000");
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&identity);
    let loose = VerifyingKey::from_bytes(&identity).unwrap();
    assert!(
        loose
            .verify(b"any message", &Signature::from_bytes(&signature))
            .is_ok(),
        "a loose check would take it"
    );
    for key in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        // Second spellings of such points.
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
    ] {
        for message in 0..16_u8 {
            let outcome = check_bytes(&hex(key), &[message], &base58(&signature));
            assert_eq!(outcome, Ok(false), "{key}");
        }
    }
}

/// A key that is no point: an account of a program, which nobody signs for.
#[test]
fn addresses_off_the_curve() {
    let mut off_the_curve = 0;
    for last in 0..32_u8 {
        let mut key = [5; 32];
        key[31] = last;
        off_the_curve += u8::from(VerifyingKey::from_bytes(&key).is_err());
        let outcome = check(&base58(&key), "m", &base58(&[1; 64]));
        assert_eq!(outcome, Ok(false));
    }
    assert!(off_the_curve > 0);
}

/// A transfer: one signer, the legacy form and the versioned one.
fn transfer(key: &SigningKey, versioned: bool) -> Vec<u8> {
    let mut message = Vec::new();
    if versioned {
        message.push(0x80);
    }
    message.extend_from_slice(&[1, 0, 1, 3]);
    message.extend_from_slice(key.verifying_key().as_bytes());
    message.extend_from_slice(&[0x61; 32]);
    message.extend_from_slice(&[0; 32]);
    message.extend_from_slice(&[0x62; 32]);
    message.extend_from_slice(&[1, 2, 2, 0, 1, 12, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]);
    if versioned {
        message.push(0);
    }
    message
}

#[test]
fn a_signed_transaction_proves_nothing() {
    let key = SigningKey::from_bytes(&[7; 32]);
    for versioned in [false, true] {
        let transaction = transfer(&key, versioned);
        let signature = base58(&key.sign(&transaction).to_bytes());
        let outcome = check_bytes(key.verifying_key().as_bytes(), &transaction, &signature);
        assert_eq!(outcome, Err(SignatureError::Transaction));
        // One byte more or less is none.
        for other in [
            &transaction[..transaction.len() - 1],
            &[&transaction[..], &[0]].concat(),
        ] {
            let signature = base58(&key.sign(other).to_bytes());
            let outcome = check_bytes(key.verifying_key().as_bytes(), other, &signature);
            assert_eq!(outcome, Ok(true));
        }
    }
}

proptest! {
    #[test]
    fn every_key_signs_and_no_other_message_fits(
        seed in any::<[u8; 32]>(),
        message in "[ -~\\n]{8,60}",
        other in "[ -~\\n]{8,60}",
        flipped in 0_usize..512,
    ) {
        let key = SigningKey::from_bytes(&seed);
        let address = base58(key.verifying_key().as_bytes());
        let signature = key.sign(message.as_bytes()).to_bytes();
        prop_assert_eq!(check(&address, &message, &base58(&signature)), Ok(true));
        if other != message {
            prop_assert_eq!(check(&address, &other, &base58(&signature)), Ok(false));
        }
        let mut changed = signature;
        changed[flipped / 8] ^= 1 << (flipped % 8);
        prop_assert_eq!(check(&address, &message, &base58(&changed)), Ok(false));
    }

    #[test]
    fn reading_a_transaction_never_fails_otherwise(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = transaction::is_transaction(&bytes);
    }
}

#[test]
fn texts_are_no_transactions() {
    let text = "proof.example wants you to sign in with your Solana account:\n";
    assert!(!transaction::is_transaction(text.as_bytes()));
    assert_eq!(
        crate::wallet::check(
            proof_domain::asset::Channel::Solana,
            "4Nd1mBQtrMJVYVfKf2PJy9NZUZdTAsp7D4xWLs4gDB4T",
            text,
            &base58(&[1; 64]),
        ),
        Ok(Finding::Wrong)
    );
}
