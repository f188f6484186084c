//! The keys under which a provider signs ID tokens (RFC 7517). Sets hold keys of other kinds and
//! for other uses too: those are passed over, never used. No key comes from a token.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// No set has more keys that anybody needs.
const MAX_KEYS: usize = 64;
/// Bytes of a modulus: 2048 to 8192 bits.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1024;

/// An RSA key for RS256.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaKey {
    pub kid: Option<String>,
    n: String,
    e: String,
}

/// All that a provider signs with at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeySet(Vec<RsaKey>);

#[derive(Deserialize)]
struct Listed {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    key_use: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
}

impl SigningKeySet {
    /// Reads a set; one without a usable key is none.
    pub fn read(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<serde_json::Value>,
        }
        let set: Set = serde_json::from_slice(json).ok()?;
        let keys: Vec<_> = set
            .keys
            .into_iter()
            .take(MAX_KEYS)
            .filter_map(|key| RsaKey::read(serde_json::from_value(key).ok()?))
            .collect();
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key that a token names. A token without a name is good for a set of one key only.
    pub fn find(&self, kid: Option<&str>) -> Option<&RsaKey> {
        let Some(kid) = kid else {
            return match self.0.as_slice() {
                [only] => Some(only),
                _ => None,
            };
        };
        let mut named = self.0.iter().filter(|key| key.kid.as_deref() == Some(kid));
        match (named.next(), named.next()) {
            (Some(key), None) => Some(key),
            _ => None,
        }
    }
}

impl RsaKey {
    fn read(listed: Listed) -> Option<Self> {
        let for_us = listed.kty == "RSA"
            && listed.key_use.is_none_or(|key_use| key_use == "sig")
            && listed.alg.is_none_or(|alg| alg == "RS256");
        let (n, e) = (listed.n?, listed.e?);
        let modulus = BASE64URL_NOPAD.decode(n.as_bytes()).ok()?;
        let exponent = BASE64URL_NOPAD.decode(e.as_bytes()).ok()?;
        let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
        let sound = MODULUS.contains(&modulus.len())
            && modulus.first().is_some_and(|byte| *byte != 0)
            && odd(&modulus)
            && (1..=8).contains(&exponent.len())
            && odd(&exponent)
            && exponent != [1];
        (for_us && sound).then_some(Self {
            kid: listed.kid,
            n,
            e,
        })
    }

    /// The key alone, as the platform imports it: what it is for is said by us, not by the set.
    pub fn to_json(&self) -> String {
        #[derive(Serialize)]
        struct Jwk<'a> {
            kty: &'static str,
            n: &'a str,
            e: &'a str,
            alg: &'static str,
            #[serde(rename = "use")]
            key_use: &'static str,
        }
        let jwk = Jwk {
            kty: "RSA",
            n: &self.n,
            e: &self.e,
            alg: "RS256",
            key_use: "sig",
        };
        serde_json::to_string(&jwk).unwrap_or_default()
    }
}

impl fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({:?})", self.kid)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn modulus(bytes: usize, last: u8) -> String {
        let mut n = vec![0xc5; bytes];
        n[bytes - 1] = last;
        BASE64URL_NOPAD.encode(&n)
    }

    fn good(kid: &str) -> Value {
        json!({"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256", "n": modulus(256, 3), "e": "AQAB"})
    }

    fn read(keys: &[Value]) -> Option<SigningKeySet> {
        SigningKeySet::read(json!({ "keys": keys }).to_string().as_bytes())
    }

    #[test]
    fn keys_of_other_kinds_are_passed_over() {
        let with = |member: &str, value: Value| {
            let mut key = good("other");
            key[member] = value;
            key
        };
        let others = [
            json!({"kty": "EC", "kid": "other", "crv": "P-256", "x": "AA", "y": "AA"}),
            json!({"kty": "oct", "kid": "other", "k": "c2VjcmV0"}),
            with("use", json!("enc")),
            with("alg", json!("RSA-OAEP")),
            with("alg", json!("HS256")),
            with("n", json!(modulus(128, 3))),
            with("n", json!(modulus(256, 2))),
            with("n", json!(modulus(1025, 3))),
            with("n", json!("A+/=")),
            with("e", json!("AQ")),
            with("e", json!("AQAA")),
            with("kty", json!(7)),
            json!("key"),
            Value::Null,
        ];
        assert_eq!(read(&others), None);
        let mut all = others.to_vec();
        all.push(good("ours"));
        let set = read(&all).unwrap();
        assert_eq!(set.find(Some("ours")).unwrap().kid.as_deref(), Some("ours"));
        assert_eq!(set.find(Some("other")), None);
        assert!(set.find(None).is_some());
    }

    #[test]
    fn a_name_that_two_keys_have_names_none() {
        let set = read(&[good("one"), good("one"), good("two")]).unwrap();
        assert_eq!(set.find(Some("one")), None);
        assert!(set.find(Some("two")).is_some());
        assert_eq!(set.find(None), None);
        assert_eq!(set.find(Some("")), None);
    }

    #[test]
    fn what_is_no_set_is_none() {
        for odd in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#, "<html>"] {
            assert_eq!(SigningKeySet::read(odd.as_bytes()), None, "{odd}");
        }
    }

    #[test]
    fn what_is_imported_says_what_the_key_is_for() {
        let mut key = good("one");
        key["key_ops"] = json!(["sign"]);
        key["x5u"] = json!("https://elsewhere.example/");
        let set = read(&[key]).unwrap();
        let jwk: Value = serde_json::from_str(&set.find(Some("one")).unwrap().to_json()).unwrap();
        assert_eq!(
            jwk,
            json!({"kty": "RSA", "n": modulus(256, 3), "e": "AQAB", "alg": "RS256", "use": "sig"})
        );
    }
}
