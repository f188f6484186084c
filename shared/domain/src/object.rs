//! JSON objects as the API takes them. A struct could be read from a list of its values as well, and
//! then the reference would not tell the whole truth.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A `T` that is written as an object.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfMembers<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OfMembers<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }

        deserializer
            .deserialize_map(OfMembers(PhantomData))
            .map(Self)
    }
}

/// For a field that may hold one.
pub fn maybe<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let object: Option<Object<T>> = Option::deserialize(deserializer)?;
    Ok(object.map(|Object(value)| value))
}

/// For a field that holds a list of them.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let objects: Vec<Object<T>> = Vec::deserialize(deserializer)?;
    Ok(objects.into_iter().map(|Object(value)| value).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Point {
        x: u8,
        #[serde(default)]
        y: u8,
    }

    #[derive(Deserialize)]
    struct Line {
        #[serde(default, deserialize_with = "maybe")]
        from: Option<Point>,
        #[serde(deserialize_with = "list")]
        to: Vec<Point>,
    }

    #[test]
    fn fields_hold_objects() {
        let read = |text| serde_json::from_str::<Line>(text);
        let line = read(r#"{"from":{"x":1},"to":[{"x":2},{"x":3}]}"#).unwrap();
        assert_eq!((line.from, line.to.len()), (Some(Point { x: 1, y: 0 }), 2));
        assert!(read(r#"{"from":null,"to":[]}"#).unwrap().from.is_none());
        assert!(read(r#"{"to":[]}"#).unwrap().from.is_none());
        for odd in [
            r#"{"from":[1,2],"to":[]}"#,
            r#"{"to":[[1,2]]}"#,
            r#"{"to":{"x":1}}"#,
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn lists_are_no_objects() {
        let read = |text| serde_json::from_str::<Object<Point>>(text).map(|object| object.0);
        assert_eq!(read(r#"{"x":1}"#).unwrap(), Point { x: 1, y: 0 });
        for odd in [
            "[1,2]",
            "[1]",
            "[]",
            "null",
            "1",
            r#"{"x":1,"z":2}"#,
            r#"{"x":1,"x":2}"#,
            "{}",
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
        let error = read("[1,2]").unwrap_err().to_string();
        assert!(error.contains("expected an object"), "{error}");
    }
}
