//! What a token is worth to the one who presents it. Signature and key come first: nothing of a
//! token's content, not even that it has expired, is said before they hold.

use proof_domain::tenant::Environment;
use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::claims::ProofClaims;
use crate::jws;
use crate::revocation::Revocation;
use crate::signer::{KeyLookupError, Verifier};

/// How far ahead of this clock a token may claim to have been issued, in seconds. There is no such
/// allowance for `exp` and `nbf`.
pub const CLOCK_SKEW: i64 = 60;

/// Why a proof is not valid, as the API says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Its time is over.
    Expired,
    /// It was withdrawn.
    Revoked,
    /// It is not a proof that this system wrote.
    InvalidSignature,
    /// It was made for another identifier than the one given.
    IdentifierMismatch,
    /// It names a key that is not, or no longer, published.
    UnknownKey,
    /// A test proof was shown with a live key, or the other way round.
    WrongEnvironment,
    /// It was issued to another organisation.
    WrongAudience,
}

/// Why a proof is not valid. Every form of a token that this system did not write is one and the
/// same refusal, so that trying out forms teaches nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.message())]
pub enum Refusal {
    Malformed,
    InvalidSignature,
    UnknownKey,
    WrongEnvironment,
    WrongAudience,
    Expired,
    Revoked,
    IdentifierMismatch,
}

impl Refusal {
    pub const fn reason(self) -> RefusalReason {
        match self {
            Self::Malformed | Self::InvalidSignature => RefusalReason::InvalidSignature,
            Self::UnknownKey => RefusalReason::UnknownKey,
            Self::WrongEnvironment => RefusalReason::WrongEnvironment,
            Self::WrongAudience => RefusalReason::WrongAudience,
            Self::Expired => RefusalReason::Expired,
            Self::Revoked => RefusalReason::Revoked,
            Self::IdentifierMismatch => RefusalReason::IdentifierMismatch,
        }
    }

    /// The sentence that goes with the reason.
    pub const fn message(self) -> &'static str {
        match self {
            Self::Malformed => "jwt malformed",
            Self::InvalidSignature => "invalid signature",
            Self::UnknownKey => "unknown signing key",
            Self::WrongEnvironment => "proof belongs to the other environment",
            Self::WrongAudience => "proof was issued to another organisation",
            Self::Expired => "jwt expired",
            Self::Revoked => "proof revoked",
            Self::IdentifierMismatch => "identifier does not match the proof",
        }
    }
}

/// The decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid(Refusal),
}

/// Who asks, and when.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The organisation of the caller.
    pub audience: &'a str,
    /// The environment of the caller's key.
    pub environment: Environment,
    /// The one issuer there is.
    pub issuer: &'a str,
    pub now: Timestamp,
}

/// Why no claims came out of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be found out. The text is for the log.
    #[error("verification unavailable: {0}")]
    Unavailable(String),
}

/// Takes a token apart, checks its signature and only then reads its claims.
pub async fn open<V: Verifier>(verifier: &V, token: &str) -> Result<ProofClaims, OpenError> {
    let malformed = OpenError::Refused(Refusal::Malformed);
    let Ok(unverified) = jws::decode(token) else {
        return Err(malformed);
    };
    let genuine = verifier
        .verify(
            &unverified.kid,
            unverified.signing_input,
            &unverified.signature,
        )
        .await
        .map_err(|error| match error {
            KeyLookupError::UnknownKey => OpenError::Refused(Refusal::UnknownKey),
            KeyLookupError::Unavailable(why) => OpenError::Unavailable(why),
        })?;
    if !genuine {
        return Err(OpenError::Refused(Refusal::InvalidSignature));
    }
    ProofClaims::from_json(&unverified.claims_bytes).map_err(|_| malformed)
}

/// What can be said of verified claims without looking anything up: nothing, or the refusal.
pub fn screen(claims: &ProofClaims, expected: &Expected<'_>) -> Result<(), Refusal> {
    let from_the_future = claims.iat > expected.now.plus_seconds(CLOCK_SKEW)
        || claims.nbf.is_some_and(|nbf| nbf > expected.now);
    if claims.check().is_err() || claims.iss != expected.issuer || from_the_future {
        Err(Refusal::Malformed)
    } else if claims.env != expected.environment {
        Err(Refusal::WrongEnvironment)
    } else if claims.aud != expected.audience {
        Err(Refusal::WrongAudience)
    } else if expected.now >= claims.exp {
        Err(Refusal::Expired)
    } else {
        Ok(())
    }
}

/// Decides on verified claims. The identifier, if the caller gave one, comes here in the normalised
/// form of the claims' asset type; one that has no such form cannot match and comes as it is.
pub fn judge(
    claims: &ProofClaims,
    expected: &Expected<'_>,
    identifier: Option<&str>,
    revocation: Revocation,
) -> Verdict {
    if let Err(refusal) = screen(claims, expected) {
        Verdict::Invalid(refusal)
    } else if revocation.is_revoked() {
        Verdict::Invalid(Refusal::Revoked)
    } else if identifier.is_some_and(|identifier| !claims.commitment().matches(identifier)) {
        Verdict::Invalid(Refusal::IdentifierMismatch)
    } else {
        Verdict::Valid
    }
}
