//! Which addresses of other people's servers this system may call: callback addresses now, and
//! the addresses their names resolve to at delivery.
//!
//! A name that passes here may still resolve to a private address, or do so later; whoever
//! sends must judge each resolved address with [`is_public_ip`] and must not follow redirects
//! unjudged.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use thiserror::Error;
use url::{Host, Url};

use crate::identifier::hostname::is_special_use;

/// The longest address that is looked at, in bytes.
pub const MAX_URL_LENGTH: usize = 2048;

/// Ports on which web servers are found. Everything else on a public address is some other
/// service that must not be sent bytes on somebody's behalf.
const HTTPS_PORTS: &[u16] = &[443, 8443];
const HTTP_PORTS: &[u16] = &[80, 8080];

/// What the caller allows beyond the fixed rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct UrlPolicy<'a> {
    /// Whether plain `http` is allowed next to `https`.
    pub allow_http: bool,
    /// The host this system answers on. It and everything below it are refused, since a call to
    /// itself would loop. Empty means that there is none.
    pub own_host: &'a str,
}

impl<'a> UrlPolicy<'a> {
    /// The policy for everything that callers register.
    pub const fn https_only(own_host: &'a str) -> Self {
        Self {
            allow_http: false,
            own_host,
        }
    }
}

/// An address that passed, in the normal form of the WHATWG URL standard.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct OutboundUrl(Url);

/// Why an address was refused. The sentence is safe to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum OutboundError {
    #[error("the address is longer than 2048 bytes")]
    TooLong,
    #[error("this is not an absolute web address")]
    Malformed,
    #[error("the address must begin with https://")]
    Scheme,
    #[error("the address must not contain a user name or password")]
    Credentials,
    #[error("the address must not contain a fragment (#…)")]
    Fragment,
    #[error("only the ports 443 and 8443 can be called (80 and 8080 where http is allowed)")]
    Port,
    #[error("the address points into a private or reserved network")]
    PrivateAddress,
    #[error("the host is not a name of the public internet")]
    PrivateName,
    #[error("the address points back to this service")]
    OwnHost,
}

impl OutboundError {
    /// A word for machines that never changes its meaning.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "url_too_long",
            Self::Malformed => "url_malformed",
            Self::Scheme => "url_scheme",
            Self::Credentials => "url_credentials",
            Self::Fragment => "url_fragment",
            Self::Port => "url_port",
            Self::PrivateAddress => "url_private_address",
            Self::PrivateName => "url_private_name",
            Self::OwnHost => "url_own_host",
        }
    }
}

impl OutboundUrl {
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The host name or address to resolve, an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub fn into_string(self) -> String {
        self.0.into()
    }
}

impl fmt::Display for OutboundUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OutboundUrl {
    /// Without path and query, where callers keep their secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboundUrl({}://{}/…)", self.0.scheme(), self.host())
    }
}

/// Judges an address that a caller wants this system to send requests to.
pub fn check_url(raw: &str, policy: UrlPolicy<'_>) -> Result<OutboundUrl, OutboundError> {
    if raw.len() > MAX_URL_LENGTH {
        return Err(OutboundError::TooLong);
    }
    // The standard drops tabs and newlines, trims spaces and reads `\` as `/`. Whoever sends
    // such an address wants it read in two ways.
    if raw
        .chars()
        .any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return Err(OutboundError::Malformed);
    }
    let (scheme, rest) = raw.split_once("://").ok_or(OutboundError::Malformed)?;
    let http = scheme.eq_ignore_ascii_case("http");
    let https = scheme.eq_ignore_ascii_case("https");
    if !https && (!http || !policy.allow_http) {
        return Err(OutboundError::Scheme);
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(OutboundError::Credentials);
    }
    if authority.is_empty() {
        return Err(OutboundError::Malformed);
    }
    let url = Url::parse(raw).map_err(|_| OutboundError::Malformed)?;
    if url.fragment().is_some() {
        return Err(OutboundError::Fragment);
    }
    match url.host().ok_or(OutboundError::Malformed)? {
        Host::Ipv4(address) => check_address(address.into())?,
        Host::Ipv6(address) => check_address(address.into())?,
        Host::Domain(name) => check_name(name, policy.own_host)?,
    }
    let ports = if http { HTTP_PORTS } else { HTTPS_PORTS };
    if !url
        .port_or_known_default()
        .is_some_and(|port| ports.contains(&port))
    {
        return Err(OutboundError::Port);
    }
    Ok(OutboundUrl(url))
}

