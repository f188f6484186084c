//! The one way in. Every request of every Worker passes here: it gets an id, its body is bounded,
//! it is routed, and its answer gets the headers that every answer carries. Authentication and rate
//! limits are extractors (`auth`), so that a handler cannot be written without its caller.

use std::borrow::Cow;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use http_body_util::BodyExt as _;
use proof_domain::error::{ApiError, ErrorBody, ErrorCode};
use tower_service::Service as _;
use wasm_bindgen::JsValue;

use crate::answer::{Failure, PassedThrough};
use crate::log::{self, Access};
use crate::platform::{now_millis, respond, respond_through};
use crate::scope::{Scope, SmallHeaders};
use crate::work::begin;

/// A request as it crosses into Rust.
#[derive(Debug)]
pub struct Incoming {
    pub worker: &'static str,
    pub method: String,
    pub url: String,
    pub headers: String,
    pub body_outcome: BodyOutcome,
    pub body: Vec<u8>,
    /// How large a body may be, where that is another number than everywhere.
    pub most_body_bytes: Option<u32>,
}

/// What became of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyOutcome {
    Complete,
    TooLarge,
    TooSlow,
    Broken,
    /// So many others are held that there was no room for it in time.
    NoRoom,
}

impl BodyOutcome {
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Complete,
            1 => Self::TooLarge,
            2 => Self::TooSlow,
            4 => Self::NoRoom,
            _ => Self::Broken,
        }
    }

    fn refusal(self, most_bytes: Option<u32>) -> Option<ApiError> {
        let (code, message) = self.reason()?;
        let mut error = match (self, most_bytes) {
            (Self::TooLarge, Some(most)) => ApiError::new(
                code,
                format!("The body is too large: {most} bytes at most."),
            ),
            _ => ApiError::new(code, message),
        };
        error.retry_after = (self == Self::NoRoom).then_some(1);
        Some(error)
    }

    const fn reason(self) -> Option<(ErrorCode, &'static str)> {
        Some(match self {
            Self::Complete => return None,
            Self::TooLarge => (
                ErrorCode::PayloadTooLarge,
                "The body is too large: 64 KB at most, 3 MB for a provider's webhook.",
            ),
            Self::TooSlow => (
                ErrorCode::RequestTimeout,
                "The body did not arrive in time.",
            ),
            Self::Broken => (ErrorCode::ValidationError, "The body did not arrive whole."),
            Self::NoRoom => (
                ErrorCode::Unavailable,
                "Too many large bodies are being worked on. Try again in a moment.",
            ),
        })
    }
}

/// Answers one request: the platform's response, or a promise of it.
pub fn serve(router: Router, incoming: Incoming, env: JsValue, context: JsValue) -> JsValue {
    begin(async move { Ok(enter(router, incoming, env, context).await) })
}

async fn enter(
    mut router: Router,
    mut incoming: Incoming,
    env: JsValue,
    context: JsValue,
) -> JsValue {
    let scope = Scope::new(env, context, SmallHeaders::from_lines(&incoming.headers));
    let path = path_of(&incoming.url).to_owned();
    let answer = if incoming.method == "OPTIONS" {
        preflight()
    } else {
        match into_request(&mut incoming, &path, &scope) {
            Err(refusal) => axum::response::IntoResponse::into_response(Failure(refusal)),
            Ok(request) => match router.call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    };
    give(answer, &incoming, &path, &scope).await
}

fn into_request(
    incoming: &mut Incoming,
    path: &str,
    scope: &Scope,
) -> Result<Request<Body>, ApiError> {
    if let Some(refusal) = incoming.body_outcome.refusal(incoming.most_body_bytes) {
        return Err(refusal);
    }
    let query = query_of(&incoming.url);
    let target = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    };
    let uri: Uri = target.parse().map_err(|_| ApiError::not_found())?;
    let method =
        Method::from_bytes(incoming.method.as_bytes()).map_err(|_| ApiError::not_found())?;
    let mut request = Request::new(Body::from(std::mem::take(&mut incoming.body)));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    request.extensions_mut().insert(scope.clone());
    Ok(request)
}

async fn give(answer: Response, incoming: &Incoming, path: &str, scope: &Scope) -> JsValue {
    let (mut parts, body) = answer.into_parts();
    let mut failure = parts
        .extensions
        .remove::<Failure>()
        .map(|Failure(error)| error);
    let is_said = parts.headers.contains_key(header::CONTENT_TYPE)
        || parts.extensions.get::<PassedThrough>().is_some();
    if failure.is_none() && !is_said {
        // What the router itself refuses comes without a body; a page that says so has one.
        failure = match parts.status {
            StatusCode::NOT_FOUND => Some(ApiError::not_found()),
            StatusCode::METHOD_NOT_ALLOWED => Some(ApiError::new(
                ErrorCode::MethodNotAllowed,
                "This path does not know that method; see the Allow header.",
            )),
            _ => None,
        };
    }
    let headers = common_headers(&parts.headers, failure.as_ref(), incoming, scope);
    let mut status = parts.status.as_u16();
    let response = if let Some(PassedThrough(through)) = parts.extensions.get() {
        status = crate::platform::response_status(through);
        respond_through(through, &headers)
    } else if let Some(error) = &failure {
        status = error.code.status();
        let text = serde_json::to_vec(&ErrorBody::new(error, scope.request_id()));
        let text = if incoming.method == "HEAD" {
            Vec::new()
        } else {
            text.unwrap_or_default()
        };
        respond(status, &headers, &text)
    } else {
        let bytes = body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes);
        respond(status, &headers, &bytes.unwrap_or_default())
    };
    if scope.config().log {
        note(incoming, path, status, failure.as_ref(), scope);
    }
    response
}

