//! Keys over their life: how they are stored, replaced and withdrawn from publication.

use proof_domain::timestamp::Timestamp;
use serde_json::json;

use super::*;
use crate::claims::LIFETIME;
use crate::jwk::{KeyError, PublicJwk};
use crate::keys::{PUBLICATION_MARGIN, SigningKeys};
use crate::kid::Kid;
use crate::native::{
    private_jwk_from_pem, private_jwk_to_pem, public_jwk_from_pem, public_jwk_to_pem,
};

const DAY: i64 = 86_400;

fn start() -> Timestamp {
    Timestamp::from_seconds(1_795_000_000)
}

fn kid(name: &str) -> Kid {
    name.parse().unwrap()
}

fn first() -> SigningKeys {
    SigningKeys::first(keys().ours.clone(), start()).unwrap()
}

fn second_jwk() -> PrivateJwk {
    let mut jwk = keys().attackers.clone();
    jwk.public.kid = kid("proof-holdings-2026-12");
    jwk
}

fn published(keys: &SigningKeys) -> Vec<String> {
    keys.public_jwks()
        .keys
        .iter()
        .map(|key| key.kid.to_string())
        .collect()
}

fn stored() -> Value {
    serde_json::from_str(&first().to_json().unwrap()).unwrap()
}

#[test]
fn rotation_end_to_end() {
    let mut keys = first();
    let verify = |keys: &SigningKeys, token: &str| {
        let set = KeySet::new(keys.public_jwks()).unwrap();
        done(open(&NativeVerifier::new(&set).unwrap(), token))
    };
    let sign = |keys: &SigningKeys| {
        let signer = NativeSigner::new(&keys.active().unwrap().jwk).unwrap();
        done(issue(&signer, &sample_claims())).unwrap()
    };
    let old_token = sign(&keys);

    let rotated_at = start().plus_seconds(20 * DAY);
    assert_eq!(keys.next_kid(rotated_at), Ok(kid("proof-holdings-2026-12")));
    keys.rotate(second_jwk(), rotated_at).unwrap();
    let new_token = sign(&keys);
    assert_ne!(old_token, new_token);
    assert_eq!(
        published(&keys),
        ["proof-holdings-2026-12", "proof-holdings-2026-11"]
    );
    assert_eq!(verify(&keys, &old_token), Ok(sample_claims()));
    assert_eq!(verify(&keys, &new_token), Ok(sample_claims()));
    // A verifier that still has the day-old set says so, instead of calling the token forged.
    let stale = verify(&first(), &new_token);
    assert_eq!(stale, Err(OpenError::Refused(Refusal::UnknownKey)));

    let last_expiry = rotated_at.plus_seconds(LIFETIME);
    let gone = last_expiry.plus_seconds(PUBLICATION_MARGIN);
    for still in [rotated_at, last_expiry, gone.plus_seconds(-1)] {
        assert_eq!(keys.prune(still), 0);
        assert!(verify(&keys, &old_token).is_ok());
    }
    assert_eq!(keys.prune(gone), 1);
    assert_eq!(published(&keys), ["proof-holdings-2026-12"]);
    assert_eq!(
        verify(&keys, &old_token),
        Err(OpenError::Refused(Refusal::UnknownKey))
    );
    assert_eq!(verify(&keys, &new_token), Ok(sample_claims()));
    assert_eq!(keys.prune(gone.plus_seconds(1000 * DAY)), 0);
}

#[test]
fn a_key_can_be_announced_before_it_signs() {
    let mut keys = first();
    keys.announce(second_jwk(), start()).unwrap();
    assert_eq!(published(&keys).len(), 2);
    assert_eq!(
        keys.active().unwrap().jwk.kid(),
        &kid("proof-holdings-2026-11")
    );
    assert_eq!(keys.prune(start().plus_seconds(1000 * DAY)), 0);

    keys.activate(&kid("proof-holdings-2026-12"), start().plus_seconds(DAY))
        .unwrap();
    assert_eq!(
        keys.active().unwrap().jwk.kid(),
        &kid("proof-holdings-2026-12")
    );
    assert_eq!(keys.keys()[0].retired_at, Some(start().plus_seconds(DAY)));
    assert_eq!(published(&keys).len(), 2);
    // Once more changes nothing.
    let before = keys.to_json().unwrap();
    keys.activate(
        &kid("proof-holdings-2026-12"),
        start().plus_seconds(2 * DAY),
    )
    .unwrap();
    assert_eq!(keys.to_json().unwrap(), before);
}

#[test]
fn impossible_rotations_change_nothing() {
    let mut keys = first();
    let before = keys.to_json().unwrap();
    let same_name = super::keys().attackers.clone();
    let mut same_key = super::keys().ours.clone();
    same_key.public.kid = kid("proof-holdings-2026-12");

    assert_eq!(keys.rotate(same_name, start()), Err(KeyError::RepeatedKid));
    assert_eq!(keys.rotate(same_key, start()), Err(KeyError::RepeatedKey));
    assert_eq!(
        keys.rotate(second_jwk(), start().plus_seconds(-1)),
        Err(KeyError::Times)
    );
    let millis = Timestamp::from_seconds(start().millis());
    assert_eq!(keys.rotate(second_jwk(), millis), Err(KeyError::Times));
    let unknown = keys.activate(&kid("proof-holdings-2027-01"), start());
    assert_eq!(unknown, Err(KeyError::NoActiveKey));
    assert_eq!(keys.to_json().unwrap(), before);

    // A retired key does not come back.
    keys.rotate(second_jwk(), start()).unwrap();
    let back = keys.activate(&kid("proof-holdings-2026-11"), start().plus_seconds(1));
    assert_eq!(back, Err(KeyError::Times));
}

#[test]
fn the_secret_has_the_documented_form() {
    let mut keys = first();
    keys.rotate(second_jwk(), start().plus_seconds(DAY))
        .unwrap();
    let json: Value = serde_json::from_str(&keys.to_json().unwrap()).unwrap();
    assert_eq!(json["active"], "proof-holdings-2026-12");
    let key = json["keys"][0].as_object().unwrap();
    let mut members: Vec<&str> = key.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(
        members,
        [
            "alg",
            "created_at",
            "d",
            "dp",
            "dq",
            "e",
            "kid",
            "kty",
            "n",
            "p",
            "q",
            "qi",
            "retired_at",
            "use",
        ]
    );
    assert_eq!(key["created_at"], json!(start().seconds()));
    assert_eq!(json["keys"][1].get("retired_at"), None);
    let read = SigningKeys::from_json(&json.to_string()).unwrap();
    assert_eq!(*read.to_json().unwrap(), *keys.to_json().unwrap());
}

#[test]
fn what_is_published_has_nothing_private() {
    let published = serde_json::to_string(&first().public_jwks()).unwrap();
    let json: Value = serde_json::from_str(&published).unwrap();
    let mut members: Vec<&str> = json["keys"][0]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    members.sort_unstable();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"]);
    let ours = &keys().ours;
    for secret in [&ours.d, &ours.p, &ours.q, &ours.dp, &ours.dq, &ours.qi] {
        assert!(!published.contains(secret.expose()));
        assert!(!format!("{:?}{:?}", first(), keys().signer).contains(secret.expose()));
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
    let retired = with(
        stored()["keys"][0].clone(),
        "retired_at",
        json!(start().seconds()),
    );
    let retired = change("/keys/0", serde_json::from_str(&retired).unwrap());
    assert_eq!(retired, Err(KeyError::Times));
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
