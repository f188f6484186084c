//! Deletes everything about one user. The objects go first and then their rows, kind by kind, so that
//! nothing is written again by what is gone; a call that is cut off leaves a record, and the next one
//! goes on from there.

use futures_util::future::try_join_all;
use proof_domain::erasure::{EraseUser, ErasureView};
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;

use crate::ledger::{ErasureRecord, Ledger};
use crate::platform::{local, random};
use crate::scope::Scope;

/// Objects that are asked at once.
const AT_ONCE: usize = 20;
/// Objects that one call deletes: the platform bounds what one request may ask.
const IN_ONE_CALL: usize = 400;

/// Deletes what there is, or as much of it as one call may, and gives the receipt.
pub async fn erase(
    scope: &Scope,
    owner: &Owner,
    wish: &EraseUser,
) -> Result<ErasureView, ApiError> {
    let ledger = Ledger::of(scope);
    let name = &wish.external_user_id;
    let subject = wish.digest(scope.config().id_secret()?, owner);
    let id = Id::from_bytes(random());
    let erasure = ledger
        .begin_erasure(id, owner, name, &subject, wish.revoke, scope.now())
        .await?;
    let mut left = IN_ONE_CALL;
    let receipt = loop {
        let Some((kind, ids)) = ledger.remains(owner, name, AT_ONCE).await? else {
            let receipt = ledger
                .complete_erasure(erasure.id, owner, name, scope.now())
                .await?;
            match receipt {
                // Something came to be in between.
                Some(receipt) if !receipt.is_completed() => continue,
                Some(receipt) if !receipt.erased.is_nothing() => break receipt,
                empty => break earlier_or(&ledger, owner, &subject, empty).await?,
            }
        };
        if left < ids.len() {
            break erasure_now(&ledger, owner, erasure.id).await?;
        }
        left -= ids.len();
        let gone = ids
            .iter()
            .map(|id| kind.erase(scope.env(), owner.clone(), *id));
        local(try_join_all(gone)).await?;
        ledger
            .erased(&erasure, owner, kind, &ids, scope.now())
            .await?;
    };
    Ok(given(receipt, name))
}

/// An empty receipt gives way to an earlier one that is not; a call at the same time may have seen to
/// that before.
async fn earlier_or(
    ledger: &Ledger,
    owner: &Owner,
    subject: &str,
    empty: Option<ErasureRecord>,
) -> Result<ErasureRecord, ApiError> {
    let earlier = ledger.earlier_erasure(owner, subject).await?;
    if let (Some(_), Some(empty)) = (&earlier, &empty) {
        ledger.take_erasure_back(empty.id).await?;
    }
    earlier
        .or(empty)
        .ok_or_else(|| ApiError::internal("an erasure that was completed is not there"))
}

async fn erasure_now(ledger: &Ledger, owner: &Owner, id: Id) -> Result<ErasureRecord, ApiError> {
    let record = ledger.erasure(owner, id).await?;
    record.ok_or_else(|| ApiError::internal("an erasure under way is not there"))
}

/// The receipt, to whoever has just said the name.
fn given(record: ErasureRecord, name: &str) -> ErasureView {
    let mut receipt = ErasureView::from(record);
    receipt.external_user_id = Some(name.to_owned());
    receipt
}
