//! Who serves a domain's zone, told from the zone's name servers, and how to add the record there.
//! It is help for a person and nothing else: a wrong guess changes no judgement.

use super::challenge::DomainChallenge;
use super::dns_hosts::{DnsHost, NameField, host_of};
use crate::dns::{DnsFailure, ZoneAnswer};

/// The most questions of one search.
const MAX_STEPS: u8 = 4;

/// A search for the top of the zone that a domain lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneSearch {
    asked: String,
    steps: u8,
}

/// The zone that a domain lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub top: String,
    pub servers: Vec<String>,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ZoneStep {
    /// Ask for the NS records of [`ZoneSearch::name`].
    Ask(ZoneSearch),
    Found(Zone),
    /// Nobody knows.
    Unknown,
}

impl ZoneSearch {
    pub fn begin(domain: &str) -> Self {
        Self {
            asked: domain.to_owned(),
            steps: 1,
        }
    }

    /// The name whose name servers are asked for now.
    pub fn name(&self) -> &str {
        &self.asked
    }

    pub fn on_answer(self, answer: Result<ZoneAnswer, DnsFailure>) -> ZoneStep {
        let above = match answer {
            Ok(ZoneAnswer::Servers(servers)) => {
                return ZoneStep::Found(Zone {
                    top: self.asked,
                    servers,
                });
            }
            Ok(ZoneAnswer::Below(top)) => top,
            Err(_) => return ZoneStep::Unknown,
        };
        let above = above.or_else(|| Some(self.asked.split_once('.')?.1.to_owned()));
        match above {
            // A single label is a top-level domain, whose servers are nobody's host.
            Some(above) if above.contains('.') && self.steps < MAX_STEPS => ZoneStep::Ask(Self {
                asked: above,
                steps: self.steps + 1,
            }),
            _ => ZoneStep::Unknown,
        }
    }
}

/// What a person is told about the DNS host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAdvice {
    /// The host's slug, `several`, or nothing.
    pub detected: Option<&'static str>,
    pub name: Option<String>,
    /// One to three sentences.
    pub instructions: String,
    /// What to type in as the record's name.
    pub record_name: String,
    pub documentation: Option<&'static str>,
    pub name_servers: Vec<String>,
}

/// The advice for a challenge, for the zone that was found, if any.
pub fn advise(challenge: &DomainChallenge, zone: Option<&Zone>) -> ProviderAdvice {
    let full = challenge.record_name();
    let Some(zone) = zone else {
        return generic(full);
    };
    let mut hosts: Vec<&'static DnsHost> = Vec::new();
    let mut strangers = false;
    for server in &zone.servers {
        match host_of(server) {
            Some(host) if !hosts.contains(&host) => hosts.push(host),
            Some(_) => {}
            None => strangers = true,
        }
    }
    let advice = match hosts.as_slice() {
        [] => generic(full),
        [host] if !strangers => of_host(host, &full, &zone.top),
        several => of_several(several, strangers, full),
    };
    ProviderAdvice {
        name_servers: zone.servers.clone(),
        ..advice
    }
}

fn of_host(host: &'static DnsHost, full: &str, top: &str) -> ProviderAdvice {
    let relative = full
        .strip_suffix(top)
        .and_then(|rest| rest.strip_suffix('.'))
        .unwrap_or(full);
    let (record_name, hint) = match host.name_field {
        NameField::Relative => (
            relative,
            format!("As the name enter {relative}: {top} is added to it by itself."),
        ),
        NameField::Full => (full, format!("As the name enter {full}, in full.")),
    };
    ProviderAdvice {
        detected: Some(host.slug),
        name: Some(host.name.to_owned()),
        instructions: format!("{} {hint}", host.path),
        record_name: record_name.to_owned(),
        documentation: Some(host.documentation),
        name_servers: Vec::new(),
    }
}

/// A zone that several hosts serve has one of them as its source; only its owner knows which.
fn of_several(hosts: &[&DnsHost], strangers: bool, full: String) -> ProviderAdvice {
    let mut names: Vec<&str> = hosts.iter().map(|host| host.name).collect();
    if strangers {
        names.push("others");
    }
    let names = match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(""),
    };
    ProviderAdvice {
        detected: Some("several"),
        instructions: format!(
            "The domain is served by {names}. Add a TXT record named {full} where the zone is edited; \
             if the two are edited apart, add it at each."
        ),
        name: Some(names),
        record_name: full,
        documentation: None,
        name_servers: Vec::new(),
    }
}

