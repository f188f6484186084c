//! The same question to several resolvers, and what their answers are worth together. They are
//! resolvers of different operators with caches of their own, not places in different parts of the
//! network: one that is deceived, broken or late decides nothing, but nothing here claims the
//! multi-perspective checks that the baseline requirements for certificates (3.2.2.9) ask for.

use proof_domain::verification::{Dnssec, ResolverFinding};

use super::challenge::DomainChallenge;
use super::published::{CheckOutcome, CheckResult};
use super::record::judge_txt;
use crate::dns::{DnsFailure, TxtAnswer};
use crate::settings::{MissingSettings, Setting, Settings};

/// Asked if the operator names no others.
pub const DEFAULT_RESOLVERS: &str = "https://cloudflare-dns.com/dns-query,https://dns.google/dns-query,https://dns.quad9.net/dns-query";

/// The most resolvers: a Worker may have six connections at once.
pub const MAX_RESOLVERS: usize = 5;

const URLS: &str = "DOH_URLS";
const URL: &str = "DOH_URL";
const QUORUM: &str = "DOH_QUORUM";

/// One resolver that speaks DNS over HTTPS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    pub url: String,
    /// Its host, by which it is named in results.
    pub name: String,
    /// Nobody on the way can write its answers.
    encrypted: bool,
}

/// The resolvers that are asked, and how many have to agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolvers {
    list: Vec<Resolver>,
    quorum: usize,
}

/// What one resolver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting<'a> {
    pub resolver: &'a Resolver,
    pub answer: Result<TxtAnswer, DnsFailure>,
}

impl Resolvers {
    /// All the operator's own: an organisation must not choose who says what the DNS holds.
    pub const SETTINGS: &[Setting] = &[
        Setting::plain(URLS).of_operator(),
        Setting::plain(URL).of_operator(),
        Setting::plain(QUORUM).of_operator(),
    ];

    /// The one of `DOH_URL` if that is set, else those of `DOH_URLS`, with commas between.
    /// `DOH_QUORUM` of them have to see a record; by default more than half. What is set but cannot
    /// be used counts as missing.
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let (name, urls) = match (settings.get(URLS), settings.get(URL)) {
            (_, Some(url)) => (URL, url),
            (Some(urls), None) => (URLS, urls),
            (None, None) => return Err(MissingSettings(vec![URLS])),
        };
        let mut list: Vec<Resolver> = Vec::new();
        for url in urls.split(',').map(str::trim).filter(|url| !url.is_empty()) {
            let resolver = Resolver::at(url).ok_or_else(|| MissingSettings(vec![name]))?;
            // One operator asked twice is one witness.
            if list.iter().all(|known| known.name != resolver.name) {
                list.push(resolver);
            }
        }
        if list.is_empty() || list.len() > MAX_RESOLVERS {
            return Err(MissingSettings(vec![name]));
        }
        let majority = list.len() / 2 + 1;
        let quorum = match settings.get(QUORUM) {
            None => majority,
            Some(text) => text
                .parse()
                .ok()
                .filter(|quorum| (1..=list.len()).contains(quorum))
                .ok_or_else(|| MissingSettings(vec![QUORUM]))?,
        };
        Ok(Self { list, quorum })
    }

    pub fn list(&self) -> &[Resolver] {
        &self.list
    }

    pub const fn quorum(&self) -> usize {
        self.quorum
    }

    /// The judgement of all answers together; there is one for each resolver.
    ///
    /// A record counts if so many saw it as the quorum says. That a zone's signatures are wrong is
    /// not outvoted: a resolver that does not validate would never notice.
    pub fn judge(&self, challenge: &DomainChallenge, sightings: &[Sighting<'_>]) -> CheckResult {
        let judged: Vec<(CheckResult, ResolverFinding)> = sightings
            .iter()
            .map(|sighting| {
                let result = judge_txt(challenge, &sighting.answer);
                let finding = ResolverFinding {
                    name: sighting.resolver.name.clone(),
                    result: result.outcome.as_str().to_owned(),
                    dnssec: sighting.dnssec(),
                };
                (result, finding)
            })
            .collect();
        let seen = judged
            .iter()
            .filter(|(result, _)| result.is_verified())
            .count();
        let bogus = judged
            .iter()
            .find(|(_, finding)| finding.dnssec == Dnssec::Bogus);
        let mut result = if let Some((bogus, _)) = bogus {
            bogus.clone()
        } else if seen > 0 {
            self.weigh(challenge, &judged, seen)
        } else {
            prevailing(&judged)
        };
        let dnssec = together(&judged);
        result.evidence.authenticated = dnssec == Dnssec::Secure;
        result.evidence.dnssec = Some(dnssec);
        result.evidence.resolvers = judged.into_iter().map(|(_, finding)| finding).collect();
        result
    }

    /// At least one saw the record.
    fn weigh(
        &self,
        challenge: &DomainChallenge,
        judged: &[(CheckResult, ResolverFinding)],
        seen: usize,
    ) -> CheckResult {
        let name = challenge.record_name();
        let asked = judged.len();
        // If one of them came to it by aliases, those are what has to be judged further.
        let mut result = judged
            .iter()
            .map(|(result, _)| result)
            .filter(|result| result.is_verified())
            .max_by_key(|result| result.evidence.via.len())
            .cloned()
            .unwrap_or_else(|| prevailing(judged));
        let dissent: Vec<String> = judged
            .iter()
            .filter(|(result, _)| !result.is_verified())
            .map(|(_, finding)| format!("{} says {}", finding.name, finding.result))
            .collect();
        let dissent = match dissent.as_slice() {
            [] => String::new(),
            some => format!(" {}.", some.join(", ")),
        };
        if seen >= self.quorum {
            if asked > 1 {
                result.message = format!(
                    "{seen} of {asked} resolvers see the expected value at {name}.{dissent}"
                );
            }
            return result;
        }
        result.outcome = CheckOutcome::PartlyVisible;
        result.retryable = true;
        result.message = format!(
            "Only {seen} of {asked} resolvers see the record at {name} yet; {} have to.{dissent} A \
             new record takes a while to be seen everywhere.",
            self.quorum
        );
        result
    }
}

