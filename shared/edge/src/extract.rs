//! What a handler asks of a request, typed: the JSON body, an id in the path, the query, the
//! idempotency key. What is not of the documented form is refused here, with the field's name.

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use http::request::Parts;
use http_body_util::BodyExt as _;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::limits;
use proof_domain::page::Parameters;
use proof_domain::session::SessionId;
use proof_domain::webhook::EndpointName;
use serde::de::DeserializeOwned;

use crate::answer::Failure;
use crate::auth::{Anyone, TenantKey, scope_of};
use crate::objects::EventsRequest;
use crate::scope::Scope;

impl<S: Send + Sync> FromRequestParts<S> for Scope {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(scope_of(parts)?)
    }
}

/// The id in the path. What is not an id names nothing: 404.
#[derive(Clone, Copy, Debug)]
pub struct PathId(pub Id);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Self(named(parts, state, Id::parse).await?))
    }
}

/// The id of a session in the path.
#[derive(Clone, Copy, Debug)]
pub struct PathSession(pub SessionId);

impl<S: Send + Sync> FromRequestParts<S> for PathSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Self(named(parts, state, SessionId::parse).await?))
    }
}

/// One asset of a request in the path, by the request's id and its place.
#[derive(Clone, Copy, Debug)]
pub struct PathAsset {
    pub request: Id,
    pub asset: u8,
}

impl<S: Send + Sync> FromRequestParts<S> for PathAsset {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let PathId(request) = PathId::from_request_parts(parts, state).await?;
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::not_found())?;
        let index = parameters.iter().find(|(name, _)| *name == "index");
        let asset = index
            .and_then(|(_, text)| Some((text, text.parse::<u8>().ok()?)))
            // One spelling for each asset.
            .filter(|(text, place)| place.to_string() == *text)
            .map(|(_, place)| place)
            .ok_or_else(ApiError::not_found)?;
        Ok(Self { request, asset })
    }
}

/// The endpoint of webhooks in the path, which may be the one for callback addresses.
#[derive(Clone, Copy, Debug)]
pub struct PathEndpoint(pub EndpointName);

impl<S: Send + Sync> FromRequestParts<S> for PathEndpoint {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        Ok(Self(named(parts, state, EndpointName::parse).await?))
    }
}

async fn named<T, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    parse: impl FnOnce(&str) -> Option<T> + Send,
) -> Result<T, Failure> {
    let parameters = RawPathParams::from_request_parts(parts, state)
        .await
        .map_err(|_| ApiError::not_found())?;
    let id = parameters.iter().find(|(name, _)| *name == "id");
    id.and_then(|(_, id)| parse(id))
        .ok_or_else(|| Failure(ApiError::not_found()))
}

/// A name of the caller's own in the path, the last of its parameters. What nobody can have named
/// so names nothing: 404.
#[derive(Clone, Debug)]
pub struct PathName(pub String);

impl<S: Send + Sync> FromRequestParts<S> for PathName {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // The router has decoded it, once; what is no UTF-8 was refused on the way.
        let parameters = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::not_found())?;
        parameters
            .iter()
            .last()
            .map(|(_, name)| name)
            .filter(|name| is_name(name))
            .map(|name| Self(name.to_owned()))
            .ok_or_else(|| Failure(ApiError::not_found()))
    }
}

fn is_name(text: &str) -> bool {
    (1..=limits::MAX_EXTERNAL_USER_ID).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
}

/// The query string, unread.
#[derive(Clone, Debug)]
pub struct Query(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(parts.uri.query().unwrap_or_default().to_owned()))
    }
}

/// The `Idempotency-Key`, if one was sent.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let scope = scope_of(parts)?;
        let key = scope.headers().idempotency_key.as_str();
        if key.is_empty() {
            return Ok(Self(None));
        }
        if key.len() > limits::MAX_IDEMPOTENCY_KEY
            || !key.bytes().all(|byte| byte.is_ascii_graphic())
        {
            return Err(Failure(ApiError::field(
                "Idempotency-Key",
                "must have 1 to 255 visible ASCII characters",
            )));
        }
        Ok(Self(Some(key.to_owned())))
    }
}

