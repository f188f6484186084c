//! Verifications from beginning to end, but for what looks at a domain (`domains`) and what
//! streams (`events`).

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::identifier;
use proof_domain::page::VerificationQuery;
use proof_domain::verification::{
    CreateVerification, PlannedVerification, ResendResult, SubmitAnswer, Submitted,
    TestVerification, VerificationList, VerificationView,
};
use proof_edge::answer::Value;
use proof_edge::answering::{self, Asker, Beginning, bots, wallets};
use proof_edge::auth::TenantKey;
use proof_edge::extract::{IdempotencyKey, Json, PathId, Query};
use proof_edge::ledger::Ledger;
use proof_edge::objects::{Reply, Verifications};
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::telegram_bot::BotToken;

/// Create a verification
///
/// Creates a challenge for one asset. What the person has to do is in `challenge`. Sent with an
/// `Idempotency-Key`, the same request may be repeated at will: it is carried out once, and every
/// repetition answers with the same verification.
#[utoipa::path(
    post, path = "/api/v1/verifications", tag = "Verifications",
    operation_id = "createVerification",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "1 to 255 visible ASCII characters, your own name for this request.")),
    request_body = CreateVerification,
    responses(
        (status = 201, description = "The verification was created, or was before under this key.",
            body = VerificationView,
            headers(("Idempotent-Replayed" = Option<String>,
                description = "`true` if this repeats an earlier request."))),
        (status = 400, description = "The request is not valid, or the channel is not configured.", body = ErrorBody),
        (status = 403, description = "The month's quota is used up.", body = ErrorBody),
        (status = 409, description = "The key was used with another request.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn create(
    key: TenantKey,
    scope: Scope,
    IdempotencyKey(idempotency): IdempotencyKey,
    Json(request): Json<CreateVerification>,
) -> Result<Answer, Failure> {
    let bot_token = bots::token_in(&request);
    let plan = request.plan(scope.config().own_host())?;
    let created = begin(&key, &scope, idempotency, plan, bot_token.as_ref()).await?;
    Answer::created(created.value, created.repeated)
}

/// Creates what was planned, or finds what was created under the same key.
pub(crate) async fn begin(
    key: &TenantKey,
    scope: &Scope,
    idempotency: Option<String>,
    plan: PlannedVerification,
    bot_token: Option<&BotToken>,
) -> Result<Reply<VerificationView>, ApiError> {
    let id = idempotency
        .map(|name| {
            let config = scope.config();
            config.id_for(&key.owner, "verification", Some(&name))
        })
        .transpose()?;
    let beginning = Beginning {
        plan,
        bot_token,
        id,
        request: None,
        refusal: key.within_quota().err(),
    };
    answering::begin(scope, Asker::from(key), beginning).await
}

/// List verifications
///
/// Newest first. A new verification appears within moments.
#[utoipa::path(
    get, path = "/api/v1/verifications", tag = "Verifications", operation_id = "listVerifications",
    params(
        ("page" = Option<u32>, Query, minimum = 1, maximum = 10000),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "20 by default."),
        ("status" = Option<proof_domain::verification::Status>, Query),
        ("type" = Option<proof_domain::asset::AssetType>, Query),
        ("channel" = Option<proof_domain::asset::Channel>, Query),
        ("external_user_id" = Option<String>, Query, min_length = 1, max_length = 255),
        ("created_after" = Option<proof_domain::timestamp::Timestamp>, Query, description = "Inclusive."),
        ("created_before" = Option<proof_domain::timestamp::Timestamp>, Query, description = "Inclusive."),
    ),
    responses(
        (status = 200, description = "A page of verifications.", body = VerificationList),
        (status = 400, description = "A parameter is not valid.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(
    key: TenantKey,
    scope: Scope,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let query = VerificationQuery::parse(&query)?;
    let page = Ledger::of(&scope).verifications(&key.owner, &query).await?;
    Answer::ok(Value(page))
}

/// Get a verification
///
/// Poll this, or listen to its events. Once verified it carries the proof.
#[utoipa::path(
    get, path = "/api/v1/verifications/{id}", tag = "Verifications",
    operation_id = "getVerification",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "The verification as it stands.", body = VerificationView),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn retrieve(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    match Verifications::of(&scope).get(key.owner.clone(), id).await {
        Ok(verification) => Answer::ok(verification),
        // Its object may be gone because its time has passed; the ledger remembers.
        Err(error) if error.code == ErrorCode::NotFound => {
            let past = Ledger::of(&scope).past_verification(&key.owner, id).await?;
            Answer::ok(Value(VerificationView::from(past.ok_or(error)?)))
        }
        Err(error) => Err(error.into()),
    }
}

