//! Answers. A record counts only if it stands at the asked name or at the end of the aliases that
//! begin there; whatever else a resolver adds is not looked at.

use std::net::IpAddr;

use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::rdata::opt::{EdnsCode, EdnsOption};
use hickory_proto::rr::{DNSClass, Name, RData, Record};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use super::query::{RecordType, wire_name};
use super::{Addresses, DnsFailure, MAX_ALIASES, MAX_RECORDS, MAX_RESPONSE};

/// The length of the fixed part of every DNS message.
const HEADER: usize = 12;

/// The option by which a resolver says more about a failure (RFC 8914).
const EXTENDED_ERROR: u16 = 15;

/// What it says about DNSSEC: bogus, signature expired or not yet valid, a DNSKEY, RRSIG or NSEC
/// that is missing, no zone key bit.
const DNSSEC_ERRORS: std::ops::RangeInclusive<u16> = 6..=12;

/// The most name servers that are read; who has more has the same ones under other names.
const MAX_NAME_SERVERS: usize = 32;

/// The TXT records of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxtAnswer {
    /// One entry per record, its character-strings joined. The bytes may be anything.
    pub records: Vec<Vec<u8>>,
    /// The resolver says that it validated the answer with DNSSEC.
    pub authenticated: bool,
    /// The names that the asked name is an alias of, in order; the last one holds the records.
    pub via: Vec<String>,
}

/// The TXT records at `asked`.
pub fn read_txt(response: &[u8], asked: &str) -> Result<TxtAnswer, DnsFailure> {
    let answer = Answer::read(response, asked, RecordType::Txt)?;
    let (records, via) = answer.found(|data| match data {
        RData::TXT(txt) => Some(txt.txt_data.concat()),
        _ => None,
    })?;
    Ok(TxtAnswer {
        records,
        authenticated: answer.message.authentic_data,
        via,
    })
}

/// The addresses of `asked`, of the one family that was asked for.
pub fn read_addresses(response: &[u8], asked: &str, kind: RecordType) -> Addresses {
    let answer = Answer::read(response, asked, kind)?;
    let (addresses, _) = answer.found(|data| match (kind, data) {
        (RecordType::A, RData::A(address)) => Some(IpAddr::V4(address.0)),
        (RecordType::Aaaa, RData::AAAA(address)) => Some(IpAddr::V6(address.0)),
        _ => None,
    })?;
    Ok(addresses)
}

/// The one name that `asked` is an alias of.
pub fn read_alias(response: &[u8], asked: &str) -> Result<String, DnsFailure> {
    let answer = Answer::read(response, asked, RecordType::Cname)?;
    answer
        .alias_of(&answer.asked)?
        .map(printed)
        .ok_or(DnsFailure::NoData)
}

/// What an answer says about the zone that a name lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneAnswer {
    /// The name is the top of a zone, and these are its name servers, in lower case.
    Servers(Vec<String>),
    /// It is not. The zone's top as the answer names it, if it names one above the name.
    Below(Option<String>),
}

/// The name servers of `asked`, or where to look for them.
pub fn read_zone(response: &[u8], asked: &str) -> Result<ZoneAnswer, DnsFailure> {
    // A name that does not exist lies in a zone too, and the answer names it all the same.
    let answer = match Answer::read(response, asked, RecordType::Ns) {
        Err(DnsFailure::NxDomain) => Answer {
            message: decode(response)?,
            asked: wire_name(asked).map_err(|_| DnsFailure::WrongQuestion)?,
        },
        read => read?,
    };
    let mut servers: Vec<String> = answer
        .at(&answer.asked)
        .filter_map(|record| match &record.data {
            RData::NS(server) => Some(printed(&server.0)),
            _ => None,
        })
        .take(MAX_NAME_SERVERS)
        .collect();
    if !servers.is_empty() {
        servers.sort();
        servers.dedup();
        return Ok(ZoneAnswer::Servers(servers));
    }
    // The authority of an alias's target is another zone, which says nothing about the name.
    let top = answer.message.authorities.iter().find(|record| {
        matches!(record.data, RData::SOA(_))
            && record.name != answer.asked
            && record.name.zone_of(&answer.asked)
            && !record.name.is_root()
    });
    Ok(ZoneAnswer::Below(top.map(|record| printed(&record.name))))
}

struct Answer {
    message: Message,
    asked: Name,
}

