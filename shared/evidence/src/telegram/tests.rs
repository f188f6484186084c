//! The documented updates, and what comes in their place.

use proof_domain::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::exchange::{ProviderError, ProviderResponse};
use crate::inbound::{Content, Number};

const TOKEN: &str = "123456:AAH-secret_part";

fn settings() -> Settings {
    [
        (BOT_USERNAME, "@proof_example_bot"),
        (BOT_TOKEN, TOKEN),
        (WEBHOOK_SECRET, "Webhook-secret_1"),
    ]
    .into_iter()
    .collect()
}

fn telegram() -> Telegram {
    Telegram::from_settings(&settings()).unwrap()
}

fn trusts(headers: &[(&str, &str)]) -> bool {
    telegram()
        .trust(&Webhook {
            url: "https://proof.example/inbound/telegram",
            headers,
            body: b"{}",
            now: Timestamp::from_seconds(0),
        })
        .is_ok()
}

/// An update as documented, with parts of its message replaced.
fn update(changes: &Value) -> Vec<u8> {
    let mut message = json!({
        "message_id": 1365,
        "from": {"id": 1_111_111, "is_bot": false, "first_name": "Jonas", "language_code": "lt"},
        "chat": {"id": 1_111_111, "first_name": "Jonas", "type": "private"},
        "date": 1_441_645_532,
    });
    for (name, value) in changes.as_object().unwrap() {
        message[name] = value.clone();
    }
    json!({"update_id": 10_000, "message": message})
        .to_string()
        .into_bytes()
}

fn read(changes: &Value) -> Option<InboundMessage> {
    telegram().message(&update(changes))
}

fn text(text: &str) -> Option<Content> {
    read(&json!({"text": text})).map(|message| message.content)
}

#[test]
fn a_deep_link_and_a_typed_code_are_read() {
    let message = read(&json!({"text": "/start X7K2M9"})).unwrap();
    assert_eq!(message.id, "10000");
    assert_eq!(message.sender.address, "1111111");
    assert_eq!(message.number(), None);
    assert!(message.content == Content::Text("X7K2M9".into()));
    for (written, content) in [
        ("X7K2M9", "X7K2M9"),
        ("/start@proof_example_bot X7K2M9", "X7K2M9"),
        ("/start sess_abc-123", "sess_abc-123"),
        ("/start", "/start"),
        ("/startX7K2M9", "/startX7K2M9"),
        ("/stop X7K2M9", "/stop X7K2M9"),
    ] {
        assert!(
            text(written) == Some(Content::Text(content.into())),
            "{written}"
        );
    }
}

#[test]
fn the_persons_own_contact_gives_the_number() {
    for (phone, expected) in [
        ("37069199199", "+37069199199"),
        ("+37069199199", "+37069199199"),
    ] {
        let message = read(
            &json!({"contact": {"phone_number": phone, "first_name": "Jonas",
            "user_id": 1_111_111}}),
        )
        .unwrap();
        assert_eq!(message.number().cloned(), Number::parse(expected));
    }
}

#[test]
fn any_other_contact_gives_no_number() {
    let own = json!({"phone_number": "37069199199", "user_id": 1_111_111});
    for changes in [
        json!({"contact": {"phone_number": "37069199199", "user_id": 2_222_222}}),
        json!({"contact": {"phone_number": "37069199199"}}),
        json!({"contact": {"phone_number": "37069199199", "user_id": null}}),
        json!({"contact": {"phone_number": "12", "user_id": 1_111_111}}),
        json!({"contact": {"phone_number": "+370 691 99199", "user_id": 1_111_111}}),
        json!({"contact": own, "forward_origin": {"type": "user", "date": 1}}),
    ] {
        let message = read(&changes).unwrap();
        assert!(message.content == Content::AnotherContact, "{changes}");
        assert_eq!(message.number(), None);
    }
}

#[test]
fn groups_bots_and_everything_else_are_left_out() {
    let own = json!({"phone_number": "37069199199", "user_id": 1_111_111});
    for changes in [
        json!({"text": "/start X7K2M9", "chat": {"id": -100, "type": "group"}}),
        json!({"text": "/start X7K2M9", "chat": {"id": -100, "type": "supergroup"}}),
        json!({"contact": own, "chat": {"id": -100, "type": "group"}}),
        json!({"contact": own, "chat": {"id": 1_111_111, "type": "group"}}),
        json!({"contact": own, "chat": {"id": 2_222_222, "type": "private"}}),
        json!({"text": "/start X7K2M9", "chat": {"id": 1_111_111, "type": "Private"}}),
        json!({"text": "/start X7K2M9", "from": {"id": 1_111_111, "is_bot": true}}),
        json!({"text": "/start X7K2M9", "from": null}),
        json!({"text": "/start X7K2M9", "from": {"id": "1111111"}}),
        json!({"text": 7}),
        json!({"contact": {"user_id": 1_111_111}}),
        json!({"photo": []}),
        json!({}),
    ] {
        assert_eq!(read(&changes), None, "{changes}");
    }
    let message =
        json!({"from": {"id": 1}, "chat": {"id": 1, "type": "private"}, "text": "X7K2M9"});
    for whole in [
        json!({"update_id": 1, "edited_message": message}),
        json!({"update_id": 1, "channel_post": message}),
        json!({"update_id": 1, "callback_query": {"message": message}}),
        json!({"message": message}),
        json!({"update_id": "1", "message": message}),
        json!([]),
        json!(null),
    ] {
        assert_eq!(
            telegram().message(whole.to_string().as_bytes()),
            None,
            "{whole}"
        );
    }
}

