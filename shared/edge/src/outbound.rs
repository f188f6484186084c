//! Everything that is fetched for a tenant. Names are resolved first, over DNS over HTTPS, and a
//! name with any address that is not public is refused; no redirect is followed here, and time and
//! size are bounded. The caller judges what came back.

use js_sys::{Array, Uint8Array};
use proof_domain::outbound::{OutboundUrl, is_public_ip};
use proof_evidence::dns::{self, DnsFailure, RecordType};
use proof_evidence::domain_check::{Resolver, Resolvers};
use serde::Deserialize;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::platform;

/// Where a host is, is asked of so many resolvers one after another.
const RESOLVERS_FOR_ADDRESSES: usize = 2;
const ADDRESS_MILLISECONDS: u32 = 2_500;
const WANTED_HEADERS: &str = "location,content-type,content-encoding,retry-after";

/// What came back.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub status: u16,
    pub location: Option<String>,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    /// Seconds, if it was given so.
    pub retry_after: Option<u32>,
    pub body: Vec<u8>,
    /// The body was longer than allowed.
    pub cut: bool,
}

/// Why nothing came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchFault {
    /// The name leads to a private, local or otherwise special address.
    PrivateAddress,
    Dns(DnsFailure),
    Timeout,
    Unreachable,
}

#[derive(Deserialize)]
struct KeptHeaders {
    location: Option<String>,
    #[serde(rename = "content-type")]
    content_type: Option<String>,
    #[serde(rename = "content-encoding")]
    content_encoding: Option<String>,
    #[serde(rename = "retry-after")]
    retry_after: Option<String>,
}

/// Asks one resolver (RFC 8484).
pub(crate) async fn resolve(
    resolver: &Resolver,
    name: &str,
    kind: RecordType,
    milliseconds: u32,
) -> Result<Vec<u8>, DnsFailure> {
    let question = dns::query(name, kind).map_err(|_| DnsFailure::Malformed)?;
    let headers = format!("accept\n{0}\ncontent-type\n{0}", dns::MEDIA_TYPE);
    #[expect(clippy::cast_possible_truncation, reason = "65,535")]
    let answered = send(
        "POST",
        &resolver.url,
        &headers,
        question,
        dns::MAX_RESPONSE as u32,
        milliseconds,
    )
    .await
    .map_err(|fault| match fault {
        FetchFault::Timeout => DnsFailure::Timeout,
        _ => DnsFailure::Unreachable,
    })?;
    match answered {
        Fetched { cut: true, .. } => Err(DnsFailure::TooLarge),
        Fetched {
            status: 200, body, ..
        } => Ok(body),
        Fetched { status, .. } => Err(DnsFailure::HttpStatus(status)),
    }
}

/// One GET of a public address. `host` is the name in `url`.
pub(crate) async fn get_public(
    resolvers: &Resolvers,
    url: &str,
    host: &str,
    max_bytes: u32,
    milliseconds: u32,
) -> Result<Fetched, FetchFault> {
    must_be_public(resolvers, host).await?;
    let headers = "accept\ntext/plain\nuser-agent\nProof domain check";
    send("GET", url, headers, Vec::new(), max_bytes, milliseconds).await
}

/// An address that leads to public places only, as of now.
#[derive(Debug)]
pub struct PublicAddress {
    url: OutboundUrl,
    /// Until when everything has to be done.
    until: i64,
}

/// Looks up where an address leads, anew each time: all of it must be public. The time is for this and
/// what is sent there together.
pub async fn look_up_public(
    resolvers: &Resolvers,
    url: OutboundUrl,
    milliseconds: u32,
) -> Result<PublicAddress, FetchFault> {
    let until = platform::now_millis() + i64::from(milliseconds);
    // A literal address was judged with the URL; there is no name to resolve.
    if !is_literal(url.host()) {
        must_be_public(resolvers, url.host()).await?;
    }
    Ok(PublicAddress { url, until })
}

impl PublicAddress {
    /// One POST.
    pub async fn post(
        self,
        headers: &[(&str, String)],
        body: &str,
        max_bytes: u32,
    ) -> Result<Fetched, FetchFault> {
        let left = u32::try_from(self.until - platform::now_millis())
            .ok()
            .filter(|left| *left > 0)
            .ok_or(FetchFault::Timeout)?;
        let headers = headers
            .iter()
            .map(|(name, value)| format!("{name}\n{value}"))
            .collect::<Vec<_>>()
            .join("\n");
        let body = body.as_bytes().to_vec();
        send("POST", self.url.as_str(), &headers, body, max_bytes, left).await
    }
}

/// A URL's host is an address if it is in brackets or if its last part is a number.
fn is_literal(host: &str) -> bool {
    host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok()
}

async fn must_be_public(resolvers: &Resolvers, host: &str) -> Result<(), FetchFault> {
    let (four, six) = futures_util::future::join(
        addresses(resolvers, host, RecordType::A),
        addresses(resolvers, host, RecordType::Aaaa),
    )
    .await;
    let mut found = four.map_err(FetchFault::Dns)?;
    found.extend(six.map_err(FetchFault::Dns)?);
    if found.is_empty() {
        return Err(FetchFault::Dns(DnsFailure::NoData));
    }
    if found.into_iter().all(is_public_ip) {
        Ok(())
    } else {
        Err(FetchFault::PrivateAddress)
    }
}

/// The addresses of one family. Another resolver is asked only if the one before gave no answer.
async fn addresses(resolvers: &Resolvers, host: &str, kind: RecordType) -> dns::Addresses {
    let mut last = DnsFailure::Unreachable;
    for resolver in resolvers.list().iter().take(RESOLVERS_FOR_ADDRESSES) {
        match resolve(resolver, host, kind, ADDRESS_MILLISECONDS)
            .await
            .and_then(|answer| dns::read_addresses(&answer, host, kind))
        {
            Ok(found) => return Ok(found),
            Err(failure) if failure.is_absence() => return Ok(Vec::new()),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// One request. Headers are alternating lines of name and value.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &str,
    body: Vec<u8>,
    max_bytes: u32,
    milliseconds: u32,
) -> Result<Fetched, FetchFault> {
    let answer = platform::outbound(
        method,
        url,
        headers,
        body,
        WANTED_HEADERS,
        max_bytes,
        milliseconds,
    )
    .await
    .map_err(|error| match error.as_string().as_deref() {
        Some("timeout") => FetchFault::Timeout,
        _ => FetchFault::Unreachable,
    })?;
    read(&answer).ok_or(FetchFault::Unreachable)
}

fn read(answer: &JsValue) -> Option<Fetched> {
    let parts: &Array = answer.dyn_ref()?;
    let headers: KeptHeaders = serde_json::from_str(&parts.get(1).as_string()?).ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an HTTP status"
    )]
    let status = parts.get(0).as_f64()? as u16;
    Some(Fetched {
        status,
        location: headers.location,
        content_type: headers.content_type,
        content_encoding: headers.content_encoding,
        retry_after: headers.retry_after.and_then(|text| text.parse().ok()),
        body: parts.get(2).dyn_into::<Uint8Array>().ok()?.to_vec(),
        cut: parts.get(3).is_truthy(),
    })
}