fn check_address(address: IpAddr) -> Result<(), OutboundError> {
    if is_public_ip(address) {
        Ok(())
    } else {
        Err(OutboundError::PrivateAddress)
    }
}

/// `name` comes from the URL parser: in ASCII, in lower case, and no IP address.
fn check_name(name: &str, own_host: &str) -> Result<(), OutboundError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels_fit = name.split('.').all(|label| (1..=63).contains(&label.len()));
    if !labels_fit || name.len() > 253 {
        return Err(OutboundError::Malformed);
    }
    let own_host = own_host.to_ascii_lowercase();
    if !own_host.is_empty()
        && name
            .strip_suffix(&own_host)
            .is_some_and(|above| above.is_empty() || above.ends_with('.'))
    {
        return Err(OutboundError::OwnHost);
    }
    // Names under `.example` cannot resolve anywhere, and every document is written with them.
    let documentation = name.ends_with(".example");
    if !name.contains('.') || (is_special_use(name) && !documentation) {
        return Err(OutboundError::PrivateName);
    }
    Ok(())
}

/// Whether an address is one of the public internet: in none of the ranges of IANA's
/// special-purpose registries, even those that are globally reachable for a purpose of their
/// own, and in no form that carries another address inside.
pub fn is_public_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            // The operating system connects to the address inside.
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(address),
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    const SPECIAL: &[([u8; 4], u32)] = &[
        ([0, 0, 0, 0], 8),       // this network
        ([10, 0, 0, 0], 8),      // private use
        ([100, 64, 0, 0], 10),   // shared between carrier and customer
        ([127, 0, 0, 0], 8),     // loopback
        ([169, 254, 0, 0], 16),  // link local, cloud metadata
        ([172, 16, 0, 0], 12),   // private use
        ([192, 0, 0, 0], 24),    // protocol assignments
        ([192, 0, 2, 0], 24),    // documentation
        ([192, 31, 196, 0], 24), // AS112
        ([192, 52, 193, 0], 24), // automatic multicast tunnelling
        ([192, 88, 99, 0], 24),  // 6to4 relays
        ([192, 168, 0, 0], 16),  // private use
        ([192, 175, 48, 0], 24), // AS112
        ([198, 18, 0, 0], 15),   // benchmarking
        ([198, 51, 100, 0], 24), // documentation
        ([203, 0, 113, 0], 24),  // documentation
        ([224, 0, 0, 0], 4),     // multicast
        ([240, 0, 0, 0], 4),     // reserved, broadcast
    ];
    let bits = address.to_bits();
    !SPECIAL
        .iter()
        .any(|(network, length)| (bits ^ u32::from_be_bytes(*network)) >> (32 - length) == 0)
}

/// Only `2000::/3` is handed out as global unicast, which leaves out loopback, the unspecified
/// address, NAT64 (`64:ff9b::/96`, `64:ff9b:1::/48`), discard-only, segment routing (`5f00::/16`),
/// unique local, link local, site local and multicast. The rest are the exceptions inside it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    const GLOBAL_UNICAST: ([u16; 3], u32) = ([0x2000, 0, 0], 3);
    const SPECIAL: &[([u16; 3], u32)] = &[
        ([0x2001, 0, 0], 23), // protocol assignments: Teredo, benchmarking, ORCHID, …
        ([0x2001, 0xdb8, 0], 32), // documentation
        ([0x2002, 0, 0], 16), // 6to4, with an IPv4 address inside
        ([0x2620, 0x4f, 0x8000], 48), // AS112
        ([0x3fff, 0, 0], 20), // documentation
    ];
    let bits = address.to_bits() >> 80;
    let is_in = |(network, length): &([u16; 3], u32)| {
        let network = network
            .iter()
            .fold(0, |bits, part| bits << 16 | u128::from(*part));
        (bits ^ network) >> (48 - length) == 0
    };
    is_in(&GLOBAL_UNICAST) && !SPECIAL.iter().any(is_in)
}

#[cfg(test)]
mod tests;
