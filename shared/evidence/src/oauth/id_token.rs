//! ID tokens (OpenID Connect Core): taken apart strictly, and believed only after somebody else has
//! checked the signature and the claims name this client and this attempt. Nothing of a token
//! chooses how it is checked.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Deserializer};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::provider::Nonce;

/// How far the provider's clock may be from ours, in seconds.
const SKEW: i64 = 60;
/// A token that was just asked for is younger than this, in seconds.
const FRESH: i64 = 600;
/// OpenID Connect Core §2.
const MAX_SUBJECT: usize = 255;

/// Why an ID token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenFault {
    #[error("it is not a signed token of the expected form")]
    Malformed,
    #[error("it is not signed with RS256")]
    Algorithm,
    #[error("it names a key that the provider does not publish")]
    UnknownKey,
    #[error("its signature does not hold")]
    Signature,
    #[error("its claims are not those of an ID token")]
    Claims,
    #[error("somebody else issued it")]
    Issuer,
    #[error("it is meant for somebody else")]
    Audience,
    #[error("it is too old, or from the future")]
    Time,
    #[error("it belongs to another attempt")]
    Nonce,
    #[error("it belongs to another access token")]
    AccessToken,
}

/// A token taken apart. Its claims cannot be read without saying what is expected of them.
pub struct IdToken<'a> {
    /// The name of a key, as the token has it.
    pub kid: Option<String>,
    /// The bytes that the signature is over.
    pub signing_input: &'a [u8],
    pub signature: Vec<u8>,
    claims: Vec<u8>,
}

/// What is expected of claims.
pub(super) struct Expected<'a> {
    pub(super) issuers: &'a [&'a str],
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) nonce_policy: Nonce,
    pub(super) access_token: &'a str,
    pub(super) now: Timestamp,
}

/// What an ID token says of who signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct IdClaims {
    pub subject: String,
    /// Only if the provider says that the address is verified.
    pub email: Option<String>,
}

/// Members besides these are passed over, but for `crit`: whoever does not know an extension that
/// is critical must refuse (RFC 7515 §4.1.11). Keys in a header (`jwk`, `jku`, `x5u`) are not read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<serde::de::IgnoredAny>,
    #[serde(default)]
    b64: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    azp: Option<String>,
    #[serde(default)]
    nonce: Option<String>,
    #[serde(default)]
    at_hash: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default, deserialize_with = "truth")]
    email_verified: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    /// Nobody else is trusted with a token that is meant for us (§3.1.3.7, 3).
    fn is_only(&self, client_id: &str) -> bool {
        match self {
            Self::One(one) => one == client_id,
            Self::Many(many) => !many.is_empty() && many.iter().all(|one| one == client_id),
        }
    }
}

impl<'a> IdToken<'a> {
    pub fn parse(token: &'a str) -> Result<Self, IdTokenFault> {
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(IdTokenFault::Malformed);
        };
        let decode = |part: &str| {
            BASE64URL_NOPAD
                .decode(part.as_bytes())
                .map_err(|_| IdTokenFault::Malformed)
        };
        let read: Header = object(&decode(header)?).ok_or(IdTokenFault::Malformed)?;
        if read.crit.is_some() || read.b64.is_some() {
            return Err(IdTokenFault::Malformed);
        }
        if read.alg != "RS256" {
            return Err(IdTokenFault::Algorithm);
        }
        Ok(Self {
            kid: read.kid,
            signing_input: &token.as_bytes()[..=header.len() + claims.len()],
            signature: decode(signature)?,
            claims: decode(claims)?,
        })
    }

    pub(super) fn claims(&self, expected: &Expected<'_>) -> Result<IdClaims, IdTokenFault> {
        let claims: Claims = object(&self.claims).ok_or(IdTokenFault::Claims)?;
        let now = expected.now.seconds();
        if !expected.issuers.contains(&claims.iss.as_str()) {
            return Err(IdTokenFault::Issuer);
        }
        let ours = claims.aud.is_only(expected.client_id)
            && claims.azp.is_none_or(|azp| azp == expected.client_id);
        if !ours {
            return Err(IdTokenFault::Audience);
        }
        let in_time = claims.exp > now.saturating_sub(SKEW)
            && claims.iat <= now.saturating_add(SKEW)
            && claims.iat >= now.saturating_sub(FRESH)
            && claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(SKEW));
        if !in_time {
            return Err(IdTokenFault::Time);
        }
        let same = |one: &str, other: &str| bool::from(one.as_bytes().ct_eq(other.as_bytes()));
        let of_this_attempt = match claims.nonce {
            Some(nonce) => same(&nonce, expected.nonce),
            None => expected.nonce_policy == Nonce::Forgotten,
        };
        if !of_this_attempt {
            return Err(IdTokenFault::Nonce);
        }
        // §3.1.3.8: the left half of the hash.
        let digest = Sha256::digest(expected.access_token);
        let half = BASE64URL_NOPAD.encode(&digest[..16]);
        if claims.at_hash.is_some_and(|hash| !same(&hash, &half)) {
            return Err(IdTokenFault::AccessToken);
        }
        if claims.sub.is_empty() || claims.sub.len() > MAX_SUBJECT {
            return Err(IdTokenFault::Claims);
        }
        Ok(IdClaims {
            subject: claims.sub,
            email: claims.email.filter(|_| claims.email_verified),
        })
    }
}

