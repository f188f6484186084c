//! Tokens as another library reads and writes them: whoever follows the documentation's offline
//! recipe, with the published key set or with a PEM file, comes to the same answer.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header,
};

use super::*;
use crate::native::{private_jwk_to_pem, public_jwk_to_pem};

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_issuer(&["https://proof.example"]);
    validation.set_audience(&["6503f1c2a4b8d90e7f1a2b3c"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // The claims of the tests have a fixed time.
    validation.validate_exp = false;
    validation
}

#[test]
fn others_read_our_tokens_with_the_published_keys() {
    let token = token();
    let header = decode_header(&token).unwrap();
    assert_eq!(header.typ.as_deref(), Some("proof+jwt"));
    let jwks = serde_json::to_string(&Jwks {
        keys: vec![keys().ours.public.clone()],
    })
    .unwrap();
    let jwks: JwkSet = serde_json::from_str(&jwks).unwrap();
    let key = DecodingKey::from_jwk(jwks.find(&header.kid.unwrap()).unwrap()).unwrap();
    let read = decode::<ProofClaims>(&token, &key, &validation()).unwrap();
    assert_eq!(read.claims, sample_claims());
}

#[test]
fn others_read_our_tokens_with_a_pem_file() {
    let pem = public_jwk_to_pem(&keys().ours.public).unwrap();
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let read = decode::<ProofClaims>(&token(), &key, &validation()).unwrap();
    assert_eq!(read.claims, sample_claims());

    let pem = public_jwk_to_pem(&keys().attackers.public).unwrap();
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    assert!(decode::<ProofClaims>(&token(), &key, &validation()).is_err());
}

#[test]
fn others_see_our_tokens_expire() {
    let pem = public_jwk_to_pem(&keys().ours.public).unwrap();
    let key = DecodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let mut old = sample_claims();
    for time in [&mut old.iat, &mut old.exp, &mut old.verified_at] {
        *time = time.plus_seconds(-20 * 365 * 86_400);
    }
    let token = done(issue(&keys().signer, &old)).unwrap();
    let mut validation = validation();
    validation.validate_exp = true;
    let error = decode::<ProofClaims>(&token, &key, &validation).unwrap_err();
    assert_eq!(
        *error.kind(),
        jsonwebtoken::errors::ErrorKind::ExpiredSignature
    );
}

#[test]
fn we_read_what_others_sign_with_our_key() {
    let pem = private_jwk_to_pem(&keys().ours).unwrap();
    let key = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::RS256);
    header.typ = Some("proof+jwt".to_owned());
    header.kid = Some("proof-holdings-2026-11".to_owned());
    let theirs = jsonwebtoken::encode(&header, &sample_claims(), &key).unwrap();
    assert_eq!(opened(&theirs), Ok(sample_claims()));

    header.typ = Some("JWT".to_owned());
    let session = jsonwebtoken::encode(&header, &sample_claims(), &key).unwrap();
    assert_eq!(refusal(&session), Refusal::Malformed);

    header.typ = Some("proof+jwt".to_owned());
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS256] {
        header.alg = algorithm;
        let other = jsonwebtoken::encode(&header, &sample_claims(), &key).unwrap();
        assert_eq!(refusal(&other), Refusal::Malformed);
    }
}
