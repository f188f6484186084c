//! The life of a verification, state by state.

use proptest::prelude::*;

use super::*;
use crate::error::{ApiError, ErrorCode};
use crate::inbound::DeliveryReport;
use crate::limits;
use crate::tenant::Environment;

pub(super) const START: i64 = 1_770_202_200;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

pub(super) fn new_proof() -> NewProof {
    NewProof {
        jti: Id::from_bytes([7; 12]),
        salt: "00".repeat(16),
    }
}

pub(super) fn record(environment: Environment, question: Question) -> Verification {
    let delivery = matches!(question, Question::SentCode { .. })
        .then(|| Delivery::of_code("482913".into(), 1, environment.is_test(), at(0)));
    Verification {
        id: Id::from_bytes([1; 12]),
        owner: Owner {
            organisation: "acme".into(),
            environment,
        },
        organisation_name: "Acme".into(),
        kind: AssetType::Email,
        channel: Channel::Email,
        identifier: "a@example.com".into(),
        mailbox: None,
        external_user_id: None,
        client_metadata: None,
        callback_url: None,
        fingerprint: "f".into(),
        own_channel: false,
        repeatable: false,
        challenge: Challenge {
            expires_at: at(600),
            question,
        },
        state: State::Pending,
        account: None,
        failed_attempts: 0,
        delivery,
        checks: Checks::default(),
        seen_messages: Vec::new(),
        created_at: at(0),
        updated_at: at(0),
        history: vec![Change {
            status: Status::Pending,
            at: at(0),
        }],
        request: None,
        told: Told::default(),
        revision: 1,
        ledger_revision: 0,
    }
}

pub(super) fn sent(environment: Environment) -> Verification {
    let shown = environment.is_test().then(|| "482913".to_owned());
    record(
        environment,
        Question::SentCode {
            digest: "d".into(),
            shown,
            link: None,
        },
    )
}

pub(super) fn new_code() -> NewCode {
    NewCode {
        code: "111111".into(),
        digest: "e".into(),
        link: Some(NewLink {
            token: "token-of-link".into(),
            digest: "l".into(),
        }),
    }
}

pub(super) fn shown(environment: Environment) -> Verification {
    record(
        environment,
        Question::ShownCode {
            code: "X7K2M9".into(),
            deep_link: None,
        },
    )
}

pub(super) fn published() -> Verification {
    record(
        Environment::Live,
        Question::PublishedToken {
            token: "3ac4".into(),
        },
    )
}

pub(super) fn submit(
    record: &mut Verification,
    answer: Answer,
    now: Timestamp,
) -> Result<(), ApiError> {
    record.submit(|_| answer, new_proof(), now)
}

fn code_of(outcome: Result<(), ApiError>) -> ErrorCode {
    outcome.unwrap_err().code
}

pub(super) fn check(result: &str) -> CheckView {
    CheckView {
        method: CheckMethod::Dns,
        result: result.into(),
        message: String::new(),
        retryable: true,
        observed: vec![],
        via: vec![],
        resolvers: vec![],
        dnssec: None,
        checked_at: at(1),
    }
}

#[test]
fn a_right_answer_verifies_once() {
    let mut record = sent(Environment::Live);
    submit(&mut record, Answer::Right, at(10)).unwrap();
    assert_eq!(record.status(), Status::Verified);
    let (proof, verified_at) = record.proof().unwrap();
    assert_eq!((verified_at, proof.issued_at), (at(10), at(10)));
    assert_eq!(
        proof.expires_at.seconds() - proof.issued_at.seconds(),
        30 * 86_400
    );
    assert_eq!(
        record.owes_message(),
        None,
        "what need not be sent any more is forgotten"
    );
    let before = record.clone();
    assert_eq!(
        code_of(submit(&mut record, Answer::Right, at(11))),
        ErrorCode::AlreadyVerified
    );
    assert_eq!(record, before);
}

