//! The settings of a channel, by name: what an operator sets for everybody, or an organisation for
//! itself. They hold credentials, so they print as names only.

use std::collections::BTreeMap;
use std::fmt;

/// One setting that an adapter knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    /// Shown to nobody once it is set.
    pub secret: bool,
    /// Only the operator may set it: addresses of servers, and what would let an organisation make
    /// this system call anybody.
    pub operator_only: bool,
}

impl Setting {
    /// A setting that may be shown.
    pub const fn plain(name: &'static str) -> Self {
        Self {
            name,
            secret: false,
            operator_only: false,
        }
    }

    /// A credential.
    pub const fn secret(name: &'static str) -> Self {
        Self {
            name,
            secret: true,
            operator_only: false,
        }
    }

    #[must_use]
    pub const fn of_operator(mut self) -> Self {
        self.operator_only = true;
        self
    }
}

/// Settings by name. An empty value is the same as none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

/// What has to be set before the channel can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not set: {}", .0.join(", "))]
pub struct MissingSettings(pub Vec<&'static str>);

impl Settings {
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() {
            self.0.insert(name.into(), value);
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn get_or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.get(name).unwrap_or(default)
    }

    /// All of these, in this order, or the names of those that are missing.
    pub fn require<const N: usize>(
        &self,
        names: [&'static str; N],
    ) -> Result<[&str; N], MissingSettings> {
        let missing: Vec<_> = names
            .into_iter()
            .filter(|name| self.get(name).is_none())
            .collect();
        if !missing.is_empty() {
            return Err(MissingSettings(missing));
        }
        Ok(names.map(|name| self.get(name).unwrap_or_default()))
    }

    /// A base address, without a final slash.
    pub fn base_url(&self, name: &str, default: &'static str) -> String {
        self.get_or(name, default).trim_end_matches('/').to_owned()
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Settings {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut settings = Self::default();
        for (name, value) in pairs {
            settings.set(name, value);
        }
        settings
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_all_that_is_missing() {
        let settings: Settings = [("A", "1"), ("B", "")].into_iter().collect();
        assert_eq!(settings.require(["A"]), Ok(["1"]));
        assert_eq!(
            settings.require(["A", "B", "C"]),
            Err(MissingSettings(vec!["B", "C"]))
        );
        assert_eq!(MissingSettings(vec!["B", "C"]).to_string(), "not set: B, C");
    }

    #[test]
    fn values_are_not_printed() {
        let settings: Settings = [("TOKEN", "secret")].into_iter().collect();
        assert_eq!(format!("{settings:?}"), r#"{"TOKEN"}"#);
    }

    #[test]
    fn an_address_has_no_final_slash() {
        let settings: Settings = [("URL", "https://api.example/v1/")].into_iter().collect();
        assert_eq!(settings.base_url("URL", "x"), "https://api.example/v1");
        assert_eq!(
            settings.base_url("OTHER", "https://x.example"),
            "https://x.example"
        );
    }
}