impl Answer {
    fn read(response: &[u8], asked: &str, kind: RecordType) -> Result<Self, DnsFailure> {
        let asked = wire_name(asked).map_err(|_| DnsFailure::WrongQuestion)?;
        let message = decode(response)?;
        if message.message_type != MessageType::Response || message.op_code != OpCode::Query {
            return Err(DnsFailure::Malformed);
        }
        // A resolver that failed need not repeat the question; one that answers must.
        match message.response_code {
            ResponseCode::NoError | ResponseCode::NXDomain => {}
            ResponseCode::ServFail if blames_dnssec(&message) => return Err(DnsFailure::Bogus),
            ResponseCode::ServFail => return Err(DnsFailure::ServFail),
            ResponseCode::Refused => return Err(DnsFailure::Refused),
            other => return Err(DnsFailure::ErrorCode(other.into())),
        }
        let [question] = message.queries.as_slice() else {
            return Err(DnsFailure::WrongQuestion);
        };
        if *question.name() != asked
            || question.query_type() != kind.on_the_wire()
            || question.query_class() != DNSClass::IN
        {
            return Err(DnsFailure::WrongQuestion);
        }
        if message.truncation {
            return Err(DnsFailure::Truncated);
        }
        if message.response_code == ResponseCode::NXDomain {
            return Err(DnsFailure::NxDomain);
        }
        Ok(Self { message, asked })
    }

    /// What `pick` wants, at the asked name or at the first of its aliases that has any.
    fn found<T>(
        &self,
        pick: impl Fn(&RData) -> Option<T>,
    ) -> Result<(Vec<T>, Vec<String>), DnsFailure> {
        let mut name = &self.asked;
        let mut via = Vec::new();
        loop {
            let here: Vec<T> = self
                .at(name)
                .filter_map(|record| pick(&record.data))
                .collect();
            if !here.is_empty() {
                return Ok((here, via));
            }
            let Some(target) = self.alias_of(name)? else {
                return Err(DnsFailure::NoData);
            };
            // A circle needs no memory of where it has been: it ends here too.
            if via.len() == MAX_ALIASES {
                return Err(DnsFailure::Loop);
            }
            via.push(printed(target));
            name = target;
        }
    }

    fn at<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a Record> {
        self.message
            .answers
            .iter()
            .filter(move |record| record.dns_class == DNSClass::IN && record.name == *name)
    }

    /// A name is an alias of one name. Two that differ are a zone that nobody should rely on.
    fn alias_of<'a>(&'a self, name: &'a Name) -> Result<Option<&'a Name>, DnsFailure> {
        let mut targets = self.at(name).filter_map(|record| match &record.data {
            RData::CNAME(target) => Some(&target.0),
            _ => None,
        });
        let first = targets.next();
        match first {
            Some(first) if targets.any(|other| other != first) => Err(DnsFailure::Malformed),
            _ => Ok(first),
        }
    }
}

/// Sizes first, from the header alone; then the whole message and nothing after it.
fn decode(response: &[u8]) -> Result<Message, DnsFailure> {
    if response.len() > MAX_RESPONSE {
        return Err(DnsFailure::TooLarge);
    }
    let header = response.get(..HEADER).ok_or(DnsFailure::Malformed)?;
    let count = |at: usize| usize::from(u16::from_be_bytes([header[at], header[at + 1]]));
    if count(4) > 1 {
        return Err(DnsFailure::WrongQuestion);
    }
    if count(6) + count(8) + count(10) > MAX_RECORDS {
        return Err(DnsFailure::TooMany);
    }
    let mut decoder = BinDecoder::new(response);
    let message = Message::read(&mut decoder).map_err(|_| DnsFailure::Malformed)?;
    if decoder.is_empty() {
        Ok(message)
    } else {
        Err(DnsFailure::Malformed)
    }
}

fn blames_dnssec(message: &Message) -> bool {
    let Some(edns) = &message.edns else {
        return false;
    };
    edns.options()
        .get_all(EdnsCode::Unknown(EXTENDED_ERROR))
        .into_iter()
        .any(|option| match option {
            EdnsOption::Unknown(_, data) => match data.as_slice() {
                [high, low, ..] => DNSSEC_ERRORS.contains(&u16::from_be_bytes([*high, *low])),
                _ => false,
            },
            _ => false,
        })
}

fn printed(name: &Name) -> String {
    let text = name.to_lowercase().to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}