#[test]
fn the_fifth_wrong_answer_is_the_last() {
    let mut record = sent(Environment::Live);
    for left in [4, 3, 2, 1, 0] {
        let error = submit(&mut record, Answer::Wrong, at(1)).unwrap_err();
        assert_eq!(
            (error.code, error.attempts_remaining),
            (ErrorCode::InvalidCode, Some(left))
        );
    }
    assert_eq!(record.status(), Status::Failed);
    assert_eq!(
        code_of(submit(&mut record, Answer::Right, at(2))),
        ErrorCode::TooManyAttempts
    );
    assert_eq!(record.status(), Status::Failed);
}

#[test]
fn a_challenge_ends_exactly_when_it_says() {
    let mut early = sent(Environment::Live);
    submit(&mut early, Answer::Right, at(599)).unwrap();
    let mut late = sent(Environment::Live);
    assert_eq!(
        code_of(submit(&mut late, Answer::Right, at(600))),
        ErrorCode::ChallengeExpired
    );
    assert_eq!(late.status(), Status::Expired);
    assert_eq!(late.sequence(), 2);
}

#[test]
fn after_the_end_nothing_is_compared() {
    let mut record = sent(Environment::Live);
    record.settle(at(600));
    let outcome = record.submit(|_| panic!("compared"), new_proof(), at(601));
    assert_eq!(code_of(outcome), ErrorCode::ChallengeExpired);
}

#[test]
fn a_code_that_was_shown_proves_nothing_live() {
    let mut live = shown(Environment::Live);
    assert_eq!(
        code_of(submit(&mut live, Answer::Right, at(1))),
        ErrorCode::ValidationError
    );
    assert_eq!((live.status(), live.failed_attempts), (Status::Pending, 0));
    let mut test = shown(Environment::Test);
    submit(&mut test, Answer::Right, at(1)).unwrap();
    assert_eq!(test.status(), Status::Verified);
}

#[test]
fn a_domain_is_not_proven_by_a_code() {
    let mut record = published();
    assert_eq!(
        code_of(submit(&mut record, Answer::Right, at(1))),
        ErrorCode::ValidationError
    );
    assert!(sent(Environment::Live).token_to_find(at(1)).is_err());
    assert_eq!(record.token_to_find(at(1)).unwrap(), "3ac4");
    assert!(record.token_to_find(at(600)).is_err());
}

fn signed_by(environment: Environment) -> Verification {
    record(
        environment,
        Question::SignedMessage {
            message: "m".into(),
            nonce: "n".into(),
            code: "X7K2M9".into(),
        },
    )
}

#[test]
fn a_wallet_is_proven_by_its_signature_once() {
    let mut record = signed_by(Environment::Live);
    assert_eq!(record.message_to_sign(at(1)).unwrap(), "m");
    record.signed(Answer::Right, new_proof(), at(1)).unwrap();
    assert_eq!(record.status(), Status::Verified);
    let before = record.clone();
    for answer in [Answer::Right, Answer::Wrong] {
        let again = record.signed(answer, new_proof(), at(2));
        assert_eq!(code_of(again), ErrorCode::AlreadyVerified);
    }
    assert_eq!(
        record.message_to_sign(at(2)).unwrap_err().code,
        ErrorCode::AlreadyVerified
    );
    assert_eq!(record, before);
}

#[test]
fn the_fifth_wrong_signature_is_the_last() {
    let mut record = signed_by(Environment::Live);
    for left in [4, 3, 2, 1, 0] {
        let error = record
            .signed(Answer::Wrong, new_proof(), at(1))
            .unwrap_err();
        assert_eq!(
            (error.code, error.attempts_remaining),
            (ErrorCode::InvalidSignature, Some(left))
        );
    }
    assert_eq!(record.status(), Status::Failed);
    let late = record.signed(Answer::Right, new_proof(), at(2));
    assert_eq!(code_of(late), ErrorCode::TooManyAttempts);
    assert!(record.message_to_sign(at(2)).is_err());
}

