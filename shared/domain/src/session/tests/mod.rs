//! The life of a session, state by state; `forms` has what is written, shown and stored.

mod forms;

use proptest::prelude::*;

use super::*;
use crate::error::ErrorCode;
use crate::inbound::{Arrival, Arrived, Sender};
use crate::limits;
use crate::tenant::Environment;
use crate::verification::{NewProof, Status as VerificationStatus};

const START: i64 = 1_770_202_200;
const NUMBER: &str = "+37069199199";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

fn new_proof() -> NewProof {
    NewProof {
        jti: Id::from_bytes([7; 12]),
        salt: "00".repeat(16),
    }
}

fn linked() -> Id {
    Id::from_bytes([2; 12])
}

fn session(environment: Environment) -> Session {
    Session {
        id: Id::from_bytes([1; 12]),
        owner: Owner {
            organisation: "acme".into(),
            environment,
        },
        organisation_name: "Acme".into(),
        channel: SessionChannel::Whatsapp,
        external_user_id: Some("user_1".into()),
        client_metadata: None,
        fingerprint: "f".into(),
        repeatable: false,
        own_channel: false,
        invitation: Invitation {
            code: "X7K2M9".into(),
            deep_link: "https://wa.me/12025550100?text=X7K2M9".into(),
            image_key: "ab".repeat(16),
        },
        expires_at: at(600),
        state: State::Pending,
        created_at: at(0),
        updated_at: at(0),
        history: vec![Change {
            status: SessionStatus::Pending,
            at: at(0),
        }],
        told: Told::default(),
    }
}

fn live() -> Session {
    session(Environment::Live)
}

fn from(number: &str) -> Sender {
    Sender::Number(number.into())
}

fn arrival(sender: Option<Sender>) -> Arrival {
    Arrival {
        channel: Channel::Whatsapp,
        account: None,
        code: "digest".into(),
        message_id: "wamid.1".into(),
        sender,
    }
}

impl Session {
    /// A message of the right code over the right account.
    fn answered(&mut self, sender: &Sender, verification_id: Id, now: Timestamp) -> Arrived {
        let arrival = arrival(Some(sender.clone()));
        self.arrived(&arrival, |code| code == "X7K2M9", verification_id, now)
    }
}

fn verified() -> Arrived {
    Arrived::Verified {
        organisation: "Acme".into(),
    }
}

#[test]
fn the_first_number_is_captured_and_stays() {
    let mut session = live();
    assert_eq!(
        session.answered(&from("+370 691 99199"), linked(), at(10)),
        verified()
    );
    let captured = session.clone();
    let view = session.view("https://proof.example");
    assert_eq!(view.phone_number.as_deref(), Some(NUMBER));
    assert_eq!(view.verification_id, Some(linked()));
    assert_eq!(view.verified_at, Some(at(10)));
    for (late, outcome) in [
        (from(NUMBER), verified()),
        (from("+14155552671"), Arrived::Over),
        (from("+19002345678"), Arrived::Over),
        (Sender::OthersContact, Arrived::Over),
    ] {
        assert_eq!(session.answered(&late, linked(), at(11)), outcome);
        assert_eq!(session, captured);
    }
}

#[test]
fn somebody_elses_contact_fails_the_session() {
    let mut session = live();
    assert_eq!(
        session.answered(&Sender::OthersContact, linked(), at(1)),
        Arrived::Failed
    );
    assert_eq!(session.status(), SessionStatus::Failed);
    let view = session.view("");
    assert_eq!(view.failure_reason, Some(SessionFailure::ContactMismatch));
    assert_eq!((view.failed_at, view.phone_number), (Some(at(1)), None));
    assert_eq!(
        session.answered(&from(NUMBER), linked(), at(2)),
        Arrived::Over
    );
    assert_eq!(session.verification(new_proof()), None);
}

