//! Base64url and JSON in their one accepted spelling. Two texts that differ must never decode to
//! the same value here, or a revoked or rewritten token could come back in other clothes.

use std::collections::BTreeSet;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proof_domain::timestamp::Timestamp;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess,
};

/// Base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The inverse of [`encode`] and of nothing else: padding, white space, the `+/` alphabet and
/// unused bits that are not zero are refused.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Reads a JSON object in which no member occurs twice, at any depth.
///
/// The derived readers refuse a second `exp`, but would accept an array in place of an object and
/// would overlook repeated members that they do not know.
pub(crate) fn strict_object<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    UniqueMembers { object_only: true }.deserialize(&mut reader)?;
    reader.end()?;
    serde_json::from_slice(bytes)
}

/// Walks through a JSON value and keeps nothing of it.
struct UniqueMembers {
    object_only: bool,
}

impl UniqueMembers {
    fn scalar<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.object_only {
            Err(E::custom("not an object"))
        } else {
            Ok(())
        }
    }
}

impl<'de> DeserializeSeed<'de> for UniqueMembers {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for UniqueMembers {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without repeated members")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !seen.insert(name) {
                return Err(A::Error::custom("repeated member"));
            }
            map.next_value_seed(UniqueMembers { object_only: false })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        self.scalar()?;
        while seq
            .next_element_seed(UniqueMembers { object_only: false })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.scalar()
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.scalar()
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.scalar()
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.scalar()
    }
}

/// 9999-12-31T23:59:59Z. Larger numbers are not times but mistakes, milliseconds above all.
const LATEST: i64 = 253_402_300_799;

/// Whether a time can stand in a token.
pub(crate) fn is_date(time: Timestamp) -> bool {
    (0..=LATEST).contains(&time.seconds())
}

/// Times as RFC 7519 has them, whole seconds only: no text, no fraction, no sign.
pub(crate) mod numeric_date {
    use proof_domain::timestamp::Timestamp;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[allow(
        clippy::trivially_copy_pass_by_ref,
        reason = "the shape that serde asks for"
    )]
    pub(crate) fn serialize<S: Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.seconds())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        let seconds = i64::try_from(u64::deserialize(deserializer)?).map_err(D::Error::custom)?;
        let time = Timestamp::from_seconds(seconds);
        if super::is_date(time) {
            Ok(time)
        } else {
            Err(D::Error::custom("not a time"))
        }
    }
}

/// As [`numeric_date`], for a time that may be left out; `null` is not a way to leave it out.
pub(crate) mod optional_date {
    use proof_domain::timestamp::Timestamp;
    use serde::{Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "the shape that serde asks for")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::numeric_date::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        super::numeric_date::deserialize(deserializer).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_one_spelling_of_base64url_is_read() {
        assert_eq!(decode(b"-_8").as_deref(), Some(&[0xfb, 0xff][..]));
        // "-_8" with its two unused bits set, padded, broken, or in the other alphabet.
        for other in [
            "-_9", "-_-", "-_8=", "-_8\n", " -_8", "-_ 8", "+/8", "-_8\0", "-",
        ] {
            assert_eq!(decode(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn objects_have_every_member_once() {
        let read = |json: &str| strict_object::<serde_json::Value>(json.as_bytes());
        for good in [
            r"{}",
            r#" {"a":[{"b":1.5},{"b":null}],"b":{"a":true}} "#,
            r#"{"a":"\ud83d\ude00"}"#,
        ] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "[]",
            "[{}]",
            "null",
            "1",
            r#""{}""#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":1}"#,
            r#"{"x":[{"a":1,"a":2}]}"#,
            r#"{"a":1e400}"#,
            r#"{"a":1}{}"#,
            r#"{"a":1,}"#,
            "\u{feff}{}",
            r#"{"a":"\ud800"}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(strict_object::<serde_json::Value>(b"{\"a\":\"\xff\"}").is_err());
        let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert!(read(&deep).is_err());
    }

    proptest! {
        #[test]
        fn encoding_is_one_to_one(bytes: Vec<u8>, text in "[A-Za-z0-9_+/=-]{0,40}") {
            prop_assert_eq!(decode(encode(&bytes).as_bytes()), Some(bytes));
            if let Some(decoded) = decode(text.as_bytes()) {
                prop_assert_eq!(encode(&decoded), text);
            }
        }
    }
}
