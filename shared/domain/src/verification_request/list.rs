//! Lists of requests.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::check_reference;
use super::{RequestStatus, RequestView};
use crate::error::ApiError;
use crate::page::{PageRequest, Pagination, Parameters};

/// A page of requests, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = VerificationRequestList)]
pub struct RequestList {
    /// As they stand, without their proofs.
    pub data: Vec<RequestView>,
    pub pagination: Pagination,
}

/// The filters of `GET /verification-requests`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestQuery {
    pub page: PageRequest,
    pub status: Option<RequestStatus>,
    pub reference_id: Option<String>,
    pub external_user_id: Option<String>,
}

impl RequestQuery {
    pub fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let parsed = Self {
            page: parameters.page(20, 100)?,
            status: parameters.read(
                "status",
                "must be pending, partial, completed, expired or cancelled",
                RequestStatus::parse,
            )?,
            reference_id: parameters.take("reference_id")?,
            external_user_id: parameters.take("external_user_id")?,
        };
        if let Some(reference) = &parsed.reference_id {
            check_reference(reference)?;
        }
        if let Some(name) = &parsed.external_user_id {
            crate::verification::check_external_user_id(name)?;
        }
        parameters.finish()?;
        Ok(parsed)
    }
}
