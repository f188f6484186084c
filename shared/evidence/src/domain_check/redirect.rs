//! Where a redirect may lead: to the same host, over http or https, on their own ports. The new
//! address is never taken over: it is built anew from the domain that is being checked, and only
//! the path comes from the answer.

use std::fmt;

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::shown;

/// The most redirects in a row.
pub const MAX_REDIRECTS: u8 = 3;

/// The longest path that is followed.
const MAX_PATH: usize = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const fn default_port(self) -> &'static str {
        match self {
            Self::Http => "80",
            Self::Https => "443",
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// Why a redirect is not followed. The text says what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectRefusal {
    #[error("it does not say where to. Serve the file itself at this address")]
    NoTarget,
    #[error(
        "it leads to another host ({0}). Serve the file on the domain itself, or use the DNS record"
    )]
    OtherHost(String),
    #[error("it leads to another port. Only the usual ports of http and https are used")]
    OtherPort,
    #[error("it leads from https back to http. Serve the file over https")]
    Downgrade,
    #[error("it contains a user name. Serve the file without signing in")]
    Credentials,
    #[error("its target is not an address that can be followed")]
    Unreadable,
    #[error("its target contains the value that is looked for")]
    CarriesToken,
    #[error("there are more than {MAX_REDIRECTS} redirects in a row. Serve the file directly")]
    TooMany,
    #[error(
        "status {0} is no redirect that is followed. Use 301, 302, 307 or 308, or serve the file \
         directly"
    )]
    OtherStatus(u16),
}

/// The scheme and the path (with its query) to go on with.
pub(super) fn target(
    domain: &str,
    current: Scheme,
    location: Option<&str>,
    token: &str,
) -> Result<(Scheme, String), RedirectRefusal> {
    let location = location
        .map(str::trim_ascii)
        .filter(|text| !text.is_empty());
    let location = location.ok_or(RedirectRefusal::NoTarget)?;
    // What is left is read alike by everybody: no white space, no backslash, no other script.
    let plain = location
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || location.len() > MAX_PATH {
        return Err(RedirectRefusal::Unreadable);
    }
    let (location, _fragment) = location.split_once('#').unwrap_or((location, ""));
    let (scheme, path) = if let Some(rest) = location.strip_prefix("//") {
        (current, path_on(domain, current, rest)?)
    } else if location.starts_with('/') {
        (current, location.to_owned())
    } else if let Some((scheme, rest)) = absolute(location) {
        (scheme, path_on(domain, scheme, rest)?)
    } else {
        return Err(RedirectRefusal::Unreadable);
    };
    if current == Scheme::Https && scheme == Scheme::Http {
        return Err(RedirectRefusal::Downgrade);
    }
    // A page that repeats its address would otherwise repeat the token.
    let readable = percent_decoded(&path).to_ascii_lowercase();
    if readable
        .windows(token.len())
        .any(|part| part == token.as_bytes())
    {
        return Err(RedirectRefusal::CarriesToken);
    }
    Ok((scheme, path))
}

fn absolute(location: &str) -> Option<(Scheme, &str)> {
    let (scheme, rest) = location.split_once("://")?;
    if scheme.eq_ignore_ascii_case("https") {
        Some((Scheme::Https, rest))
    } else if scheme.eq_ignore_ascii_case("http") {
        Some((Scheme::Http, rest))
    } else {
        None
    }
}