/// Submit a code, a signature or a token
///
/// Takes the code that was sent to the person, or the wallet's signature over `challenge.message`, or a
/// Telegram bot's token.
/// Five wrong ones end the verification as `failed`; what has not the form of a code or signature
/// uses no try. A code that was shown to you (phones) is proven by the channel itself and not taken
/// here, except in test mode.
///
/// A signature of a contract wallet (ERC-1271, ERC-6492) is judged by the contract. If the node
/// that has to be asked does not answer, nothing is counted and the same signature may be sent again.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/submit", tag = "Verifications",
    operation_id = "submitAnswer",
    params(("id" = String, Path, description = "The verification.")),
    request_body = SubmitAnswer,
    responses(
        (status = 200, description = "It was right; the proof is here.", body = VerificationView),
        (status = 400, description = "It is wrong, or none is awaited (any more), or the wallet is a contract and no node is configured.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn submit(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
    Json(answer): Json<SubmitAnswer>,
) -> Result<Answer, Failure> {
    let objects = Verifications::of(&scope);
    let source = answer.source_identifier.clone();
    let submitted = answer.submitted()?;
    if let Some(source) = source {
        let verification = objects.get(key.owner.clone(), id).await?.read()?;
        must_be_source(&source, &verification)?;
    }
    match submitted {
        Submitted::Code(code) => Answer::ok(objects.submit(key.owner, id, code).await?),
        Submitted::BotToken(token) => {
            Answer::ok(bots::submit(&scope, key.owner, id, &token).await?)
        }
        Submitted::Signature(signature) => {
            Answer::ok(wallets::submit(&scope, key.owner, id, &signature).await?)
        }
    }
}

/// What the caller says of the sender is compared with the asset; it never takes evidence's place.
fn must_be_source(source: &str, verification: &VerificationView) -> Result<(), ApiError> {
    let same = identifier::parse(verification.kind, verification.channel, source)
        .is_ok_and(|source| source.as_str() == verification.identifier);
    if same {
        return Ok(());
    }
    Err(ApiError::field(
        "source_identifier",
        "is not the identifier of this verification",
    ))
}

/// Send the code again
///
/// For codes that are sent to the person (e-mail, and phones with `delivery: outbound`), while
/// pending. A new code replaces the old one; wrong answers stay counted. Live,
/// there are 30 seconds between two messages and five messages in all.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/resend", tag = "Verifications",
    operation_id = "resendCode",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "A new code is on its way.", body = ResendResult),
        (status = 400, description = "No code can be sent for it (any more).", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn resend(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    Answer::ok(Verifications::of(&scope).resend(key.owner, id).await?)
}

/// Complete in test mode
///
/// With a test key, completes a verification without the person. Live keys get 403.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/test-verify", tag = "Verifications",
    operation_id = "testVerify",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "Completed; the proof is here.", body = TestVerification),
        (status = 400, description = "It is not pending any more.", body = ErrorBody),
        (status = 403, description = "This is not a test key.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn test_verify(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    Answer::ok(
        Verifications::of(&scope)
            .complete_in_test(key.owner, id)
            .await?,
    )
}
