//! Signing in at a network or exchange, and showing a bot's token: what the record keeps of it and
//! the ways in which it changes. Secrets of an attempt are kept as digests, but for the two that
//! have to be shown again; whether one fits is told by the caller, never decided here.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{CheckMethod, CheckView, NewProof, Question, Status, Verification};
use crate::asset::{AssetType, Channel};
use crate::error::{ApiError, ErrorCode};
use crate::id::Id;
use crate::timestamp::Timestamp;

/// An account as its provider knows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// The provider's own id of the account. It never changes, unlike names.
    #[schema(example = "583231")]
    pub id: String,
    /// The name it had when it was proven, where the provider tells one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "octocat")]
    pub username: Option<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Account(…)")
    }
}

/// An attempt to sign in that was begun and has not come back.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInAttempt {
    /// Digest of the state.
    pub state: String,
    /// Digest of the cookie in the browser that began.
    pub cookie: String,
    pub verifier: String,
    pub nonce: String,
}

impl std::fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignInAttempt(…)")
    }
}

/// Why an attempt proved nothing. The verification stays pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountProblem {
    /// It was another account. Which one is the person's affair, not the tenant's.
    InvalidIdentifier,
    /// The person said no.
    Declined,
    /// The person kept back what would have told the account.
    NotAllowed,
    /// There is no account of this kind.
    NoAccount,
    /// What came back from the provider is not to be believed, or came too late.
    NotBelieved,
    /// The provider did not answer, or not now.
    ProviderUnavailable,
    /// The provider refuses the client that is configured.
    ProviderRefused,
}

impl AccountProblem {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidIdentifier => "invalid_identifier",
            Self::Declined => "declined",
            Self::NotAllowed => "not_allowed",
            Self::NoAccount => "no_account",
            Self::NotBelieved => "not_believed",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::ProviderRefused => "provider_refused",
        }
    }

    /// For the tenant's developer.
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidIdentifier => "The account was not the one of the identifier.",
            Self::Declined => "The person did not agree at the provider.",
            Self::NotAllowed => "The person did not allow the account's name to be read.",
            Self::NoAccount => "Who signed in has no account of this kind.",
            Self::NotBelieved => "The provider did not confirm the sign-in.",
            Self::ProviderUnavailable => "The provider could not be asked.",
            Self::ProviderRefused => "The provider refuses the client that is configured for it.",
        }
    }

    /// Whether the same may succeed later without any change.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::NotBelieved | Self::ProviderUnavailable)
    }
}

/// What the person is shown of a verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignInView {
    pub organisation_name: String,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub identifier: String,
    pub status: Status,
    pub test: bool,
    pub expires_at: Timestamp,
    pub auth_url: String,
    /// The request whose page the person comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Id>,
}

impl Verification {
    /// The address of the page on which the person begins, where there is one.
    pub fn auth_url(&self) -> Option<&str> {
        match &self.challenge.question {
            Question::SignIn { auth_url, .. } => Some(auth_url),
            _ => None,
        }
    }

    /// What the person is shown.
    pub fn sign_in_view(&self) -> Result<SignInView, ApiError> {
        let auth_url = self.auth_url().ok_or_else(ApiError::not_found)?.to_owned();
        Ok(SignInView {
            organisation_name: self.organisation_name.clone(),
            kind: self.kind,
            channel: self.channel,
            identifier: self.identifier.clone(),
            status: self.status(),
            test: self.owner.environment.is_test(),
            expires_at: self.challenge.expires_at,
            auth_url,
            request_id: self.request.map(|asset| asset.request_id),
        })
    }

    /// The person presses the button. The newest attempt counts, and no earlier one.
    pub fn begin_sign_in(
        &mut self,
        attempt: SignInAttempt,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        self.must_be_pending(now)?;
        if self.owner.environment.is_test() {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "In test mode nobody signs in anywhere.",
            ));
        }
        let Question::SignIn { attempt: kept, .. } = &mut self.challenge.question else {
            return Err(ApiError::not_found());
        };
        *kept = Some(attempt);
        Ok(())
    }

    /// The person is back. An attempt is given out once; one that does not fit stays where it is.
    pub fn take_attempt(
        &mut self,
        channel: Channel,
        fits: impl FnOnce(&SignInAttempt) -> bool,
        now: Timestamp,
    ) -> Result<SignInAttempt, ApiError> {
        if self.channel != channel {
            return Err(not_begun());
        }
        let Question::SignIn { attempt, .. } = &mut self.challenge.question else {
            return Err(not_begun());
        };
        if !attempt.as_ref().is_some_and(fits) {
            return Err(not_begun());
        }
        let taken = attempt.take().ok_or_else(not_begun)?;
        self.must_be_pending(now)?;
        Ok(taken)
    }

    /// Somebody signed in, or showed a token, and `is_asked_for` says whether that is the account of
    /// the identifier. The asking took long: what counts is the state now.
    pub fn account_shown(
        &mut self,
        account: Account,
        is_asked_for: bool,
        proof: NewProof,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        if !is_asked_for {
            return self.account_not_shown(AccountProblem::InvalidIdentifier, now);
        }
        self.must_be_pending(now)?;
        self.account = Some(account);
        self.checks.last = None;
        self.complete(proof, now);
        Ok(())
    }

    /// An attempt proved nothing.
    pub fn account_not_shown(
        &mut self,
        problem: AccountProblem,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        self.must_be_pending(now)?;
        let method = match &self.challenge.question {
            Question::SignIn { .. } => CheckMethod::SignIn,
            Question::BotToken { .. } => CheckMethod::BotToken,
            _ => return Err(ApiError::not_found()),
        };
        self.checks.last = Some(CheckView {
            method,
            result: problem.as_str().to_owned(),
            message: problem.message().to_owned(),
            retryable: problem.is_retryable(),
            observed: Vec::new(),
            via: Vec::new(),
            resolvers: Vec::new(),
            dnssec: None,
            checked_at: now,
        });
        self.updated_at = now;
        Ok(())
    }

    /// The bot whose token is awaited, if one is.
    pub fn bot_to_show(&mut self, now: Timestamp) -> Result<String, ApiError> {
        let Question::BotToken { .. } = &self.challenge.question else {
            return Err(ApiError::field(
                "bot_token",
                "is for verifications of Telegram bots",
            ));
        };
        self.must_be_pending(now)?;
        Ok(self.identifier.clone())
    }
}

/// One answer for a foreign state, a used one and one of another channel: which it was is nobody's
/// business who does not know it already.
fn not_begun() -> ApiError {
    ApiError::new(
        ErrorCode::ValidationError,
        "This sign-in was not begun here, or is over.",
    )
}
