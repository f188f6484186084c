//! Endpoints of webhooks, with their sealed secrets.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::page::PageRequest;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::endpoint::{MAX_ENDPOINTS, PlannedUpdate};
use proof_domain::webhook::{
    DisabledReason, Endpoint, PlannedEndpoint, RetrySchedule, Subscription,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::filter::Count;
use super::{Ledger, Statement};

pub(super) const COLUMNS: &str =
    "id, url, description, events, retry_schedule, secret, previous_secret,
    previous_secret_until, enabled, disabled_reason, disabled_at, failing_since, failures,
    last_success_at, fingerprint, created_at, updated_at";

/// The secrets of an endpoint's deliveries, still sealed: they open for its own row only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSecrets {
    pub(crate) current: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) previous_until: Option<Timestamp>,
}

impl std::fmt::Debug for SealedSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedSecrets")
    }
}

/// What a delivery has to know of its endpoint besides the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownEndpoint {
    pub secrets: SealedSecrets,
    /// When the tenant last changed the endpoint.
    pub changed: Timestamp,
}

/// An endpoint and the secrets of its deliveries.
#[derive(Clone)]
pub struct SealedEndpoint {
    pub endpoint: Endpoint,
    pub secrets: SealedSecrets,
    /// Of the request that made it, if that was made under an idempotency key.
    pub fingerprint: Option<String>,
}

impl SealedEndpoint {
    /// Whether it only holds the secret of callback addresses and has no address of its own.
    pub fn is_callback(&self) -> bool {
        self.endpoint.url.is_empty()
    }
}

impl std::fmt::Debug for SealedEndpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SealedEndpoint({})", self.endpoint.id)
    }
}

/// What became of an endpoint that was to be made.
#[derive(Debug)]
pub enum MadeEndpoint {
    New(SealedEndpoint),
    /// It was there already, under the same id.
    Known(SealedEndpoint),
    /// It was there under the same id, and was deleted.
    Deleted,
    /// There are as many as there may be.
    OneTooMany,
}

/// How a secret is to be replaced.
#[derive(Clone, Copy)]
pub(crate) struct Replacement<'a> {
    pub(crate) sealed: &'a str,
    pub(crate) overlap_seconds: u32,
    /// What belongs to the idempotency key, if there is one.
    pub(crate) key: Option<Id>,
}

/// An endpoint whose secret was replaced.
pub(crate) struct Replaced {
    pub(crate) endpoint: SealedEndpoint,
    /// It had been before, under the same key.
    pub(crate) repeated: bool,
    /// The wish is the one that came under this key first.
    pub(crate) same: bool,
}

#[derive(Deserialize)]
struct Kept {
    overlap_seconds: u32,
}

#[derive(Deserialize)]
pub(super) struct Row {
    id: Id,
    url: Option<String>,
    description: Option<String>,
    events: Option<String>,
    retry_schedule: RetrySchedule,
    secret: String,
    previous_secret: Option<String>,
    previous_secret_until: Option<i64>,
    enabled: u8,
    disabled_reason: Option<DisabledReason>,
    disabled_at: Option<i64>,
    failing_since: Option<i64>,
    failures: u32,
    last_success_at: Option<i64>,
    fingerprint: Option<String>,
    created_at: i64,
    updated_at: i64,
}

#[derive(Deserialize)]
struct Named {}

impl Row {
    pub(super) fn of(self, owner: &Owner) -> SealedEndpoint {
        let time = Timestamp::from_seconds;
        let disabled = (self.enabled == 0).then(|| {
            (
                self.disabled_reason.unwrap_or(DisabledReason::ByYou),
                time(self.disabled_at.unwrap_or(self.updated_at)),
            )
        });
        SealedEndpoint {
            endpoint: Endpoint {
                id: self.id,
                owner: owner.clone(),
                url: self.url.unwrap_or_default(),
                description: self.description,
                subscription: Subscription::from_column(self.events.as_deref()),
                retry_schedule: self.retry_schedule,
                disabled,
                failing_since: self.failing_since.map(time),
                failures: self.failures,
                last_success_at: self.last_success_at.map(time),
                previous_secret_until: self.previous_secret_until.map(time),
                created_at: time(self.created_at),
                updated_at: time(self.updated_at),
            },
            secrets: SealedSecrets {
                current: self.secret,
                previous: self.previous_secret,
                previous_until: self.previous_secret_until.map(time),
            },
            fingerprint: self.fingerprint,
        }
    }
}

fn key(owner: &Owner, id: Id) -> Vec<Value> {
    vec![
        json!(id),
        json!(owner.organisation),
        json!(owner.environment),
    ]
}

/// The row of this id, of either kind.
fn select(owner: &Owner, id: Id) -> Statement<'static> {
    Statement::of(
        format!(
            "SELECT {COLUMNS} FROM webhook_endpoints
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
        ),
        key(owner, id),
    )
}