/// The path of what follows `//`, if its host is the domain.
fn path_on(domain: &str, scheme: Scheme, rest: &str) -> Result<String, RedirectRefusal> {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err(RedirectRefusal::Credentials);
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    if !host.eq_ignore_ascii_case(domain) {
        return Err(RedirectRefusal::OtherHost(shown::excerpt(
            authority.as_bytes(),
            80,
        )));
    }
    if !(port.is_empty() || port == scheme.default_port()) {
        return Err(RedirectRefusal::OtherPort);
    }
    Ok(if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    })
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3);
        let escaped = digits.and_then(|pair| HEXLOWER_PERMISSIVE.decode(pair).ok());
        match escaped {
            Some(value) if byte == b'%' => {
                out.extend(value);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz";

    fn from(current: Scheme, location: &str) -> Result<(Scheme, String), RedirectRefusal> {
        target("example.com", current, Some(location), TOKEN)
    }

    #[test]
    fn the_same_host_may_send_the_check_on() {
        use Scheme::{Http, Https};
        for (current, location, scheme, path) in [
            (
                Http,
                "https://example.com/.well-known/proof-verify.txt",
                Https,
                "/.well-known/proof-verify.txt",
            ),
            (Http, "HTTPS://EXAMPLE.com:443/a", Https, "/a"),
            (Http, "http://example.com:80/a", Http, "/a"),
            (Http, "http://example.com:/a", Http, "/a"),
            (Https, "https://example.com", Https, "/"),
            (Https, "https://example.com?a=b", Https, "/?a=b"),
            (Https, "/a/../b?c#d", Https, "/a/../b?c"),
            (Https, "//example.com/a", Https, "/a"),
            (Http, "//example.com:80", Http, "/"),
            (Https, " /a ", Https, "/a"),
            (Https, "/x@y:z//w", Https, "/x@y:z//w"),
        ] {
            assert_eq!(
                from(current, location),
                Ok((scheme, path.to_owned())),
                "{location}"
            );
        }
    }

    #[test]
    fn no_other_host_is_followed() {
        for location in [
            "https://www.example.com/a",
            "https://example.com.evil.com/",
            "https://evil.com/example.com",
            "https://evilexample.com/",
            "//evil.com/a",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://example.com./",
            "https:///a",
            "///a",
            "https://example.com%2eevil.com/",
            "https://ex%61mple.com/",
            "http://169.254.169.254/latest",
        ] {
            let refused = from(Scheme::Http, location);
            assert!(
                matches!(refused, Err(RedirectRefusal::OtherHost(_))),
                "{location}: {refused:?}"
            );
        }
    }

    #[test]
    fn every_other_refusal_has_its_reason() {
        use RedirectRefusal::*;
        for (location, reason) in [
            ("", NoTarget),
            ("  ", NoTarget),
            ("https://example.com:8443/", OtherPort),
            ("https://example.com:80/", OtherPort),
            ("https://example.com:0443/", OtherPort),
            ("https://example.com:443:443/", OtherPort),
            ("http://example.com/", Downgrade),
            ("https://example.com@evil.com/", Credentials),
            ("https://user:p@example.com/", Credentials),
            ("ftp://example.com/", Unreadable),
            ("file:///etc/passwd", Unreadable),
            ("javascript:alert(1)", Unreadable),
            ("data:text/plain,x", Unreadable),
            ("proof.txt", Unreadable),
            ("?a", Unreadable),
            ("#a", Unreadable),
            ("https:example.com/", Unreadable),
            ("https:/example.com/", Unreadable),
            ("/\\evil.com", Unreadable),
            ("\\\\evil.com\\a", Unreadable),
            ("https://example.com\\@evil.com/", Unreadable),
            ("/a b", Unreadable),
            ("/a\tb", Unreadable),
            ("/a, /b", Unreadable),
            ("/ä", Unreadable),
            (
                "/echo?proof-verify=abcdefghijklmnopqrstuvwxyz",
                CarriesToken,
            ),
            ("/echo?ABCDEFGHIJKLMNOPQRSTUVWXYZ", CarriesToken),
            ("/echo/%61bcdefghijklmnopqrstuvwxy%7A", CarriesToken),
        ] {
            assert_eq!(from(Scheme::Https, location), Err(reason), "{location}");
        }
        assert_eq!(
            target("example.com", Scheme::Https, None, TOKEN),
            Err(NoTarget)
        );
        assert_eq!(
            from(Scheme::Https, &format!("/{}", "a".repeat(2_000))),
            Err(Unreadable)
        );
    }

    #[test]
    fn percent_signs_that_escape_nothing_stay() {
        assert_eq!(percent_decoded("%41%4"), b"A%4");
        assert_eq!(percent_decoded("%%41%zz%+1"), b"%A%zz%+1");
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_only_a_plain_path_comes_out(
            location in concat!(
                "\\PC{0,60}|",
                "(https?:)?//[a-z@:.\\\\/]{0,10}example\\.com[a-z@:.\\\\/?#%]{0,20}",
            ),
        ) {
            if let Ok((_, path)) = from(Scheme::Http, &location) {
                prop_assert!(path.starts_with('/'));
                prop_assert!(path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\' && b != b'#'));
            }
        }
    }
}
