//! Keys over their life: how they are stored, and which sets of them are refused.

use serde_json::json;

use super::*;
use crate::jwk::{KeyError, PublicJwk};
use crate::keys::SigningKeys;
use crate::kid::Kid;
use crate::native::{
    private_jwk_from_pem, private_jwk_to_pem, public_jwk_from_pem, public_jwk_to_pem,
};

const DAY: i64 = 86_400;

const START: i64 = 1_795_000_000;

fn kid(name: &str) -> Kid {
    name.parse().unwrap()
}

fn second_jwk() -> PrivateJwk {
    let mut jwk = keys().attackers.clone();
    jwk.public.kid = kid("proof-holdings-2026-12");
    jwk
}

/// A key as the secret has it.
fn entry(jwk: &PrivateJwk, created_at: i64, retired_at: Option<i64>) -> Value {
    let mut entry: Value = serde_json::from_str(&jwk.to_json().unwrap()).unwrap();
    entry["created_at"] = json!(created_at);
    if let Some(retired_at) = retired_at {
        entry["retired_at"] = json!(retired_at);
    }
    entry
}

fn secret(active: &str, keys: &[Value]) -> Result<SigningKeys, KeyError> {
    SigningKeys::from_json(&json!({ "active": active, "keys": keys }).to_string())
}

fn stored() -> Value {
    let key = entry(&keys().ours, START, None);
    json!({ "active": "proof-holdings-2026-11", "keys": [key] })
}

#[test]
fn a_rotated_set_signs_with_the_new_key_and_the_old_tokens_stay_good() {
    let before = SigningKeys::from_json(&stored().to_string()).unwrap();
    let rotated = [
        entry(&keys().ours, START, Some(START + 20 * DAY)),
        entry(&second_jwk(), START + 20 * DAY, None),
    ];
    let after = secret("proof-holdings-2026-12", &rotated).unwrap();
    let sign = |keys: &SigningKeys| {
        let signer = NativeSigner::new(&keys.active().unwrap().jwk).unwrap();
        done(issue(&signer, &sample_claims())).unwrap()
    };
    let (old_token, new_token) = (sign(&before), sign(&after));
    assert_ne!(old_token, new_token);

    let verify = |published: &[&PrivateJwk], token: &str| {
        done(open(
            &NativeVerifier::new(&key_set(published)).unwrap(),
            token,
        ))
    };
    let (ours, second) = (&keys().ours, &second_jwk());
    for token in [&old_token, &new_token] {
        assert_eq!(verify(&[second, ours], token), Ok(sample_claims()));
    }
    // A verifier that still has the day-old set says so, instead of calling the token forged.
    let unknown = Err(OpenError::Refused(Refusal::UnknownKey));
    assert_eq!(verify(&[ours], &new_token), unknown);
    assert_eq!(verify(&[second], &old_token), unknown);
}

#[test]
fn an_announced_key_does_not_sign() {
    let announced = [
        entry(&keys().ours, START, None),
        entry(&second_jwk(), START, None),
    ];
    let set = secret("proof-holdings-2026-11", &announced).unwrap();
    let active = set.active().unwrap().jwk.kid();
    assert_eq!(active, &kid("proof-holdings-2026-11"));
    let set = secret("proof-holdings-2026-12", &announced).unwrap();
    let active = set.active().unwrap().jwk.kid();
    assert_eq!(active, &kid("proof-holdings-2026-12"));
}

#[test]
fn sets_that_break_a_rule_are_refused() {
    let refused = |active: &str, keys: &[Value]| secret(active, keys).map(drop);
    let first = entry(&keys().ours, START, None);
    let same_name = entry(&keys().attackers, START, None);
    let mut same_key = keys().ours.clone();
    same_key.public.kid = kid("proof-holdings-2026-12");
    let same_key = entry(&same_key, START, None);
    let active = "proof-holdings-2026-11";

    let pair = [first.clone(), same_name];
    assert_eq!(refused(active, &pair), Err(KeyError::RepeatedKid));
    let pair = [first.clone(), same_key];
    assert_eq!(refused(active, &pair), Err(KeyError::RepeatedKey));
    // Retired before it was made.
    let pair = [first.clone(), entry(&second_jwk(), START, Some(START - 1))];
    assert_eq!(refused(active, &pair), Err(KeyError::Times));
    // Milliseconds.
    let pair = [first, entry(&second_jwk(), START * 1_000, None)];
    assert_eq!(refused(active, &pair), Err(KeyError::Json));
    // A retired key does not come back.
    let retired = [entry(&keys().ours, START, Some(START + 1))];
    assert_eq!(refused(active, &retired), Err(KeyError::Times));
}

#[test]
fn nothing_private_is_printed() {
    let ours = &keys().ours;
    let printed = format!(
        "{:?}{:?}",
        SigningKeys::from_json(&stored().to_string()),
        keys().signer
    );
    let published = serde_json::to_string(&ours.public).unwrap();
    for secret in [&ours.d, &ours.p, &ours.q, &ours.dp, &ours.dq, &ours.qi] {
        assert!(!printed.contains(secret.expose()));
        assert!(!published.contains(secret.expose()));
    }
}

