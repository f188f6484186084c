//! The names that tenants give to requests. A name is taken before the request exists, so that of
//! many at once only one can have it; one that was taken for a request which then never came to be
//! is free again after a while.

use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification_request::RequestView;
use proof_edge::Scope;
use proof_edge::ledger::Ledger;
use proof_edge::objects::Requests;

/// Seconds within which a request exists whose name was taken.
const GRACE: i64 = 60;

/// Takes the name for the request of this id, or says which other request has it.
pub(crate) async fn take(
    scope: &Scope,
    owner: &Owner,
    reference: &str,
    id: Id,
) -> Result<(), ApiError> {
    let ledger = Ledger::of(scope);
    let now = scope.now();
    let holder = ledger.take_reference(owner, reference, id, now).await?;
    if holder.request_id == id {
        return Ok(());
    }
    let settled = now >= holder.since.plus_seconds(GRACE);
    if settled
        && named(scope, owner, reference, holder.request_id)
            .await?
            .is_none()
    {
        let holder = ledger
            .pass_reference(owner, reference, holder, id, now)
            .await?;
        if holder.request_id == id {
            return Ok(());
        }
    }
    Err(ApiError::of_field(
        ErrorCode::Conflict,
        "reference_id",
        format!("is that of the request {}", holder.request_id),
    ))
}

/// The request of this name.
pub(crate) async fn find(
    scope: &Scope,
    owner: &Owner,
    reference: &str,
) -> Result<RequestView, ApiError> {
    let holder = Ledger::of(scope).reference_holder(owner, reference).await?;
    let holder = holder.ok_or_else(ApiError::not_found)?;
    named(scope, owner, reference, holder.request_id)
        .await?
        .ok_or_else(ApiError::not_found)
}

/// The name was taken for a request that was not created, because its id belongs to another one: it is
/// free again, unless that one has it.
pub(crate) async fn release(
    scope: &Scope,
    owner: &Owner,
    reference: &str,
    id: Id,
) -> Result<(), ApiError> {
    if named(scope, owner, reference, id).await?.is_some() {
        return Ok(());
    }
    let ledger = Ledger::of(scope);
    ledger.release_reference(owner, reference, id).await
}

/// The request of this id, if it came to be under this name.
async fn named(
    scope: &Scope,
    owner: &Owner,
    reference: &str,
    id: Id,
) -> Result<Option<RequestView>, ApiError> {
    match read(scope, owner, id).await {
        Ok(view) => Ok(Some(view).filter(|view| view.reference_id.as_deref() == Some(reference))),
        Err(error) if error.code == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A request by its object, or, when that is gone because its time has passed, by the ledger.
pub(crate) async fn read(scope: &Scope, owner: &Owner, id: Id) -> Result<RequestView, ApiError> {
    match Requests::of(scope).get(owner.clone(), id).await {
        Ok(view) => view.read(),
        Err(error) if error.code == ErrorCode::NotFound => {
            let past = Ledger::of(scope).past_request(owner, id).await?;
            past.ok_or(error)
        }
        Err(error) => Err(error),
    }
}
