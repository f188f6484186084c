//! The query parameters of endpoints, deliveries and the feed of events.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::event::EventType;
use crate::id::Id;
use crate::page::{PageRequest, Parameters};
use crate::webhook::EndpointName;

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = WebhookDeliveryStatus)]
pub enum DeliveryStatus {
    /// It will be tried, or tried again.
    Pending,
    /// The receiver took it.
    Delivered,
    /// All attempts failed.
    Failed,
}

impl DeliveryStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for DeliveryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryStatus {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == name)
            .ok_or(())
    }
}

const AN_ID: &str = "must be an id of 24 hexadecimal characters";
const AN_EVENT: &str = "must be the name of an event, such as verification.completed";

/// The parameters of a list of endpoints: pages and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndpointQuery {
    pub page: PageRequest,
}

impl EndpointQuery {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let page = parameters.page(20, 100)?;
        parameters.finish()?;
        Ok(Self { page })
    }
}

/// The filters of a list of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryQuery {
    pub page: PageRequest,
    pub status: Option<DeliveryStatus>,
    pub event_type: Option<EventType>,
    pub event_id: Option<Id>,
    pub verification_request_id: Option<Id>,
    pub endpoint: Option<EndpointName>,
}

impl DeliveryQuery {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let parsed = Self {
            page: parameters.page(20, 100)?,
            status: parameters.read("status", "must be pending, delivered or failed", |text| {
                text.parse().ok()
            })?,
            event_type: parameters.read("event_type", AN_EVENT, |text| text.parse().ok())?,
            event_id: parameters.read("event_id", AN_ID, Id::parse)?,
            verification_request_id: parameters.read(
                "verification_request_id",
                AN_ID,
                Id::parse,
            )?,
            endpoint: parameters.read(
                "endpoint_id",
                "must be the id of an endpoint, or callback",
                EndpointName::parse,
            )?,
        };
        parameters.finish()?;
        Ok(parsed)
    }

    /// Whether the counters that are kept anyway know how many there are.
    pub const fn is_counted(&self) -> bool {
        self.event_type.is_none()
            && self.event_id.is_none()
            && self.verification_request_id.is_none()
            && self.endpoint.is_none()
    }
}

/// Where in the feed to read on, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventQuery {
    /// The last event that the reader knows.
    pub after: Option<Id>,
    pub limit: u32,
    pub kind: Option<EventType>,
}

impl EventQuery {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        // The feed has no pages: an event may come in between two of them.
        let limit = parameters.limit(100, 100)?;
        let parsed = Self {
            after: parameters.read(
                "after",
                "must be the id of an event, or next_cursor of an earlier answer",
                Id::parse,
            )?,
            limit,
            kind: parameters.read("type", AN_EVENT, |text| text.parse().ok())?,
        };
        parameters.finish()?;
        Ok(parsed)
    }

    /// What is said of a cursor that is none of the caller's.
    pub fn unknown_cursor() -> ApiError {
        ApiError::field("after", "is not an event of yours")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SOME: &str = "507f1f77bcf86cd799439011";

    #[test]
    fn reads_every_filter() {
        let query = DeliveryQuery::parse(&format!(
            "page=2&limit=100&status=failed&event_type=verification_request.partial&event_id={SOME}&verification_request_id={SOME}&endpoint_id=callback"
        ))
        .unwrap();
        assert_eq!(query.page.offset(), 100);
        assert_eq!(query.status, Some(DeliveryStatus::Failed));
        assert_eq!(query.event_type, Some(EventType::RequestPartial));
        assert_eq!(query.event_id, Id::parse(SOME));
        assert_eq!(query.verification_request_id, Id::parse(SOME));
        assert_eq!(query.endpoint, Some(EndpointName::Callback));
        assert!(!query.is_counted());
        assert!(DeliveryQuery::parse("status=failed").unwrap().is_counted());

        let feed = EventQuery::parse(&format!("after={SOME}&limit=7&type=proof.revoked")).unwrap();
        assert_eq!(feed.after, Id::parse(SOME));
        assert_eq!((feed.limit, feed.kind), (7, Some(EventType::ProofRevoked)));
        assert_eq!(EventQuery::parse("after=").unwrap().after, None);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for (query, field) in [
            ("page=0", "page"),
            ("limit=101", "limit"),
            ("status=Failed", "status"),
            ("status=pending' OR 1=1--", "status"),
            ("event_type=verification", "event_type"),
            ("event_type=*", "event_type"),
            ("event_id=1", "event_id"),
            ("verification_request_id=..%2f..", "verification_request_id"),
            ("endpoint_id=Callback", "endpoint_id"),
            ("endpoint_id=507F1F77BCF86CD799439011", "endpoint_id"),
            ("type=proof.revoked", "type"),
        ] {
            let error = DeliveryQuery::parse(query).unwrap_err();
            assert_eq!(error.details[0].field, field, "{query}");
        }
        for (query, field) in [
            ("after=1", "after"),
            ("after=-1", "after"),
            ("after=507f1f77bcf86cd79943901", "after"),
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=1&limit=1", "limit"),
            ("page=1", "page"),
            ("type=verification", "type"),
        ] {
            let error = EventQuery::parse(query).unwrap_err();
            assert_eq!(error.details[0].field, field, "{query}");
        }
        assert!(EndpointQuery::parse("status=enabled").is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_parsing_panic(query in "\\PC{0,80}") {
            let _ = DeliveryQuery::parse(&query);
            let _ = EventQuery::parse(&query);
            let _ = EndpointQuery::parse(&query);
        }
    }
}
