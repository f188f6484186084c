//! What of a session is written, shown and stored.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn pictures_open_with_their_key_while_they_lead_anywhere() {
    let mut session = live();
    let key = session.invitation.image_key.clone();
    assert_eq!(
        session.picture(&key, at(1)).unwrap(),
        session.invitation.deep_link
    );
    for wrong in ["", "ab", &key[1..], &format!("{key}a"), &key.to_uppercase()] {
        let error = session.picture(wrong, at(1)).unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound, "{wrong}");
    }
    assert_eq!(
        session.picture(&key, at(600)).unwrap_err().code,
        ErrorCode::NotFound
    );
    assert_eq!(session.status(), SessionStatus::Expired);
}

#[test]
fn what_is_over_shows_no_way_in() {
    let mut session = live();
    let pending = session.view("https://proof.example");
    assert_eq!(pending.deep_link, pending.qr_code);
    assert_eq!(
        pending.qr_png_url.unwrap(),
        format!(
            "https://proof.example/api/v1/sessions/sess_{}/qr.png?key={}",
            "01".repeat(12),
            "ab".repeat(16)
        )
    );
    session.settle(at(600));
    let over = serde_json::to_string(&session.view("https://proof.example")).unwrap();
    assert!(!over.contains("X7K2M9") && !over.contains("abab"), "{over}");
}

#[test]
fn only_codes_that_people_type_are_in_the_index() {
    let mut session = live();
    assert!(session.owes_index());
    session.told.index = true;
    assert!(!session.owes_index());
    session.settle(at(600));
    assert!(session.owes_index(), "the code has to go");
    assert_eq!(session.kept_from(), Some(at(600)));

    let mut named = live();
    named.invitation.code = named.name().to_string();
    assert!(!named.owes_index());
    let mut test = super::session(Environment::Test);
    test.told.index = false;
    assert!(!test.owes_index());
}

#[test]
fn events_follow_the_history() {
    let mut session = live();
    session.answered(&from(NUMBER), linked(), at(10));
    assert_eq!(session.event(0), None);
    assert_eq!(session.event(1).unwrap().status, SessionStatus::Pending);
    assert_eq!(
        serde_json::to_value(session.event(2).unwrap()).unwrap(),
        json!({"id": format!("sess_{}", "01".repeat(12)), "status": "verified", "at": at(10)})
    );
    assert_eq!(session.event(3), None);
}

#[test]
fn names_have_one_spelling() {
    let id = SessionId(Id::from_bytes([1; 12]));
    assert_eq!(SessionId::parse(&id.to_string()), Some(id));
    for wrong in [
        "",
        "sess_",
        "010101010101010101010101",
        "sess_01010101010101010101010",
        "sess_0101010101010101010101010",
        "SESS_010101010101010101010101",
        "sess_01010101010101010101010A",
        "sess_sess_010101010101010101010101",
        " sess_010101010101010101010101",
    ] {
        assert_eq!(SessionId::parse(wrong), None, "{wrong}");
    }
    assert!(Id::parse("sess_010101010101010101010101").is_none());
}

fn create(body: serde_json::Value) -> Result<PlannedSession, String> {
    serde_json::from_value::<CreateSession>(body)
        .map_err(|error| error.to_string())?
        .plan()
        .map_err(|error| error.message.into_owned())
}

#[test]
fn requests_are_checked() {
    let plan = create(json!({"channel": "telegram"})).unwrap();
    assert_eq!(plan.channel, SessionChannel::Telegram);
    for wrong in [
        json!({}),
        json!({"channel": "sms"}),
        json!({"channel": "Telegram"}),
        json!({"channel": null}),
        json!({"channel": "telegram", "identifier": NUMBER}),
        json!({"channel": "telegram", "external_user_id": ""}),
        json!({"channel": "telegram", "external_user_id": "a\nb"}),
        json!({"channel": "telegram", "external_user_id": "a".repeat(256)}),
        json!({"channel": "telegram", "client_metadata": []}),
        json!({"channel": "telegram", "client_metadata": {"a": "a".repeat(5_000)}}),
    ] {
        assert!(create(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn equal_requests_have_equal_fingerprints() {
    let of = |body| create(body).unwrap().fingerprint();
    let one = of(json!({"channel": "telegram", "client_metadata": {"a": 1}}));
    assert_eq!(
        one,
        of(json!({"client_metadata": {"a": 1}, "channel": "telegram"}))
    );
    assert_ne!(one, of(json!({"channel": "telegram"})));
    assert_ne!(
        one,
        of(json!({"channel": "whatsapp", "client_metadata": {"a": 1}}))
    );
}

/// Records outlive deployments.
#[test]
fn the_stored_form_stays_readable() {
    let stored = r#"{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","channel":"whatsapp","external_user_id":"user_1","fingerprint":"f","invitation":{"code":"X7K2M9","deep_link":"https://wa.me/12025550100?text=X7K2M9","image_key":"abababababababababababababababab"},"expires_at":"2026-02-04T11:00:00Z","state":{"status":"verified","at":"2026-02-04T10:50:10Z","phone_number":"+37069199199","verification_id":"020202020202020202020202"},"created_at":"2026-02-04T10:50:00Z","updated_at":"2026-02-04T10:50:10Z","history":[{"status":"pending","at":"2026-02-04T10:50:00Z"},{"status":"verified","at":"2026-02-04T10:50:10Z"}],"told":{"index":false,"verification":false}}"#;
    let mut session = live();
    session.answered(&from(NUMBER), linked(), at(10));
    assert_eq!(serde_json::to_string(&session).unwrap(), stored);
    assert_eq!(serde_json::from_str::<Session>(stored).unwrap(), session);
}

#[test]
fn nothing_personal_or_secret_is_printed() {
    let mut session = live();
    session.answered(&from(NUMBER), linked(), at(10));
    let printed = format!("{session:?} {:?} {:?}", from(NUMBER), session.state);
    for secret in [NUMBER, "X7K2M9", "abab"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_a_name_panic(text in "\\PC{0,40}") {
        let _ = SessionId::parse(&text);
    }
}
