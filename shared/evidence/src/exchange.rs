//! One request to a provider and its answer, as data. Adapters write the one and read the other;
//! somebody else carries them. What goes to a provider is full of secrets, so nothing here prints
//! more than a host.

use std::fmt;

use data_encoding::BASE64;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The methods that providers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

impl Method {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request to a provider, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderRequest {
    pub method: Method,
    pub url: String,
    /// Each name once, in lower case.
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// What a provider answered, bounded by whoever carried it.
#[derive(Clone, PartialEq, Eq)]
pub struct ProviderResponse {
    pub status: u16,
    /// Seconds, if the provider asked for patience.
    pub retry_after: Option<u32>,
    pub body: Vec<u8>,
}

/// Why a provider did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    #[error("the provider could not be reached")]
    Unreachable,
    #[error("the provider did not answer in time")]
    Timeout,
    #[error("the provider asks for patience")]
    RateLimited { retry_after: Option<u32> },
    /// Whoever configured the channel has to act.
    #[error("the provider did not accept the credentials")]
    Credentials,
    /// This request will never succeed. The reason is one of the provider's documented codes or a
    /// word of ours, never free text of the provider, which may repeat what it was sent.
    #[error("the provider refused the request ({reason})")]
    Refused { reason: String },
    #[error("the provider failed with status {status}")]
    Unavailable { status: u16 },
    #[error("the provider's answer is not of the documented form")]
    Unreadable,
}

impl ProviderError {
    /// Whether the same request may succeed later.
    pub const fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable
                | Self::Timeout
                | Self::RateLimited { .. }
                | Self::Unavailable { .. }
                | Self::Unreadable
        )
    }

    /// A refusal in one word.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused {
            reason: reason.into(),
        }
    }
}

impl ProviderRequest {
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::Get, url.into(), Vec::new())
    }

    pub fn post_json(url: impl Into<String>, body: &impl Serialize) -> Self {
        // The bodies of adapters are plain structs, which always have a JSON form.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self::new(Method::Post, url.into(), body).header("content-type", "application/json")
    }

    pub fn post_form(url: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self::new(Method::Post, url.into(), body.into_bytes())
            .header("content-type", "application/x-www-form-urlencoded")
    }

    const fn new(method: Method, url: String, body: Vec<u8>) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body,
        }
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Self {
        let credentials = BASE64.encode(format!("{user}:{password}").as_bytes());
        self.header("authorization", format!("Basic {credentials}"))
    }
}

impl ProviderResponse {
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The body, if it is the JSON that was expected.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ProviderError> {
        serde_json::from_slice(&self.body).map_err(|_| ProviderError::Unreadable)
    }

    /// What a status means where the provider documents nothing finer.
    pub fn failure(&self) -> ProviderError {
        match self.status {
            401 | 403 => ProviderError::Credentials,
            408 => ProviderError::Timeout,
            429 => ProviderError::RateLimited {
                retry_after: self.retry_after,
            },
            400..=499 => ProviderError::refused(format!("status_{}", self.status)),
            500..=599 => ProviderError::Unavailable {
                status: self.status,
            },
            _ => ProviderError::Unreadable,
        }
    }
}

impl fmt::Debug for ProviderRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.split('/').nth(2).unwrap_or_default();
        write!(f, "ProviderRequest({} {host})", self.method.as_str())
    }
}

impl fmt::Debug for ProviderResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProviderResponse({})", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> ProviderResponse {
        ProviderResponse {
            status,
            retry_after: Some(7),
            body: b"{\"a\":1}".to_vec(),
        }
    }

    #[test]
    fn a_form_is_encoded() {
        let request =
            ProviderRequest::post_form("https://api.example/x", &[("To", "+1 2"), ("B", "ä&=")]);
        assert_eq!(request.body, b"To=%2B1+2&B=%C3%A4%26%3D");
        assert_eq!(request.headers[0].1, "application/x-www-form-urlencoded");
    }

    #[test]
    fn a_header_stands_once() {
        let request = ProviderRequest::get("https://api.example")
            .bearer("one")
            .basic("Aladdin", "open sesame");
        assert_eq!(
            request.headers,
            [(
                "authorization",
                "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned()
            )]
        );
    }

    #[test]
    fn what_a_status_means() {
        assert_eq!(answer(401).failure(), ProviderError::Credentials);
        assert_eq!(
            answer(429).failure(),
            ProviderError::RateLimited {
                retry_after: Some(7)
            }
        );
        assert!(answer(503).failure().is_retryable());
        assert!(!answer(422).failure().is_retryable());
        assert!(!answer(403).failure().is_retryable());
        assert_eq!(answer(302).failure(), ProviderError::Unreadable);
    }

    #[test]
    fn nothing_secret_is_printed() {
        let request =
            ProviderRequest::get("https://api.example/bot123:secret/getMe").bearer("secret");
        assert_eq!(format!("{request:?}"), "ProviderRequest(GET api.example)");
        assert_eq!(format!("{:?}", answer(200)), "ProviderResponse(200)");
    }

    #[test]
    fn json_is_read_or_refused() {
        assert_eq!(answer(200).json::<serde_json::Value>().unwrap()["a"], 1);
        let odd = ProviderResponse {
            body: b"<html>".to_vec(),
            ..answer(200)
        };
        assert_eq!(
            odd.json::<serde_json::Value>(),
            Err(ProviderError::Unreadable)
        );
    }
}
