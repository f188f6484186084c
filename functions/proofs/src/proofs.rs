//! One proof: is it good, how does it stand, withdraw it.

use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use proof_domain::id::Id;
use proof_domain::identifier;
use proof_domain::proof::{
    ProofStatus, ProvenVerification, RevokeProof, RevokedProof, ValidateProof,
};
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Status;
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::crypto::PublishedKeys;
use proof_edge::extract::{Json, PathId};
use proof_edge::ledger::{Ledger, ProofRecord};
use proof_edge::objects::Verifications;
use proof_edge::platform::local;
use proof_edge::{Answer, Failure, Scope, assets};
use proof_token::claims::ProofClaims;
use proof_token::revocation::{Revocation, RevocationReason};
use proof_token::validate::{
    Expected, OpenError, Refusal, RefusalReason, Verdict, judge, open, screen,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::published::{LIVE_LIST, TEST_LIST};

/// Whether a proof is good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Validation {
    pub valid: bool,
    /// What the proof says, if it is valid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<ProvenVerification>,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<RefusalReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "jwt expired")]
    pub message: Option<String>,
}

impl Validation {
    fn refused(refusal: Refusal) -> Self {
        Self {
            valid: false,
            verification: None,
            reason: Some(refusal.reason()),
            message: Some(refusal.message().to_owned()),
        }
    }

    fn good(claims: &ProofClaims) -> Self {
        Self {
            valid: true,
            verification: Some(ProvenVerification {
                id: claims.sub,
                kind: claims.asset_type,
                channel: claims.channel,
                verified_at: claims.verified_at,
                expires_at: claims.exp,
                test_mode: claims.env.is_test().then_some(true),
            }),
            reason: None,
            message: None,
        }
    }
}

/// Validate a proof
///
/// Checks signature, environment, audience, expiry and revocation, and that the proof is about
/// `identifier` if you give one. A proof that is not good is no error: the answer is 200 with
/// `valid: false` and the reason. Everything but immediate revocation can also be checked offline.
#[utoipa::path(
    post, path = "/api/v1/proofs/validate", tag = "Proofs", operation_id = "validateProof",
    request_body = ValidateProof,
    responses(
        (status = 200, description = "The verdict.", body = Validation),
        (status = 400, description = "The request is not of the documented form.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn validate(
    key: TenantKey,
    scope: Scope,
    Json(request): Json<ValidateProof>,
) -> Result<Answer, Failure> {
    let expected = Expected {
        audience: &key.owner.organisation,
        environment: key.owner.environment,
        issuer: &scope.config().issuer,
        now: scope.now(),
    };
    let keys = PublishedKeys::of(&scope)?;
    let claims = match local(open(&*keys, &request.proof_token)).await {
        Ok(claims) => claims,
        Err(OpenError::Refused(refusal)) => return verdict(Validation::refused(refusal)),
        Err(OpenError::Unavailable(why)) => {
            return Err(
                ApiError::unavailable("Proofs cannot be checked at the moment.", why).into(),
            );
        }
    };
    if let Err(refusal) = screen(&claims, &expected) {
        return verdict(Validation::refused(refusal));
    }
    let record = Ledger::of(&scope)
        .proof(&key.owner, &claims.sub.to_string())
        .await?;
    let identifier = request.identifier.map(|text| normalised(&claims, text));
    verdict(
        match judge(
            &claims,
            &expected,
            identifier.as_deref(),
            revocation_of(record),
        ) {
            Verdict::Valid => Validation::good(&claims),
            Verdict::Invalid(refusal) => Validation::refused(refusal),
        },
    )
}

fn verdict(validation: Validation) -> Result<Answer, Failure> {
    Answer::ok(Value(validation))
}

/// What is not an identifier of that type cannot match; it is compared as it is.
fn normalised(claims: &ProofClaims, text: String) -> String {
    identifier::parse(claims.asset_type, claims.channel, &text)
        .map_or(text, |identifier| identifier.as_str().to_owned())
}

/// A proof that the ledger has not heard of yet was issued a moment ago: its signature says so.
fn revocation_of(record: Option<ProofRecord>) -> Revocation {
    let revoked = record.and_then(|record| {
        Some((
            record.revoked_at?,
            record.revoked_reason.unwrap_or(RevocationReason::Other),
        ))
    });
    revoked.map_or(Revocation::None, |(at, reason)| Revocation::Revoked {
        at: Timestamp::from_seconds(at),
        reason,
    })
}

/// Revokes a proof at its verification; where that was deleted with all about its person, in the
/// ledger.
async fn revoke_wherever(
    scope: &Scope,
    owner: Owner,
    id: Id,
    reason: RevocationReason,
) -> Result<Timestamp, ApiError> {
    let revoked = Verifications::of(scope).revoke(owner.clone(), id, reason);
    match revoked.await {
        Ok(view) => Ok(view.revoked_at.unwrap_or(view.updated_at)),
        Err(error) if error.code == ErrorCode::NotFound => {
            let known = Ledger::of(scope)
                .revoke_proof(&owner, id, reason, scope.now())
                .await?;
            known
                .and_then(|proof| proof.revoked_at)
                .map(Timestamp::from_seconds)
                .ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// Get a proof's status
///
/// Without its token. The proof's id is the verification's id, and `sub` in the token.
#[utoipa::path(
    get, path = "/api/v1/proofs/{id}/status", tag = "Proofs", operation_id = "getProofStatus",
    params(("id" = String, Path, description = "The proof.")),
    responses(
        (status = 200, description = "How it stands.", body = ProofStatus),
        (status = 404, description = "There is no proof of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn status(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let record = Ledger::of(&scope)
        .proof(&key.owner, &id.to_string())
        .await?;
    let record = record.ok_or_else(ApiError::not_found)?;
    let expires_at = Timestamp::from_seconds(record.expires_at);
    let (is_revoked, is_expired) = (record.revoked_at.is_some(), scope.now() >= expires_at);
    Answer::ok(Value(ProofStatus {
        proof_id: id,
        status: match (is_revoked, is_expired) {
            (true, _) => Status::Revoked,
            (false, true) => Status::Expired,
            (false, false) => Status::Verified,
        },
        is_valid: !is_revoked && !is_expired,
        is_revoked,
        revoked_at: record.revoked_at.map(Timestamp::from_seconds),
        revoked_reason: record.revoked_reason,
        expires_at,
        is_expired,
        test_mode: key.owner.environment.is_test().then_some(true),
    }))
}

/// Revoke a proof
///
/// In effect at once for `validate` and `status`, within five minutes in the revocation list.
/// Revoking again changes nothing and answers with the first revocation.
#[utoipa::path(
    post, path = "/api/v1/proofs/{id}/revoke", tag = "Proofs", operation_id = "revokeProof",
    params(("id" = String, Path, description = "The proof.")),
    request_body = RevokeProof,
    responses(
        (status = 200, description = "It is revoked.", body = RevokedProof),
        (status = 400, description = "The reason is not one of the five.", body = ErrorBody),
        (status = 404, description = "There is no proof of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn revoke(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
    Json(request): Json<RevokeProof>,
) -> Result<Answer, Failure> {
    let test = key.owner.environment.is_test();
    let revoked_at = revoke_wherever(&scope, key.owner, id, request.reason).await?;
    assets::forget(&scope, if test { TEST_LIST } else { LIVE_LIST }).await;
    Answer::ok(Value(RevokedProof {
        success: true,
        verification_id: id,
        status: Status::Revoked,
        revoked_at,
        test_mode: test.then_some(true),
    }))
}
