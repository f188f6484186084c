//! The names of signing keys. A name is never given to two keys: verifiers keep keys by name for a
//! day, and would check the second key's tokens with the first.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

const PREFIX: &str = "proof-holdings-";

/// `proof-holdings-YYYY-MM`, with `.2`, `.3` and so on for later keys of the same month.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Kid(String);

/// The text is not the name of a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is named proof-holdings-YYYY-MM, or proof-holdings-YYYY-MM.N from the second on")]
pub struct NotAKid;

impl Kid {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Kid {
    type Err = NotAKid;

    fn from_str(text: &str) -> Result<Self, NotAKid> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let rest = text.strip_prefix(PREFIX).ok_or(NotAKid)?;
        let (month, number) = match rest.split_once('.') {
            Some((month, number)) => (month, Some(number)),
            None => (rest, None),
        };
        let (year, month) = month.split_once('-').ok_or(NotAKid)?;
        let month_exists = digits(month) && month.len() == 2 && ("01"..="12").contains(&month);
        let number_follows = number.is_none_or(|number| {
            digits(number)
                && (1..=4).contains(&number.len())
                && !number.starts_with('0')
                && number != "1"
        });
        if digits(year) && year.len() == 4 && month_exists && number_follows {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAKid)
        }
    }
}

impl TryFrom<String> for Kid {
    type Error = NotAKid;

    fn try_from(text: String) -> Result<Self, NotAKid> {
        text.parse()
    }
}

impl From<Kid> for String {
    fn from(kid: Kid) -> Self {
        kid.0
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for good in [
            "proof-holdings-2026-01",
            "proof-holdings-2026-12.2",
            "proof-holdings-2026-12.9999",
        ] {
            assert_eq!(
                good.parse::<Kid>().map(|kid| kid.to_string()),
                Ok(good.to_owned())
            );
        }
        for bad in [
            "",
            "proof-holdings-",
            "proof-holdings-2026-00",
            "proof-holdings-2026-13",
            "proof-holdings-2026-1",
            "proof-holdings-26-01",
            "proof-holdings-2026-01.",
            "proof-holdings-2026-01.1",
            "proof-holdings-2026-01.02",
            "proof-holdings-2026-01.10000",
            "proof-holdings-2026-01.2.3",
            "proof-holdings-2026-01-x",
            "Proof-Holdings-2026-01",
            "proof-holdings-２０２６-01",
            "../../dev/null",
            "k' UNION SELECT 'x'--",
        ] {
            assert_eq!(bad.parse::<Kid>(), Err(NotAKid), "{bad}");
        }
    }
}
