//! Endpoints: where a tenant has its events sent.

use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::webhook::view::{
    CreatedEndpoint, DeletedEndpoint, DeliveryView, EndpointList, EndpointView, SecretView,
};
use proof_domain::webhook::{CreateEndpoint, EndpointQuery, RotateSecret, UpdateEndpoint};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::endpoints;
use proof_edge::extract::{IdempotencyKey, Json, JsonIfAny, PathEndpoint, PathId, Query};
use proof_edge::ledger::Ledger;
use proof_edge::{Answer, Failure, Scope};

/// Register an endpoint
///
/// Has events sent to an address of yours. The answer carries the secret that its deliveries are
/// signed with; `GET …/secret` shows it again. An endpoint made with a test key gets events of test
/// mode, one made with a live key those of live verifications, and neither ever gets the other's.
/// There can be 20 of each.
#[utoipa::path(
    post, path = "/api/v1/webhook-endpoints", tag = "Webhooks",
    operation_id = "createWebhookEndpoint",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters, your own name for this request.")),
    request_body = CreateEndpoint,
    responses(
        (status = 201, description = "The endpoint was registered, or was before under this key.",
            body = CreatedEndpoint,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid, or the address is not one that can be called.", body = ErrorBody),
        (status = 409, description = "There are 20 already, or the key was used with another request, or for an endpoint that you have deleted.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn create(
    key: TenantKey,
    scope: Scope,
    IdempotencyKey(idempotency): IdempotencyKey,
    Json(request): Json<CreateEndpoint>,
) -> Result<Answer, Failure> {
    let plan = request.plan(scope.config().own_host())?;
    let (created, repeated) = endpoints::register(&scope, &key.owner, idempotency, plan).await?;
    Answer::created(Value(created), repeated)
}

/// List endpoints
///
/// The oldest first.
#[utoipa::path(
    get, path = "/api/v1/webhook-endpoints", tag = "Webhooks",
    operation_id = "listWebhookEndpoints",
    params(
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "20 by default."),
    ),
    responses(
        (status = 200, description = "A page of endpoints.", body = EndpointList),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let EndpointQuery { page } = EndpointQuery::parse(&query)?;
    let (endpoints, total) = Ledger::of(&scope).endpoints(&key.owner, page).await?;
    let data = endpoints
        .iter()
        .map(|endpoint| EndpointView::of(endpoint, scope.now()))
        .collect();
    Answer::ok(Value(EndpointList {
        data,
        pagination: page.of_total(total),
    }))
}

/// Get an endpoint
///
/// With how it does: whether it is enabled, since when nothing reaches it, and when something last did.
#[utoipa::path(
    get, path = "/api/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "getWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "The endpoint.", body = EndpointView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let row = Ledger::of(&scope).endpoint(&key.owner, id).await?;
    let row = row.filter(|row| !row.is_callback());
    let endpoint = row.ok_or_else(ApiError::not_found)?.endpoint;
    Answer::ok(Value(EndpointView::of(&endpoint, scope.now())))
}