#[test]
fn a_number_that_cannot_be_proven_fails_the_session() {
    for number in [
        "",
        "370691",
        "+999123456789",
        "+19002345678",
        "sip:me",
        "+370691\u{200b}99199",
    ] {
        let mut session = live();
        assert_eq!(
            session.answered(&from(number), linked(), at(1)),
            Arrived::Failed,
            "{number}"
        );
        assert_eq!(
            session.view("").failure_reason,
            Some(SessionFailure::NumberNotSupported)
        );
    }
}

#[test]
fn a_session_ends_exactly_when_it_says() {
    let mut early = live();
    assert_eq!(early.answered(&from(NUMBER), linked(), at(599)), verified());
    let mut late = live();
    assert_eq!(
        late.answered(&from(NUMBER), linked(), at(600)),
        Arrived::Over
    );
    assert_eq!(late.status(), SessionStatus::Expired);
    assert_eq!(late.view("").expired_at, Some(at(600)));
    assert!(!late.is_overdue(at(700)));
}

#[test]
fn a_real_message_never_completes_a_test_session() {
    let mut session = session(Environment::Test);
    for sender in [from(NUMBER), Sender::OthersContact] {
        assert_eq!(session.answered(&sender, linked(), at(1)), Arrived::Over);
        assert_eq!(session.status(), SessionStatus::Pending);
    }
    session.complete_in_test(NUMBER, linked(), at(2)).unwrap();
    assert_eq!(session.status(), SessionStatus::Verified);
    assert_eq!(
        session.answered(&from(NUMBER), linked(), at(3)),
        Arrived::Over
    );
    let view = session.view("");
    assert_eq!((view.test_mode, view.proof), (Some(true), None));
}

#[test]
fn a_message_counts_for_the_session_of_its_channel_account_and_code() {
    let right = arrival(Some(from(NUMBER)));
    let of_acme = Arrival {
        account: Some("acme".into()),
        ..right.clone()
    };
    let of_others = Arrival {
        account: Some("other".into()),
        ..right.clone()
    };
    let elsewhere = Arrival {
        channel: Channel::Telegram,
        ..right.clone()
    };
    let operators = live();
    let own = Session {
        own_channel: true,
        ..live()
    };
    for (session, arrival, code, counts) in [
        (&operators, &right, true, true),
        (&operators, &right, false, false),
        (&operators, &of_acme, true, false),
        (&operators, &elsewhere, true, false),
        (&own, &of_acme, true, true),
        (&own, &of_others, true, false),
        (&own, &right, true, false),
    ] {
        let mut session = session.clone();
        let before = session.clone();
        let outcome = session.arrived(arrival, |_| code, linked(), at(1));
        if counts {
            assert_eq!(outcome, verified());
        } else {
            assert_eq!((outcome, session), (Arrived::Over, before));
        }
    }
}

#[test]
fn a_code_without_a_number_waits_as_long_as_the_session() {
    let mut session = live();
    let anonymous =
        |session: &mut Session, now| session.arrived(&arrival(None), |_| true, linked(), at(now));
    let needed = Arrived::NumberNeeded {
        organisation: "Acme".into(),
    };
    assert_eq!(anonymous(&mut session, 599), needed);
    assert_eq!(session.status(), SessionStatus::Pending);
    assert_eq!(anonymous(&mut session, 600), Arrived::Over);
    assert_eq!(session.status(), SessionStatus::Expired);
    let mut done = live();
    done.answered(&from(NUMBER), linked(), at(1));
    assert_eq!(anonymous(&mut done, 2), Arrived::Over);
}

