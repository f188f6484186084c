//! Questions. They say nothing but the name and the type: no id, no padding, no client subnet, so
//! that equal questions are equal bytes and the resolver's cache can serve them.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType as WireType};

/// The types that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordType {
    Txt,
    A,
    Aaaa,
    Cname,
    Ns,
}

impl RecordType {
    pub(super) const fn on_the_wire(self) -> WireType {
        match self {
            Self::Txt => WireType::TXT,
            Self::A => WireType::A,
            Self::Aaaa => WireType::AAAA,
            Self::Cname => WireType::CNAME,
            Self::Ns => WireType::NS,
        }
    }
}

/// The text cannot be asked for: not a name, too long, or not in ASCII form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a domain name that can be looked up")]
pub struct InvalidName;

/// The question in wire format, for the body of a POST (or, in base64url, the `dns` parameter of
/// a GET). It asks for DNSSEC records, so that the resolver says whether it validated them.
pub fn query(name: &str, kind: RecordType) -> Result<Vec<u8>, InvalidName> {
    let mut message = Message::new(0, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(wire_name(name)?, kind.on_the_wire()));
    let mut edns = Edns::new();
    edns.set_dnssec_ok(true).set_max_payload(4096);
    message.set_edns(edns);
    message.to_vec().map_err(|_| InvalidName)
}

/// Letters, digits, hyphens and underscores in labels of 1 to 63, at most 253 in all. Escapes and
/// wildcards, which the presentation format of DNS knows, are not names of anything here.
pub(super) fn wire_name(text: &str) -> Result<Name, InvalidName> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let fits = (1..=253).contains(&text.len());
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let labels = text.split('.').all(|label| (1..=63).contains(&label.len()));
    if !(fits && plain && labels) {
        return Err(InvalidName);
    }
    let mut name = Name::from_ascii(text).map_err(|_| InvalidName)?;
    name.set_fqdn(true);
    Ok(name)
}
