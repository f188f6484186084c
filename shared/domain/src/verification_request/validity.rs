//! How old an earlier proof may be to be used again: `90d`.

use serde::{Deserialize, Serialize};

/// A span of hours, days, weeks or months of thirty days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Validity {
    text: String,
    seconds: i64,
}

/// What such a span looks like.
pub(super) const FORM: &str = "must be a number from 1 to 999 and h, d, w or m, such as 90d";

impl Validity {
    pub fn parse(text: &str) -> Option<Self> {
        let number = text.get(..text.len().checked_sub(1)?)?;
        let unit = match text.as_bytes().last()? {
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 7 * 86_400,
            b'm' => 30 * 86_400,
            _ => return None,
        };
        let digits = (1..=3).contains(&number.len())
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && !number.starts_with('0');
        let count: i64 = digits.then(|| number.parse().ok())??;
        Some(Self {
            text: text.to_owned(),
            seconds: count * unit,
        })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// A proof has to be younger than this.
    pub const fn seconds(&self) -> i64 {
        self.seconds
    }
}

impl TryFrom<String> for Validity {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(FORM)
    }
}

impl From<Validity> for String {
    fn from(validity: Validity) -> Self {
        validity.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hours_days_weeks_and_months() {
        for (text, seconds) in [
            ("1h", 3_600),
            ("90d", 7_776_000),
            ("2w", 1_209_600),
            ("1m", 2_592_000),
            ("999m", 999 * 2_592_000),
        ] {
            assert_eq!(Validity::parse(text).unwrap().seconds(), seconds, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "", "d", "0d", "01d", "1000d", "-1d", "+1d", "1 d", "1D", "1y", "1.5d", "１d", "d1",
            "1dd", "é",
        ] {
            assert_eq!(Validity::parse(text), None, "{text}");
        }
    }
}
