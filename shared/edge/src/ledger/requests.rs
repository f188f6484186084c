//! Verification requests: written by their objects, read by lists; and the names that tenants gave
//! them, taken before a request exists, so that of two with one name only one can.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification_request::{
    RequestList, RequestQuery, RequestView, VerificationRequest,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::filter::{Count, Filter};
use super::verifications::forget_events;
use super::{Begun, Ledger, Statement, Telling};

const UPSERT: &str = "INSERT INTO verification_requests
    (id, organisation_id, environment, status, reference_id, external_user_id, summary,
     created_at, updated_at, expires_at, revision)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
  ON CONFLICT (id) DO UPDATE SET
    status = excluded.status, summary = excluded.summary, updated_at = excluded.updated_at,
    revision = excluded.revision
  WHERE excluded.revision > verification_requests.revision";

/// Taken again for the same request, a name is taken anew: its creation is still under way.
const RESERVE: &str = "INSERT INTO request_references
    (organisation_id, environment, reference_id, request_id, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (organisation_id, environment, reference_id) DO UPDATE SET
    created_at = excluded.created_at
  WHERE request_id = excluded.request_id";

const HOLDER: &str = "SELECT request_id, created_at FROM request_references
  WHERE organisation_id = ?1 AND environment = ?2 AND reference_id = ?3";

#[derive(Deserialize)]
struct Row {
    summary: String,
}

#[derive(Deserialize)]
struct HolderRow {
    request_id: Id,
    created_at: i64,
}

/// Which request has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceHolder {
    pub request_id: Id,
    pub since: Timestamp,
}

impl From<HolderRow> for ReferenceHolder {
    fn from(row: HolderRow) -> Self {
        Self {
            request_id: row.request_id,
            since: Timestamp::from_seconds(row.created_at),
        }
    }
}

impl TryFrom<Row> for RequestView {
    type Error = ApiError;

    fn try_from(row: Row) -> Result<Self, ApiError> {
        serde_json::from_str(&row.summary)
            .map_err(|error| ApiError::internal(format!("a summary: {error}")))
    }
}

impl Ledger {
    /// Writes what the object knows, and what is told of it. Writing it again, or an older state after
    /// it, changes nothing.
    pub(crate) async fn record_request(
        &self,
        request: &VerificationRequest,
        public_url: &str,
        telling: &Telling<'_>,
    ) -> Result<Vec<Begun>, ApiError> {
        let row = Statement::of(UPSERT, row_of(request, public_url)?);
        self.apply_and_tell(vec![row], telling).await
    }

    /// Takes what is personal from a request whose time is over, and from events as old.
    pub async fn forget_request(
        &self,
        request: &VerificationRequest,
        public_url: &str,
        before: Timestamp,
    ) -> Result<(), ApiError> {
        let summary = summary_of(&request.view(public_url).forgotten())?;
        self.apply(&[
            Statement::of(
                "UPDATE verification_requests SET summary = ?2, external_user_id = NULL
                 WHERE id = ?1",
                vec![json!(request.id), json!(summary)],
            ),
            forget_events(before),
        ])
        .await
    }

    /// A page of the owner's requests, newest first, in one round trip.
    pub async fn requests(
        &self,
        owner: &Owner,
        query: &RequestQuery,
    ) -> Result<RequestList, ApiError> {
        let filter = filter(owner, query);
        let (rows, counts): (Vec<Row>, Vec<Count>) = self
            .run(&[
                filter.page("summary", "verification_requests", query.page),
                filter.total("COUNT(*)", "verification_requests"),
            ])
            .await?;
        let total = counts.first().map_or(0, |count| count.total);
        Ok(RequestList {
            data: rows
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            pagination: query.page.of_total(total),
        })
    }

    /// One request whose object is gone because its time has passed.
    pub async fn past_request(
        &self,
        owner: &Owner,
        id: Id,
    ) -> Result<Option<RequestView>, ApiError> {
        let sql = "SELECT summary FROM verification_requests
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3";
        let parameters = vec![
            json!(id),
            json!(owner.organisation),
            json!(owner.environment),
        ];
        let row: Option<Row> = self.row(Statement::of(sql, parameters)).await?;
        row.map(TryInto::try_into).transpose()
    }

