//! Attacks on tokens, by the numbers of the threat list, and the tools to forge them with.

mod algorithms;
mod claims;
mod cross_check;
mod encodings;
mod key_injection;
mod properties;
mod rotation;
mod verdicts;

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::OnceLock;
use std::task::{Context, Poll, Waker};

use rsa::RsaPrivateKey;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::rand_core::OsRng;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::claims::ProofClaims;
use crate::conformance::sample_claims;
use crate::encoding::encode;
use crate::issue::issue;
use crate::jwk::{Jwks, KeySet, PrivateJwk};
use crate::jws;
use crate::native::{NativeSigner, NativeVerifier, generate_private_jwk};
use crate::signer::{KeyLookupError, Signer as _, Verifier};
use crate::validate::{OpenError, Refusal, open};

/// The keys of all tests, generated once.
pub(crate) struct Keys {
    pub(crate) ours: PrivateJwk,
    pub(crate) attackers: PrivateJwk,
    pub(crate) signer: NativeSigner,
    pub(crate) attacker: NativeSigner,
    pub(crate) verifier: NativeVerifier,
    /// A key of 1024 bits.
    pub(crate) short_pem: Zeroizing<String>,
}

pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let generate = || generate_private_jwk("proof-holdings-2026-11".parse().unwrap()).unwrap();
        let second = std::thread::spawn(generate);
        let ours = generate();
        let attackers = second.join().unwrap();
        let short = RsaPrivateKey::new(&mut OsRng, 1024).unwrap();
        Keys {
            signer: NativeSigner::new(&ours).unwrap(),
            attacker: NativeSigner::new(&attackers).unwrap(),
            verifier: NativeVerifier::new(&key_set(&[&ours])).unwrap(),
            ours,
            attackers,
            short_pem: short.to_pkcs8_pem(LineEnding::LF).unwrap(),
        }
    })
}

pub(crate) fn key_set(keys: &[&PrivateJwk]) -> KeySet {
    let keys = keys.iter().map(|jwk| jwk.public.clone()).collect();
    KeySet::new(Jwks { keys }).unwrap()
}

/// Native futures never wait.
pub(crate) fn done<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a native future waited"),
    }
}

pub(crate) fn token() -> String {
    done(issue(&keys().signer, &sample_claims())).unwrap()
}

pub(crate) fn opened(token: &str) -> Result<ProofClaims, OpenError> {
    done(open(&keys().verifier, token))
}

/// How the token is refused. It must be.
pub(crate) fn refusal(token: &str) -> Refusal {
    match opened(token) {
        Err(OpenError::Refused(refusal)) => refusal,
        other => panic!("{other:?} for {token}"),
    }
}

pub(crate) fn good_header() -> Value {
    json!({ "alg": "RS256", "typ": "proof+jwt", "kid": "proof-holdings-2026-11" })
}

pub(crate) fn good_claims() -> Value {
    serde_json::to_value(sample_claims()).unwrap()
}

/// A token of any header and claims, with a true signature by our key over exactly them: what is
/// refused of these is refused for its form alone.
pub(crate) fn signed(header: &str, claims: &str) -> String {
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(claims.as_bytes())
    );
    let signature = done(keys().signer.sign(input.as_bytes())).unwrap();
    format!("{input}.{}", encode(&signature))
}

pub(crate) fn signed_header(header: &str) -> String {
    signed(header, &good_claims().to_string())
}

pub(crate) fn signed_claims(claims: &str) -> String {
    signed(&good_header().to_string(), claims)
}

/// A JSON object with one member set.
pub(crate) fn with(object: Value, member: &str, value: Value) -> String {
    let mut object = object;
    object[member] = value;
    object.to_string()
}

/// A JSON object with one member removed.
pub(crate) fn without(object: Value, member: &str) -> String {
    let mut object = object;
    object.as_object_mut().unwrap().remove(member).unwrap();
    object.to_string()
}

/// A JSON object with raw text after its last member.
pub(crate) fn followed_by(object: &Value, raw: &str) -> String {
    format!("{},{raw}}}", object.to_string().strip_suffix('}').unwrap())
}

#[test]
fn the_tools_make_good_tokens_when_they_change_nothing() {
    assert_eq!(opened(&token()), Ok(sample_claims()));
    assert_eq!(
        opened(&signed_claims(&good_claims().to_string())),
        Ok(sample_claims())
    );
    assert_eq!(
        opened(&signed_header(&followed_by(
            &json!({ "alg": "RS256", "typ": "proof+jwt" }),
            r#""kid":"proof-holdings-2026-11""#
        ))),
        Ok(sample_claims())
    );
    assert!(token().len() < 1200, "{}", token().len());
}

#[test]
fn tokens_have_the_documented_header_and_claims() {
    let token = token();
    let unverified = jws::decode(&token).unwrap();
    assert_eq!(
        token.split('.').next().unwrap(),
        encode(br#"{"alg":"RS256","typ":"proof+jwt","kid":"proof-holdings-2026-11"}"#)
    );
    let claims: Value = serde_json::from_slice(&unverified.claims_bytes).unwrap();
    assert_eq!(
        claims,
        json!({
            "iss": "https://proof.example",
            "aud": "6503f1c2a4b8d90e7f1a2b3c",
            "sub": "505050505050505050505050",
            "jti": "515151515151515151515151",
            "iat": 1_795_000_000,
            "exp": 1_797_592_000,
            "env": "live",
            "type": "phone",
            "channel": "whatsapp",
            "verified_at": 1_795_000_000,
            "identifier_salt": "BwcHBwcHBwcHBwcHBwcHBw",
            "identifier_hash": "gmjaXyPvp3BOH0UIKzFH_sjhnO20mYHAzWo_YdolHZY",
        })
    );
}

#[test]
fn the_native_pair_conforms() {
    let keys = keys();
    done(crate::conformance::signer_and_verifier(
        &keys.signer,
        &keys.verifier,
    ))
    .unwrap();
    let published = NativeVerifier::new(&crate::conformance::published_keys().unwrap()).unwrap();
    done(crate::conformance::published_vector(&published)).unwrap();
}

/// An implementation may be written with `async fn` and be bound to its thread, as `WebCrypto` is.
struct BoundToThread(Rc<NativeVerifier>);

impl Verifier for BoundToThread {
    async fn verify(
        &self,
        kid: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<bool, KeyLookupError> {
        let verifier = Rc::clone(&self.0);
        verifier.verify(kid, signing_input, signature).await
    }
}

#[test]
fn implementations_may_be_bound_to_their_thread() {
    let verifier = BoundToThread(Rc::new(keys().verifier.clone()));
    done(crate::conformance::signer_and_verifier(
        &keys().signer,
        &verifier,
    ))
    .unwrap();
}

/// A verifier whose keys are out of reach.
struct OutOfReach;

impl Verifier for OutOfReach {
    async fn verify(&self, _: &str, _: &[u8], _: &[u8]) -> Result<bool, KeyLookupError> {
        Err(KeyLookupError::Unavailable("no keys".to_owned()))
    }
}

#[test]
fn a_check_that_could_not_be_made_is_no_refusal() {
    let unavailable = Err(OpenError::Unavailable("no keys".to_owned()));
    assert_eq!(done(open(&OutOfReach, &token())), unavailable);
    assert_eq!(
        done(open(&OutOfReach, "x")),
        Err(OpenError::Refused(Refusal::Malformed))
    );
}
