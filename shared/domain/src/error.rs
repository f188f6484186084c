//! The one error type of the API: what the caller reads, and, kept apart, what only the log may say.
//! It must never carry a secret or an internal detail in its public half.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every error code a caller can meet. Codes are part of the API: they are added, never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not of the documented form.
    ValidationError,
    /// The identifier is not valid for its type.
    InvalidIdentifier,
    /// The channel cannot prove this type of asset.
    InvalidChannelForType,
    /// The challenge ended before it was answered.
    ChallengeExpired,
    /// The code is not the one that was sent.
    InvalidCode,
    /// The signature is not that of the wallet over the message.
    InvalidSignature,
    /// All attempts of this challenge are used.
    TooManyAttempts,
    /// The verification was already completed.
    AlreadyVerified,
    /// The picture cannot be decoded, or is not of a kind that is taken.
    InvalidImage,
    /// The operator has not configured this channel.
    ChannelNotConfigured,
    /// The API key is missing, malformed, unknown or revoked.
    Unauthorized,
    /// The caller is known and may not do this.
    Forbidden,
    /// The organisation's monthly quota is used up.
    QuotaExceeded,
    /// There is no such thing, or it is not the caller's.
    NotFound,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The request body did not arrive in time.
    RequestTimeout,
    /// The request contradicts what is already there.
    Conflict,
    /// The request body is larger than allowed.
    PayloadTooLarge,
    /// The request body is not JSON.
    UnsupportedMediaType,
    /// Too many requests.
    RateLimited,
    /// The fault is on this side.
    InternalError,
    /// A part of the system cannot answer now; the same request may succeed later.
    Unavailable,
    /// The node that has to be asked about a contract wallet does not answer as it should; the same
    /// signature may be sent again.
    RpcUnavailable,
    /// The models that look at faces are not installed or cannot be read.
    ModelUnavailable,
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::ValidationError
            | Self::InvalidIdentifier
            | Self::InvalidChannelForType
            | Self::ChallengeExpired
            | Self::InvalidCode
            | Self::InvalidSignature
            | Self::TooManyAttempts
            | Self::AlreadyVerified
            | Self::InvalidImage
            | Self::ChannelNotConfigured => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::QuotaExceeded => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::Conflict => 409,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::RateLimited => 429,
            Self::InternalError => 500,
            Self::Unavailable | Self::RpcUnavailable | Self::ModelUnavailable => 503,
        }
    }
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The field, as a dotted path; a query parameter or header by its name.
    #[schema(example = "identifier")]
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

/// An error on its way to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: Cow<'static, str>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldProblem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_remaining: Option<u8>,
    /// Seconds after which the same request may succeed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// For the log only; never part of a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<String>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
            attempts_remaining: None,
            retry_after: None,
            internal: None,
        }
    }

    /// Whether it names this field.
    pub fn is_about(&self, field: &str) -> bool {
        self.details.iter().any(|problem| problem.field == field)
    }

    /// A `validation_error` that names the field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::of_field(ErrorCode::ValidationError, field, message)
    }

    /// An error of any code that names the field; the message says the same to a person.
    pub fn of_field(code: ErrorCode, field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        let mut error = Self::new(code, format!("{field}: {message}"));
        error.details.push(FieldProblem { field, message });
        error
    }

    /// The same of a part of the body: the fields it names are within that.
    #[must_use]
    pub fn within(mut self, part: &str) -> Self {
        for problem in &mut self.details {
            problem.field = format!("{part}.{}", problem.field);
        }
        if let [problem] = &self.details[..] {
            self.message = format!("{}: {}", problem.field, problem.message).into();
        }
        self
    }

    pub fn unauthorized() -> Self {
        Self::new(
            ErrorCode::Unauthorized,
            "The API key is missing or not valid.",
        )
    }

    pub fn not_found() -> Self {
        Self::new(
            ErrorCode::NotFound,
            "There is nothing here under that id or path.",
        )
    }

    /// One `Idempotency-Key` names one request.
    pub fn key_was_used() -> Self {
        Self::new(
            ErrorCode::Conflict,
            "This Idempotency-Key was used with another request.",
        )
    }

    /// The caller learns that it is our fault; the log learns why.
    pub fn internal(why: impl Into<String>) -> Self {
        let mut error = Self::new(
            ErrorCode::InternalError,
            "Something went wrong on our side.",
        );
        error.internal = Some(why.into());
        error
    }

    /// A part that cannot answer now.
    pub fn unavailable(message: &'static str, why: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorCode::Unavailable, message);
        error.internal = Some(why.into());
        error.retry_after = Some(2);
        error
    }

    pub fn rate_limited(message: &'static str, retry_after: u32) -> Self {
        let mut error = Self::new(ErrorCode::RateLimited, message);
        error.retry_after = Some(retry_after.max(1));
        error
    }

    #[must_use]
    pub fn attempts_remaining(mut self, left: u8) -> Self {
        self.attempts_remaining = Some(left);
        self
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// The error as it stands in a response.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorBody {
    pub error: ErrorObject,
}

/// What went wrong.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ErrorObject {
    pub code: ErrorCode,
    /// For a developer to read.
    #[schema(example = "identifier: A phone number starts with + and its country code.")]
    pub message: String,
    /// The fields at fault, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldProblem>,
    /// Tries left, after a wrong code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts_remaining: Option<u8>,
    /// Seconds after which the same request may succeed; also in `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// The same as in `X-Request-Id`. Quote it when you ask for help.
    #[schema(example = "req_5f2b1c0d9e8a7b6c5d4e3f21")]
    pub request_id: String,
}

impl ErrorBody {
    pub fn new(error: &ApiError, request_id: &str) -> Self {
        Self {
            error: ErrorObject {
                code: error.code,
                message: error.message.clone().into_owned(),
                details: error.details.clone(),
                attempts_remaining: error.attempts_remaining,
                retry_after: error.retry_after,
                request_id: request_id.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internal_half_never_reaches_the_body() {
        let error = ApiError::internal("D1: no such table");
        let body = serde_json::to_string(&ErrorBody::new(&error, "req_1")).unwrap();
        assert!(!body.contains("D1"));
        assert_eq!(
            body,
            r#"{"error":{"code":"internal_error","message":"Something went wrong on our side.","request_id":"req_1"}}"#
        );
    }

    #[test]
    fn a_field_error_names_its_field() {
        let error = ApiError::field("limit", "must be between 1 and 100");
        assert_eq!(error.code.status(), 400);
        assert_eq!(error.details[0].field, "limit");
        assert_eq!(error.message, "limit: must be between 1 and 100");
        let within = error.within("assets[1]");
        assert_eq!(within.details[0].field, "assets[1].limit");
        assert_eq!(within.message, "assets[1].limit: must be between 1 and 100");
    }
}