#[test]
fn every_truncation_of_an_update_is_harmless() {
    let body = update(&json!({"text": "/start X7K2M9"}));
    for end in 0..body.len() {
        assert_eq!(telegram().message(&body[..end]), None);
    }
}

#[test]
fn only_the_secret_is_believed() {
    let name = "x-telegram-bot-api-secret-token";
    assert!(trusts(&[(name, "Webhook-secret_1")]));
    for odd in [
        "",
        "Webhook-secret_",
        "Webhook-secret_12",
        "webhook-secret_1",
        " Webhook-secret_1",
    ] {
        assert!(!trusts(&[(name, odd)]), "{odd}");
    }
    assert!(!trusts(&[]));
    assert!(!trusts(&[
        (name, "Webhook-secret_1"),
        (name, "Webhook-secret_1")
    ]));
}

#[test]
fn settings_are_named_when_they_are_missing_or_odd() {
    let missing = Telegram::from_settings(&Settings::default()).unwrap_err();
    assert_eq!(missing.0, [BOT_USERNAME, BOT_TOKEN, WEBHOOK_SECRET]);
    let mut odd = settings();
    odd.set(BOT_USERNAME, "a/b?c");
    odd.set(BOT_TOKEN, "123456:x/../y");
    odd.set(WEBHOOK_SECRET, "with space");
    assert_eq!(
        Telegram::from_settings(&odd).unwrap_err().0,
        [BOT_USERNAME, BOT_TOKEN, WEBHOOK_SECRET]
    );
    assert_eq!(format!("{:?}", telegram()), "Telegram(proof_example_bot)");
    assert_eq!(
        telegram().deep_link("X7K2M9"),
        "https://t.me/proof_example_bot?start=X7K2M9"
    );
}

#[test]
fn sends_a_text_and_asks_for_the_number() {
    let sent = telegram().send_text("1111111", "Done.");
    assert_eq!(
        sent.url,
        "https://api.telegram.org/bot123456:AAH-secret_part/sendMessage"
    );
    assert_eq!(
        format!("{sent:?}"),
        "ProviderRequest(POST api.telegram.org)"
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&sent.body).unwrap(),
        json!({"chat_id": "1111111", "text": "Done.",
            "link_preview_options": {"is_disabled": true},
            "reply_markup": {"remove_keyboard": true}})
    );
    let asked = telegram().request_contact("1111111", "Your number?");
    assert_eq!(
        serde_json::from_slice::<Value>(&asked.body).unwrap()["reply_markup"],
        json!({"keyboard": [[{"text": "Share my number", "request_contact": true}]],
            "one_time_keyboard": true, "resize_keyboard": true})
    );
}

#[test]
fn reads_what_became_of_it() {
    let answer = |status: u16, body: Value| {
        Telegram::sent(&ProviderResponse {
            status,
            retry_after: None,
            body: body.to_string().into_bytes(),
        })
    };
    assert_eq!(
        answer(200, json!({"ok": true, "result": {"message_id": 1}})),
        Ok(())
    );
    let error = |code: u16| {
        answer(
            code,
            json!({"ok": false, "error_code": code, "description": "secret words",
                "parameters": {"retry_after": 9}}),
        )
        .unwrap_err()
    };
    assert_eq!(error(401), ProviderError::Credentials);
    assert_eq!(error(404), ProviderError::Credentials);
    assert_eq!(error(403), ProviderError::refused("blocked_by_user"));
    assert_eq!(error(400), ProviderError::refused("telegram_400"));
    assert_eq!(
        error(429),
        ProviderError::RateLimited {
            retry_after: Some(9)
        }
    );
    assert!(error(502).is_retryable());
    assert_eq!(answer(200, json!("x")), Err(ProviderError::Unreadable));
    assert!(answer(502, json!("x")).unwrap_err().is_retryable());
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_left_out(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(telegram().message(&body), None);
    }

    #[test]
    fn a_contact_counts_only_with_the_senders_own_id(
        from in any::<i64>(), owner in any::<Option<i64>>(), chat in any::<i64>(),
    ) {
        let message = read(&json!({
            "from": {"id": from}, "chat": {"id": chat, "type": "private"},
            "contact": {"phone_number": "37069199199", "user_id": owner},
        }));
        let number = message.and_then(|message| message.number().cloned());
        prop_assert_eq!(number.is_some(), chat == from && owner == Some(from));
    }
}
