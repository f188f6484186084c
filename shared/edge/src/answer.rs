//! What a handler gives back: a typed value as JSON, a page, the platform's own response passed
//! through, or a failure. The door adds what every answer carries.

use std::marker::PhantomData;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use proof_domain::error::ApiError;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::platform::Js;

/// Pages carry no script or style of their own and load nothing from elsewhere.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'";

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// A successful answer with JSON in it.
#[derive(Debug)]
pub struct Answer(Response);

/// JSON of a `T` that an object already wrote: it goes to the caller as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw<T> {
    json: String,
    of: PhantomData<fn() -> T>,
}

impl<T> Raw<T> {
    /// JSON that was written from a `T` before.
    pub const fn written(json: String) -> Self {
        Self {
            json,
            of: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Raw<T> {
    /// Reads the value, where a handler needs it.
    pub fn read(&self) -> Result<T, ApiError> {
        serde_json::from_str(&self.json)
            .map_err(|error| ApiError::internal(format!("an object answered oddly: {error}")))
    }
}

impl<T> std::fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Raw(…)")
    }
}

/// What can stand in an answer as JSON.
pub trait IntoJson {
    fn into_json(self) -> Result<String, ApiError>;
}

impl<T> IntoJson for Raw<T> {
    fn into_json(self) -> Result<String, ApiError> {
        Ok(self.json)
    }
}

/// A value of the wire format.
#[derive(Debug)]
pub struct Value<T>(pub T);

impl<T: Serialize> IntoJson for Value<T> {
    fn into_json(self) -> Result<String, ApiError> {
        serde_json::to_string(&self.0)
            .map_err(|error| ApiError::internal(format!("an answer could not be written: {error}")))
    }
}

impl Answer {
    pub fn ok(value: impl IntoJson) -> Result<Self, Failure> {
        Self::json(StatusCode::OK, value)
    }

    /// Something was created; or it had been before, by the same request under the same key.
    pub fn created(value: impl IntoJson, repeated: bool) -> Result<Self, Failure> {
        Ok(Self::json(StatusCode::CREATED, value)?.once(repeated))
    }

    /// Something was changed; or it had been before, by the same request under the same key.
    pub fn changed(value: impl IntoJson, repeated: bool) -> Result<Self, Failure> {
        Ok(Self::ok(value)?.once(repeated))
    }

    fn once(self, repeated: bool) -> Self {
        if repeated {
            self.with(REPLAYED, "true")
        } else {
            self
        }
    }

    pub fn json(status: StatusCode, value: impl IntoJson) -> Result<Self, Failure> {
        let body = value.into_json()?;
        let json = HeaderValue::from_static("application/json");
        Ok(Self(
            (status, [(header::CONTENT_TYPE, json)], body).into_response(),
        ))
    }

    /// A page; the markup escapes by construction, so it comes as finished text.
    pub fn html(markup: String) -> Self {
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        Self(([(header::CONTENT_TYPE, html)], markup).into_response())
    }

    /// A page for people, under the policy that every page has. `form_targets` are the origins
    /// other than this one to which a form of the page may lead, redirects included.
    pub fn page(markup: String, form_targets: &[&str]) -> Self {
        let mut policy = PAGE_POLICY.to_owned();
        for target in form_targets {
            policy = policy.replace(
                "form-action 'self'",
                &format!("form-action 'self' {target}"),
            );
        }
        Self::html(markup)
            .with(header::CONTENT_SECURITY_POLICY, &policy)
            .with(header::REFERRER_POLICY, "no-referrer")
            .with(OPENER_POLICY, "same-origin")
    }

    /// The same page, whose scripts may put into it HTML that came from us, by a policy of this name.
    #[must_use]
    pub fn with_script_policy(mut self, name: &str) -> Self {
        if let Some(policy) = self
            .0
            .headers_mut()
            .get_mut(header::CONTENT_SECURITY_POLICY)
            && let Ok(text) = policy.to_str()
            && let Ok(wider) = HeaderValue::from_str(&format!("{text}; trusted-types {name}"))
        {
            *policy = wider;
        }
        self
    }

    /// Words for another program.
    pub fn text(content_type: &'static str, body: String) -> Self {
        Self::bytes(content_type, body.into_bytes())
    }

    /// A picture, or whatever else is not text of ours.
    pub fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self(([(header::CONTENT_TYPE, content_type)], bytes).into_response())
    }

    pub fn empty(status: StatusCode) -> Self {
        Self(status.into_response())
    }

    /// An answer of the platform itself (a stream, an asset), given on untouched.
    pub fn through(response: Js) -> Self {
        let mut answer = Response::new(Body::empty());
        answer.extensions_mut().insert(PassedThrough(response));
        Self(answer)
    }

    /// An object's stream of events, past whatever likes to collect an answer before giving it on.
    pub fn stream(of_object: Js) -> Self {
        Self::through(of_object).with(BUFFERING, "no")
    }

    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        *self.0.status_mut() = status;
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.0
    }
}

/// The platform's response inside an answer.
#[derive(Clone)]
pub(crate) struct PassedThrough(pub(crate) Js);

/// A failed answer. The door writes the body, because it knows the request's id.
#[derive(Clone, Debug)]
pub struct Failure(pub ApiError);

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status());
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}