    /// Takes a name for this request, if no other has it, and says which one has it.
    pub async fn take_reference(
        &self,
        owner: &Owner,
        reference: &str,
        id: Id,
        now: Timestamp,
    ) -> Result<ReferenceHolder, ApiError> {
        let name = named(owner, reference);
        let taking = [&name[..], &[json!(id), json!(now.seconds())]].concat();
        let (_, holders): ([Value; 0], [HolderRow; 1]) = self
            .run(&[Statement::of(RESERVE, taking), Statement::of(HOLDER, name)])
            .await?;
        let [holder] = holders;
        Ok(holder.into())
    }

    /// Gives a name that a request was to have, but never got, to another, unless it was taken anew
    /// for the first in the meantime.
    pub async fn pass_reference(
        &self,
        owner: &Owner,
        reference: &str,
        from: ReferenceHolder,
        to: Id,
        now: Timestamp,
    ) -> Result<ReferenceHolder, ApiError> {
        let name = named(owner, reference);
        let (holder, since) = (json!(from.request_id), json!(from.since.seconds()));
        let passing = [&name[..], &[holder, since, json!(to), json!(now.seconds())]].concat();
        let pass = "UPDATE request_references SET request_id = ?6, created_at = ?7
            WHERE organisation_id = ?1 AND environment = ?2 AND reference_id = ?3
              AND request_id = ?4 AND created_at = ?5";
        let (_, holders): ([Value; 0], [HolderRow; 1]) = self
            .run(&[Statement::of(pass, passing), Statement::of(HOLDER, name)])
            .await?;
        let [holder] = holders;
        Ok(holder.into())
    }

    /// Gives up a name that was taken for a request which does not get it.
    pub async fn release_reference(
        &self,
        owner: &Owner,
        reference: &str,
        id: Id,
    ) -> Result<(), ApiError> {
        let release = "DELETE FROM request_references
            WHERE organisation_id = ?1 AND environment = ?2 AND reference_id = ?3
              AND request_id = ?4";
        let parameters = [&named(owner, reference)[..], &[json!(id)]].concat();
        self.apply(&[Statement::of(release, parameters)]).await
    }

    /// Which of the owner's requests has this name.
    pub async fn reference_holder(
        &self,
        owner: &Owner,
        reference: &str,
    ) -> Result<Option<ReferenceHolder>, ApiError> {
        let row: Option<HolderRow> = self
            .row(Statement::of(HOLDER, named(owner, reference)))
            .await?;
        Ok(row.map(Into::into))
    }
}

fn named(owner: &Owner, reference: &str) -> Vec<Value> {
    vec![
        json!(owner.organisation),
        json!(owner.environment),
        json!(reference),
    ]
}

fn filter(owner: &Owner, query: &RequestQuery) -> Filter {
    let mut filter = Filter::of("", owner);
    filter.add("status =", query.status.map(|status| json!(status)));
    filter.add(
        "reference_id =",
        query.reference_id.as_ref().map(|name| json!(name)),
    );
    filter.add(
        "external_user_id =",
        query.external_user_id.as_ref().map(|name| json!(name)),
    );
    filter
}

fn row_of(request: &VerificationRequest, public_url: &str) -> Result<Vec<Value>, ApiError> {
    let summary = summary_of(&request.view(public_url).listed())?;
    Ok(vec![
        json!(request.id),
        json!(request.owner.organisation),
        json!(request.owner.environment),
        json!(request.status),
        json!(request.plan.reference_id),
        json!(request.plan.external_user_id),
        json!(summary),
        json!(request.created_at.seconds()),
        json!(request.updated_at.seconds()),
        json!(request.expires_at.seconds()),
        json!(request.revision),
    ])
}

fn summary_of(view: &RequestView) -> Result<String, ApiError> {
    serde_json::to_string(view).map_err(|error| ApiError::internal(format!("a summary: {error}")))
}
