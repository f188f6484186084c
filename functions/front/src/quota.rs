//! What the organisation has used this month.

use proof_domain::proof::Quota;
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

/// Get the quota
///
/// An extension of the original API. Counts live verifications of the current month (UTC); test
/// mode is never counted. The numbers follow within moments.
#[utoipa::path(
    get, path = "/api/v1/quota", tag = "Service", operation_id = "getQuota",
    responses((status = 200, description = "This month's use.", body = Quota)),
    security(("apiKey" = [])),
)]
pub(crate) async fn quota(key: TenantKey, scope: Scope) -> Result<Answer, Failure> {
    let usage = Ledger::of(&scope)
        .usage(&key.owner.organisation, scope.now())
        .await?;
    Answer::ok(Value(Quota {
        period: scope.now().month(),
        limit: usage.monthly_quota,
        used: usage.verifications,
        remaining: usage
            .monthly_quota
            .map(|limit| limit.saturating_sub(usage.verifications)),
        proofs: usage.proofs,
    }))
}