impl Resolver {
    fn at(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let encrypted = match scheme {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = rest.split(['/', '?', '#']).next()?;
        let plain = url
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'@' | b'\\'));
        (plain && !host.is_empty()).then(|| Self {
            url: url.to_owned(),
            name: host.to_ascii_lowercase(),
            encrypted,
        })
    }
}

impl Sighting<'_> {
    fn dnssec(&self) -> Dnssec {
        match &self.answer {
            Ok(answer) if answer.authenticated && self.resolver.encrypted => Dnssec::Secure,
            Ok(_) | Err(DnsFailure::NxDomain | DnsFailure::NoData) => Dnssec::Insecure,
            Err(DnsFailure::Bogus) => Dnssec::Bogus,
            Err(_) => Dnssec::Unknown,
        }
    }
}

/// Nobody saw the record: what somebody saw instead, or what most of them say.
fn prevailing(judged: &[(CheckResult, ResolverFinding)]) -> CheckResult {
    let votes = |outcome: CheckOutcome| {
        judged
            .iter()
            .filter(|(result, _)| result.outcome == outcome)
            .count()
    };
    let rank = |outcome: CheckOutcome| match outcome {
        CheckOutcome::WrongValue => (1, 0, 0),
        CheckOutcome::RecordNotFound => (0, votes(outcome), 1),
        _ => (0, votes(outcome), 0),
    };
    let mut best: Option<&CheckResult> = None;
    for (result, _) in judged {
        if best.is_none_or(|best| rank(result.outcome) > rank(best.outcome)) {
            best = Some(result);
        }
    }
    best.cloned().unwrap_or_else(|| CheckResult {
        outcome: CheckOutcome::DnsError,
        retryable: true,
        message: "No resolver was asked.".to_owned(),
        evidence: super::published::CheckEvidence {
            method: super::published::CheckMethod::Dns,
            place: String::new(),
            observed: Vec::new(),
            via: Vec::new(),
            authenticated: false,
            resolvers: Vec::new(),
            dnssec: None,
        },
    })
}

/// What the witnesses say of DNSSEC: those that saw the record, if any did.
fn together(judged: &[(CheckResult, ResolverFinding)]) -> Dnssec {
    let any = |wanted: Dnssec| judged.iter().any(|(_, finding)| finding.dnssec == wanted);
    if any(Dnssec::Bogus) {
        return Dnssec::Bogus;
    }
    let mut witnesses = judged
        .iter()
        .filter(|(result, _)| result.is_verified())
        .map(|(_, finding)| finding.dnssec)
        .peekable();
    if witnesses.peek().is_none() {
        return if any(Dnssec::Insecure) || any(Dnssec::Secure) {
            Dnssec::Insecure
        } else {
            Dnssec::Unknown
        };
    }
    if witnesses.all(|said| said == Dnssec::Secure) {
        Dnssec::Secure
    } else {
        Dnssec::Insecure
    }
}

#[cfg(test)]
#[path = "vantage_tests.rs"]
mod tests;
