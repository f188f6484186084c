//! Whatever comes in: nothing panics, and of all texts near a good token only that one opens.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::keys::SigningKeys;
use crate::kid::Kid;

fn fixed_token() -> &'static str {
    static TOKEN: OnceLock<String> = OnceLock::new();
    TOKEN.get_or_init(token)
}

/// Every character of the alphabet, and some that have no place in a token.
const CHARACTERS: &str =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n\0é";

fn replaced(position: usize, character: char) -> Option<String> {
    let mut characters: Vec<char> = fixed_token().chars().collect();
    let place = characters.get_mut(position)?;
    if *place == character {
        return None;
    }
    *place = character;
    Some(characters.into_iter().collect())
}

#[test]
fn every_position_of_a_token_counts() {
    let length = fixed_token().len();
    for position in 0..length {
        // The neighbour in the alphabet differs in the lowest bit, the most easily lost one.
        let here = char::from(fixed_token().as_bytes()[position]);
        let index = CHARACTERS.find(here).unwrap();
        let neighbour = char::from(CHARACTERS.as_bytes()[index ^ 1]);
        let changed = replaced(position, neighbour).unwrap();
        assert!(
            opened(&changed).is_err(),
            "{position}: {here} to {neighbour}"
        );
        let mut shorter = fixed_token().to_owned();
        shorter.remove(position);
        assert!(opened(&shorter).is_err(), "{position}: {here} removed");
    }
    for position in [0, 1, length - 2, length - 1] {
        for character in CHARACTERS.chars() {
            if let Some(changed) = replaced(position, character) {
                assert!(opened(&changed).is_err(), "{position}: {character:?}");
            }
        }
    }
}

proptest! {
    #[test]
    fn a_token_with_one_character_changed_is_refused(
        position in 0..fixed_token().len(),
        character in proptest::sample::select(CHARACTERS.chars().collect::<Vec<_>>()),
    ) {
        if let Some(changed) = replaced(position, character) {
            prop_assert!(opened(&changed).is_err());
        }
    }

    #[test]
    fn a_token_with_anything_inserted_is_refused(
        position in 0..=fixed_token().len(),
        inserted in "\\PC{1,4}|[A-Za-z0-9_-]{1,4}|\\s",
    ) {
        let mut changed = fixed_token().to_owned();
        changed.insert_str(position, &inserted);
        prop_assert!(opened(&changed).is_err());
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes: Vec<u8>, text in "\\PC*") {
        let _ = ProofClaims::from_json(&bytes);
        let _ = ProofClaims::from_json(text.as_bytes());
        let _ = jws::decode(&String::from_utf8_lossy(&bytes));
        let _ = KeySet::from_json(&text);
        let _ = SigningKeys::from_json(&text);
        let _ = text.parse::<Kid>();
        prop_assert!(opened(&text).is_err());
    }

    #[test]
    fn no_three_parts_make_reading_panic(
        header: Vec<u8>,
        claims: Vec<u8>,
        signature: Vec<u8>,
    ) {
        let random = format!("{}.{}.{}", encode(&header), encode(&claims), encode(&signature));
        prop_assert!(opened(&random).is_err());
        let good = encode(good_header().to_string().as_bytes());
        let random = format!("{good}.{}.{}", encode(&claims), encode(&signature));
        prop_assert!(opened(&random).is_err());
    }

    #[test]
    fn claims_survive_the_round_trip(
        aud in "\\PC{1,40}",
        request_id in proptest::option::of("\\PC{0,40}"),
        iat in 0_i64..200_000_000_000,
        life in 1..=crate::claims::LIFETIME,
        salt: [u8; 16],
        identifier in "\\PC{0,40}",
    ) {
        let commitment = crate::claims::IdentifierCommitment::new(salt, &identifier);
        let mut claims = sample_claims();
        claims.iat = proof_domain::timestamp::Timestamp::from_seconds(iat);
        claims.exp = claims.iat.plus_seconds(life);
        claims.aud = aud;
        claims.request_id = request_id;
        claims.identifier_salt = commitment.salt;
        claims.identifier_hash = commitment.hash;
        let json = claims.to_json().unwrap();
        prop_assert_eq!(&ProofClaims::from_json(&json), &Ok(claims.clone()));
        prop_assert!(claims.commitment().matches(&identifier));
    }
}
