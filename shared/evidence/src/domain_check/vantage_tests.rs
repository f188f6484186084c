//! Resolvers that agree, disagree, fail and lie.

use proptest::prelude::*;

use super::*;
use crate::domain_check::ChallengeToken;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    pairs.iter().copied().collect()
}

fn of(count: usize, quorum: &str) -> Resolvers {
    let urls: Vec<String> = (0..count)
        .map(|n| format!("https://r{n}.example/dns-query"))
        .collect();
    Resolvers::from_settings(&settings(&[
        ("DOH_URLS", &urls.join(",")),
        ("DOH_QUORUM", quorum),
    ]))
    .unwrap()
}

fn challenge() -> DomainChallenge {
    DomainChallenge::new("example.com", ChallengeToken::from_random(&[0xa5; 16])).unwrap()
}

#[expect(clippy::unnecessary_wraps)]
fn answer(text: &str, authenticated: bool) -> Result<TxtAnswer, DnsFailure> {
    Ok(TxtAnswer {
        records: vec![text.as_bytes().to_vec()],
        authenticated,
        via: vec![],
    })
}

fn right() -> Result<TxtAnswer, DnsFailure> {
    answer(&challenge().value(), false)
}

fn signed() -> Result<TxtAnswer, DnsFailure> {
    answer(&challenge().value(), true)
}

fn wrong() -> Result<TxtAnswer, DnsFailure> {
    answer("v=spf1 -all", false)
}

fn judge(resolvers: &Resolvers, answers: &[Result<TxtAnswer, DnsFailure>]) -> CheckResult {
    let sightings: Vec<_> = resolvers
        .list()
        .iter()
        .zip(answers)
        .map(|(resolver, answer)| Sighting {
            resolver,
            answer: answer.clone(),
        })
        .collect();
    assert_eq!(sightings.len(), resolvers.list().len());
    resolvers.judge(&challenge(), &sightings)
}

#[test]
fn the_operators_list_is_read() {
    let three = Resolvers::from_settings(&settings(&[("DOH_URLS", DEFAULT_RESOLVERS)])).unwrap();
    let names: Vec<_> = three.list().iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["cloudflare-dns.com", "dns.google", "dns.quad9.net"]);
    assert_eq!(three.quorum(), 2);
    let one = Resolvers::from_settings(&settings(&[("DOH_URL", "https://dns.example/q")])).unwrap();
    assert_eq!((one.list().len(), one.quorum()), (1, 1));
    let both = settings(&[
        ("DOH_URLS", DEFAULT_RESOLVERS),
        ("DOH_URL", "https://only.example/q"),
    ]);
    assert_eq!(
        Resolvers::from_settings(&both).unwrap().list()[0].name,
        "only.example"
    );
    let spaced = settings(&[(
        "DOH_URLS",
        " https://a.example/q , https://A.example/other,",
    )]);
    assert_eq!(Resolvers::from_settings(&spaced).unwrap().list().len(), 1);
    for (count, quorum) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)] {
        assert_eq!(of(count, "").quorum(), quorum);
    }
    assert_eq!(of(3, "3").quorum(), 3);
}

#[test]
fn what_cannot_be_used_is_named() {
    for (pairs, name) in [
        (&[][..], "DOH_URLS"),
        (&[("DOH_URLS", ",")], "DOH_URLS"),
        (&[("DOH_URLS", "cloudflare-dns.com")], "DOH_URLS"),
        (&[("DOH_URLS", "ftp://a.example")], "DOH_URLS"),
        (&[("DOH_URLS", "https:///q")], "DOH_URLS"),
        (&[("DOH_URLS", "https://u@a.example/q")], "DOH_URLS"),
        (
            &[("DOH_URLS", "https://a.example/q,https://b .example")],
            "DOH_URLS",
        ),
        (
            &[(
                "DOH_URLS",
                "https://a,https://b,https://c,https://d,https://e,https://f",
            )],
            "DOH_URLS",
        ),
        (&[("DOH_URL", "none")], "DOH_URL"),
        (
            &[("DOH_URL", "https://a.example"), ("DOH_QUORUM", "2")],
            "DOH_QUORUM",
        ),
        (
            &[("DOH_URL", "https://a.example"), ("DOH_QUORUM", "0")],
            "DOH_QUORUM",
        ),
        (
            &[("DOH_URL", "https://a.example"), ("DOH_QUORUM", "all")],
            "DOH_QUORUM",
        ),
    ] {
        let refused = Resolvers::from_settings(&settings(pairs));
        assert_eq!(refused, Err(MissingSettings(vec![name])), "{pairs:?}");
    }
    assert!(
        Resolvers::SETTINGS
            .iter()
            .all(|setting| setting.operator_only)
    );
}

