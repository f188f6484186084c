//! Verification requests: written by their objects, read by lists; and the names that tenants gave
//! them, taken before a request exists, so that of two with one name only one can.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification_request::{
    Progress, RequestList, RequestQuery, RequestStatus, RequestView, VerificationRequest,
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

const COLUMNS: &str = "id, environment, status, reference_id, external_user_id, summary,
    created_at, updated_at, expires_at";

const RESERVE: &str = "INSERT INTO request_references
    (organisation_id, environment, reference_id, request_id, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";

const HOLDER: &str = "SELECT request_id, created_at FROM request_references
  WHERE organisation_id = ?1 AND environment = ?2 AND reference_id = ?3";

#[derive(Deserialize)]
struct Row {
    id: Id,
    environment: proof_domain::tenant::Environment,
    status: RequestStatus,
    reference_id: Option<String>,
    external_user_id: Option<String>,
    summary: Option<String>,
    created_at: i64,
    updated_at: i64,
    expires_at: i64,
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

/// What is left when the summary is gone: that there was such a request, and how it ended.
impl From<Row> for RequestView {
    fn from(row: Row) -> Self {
        let summary = row
            .summary
            .and_then(|text| serde_json::from_str::<Self>(&text).ok());
        summary.unwrap_or_else(|| {
            let time = Timestamp::from_seconds;
            let ended = |status| (row.status == status).then(|| time(row.updated_at));
            Self {
                id: row.id,
                status: row.status,
                reference_id: row.reference_id,
                action_type: proof_domain::verification_request::ActionType::default(),
                action_context: None,
                assets: Vec::new(),
                policy: None,
                progress: Progress {
                    verified: 0,
                    total: 0,
                    required: 0,
                },
                partial_ok: false,
                partial: None,
                validity_requirement: None,
                redirect_url: None,
                callback_url: None,
                external_user_id: row.external_user_id,
                client_metadata: None,
                verification_url: String::new(),
                created_at: time(row.created_at),
                updated_at: time(row.updated_at),
                expires_at: time(row.expires_at),
                completed_at: ended(RequestStatus::Completed),
                expired_at: ended(RequestStatus::Expired),
                cancelled_at: ended(RequestStatus::Cancelled),
                test_mode: row.environment.is_test().then_some(true),
            }
        })
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
    pub async fn forget_request(&self, id: Id, before: Timestamp) -> Result<(), ApiError> {
        self.apply(&[
            Statement::of(
                "UPDATE verification_requests SET summary = NULL, external_user_id = NULL
                 WHERE id = ?1",
                vec![json!(id)],
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
                filter.page(COLUMNS, "verification_requests", query.page),
                filter.total("COUNT(*)", "verification_requests"),
            ])
            .await?;
        let total = counts.first().map_or(0, |count| count.total);
        Ok(RequestList {
            data: rows.into_iter().map(Into::into).collect(),
            pagination: query.page.of_total(total),
        })
    }

    /// One request whose object is gone because its time has passed.
    pub async fn past_request(
        &self,
        owner: &Owner,
        id: Id,
    ) -> Result<Option<RequestView>, ApiError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM verification_requests
             WHERE id = ?1 AND organisation_id = ?2 AND environment = ?3"
        );
        let parameters = vec![
            json!(id),
            json!(owner.organisation),
            json!(owner.environment),
        ];
        let row: Option<Row> = self.row(Statement::of(sql, parameters)).await?;
        Ok(row.map(Into::into))
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

    /// Gives a name that a request was to have, but never got, to another.
    pub async fn pass_reference(
        &self,
        owner: &Owner,
        reference: &str,
        from: Id,
        to: Id,
        now: Timestamp,
    ) -> Result<ReferenceHolder, ApiError> {
        let name = named(owner, reference);
        let passing = [&name[..], &[json!(from), json!(to), json!(now.seconds())]].concat();
        let pass = "UPDATE request_references SET request_id = ?5, created_at = ?6
            WHERE organisation_id = ?1 AND environment = ?2 AND reference_id = ?3
              AND request_id = ?4";
        let (_, holders): ([Value; 0], [HolderRow; 1]) = self
            .run(&[Statement::of(pass, passing), Statement::of(HOLDER, name)])
            .await?;
        let [holder] = holders;
        Ok(holder.into())
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
    let summary = serde_json::to_string(&request.view(public_url).listed())
        .map_err(|error| ApiError::internal(format!("a summary: {error}")))?;
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
