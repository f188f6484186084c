//! Points in time, to the second, written as RFC 3339 in UTC. The clock is never read here.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The second in which this millisecond lies.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.div_euclid(1000))
    }

    pub const fn seconds(self) -> i64 {
        self.0
    }

    pub const fn millis(self) -> i64 {
        self.0.saturating_mul(1000)
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Whole seconds from `earlier` to this, never negative.
    pub fn seconds_since(self, earlier: Self) -> u32 {
        u32::try_from(self.0.saturating_sub(earlier.0).max(0)).unwrap_or(u32::MAX)
    }

    /// Reads RFC 3339 with any offset; fractions of a second are dropped.
    pub fn parse(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339)
            .ok()
            .map(|time| Self(time.unix_timestamp()))
    }

    /// `2026-11`: the month in which quota is counted.
    pub fn month(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}", date.year(), u8::from(date.month()))
    }

    /// `Thu, 16 Jul 2026 12:00:00 +0000`: as the header of an e-mail has it.
    pub fn rfc5322(self) -> String {
        let date = self.date();
        let (weekday, month) = (date.weekday().to_string(), date.month().to_string());
        format!(
            "{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
            &weekday[..3],
            date.day(),
            &month[..3],
            date.year(),
            date.hour(),
            date.minute(),
            date.second()
        )
    }

    fn date(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(self.0).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.date();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

impl utoipa::PartialSchema for Timestamp {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .examples(["2026-02-04T10:50:00Z"])
            .into()
    }
}

impl utoipa::ToSchema for Timestamp {
    fn name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_without_fractions() {
        assert_eq!(
            Timestamp::from_seconds(1_770_202_200).to_string(),
            "2026-02-04T10:50:00Z"
        );
        assert_eq!(Timestamp::from_seconds(1_770_202_200).month(), "2026-02");
        assert_eq!(
            Timestamp::parse("2026-02-04T12:50:00.9+02:00"),
            Some(Timestamp::from_seconds(1_770_202_200))
        );
        assert_eq!(Timestamp::parse("2026-02-04"), None);
        assert_eq!(Timestamp::from_millis(-1), Timestamp::from_seconds(-1));
    }

    #[test]
    fn writes_dates_of_headers() {
        assert_eq!(
            Timestamp::from_seconds(0).rfc5322(),
            "Thu, 01 Jan 1970 00:00:00 +0000"
        );
        assert_eq!(
            Timestamp::from_seconds(1_770_202_200).rfc5322(),
            "Wed, 04 Feb 2026 10:50:00 +0000"
        );
    }

    proptest! {
        #[test]
        fn survives_the_round_trip(seconds in 0i64..253_402_300_799) {
            let time = Timestamp::from_seconds(seconds);
            prop_assert_eq!(Timestamp::parse(&time.to_string()), Some(time));
        }
    }
}
