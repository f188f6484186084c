//! What anybody may read, without a key: the public keys and the list of withdrawn proofs. Both are
//! kept at the edge and cost no object; the key set costs no database either.

use http::{StatusCode, header};
use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::id::{Id, hex};
use proof_domain::page::{PageRequest, Parameters};
use proof_domain::proof::RevocationPagination;
use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;
use proof_edge::auth::Anyone;
use proof_edge::crypto::PublishedKeys;
use proof_edge::extract::Query;
use proof_edge::ledger::{Ledger, RevocationPage};
use proof_edge::{Answer, Failure, Raw, Scope, assets};
use proof_token::jwk::Jwks;
use proof_token::revocation::RevocationEntry;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

/// Under these names the edge keeps the whole lists.
pub(crate) const LIVE_LIST: &str = "/api/v1/proofs/revoked?environment=live";
pub(crate) const TEST_LIST: &str = "/api/v1/proofs/revoked?environment=test";
/// Entries of one answer: enough for an offline checker to take the list in one piece.
const LIST_LIMIT: u32 = 10_000;
/// How long verifiers may keep the key set.
const JWKS_SECONDS: u32 = 24 * 60 * 60;

/// Withdrawn proofs in the order in which they were withdrawn.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RevocationList {
    pub data: Vec<RevocationEntry>,
    pub pagination: RevocationPagination,
}

/// Get the revocation list
///
/// Public. Keep it for five minutes. Live and test proofs have lists of their own; a list holds up
/// to 10,000 entries and `pagination.next_cursor` leads on.
#[utoipa::path(
    get, path = "/api/v1/proofs/revoked", tag = "Proofs", operation_id = "listRevokedProofs",
    params(
        ("environment" = Option<Environment>, Query, description = "`live` by default."),
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 10000, description = "10,000 by default."),
        ("after" = Option<u64>, Query, description = "A cursor from `next_cursor`; instead of `page`."),
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` you have."),
    ),
    responses(
        (status = 200, description = "The list.", body = RevocationList,
            headers(("ETag" = String, description = "Names this state of the list."))),
        (status = 304, description = "You have it."),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(()),
)]
pub(crate) async fn revocations(
    _anyone: Anyone,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let wish = Wish::parse(&query)?;
    let ttl = scope.config().revocation_ttl_seconds;
    let whole = wish.whole_list();
    let kept = match whole {
        Some(name) => assets::cached(&scope, name).await,
        None => None,
    };
    let (text, age) = if let Some(kept) = kept {
        kept
    } else {
        let page = Ledger::of(&scope)
            .revocations(wish.environment, wish.after, wish.page)
            .await?;
        let text = written(&page, wish.page)?;
        if let Some(name) = whole {
            assets::keep(&scope, name, &text, ttl);
        }
        (text, 0)
    };
    let policy = format!("public, max-age={ttl}, stale-while-revalidate=30");
    // What the edge has kept is so much older already: nobody keeps a list beyond its time.
    Ok(publish(&scope, text, &policy)?.with(header::AGE, &age.to_string()))
}

/// What is asked of the list.
struct Wish {
    environment: Environment,
    page: PageRequest,
    after: u64,
}

impl Wish {
    fn parse(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let environment = parameters.read("environment", "must be live or test", |text| {
            text.parse().ok()
        })?;
        let after = parameters.read("after", "must be a cursor of this list", |text| {
            text.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| text.parse().ok())?
        })?;
        let page = parameters.page(LIST_LIMIT, LIST_LIMIT)?;
        parameters.finish()?;
        if after.is_some() && page.page != 1 {
            return Err(ApiError::field("page", "cannot be combined with after"));
        }
        Ok(Self {
            environment: environment.unwrap_or(Environment::Live),
            page,
            after: after.unwrap_or_default(),
        })
    }

    /// The name of the whole list, if that is what is asked for.
    fn whole_list(&self) -> Option<&'static str> {
        let whole = self.after == 0
            && self.page
                == PageRequest {
                    page: 1,
                    limit: LIST_LIMIT,
                };
        whole.then_some(match self.environment {
            Environment::Live => LIVE_LIST,
            Environment::Test => TEST_LIST,
        })
    }
}

fn written(found: &RevocationPage, page: PageRequest) -> Result<String, ApiError> {
    let pagination = page.of_total(found.total);
    let next_cursor = found
        .entries
        .last()
        .filter(|_| pagination.has_more)
        .map(|entry| entry.seq.to_string());
    let data = found
        .entries
        .iter()
        .filter_map(|entry| {
            Some(RevocationEntry {
                proof_id: Id::parse(&entry.proof_id)?,
                revoked_at: Timestamp::from_seconds(entry.revoked_at),
            })
        })
        .collect();
    let list = RevocationList {
        data,
        pagination: RevocationPagination {
            pagination,
            next_cursor,
        },
    };
    serde_json::to_string(&list).map_err(|error| ApiError::internal(error.to_string()))
}

/// Get the public keys
///
/// Public. The keys that sign proofs and those that signed proofs which are still valid. Keep them
/// for a day; if you meet a `kid` you do not know, ask again.
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "Proofs", operation_id = "getKeys",
    params(("If-None-Match" = Option<String>, Header, description = "The `ETag` you have.")),
    responses(
        (status = 200, description = "The keys.", body = Jwks,
            headers(("ETag" = String, description = "Names this state of the set."))),
        (status = 304, description = "You have it."),
    ),
    security(()),
)]
pub(crate) async fn jwks(scope: Scope) -> Result<Answer, Failure> {
    let keys = PublishedKeys::of(&scope)?;
    let policy = format!("public, max-age={JWKS_SECONDS}, stale-while-revalidate=3600");
    publish(&scope, keys.json().to_owned(), &policy)
}

/// Answers with a public document, or with 304 to whoever has it.
fn publish(scope: &Scope, text: String, policy: &str) -> Result<Answer, Failure> {
    let tag = format!("\"{}\"", hex(&Sha256::digest(&text)[..12]));
    let known = scope.headers().if_none_match.split(',').any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
    });
    let answer = if known {
        Answer::empty(StatusCode::NOT_MODIFIED)
    } else {
        Answer::ok(Raw::<()>::written(text))?
    };
    Ok(answer
        .with(header::CACHE_CONTROL, policy)
        .with(header::ETAG, &tag))
}
