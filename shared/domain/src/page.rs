//! Query parameters of lists: pages and filters, read strictly. An unknown, repeated or malformed
//! parameter is an error that names it; nothing is guessed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::asset::{AssetType, Channel};
use crate::error::ApiError;
use crate::timestamp::Timestamp;
use crate::verification::Status;

/// Where a page stands in the whole list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pagination {
    #[schema(example = 1)]
    pub page: u32,
    #[schema(example = 20)]
    pub limit: u32,
    #[schema(example = 42)]
    pub total: u64,
    #[schema(example = 3)]
    pub pages: u64,
    #[serde(rename = "hasMore")]
    pub has_more: bool,
}

/// Which page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageRequest {
    pub page: u32,
    pub limit: u32,
}

/// Pages beyond this are refused: nobody reads them, and skipping rows costs.
pub const MAX_PAGE: u32 = 10_000;

impl PageRequest {
    pub const fn offset(self) -> u64 {
        (self.page as u64 - 1) * self.limit as u64
    }

    pub fn of_total(self, total: u64) -> Pagination {
        let pages = total.div_ceil(u64::from(self.limit));
        Pagination {
            page: self.page,
            limit: self.limit,
            total,
            pages,
            has_more: u64::from(self.page) < pages,
        }
    }
}

/// The parameters of a query string, taken one by one.
#[derive(Debug)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub fn parse(query: &str) -> Self {
        Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// Takes a parameter; an empty one counts as absent, a repeated one is an error.
    pub fn take(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        let mut found = None;
        let mut repeated = false;
        self.0.retain_mut(|(key, value)| {
            if key != name {
                return true;
            }
            repeated |= found.is_some();
            found = Some(std::mem::take(value));
            false
        });
        if repeated {
            return Err(ApiError::field(name, "must not be repeated"));
        }
        Ok(found.filter(|value| !value.is_empty()))
    }

    /// Takes a parameter and reads it.
    pub fn read<T>(
        &mut self,
        name: &str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        self.take(name)?
            .map(|value| parse(&value).ok_or_else(|| ApiError::field(name, expected)))
            .transpose()
    }

    /// Takes `page` and `limit`.
    pub fn page(&mut self, default: u32, max: u32) -> Result<PageRequest, ApiError> {
        let page = self.read("page", "must be a whole number from 1 to 10000", |text| {
            whole(text).filter(|page| (1..=MAX_PAGE).contains(page))
        })?;
        Ok(PageRequest {
            page: page.unwrap_or(1),
            limit: self.limit(default, max)?,
        })
    }

    /// Takes `limit`.
    pub fn limit(&mut self, default: u32, max: u32) -> Result<u32, ApiError> {
        let expected = format!("must be a whole number from 1 to {max}");
        let limit = self.read("limit", &expected, |text| {
            whole(text).filter(|limit| (1..=max).contains(limit))
        })?;
        Ok(limit.unwrap_or(default))
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(64).collect();
                Err(ApiError::field(name, "is not a parameter of this endpoint"))
            }
        }
    }
}

/// Decimal digits only: no sign, no space, no exponent.
fn whole(text: &str) -> Option<u32> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// The filters of `GET /verifications`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationQuery {
    pub page: PageRequest,
    pub status: Option<Status>,
    pub kind: Option<AssetType>,
    pub channel: Option<Channel>,
    pub external_user_id: Option<String>,
    pub created_after: Option<Timestamp>,
    pub created_before: Option<Timestamp>,
}

impl VerificationQuery {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let time = "must be an RFC 3339 time such as 2026-02-04T10:50:00Z";
        let parsed = Self {
            page: parameters.page(20, 100)?,
            status: parameters.read(
                "status",
                "must be pending, verified, failed, expired or revoked",
                Status::parse,
            )?,
            kind: parameters.read("type", "must be a type of asset", |text| text.parse().ok())?,
            channel: parameters.read("channel", "must be a channel", |text| text.parse().ok())?,
            external_user_id: parameters.take("external_user_id")?,
            created_after: parameters.read("created_after", time, Timestamp::parse)?,
            created_before: parameters.read("created_before", time, Timestamp::parse)?,
        };
        if let Some(name) = &parsed.external_user_id {
            crate::verification::check_external_user_id(name)?;
        }
        parameters.finish()?;
        Ok(parsed)
    }
}

/// The parameters of lists of users: pages and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserQuery {
    pub page: PageRequest,
}

impl UserQuery {
    pub fn parse(query: &str, default_limit: u32) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let page = parameters.page(default_limit, 100)?;
        parameters.finish()?;
        Ok(Self { page })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_every_filter() {
        let query = VerificationQuery::parse(
            "page=2&limit=100&status=verified&type=phone&channel=sms&external_user_id=u%201&created_after=2026-02-04T10:50:00Z",
        )
        .unwrap();
        assert_eq!(
            query.page,
            PageRequest {
                page: 2,
                limit: 100
            }
        );
        assert_eq!(query.page.offset(), 100);
        assert_eq!(query.external_user_id.as_deref(), Some("u 1"));
        assert_eq!(
            query.created_after,
            Timestamp::parse("2026-02-04T10:50:00Z")
        );
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (query, field) in [
            ("page=0", "page"),
            ("page=-1", "page"),
            ("page=1e3", "page"),
            ("page=+1", "page"),
            ("page=1000000000000000000", "page"),
            ("page=NaN", "page"),
            ("page=1;DROP", "page"),
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit[]=1", "limit[]"),
            ("limit=1&limit=2", "limit"),
            ("status=pending' OR 1=1--", "status"),
            ("type=house", "type"),
            ("created_before=yesterday", "created_before"),
            ("external_user_id=%00", "external_user_id"),
            ("colour=red", "colour"),
        ] {
            let error = VerificationQuery::parse(query).unwrap_err();
            assert_eq!(error.details[0].field, field, "{query}");
        }
    }

    #[test]
    fn counts_pages() {
        let page = PageRequest { page: 3, limit: 20 };
        assert_eq!(
            page.of_total(42),
            Pagination {
                page: 3,
                limit: 20,
                total: 42,
                pages: 3,
                has_more: false
            }
        );
        assert!(PageRequest { page: 2, limit: 20 }.of_total(42).has_more);
        assert_eq!(PageRequest { page: 1, limit: 20 }.of_total(0).pages, 0);
    }

    proptest! {
        #[test]
        fn nothing_makes_parsing_panic(query in "\\PC{0,80}") {
            let _ = VerificationQuery::parse(&query);
        }
    }
}