#[test]
fn a_quorum_verifies_and_dissent_is_named() {
    let three = of(3, "");
    let all = judge(&three, &[right(), right(), right()]);
    assert!(all.is_verified());
    assert_eq!(
        all.message,
        "3 of 3 resolvers see the expected value at _proof.example.com."
    );
    let most = judge(&three, &[right(), Err(DnsFailure::NxDomain), right()]);
    assert!(most.is_verified() && !most.retryable);
    assert_eq!(
        most.message,
        "2 of 3 resolvers see the expected value at _proof.example.com. r1.example says \
         record_not_found."
    );
    let named: Vec<_> = most
        .evidence
        .resolvers
        .iter()
        .map(|one| (one.name.as_str(), one.result.as_str()))
        .collect();
    assert_eq!(
        named,
        [
            ("r0.example", "verified"),
            ("r1.example", "record_not_found"),
            ("r2.example", "verified")
        ]
    );
}

#[test]
fn one_resolver_down_blocks_nothing() {
    for failure in [
        DnsFailure::Timeout,
        DnsFailure::ServFail,
        DnsFailure::Unreachable,
        DnsFailure::Truncated,
        DnsFailure::HttpStatus(503),
    ] {
        for down in 0..3 {
            let mut answers = [right(), right(), right()];
            answers[down] = Err(failure);
            assert!(judge(&of(3, ""), &answers).is_verified(), "{failure}");
        }
    }
    let two_down = judge(
        &of(3, ""),
        &[right(), Err(DnsFailure::Timeout), Err(DnsFailure::ServFail)],
    );
    assert_eq!(two_down.outcome, CheckOutcome::PartlyVisible);
    assert!(two_down.retryable);
}

#[test]
fn one_resolver_that_lies_proves_nothing() {
    let lied = judge(
        &of(3, ""),
        &[
            right(),
            Err(DnsFailure::NxDomain),
            Err(DnsFailure::NxDomain),
        ],
    );
    assert_eq!(lied.outcome, CheckOutcome::PartlyVisible);
    assert!(lied.message.contains("Only 1 of 3") && lied.message.contains("2 have to"));
    let lied = judge(&of(3, ""), &[wrong(), right(), wrong()]);
    assert_eq!(lied.outcome, CheckOutcome::PartlyVisible);
    let strict = judge(&of(3, "3"), &[right(), right(), Err(DnsFailure::Timeout)]);
    assert_eq!(strict.outcome, CheckOutcome::PartlyVisible);
}

#[test]
fn with_one_resolver_its_word_is_the_result() {
    let one = of(1, "");
    let found = judge(&one, &[right()]);
    assert_eq!(
        found.message,
        "The TXT record at _proof.example.com has the expected value."
    );
    for failure in [
        DnsFailure::NxDomain,
        DnsFailure::ServFail,
        DnsFailure::Timeout,
    ] {
        let (alone, judged) = (
            judge_txt(&challenge(), &Err(failure)),
            judge(&one, &[Err(failure)]),
        );
        assert_eq!(
            (alone.outcome, alone.message),
            (judged.outcome, judged.message)
        );
    }
}

