use super::*;
use crate::tenant::Environment;
use crate::timestamp::Timestamp;
use crate::verification::tests::{at, new_proof, sent, submit};
use crate::verification::{Answer, AssetOf, State};

fn signed(verification: &mut Verification) {
    if let State::Verified { proof, .. } | State::Revoked { proof, .. } = &mut verification.state {
        proof.token = Some("t".into());
    }
}

fn payload(event: &Event) -> serde_json::Value {
    serde_json::from_str(&event.payload).unwrap()
}

fn kinds(verification: &Verification) -> Vec<EventType> {
    let events = verification.announced(b"secret");
    events.into_iter().map(|event| event.kind).collect()
}

#[test]
fn a_beginning_is_no_event() {
    let record = sent(Environment::Live);
    assert!(!record.owes_events());
    assert!(record.announced(b"secret").is_empty());
}

#[test]
fn a_completed_one_is_told_with_its_proof() {
    let mut record = sent(Environment::Test);
    record.external_user_id = Some("user_1".into());
    record.callback_url = Some("https://a.example/".into());
    submit(&mut record, Answer::Right, at(5)).unwrap();
    signed(&mut record);
    assert!(record.owes_events());
    let [event] = &record.announced(b"secret")[..] else {
        unreachable!()
    };
    assert_eq!(event.callback_url.as_deref(), Some("https://a.example/"));
    assert_eq!(
        payload(event),
        serde_json::json!({
            "id": event.id, "event": "verification.completed", "test": true,
            "created_at": "2026-02-04T10:50:05Z",
            "verification_id": "010101010101010101010101", "status": "verified",
            "type": "email", "channel": "email", "identifier": "a@example.com",
            "external_user_id": "user_1",
            "proofs": [{
                "verification_id": "010101010101010101010101", "type": "email", "channel": "email",
                "identifier": "a@example.com", "verified_at": "2026-02-04T10:50:05Z",
                "proof_token": "t", "expires_at": "2026-03-06T10:50:05Z",
            }],
        })
    );
    record.told.events = record.history.len();
    assert!(!record.owes_events() && record.announced(b"secret").is_empty());
}

#[test]
fn live_ones_do_not_say_that_they_are_tests() {
    let mut record = sent(Environment::Live);
    record.settle(Timestamp::from_seconds(i64::MAX));
    let [event] = &record.announced(b"secret")[..] else {
        unreachable!()
    };
    assert_eq!(event.kind, EventType::VerificationExpired);
    let payload = payload(event);
    assert_eq!(
        (payload.get("test"), &payload["status"]),
        (None, &"expired".into())
    );
    assert_eq!(payload["proofs"], serde_json::json!([]));
}

#[test]
fn each_entry_is_told_as_it_was_and_under_its_own_id() {
    let mut record = sent(Environment::Live);
    submit(&mut record, Answer::Right, at(5)).unwrap();
    signed(&mut record);
    record
        .revoke(crate::revocation::RevocationReason::Fraud, at(9))
        .unwrap();
    let events = record.announced(b"secret");
    assert_eq!(
        kinds(&record),
        [EventType::VerificationCompleted, EventType::ProofRevoked]
    );
    assert_ne!(events[0].id, events[1].id);
    assert_eq!(payload(&events[0])["status"], "verified");
    assert_eq!(payload(&events[1])["status"], "revoked");
    assert_eq!(payload(&events[1])["revoked_reason"], "fraud");
    assert_eq!(payload(&events[1])["proofs"], serde_json::json!([]));
    // Told once, the rest has the same ids as before.
    record.told.events = 2;
    assert_eq!(record.announced(b"secret"), events[1..]);
}

#[test]
fn a_verification_that_failed_is_told() {
    let mut record = sent(Environment::Live);
    for _ in 0..5 {
        let _ = submit(&mut record, Answer::Wrong, at(5));
    }
    assert_eq!(kinds(&record), [EventType::VerificationFailed]);
    // Asking again for a completed one changes nothing.
    let _ = record.complete_in_test(new_proof(), at(6));
    assert_eq!(kinds(&record), [EventType::VerificationFailed]);
}

#[test]
fn parts_of_a_request_leave_its_callback_address_alone() {
    let mut record = sent(Environment::Live);
    record.callback_url = Some("https://a.example/".into());
    record.request = Some(AssetOf {
        request_id: Id::from_bytes([9; 12]),
        asset: 2,
    });
    submit(&mut record, Answer::Right, at(5)).unwrap();
    signed(&mut record);
    let [event] = &record.announced(b"secret")[..] else {
        unreachable!()
    };
    assert_eq!(event.callback_url, None);
    assert_eq!(event.request_id, Some(Id::from_bytes([9; 12])));
    assert_eq!(payload(event)["proofs"][0]["asset_index"], 2);
}
