//! When a domain is looked at by itself, and what a look may change.

use super::tests::{START, at, check, new_proof, published, shown};
use super::*;
use crate::tenant::Environment;

const HALF_A_MINUTE: CheckSchedule = CheckSchedule { first_seconds: 30 };

#[test]
fn a_domain_is_looked_at_ever_more_rarely_until_its_challenge_ends() {
    let mut record = published();
    record.challenge.expires_at = at(24 * 3600);
    record.plan_check(HALF_A_MINUTE, at(0));
    let mut times = Vec::new();
    while let Some(next) = record.next_check() {
        assert_eq!(record.wakes_at(), next);
        assert!(record.is_check_due(next) && !record.is_check_due(next.plus_seconds(-1)));
        times.push(next.seconds() - START);
        record.begin_check(next);
        record.checked_by_itself(
            check("record_not_found"),
            false,
            new_proof(),
            HALF_A_MINUTE,
            next,
        );
    }
    assert_eq!(times[..7], [30, 90, 210, 510, 1_110, 2_910, 6_510]);
    assert_eq!(times[7] - times[6], 3_600);
    assert_eq!(record.checks.count as usize, times.len());
    assert!(times.len() < 35 && *times.last().unwrap() < 24 * 3600);
    assert_eq!(record.wakes_at(), at(24 * 3600));
}

#[test]
fn a_look_that_got_lost_is_made_again() {
    let mut record = published();
    record.plan_check(HALF_A_MINUTE, at(0));
    record.begin_check(at(30));
    assert!(!record.is_check_due(at(31)), "one at a time");
    assert!(record.is_check_due(at(60)));
    assert_eq!(record.checks.automatic, 0);
}

#[test]
fn a_look_that_ends_late_changes_nothing() {
    let mut record = published();
    record.plan_check(HALF_A_MINUTE, at(0));
    record.begin_check(at(30));
    record
        .checked(check("verified"), true, new_proof(), at(31))
        .unwrap();
    assert_eq!(record.next_check(), None);
    let before = record.clone();
    let other = NewProof {
        jti: Id::from_bytes([8; 12]),
        salt: String::new(),
    };
    record.checked_by_itself(check("verified"), true, other, HALF_A_MINUTE, at(35));
    assert_eq!(record, before);

    let mut ended = published();
    ended.plan_check(HALF_A_MINUTE, at(0));
    ended.checked_by_itself(check("verified"), true, new_proof(), HALF_A_MINUTE, at(600));
    assert_eq!(ended.status(), Status::Expired);
    assert!(ended.proof().is_none() && ended.next_check().is_none());
}

#[test]
fn what_is_not_proven_by_looking_is_not_looked_at() {
    let mut record = shown(Environment::Live);
    record.plan_check(HALF_A_MINUTE, at(0));
    assert_eq!(record.next_check(), None);
    let mut never = published();
    never.plan_check(CheckSchedule { first_seconds: 0 }, at(0));
    assert_eq!(never.next_check(), None);
    assert_eq!(never.view().next_check_at, None);
    never.plan_check(HALF_A_MINUTE, at(0));
    assert_eq!(never.view().next_check_at, Some(at(30)));
}

#[test]
fn checks_of_before_stay_readable() {
    let old = r#"{"count":2,"last":{"method":"dns","result":"wrong_value","message":"m","retryable":true,"observed":["a"],"checked_at":"2026-02-04T10:50:00Z"}}"#;
    let checks: Checks = serde_json::from_str(old).unwrap();
    assert_eq!(serde_json::to_string(&checks).unwrap(), old);
    let mut last = checks.last.unwrap();
    last.via = vec!["proofs.example.net".into()];
    last.resolvers = vec![ResolverFinding {
        name: "dns.google".into(),
        result: "verified".into(),
        dnssec: Dnssec::Secure,
    }];
    last.dnssec = Some(Dnssec::Secure);
    let new = Checks {
        count: 3,
        last: Some(last),
        next_at: Some(at(0)),
        automatic: 1,
    };
    let json = serde_json::to_string(&new).unwrap();
    assert!(json.contains(concat!(
        r#""via":["proofs.example.net"],"#,
        r#""resolvers":[{"name":"dns.google","result":"verified","dnssec":"secure"}],"dnssec":"secure""#
    )));
    assert!(json.ends_with(r#""next_at":"2026-02-04T10:50:00Z","automatic":1}"#));
    assert_eq!(serde_json::from_str::<Checks>(&json).unwrap(), new);
}
