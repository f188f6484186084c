//! Threats 2 and 3: a token brings no key, names no address, and is no other kind of token.

use serde_json::json;

use super::*;

#[test]
fn a_token_brings_no_key_and_no_address_of_one() {
    let own_key = serde_json::to_value(&keys().attackers.public).unwrap();
    let members = [
        ("jwk", own_key.clone()),
        ("jwk", json!({})),
        ("jku", json!("https://sink.example/jwks")),
        ("x5u", json!("https://sink.example/chain")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("keys", json!([own_key])),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("x", json!(null)),
    ];
    for (member, value) in members {
        let header = with(good_header(), member, value);
        // Signed by our key, so that nothing but the member is wrong.
        assert_eq!(
            refusal(&signed_header(&header)),
            Refusal::Malformed,
            "{header}"
        );
        // Signed by the attacker's key, as it would come.
        let input = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(good_claims().to_string().as_bytes())
        );
        let signature = done(keys().attacker.sign(input.as_bytes())).unwrap();
        assert_eq!(
            refusal(&format!("{input}.{}", encode(&signature))),
            Refusal::Malformed
        );
    }
}

#[test]
fn another_key_under_our_name_does_not_sign_for_us() {
    let forged = done(issue(&keys().attacker, &sample_claims())).unwrap();
    assert_eq!(refusal(&forged), Refusal::InvalidSignature);
}

#[test]
fn names_of_keys_lead_nowhere_else() {
    for kid in [
        "",
        "proof-holdings-2026-10",
        "proof-holdings-2026-11.2",
        "proof-holdings-2026-11 ",
        "PROOF-HOLDINGS-2026-11",
        "proof-holdings-2026-11\u{0}",
        "../../dev/null",
        "k' UNION SELECT 'x'--",
        "https://sink.example/jwks",
        "__proto__",
        "*",
    ] {
        let header = with(good_header(), "kid", json!(kid));
        assert_eq!(
            refusal(&signed_header(&header)),
            Refusal::UnknownKey,
            "{kid}"
        );
    }
    for kid in [
        json!(null),
        json!(0),
        json!(["proof-holdings-2026-11"]),
        json!({}),
        json!(true),
    ] {
        let header = with(good_header(), "kid", kid);
        assert_eq!(
            refusal(&signed_header(&header)),
            Refusal::Malformed,
            "{header}"
        );
    }
    assert_eq!(
        refusal(&signed_header(&without(good_header(), "kid"))),
        Refusal::Malformed
    );
}

#[test]
fn sizes_are_bounded_before_anything_is_read() {
    let kid_of = |length: usize| with(good_header(), "kid", json!("k".repeat(length)));
    let room = jws::MAX_HEADER - kid_of(0).len();
    assert_eq!(refusal(&signed_header(&kid_of(room))), Refusal::UnknownKey);
    for length in [room + 1, 2000, 100_000] {
        assert_eq!(
            jws::decode(&signed_header(&kid_of(length))),
            Err(jws::Malformed::TooLong)
        );
    }

    let padding_of = |length: usize| with(good_claims(), "padding", json!("x".repeat(length)));
    assert!(opened(&signed_claims(&padding_of(4000))).is_ok());
    for length in [7000, 1_000_000] {
        assert_eq!(
            jws::decode(&signed_claims(&padding_of(length))),
            Err(jws::Malformed::TooLong)
        );
    }
}

#[test]
fn members_of_the_header_occur_once() {
    for (before, after) in [
        (r#""alg":"none","#, ""),
        ("", r#","alg":"none""#),
        ("", r#","alg":"RS256""#),
        ("", r#","\u0061lg":"RS256""#),
        ("", r#","kid":"proof-holdings-2026-11""#),
        (r#""typ":"JWT","#, ""),
    ] {
        let header = format!(
            r#"{{{before}"alg":"RS256","typ":"proof+jwt","kid":"proof-holdings-2026-11"{after}}}"#
        );
        assert_eq!(
            refusal(&signed_header(&header)),
            Refusal::Malformed,
            "{header}"
        );
    }
}

#[test]
fn headers_are_json_objects() {
    for header in [
        "",
        "null",
        "[]",
        r#"["RS256","proof+jwt","proof-holdings-2026-11"]"#,
        r#""RS256""#,
        "{}",
        "\u{feff}{}",
        r#"{"alg":"RS256","typ":"proof+jwt","kid":"proof-holdings-2026-11"}x"#,
        r#"{"alg":"RS256","typ":"proof+jwt","kid":"proof-holdings-2026-11",}"#,
        r"{'alg':'RS256','typ':'proof+jwt','kid':'proof-holdings-2026-11'}",
        r#"{"ALG":"RS256","Typ":"proof+jwt","kid":"proof-holdings-2026-11"}"#,
    ] {
        assert_eq!(
            refusal(&signed_header(header)),
            Refusal::Malformed,
            "{header}"
        );
    }
}

#[test]
fn no_other_kind_of_token_is_a_proof() {
    for typ in [
        "JWT",
        "jwt",
        "at+jwt",
        "presence+jwt",
        "session+jwt",
        "statuslist+jwt",
        "application/proof+jwt",
        "PROOF+JWT",
        "proof+jwt ",
        "",
    ] {
        let header = with(good_header(), "typ", json!(typ));
        assert_eq!(
            refusal(&signed_header(&header)),
            Refusal::Malformed,
            "{typ}"
        );
    }
    assert_eq!(
        refusal(&signed_header(&without(good_header(), "typ"))),
        Refusal::Malformed
    );
    // A token of the right `typ`, but without what makes a proof.
    let claims = r#"{"iss":"https://proof.example","sub":"x","iat":1795000000,"exp":1797592000}"#;
    assert_eq!(refusal(&signed_claims(claims)), Refusal::Malformed);
}