#[test]
fn where_nobody_saw_it_the_telling_answer_leads() {
    let three = of(3, "");
    let (gone, late, failed) = (
        Err(DnsFailure::NxDomain),
        Err(DnsFailure::Timeout),
        Err(DnsFailure::ServFail),
    );
    for (answers, outcome) in [
        (
            [gone.clone(), wrong(), gone.clone()],
            CheckOutcome::WrongValue,
        ),
        (
            [gone.clone(), late.clone(), failed.clone()],
            CheckOutcome::RecordNotFound,
        ),
        (
            [late.clone(), gone.clone(), failed.clone()],
            CheckOutcome::RecordNotFound,
        ),
        (
            [failed.clone(), gone.clone(), failed.clone()],
            CheckOutcome::DnsError,
        ),
        (
            [late.clone(), late.clone(), gone.clone()],
            CheckOutcome::Timeout,
        ),
        ([failed.clone(), late.clone(), late], CheckOutcome::Timeout),
    ] {
        let result = judge(&three, &answers);
        assert_eq!(result.outcome, outcome, "{answers:?}");
        assert!(result.retryable);
    }
    let nobody = three.judge(&challenge(), &[]);
    assert!(!nobody.is_verified());
}

#[test]
fn an_alias_that_only_one_resolver_met_is_judged_all_the_same() {
    let aliased = Ok(TxtAnswer {
        records: vec![challenge().value().into_bytes()],
        authenticated: false,
        via: vec!["web.example.net".into()],
    });
    for at in 0..3 {
        let mut answers = [right(), right(), right()];
        answers[at] = aliased.clone();
        let result = judge(&of(3, ""), &answers);
        assert!(result.is_verified());
        assert_eq!(result.evidence.via, ["web.example.net"]);
    }
}

#[test]
fn dnssec_is_told_as_it_was_heard() {
    let three = of(3, "");
    let said = |answers: &[Result<TxtAnswer, DnsFailure>]| {
        let evidence = judge(&three, answers).evidence;
        assert_eq!(
            evidence.authenticated,
            evidence.dnssec == Some(Dnssec::Secure)
        );
        evidence.dnssec.unwrap()
    };
    assert_eq!(said(&[signed(), signed(), signed()]), Dnssec::Secure);
    assert_eq!(
        said(&[signed(), Err(DnsFailure::Timeout), signed()]),
        Dnssec::Secure
    );
    assert_eq!(said(&[signed(), right(), signed()]), Dnssec::Insecure);
    assert_eq!(said(&[right(), right(), right()]), Dnssec::Insecure);
    let late = Err(DnsFailure::Timeout);
    assert_eq!(said(&[late.clone(), late.clone(), late]), Dnssec::Unknown);
    let gone = Err(DnsFailure::NxDomain);
    assert_eq!(said(&[gone.clone(), gone.clone(), gone]), Dnssec::Insecure);
}

#[test]
fn wrong_signatures_are_not_outvoted() {
    let result = judge(&of(3, ""), &[right(), right(), Err(DnsFailure::Bogus)]);
    assert_eq!(result.outcome, CheckOutcome::DnsError);
    assert_eq!(result.evidence.dnssec, Some(Dnssec::Bogus));
    assert!(result.message.contains("DNSSEC"));
    assert!(result.retryable);
}

#[test]
fn the_authenticated_flag_counts_over_an_encrypted_way_only() {
    let plain =
        Resolvers::from_settings(&settings(&[("DOH_URL", "http://dns.example/q")])).unwrap();
    let result = judge(&plain, &[signed()]);
    assert!(result.is_verified());
    assert_eq!(result.evidence.dnssec, Some(Dnssec::Insecure));
}

proptest! {
    #[test]
    fn it_is_verified_exactly_with_a_quorum_and_without_wrong_signatures(
        kinds in proptest::collection::vec(0u8..6, 1..=MAX_RESOLVERS),
        quorum in 1usize..=MAX_RESOLVERS,
    ) {
        let quorum = quorum.min(kinds.len());
        let resolvers = of(kinds.len(), &quorum.to_string());
        let answers: Vec<_> = kinds
            .iter()
            .map(|kind| match kind {
                0 => right(),
                1 => signed(),
                2 => wrong(),
                3 => Err(DnsFailure::NxDomain),
                4 => Err(DnsFailure::Timeout),
                _ => Err(DnsFailure::Bogus),
            })
            .collect();
        let seen = kinds.iter().filter(|kind| **kind < 2).count();
        let expected = seen >= quorum && !kinds.contains(&5);
        let result = judge(&resolvers, &answers);
        prop_assert_eq!(result.is_verified(), expected);
        prop_assert_eq!(result.evidence.resolvers.len(), kinds.len());
        prop_assert!(expected || result.retryable);
    }
}