/// The derived readers would take a list in place of an object. They refuse a member twice.
pub(super) fn object<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Option<T> {
    let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
    (first == Some(&b'{'))
        .then(|| serde_json::from_slice(json).ok())
        .flatten()
}

/// Some providers write it as a text.
fn truth<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value == true || value == "true")
}

impl fmt::Debug for IdToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdToken(…)")
    }
}

impl fmt::Debug for IdClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdClaims(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn part(json: &Value) -> String {
        BASE64URL_NOPAD.encode(json.to_string().as_bytes())
    }

    fn token(header: &Value, claims: &Value) -> String {
        format!("{}.{}.AAAA", part(header), part(claims))
    }

    fn claims() -> Value {
        json!({
            "iss": "https://accounts.google.com", "sub": "1102", "aud": "client", "azp": "client",
            "exp": NOW + 3600, "iat": NOW, "nonce": "n-0S6", "email": "one@example.com",
            "email_verified": true, "hd": "example.com",
            "at_hash": BASE64URL_NOPAD.encode(&Sha256::digest("access")[..16]),
        })
    }

    fn judged(claims: &Value, nonce_policy: Nonce) -> Result<IdClaims, IdTokenFault> {
        let token = token(&json!({"alg": "RS256", "kid": "k1", "typ": "JWT"}), claims);
        IdToken::parse(&token).unwrap().claims(&Expected {
            issuers: &["https://accounts.google.com", "accounts.google.com"],
            client_id: "client",
            nonce: "n-0S6",
            nonce_policy,
            access_token: "access",
            now: Timestamp::from_seconds(NOW),
        })
    }

    fn with(member: &str, value: Value) -> Value {
        let mut changed = claims();
        changed[member] = value;
        changed
    }

    fn without(member: &str) -> Value {
        let mut changed = claims();
        changed.as_object_mut().unwrap().remove(member);
        changed
    }

    #[test]
    fn a_good_token_says_who() {
        let said = judged(&claims(), Nonce::Repeated).unwrap();
        assert_eq!(said.subject, "1102");
        assert_eq!(said.email.as_deref(), Some("one@example.com"));
        for good in [
            with("iss", json!("accounts.google.com")),
            with("aud", json!(["client"])),
            with("exp", json!(NOW - SKEW + 1)),
            with("iat", json!(NOW + SKEW)),
            with("iat", json!(NOW - FRESH)),
            with("email_verified", json!("true")),
            without("azp"),
            without("at_hash"),
        ] {
            assert_eq!(judged(&good, Nonce::Repeated), Ok(said.clone()), "{good}");
        }
    }

    #[test]
    fn one_wrong_claim_is_enough() {
        use IdTokenFault::{AccessToken, Audience, Claims, Issuer, Nonce as Other, Time};
        for (bad, fault) in [
            (with("iss", json!("https://evil.example")), Issuer),
            (with("iss", json!("https://accounts.google.com/")), Issuer),
            (without("iss"), Claims),
            (with("aud", json!("another")), Audience),
            (with("aud", json!(["client", "another"])), Audience),
            (with("aud", json!([])), Audience),
            (with("aud", json!({"client": 1})), Claims),
            (without("aud"), Claims),
            (with("azp", json!("another")), Audience),
            (with("exp", json!(NOW - SKEW)), Time),
            (with("exp", json!("9999999999")), Claims),
            (with("exp", json!(1e300)), Claims),
            (without("exp"), Claims),
            (with("iat", json!(NOW + SKEW + 1)), Time),
            (with("iat", json!(NOW - FRESH - 1)), Time),
            (with("iat", json!(i64::MIN)), Time),
            (without("iat"), Claims),
            (with("nbf", json!(NOW + SKEW + 1)), Time),
            (with("nonce", json!("another")), Other),
            (with("nonce", json!("")), Other),
            (without("nonce"), Other),
            (
                with("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
                AccessToken,
            ),
            (with("sub", json!("")), Claims),
            (with("sub", json!("s".repeat(256))), Claims),
            (with("sub", json!(1102)), Claims),
            (without("sub"), Claims),
            (json!([claims()]), Claims),
            (json!("claims"), Claims),
        ] {
            assert_eq!(judged(&bad, Nonce::Repeated), Err(fault), "{bad}");
        }
    }

    #[test]
    fn a_provider_that_forgets_nonces_must_not_bring_a_wrong_one() {
        assert!(judged(&without("nonce"), Nonce::Forgotten).is_ok());
        assert!(judged(&claims(), Nonce::Forgotten).is_ok());
        assert_eq!(
            judged(&with("nonce", json!("another")), Nonce::Forgotten),
            Err(IdTokenFault::Nonce)
        );
    }

    #[test]
    fn an_address_that_is_not_verified_is_none() {
        for unverified in [
            with("email_verified", json!(false)),
            with("email_verified", json!("false")),
            with("email_verified", json!(1)),
            with("email_verified", Value::Null),
            without("email_verified"),
        ] {
            assert_eq!(judged(&unverified, Nonce::Repeated).unwrap().email, None);
        }
    }

    #[test]
    fn only_rs256_in_its_one_form_is_taken_apart() {
        use IdTokenFault::{Algorithm, Malformed};
        let body = part(&claims());
        let head = |header: Value| format!("{}.{body}.AAAA", part(&header));
        for (bad, fault) in [
            (head(json!({"alg": "none"})), Algorithm),
            (head(json!({"alg": "HS256", "kid": "k1"})), Algorithm),
            (head(json!({"alg": "rs256"})), Algorithm),
            (head(json!({"alg": "RS384"})), Algorithm),
            (head(json!({"alg": "PS256"})), Algorithm),
            (head(json!({"alg": "RS256", "crit": ["exp"]})), Malformed),
            (head(json!({"alg": "RS256", "b64": false})), Malformed),
            (head(json!({"kid": "k1"})), Malformed),
            (head(json!(["RS256"])), Malformed),
            (
                format!("{}.{body}", part(&json!({"alg": "RS256"}))),
                Malformed,
            ),
            (
                format!("{}.{body}.AAAA.AAAA", part(&json!({"alg": "RS256"}))),
                Malformed,
            ),
            (
                format!("{}.{body}.AAAA=", part(&json!({"alg": "RS256"}))),
                Malformed,
            ),
            (
                format!("{}.{body}.A+/A", part(&json!({"alg": "RS256"}))),
                Malformed,
            ),
            (
                format!("{}.{body}.AB", part(&json!({"alg": "RS256"}))),
                Malformed,
            ),
            (String::new(), Malformed),
            ("..".to_owned(), Malformed),
        ] {
            assert_eq!(IdToken::parse(&bad).unwrap_err(), fault, "{bad}");
        }
        let twice = BASE64URL_NOPAD.encode(br#"{"alg":"RS256","alg":"none"}"#);
        assert_eq!(
            IdToken::parse(&format!("{twice}.{body}.AAAA")).unwrap_err(),
            Malformed
        );
        let unsigned = format!("{}.{body}.", part(&json!({"alg": "RS256"})));
        assert!(IdToken::parse(&unsigned).unwrap().signature.is_empty());
    }

    #[test]
    fn the_signature_is_over_the_bytes_as_they_came() {
        let text = token(&json!({"alg": "RS256"}), &claims());
        let parsed = IdToken::parse(&text).unwrap();
        assert_eq!(
            parsed.signing_input,
            text.rsplit_once('.').unwrap().0.as_bytes()
        );
        assert_eq!(parsed.signature, [0, 0, 0]);
    }

    proptest! {
        #[test]
        fn nothing_breaks_the_reader(text in "[A-Za-z0-9_.=-]{0,200}") {
            let _ = IdToken::parse(&text);
        }
    }
}
