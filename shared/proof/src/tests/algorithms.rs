//! Threat 1: the algorithm comes from the stored key, never from the header.

use hmac::{Hmac, Mac as _};
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::{DecodePrivateKey as _, EncodePublicKey as _};
use rsa::rand_core::OsRng;
use rsa::sha2::{Sha256, Sha384, Sha512};
use rsa::{Pkcs1v15Sign, Pss, RsaPrivateKey};
use serde_json::json;
use sha2::Digest as _;

use super::*;
use crate::native::{private_jwk_to_pem, public_jwk_to_pem};
use crate::validate::RefusalReason;

fn private_key() -> RsaPrivateKey {
    RsaPrivateKey::from_pkcs8_pem(&private_jwk_to_pem(&keys().ours).unwrap()).unwrap()
}

/// Header and good claims, to be signed by the test.
fn input(header: &Value) -> String {
    format!(
        "{}.{}",
        encode(header.to_string().as_bytes()),
        encode(good_claims().to_string().as_bytes())
    )
}

fn header_with_alg(alg: &Value) -> Value {
    json!({ "alg": alg, "typ": "proof+jwt", "kid": "proof-holdings-2026-11" })
}

fn assert_refused(token: &str) {
    let reason = refusal(token).reason();
    assert_eq!(reason, RefusalReason::InvalidSignature, "{token}");
}

#[test]
fn unsigned_tokens_are_refused() {
    for alg in ["none", "None", "nOnE", "NONE", "none ", ""] {
        let input = input(&header_with_alg(&json!(alg)));
        for signature in ["", "AA", token().rsplit('.').next().unwrap()] {
            assert_refused(&format!("{input}.{signature}"));
        }
        assert_refused(&input);
    }
    // The right header, no signature.
    let input = input(&good_header());
    assert_refused(&format!("{input}."));
    assert_refused(&input);
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let jwk = &keys().ours.public;
    let pem = public_jwk_to_pem(jwk).unwrap();
    let public = private_key().to_public_key();
    let pkcs1_pem = public.to_pkcs1_pem(rsa::pkcs8::LineEnding::LF).unwrap();
    let secrets: [Vec<u8>; 10] = [
        pem.clone().into(),
        pem.trim_end().into(),
        pem.replace('\n', "\r\n").into(),
        pkcs1_pem.clone().into(),
        pkcs1_pem.trim_end().into(),
        public.to_public_key_der().unwrap().as_bytes().into(),
        public.to_pkcs1_der().unwrap().as_bytes().into(),
        jwk.n.clone().into(),
        jwk.modulus().unwrap(),
        Vec::new(),
    ];
    for secret in secrets {
        for alg in ["HS256", "hs256", "RS256"] {
            let input = input(&header_with_alg(&json!(alg)));
            let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            mac.update(input.as_bytes());
            assert_refused(&format!("{input}.{}", encode(&mac.finalize().into_bytes())));
        }
    }
}

#[test]
fn our_own_key_signs_in_no_other_algorithm() {
    let key = private_key();
    let sign = |alg: &str, input: &str| -> Vec<u8> {
        let input = input.as_bytes();
        match alg {
            "RS384" => key.sign(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(input)),
            "RS512" => key.sign(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(input)),
            "PS256" => key.sign_with_rng(&mut OsRng, Pss::new::<Sha256>(), &Sha256::digest(input)),
            // Without the DigestInfo that names the hash.
            _ => key.sign(Pkcs1v15Sign::new_unprefixed(), &Sha256::digest(input)),
        }
        .unwrap()
    };
    for alg in ["RS384", "RS512", "PS256", "RS256-unprefixed"] {
        // Once honest about its algorithm, once under the name of the right one.
        for named in [alg, "RS256"] {
            let input = input(&header_with_alg(&json!(named)));
            assert_refused(&format!("{input}.{}", encode(&sign(alg, &input))));
        }
    }
}

#[test]
fn an_algorithm_of_any_other_spelling_is_refused_even_if_signed_by_our_key() {
    for alg in [
        "rs256",
        "RS256 ",
        "RS-256",
        "Rs256",
        "ES256",
        "EdDSA",
        "RS256\u{0}",
        "ＲＳ256",
    ] {
        assert_refused(&signed_header(&header_with_alg(&json!(alg)).to_string()));
    }
    for alg in [
        json!(["RS256"]),
        json!({ "RS256": null }),
        json!(null),
        json!(256),
        json!(true),
    ] {
        assert_refused(&signed_header(&header_with_alg(&alg).to_string()));
    }
    assert_refused(&signed_header(&without(good_header(), "alg")));
}

#[test]
fn another_algorithms_signature_lengths_are_refused() {
    // ES256 has 64 octets, EdDSA as well, ES512 132.
    for length in [32, 64, 132, 255, 257, 512] {
        for header in [header_with_alg(&json!("ES256")), good_header()] {
            let input = input(&header);
            assert_refused(&format!("{input}.{}", encode(&vec![1; length])));
        }
    }
}
