//! Where the page gets what it shows, and where its forms go. Until requests have their object there
//! are none.

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_edge::objects::EventsRequest;
use proof_edge::{Js, Scope};

use super::model::Shown;

#[expect(clippy::unused_async, reason = "the object will be awaited")]
pub(super) async fn read(_scope: &Scope, _id: Id) -> Result<Shown, ApiError> {
    Err(ApiError::not_found())
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Requests;

#[expect(clippy::unused_async, reason = "the object will be awaited")]
impl Requests {
    pub(super) const fn of(_: &Scope) -> Self {
        Self
    }

    pub(super) async fn start(
        self,
        _id: Id,
        _asset: u8,
        _channel: Option<Channel>,
        _identifier: Option<String>,
    ) -> Result<(), ApiError> {
        Err(ApiError::not_found())
    }

    pub(super) async fn change(self, _id: Id, _asset: u8) -> Result<(), ApiError> {
        Err(ApiError::not_found())
    }

    pub(super) async fn events(self, _id: Id, _wish: &EventsRequest) -> Result<Js, ApiError> {
        Err(ApiError::not_found())
    }
}
