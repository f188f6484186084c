//! Signing in, attempt by attempt.

use super::tests::{at, new_proof, record};
use super::*;
use crate::error::{ApiError, ErrorCode};
use crate::tenant::Environment;

fn signing_in(environment: Environment) -> Verification {
    let mut record = record(
        environment,
        Question::SignIn {
            auth_url: "https://proof.example/connect/0101?key=k".into(),
            code: "X7K2M9".into(),
            attempt: None,
        },
    );
    record.kind = AssetType::Social;
    record.channel = Channel::Github;
    record.identifier = "octocat".into();
    record
}

fn bot(environment: Environment) -> Verification {
    let mut record = record(
        environment,
        Question::BotToken {
            code: "X7K2M9".into(),
        },
    );
    record.kind = AssetType::TelegramBot;
    record.channel = Channel::TelegramBotToken;
    record.identifier = "123456789".into();
    record
}

fn attempt(state: &str) -> SignInAttempt {
    SignInAttempt {
        state: state.into(),
        cookie: "c".into(),
        verifier: "v".into(),
        nonce: "n".into(),
    }
}

fn account() -> Account {
    Account {
        id: "583231".into(),
        username: Some("octocat".into()),
    }
}

fn take(record: &mut Verification, state: &str, now: i64) -> Result<SignInAttempt, ApiError> {
    let state = state.to_owned();
    record.take_attempt(Channel::Github, move |kept| kept.state == state, at(now))
}

#[test]
fn an_attempt_is_given_out_once() {
    let mut record = signing_in(Environment::Live);
    assert!(take(&mut record, "s1", 1).is_err());
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    assert!(take(&mut record, "foreign", 2).is_err());
    assert_eq!(take(&mut record, "s1", 2), Ok(attempt("s1")));
    assert_eq!(
        take(&mut record, "s1", 2).unwrap_err().code,
        ErrorCode::ValidationError
    );
    assert_eq!(record.status(), Status::Pending);
}

#[test]
fn the_newest_attempt_counts() {
    let mut record = signing_in(Environment::Live);
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    record.begin_sign_in(attempt("s2"), at(2)).unwrap();
    assert!(take(&mut record, "s1", 3).is_err());
    assert!(take(&mut record, "s2", 3).is_ok());
}

#[test]
fn another_channel_s_callback_gets_nothing_and_takes_nothing() {
    let mut record = signing_in(Environment::Live);
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    let odd = record.take_attempt(Channel::Google, |_| true, at(2));
    assert_eq!(odd.unwrap_err().code, ErrorCode::ValidationError);
    assert!(take(&mut record, "s1", 3).is_ok());
}

#[test]
fn after_its_time_nothing_begins_and_nothing_comes_back() {
    let mut record = signing_in(Environment::Live);
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    assert_eq!(
        take(&mut record, "s1", 600).unwrap_err().code,
        ErrorCode::ChallengeExpired
    );
    assert_eq!(record.status(), Status::Expired);
    assert_eq!(
        record
            .begin_sign_in(attempt("s2"), at(601))
            .unwrap_err()
            .code,
        ErrorCode::ChallengeExpired
    );
}

#[test]
fn an_expiry_while_the_provider_is_asked_wins() {
    let mut record = signing_in(Environment::Live);
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    take(&mut record, "s1", 599).unwrap();
    let late = record.account_shown(account(), true, new_proof(), at(600));
    assert_eq!(late.unwrap_err().code, ErrorCode::ChallengeExpired);
    assert_eq!(record.status(), Status::Expired);
    assert_eq!(record.account, None);
}

#[test]
fn the_account_stays_with_the_record_and_is_shown() {
    let mut record = signing_in(Environment::Live);
    record
        .account_not_shown(AccountProblem::Declined, at(1))
        .unwrap();
    record
        .account_shown(account(), true, new_proof(), at(2))
        .unwrap();
    let view = record.view();
    assert_eq!(view.status, Status::Verified);
    assert_eq!(view.account, Some(account()));
    assert_eq!(view.last_check, None);
    assert_eq!(record.history.len(), 2);
    let again = record.account_shown(account(), true, new_proof(), at(3));
    assert_eq!(again.unwrap_err().code, ErrorCode::AlreadyVerified);
}