fn generic(full: String) -> ProviderAdvice {
    ProviderAdvice {
        detected: None,
        name: None,
        instructions: format!(
            "Sign in where the domain's DNS is managed, usually where it was bought, and add a record \
             of type TXT named {full}. Some panels add the domain by themselves: there, enter only the \
             part before it."
        ),
        record_name: full,
        documentation: None,
        name_servers: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain_check::ChallengeToken;
    use proptest::prelude::*;

    fn challenge(domain: &str) -> DomainChallenge {
        DomainChallenge::new(domain, ChallengeToken::from_random(&[0xa5; 16])).unwrap()
    }

    fn zone(top: &str, servers: &[&str]) -> Zone {
        Zone {
            top: top.into(),
            servers: servers.iter().map(|&server| server.to_owned()).collect(),
        }
    }

    #[test]
    fn a_host_gives_its_own_directions() {
        let zone = zone(
            "example.com",
            &["ana.ns.cloudflare.com", "bob.ns.cloudflare.com"],
        );
        let advice = advise(&challenge("example.com"), Some(&zone));
        assert_eq!(advice.detected, Some("cloudflare"));
        assert_eq!(advice.name.as_deref(), Some("Cloudflare"));
        assert_eq!(advice.record_name, "_proof");
        assert!(
            advice
                .instructions
                .ends_with("As the name enter _proof: example.com is added to it by itself.")
        );
        assert_eq!(advice.name_servers.len(), 2);
        let advice = advise(&challenge("a.b.example.com"), Some(&zone));
        assert_eq!(advice.record_name, "_proof.a.b");
    }

    #[test]
    fn a_panel_that_wants_full_names_gets_them() {
        let zone = zone("example.com", &["ns2.he.net"]);
        let advice = advise(&challenge("www.example.com"), Some(&zone));
        assert_eq!(advice.record_name, "_proof.www.example.com");
        assert!(
            advice
                .instructions
                .ends_with("_proof.www.example.com, in full.")
        );
    }

    #[test]
    fn mixed_servers_are_several() {
        let two = zone(
            "example.com",
            &["ana.ns.cloudflare.com", "ns-58.awsdns-07.com"],
        );
        let advice = advise(&challenge("example.com"), Some(&two));
        assert_eq!(advice.detected, Some("several"));
        assert_eq!(
            advice.name.as_deref(),
            Some("Cloudflare and Amazon Route 53")
        );
        let mixed = zone("example.com", &["ana.ns.cloudflare.com", "ns1.example.com"]);
        let advice = advise(&challenge("example.com"), Some(&mixed));
        assert_eq!(advice.name.as_deref(), Some("Cloudflare and others"));
        assert_eq!(advice.record_name, "_proof.example.com");
    }

    #[test]
    fn an_unknown_host_gets_directions_for_all() {
        for zone in [None, Some(zone("example.com", &["ns1.example.com"]))] {
            let advice = advise(&challenge("example.com"), zone.as_ref());
            assert_eq!((advice.detected, advice.name), (None, None));
            assert!(advice.instructions.contains("_proof.example.com"));
        }
    }

    #[test]
    fn the_search_goes_up_to_the_top_of_the_zone() {
        let search = ZoneSearch::begin("a.b.example.com");
        let ZoneStep::Ask(search) = search.on_answer(Ok(ZoneAnswer::Below(None))) else {
            panic!("no step");
        };
        assert_eq!(search.name(), "b.example.com");
        let above = ZoneAnswer::Below(Some("example.com".into()));
        let ZoneStep::Ask(search) = search.on_answer(Ok(above)) else {
            panic!("no step");
        };
        let found = search.on_answer(Ok(ZoneAnswer::Servers(vec!["ns.example.net".into()])));
        assert_eq!(
            found,
            ZoneStep::Found(zone("example.com", &["ns.example.net"]))
        );
    }

    #[test]
    fn the_search_ends() {
        let below = || Ok(ZoneAnswer::Below(None));
        let two = ZoneSearch::begin("example.com").on_answer(below());
        assert_eq!(
            two,
            ZoneStep::Unknown,
            "a top-level domain is not asked for"
        );
        let top = ZoneAnswer::Below(Some("com".into()));
        let two = ZoneSearch::begin("example.com").on_answer(Ok(top));
        assert_eq!(two, ZoneStep::Unknown);
        for failure in [
            DnsFailure::Timeout,
            DnsFailure::ServFail,
            DnsFailure::Malformed,
        ] {
            let ended = ZoneSearch::begin("example.com").on_answer(Err(failure));
            assert_eq!(ended, ZoneStep::Unknown);
        }
        let mut step = ZoneStep::Ask(ZoneSearch::begin("a.b.c.d.e.f.g.h.example.com"));
        let mut asked = 0;
        while let ZoneStep::Ask(search) = step {
            asked += 1;
            step = search.on_answer(below());
        }
        assert_eq!((asked, step), (usize::from(MAX_STEPS), ZoneStep::Unknown));
    }

    proptest! {
        #[test]
        fn whatever_the_servers_are_there_is_advice(
            servers in proptest::collection::vec("\\PC{0,40}", 0..6),
            top in "\\PC{0,20}",
        ) {
            let advice = advise(&challenge("example.com"), Some(&Zone { top, servers }));
            prop_assert!(!advice.instructions.is_empty());
            prop_assert!(advice.record_name.starts_with("_proof"));
        }
    }
}
