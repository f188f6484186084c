//! Addresses to which a person's browser is led back. A tenant registers them, and an address in a
//! request has to be one of them or below one. Two programs that read one address differently are
//! how people are led astray, so whatever could be read in two ways is refused.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

use crate::limits;
use crate::tenant::Environment;

/// Why an address was refused. The sentence is safe to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RedirectError {
    #[error("must have at most 2000 bytes")]
    TooLong,
    #[error("must be an absolute web address without spaces, control characters and backslashes")]
    Malformed,
    #[error(
        "must begin with https:// (http:// is for localhost, 127.0.0.1 and [::1], in test mode)"
    )]
    Scheme,
    #[error("must not contain a user name or password")]
    Credentials,
    #[error("must not contain a fragment (#…)")]
    Fragment,
    #[error("must be registered without a query; a request may add any")]
    Query,
    #[error(
        "must not contain empty, . or .. segments, or encoded dots, slashes and control characters in its path"
    )]
    Path,
    #[error("must not lead back to this service")]
    OwnHost,
}

/// A registered address, in the normal form of the WHATWG URL standard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUrl(Url);

impl RedirectUrl {
    pub fn parse(raw: &str, own_host: &str) -> Result<Self, RedirectError> {
        let url = parse_target(raw)?;
        if url.query().is_some() {
            return Err(RedirectError::Query);
        }
        // On a developer's machine this system is on localhost too.
        if url.scheme() == "https" && is_own(&url, own_host) {
            return Err(RedirectError::OwnHost);
        }
        Ok(Self(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What is on a developer's own machine counts in test mode only.
    pub(super) fn counts_in(&self, environment: Environment) -> bool {
        self.0.scheme() == "https" || environment.is_test()
    }

    /// Whether `wanted`, which was parsed here, is this address or below it.
    pub(super) fn allows(&self, wanted: &Url) -> bool {
        let same_origin = self.0.scheme() == wanted.scheme()
            && self.0.host() == wanted.host()
            && self.0.port_or_known_default() == wanted.port_or_known_default();
        let base = self.0.path().trim_end_matches('/');
        same_origin
            && wanted
                .path()
                .strip_prefix(base)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl TryFrom<String> for RedirectUrl {
    type Error = RedirectError;

    fn try_from(text: String) -> Result<Self, RedirectError> {
        Self::parse(&text, "")
    }
}

impl From<RedirectUrl> for String {
    fn from(url: RedirectUrl) -> Self {
        url.0.into()
    }
}

/// Reads an address to which somebody could be led, with any query.
pub(super) fn parse_target(raw: &str) -> Result<Url, RedirectError> {
    if raw.len() > limits::MAX_URL_BYTES {
        return Err(RedirectError::TooLong);
    }
    // The standard drops tabs and newlines, trims spaces and reads `\` as `/`.
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\';
    if raw.chars().any(odd) {
        return Err(RedirectError::Malformed);
    }
    let Some((scheme, rest)) = raw.split_once("://") else {
        return Err(RedirectError::Malformed);
    };
    let http = scheme.eq_ignore_ascii_case("http");
    if !http && !scheme.eq_ignore_ascii_case("https") {
        return Err(RedirectError::Scheme);
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    if authority.contains('@') {
        return Err(RedirectError::Credentials);
    }
    if authority.is_empty() {
        return Err(RedirectError::Malformed);
    }
    if after.contains('#') {
        return Err(RedirectError::Fragment);
    }
    let path = after.split('?').next().unwrap_or_default();
    if !is_plain(path) {
        return Err(RedirectError::Path);
    }
    let url = Url::parse(raw).map_err(|_| RedirectError::Malformed)?;
    if http && !is_loopback(&url) {
        return Err(RedirectError::Scheme);
    }
    // Made longer by encoding.
    if url.as_str().len() > limits::MAX_URL_BYTES {
        return Err(RedirectError::TooLong);
    }
    Ok(url)
}

/// Whether a path is read by everybody as it is written.
fn is_plain(path: &str) -> bool {
    let segments = path.strip_prefix('/').unwrap_or(path);
    let last = segments.matches('/').count();
    let plain = segments.split('/').enumerate().all(|(at, segment)| {
        !(segment == "." || segment == ".." || segment.is_empty() && at < last)
    });
    plain && !has_odd_escape(path)
}

/// Whether an escape in it hides a dot, a slash, a backslash, a percent sign or a control character,
/// or is none.
fn has_odd_escape(path: &str) -> bool {
    path.split('%').skip(1).any(|after| {
        let Some(byte) = after
            .get(..2)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        else {
            return true;
        };
        byte.is_ascii_control() || matches!(byte, b'.' | b'/' | b'\\' | b'%')
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    }
}

fn is_own(url: &Url, own_host: &str) -> bool {
    let own = own_host.to_ascii_lowercase();
    let name = url.host_str().unwrap_or_default();
    let name = name.strip_suffix('.').unwrap_or(name);
    !own.is_empty()
        && name
            .strip_suffix(&own)
            .is_some_and(|above| above.is_empty() || above.ends_with('.'))
}
