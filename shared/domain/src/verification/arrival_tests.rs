//! Messages from the right phone, the wrong one, and ones that come again.

use proptest::prelude::*;

use super::*;
use crate::inbound::{Arrival, Arrived, DeliveryReport, Sender};
use crate::tenant::Environment;
use crate::verification::tests::{at, new_proof, sent, shown};

const NUMBER: &str = "+37069199199";

fn phone(environment: Environment) -> Verification {
    Verification {
        kind: AssetType::Phone,
        channel: Channel::Whatsapp,
        identifier: NUMBER.into(),
        ..shown(environment)
    }
}

fn arrival(id: &str, sender: Option<Sender>) -> Arrival {
    Arrival {
        channel: Channel::Whatsapp,
        account: None,
        code: "digest".into(),
        message_id: id.into(),
        sender,
    }
}

fn from(id: &str, number: &str) -> Arrival {
    arrival(id, Some(Sender::Number(number.into())))
}

fn give(record: &mut Verification, arrival: &Arrival, seconds: i64) -> Arrived {
    record.arrived(arrival, |code| code == "X7K2M9", new_proof(), at(seconds))
}

fn verified() -> Arrived {
    Arrived::Verified {
        organisation: "Acme".into(),
    }
}

#[test]
fn the_right_number_with_the_right_code_proves_it() {
    let mut record = phone(Environment::Live);
    assert_eq!(give(&mut record, &from("m1", NUMBER), 1), verified());
    assert_eq!(record.status(), Status::Verified);
    assert_eq!(record.revision, 2);
}

#[test]
fn another_number_leaves_it_pending_and_is_not_told() {
    let mut record = phone(Environment::Live);
    let another = from("m1", "+37060000001");
    assert_eq!(give(&mut record, &another, 1), Arrived::AnotherNumber);
    assert_eq!(record.status(), Status::Pending);
    assert_eq!(record.failed_attempts, 0);
    let view = serde_json::to_string(&record.view()).unwrap();
    assert!(view.contains("sender_mismatch") && !view.contains("37060000001"));
    assert!(
        !serde_json::to_string(&record)
            .unwrap()
            .contains("37060000001")
    );
    // The right phone is not kept from answering.
    assert_eq!(give(&mut record, &from("m2", NUMBER), 2), verified());
}

#[test]
fn a_sender_that_is_not_known_is_asked_for() {
    let mut record = phone(Environment::Live);
    let needed = Arrived::NumberNeeded {
        organisation: "Acme".into(),
    };
    assert_eq!(give(&mut record, &arrival("m1", None), 1), needed);
    let others = arrival("m2", Some(Sender::OthersContact));
    assert_eq!(give(&mut record, &others, 2), Arrived::AnotherContact);
    assert_eq!(
        record.checks.last.as_ref().unwrap().result,
        "contact_mismatch"
    );
    assert_eq!(record.status(), Status::Pending);
    assert_eq!(give(&mut record, &from("m3", NUMBER), 3), verified());
}

#[test]
fn a_message_that_comes_again_changes_nothing() {
    let mut record = phone(Environment::Live);
    give(&mut record, &from("m1", "+37060000001"), 1);
    let before = record.clone();
    let again = give(&mut record, &from("m1", "+37060000001"), 2);
    assert_eq!((again, &record), (Arrived::Repeated, &before));
    give(&mut record, &from("m2", NUMBER), 3);
    let done = record.clone();
    let again = give(&mut record, &from("m2", NUMBER), 4);
    assert_eq!((again, &record), (Arrived::Repeated, &done));
    // Another message with the same code is told the same, and makes no second proof.
    assert_eq!(give(&mut record, &from("m3", NUMBER), 5), verified());
    assert_eq!(record.state, done.state);
    assert_eq!(record.revision, done.revision);
}

#[test]
fn what_does_not_fit_is_as_if_nothing_waited() {
    let wrong_channel = Arrival {
        channel: Channel::Sms,
        ..from("m1", NUMBER)
    };
    let another_account = Arrival {
        account: Some("umbrella".into()),
        ..from("m1", NUMBER)
    };
    let own_account = Arrival {
        account: Some("acme".into()),
        ..from("m1", NUMBER)
    };
    for odd in [&wrong_channel, &another_account, &own_account] {
        let mut record = phone(Environment::Live);
        let before = record.clone();
        assert_eq!(give(&mut record, odd, 1), Arrived::Over);
        assert_eq!(record, before);
    }
    let mut own = Verification {
        own_channel: true,
        ..phone(Environment::Live)
    };
    assert_eq!(give(&mut own, &from("m1", NUMBER), 1), Arrived::Over);
    assert_eq!(give(&mut own, &another_account, 1), Arrived::Over);
    assert_eq!(give(&mut own, &own_account, 1), verified());

    let mut record = phone(Environment::Live);
    let wrong = record.arrived(&from("m1", NUMBER), |_| false, new_proof(), at(1));
    assert_eq!(wrong, Arrived::Over);
    assert_eq!(record.seen_messages, Vec::<String>::new());

    let mut emailed = sent(Environment::Live);
    assert_eq!(give(&mut emailed, &from("m1", NUMBER), 1), Arrived::Over);
}