/// Change an endpoint
///
/// What you leave out stays. `enabled: true` also switches on again what was disabled by itself.
/// Deliveries that wait go to the address that the endpoint then has.
#[utoipa::path(
    patch, path = "/api/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "updateWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint.")),
    request_body = UpdateEndpoint,
    responses(
        (status = 200, description = "The endpoint as it is now.", body = EndpointView),
        (status = 400, description = "The request is not valid, or the address is not one that can be called.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn update(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
    Json(request): Json<UpdateEndpoint>,
) -> Result<Answer, Failure> {
    let change = request.plan(scope.config().own_host())?;
    let endpoint = Ledger::of(&scope)
        .change_endpoint(&key.owner, id, &change, scope.now())
        .await?;
    let endpoint = endpoint.ok_or_else(ApiError::not_found)?;
    Answer::ok(Value(EndpointView::of(&endpoint, scope.now())))
}

/// Delete an endpoint
///
/// It gets nothing any more; what still waited for it fails. Its deliveries stay in the list.
#[utoipa::path(
    delete, path = "/api/v1/webhook-endpoints/{id}", tag = "Webhooks",
    operation_id = "deleteWebhookEndpoint",
    params(("id" = String, Path, description = "The endpoint.")),
    responses(
        (status = 200, description = "It is no more.", body = DeletedEndpoint),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn delete(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    if !Ledger::of(&scope).drop_endpoint(&key.owner, id).await? {
        return Err(ApiError::not_found().into());
    }
    Answer::ok(Value(DeletedEndpoint { id, deleted: true }))
}

/// Show a secret
///
/// The secret that an endpoint's deliveries are signed with, and the one before it while that signs
/// as well. Deliveries to a `callback_url` are signed with a secret of their own, one in live and one
/// in test mode: it is under the id `callback`.
#[utoipa::path(
    get, path = "/api/v1/webhook-endpoints/{id}/secret", tag = "Webhooks",
    operation_id = "getWebhookSecret",
    params(("id" = String, Path, description = "The endpoint, or `callback`.")),
    responses(
        (status = 200, description = "The secret.", body = SecretView),
        (status = 404, description = "There is no endpoint of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn secret(
    key: TenantKey,
    scope: Scope,
    PathEndpoint(name): PathEndpoint,
) -> Result<Answer, Failure> {
    Answer::ok(Value(endpoints::reveal(&scope, &key.owner, name).await?))
}

/// Replace a secret
///
/// Deliveries are signed with a new secret from now on, and with the former one as well until
/// `overlap_seconds` are over (a day if you say nothing, seven days at most), so that you can change
/// over without losing any. Replacing it again within that time ends the one before the last. The id
/// `callback` replaces the secret of callback addresses. Under one `Idempotency-Key` it is replaced
/// once: a repetition shows the secrets as they are.
#[utoipa::path(
    post, path = "/api/v1/webhook-endpoints/{id}/rotate-secret", tag = "Webhooks",
    operation_id = "rotateWebhookSecret",
    params(
        ("id" = String, Path, description = "The endpoint, or `callback`."),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters, your own name for this request."),
    ),
    request_body = Option<RotateSecret>,
    responses(
        (status = 200, description = "The new secret, and the former one while it signs.",
            body = SecretView,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid.", body = ErrorBody),
        (status = 404, description = "There is no endpoint of that id.", body = ErrorBody),
        (status = 409, description = "The key was used with another request.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn rotate_secret(
    key: TenantKey,
    scope: Scope,
    PathEndpoint(name): PathEndpoint,
    IdempotencyKey(idempotency): IdempotencyKey,
    JsonIfAny(request): JsonIfAny<RotateSecret>,
) -> Result<Answer, Failure> {
    let overlap = request.overlap()?;
    let (secrets, repeated) =
        endpoints::replace_secret(&scope, &key.owner, name, overlap, idempotency).await?;
    Answer::changed(Value(secrets), repeated)
}

/// Try an endpoint
///
/// Sends it the event `webhook_endpoint.test`, and nobody else. The answer is the delivery; get it
/// again to see what your receiver made of it. The event is in the feed as well.
#[utoipa::path(
    post, path = "/api/v1/webhook-endpoints/{id}/test", tag = "Webhooks",
    operation_id = "testWebhookEndpoint",
    params(
        ("id" = String, Path, description = "The endpoint."),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters, your own name for this request."),
    ),
    responses(
        (status = 201, description = "The event is on its way, or was before under this key.",
            body = DeliveryView,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 404, description = "There is no endpoint of that id.", body = ErrorBody),
        (status = 409, description = "It is disabled.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn try_out(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
    IdempotencyKey(idempotency): IdempotencyKey,
) -> Result<Answer, Failure> {
    let row = Ledger::of(&scope).endpoint(&key.owner, id).await?;
    let row = row.filter(|row| !row.is_callback());
    let endpoint = row.ok_or_else(ApiError::not_found)?.endpoint;
    let (delivery, repeated) =
        endpoints::try_out(&scope, &key.owner, &endpoint, idempotency).await?;
    Answer::created(Value(delivery), repeated)
}