#[test]
fn a_signature_that_was_judged_too_late_verifies_nothing() {
    let mut record = signed_by(Environment::Live);
    record.message_to_sign(at(599)).unwrap();
    let outcome = record.signed(Answer::Right, new_proof(), at(600));
    assert_eq!(code_of(outcome), ErrorCode::ChallengeExpired);
    assert!(record.proof().is_none());
}

#[test]
fn signatures_are_for_wallets_and_codes_for_their_test_mode() {
    let mut live = signed_by(Environment::Live);
    let refused = submit(&mut live, Answer::Right, at(1)).unwrap_err();
    assert_eq!(refused.code, ErrorCode::ValidationError);
    assert_eq!(refused.details[0].field, "signature");
    assert_eq!((live.status(), live.failed_attempts), (Status::Pending, 0));
    let mut test = signed_by(Environment::Test);
    submit(&mut test, Answer::Right, at(1)).unwrap();
    assert_eq!(test.status(), Status::Verified);
    for mut other in [
        sent(Environment::Test),
        shown(Environment::Live),
        published(),
    ] {
        let refused = other.signed(Answer::Right, new_proof(), at(1)).unwrap_err();
        assert_eq!(refused.details[0].field, "signature");
        assert!(other.message_to_sign(at(1)).is_err());
        assert_eq!(other.status(), Status::Pending);
    }
}

