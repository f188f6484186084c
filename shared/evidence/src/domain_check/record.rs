//! The judgement of a TXT look-up: one whole record must be the expected value. A record that
//! contains it, continues it or spells it otherwise is another value.

use super::challenge::DomainChallenge;
use super::published::{CheckEvidence, CheckMethod, CheckOutcome, CheckResult, observed};
use crate::dns::{DnsFailure, TxtAnswer};

/// Whether the token stands at the challenge's record name.
pub fn judge_txt(
    challenge: &DomainChallenge,
    answer: &Result<TxtAnswer, DnsFailure>,
) -> CheckResult {
    match answer {
        Ok(answer) => judge_records(challenge, answer),
        Err(failure) => explain(challenge, *failure),
    }
}

fn judge_records(challenge: &DomainChallenge, answer: &TxtAnswer) -> CheckResult {
    let name = challenge.record_name();
    let expected = challenge.value();
    let found = answer
        .records
        .iter()
        .any(|record| record.trim_ascii() == expected.as_bytes());
    let (outcome, message, seen) = if found {
        let message = format!("The TXT record at {name} has the expected value.");
        (CheckOutcome::Verified, message, vec![expected])
    } else {
        let message = what_is_wrong(&name, expected.as_bytes(), &answer.records);
        let values = answer.records.iter().map(Vec::as_slice);
        (
            CheckOutcome::WrongValue,
            message,
            observed(values, DomainChallenge::is_ours),
        )
    };
    CheckResult {
        outcome,
        // Resolvers go on giving the record of yesterday until its time to live is over.
        retryable: !found,
        message,
        evidence: CheckEvidence {
            method: CheckMethod::Dns,
            place: name,
            observed: seen,
            via: answer.via.clone(),
            authenticated: answer.authenticated,
            resolvers: Vec::new(),
            dnssec: None,
        },
    }
}

/// The mistakes that people make, nearest first.
fn what_is_wrong(name: &str, expected: &[u8], records: &[Vec<u8>]) -> String {
    let any = |mistake: &dyn Fn(&[u8]) -> bool| records.iter().any(|r| mistake(r.trim_ascii()));
    let token = &expected[expected
        .iter()
        .position(|&b| b == b'=')
        .map_or(0, |at| at + 1)..];
    let contains = |record: &[u8]| record.windows(expected.len()).any(|part| part == expected);
    if any(&|r| r.len() == expected.len() + 2 && r.starts_with(b"\"") && contains(r)) {
        format!("The TXT record at {name} has quotation marks in its value. Remove them.")
    } else if any(&contains) {
        format!(
            "A TXT record at {name} contains the value among other text. It must stand alone in a \
             record of its own."
        )
    } else if any(&|r| r.eq_ignore_ascii_case(expected)) {
        format!(
            "The TXT record at {name} differs in capital letters. Copy the value as it is shown."
        )
    } else if any(&|r| r == token) {
        format!(
            "The TXT record at {name} lacks the beginning of the value: it must start with \
             proof-verify=."
        )
    } else if any(&DomainChallenge::is_ours) {
        format!(
            "The TXT record at {name} belongs to another verification. Put this one's value \
             there, or add a second record; the old one can be seen for a while after a change."
        )
    } else {
        let there_are = match records.len() {
            1 => "1 TXT record has".to_owned(),
            many => format!("{many} TXT records have"),
        };
        format!(
            "At {name} {there_are} another value. Add a TXT record with the value of this \
             verification."
        )
    }
}

