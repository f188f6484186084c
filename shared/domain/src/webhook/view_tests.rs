use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::tenant::Owner;
use crate::webhook::Subscription;

fn id(byte: u8) -> Id {
    Id::from_bytes([byte; 12])
}

fn endpoint() -> Endpoint {
    Endpoint {
        id: id(1),
        owner: Owner {
            organisation: "acme".into(),
            environment: Environment::Test,
        },
        url: "https://yourapp.example/hooks".into(),
        description: None,
        subscription: Subscription::from_column(Some(",proof.revoked,")),
        retry_schedule: RetrySchedule::Extended,
        disabled: Some((DisabledReason::Gone, Timestamp::from_seconds(60))),
        failing_since: Some(Timestamp::from_seconds(30)),
        failures: 4,
        last_success_at: None,
        previous_secret_until: Some(Timestamp::from_seconds(100)),
        created_at: Timestamp::from_seconds(0),
        updated_at: Timestamp::from_seconds(60),
    }
}

#[test]
fn an_endpoint_says_how_it_does() {
    let view = |now| {
        serde_json::to_value(EndpointView::of(&endpoint(), Timestamp::from_seconds(now))).unwrap()
    };
    assert_eq!(
        view(99),
        json!({
            "id": "010101010101010101010101",
            "url": "https://yourapp.example/hooks",
            "events": ["proof.revoked"],
            "retry_schedule": "extended",
            "status": "disabled",
            "disabled_reason": "gone",
            "disabled_at": "1970-01-01T00:01:00Z",
            "failing_since": "1970-01-01T00:00:30Z",
            "consecutive_failures": 4,
            "previous_secret_expires_at": "1970-01-01T00:01:40Z",
            "created_at": "1970-01-01T00:00:00Z",
            "updated_at": "1970-01-01T00:01:00Z",
            "test_mode": true
        })
    );
    assert!(view(100).get("previous_secret_expires_at").is_none());
}

#[test]
fn a_secret_is_shown_in_answers_and_nowhere_else() {
    let secret = WebhookSecret::from_random(&[7; 32]);
    let created = CreatedEndpoint {
        endpoint: EndpointView::of(&endpoint(), Timestamp::from_seconds(0)),
        secret: (&secret).into(),
    };
    let json = serde_json::to_value(&created).unwrap();
    assert_eq!(json["secret"], secret.as_str());
    assert_eq!(json["id"], "010101010101010101010101");
    assert!(!format!("{created:?}").contains("whsec_"));
}

#[test]
fn a_trial_says_what_it_is() {
    let told = |kind, endpoint: Endpoint| {
        EndpointEvent::told(id(2), kind, &endpoint, Timestamp::from_seconds(0))
    };
    let well = Endpoint {
        disabled: None,
        ..endpoint()
    };
    let event = told(EventType::EndpointTest, well);
    assert_eq!(
        event.payload,
        r#"{"id":"020202020202020202020202","event":"webhook_endpoint.test","test":true,"created_at":"1970-01-01T00:00:00Z","endpoint_id":"010101010101010101010101","url":"https://yourapp.example/hooks","status":"enabled"}"#
    );
    assert_eq!((event.id, event.owner), (id(2), endpoint().owner));
    assert_eq!(event.endpoint_id, Some(endpoint().id));
    let off = Endpoint {
        disabled: Some((DisabledReason::Gone, Timestamp::from_seconds(0))),
        ..endpoint()
    };
    let event = told(EventType::EndpointDisabled, off);
    assert!(
        event
            .payload
            .ends_with(r#""status":"disabled","disabled_reason":"gone"}"#)
    );
}

#[test]
fn rates_have_two_decimals() {
    let rate = |delivered, failed, pending| {
        let stats = DeliveryStats::of([
            (DeliveryStatus::Delivered, delivered),
            (DeliveryStatus::Failed, failed),
            (DeliveryStatus::Pending, pending),
        ]);
        serde_json::to_string(&stats.success_rate).unwrap()
    };
    assert_eq!(rate(142, 5, 3), "94.67");
    assert_eq!(rate(0, 0, 0), "0.0");
    assert_eq!(rate(1, 0, 0), "100.0");
    assert_eq!(rate(1, 2, 0), "33.33");
    assert_eq!(rate(2, 1, 0), "66.67");
    assert_eq!(rate(0, 1, 1), "0.0");
    assert_eq!(rate(1, 1_999, 0), "0.05");
}

#[test]
fn the_feed_goes_on_after_its_last_event() {
    let event = |byte| EventView {
        id: id(byte),
        kind: EventType::VerificationCompleted,
        request_id: None,
        verification_id: None,
        endpoint_id: None,
        external_user_id: None,
        payload: None,
        created_at: Timestamp::from_seconds(0),
        test_mode: None,
    };
    let list = |count: u8, after| EventList::of((1..=count).map(event).collect(), 2, after);
    let next = |list: &EventList| {
        (
            list.data.len(),
            list.pagination.next_cursor,
            list.pagination.has_more,
        )
    };
    assert_eq!(next(&list(0, None)), (0, None, false));
    assert_eq!(next(&list(0, Some(id(9)))), (0, Some(id(9)), false));
    assert_eq!(next(&list(2, None)), (2, Some(id(2)), false));
    assert_eq!(next(&list(3, None)), (2, Some(id(2)), true));
}

proptest! {
    #[test]
    fn a_rate_is_between_none_and_all(delivered in 0..u64::MAX / 4, failed in 0..u64::MAX / 4, pending in 0..u64::MAX / 4) {
        let stats = DeliveryStats::of([
            (DeliveryStatus::Delivered, delivered),
            (DeliveryStatus::Failed, failed),
            (DeliveryStatus::Pending, pending),
        ]);
        prop_assert!((0.0..=100.0).contains(&stats.success_rate));
        prop_assert_eq!(stats.total, delivered + failed + pending);
    }
}