/// Who wants to listen to live events, by a key or by a ticket, and what they saw already.
#[derive(Clone, Debug)]
pub struct Listener(pub EventsRequest);

impl<S: Send + Sync> FromRequestParts<S> for Listener {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let scope = scope_of(parts)?;
        let mut wish = EventsRequest {
            owner: None,
            ticket: None,
            last_event_id: last_event_id(&scope.headers().last_event_id)?,
            streams_limit: None,
            by_link: false,
        };
        let mut parameters = Parameters::parse(parts.uri.query().unwrap_or_default());
        let ticket = parameters.take("ticket")?;
        if ticket.is_some() && scope.headers().authorization.is_empty() {
            Anyone::from_request_parts(parts, state).await?;
            wish.ticket = ticket;
        } else {
            let key = TenantKey::from_request_parts(parts, state).await?;
            wish.owner = Some(key.owner);
            wish.streams_limit = key.streams_limit;
        }
        parameters.finish()?;
        Ok(Self(wish))
    }
}

fn last_event_id(text: &str) -> Result<Option<u64>, ApiError> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_| ApiError::field("Last-Event-ID", "must be a whole number"))
}

/// The body as it arrived: signatures are over bytes.
#[derive(Clone)]
pub struct RawBody(pub Vec<u8>);

impl std::fmt::Debug for RawBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}

impl<S: Send + Sync> FromRequest<S> for RawBody {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let collected = request.into_body().collect().await;
        let bytes = collected.map_err(|_| ApiError::internal("a body in memory could not be read"));
        Ok(Self(bytes?.to_bytes().into()))
    }
}

/// The body as JSON of the documented form.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let scope = scope_of(&parts)?;
        must_be_json(&scope.headers().content_type)?;
        let bytes = body
            .collect()
            .await
            .map_err(|_| ApiError::internal("a body in memory could not be read"))?
            .to_bytes();
        Ok(Self(read(&bytes)?))
    }
}

/// The body as JSON, where none at all says the same as an empty object.
#[derive(Clone, Debug)]
pub struct JsonIfAny<T>(pub T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for JsonIfAny<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let scope = request.extensions().get::<Scope>().cloned();
        let content_type = scope.map(|scope| scope.headers().content_type.clone());
        let RawBody(bytes) = RawBody::from_request(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        must_be_json(&content_type.unwrap_or_default())?;
        Ok(Self(read(&bytes)?))
    }
}

fn must_be_json(content_type: &str) -> Result<(), ApiError> {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::UnsupportedMediaType,
        "Send JSON with the header Content-Type: application/json.",
    ))
}

/// Reads JSON, and says where and why it is not of the wanted form.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // A struct could be read from a list of its values; the API takes objects only.
    if bytes
        .iter()
        .find(|byte| !byte.is_ascii_whitespace())
        .is_some_and(|byte| *byte == b'[')
    {
        return Err(ApiError::field("body", "must be a JSON object"));
    }
    serde_json::from_slice(bytes).or_else(|_| read_again(bytes))
}

/// Reads what could not be read once more, keeping track of where.
fn read_again<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        // What is read as a name from a fixed list reports any other kind of value as bad syntax.
        if !inner.is_data() && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
            return not_json(&inner);
        }
        let (field, message) = field_of(&path, &inner.to_string());
        ApiError::field(field, message)
    })?;
    deserializer.end().map_err(|error| not_json(&error))?;
    Ok(value)
}

fn not_json(error: &serde_json::Error) -> ApiError {
    ApiError::new(
        ErrorCode::ValidationError,
        format!(
            "The body is not valid JSON (line {}, column {}).",
            error.line(),
            error.column()
        ),
    )
}