#[test]
fn only_test_mode_takes_a_callers_word() {
    let code = |session: &mut Session, number: &str, now| {
        session
            .complete_in_test(number, linked(), now)
            .unwrap_err()
            .code
    };
    let mut live = live();
    let before = live.clone();
    assert_eq!(code(&mut live, NUMBER, at(1)), ErrorCode::Forbidden);
    assert_eq!(code(&mut live, "x", at(1)), ErrorCode::Forbidden);
    assert_eq!(live, before);

    let mut test = session(Environment::Test);
    assert_eq!(code(&mut test, "x", at(1)), ErrorCode::InvalidIdentifier);
    assert_eq!(test.status(), SessionStatus::Pending);
    assert_eq!(
        code(&mut test, NUMBER, at(600)),
        ErrorCode::ChallengeExpired
    );
    let mut done = session(Environment::Test);
    done.complete_in_test(NUMBER, linked(), at(1)).unwrap();
    assert_eq!(code(&mut done, NUMBER, at(2)), ErrorCode::AlreadyVerified);
}

#[test]
fn the_linked_verification_is_complete() {
    let mut session = live();
    assert_eq!(session.verification(new_proof()), None);
    assert_eq!(session.verification_id(), None);
    session.answered(&from(NUMBER), linked(), at(10));
    assert!(session.owes_verification());
    let verification = session.verification(new_proof()).unwrap();
    assert_eq!(verification.id, linked());
    assert_eq!(session.verification_id(), Some(linked()));
    assert_eq!(verification.status(), VerificationStatus::Verified);
    assert_eq!(verification.identifier, NUMBER);
    assert_eq!(verification.external_user_id.as_deref(), Some("user_1"));
    let (proof, verified_at) = verification.proof().unwrap();
    assert_eq!((verified_at, proof.issued_at), (at(10), at(10)));
    assert_eq!(proof.expires_at, at(10).plus_seconds(limits::PROOF_SECONDS));
    assert!(verification.owes_ledger());
    let view = verification.view();
    assert_eq!(view.challenge, None);
    // Both are kept equally long.
    session.told.verification = true;
    assert_eq!(session.kept_from(), verification.kept_from());
    // Another session's verification is another one, whoever owns it.
    let other = Session {
        id: Id::from_bytes([9; 12]),
        ..session.clone()
    };
    assert_ne!(
        other.verification(new_proof()).unwrap().fingerprint,
        verification.fingerprint
    );
}

#[derive(Clone, Debug)]
enum Step {
    Message(Sender),
    Test(String),
    Look(String),
    Time(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let numbers = prop_oneof![
        Just(NUMBER.to_owned()),
        Just("+14155552671".to_owned()),
        Just("+19002345678".to_owned()),
        "\\PC{0,20}",
    ];
    let step = prop_oneof![
        numbers
            .clone()
            .prop_map(|number| Step::Message(Sender::Number(number))),
        Just(Step::Message(Sender::OthersContact)),
        numbers.prop_map(Step::Test),
        "[a-f0-9]{0,32}".prop_map(Step::Look),
        (0_i64..400).prop_map(Step::Time),
    ];
    prop::collection::vec(step, 0..12)
}

proptest! {
    #[test]
    fn it_ends_once_and_what_it_captured_stays(test: bool, steps in steps()) {
        let environment = if test { Environment::Test } else { Environment::Live };
        let mut session = session(environment);
        let mut now = 0;
        let mut end: Option<State> = None;
        for step in steps {
            match step {
                Step::Message(sender) => { session.answered(&sender, linked(), at(now)); }
                Step::Test(number) => { let _ = session.complete_in_test(&number, linked(), at(now)); }
                Step::Look(key) => prop_assert!(session.picture(&key, at(now)).is_err()),
                Step::Time(passed) => { now += passed; session.settle(at(now)); }
            }
            if let Some(end) = &end {
                prop_assert_eq!(end, &session.state);
            } else if session.status().is_terminal() {
                end = Some(session.state.clone());
            }
            let ends = session.history.iter().filter(|change| change.status.is_terminal()).count();
            prop_assert_eq!(ends, usize::from(end.is_some()));
            prop_assert_eq!(session.verification(new_proof()).is_some(),
                session.status() == SessionStatus::Verified);
        }
    }
}
