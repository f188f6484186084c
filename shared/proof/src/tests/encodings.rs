//! Threat 4, the first half: a token has one spelling. Revocation goes by `sub`, and no other text
//! opens to the same `sub`.

use serde_json::json;

use super::*;
use crate::jws::Malformed;

#[test]
fn the_unused_bits_of_the_last_character_are_zero() {
    // 256 octets leave four unused bits in the last character: fifteen other spellings.
    let token = token();
    let (rest, last) = token.split_at(token.len() - 1);
    let alphabet: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain(['-', '_'])
        .collect();
    let value = alphabet
        .iter()
        .position(|other| last.starts_with(*other))
        .unwrap();
    assert_eq!(value % 16, 0);
    for other in &alphabet[value + 1..value + 16] {
        assert_eq!(
            jws::decode(&format!("{rest}{other}")),
            Err(Malformed::Encoding)
        );
    }
}

#[test]
fn padding_white_space_and_the_other_alphabet_are_refused() {
    let token = token();
    let parts: Vec<&str> = token.split('.').collect();
    let rebuilt = |index: usize, part: String| {
        let mut parts = parts.clone();
        parts[index] = &part;
        parts.join(".")
    };
    for (index, part) in parts.iter().enumerate() {
        for after in [
            "=", "==", "\n", "\r\n", " ", "\t", "\0", "%3D", "A", "AA", "AAAA",
        ] {
            let other = rebuilt(index, format!("{part}{after}"));
            assert!(opened(&other).is_err(), "{after:?} after part {index}");
        }
        for before in ["\n", " ", "\u{feff}", "="] {
            let other = rebuilt(index, format!("{before}{part}"));
            assert!(opened(&other).is_err(), "{before:?} before part {index}");
        }
        for within in ["\n", " ", "=", "\u{200b}", ".", "+", "/"] {
            let (left, right) = part.split_at(part.len() / 2);
            let other = rebuilt(index, format!("{left}{within}{right}"));
            assert!(opened(&other).is_err(), "{within:?} within part {index}");
        }
        let other_alphabet = part.replace('-', "+").replace('_', "/");
        if other_alphabet != *part {
            assert_eq!(refusal(&rebuilt(index, other_alphabet)), Refusal::Malformed);
        }
        assert_eq!(refusal(&rebuilt(index, String::new())), Refusal::Malformed);
        let lower = rebuilt(index, part.to_lowercase());
        assert!(opened(&lower).is_err());
    }
}

#[test]
fn a_signature_in_the_other_alphabet_is_refused_though_it_is_the_same_number() {
    // Found by looking for a token whose signature has such characters: nearly all do.
    let token = (0..20)
        .map(|second| {
            let mut claims = sample_claims();
            claims.verified_at = claims.verified_at.plus_seconds(-second);
            done(issue(&keys().signer, &claims)).unwrap()
        })
        .find(|token| token.rsplit('.').next().unwrap().contains(['-', '_']))
        .unwrap();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let other = format!("{input}.{}", signature.replace('-', "+").replace('_', "/"));
    assert!(opened(&token).is_ok());
    assert_eq!(refusal(&other), Refusal::Malformed);
}

#[test]
fn a_token_has_three_parts_and_one_serialisation() {
    let token = token();
    let parts: Vec<&str> = token.split('.').collect();
    let (header, claims, signature) = (parts[0], parts[1], parts[2]);
    for other in [
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        "...".to_owned(),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{claims}.{header}.{signature}"),
        format!("Bearer {token}"),
        format!("{token} {token}"),
        format!("\"{token}\""),
        token.replace('.', "．"),
        json!({ "protected": header, "payload": claims, "signature": signature }).to_string(),
        json!({
            "payload": claims,
            "signatures": [{ "protected": header, "signature": signature }],
        })
        .to_string(),
    ] {
        assert_eq!(refusal(&other), Refusal::Malformed, "{other}");
    }
}

#[test]
fn the_same_claims_written_otherwise_are_another_token() {
    // Equal JSON, other bytes: the old signature does not hold for them.
    let token = token();
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (header, _) = input.split_once('.').unwrap();
    let spaced = serde_json::to_string_pretty(&sample_claims()).unwrap();
    let other = format!("{header}.{}.{signature}", encode(spaced.as_bytes()));
    assert_eq!(refusal(&other), Refusal::InvalidSignature);
}
