//! Records that are reached by way of an alias. Whoever points `_proof.<domain>` elsewhere lets
//! somebody else hold the record, which is wanted; whoever points every name of the domain
//! elsewhere, say to a web host, never said so. The two answers look alike, so a name that nobody
//! would publish is asked for too: if it leads to the same place, the alias is not meant for us.

use data_encoding::HEXLOWER;

use super::challenge::DomainChallenge;
use super::published::{CheckOutcome, CheckResult};
use crate::dns::DnsFailure;

/// Random bytes of the name that nobody publishes.
pub const SIBLING_RANDOM_BYTES: usize = 10;

/// A name beside the record's, that nobody publishes.
pub fn sibling_of(challenge: &DomainChallenge, random: &[u8; SIBLING_RANDOM_BYTES]) -> String {
    // As long as `_proof`'s own limit allows: the domain leaves seven characters.
    let label = HEXLOWER.encode(random);
    let room = 253 - 1 - challenge.domain().len();
    let label = &label[..label.len().min(room)];
    format!("{label}.{}", challenge.domain())
}

/// Whether a result rests on an alias, so that the sibling has to be asked for.
pub fn needs_sibling(result: &CheckResult) -> bool {
    result.is_verified() && !result.evidence.via.is_empty()
}

/// The result in the light of the sibling: `alias` is what the sibling is an alias of.
#[must_use]
pub fn judge_sibling(
    challenge: &DomainChallenge,
    sibling: &str,
    alias: &Result<String, DnsFailure>,
    result: CheckResult,
) -> CheckResult {
    let Some(first) = result.evidence.via.first() else {
        return result;
    };
    let name = challenge.record_name();
    let (outcome, retryable, message) = match alias {
        Err(failure) if failure.is_absence() => return result,
        Ok(target) if !same_rule(&name, first, sibling, target) => return result,
        Ok(_) => (
            CheckOutcome::WildcardAlias,
            true,
            format!(
                "{name} leads to {first} only because every name of {} does. Add the TXT record, \
                 or a CNAME, for {name} itself.",
                challenge.domain()
            ),
        ),
        Err(failure) => (
            match failure {
                DnsFailure::Timeout => CheckOutcome::Timeout,
                _ => CheckOutcome::DnsError,
            },
            true,
            format!(
                "Whether the alias at {name} is meant for it could not be found out: {failure}. Try \
                 again in a minute."
            ),
        ),
    };
    CheckResult {
        outcome,
        retryable,
        message,
        ..result
    }
}

/// Whether one rule of the zone can have made both: a wildcard gives each name the same target, a
/// DNAME (RFC 6672) puts each name's first label in front of it.
fn same_rule(name: &str, target: &str, sibling: &str, its_target: &str) -> bool {
    let rest = |name: &str, target: &str| {
        let label = name.split('.').next()?;
        let rest = target.strip_prefix(label)?.strip_prefix('.')?;
        Some(rest.to_owned())
    };
    let moved = rest(name, target);
    target == its_target || (moved.is_some() && moved == rest(sibling, its_target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::TxtAnswer;
    use crate::domain_check::{ChallengeToken, judge_txt};

    fn challenge() -> DomainChallenge {
        DomainChallenge::new("example.com", ChallengeToken::from_random(&[0xa5; 16])).unwrap()
    }

    fn found(via: &[&str]) -> CheckResult {
        let answer = TxtAnswer {
            records: vec![challenge().value().into_bytes()],
            authenticated: false,
            via: via.iter().map(|&name| name.to_owned()).collect(),
        };
        judge_txt(&challenge(), &Ok(answer))
    }

    fn judged(via: &[&str], alias: Result<&str, DnsFailure>) -> CheckResult {
        let sibling = sibling_of(&challenge(), &[7; 10]);
        judge_sibling(
            &challenge(),
            &sibling,
            &alias.map(str::to_owned),
            found(via),
        )
    }

    #[test]
    fn an_alias_of_its_own_counts() {
        assert!(!needs_sibling(&found(&[])));
        assert!(needs_sibling(&found(&["proofs.example.net"])));
        for alias in [
            Err(DnsFailure::NxDomain),
            Err(DnsFailure::NoData),
            Ok("web.example.net"),
            Ok("07070707070707070707.other.net"),
        ] {
            let result = judged(&["proofs.example.net", "end.example.org"], alias);
            assert!(result.is_verified(), "{alias:?}");
            assert_eq!(result.evidence.via.len(), 2);
        }
        assert!(judged(&["_proof.example.net"], Err(DnsFailure::NxDomain)).is_verified());
    }

    #[test]
    fn an_alias_of_every_name_does_not() {
        for (via, alias) in [
            (&["web.example.net"][..], "web.example.net"),
            (&["web.example.net", "end.example.org"], "web.example.net"),
            (&["_proof.other.net"], "07070707070707070707.other.net"),
        ] {
            let result = judged(via, Ok(alias));
            assert_eq!(result.outcome, CheckOutcome::WildcardAlias, "{alias}");
            assert!(result.message.contains("every name of example.com"));
            assert!(!result.evidence.via.is_empty());
        }
    }

    #[test]
    fn what_could_not_be_found_out_proves_nothing() {
        for (failure, outcome) in [
            (DnsFailure::Timeout, CheckOutcome::Timeout),
            (DnsFailure::ServFail, CheckOutcome::DnsError),
            (DnsFailure::Bogus, CheckOutcome::DnsError),
            (DnsFailure::Malformed, CheckOutcome::DnsError),
            (DnsFailure::HttpStatus(500), CheckOutcome::DnsError),
        ] {
            let result = judged(&["proofs.example.net"], Err(failure));
            assert_eq!(result.outcome, outcome, "{failure}");
            assert!(result.retryable);
        }
    }

    #[test]
    fn the_sibling_can_always_be_asked_for() {
        let longest = format!("{}{}", "a".repeat(50), ".bbbbbbb".repeat(24) + ".com");
        let token = ChallengeToken::from_random(&[1; 16]);
        let challenge = DomainChallenge::new(&longest, token).unwrap();
        let sibling = sibling_of(&challenge, &[9; 10]);
        assert_eq!(sibling.len(), 253);
        assert!(crate::dns::query(&sibling, crate::dns::RecordType::Cname).is_ok());
        assert_eq!(
            sibling_of(&super::tests::challenge(), &[0xab; 10]),
            "abababababababababab.example.com"
        );
    }
}
