//! From a completed verification to its signed token. What the token says is fixed in the record
//! before anything is signed; the signature is deterministic, so signing twice gives one token.

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::id::{Id, hex, unhex};
use proof_domain::tenant::Owner;
use proof_domain::verification::{NewProof, Proof, State, Verification, VerificationView};
use proof_edge::crypto::ActiveKey;
use proof_edge::platform::random;
use proof_token::claims::{IdentifierCommitment, ProofClaims, account_hash};
use proof_token::issue::issue;

use super::Inside;

/// The random parts of a proof.
pub(crate) fn new_proof() -> NewProof {
    NewProof {
        jti: Id::from_bytes(random()),
        salt: hex(&random::<16>()),
    }
}

impl Inside {
    /// The verification, with its token if it has a proof. A token made here is kept in memory and
    /// stored with the next commit; were it lost, it would be made again, the same.
    pub(super) async fn proven(
        self: &Rc<Self>,
        owner: &Owner,
    ) -> Result<VerificationView, ApiError> {
        let record = self.owned(owner)?;
        let Some((proof, verified_at)) = record.proof() else {
            return Ok(record.view());
        };
        if proof.token.is_none() {
            let claims = claims_of(&record, proof, verified_at, &self.config.issuer)?;
            let key = ActiveKey::of(self.context.env()).await.map_err(unsigned)?;
            let token = issue(&key, &claims).await.map_err(unsigned)?;
            self.keep(token)?;
        }
        Ok(self.owned(owner)?.view())
    }

    /// Keeps the token. The ledger's turn is usually still to come, and stores it on the way.
    fn keep(&self, token: String) -> Result<(), ApiError> {
        let Some(mut current) = self.load()?.map(Rc::unwrap_or_clone) else {
            return Ok(());
        };
        keep_token(&mut current, token);
        if current.owes_ledger() {
            self.remember(current);
            return Ok(());
        }
        self.store(current)
    }
}

fn unsigned(error: impl std::fmt::Display) -> ApiError {
    ApiError::unavailable(
        "The verification is completed; its proof cannot be signed at the moment. Read it again.",
        error.to_string(),
    )
}

fn keep_token(record: &mut Verification, token: String) {
    if let State::Verified { proof, .. } | State::Revoked { proof, .. } = &mut record.state {
        proof.token.get_or_insert(token);
    }
}

fn claims_of(
    record: &Verification,
    proof: &Proof,
    verified_at: proof_domain::timestamp::Timestamp,
    issuer: &str,
) -> Result<ProofClaims, ApiError> {
    let salt = unhex(&proof.salt)
        .and_then(|salt| <[u8; 16]>::try_from(salt).ok())
        .ok_or_else(|| ApiError::internal("a proof without a salt"))?;
    let commitment = IdentifierCommitment::new(salt, &record.identifier);
    Ok(ProofClaims {
        iss: issuer.to_owned(),
        aud: record.owner.organisation.clone(),
        sub: record.id,
        jti: proof.jti,
        iat: proof.issued_at,
        exp: proof.expires_at,
        env: record.owner.environment,
        asset_type: record.kind,
        channel: record.channel,
        verified_at,
        identifier_salt: commitment.salt,
        identifier_hash: commitment.hash,
        account_hash: record
            .account
            .as_ref()
            .map(|account| account_hash(salt, &account.id)),
        request_id: record.request.map(|of| of.request_id.to_string()),
        own_channel: record.own_channel,
        nbf: None,
    })
}