/// The headers of the answer as alternating lines of name and value.
fn common_headers(
    own: &HeaderMap,
    failure: Option<&ApiError>,
    incoming: &Incoming,
    scope: &Scope,
) -> String {
    let mut lines = String::with_capacity(512);
    let mut add = |name: &str, value: &str| {
        lines.push_str(name);
        lines.push('\n');
        lines.push_str(value);
        lines.push('\n');
    };
    for (name, value) in own {
        if failure.is_some() && name == header::CONTENT_TYPE {
            continue;
        }
        if let Ok(value) = value.to_str() {
            add(name.as_str(), value);
        }
    }
    if let Some(error) = failure {
        add("content-type", "application/json");
        if let Some(seconds) = error.retry_after {
            add("retry-after", &seconds.to_string());
        }
        if error.code == ErrorCode::Unauthorized {
            add("www-authenticate", "Bearer");
        }
    }
    if !own.contains_key(header::CACHE_CONTROL) {
        add("cache-control", "no-store");
    }
    if let Some(rate) = scope.rate() {
        rate.headers(&mut add);
    }
    add("x-request-id", scope.request_id());
    add("x-content-type-options", "nosniff");
    add("access-control-allow-origin", "*");
    if incoming.method != "OPTIONS" {
        add("access-control-expose-headers", EXPOSED);
    }
    lines.pop();
    lines
}

const EXPOSED: &str = "X-Request-Id, Retry-After, RateLimit-Limit, RateLimit-Remaining, \
                       RateLimit-Reset, RateLimit-Policy, Idempotent-Replayed, ETag";

/// Any origin may ask: what opens the door is the key in the `Authorization` header, which a page
/// cannot send unknowingly. No cookie is ever accepted here, and credentials are not allowed.
fn preflight() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    for (name, value) in [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
        ),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, If-None-Match",
        ),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        response
            .headers_mut()
            .insert(name, http::HeaderValue::from_static(value));
    }
    response
}

fn note(incoming: &Incoming, path: &str, status: u16, failure: Option<&ApiError>, scope: &Scope) {
    let internal = failure.and_then(|error| error.internal.as_deref());
    log::write(&Access {
        level: if status >= 500 { "error" } else { "info" },
        worker: incoming.worker,
        request_id: scope.request_id(),
        method: &incoming.method,
        path: &logged(path),
        status,
        ms: now_millis() - scope.started_millis(),
        caller: scope.caller(),
        error: internal,
    });
}

/// Below these, paths end with a name that a tenant gave: whoever it is about has no place in a log.
const NAMED: [&str; 2] = [
    "/api/v1/verifications/users/",
    "/api/v1/verification-requests/by-reference/",
];

/// The path as the log has it.
fn logged(path: &str) -> Cow<'_, str> {
    NAMED
        .into_iter()
        .find(|named| path.len() > named.len() && path.starts_with(named))
        .map_or(Cow::Borrowed(path), |named| Cow::Owned(format!("{named}…")))
}

/// The path of an absolute URL, as it was sent: percent escapes are not resolved here.
fn path_of(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, rest)| rest);
    let from = after.find('/').map_or("/", |at| &after[at..]);
    from.split(['?', '#']).next().unwrap_or("/")
}

fn query_of(url: &str) -> &str {
    let before_fragment = url.split('#').next().unwrap_or(url);
    before_fragment
        .split_once('?')
        .map_or("", |(_, query)| query)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_urls_apart() {
        assert_eq!(path_of("https://a.example/x/y?z=1#f"), "/x/y");
        assert_eq!(path_of("https://a.example"), "/");
        assert_eq!(query_of("https://a.example/x?z=1&u=/?#f"), "z=1&u=/?");
        assert_eq!(query_of("https://a.example/x"), "");
    }

    #[test]
    fn the_log_has_no_names_of_tenants_users() {
        let users = "/api/v1/verifications/users";
        assert_eq!(logged(users), users);
        assert_eq!(
            logged("/api/v1/verifications/users/user%201"),
            "/api/v1/verifications/users/…"
        );
        assert_eq!(
            logged("/api/v1/verification-requests/by-reference/order_1"),
            "/api/v1/verification-requests/by-reference/…"
        );
        assert_eq!(logged("/health"), "/health");
    }
}
