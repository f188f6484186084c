//! What a change says of one setting. In JSON, a member that is not there keeps it, `null` takes it
//! away, and anything else is its new value.

use serde::{Deserialize, Deserializer};

/// One setting in a change. Its field needs `#[serde(default)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Patch<T> {
    /// The same wish about what a rule makes of the value.
    pub fn try_map<U, E>(self, rule: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(rule(value)?),
        })
    }

    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// The value that is to be there, if there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            _ => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Wish {
        #[serde(default)]
        name: Patch<u8>,
    }

    #[test]
    fn tells_null_from_what_is_not_there() {
        let read = |text| serde_json::from_str::<Wish>(text).map(|wish| wish.name);
        assert_eq!(read("{}").unwrap(), Patch::Keep);
        assert_eq!(read(r#"{"name":null}"#).unwrap(), Patch::Clear);
        assert_eq!(read(r#"{"name":7}"#).unwrap(), Patch::Set(7));
        assert!(read(r#"{"name":"7"}"#).is_err());
        assert_eq!(Patch::Set(7).value(), Some(&7));
        assert_eq!(Patch::<u8>::Clear.value(), None);
        assert!(Patch::<u8>::Keep.is_keep());
        assert_eq!(Patch::Set(7).try_map(|n| u8::try_from(n * 100)).ok(), None);
    }
}
