//! What is told of a request, and when it is told late.

use serde_json::json;

use super::lifecycle_tests::{at, id, told, two, verify};
use super::*;
use crate::event::{Event, EventType};

#[test]
fn without_partial_ok_nobody_hears_of_parts() {
    let mut record = two();
    record.plan.partial_ok = false;
    verify(&mut record, 0, 1);
    assert_eq!(record.status, RequestStatus::Partial);
    assert!(told(&record).is_empty());
    record.settle(record.expires_at);
    let event = &announced(&record, b"secret")[0];
    assert_eq!(event.kind, EventType::RequestExpired);
    assert!(event.payload.contains(r#""proofs":[]"#) && !event.payload.contains("partial"));
    assert_eq!(record.view("").partial, None);
}

#[test]
fn what_is_there_at_the_end_is_told_where_parts_are_taken() {
    let mut record = two();
    verify(&mut record, 0, 1);
    record.settle(record.expires_at);
    let events = announced(&record, b"secret");
    assert_eq!(events[1].kind, EventType::RequestExpired);
    let payload: serde_json::Value = serde_json::from_str(&events[1].payload).unwrap();
    assert_eq!(payload["status"], "expired");
    assert_eq!(payload["partial"], true);
    assert_eq!(payload["proofs"][0]["proof_token"], "t");
    assert_eq!(payload["proofs"][0]["asset_index"], 0);
    assert_eq!(payload["id"], json!(events[1].id));
    assert_eq!(record.view("").partial, Some(true));
}

/// The ledger may have been away for a while: what is told then is what was so.
#[test]
fn what_is_told_late_is_told_as_it_was() {
    let mut record = two();
    verify(&mut record, 0, 1);
    verify(&mut record, 1, 2);
    record.reported(0, id(0, 0), Report::Revoked, at(3));
    let places: Vec<_> = announced(&record, b"secret")
        .iter()
        .map(|event| (event.kind, places_of(event)))
        .collect();
    assert_eq!(
        places,
        [
            (EventType::RequestPartial, vec![0]),
            (EventType::RequestCompleted, vec![0, 1])
        ]
    );
}

#[test]
fn what_was_withdrawn_before_is_not_told() {
    let mut record = two();
    verify(&mut record, 0, 1);
    record.reported(0, id(0, 0), Report::Revoked, at(2));
    record.settle(record.expires_at);
    let events = announced(&record, b"secret");
    assert_eq!(places_of(&events[0]), [0]);
    assert!(places_of(&events[1]).is_empty() && !events[1].payload.contains("partial\":"));
    // Proven anew, it is another proof.
    let mut record = two();
    verify(&mut record, 0, 1);
    record.reported(0, id(0, 0), Report::Revoked, at(2));
    verify(&mut record, 0, 3);
    let events = announced(&record, b"secret");
    assert!(places_of(&events[0]).is_empty());
    assert_eq!(places_of(&events[1]), [0]);
}

/// The assets whose proofs an event carries.
fn places_of(event: &Event) -> Vec<u64> {
    let payload: serde_json::Value = serde_json::from_str(&event.payload).unwrap();
    let proofs = payload["proofs"].as_array().unwrap().iter();
    proofs
        .map(|proof| proof["asset_index"].as_u64().unwrap())
        .collect()
}