impl Ledger {
    /// Makes an endpoint, unless it is or was there or there are enough. All is decided in the one
    /// statement that writes, so that of many at once none is one too many.
    pub(crate) async fn make_endpoint(
        &self,
        owner: &Owner,
        id: Id,
        plan: &PlannedEndpoint,
        sealed: &str,
        fingerprint: Option<&str>,
        now: Timestamp,
    ) -> Result<MadeEndpoint, ApiError> {
        let mut parameters = key(owner, id);
        parameters.extend([
            json!(plan.url),
            json!(plan.description),
            json!(plan.subscription.column()),
            json!(plan.retry_schedule),
            json!(sealed),
            json!(u8::from(plan.enabled)),
            json!((!plan.enabled).then_some(DisabledReason::ByYou)),
            json!((!plan.enabled).then_some(now.seconds())),
            json!(fingerprint),
            json!(now.seconds()),
            json!(MAX_ENDPOINTS),
        ]);
        let insert = Statement::of(
            "INSERT INTO webhook_endpoints
               (id, organisation_id, environment, kind, url, description, events, retry_schedule,
                secret, enabled, disabled_reason, disabled_at, fingerprint, created_at, updated_at)
             SELECT ?1, ?2, ?3, 'endpoint', ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13
             WHERE (SELECT COUNT(*) FROM webhook_endpoints
                    WHERE organisation_id = ?2 AND environment = ?3 AND kind = 'endpoint') < ?14
               AND NOT EXISTS (SELECT 1 FROM webhook_endpoints_deleted WHERE id = ?1)
             ON CONFLICT (id) DO NOTHING RETURNING id",
            parameters,
        );
        let deleted = Statement::of(
            "SELECT id FROM webhook_endpoints_deleted WHERE id = ?1",
            vec![json!(id)],
        );
        let (made, rows, deleted): (Vec<Named>, Vec<Row>, Vec<Named>) =
            self.run(&[insert, select(owner, id), deleted]).await?;
        let Some(row) = rows.into_iter().next() else {
            return Ok(if deleted.is_empty() {
                MadeEndpoint::OneTooMany
            } else {
                MadeEndpoint::Deleted
            });
        };
        let row = row.of(owner);
        Ok(if made.is_empty() {
            MadeEndpoint::Known(row)
        } else {
            MadeEndpoint::New(row)
        })
    }

    /// The row under which callback addresses have their secret: of many that make it at once, the
    /// first one's stays and all read that.
    pub(crate) async fn make_callback_endpoint(
        &self,
        owner: &Owner,
        id: Id,
        sealed: &str,
        now: Timestamp,
    ) -> Result<Option<SealedEndpoint>, ApiError> {
        let mut parameters = key(owner, id);
        parameters.extend([json!(sealed), json!(now.seconds())]);
        let insert = Statement::of(
            "INSERT INTO webhook_endpoints
               (id, organisation_id, environment, kind, secret, created_at, updated_at)
             VALUES (?1, ?2, ?3, 'callback', ?4, ?5, ?5)
             ON CONFLICT DO NOTHING RETURNING id",
            parameters,
        );
        let (_, rows): (Vec<Named>, Vec<Row>) = self.run(&[insert, select(owner, id)]).await?;
        Ok(rows.into_iter().next().map(|row| row.of(owner)))
    }

    /// The owner's endpoint of this id, the one for callback addresses included.
    pub async fn endpoint(
        &self,
        owner: &Owner,
        id: Id,
    ) -> Result<Option<SealedEndpoint>, ApiError> {
        let row: Option<Row> = self.row(select(owner, id)).await?;
        Ok(row.map(|row| row.of(owner)))
    }

    /// A page of the owner's endpoints, the oldest first, and how many there are.
    pub async fn endpoints(
        &self,
        owner: &Owner,
        page: PageRequest,
    ) -> Result<(Vec<Endpoint>, u64), ApiError> {
        let conditions = "organisation_id = ?1 AND environment = ?2 AND kind = 'endpoint'";
        let base = vec![json!(owner.organisation), json!(owner.environment)];
        let of_page = [&base[..], &[json!(page.limit), json!(page.offset())]].concat();
        let rows = format!(
            "SELECT {COLUMNS} FROM webhook_endpoints WHERE {conditions}
             ORDER BY created_at, id LIMIT ?3 OFFSET ?4"
        );
        let count = format!("SELECT COUNT(*) AS total FROM webhook_endpoints WHERE {conditions}");
        let (rows, counts): (Vec<Row>, Vec<Count>) = self
            .run(&[Statement::of(rows, of_page), Statement::of(count, base)])
            .await?;
        let endpoints = rows.into_iter().map(|row| row.of(owner).endpoint);
        Ok((
            endpoints.collect(),
            counts.first().map_or(0, |count| count.total),
        ))
    }

