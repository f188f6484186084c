//! Questions to a DNS resolver and its answers, in the wire format that DNS over HTTPS carries
//! (RFC 8484). The bytes of an answer are as hostile as those who publish them: nothing here may
//! panic, loop or grow with them, and a name is believed only where the answer leads to it.

mod answer;
#[cfg(test)]
mod hostile_tests;
mod query;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire;
#[cfg(test)]
mod zone_tests;

pub use answer::{TxtAnswer, ZoneAnswer, read_addresses, read_alias, read_txt, read_zone};
pub use query::{InvalidName, RecordType, query};

use std::net::IpAddr;

/// The media type of a question and of its answer.
pub const MEDIA_TYPE: &str = "application/dns-message";

/// The longest answer that is read: what the length field of DNS over TCP can say.
pub const MAX_RESPONSE: usize = 65_535;

/// The most records, over all sections, that are read.
pub const MAX_RECORDS: usize = 1_000;

/// The most aliases (CNAME) that are followed within one answer.
pub const MAX_ALIASES: usize = 8;

/// Why there is no answer to use. The first two are answers too: there is no such record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DnsFailure {
    #[error("the name does not exist")]
    NxDomain,
    #[error("the name has no record of this type")]
    NoData,
    #[error("the domain's name servers failed or their DNSSEC signatures are wrong")]
    ServFail,
    #[error("the domain's DNSSEC signatures are wrong")]
    Bogus,
    #[error("the resolver refused the question")]
    Refused,
    #[error("the resolver answered with error {0}")]
    ErrorCode(u16),
    #[error("the answer was cut short")]
    Truncated,
    #[error("the answer is not a DNS message")]
    Malformed,
    #[error("the answer belongs to another question")]
    WrongQuestion,
    #[error("the name's aliases go in a circle or are more than {MAX_ALIASES}")]
    Loop,
    #[error("the name has more than {MAX_RECORDS} records")]
    TooMany,
    #[error("the answer is larger than {MAX_RESPONSE} bytes")]
    TooLarge,
    #[error("the resolver did not answer in time")]
    Timeout,
    #[error("the resolver could not be reached")]
    Unreachable,
    #[error("the resolver answered with HTTP status {0}")]
    HttpStatus(u16),
}

impl DnsFailure {
    /// Whether the same question may be answered soon although nobody changes the zone.
    pub const fn retryable(self) -> bool {
        !matches!(
            self,
            Self::NxDomain | Self::NoData | Self::Loop | Self::TooMany | Self::TooLarge
        )
    }

    /// Whether the zone itself says that there is no such record.
    pub const fn is_absence(self) -> bool {
        matches!(self, Self::NxDomain | Self::NoData)
    }
}

/// Shorthand for what address look-ups give.
pub type Addresses = Result<Vec<IpAddr>, DnsFailure>;