#[test]
fn exactly_one_answer_is_submitted() {
    let read = |body: &str| {
        serde_json::from_str::<SubmitAnswer>(body)
            .unwrap()
            .submitted()
            .map_err(|error| error.details[0].field.clone())
    };
    assert_eq!(
        read(r#"{"challenge_code":"482913"}"#),
        Ok(Submitted::Code("482913".into()))
    );
    assert_eq!(
        read(r#"{"signature":"0x"}"#),
        Ok(Submitted::Signature("0x".into()))
    );
    assert_eq!(
        read(r#"{"challenge_code":"482913","signature":"0x"}"#),
        Err("signature".into())
    );
    for neither in ["{}", r#"{"challenge_code":null}"#, r#"{"signature":null}"#] {
        assert_eq!(read(neither), Err("challenge_code".into()));
    }
}

#[test]
fn a_look_that_finds_nothing_leaves_it_pending() {
    let mut record = published();
    record
        .checked(check("record_not_found"), false, new_proof(), at(1))
        .unwrap();
    assert_eq!((record.status(), record.checks.count), (Status::Pending, 1));
    record
        .checked(check("verified"), true, new_proof(), at(2))
        .unwrap();
    assert_eq!(
        (record.status(), record.checks.count),
        (Status::Verified, 2)
    );
    let late = record.checked(check("verified"), true, new_proof(), at(3));
    assert_eq!(code_of(late), ErrorCode::AlreadyVerified);
    assert_eq!(record.checks.count, 2);
}

#[test]
fn a_look_that_ends_too_late_verifies_nothing() {
    let mut record = published();
    let outcome = record.checked(check("verified"), true, new_proof(), at(600));
    assert_eq!(code_of(outcome), ErrorCode::ChallengeExpired);
    assert!(record.proof().is_none());
}

#[test]
fn only_test_mode_completes_without_the_person() {
    let mut live = sent(Environment::Live);
    assert_eq!(
        live.complete_in_test(new_proof(), at(1)).unwrap_err().code,
        ErrorCode::Forbidden
    );
    assert_eq!(live.status(), Status::Pending);
    let mut test = sent(Environment::Test);
    test.complete_in_test(new_proof(), at(1)).unwrap();
    assert_eq!(test.status(), Status::Verified);
}

#[test]
fn a_new_code_keeps_the_count_of_wrong_answers() {
    let mut record = sent(Environment::Live);
    submit(&mut record, Answer::Wrong, at(1)).unwrap_err();
    let early = record.may_resend(at(29)).unwrap_err();
    assert_eq!(
        (early.code, early.retry_after),
        (ErrorCode::RateLimited, Some(1))
    );
    record.may_resend(at(30)).unwrap();
    record.replace_code(new_code(), 600, at(30));
    assert_eq!(
        (record.failed_attempts, record.challenge.expires_at),
        (1, at(630))
    );
    assert_eq!(record.owes_message(), Some("111111"));
    for n in 2..5 {
        record.replace_code(new_code(), 600, at(30 * n));
    }
    assert_eq!(
        record.may_resend(at(300)).unwrap_err().code,
        ErrorCode::RateLimited
    );
    let mut test = sent(Environment::Test);
    test.may_resend(at(0)).unwrap();
    assert!(shown(Environment::Test).may_resend(at(100)).is_err());
}

#[test]
fn a_proof_is_revoked_once() {
    let mut record = sent(Environment::Live);
    assert_eq!(
        record
            .revoke(RevocationReason::Fraud, at(1))
            .unwrap_err()
            .code,
        ErrorCode::NotFound
    );
    submit(&mut record, Answer::Right, at(1)).unwrap();
    record.revoke(RevocationReason::Fraud, at(2)).unwrap();
    let first = record.clone();
    record.revoke(RevocationReason::Other, at(3)).unwrap();
    assert_eq!(record, first);
    assert_eq!(record.view().revoked_reason, Some(RevocationReason::Fraud));
    assert!(record.view().proof.is_none());
    assert_eq!(
        code_of(submit(&mut record, Answer::Right, at(4))),
        ErrorCode::AlreadyVerified
    );
}

#[test]
fn a_record_is_kept_from_the_end_of_its_challenge_or_its_proof() {
    let mut record = sent(Environment::Live);
    assert_eq!((record.wakes_at(), record.kept_from()), (at(600), None));
    let mut expired = record.clone();
    expired.settle(at(700));
    assert_eq!(expired.kept_from(), Some(at(700)));
    submit(&mut record, Answer::Right, at(5)).unwrap();
    let end = at(5 + limits::PROOF_SECONDS);
    assert_eq!(record.kept_from(), Some(end));
    record.revoke(RevocationReason::Fraud, at(6)).unwrap();
    assert_eq!(record.kept_from(), Some(end));
}

#[test]
fn a_code_on_its_way_is_never_shown_and_never_printed() {
    let record = sent(Environment::Live);
    let view = serde_json::to_string(&record.view()).unwrap();
    assert!(!view.contains("482913"));
    assert!(!format!("{record:?}").contains("482913"));
    assert!(
        serde_json::to_string(&sent(Environment::Test).view())
            .unwrap()
            .contains("482913")
    );
}

#[test]
fn records_written_before_stay_readable() {
    let stored = r#"{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","type":"email","channel":"email","identifier":"a@example.com","fingerprint":"f","challenge":{"expires_at":"2026-02-04T11:00:00Z","question":{"form":"sent_code","digest":"d"}},"state":{"status":"pending"},"failed_attempts":0,"delivery":{"status":"queued","unsent":"482913","messages":1,"requested_at":"2026-02-04T10:50:00Z","tries":0},"checks":{"count":0},"created_at":"2026-02-04T10:50:00Z","updated_at":"2026-02-04T10:50:00Z","history":[{"status":"pending","at":"2026-02-04T10:50:00Z"}],"told":{"request":0,"events":0},"revision":1,"ledger_revision":0}"#;
    let read: Verification = serde_json::from_str(stored).unwrap();
    assert_eq!(read, sent(Environment::Live));
    assert_eq!(serde_json::to_string(&read).unwrap(), stored);
}

/// Records from before it was kept what was told.
#[test]
fn an_old_record_tells_nothing_over_again() {
    let mut record = sent(Environment::Live);
    record.request = Some(AssetOf {
        request_id: record.id,
        asset: 0,
    });
    submit(&mut record, Answer::Right, at(1)).unwrap();
    let mut stored = serde_json::to_value(&record).unwrap();
    assert!(record.owes_events() && record.owes_request());
    stored.as_object_mut().unwrap().remove("told");
    let mut old: Verification = serde_json::from_value(stored).unwrap();
    assert!(!old.owes_events() && !old.owes_request());
    // What happens from then on is told.
    old.revoke(RevocationReason::Fraud, at(2)).unwrap();
    assert!(old.owes_events() && old.owes_request());
    assert_eq!(old.announced(b"secret").len(), 1);
}

/// Anything that can happen to a verification.
#[derive(Clone, Debug)]
enum Step {
    Submit(bool),
    Resend,
    Look(bool),
    Confirm(bool),
    Report(DeliveryReport),
    Test,
    Revoke,
    Settle,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(Step::Submit),
        Just(Step::Resend),
        any::<bool>().prop_map(Step::Look),
        any::<bool>().prop_map(Step::Confirm),
        prop_oneof![
            Just(DeliveryReport::Delivered),
            Just(DeliveryReport::Bounced("b".into())),
            Just(DeliveryReport::Failed("f".into())),
            Just(DeliveryReport::Complained),
        ]
        .prop_map(Step::Report),
        Just(Step::Test),
        Just(Step::Revoke),
        Just(Step::Settle),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_rules_hold(
        test: bool,
        kind in 0..3,
        steps in prop::collection::vec((step(), 0i64..200), 0..40),
    ) {
        let environment = if test { Environment::Test } else { Environment::Live };
        let mut record = match kind {
            0 => sent(environment),
            1 => shown(environment),
            _ => published(),
        };
        let mut now = 0;
        let mut proof = None;
        for (step, pause) in steps {
            now += pause;
            let before = record.clone();
            match step {
                Step::Submit(right) => {
                    let answer = if right { Answer::Right } else { Answer::Wrong };
                    let _ = submit(&mut record, answer, at(now));
                }
                Step::Resend => if record.may_resend(at(now)).is_ok() {
                    record.replace_code(new_code(), 600, at(now));
                },
                Step::Look(found) => {
                    if record.token_to_find(at(now)).is_ok() {
                        let _ = record.checked(check("x"), found, new_proof(), at(now));
                    }
                }
                Step::Confirm(right) => {
                    let _ = record.confirm(|_| right, new_proof(), at(now));
                }
                Step::Report(report) => {
                    let message = record.delivery.as_ref().map_or(1, |one| one.messages);
                    record.reported(message, report, at(now));
                    prop_assert_eq!(&record.state, &before.state);
                }
                Step::Test => { let _ = record.complete_in_test(new_proof(), at(now)); }
                Step::Revoke => { let _ = record.revoke(RevocationReason::Other, at(now)); }
                Step::Settle => record.settle(at(now)),
            }
            // Terminal states are left only for `revoked`, and only from `verified`.
            if before.status().is_terminal() && record.status() != before.status() {
                prop_assert_eq!((before.status(), record.status()), (Status::Verified, Status::Revoked));
            }
            prop_assert!(record.failed_attempts <= limits::MAX_ATTEMPTS);
            prop_assert!(record.failed_attempts >= before.failed_attempts);
            prop_assert_eq!(record.history.last().map(|change| change.status), Some(record.status()));
            prop_assert!(record.status() == before.status() || record.revision > before.revision);
            // One proof, and always the same one.
            if let Some((now, _)) = record.proof() {
                prop_assert_eq!(proof.get_or_insert_with(|| now.clone()), now);
            } else {
                prop_assert!(proof.is_none());
            }
            let stored = serde_json::to_string(&record).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Verification>(&stored).unwrap(), &record);
        }
    }
}