#[test]
fn damaged_secrets_are_refused() {
    let change = |path: &str, value: Value| {
        let mut json = stored();
        *json.pointer_mut(path).unwrap() = value;
        SigningKeys::from_json(&json.to_string()).map(drop)
    };
    assert_eq!(
        change("/active", json!("proof-holdings-2026-10")),
        Err(KeyError::NoActiveKey)
    );
    assert_eq!(change("/active", json!("other")), Err(KeyError::Json));
    assert_eq!(change("/keys", json!([])), Err(KeyError::NoActiveKey));
    assert_eq!(change("/keys/0/kid", json!("2026-11")), Err(KeyError::Json));
    assert_eq!(change("/keys/0/alg", json!("RS512")), Err(KeyError::Json));
    assert_eq!(change("/keys/0/kty", json!("EC")), Err(KeyError::Json));
    assert_eq!(change("/keys/0/use", json!("enc")), Err(KeyError::Json));
    assert_eq!(change("/keys/0/d", json!("")), Err(KeyError::Number));
    assert_eq!(change("/keys/0/d", json!("AAEC")), Err(KeyError::Number));
    assert_eq!(change("/keys/0/p", json!("+/8")), Err(KeyError::Number));
    assert_eq!(change("/keys/0/created_at", json!(-1)), Err(KeyError::Json));
    assert_eq!(
        change("/keys/0/created_at", json!("2026-11-01T00:00:00Z")),
        Err(KeyError::Json)
    );
    for text in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"active":"proof-holdings-2026-11"}"#,
    ] {
        assert_eq!(
            SigningKeys::from_json(text).map(drop),
            Err(KeyError::Json),
            "{text}"
        );
    }
}

#[test]
fn weak_public_keys_are_refused() {
    let good = keys().ours.public.clone();
    let check = |change: &dyn Fn(&mut PublicJwk)| {
        let mut jwk = good.clone();
        change(&mut jwk);
        KeySet::new(Jwks { keys: vec![jwk] }).map(drop)
    };
    let modulus = good.modulus().unwrap();
    let short = encode(&[&[0xff], &modulus[129..]].concat());
    assert_eq!(check(&|_| ()), Ok(()));
    assert_eq!(
        check(&|jwk| jwk.n = encode(&[&[0x7f], &modulus[1..]].concat())),
        Err(KeyError::Modulus)
    );
    assert_eq!(
        check(&|jwk| jwk.n.clone_from(&short)),
        Err(KeyError::Modulus)
    );
    assert_eq!(
        check(&|jwk| jwk.n = encode(&[&modulus[..255], &[2]].concat())),
        Err(KeyError::Modulus)
    );
    assert_eq!(
        check(&|jwk| jwk.n = encode(&[0xff; 513])),
        Err(KeyError::Modulus)
    );
    assert_eq!(
        check(&|jwk| jwk.n = encode(&[&[0], &modulus[..]].concat())),
        Err(KeyError::Number)
    );
    assert_eq!(check(&|jwk| jwk.n = String::new()), Err(KeyError::Number));
    for e in [&[1][..], &[3], &[1, 0, 0], &[1, 0, 2], &[1, 0, 0, 0, 1]] {
        assert_eq!(
            check(&|jwk| jwk.e = encode(e)),
            Err(KeyError::Exponent),
            "{e:?}"
        );
    }
    assert_eq!(
        check(&|jwk| jwk.e = "AAEAAQ".to_owned()),
        Err(KeyError::Number)
    );
    assert_eq!(
        check(&|jwk| jwk.e = "AQAB=".to_owned()),
        Err(KeyError::Number)
    );
    let twice = Jwks {
        keys: vec![good.clone(), good.clone()],
    };
    assert_eq!(KeySet::new(twice), Err(KeyError::RepeatedKid));
    assert_eq!(KeySet::from_json("[]"), Err(KeyError::Json));
}

#[test]
fn numbers_that_do_not_belong_together_do_not_sign() {
    let (ours, other) = (&keys().ours, &keys().attackers);
    let changes: [fn(&mut PrivateJwk, &PrivateJwk); 7] = [
        |jwk, other| jwk.public.n.clone_from(&other.public.n),
        |jwk, other| jwk.d = other.d.clone(),
        |jwk, other| jwk.p = other.p.clone(),
        |jwk, other| jwk.q = other.q.clone(),
        |jwk, other| jwk.dp = other.dp.clone(),
        |jwk, other| jwk.dq = other.dq.clone(),
        |jwk, other| jwk.qi = other.qi.clone(),
    ];
    for change in changes {
        let mut jwk = ours.clone();
        change(&mut jwk, other);
        assert_eq!(
            NativeSigner::new(&jwk).map(drop),
            Err(KeyError::Inconsistent)
        );
    }
}

#[test]
fn keys_go_out_to_pem_and_come_back() {
    let ours = &keys().ours;
    let pem = private_jwk_to_pem(ours).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    let back = private_jwk_from_pem(ours.kid().clone(), &pem).unwrap();
    assert_eq!(*back.to_json().unwrap(), *ours.to_json().unwrap());

    let pem = public_jwk_to_pem(&ours.public).unwrap();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\n"));
    assert_eq!(
        public_jwk_from_pem(ours.kid().clone(), &pem),
        Ok(ours.public.clone())
    );

    for other in [
        "",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        &pem,
    ] {
        let read = private_jwk_from_pem(ours.kid().clone(), other).map(drop);
        assert_eq!(read, Err(KeyError::Pem));
    }
    assert_eq!(
        public_jwk_from_pem(ours.kid().clone(), "x"),
        Err(KeyError::Pem)
    );
}

#[test]
fn a_short_key_is_not_imported() {
    let read = private_jwk_from_pem(kid("proof-holdings-2026-11"), &keys().short_pem).map(drop);
    assert_eq!(read, Err(KeyError::Modulus));
}