#[test]
fn no_message_completes_a_test_verification() {
    let mut record = phone(Environment::Test);
    let before = record.clone();
    assert_eq!(give(&mut record, &from("m1", NUMBER), 1), Arrived::Over);
    assert_eq!(record, before);
}

#[test]
fn a_message_after_the_end_changes_nothing() {
    let mut record = phone(Environment::Live);
    assert_eq!(give(&mut record, &from("m1", NUMBER), 600), Arrived::Over);
    assert_eq!(record.status(), Status::Expired);
    let mut record = phone(Environment::Live);
    assert_eq!(give(&mut record, &from("m1", NUMBER), 599), verified());
}

#[test]
fn few_messages_are_remembered() {
    let mut record = phone(Environment::Live);
    for n in 0..100 {
        give(&mut record, &from(&format!("m{n}"), "+37060000001"), 1);
    }
    assert_eq!(record.seen_messages.len(), 20);
    assert!(serde_json::to_string(&record).unwrap().len() < 2_000);
}

#[test]
fn reports_count_for_the_last_message_only() {
    let failed = || DeliveryReport::Failed("twilio_30003".into());
    let state = |record: &Verification| {
        let delivery = record.delivery.clone().unwrap();
        (delivery.status, delivery.error)
    };
    let mut record = sent(Environment::Live);
    record.handed_over(Ok(()), at(2));
    record.reported(2, DeliveryReport::Delivered, at(3));
    assert_eq!(
        state(&record),
        (DeliveryStatus::Sent, None),
        "another message"
    );
    record.reported(1, failed(), at(4));
    assert_eq!(
        state(&record),
        (DeliveryStatus::Failed, Some("twilio_30003".into()))
    );
    record.reported(1, DeliveryReport::Delivered, at(5));
    assert_eq!(state(&record), (DeliveryStatus::Delivered, None));
    let before = record.clone();
    record.reported(1, failed(), at(6));
    record.reported(1, DeliveryReport::Delivered, at(7));
    assert_eq!(record, before);
    let mut test = sent(Environment::Test);
    test.reported(1, DeliveryReport::Delivered, at(1));
    assert_eq!(state(&test), (DeliveryStatus::Skipped, None));
    let mut none = phone(Environment::Live);
    none.reported(1, DeliveryReport::Delivered, at(1));
    assert_eq!(none.delivery, None);
}

#[test]
fn old_records_stay_readable_and_new_ones_carry_only_what_they_need() {
    let mut record = phone(Environment::Live);
    let text = serde_json::to_string(&record).unwrap();
    assert!(!text.contains("seen_messages"));
    give(&mut record, &from("m1", "+37060000001"), 1);
    let text = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<Verification>(&text).unwrap(), record);
}

proptest! {
    /// Whatever comes in whatever order: only a right code from the right number proves, and once.
    #[test]
    fn only_the_right_number_ever_proves(
        steps in proptest::collection::vec((0u8..6, 0usize..4, any::<bool>(), 0i64..700), 0..30)
    ) {
        let mut record = phone(Environment::Live);
        let mut clock = 0;
        let mut may_be_verified = false;
        for (id, who, right, wait) in steps {
            clock += wait / 10;
            let sender = match who {
                0 => Some(Sender::Number(NUMBER.into())),
                1 => Some(Sender::Number("+37060000001".into())),
                2 => Some(Sender::OthersContact),
                _ => None,
            };
            let message = arrival(&format!("m{id}-{who}-{right}"), sender);
            let outcome = record.arrived(&message, |_| right, new_proof(), at(clock));
            may_be_verified |= who == 0 && right && clock < 600;
            prop_assert_eq!(record.status() == Status::Verified, may_be_verified);
            if who != 0 || !right {
                let is_verified = matches!(outcome, Arrived::Verified { .. });
                prop_assert!(!is_verified);
            }
            let verified = record.history.iter().filter(|change| change.status == Status::Verified);
            prop_assert!(verified.count() <= 1);
        }
    }
}