#[test]
fn another_account_is_not_named_to_the_tenant() {
    let mut record = signing_in(Environment::Live);
    let other = Account {
        id: "666".into(),
        username: Some("mallory".into()),
    };
    record
        .account_shown(other, false, new_proof(), at(1))
        .unwrap();
    assert_eq!(record.status(), Status::Pending);
    let stored = serde_json::to_string(&record).unwrap();
    assert!(!stored.contains("mallory") && !stored.contains("666"));
    let check = record.view().last_check.unwrap();
    assert_eq!(check.method, CheckMethod::SignIn);
    assert_eq!(check.result, "invalid_identifier");
    assert!(check.observed.is_empty() && !check.retryable);
}

#[test]
fn codes_prove_an_account_in_test_mode_only() {
    for make in [signing_in, bot] {
        let mut live = make(Environment::Live);
        let refused = live.submit(|_| Answer::Right, new_proof(), at(1));
        assert_eq!(refused.unwrap_err().code, ErrorCode::ValidationError);
        assert_eq!(live.failed_attempts, 0);
        assert_eq!(live.view().challenge.unwrap().code, None);

        let mut test = make(Environment::Test);
        assert!(test.view().challenge.unwrap().code.is_some());
        test.submit(|_| Answer::Right, new_proof(), at(1)).unwrap();
        assert_eq!(test.status(), Status::Verified);
        assert_eq!(test.view().account, None);
    }
}

#[test]
fn nobody_signs_in_anywhere_in_test_mode() {
    let mut record = signing_in(Environment::Test);
    assert_eq!(
        record.begin_sign_in(attempt("s1"), at(1)).unwrap_err().code,
        ErrorCode::Forbidden
    );
}

#[test]
fn a_bot_is_asked_for_by_its_id() {
    let mut record = bot(Environment::Live);
    assert_eq!(record.bot_to_show(at(1)).as_deref(), Ok("123456789"));
    record
        .account_not_shown(AccountProblem::ProviderUnavailable, at(1))
        .unwrap();
    let check = record.view().last_check.unwrap();
    assert_eq!(
        (check.method, check.retryable),
        (CheckMethod::BotToken, true)
    );
    assert!(record.sign_in_view().is_err());
    assert!(signing_in(Environment::Live).bot_to_show(at(1)).is_err());
    assert_eq!(
        bot(Environment::Live)
            .bot_to_show(at(600))
            .unwrap_err()
            .code,
        ErrorCode::ChallengeExpired
    );
}

#[test]
fn what_the_person_is_shown() {
    let view = signing_in(Environment::Live).sign_in_view().unwrap();
    assert_eq!(view.auth_url, "https://proof.example/connect/0101?key=k");
    assert_eq!((view.status, view.test), (Status::Pending, false));
}

/// Old records must stay readable.
#[test]
fn the_question_keeps_its_form() {
    let mut record = signing_in(Environment::Live);
    record.begin_sign_in(attempt("s1"), at(1)).unwrap();
    let json = r#"{"form":"sign_in","auth_url":"https://proof.example/connect/0101?key=k","code":"X7K2M9","attempt":{"state":"s1","cookie":"c","verifier":"v","nonce":"n"}}"#;
    let question = &record.challenge.question;
    assert_eq!(serde_json::to_string(question).unwrap(), json);
    assert_eq!(&serde_json::from_str::<Question>(json).unwrap(), question);
    assert_eq!(
        serde_json::to_string(&bot(Environment::Live).challenge.question).unwrap(),
        r#"{"form":"bot_token","code":"X7K2M9"}"#
    );
    for printed in [format!("{record:?}"), format!("{:?}", attempt("s1"))] {
        assert!(
            !printed.contains("key=k") && !printed.contains("s1"),
            "{printed}"
        );
    }
}

#[test]
fn a_bot_s_token_stands_alone() {
    let read = |body: &str| {
        serde_json::from_str::<SubmitAnswer>(body)
            .unwrap()
            .submitted()
    };
    assert_eq!(
        read(r#"{"bot_token":"1:a"}"#),
        Ok(Submitted::BotToken("1:a".into()))
    );
    for more in [r#""challenge_code":"X7K2M9""#, r#""signature":"0x""#] {
        let refused = read(&format!(r#"{{"bot_token":"1:a",{more}}}"#)).unwrap_err();
        assert_eq!(refused.details[0].field, "bot_token");
    }
    assert!(!format!("{:?}", Submitted::BotToken("1:a".into())).contains("1:a"));
}
