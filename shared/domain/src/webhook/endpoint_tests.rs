use proptest::prelude::*;

use super::*;
use crate::tenant::Environment;

fn create(json: &str) -> Result<PlannedEndpoint, ApiError> {
    serde_json::from_str::<CreateEndpoint>(json)
        .unwrap()
        .plan("proof.example")
}

fn update(json: &str) -> Result<PlannedUpdate, ApiError> {
    serde_json::from_str::<UpdateEndpoint>(json)
        .unwrap()
        .plan("proof.example")
}

#[test]
fn an_endpoint_needs_an_address_and_nothing_else() {
    let plan = create(r#"{"url":"HTTPS://YourApp.example/hooks?a=1"}"#).unwrap();
    assert_eq!(plan.url, "https://yourapp.example/hooks?a=1");
    assert!(plan.enabled);
    assert_eq!(plan.retry_schedule, RetrySchedule::Standard);
    assert_eq!(
        plan.subscription.events(),
        [
            EventType::VerificationCompleted,
            EventType::RequestCompleted,
            EventType::RequestPartial,
            EventType::RequestExpired
        ]
    );
    assert_eq!(plan.subscription.column(), None);
}

#[test]
fn what_is_not_an_endpoint_is_refused_by_name() {
    let long = format!(
        r#"{{"url":"https://a.example/","description":"{}"}}"#,
        "x".repeat(201)
    );
    for (body, field) in [
        (r#"{"url":"http://yourapp.example/"}"#, "url"),
        (r#"{"url":"https://127.0.0.1/"}"#, "url"),
        (r#"{"url":"https://api.proof.example/"}"#, "url"),
        (r#"{"url":"https://user:pass@yourapp.example/"}"#, "url"),
        (r#"{"url":""}"#, "url"),
        (r#"{"url":"https://a.example/","events":[]}"#, "events"),
        (
            r#"{"url":"https://a.example/","events":["webhook_endpoint.test"]}"#,
            "events",
        ),
        (
            r#"{"url":"https://a.example/","description":"a\u0007b"}"#,
            "description",
        ),
        (&long, "description"),
    ] {
        let error = create(body).unwrap_err();
        assert_eq!(error.details[0].field, field, "{body}");
        assert_eq!(error.code.status(), 400);
    }
    assert!(serde_json::from_str::<CreateEndpoint>(r#"{"url":"x","events":["no.such"]}"#).is_err());
    assert!(serde_json::from_str::<CreateEndpoint>(r#"{"url":"x","secret":"y"}"#).is_err());
}

#[test]
fn an_empty_description_is_none() {
    let plan = create(r#"{"url":"https://a.example/","description":"  "}"#).unwrap();
    assert_eq!(plan.description, None);
}

#[test]
fn a_change_tells_what_is_left_out_from_what_is_taken_away() {
    assert_eq!(update("{}").unwrap(), PlannedUpdate::default());
    let cleared = update(r#"{"events":null,"description":null}"#).unwrap();
    assert_eq!(cleared.subscription, Some(Subscription::default()));
    assert_eq!(cleared.description, Patch::Clear);
    let blank = update(r#"{"description":"  "}"#).unwrap();
    assert_eq!(blank.description, Patch::Clear);
    let changed = update(
        r#"{"url":"https://b.example/","events":["proof.revoked"],"description":"b","retry_schedule":"extended","enabled":false}"#,
    )
    .unwrap();
    assert_eq!(changed.url.as_deref(), Some("https://b.example/"));
    assert_eq!(
        changed.subscription.unwrap().column().as_deref(),
        Some(",proof.revoked,")
    );
    assert_eq!(changed.description, Patch::Set("b".into()));
    assert_eq!(changed.retry_schedule, Some(RetrySchedule::Extended));
    assert_eq!(changed.enabled, Some(false));
    assert_eq!(
        update(r#"{"url":"https://10.0.0.1/"}"#)
            .unwrap_err()
            .details[0]
            .field,
        "url"
    );
}

#[test]
fn the_same_request_has_the_same_fingerprint() {
    let one =
        create(r#"{"url":"https://a.example","events":["proof.revoked","verification.failed"]}"#);
    let two = create(
        r#"{"events":["verification.failed","proof.revoked","proof.revoked"],"url":"https://a.example/","enabled":true,"description":""}"#,
    );
    let other = create(r#"{"url":"https://a.example/"}"#);
    assert_eq!(
        one.as_ref().unwrap().fingerprint(),
        two.unwrap().fingerprint()
    );
    assert_ne!(one.unwrap().fingerprint(), other.unwrap().fingerprint());
}

#[test]
fn the_callback_one_has_a_name_and_an_id_of_each_owner() {
    let owner = |environment| Owner {
        organisation: "acme".into(),
        environment,
    };
    let live = callback_endpoint_id(b"s", &owner(Environment::Live));
    assert_ne!(live, callback_endpoint_id(b"s", &owner(Environment::Test)));
    let owner = owner(Environment::Live);
    assert_eq!(EndpointName::Callback.row(b"s", &owner), live);
    let name = |id| EndpointName::of_row(id, b"s", &owner);
    assert_eq!(name(live), EndpointName::Callback);
    let other = Id::from_bytes([1; 12]);
    assert_eq!(name(other), EndpointName::Id(other));
    assert_eq!(serde_json::to_value(name(live)).unwrap(), "callback");
    for text in ["callback", "010101010101010101010101"] {
        assert_eq!(EndpointName::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(EndpointName::parse("Callback"), None);
}

proptest! {
    #[test]
    fn a_subscription_survives_the_ledger(wanted in prop::collection::vec(0..EventType::ALL.len(), 1..12)) {
        let events: Vec<_> = wanted
            .into_iter()
            .map(|place| EventType::ALL[place])
            .filter(|kind| *kind != EventType::EndpointTest)
            .collect();
        prop_assume!(!events.is_empty());
        let subscription = Subscription::of(Some(events.clone())).unwrap();
        let column = subscription.column();
        prop_assert_eq!(&Subscription::from_column(column.as_deref()), &subscription);
        for kind in EventType::ALL {
            prop_assert_eq!(subscription.wants(kind), events.contains(&kind));
            // The condition that the ledger's statement asks.
            let found = column.as_deref().unwrap().contains(&format!(",{kind},"));
            prop_assert_eq!(found, events.contains(&kind));
        }
    }

    #[test]
    fn nothing_makes_planning_panic(url in "\\PC{0,60}", description in "\\PC{0,220}") {
        let body = CreateEndpoint { url, events: None, description: Some(description), retry_schedule: None, enabled: None };
        let _ = body.plan("proof.example");
    }
}