/// The field at fault and what is wrong with it. Serde names a missing, unknown or repeated field
/// in its message and gives the path of the object around it.
fn field_of(path: &str, message: &str) -> (String, String) {
    let message = message.split(" at line ").next().unwrap_or(message);
    for (start, said) in [
        ("missing field `", "is required"),
        ("unknown field `", "is not a field of this request"),
        ("duplicate field `", "must not be repeated"),
    ] {
        if let Some(rest) = message.strip_prefix(start) {
            let name: String = rest
                .split('`')
                .next()
                .unwrap_or_default()
                .chars()
                .take(64)
                .collect();
            // The path already ends with the name of an unknown field.
            let parent = path
                .strip_suffix(&name)
                .unwrap_or(path)
                .trim_end_matches('.');
            let field = if parent.is_empty() {
                name
            } else {
                format!("{parent}.{name}")
            };
            return (field, said.to_owned());
        }
    }
    let message = message
        .split_once(", expected ")
        .filter(|_| message.starts_with("unknown variant"))
        .map_or_else(
            || message.to_owned(),
            |(_, names)| format!("must be {names}").replace('`', ""),
        );
    let message = if message == "expected value" {
        "is not of the right type"
    } else {
        &message
    };
    let field = if path.is_empty() || path == "." {
        "body"
    } else {
        path
    };
    (field.to_owned(), message.chars().take(200).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::verification::{CreateVerification, SubmitAnswer};

    fn refusal(body: &str) -> ApiError {
        read::<CreateVerification>(body.as_bytes()).unwrap_err()
    }

    #[test]
    fn names_the_field_at_fault() {
        for (body, field) in [
            (r#"{"channel":"sms","identifier":"+1"}"#, "type"),
            (
                r#"{"type":"phone","channel":"sms","identifier":"+1","x":1}"#,
                "x",
            ),
            (
                r#"{"type":"phone","type":"phone","channel":"sms","identifier":"+1"}"#,
                "type",
            ),
            (
                r#"{"type":"house","channel":"sms","identifier":"+1"}"#,
                "type",
            ),
            (
                r#"{"type":"phone","channel":"sms","identifier":1}"#,
                "identifier",
            ),
            (
                r#"{"type":"phone","channel":"sms","identifier":"+1","client_metadata":[]}"#,
                "client_metadata",
            ),
            ("[]", "body"),
            ("null", "body"),
        ] {
            assert_eq!(refusal(body).details[0].field, field, "{body}");
        }
    }

    #[test]
    fn says_which_names_there_are() {
        let error = refusal(r#"{"type":"house","channel":"sms","identifier":"+1"}"#);
        assert!(
            error.details[0]
                .message
                .starts_with("must be one of phone, "),
            "{}",
            error.details[0].message
        );
        let of_two = read::<proof_domain::session::CreateSession>(br#"{"channel":"sms"}"#);
        assert_eq!(
            of_two.unwrap_err().details[0].message,
            "must be telegram or whatsapp"
        );
    }

    #[test]
    fn broken_json_is_said_to_be_broken() {
        for body in [
            "",
            "{",
            "{}x",
            "\u{feff}{}",
            "{\"type\":\"\\ud800\"}",
            &"[".repeat(100_000),
        ] {
            let error = refusal(body);
            assert_eq!(error.code, ErrorCode::ValidationError);
            assert!(
                error.message.contains("JSON") || !error.details.is_empty(),
                "{}",
                error.message
            );
        }
        assert!(read::<SubmitAnswer>(b"\xff\xfe{\x00}\x00").is_err());
    }

    #[test]
    fn a_name_is_what_could_be_given_as_one() {
        let longest = "\u{17d}".repeat(255);
        for name in ["user_1", "a/b", "a%2Fb", "\u{1f600}", " ", &longest] {
            assert!(is_name(name), "{name}");
        }
        for other in ["", "\0", "a\nb", "\u{85}", &format!("{longest}a")] {
            assert!(!is_name(other), "{other:?}");
        }
    }

    #[test]
    fn only_json_is_json() {
        assert!(must_be_json("application/json").is_ok());
        assert!(must_be_json("Application/JSON; charset=utf-8").is_ok());
        for other in [
            "",
            "text/plain",
            "application/jsonp",
            "application/x-www-form-urlencoded",
        ] {
            assert_eq!(must_be_json(other).unwrap_err().code.status(), 415);
        }
    }
}