    /// Changes what is to be changed. Another address, and being switched on again, begin without the
    /// failures of before.
    pub async fn change_endpoint(
        &self,
        owner: &Owner,
        id: Id,
        change: &PlannedUpdate,
        now: Timestamp,
    ) -> Result<Option<Endpoint>, ApiError> {
        let mut parameters = key(owner, id);
        let events = change.subscription.as_ref();
        parameters.extend([
            json!(change.url),
            json!(u8::from(events.is_some())),
            json!(events.and_then(Subscription::column)),
            json!(u8::from(!change.description.is_keep())),
            json!(change.description.value()),
            json!(change.retry_schedule),
            json!(change.enabled.map(u8::from)),
            json!(now.seconds()),
        ]);
        let afresh = "((?4 IS NOT NULL AND ?4 <> url) OR (?10 = 1 AND enabled = 0))";
        let update = Statement::of(
            format!(
                "UPDATE webhook_endpoints SET
                   url = COALESCE(?4, url),
                   events = CASE WHEN ?5 = 1 THEN ?6 ELSE events END,
                   description = CASE WHEN ?7 = 1 THEN ?8 ELSE description END,
                   retry_schedule = COALESCE(?9, retry_schedule),
                   enabled = COALESCE(?10, enabled),
                   disabled_reason = CASE WHEN ?10 = 1 THEN NULL
                     WHEN ?10 = 0 AND enabled = 1 THEN 'by_you' ELSE disabled_reason END,
                   disabled_at = CASE WHEN ?10 = 1 THEN NULL
                     WHEN ?10 = 0 AND enabled = 1 THEN ?11 ELSE disabled_at END,
                   failing_since = CASE WHEN {afresh} THEN NULL ELSE failing_since END,
                   failures = CASE WHEN {afresh} THEN 0 ELSE failures END,
                   updated_at = ?11
                 WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3 AND kind = 'endpoint'
                 RETURNING id"
            ),
            parameters,
        );
        let (changed, rows): (Vec<Named>, Vec<Row>) =
            self.run(&[update, select(owner, id)]).await?;
        // The one for callback addresses is not changed, and not shown either.
        let row = rows.into_iter().next().filter(|_| !changed.is_empty());
        Ok(row.map(|row| row.of(owner).endpoint))
    }

    /// Forgets an endpoint; whether there was one.
    pub async fn drop_endpoint(&self, owner: &Owner, id: Id) -> Result<bool, ApiError> {
        let gone: Option<Named> = self
            .row(Statement::of(
                "DELETE FROM webhook_endpoints
                 WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3 AND kind = 'endpoint'
                 RETURNING id",
                key(owner, id),
            ))
            .await?;
        Ok(gone.is_some())
    }

    /// Puts a new secret in the place of the one that is there, which stays as the former one until
    /// its time is over. Under one key it is done once.
    pub(crate) async fn replace_secret(
        &self,
        owner: &Owner,
        id: Id,
        replacement: &Replacement<'_>,
        now: Timestamp,
    ) -> Result<Option<Replaced>, ApiError> {
        let overlap = replacement.overlap_seconds;
        let former_until = (overlap > 0).then(|| now.plus_seconds(overlap.into()));
        let mut parameters = key(owner, id);
        parameters.extend([
            json!(replacement.sealed),
            json!(former_until.map(Timestamp::seconds)),
            json!(now.seconds()),
            json!(replacement.key),
        ]);
        let update = Statement::of(
            "UPDATE webhook_endpoints SET
               secret = ?4,
               previous_secret = CASE WHEN ?5 IS NULL THEN NULL ELSE secret END,
               previous_secret_until = ?5, updated_at = ?6
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3
               AND NOT EXISTS (SELECT 1 FROM webhook_secret_replacements WHERE id = ?7)
             RETURNING id",
            parameters,
        );
        let keep = Statement::of(
            "INSERT INTO webhook_secret_replacements (id, endpoint_id, overlap_seconds)
             SELECT ?2, id, ?3 FROM webhook_endpoints WHERE id = ?1 AND ?2 IS NOT NULL
             ON CONFLICT DO NOTHING",
            vec![json!(id), json!(replacement.key), json!(overlap)],
        );
        let kept = Statement::of(
            "SELECT overlap_seconds FROM webhook_secret_replacements WHERE id = ?1",
            vec![json!(replacement.key)],
        );
        let (replaced, _, rows, kept): (Vec<Named>, Vec<Named>, Vec<Row>, Vec<Kept>) =
            self.run(&[update, keep, select(owner, id), kept]).await?;
        Ok(rows.into_iter().next().map(|row| Replaced {
            endpoint: row.of(owner),
            repeated: replaced.is_empty(),
            same: kept.iter().all(|kept| kept.overlap_seconds == overlap),
        }))
    }
}
