//! The id of a session as the API writes it: `sess_` before the 24 hexadecimal characters that every
//! id has. Without the prefix it names no session, and with it nothing else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::Id;

const PREFIX: &str = "sess_";

/// The id of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub Id);

impl SessionId {
    /// Only the one spelling that this system gives out.
    pub fn parse(text: &str) -> Option<Self> {
        Id::parse(text.strip_prefix(PREFIX)?).map(Self)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl Serialize for SessionId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SessionId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not the id of a session"))
    }
}
