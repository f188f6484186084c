//! Threat 4, the second half: claims are read in their exact form only, although our own key has
//! signed every one of these.

use serde_json::json;

use super::*;
use crate::claims::{IdentifierCommitment, LIFETIME, MalformedClaims, expiry};
use crate::issue::IssueError;
use proof_domain::timestamp::Timestamp;

fn assert_malformed(claims: &str) {
    assert_eq!(
        refusal(&signed_claims(claims)),
        Refusal::Malformed,
        "{claims}"
    );
}

#[test]
fn every_claim_is_there_once() {
    let claims = good_claims();
    for (member, value) in claims.as_object().unwrap() {
        assert_malformed(&without(claims.clone(), member));
        assert_malformed(&with(claims.clone(), member, json!(null)));
        assert_malformed(&followed_by(&claims, &format!(r#""{member}":{value}"#)));
        // The same name in other letters.
        let escaped = format!(
            r#""\u{:04x}{}":{value}"#,
            member.as_bytes()[0],
            &member[1..]
        );
        assert_malformed(&followed_by(&claims, &escaped));
    }
    assert_malformed(&followed_by(&claims, r#""sub":"x""#));
    assert_malformed(&followed_by(&claims, r#""other":1,"other":1"#));
    assert_malformed(&followed_by(&claims, r#""other":{"a":1,"a":1}"#));
}

#[test]
fn unknown_claims_are_passed_over() {
    let claims = followed_by(
        &good_claims(),
        r#""status":{"status_list":{"idx":0,"uri":"x"}}"#,
    );
    assert_eq!(opened(&signed_claims(&claims)), Ok(sample_claims()));
}

#[test]
fn times_are_whole_numbers_of_seconds() {
    for member in ["exp", "iat", "verified_at", "nbf"] {
        for raw in [
            r#""9999999999""#,
            r#""1797592000""#,
            "1e400",
            "-1e400",
            "-1",
            "-0.0",
            "1797592000.0",
            "1.797592e9",
            "17975920000000",
            "253402300800",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "true",
            "null",
            "[]",
            "[1797592000]",
            "{}",
            "01797592000",
            "+1797592000",
            "0x6b24d1c0",
            "NaN",
            "Infinity",
        ] {
            let marked = with(good_claims(), member, json!("@"));
            assert_malformed(&marked.replace(r#""@""#, raw));
        }
    }
}

#[test]
fn other_claims_have_their_types() {
    for (member, values) in [
        (
            "iss",
            vec![
                json!(1),
                json!(["https://proof.example"]),
                json!({}),
                json!(""),
            ],
        ),
        (
            "aud",
            vec![json!(["6503f1c2a4b8d90e7f1a2b3c"]), json!(1), json!("")],
        ),
        (
            "sub",
            vec![
                json!("x"),
                json!("505050505050505050505050 "),
                json!(1),
                json!("5050505050505050505050AA"),
            ],
        ),
        ("jti", vec![json!(""), json!([])]),
        (
            "env",
            vec![
                json!("LIVE"),
                json!("Live"),
                json!("staging"),
                json!({ "live": null }),
                json!(0),
            ],
        ),
        (
            "type",
            vec![json!("Phone"), json!("passport"), json!({ "phone": null })],
        ),
        (
            "channel",
            vec![json!("WhatsApp"), json!("fax"), json!({ "whatsapp": null })],
        ),
        (
            "identifier_salt",
            vec![
                json!(""),
                json!("BwcHBwcHBwcHBwcHBwcHBw=="),
                json!("BwcHBwcHBwcHBwcHBwcHBx"),
                json!("BwcHBwcHBwcHBwcHBwcH"),
            ],
        ),
        (
            "identifier_hash",
            vec![json!("BwcHBwcHBwcHBwcHBwcHBw"), json!([1, 2])],
        ),
        ("request_id", vec![json!(null), json!(1), json!([])]),
    ] {
        for value in values {
            assert_malformed(&with(good_claims(), member, value));
        }
    }
}

#[test]
fn claims_are_an_object() {
    let values: Vec<Value> = good_claims()
        .as_object()
        .unwrap()
        .values()
        .cloned()
        .collect();
    for claims in ["[]", "null", "1", "\"\"", "{}", "\u{feff}{}", "{", "exp"] {
        assert_malformed(claims);
    }
    assert_malformed(&json!(values).to_string());
    assert_malformed(&json!([good_claims()]).to_string());
    assert_malformed(&format!("{}{}", good_claims(), good_claims()));
}

#[test]
fn a_proof_ends_after_it_begins_and_within_its_lifetime() {
    let iat = sample_claims().iat.seconds();
    for exp in [iat + 1, iat + LIFETIME] {
        assert!(opened(&signed_claims(&with(good_claims(), "exp", json!(exp)))).is_ok());
    }
    for exp in [0, iat - 1, iat, iat + LIFETIME + 1, iat + 10 * LIFETIME] {
        assert_malformed(&with(good_claims(), "exp", json!(exp)));
    }
}

#[test]
fn what_could_not_be_read_back_is_not_signed() {
    let mut claims = sample_claims();
    claims.exp = claims.iat.plus_seconds(LIFETIME + 1);
    let refused = done(issue(&keys().signer, &claims));
    assert_eq!(refused, Err(IssueError::Claims(MalformedClaims)));

    let mut claims = sample_claims();
    claims.request_id = Some("x".repeat(jws::MAX_TOKEN));
    assert_eq!(
        done(issue(&keys().signer, &claims)),
        Err(IssueError::TooLong)
    );

    let mut claims = sample_claims();
    claims.request_id = Some("req_\"\u{1f600}".to_owned());
    claims.nbf = Some(claims.iat);
    let token = done(issue(&keys().signer, &claims)).unwrap();
    assert_eq!(opened(&token), Ok(claims));
}

#[test]
fn a_derived_proof_ends_with_its_source() {
    let now = Timestamp::from_seconds(1_795_000_000);
    let own = now.plus_seconds(LIFETIME);
    assert_eq!(expiry(now, None), own);
    assert_eq!(
        expiry(now, Some(now.plus_seconds(10))),
        now.plus_seconds(10)
    );
    assert_eq!(expiry(now, Some(own.plus_seconds(10))), own);
}

#[test]
fn a_commitment_is_to_one_identifier() {
    let one = IdentifierCommitment::new([1; 16], "user@example.com");
    assert!(one.matches("user@example.com"));
    for other in [
        "",
        "user@example.con",
        "user@example.com ",
        "User@example.com",
        "user@example.co",
    ] {
        assert!(!one.matches(other), "{other}");
    }
    assert_ne!(one, IdentifierCommitment::new([2; 16], "user@example.com"));
    // Salt first, then the identifier's UTF-8, nothing else.
    let digest: [u8; 32] = {
        use sha2::Digest as _;
        sha2::Sha256::digest([&[1; 16][..], b"user@example.com"].concat()).into()
    };
    assert_eq!(one.hash.0, digest);
}

#[test]
fn debug_shows_nothing_that_could_be_guessed_at() {
    let shown = format!("{:?} {:?}", sample_claims(), sample_claims().commitment());
    assert!(!shown.contains("BwcH") && !shown.contains("[7"), "{shown}");
    let token = token();
    let shown = format!("{:?}", jws::decode(&token).unwrap());
    assert_eq!(shown, "Unverified { .. }");
}

#[test]
fn an_account_is_committed_to_or_not_mentioned() {
    let salt = sample_claims().identifier_salt.0;
    let hash = crate::claims::account_hash(salt, "583231");
    let mut claims = sample_claims();
    assert!(!claims.is_about_account("583231"));
    claims.account_hash = Some(hash);
    assert!(claims.is_about_account("583231"));
    assert!(!claims.is_about_account("583232"));
    let written = String::from_utf8(claims.to_json().unwrap()).unwrap();
    assert_eq!(opened(&signed_claims(&written)), Ok(claims));
    for odd in [
        json!(null),
        json!(""),
        json!("AAAA"),
        json!(583_231),
        json!([]),
    ] {
        assert_malformed(&with(good_claims(), "account_hash", odd));
    }
    // The id of a channel can be the identifier too: the two commitments still differ.
    let same = IdentifierCommitment::new(salt, "583231");
    assert_ne!(same.hash, hash);
}