fn explain(challenge: &DomainChallenge, failure: DnsFailure) -> CheckResult {
    let name = challenge.record_name();
    let (outcome, message) = match failure {
        DnsFailure::NxDomain | DnsFailure::NoData => (
            CheckOutcome::RecordNotFound,
            format!(
                "There is no TXT record at {name} yet. A new record can take a few minutes to be \
                 seen. Some providers add the domain to the name by themselves: there, enter only \
                 _proof."
            ),
        ),
        DnsFailure::Timeout => (
            CheckOutcome::Timeout,
            format!("The look-up of {name} took too long. Try again in a minute."),
        ),
        DnsFailure::ServFail => (
            CheckOutcome::DnsError,
            format!(
                "The name servers of {} do not answer properly: {failure}. Try again; if it stays \
                 so, ask your DNS provider.",
                challenge.domain()
            ),
        ),
        DnsFailure::Bogus => (
            CheckOutcome::DnsError,
            format!(
                "{} is signed with DNSSEC and the signatures are wrong, so nothing there can be \
                 believed. Ask your DNS provider to mend them, or remove the DS record.",
                challenge.domain()
            ),
        ),
        DnsFailure::Loop | DnsFailure::TooMany | DnsFailure::TooLarge => (
            CheckOutcome::DnsError,
            format!(
                "The DNS answer for {name} cannot be used: {failure}. Remove what is too much \
                 there."
            ),
        ),
        DnsFailure::Refused
        | DnsFailure::ErrorCode(_)
        | DnsFailure::Truncated
        | DnsFailure::Malformed
        | DnsFailure::WrongQuestion
        | DnsFailure::Unreachable
        | DnsFailure::HttpStatus(_) => (
            CheckOutcome::DnsError,
            format!("The look-up of {name} failed: {failure}. Try again in a minute."),
        ),
    };
    CheckResult {
        outcome,
        // Absence is an answer, but one that a record just added will soon change.
        retryable: failure.retryable() || failure.is_absence(),
        message,
        evidence: CheckEvidence {
            method: CheckMethod::Dns,
            place: name,
            observed: Vec::new(),
            via: Vec::new(),
            authenticated: false,
            resolvers: Vec::new(),
            dnssec: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain_check::ChallengeToken;
    use proptest::prelude::*;

    fn challenge() -> DomainChallenge {
        DomainChallenge::new("example.com", ChallengeToken::from_random(&[0xa5; 16])).unwrap()
    }

    fn judge(records: &[&[u8]]) -> CheckResult {
        let records = records.iter().map(|record| record.to_vec()).collect();
        judge_txt(
            &challenge(),
            &Ok(TxtAnswer {
                records,
                authenticated: false,
                via: vec![],
            }),
        )
    }

    #[test]
    fn the_exact_value_is_enough() {
        let value = challenge().value();
        let result = judge(&[value.as_bytes()]);
        assert!(result.is_verified() && !result.retryable);
        assert_eq!(result.evidence.place, "_proof.example.com");
        assert_eq!(result.evidence.observed, std::slice::from_ref(&value));
        assert!(judge(&[format!(" {value}\t\r\n").as_bytes()]).is_verified());
    }

    #[test]
    fn it_is_found_among_many_others() {
        let value = challenge().value();
        let mut records: Vec<Vec<u8>> =
            (0..150).map(|n| format!("site-{n}").into_bytes()).collect();
        records.insert(77, value.into_bytes());
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        assert!(judge(&records).is_verified());
    }

    #[test]
    fn what_only_resembles_the_value_is_another_value() {
        let value = challenge().value();
        let token = challenge().token().as_str().to_owned();
        for (record, hint) in [
            (format!("\"{value}\""), "quotation marks"),
            (format!("{value}x"), "stand alone"),
            (format!("x{value}"), "stand alone"),
            (format!("{value} {value}"), "stand alone"),
            (format!("v=spf1 {value} -all"), "stand alone"),
            (value.to_uppercase(), "capital letters"),
            (token.clone(), "proof-verify="),
            (
                format!("proof-verify={}", "b".repeat(32)),
                "another verification",
            ),
            ("proof-verify=".to_owned(), "another verification"),
            (value[..value.len() - 1].to_owned(), "another verification"),
            (format!("proof-verify ={token}"), "another value"),
            (format!("\u{a0}{value}"), "stand alone"),
            (String::new(), "another value"),
        ] {
            let result = judge(&[record.as_bytes()]);
            assert_eq!(result.outcome, CheckOutcome::WrongValue, "{record}");
            assert!(
                result.message.contains(hint),
                "{record}: {}",
                result.message
            );
            assert!(result.retryable);
        }
    }

    #[test]
    fn halves_in_two_records_do_not_add_up() {
        let value = challenge().value();
        let (one, two) = value.as_bytes().split_at(20);
        assert_eq!(judge(&[one, two]).outcome, CheckOutcome::WrongValue);
    }

    #[test]
    fn another_tenants_token_is_shown_and_refused() {
        let theirs = ChallengeToken::from_random(&[1; 16]);
        let other = DomainChallenge::new("example.com", theirs).unwrap().value();
        let result = judge(&[b"a", b"b", b"c", other.as_bytes()]);
        assert_eq!(result.outcome, CheckOutcome::WrongValue);
        assert_eq!(result.evidence.observed, [other.as_str(), "a", "b"]);
    }

    #[test]
    fn how_the_answer_came_is_told() {
        let answer = TxtAnswer {
            records: vec![challenge().value().into_bytes()],
            authenticated: true,
            via: vec!["proof.example.net".into()],
        };
        let evidence = judge_txt(&challenge(), &Ok(answer)).evidence;
        assert!(evidence.authenticated);
        assert_eq!(evidence.via, ["proof.example.net"]);
    }

    #[test]
    fn failures_are_told_apart() {
        for (failure, outcome, retryable) in [
            (DnsFailure::NxDomain, CheckOutcome::RecordNotFound, true),
            (DnsFailure::NoData, CheckOutcome::RecordNotFound, true),
            (DnsFailure::ServFail, CheckOutcome::DnsError, true),
            (DnsFailure::Bogus, CheckOutcome::DnsError, true),
            (DnsFailure::Refused, CheckOutcome::DnsError, true),
            (DnsFailure::ErrorCode(4), CheckOutcome::DnsError, true),
            (DnsFailure::Truncated, CheckOutcome::DnsError, true),
            (DnsFailure::Malformed, CheckOutcome::DnsError, true),
            (DnsFailure::WrongQuestion, CheckOutcome::DnsError, true),
            (DnsFailure::Loop, CheckOutcome::DnsError, false),
            (DnsFailure::TooMany, CheckOutcome::DnsError, false),
            (DnsFailure::TooLarge, CheckOutcome::DnsError, false),
            (DnsFailure::Timeout, CheckOutcome::Timeout, true),
            (DnsFailure::Unreachable, CheckOutcome::DnsError, true),
            (DnsFailure::HttpStatus(503), CheckOutcome::DnsError, true),
        ] {
            let result = judge_txt(&challenge(), &Err(failure));
            assert_eq!(
                (result.outcome, result.retryable),
                (outcome, retryable),
                "{failure:?}"
            );
            assert!(result.message.contains("example.com") && result.message.ends_with('.'));
        }
    }

    proptest! {
        #[test]
        fn only_one_whole_trimmed_record_verifies(
            records in proptest::collection::vec(
                prop_oneof![
                    proptest::collection::vec(any::<u8>(), 0..60),
                    Just(challenge().value().into_bytes()),
                    Just(format!("{}0", challenge().value()).into_bytes()),
                    Just(format!("\n{} ", challenge().value()).into_bytes()),
                ],
                0..8,
            ),
        ) {
            let expected = records
                .iter()
                .any(|record| String::from_utf8_lossy(record).trim_ascii() == challenge().value());
            let slices: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(judge(&slices).is_verified(), expected);
        }
    }
}
