//! The documented payloads, and what comes in their place.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac as _};
use proof_domain::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;
use crate::exchange::{ProviderError, ProviderResponse};
use crate::inbound::{Content, Number};

const ID: &str = "106540352242922";
const SECRET: &str = "app-secret";
const USER: &str = "US.13491208655302741918";

fn settings() -> Settings {
    [
        (NUMBER, "+1 555".replace(' ', "").as_str()),
        (PHONE_NUMBER_ID, ID),
        (ACCESS_TOKEN, "token"),
        (APP_SECRET, SECRET),
        (VERIFY_TOKEN, "verify-me"),
    ]
    .into_iter()
    .collect()
}

fn whatsapp() -> Whatsapp {
    Whatsapp::from_settings(&settings()).unwrap()
}

fn signed(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    format!("sha256={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

fn trusts(signature: &str, body: &[u8]) -> bool {
    let headers = [("x-hub-signature-256", signature)];
    whatsapp()
        .trust(&Webhook {
            url: "https://proof.example/inbound/whatsapp",
            headers: &headers,
            body,
            now: Timestamp::from_seconds(0),
        })
        .is_ok()
}

fn envelope(value: &Value) -> Vec<u8> {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}],
    })
    .to_string()
    .into_bytes()
}

fn value(contacts: &Value, messages: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": ID},
        "contacts": contacts,
        "messages": messages,
    })
}

fn text_message() -> Value {
    json!({
        "from": "37069199199",
        "from_user_id": USER,
        "id": "wamid.HBgLMzcwNjkxOTkxOTkVAgASGBQzQUQ0N0VFMDA2MTQ0RkJFNkNDNAA=",
        "timestamp": "1749416383",
        "type": "text",
        "text": {"body": "X7K2M9"},
    })
}

fn text() -> Value {
    value(
        &json!([{"profile": {"name": "Jonas"}, "wa_id": "37069199199", "user_id": USER}]),
        &json!([text_message()]),
    )
}

fn card(message: &Value) -> Vec<u8> {
    let mut whole = json!({
        "from_user_id": USER,
        "id": "wamid.card",
        "timestamp": "1749416383",
        "type": "contacts",
        "contacts": [{
            "origin": "contact_request",
            "name": {"formatted_name": "Jonas"},
            "phones": [{"phone": "+370 691 99199", "wa_id": "37069199199", "type": "CELL"}],
        }],
    });
    for (name, value) in message.as_object().unwrap() {
        whole[name] = value.clone();
    }
    envelope(&value(
        &json!([{"profile": {"name": "Jonas"}, "user_id": USER}]),
        &json!([whole]),
    ))
}

fn read(body: &[u8]) -> Vec<InboundMessage> {
    whatsapp().messages(body)
}

fn number(text: &str) -> Option<Number> {
    Number::parse(text)
}

#[test]
fn a_text_is_read() {
    let messages = read(&envelope(&text()));
    let [message] = messages.as_slice() else {
        panic!("{messages:?}")
    };
    assert!(message.id.starts_with("wamid.HBgL"));
    assert_eq!(message.sender.address, "37069199199");
    assert_eq!(message.sender.number, number("+37069199199"));
    assert!(message.content == Content::Text("X7K2M9".into()));
}

#[test]
fn many_are_read_in_their_order_and_odd_ones_take_none_with_them() {
    let mut second = text_message();
    second["id"] = json!("wamid.2");
    let odd = [
        json!(null),
        json!({"id": 7}),
        json!({"from": "37069199199", "id": "wamid.3", "type": "text"}),
        json!({"from": "37069199199", "id": "wamid.4", "type": "image", "image": {"id": "1"}}),
        json!({"from": "37069199199", "id": "", "type": "text", "text": {"body": "A"}}),
        json!({"from": "not a number", "id": "wamid.5", "type": "text", "text": {"body": "A"}}),
        json!({"from": "37069199199", "id": "wamid.6", "type": "unsupported", "errors": [{}]}),
        json!({"from": "37069199199", "id": "wamid.7", "type": "reaction", "text": {"body": "A"}}),
    ];
    for odd in odd {
        let body = envelope(&value(
            &json!([{"wa_id": "37069199199"}, 3]),
            &json!([text_message(), odd, second]),
        ));
        let ids: Vec<_> = read(&body).into_iter().map(|message| message.id).collect();
        assert_eq!(ids.len(), 2, "{odd}");
        assert_eq!(ids[1], "wamid.2");
    }
}

#[test]
fn what_is_no_message_to_us_is_left_out() {
    let statuses = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": ID},
        "statuses": [{"id": "wamid.1", "status": "delivered", "timestamp": "1749416383",
            "recipient_id": "37069199199"}],
    });
    let mut other_number = text();
    other_number["metadata"]["phone_number_id"] = json!("999");
    for body in [
        envelope(&statuses),
        envelope(&other_number),
        envelope(&json!({})),
        envelope(&json!([])),
        envelope(&value(&json!([]), &json!({}))),
        json!({"object": "page", "entry": [{"changes": [{"field": "messages", "value": text()}]}]})
            .to_string()
            .into_bytes(),
        json!({"object": "whatsapp_business_account",
            "entry": [{"changes": [{"field": "account_update", "value": text()}]}]})
        .to_string()
        .into_bytes(),
        json!({"object": "whatsapp_business_account", "entry": "x"})
            .to_string()
            .into_bytes(),
        b"null".to_vec(),
        b"".to_vec(),
        b"\xff\xfe".to_vec(),
    ] {
        assert_eq!(read(&body), [], "{}", String::from_utf8_lossy(&body));
    }
}

#[test]
fn every_truncation_of_a_webhook_is_harmless() {
    let body = envelope(&text());
    for end in 0..body.len() {
        assert_eq!(read(&body[..end]), []);
        assert!(!trusts(&signed(&body), &body[..end]));
    }
}

#[test]
fn a_person_without_a_number_has_an_address_all_the_same() {
    let mut hidden = text_message();
    hidden.as_object_mut().unwrap().remove("from");
    for contacts in [
        json!([{"profile": {"name": "Jonas"}, "user_id": USER}]),
        json!([]),
    ] {
        let messages = read(&envelope(&value(&contacts, &json!([hidden]))));
        assert_eq!(messages[0].sender.address, USER);
        assert_eq!(messages[0].number(), None);
    }
    // The profile may still state the number of the same user.
    let stated = json!([{"wa_id": "37069199199", "user_id": USER}]);
    let messages = read(&envelope(&value(&stated, &json!([hidden]))));
    assert_eq!(messages[0].number().cloned(), number("+37069199199"));
    // Another user's profile says nothing of this one.
    let another = json!([{"wa_id": "37060000000", "user_id": "US.1"}]);
    let messages = read(&envelope(&value(&another, &json!([hidden]))));
    assert_eq!(messages[0].number(), None);
    // Nobody at all.
    let mut nobody = hidden.clone();
    nobody.as_object_mut().unwrap().remove("from_user_id");
    assert_eq!(read(&envelope(&value(&json!([]), &json!([nobody])))), []);
    let two = json!([{"wa_id": "37060000000"}, {"wa_id": "37069199199"}]);
    assert_eq!(read(&envelope(&value(&two, &json!([nobody])))), []);
    let one = json!([{"user_id": USER}]);
    let messages = read(&envelope(&value(&one, &json!([nobody]))));
    assert_eq!(messages[0].sender.address, USER);
}

#[test]
fn a_contact_that_was_asked_for_gives_the_number() {
    for message in [
        json!({}),
        json!({"origin": "contact_request"}),
        json!({"from": "37069199199"}),
        json!({"origin": "contact_request",
            "contacts": [{"phones": [{"phone": "+370 691 99199"}]}]}),
        json!({"contacts": [{"origin": "contact_request", "phones": [
            {"phone": "+370 691 99199", "wa_id": "37069199199"}, {"wa_id": "37069199199"}]}]}),
    ] {
        let messages = read(&card(&message));
        assert_eq!(messages.len(), 1, "{message}");
        assert_eq!(
            messages[0].number().cloned(),
            number("+37069199199"),
            "{message}"
        );
        assert!(matches!(messages[0].content, Content::OwnNumber(_)));
    }
}

#[test]
fn any_other_contact_gives_no_number() {
    let phones = json!([{"phone": "+37069199199", "wa_id": "37069199199"}]);
    for message in [
        json!({"contacts": [{"origin": "other", "phones": phones}]}),
        json!({"contacts": [{"phones": phones}]}),
        json!({"origin": "other"}),
        json!({"origin": "contact_request", "contacts": [{"origin": "other", "phones": phones}]}),
        json!({"origin": "Contact_Request"}),
        json!({"contacts": []}),
        json!({"contacts": [{"origin": "contact_request", "phones": []}]}),
        json!({"contacts": [{"origin": "contact_request"}]}),
        json!({"contacts": [{"origin": "contact_request", "phones": [{"type": "CELL"}]}]}),
        json!({"contacts": [{"origin": "contact_request",
            "phones": [{"wa_id": "37069199199"}, {"wa_id": "37060000000"}]}]}),
        json!({"contacts": [{"origin": "contact_request", "phones": phones},
            {"origin": "contact_request", "phones": phones}]}),
        json!({"contacts": [{"origin": "contact_request", "phones": phones}, 7]}),
        json!({"from": "37060000000"}),
    ] {
        let messages = read(&card(&message));
        assert_eq!(messages.len(), 1, "{message}");
        assert!(messages[0].content == Content::AnotherContact, "{message}");
    }
}

#[test]
fn only_metas_signature_is_believed() {
    let body = envelope(&text());
    let right = signed(&body);
    assert!(trusts(&right, &body));
    for odd in [
        String::new(),
        "sha256=".into(),
        right.replace("sha256=", ""),
        right.replace("sha256=", "sha1="),
        right.to_uppercase(),
        right[..right.len() - 1].to_owned(),
        format!("{right}0"),
        format!("{right},{right}"),
        signed(b"another body"),
    ] {
        assert!(!trusts(&odd, &body), "{odd}");
    }
    let spaced = String::from_utf8(body.clone()).unwrap().replace(':', ": ");
    assert!(!trusts(&right, spaced.as_bytes()), "the bytes count");
}

#[test]
fn the_handshake_gives_the_challenge_back_to_who_knows_the_token() {
    let whatsapp = whatsapp();
    assert_eq!(
        whatsapp
            .handshake("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify-me"),
        Ok("1158201444".into())
    );
    for odd in [
        "",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-m",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=Verify-me",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify-me",
        "hub.challenge=1&hub.verify_token=verify-me",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=x&hub.verify_token=verify-me",
    ] {
        assert_eq!(whatsapp.handshake(odd), Err(Forged), "{odd}");
    }
}

#[test]
fn settings_are_named_when_they_are_missing_or_odd() {
    let missing = Whatsapp::from_settings(&Settings::default()).unwrap_err();
    assert_eq!(
        missing.0,
        [
            NUMBER,
            PHONE_NUMBER_ID,
            ACCESS_TOKEN,
            APP_SECRET,
            VERIFY_TOKEN
        ]
    );
    let mut odd = settings();
    odd.set(PHONE_NUMBER_ID, "1/../2");
    odd.set(NUMBER, "acme");
    assert_eq!(
        Whatsapp::from_settings(&odd).unwrap_err().0,
        [NUMBER, PHONE_NUMBER_ID]
    );
    assert_eq!(format!("{:?}", whatsapp()), format!("Whatsapp({ID})"));
    assert_eq!(
        whatsapp().deep_link("X7K2M9"),
        "https://wa.me/1555?text=X7K2M9"
    );
}

#[test]
fn sends_a_text_to_a_number_and_asks_a_user_for_theirs() {
    let text = whatsapp().send_text("37069199199", "Done.");
    assert_eq!(
        text.url,
        "https://graph.facebook.com/v24.0/106540352242922/messages"
    );
    assert!(
        text.headers
            .contains(&("authorization", "Bearer token".into()))
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&text.body).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual",
            "to": "37069199199", "type": "text", "text": {"preview_url": false, "body": "Done."}})
    );
    let request = whatsapp().request_contact(USER, "Your number?");
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({"messaging_product": "whatsapp", "recipient_type": "individual",
            "recipient": USER, "type": "interactive",
            "interactive": {"type": "request_contact_info", "body": {"text": "Your number?"},
                "action": {"name": "request_contact_info"}}})
    );
}

#[test]
fn reads_what_became_of_it() {
    let answer = |status: u16, body: Value| ProviderResponse {
        status,
        retry_after: Some(3),
        body: body.to_string().into_bytes(),
    };
    let taken = json!({"messaging_product": "whatsapp",
        "contacts": [{"input": "37069199199", "wa_id": "37069199199"}],
        "messages": [{"id": "wamid.out"}]});
    assert_eq!(Whatsapp::sent(&answer(200, taken)), Ok("wamid.out".into()));
    assert_eq!(
        Whatsapp::sent(&answer(200, json!({"messages": []}))),
        Err(ProviderError::Unreadable)
    );
    let error = |status, code: i64| {
        Whatsapp::sent(&answer(
            status,
            json!({"error": {"message": "(#x) secret", "type": "OAuthException", "code": code}}),
        ))
        .unwrap_err()
    };
    assert_eq!(error(401, 190), ProviderError::Credentials);
    assert_eq!(error(403, 10), ProviderError::Credentials);
    assert_eq!(
        error(429, 130_429),
        ProviderError::RateLimited {
            retry_after: Some(3)
        }
    );
    assert!(error(500, 131_000).is_retryable());
    assert_eq!(
        error(400, 131_026),
        ProviderError::refused("whatsapp_131026")
    );
    assert_eq!(
        error(400, 131_047),
        ProviderError::refused("whatsapp_131047")
    );
    let html = ProviderResponse {
        status: 502,
        retry_after: None,
        body: b"<html>".to_vec(),
    };
    assert_eq!(
        Whatsapp::sent(&html),
        Err(ProviderError::Unavailable { status: 502 })
    );
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_left_out(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read(&body).is_empty());
        prop_assert!(!trusts("sha256=00", &body));
    }

    #[test]
    fn a_changed_byte_breaks_the_signature(at in 0usize..200, bit in 0u8..8) {
        let mut body = envelope(&text());
        let right = signed(&body);
        let at = at % body.len();
        body[at] ^= 1 << bit;
        prop_assert!(!trusts(&right, &body));
    }

    #[test]
    fn whatever_replaces_a_part_of_a_message_panics_nothing(
        name in prop::sample::select(vec!["from", "from_user_id", "id", "type", "text", "contacts", "origin"]),
        part in prop::sample::select(vec![json!(null), json!(1), json!([]), json!({}), json!("x"), json!([{}]), json!({"body": 1})]),
    ) {
        let mut message = text_message();
        message[name] = part;
        prop_assert!(read(&envelope(&value(&json!([]), &json!([message])))).len() <= 1);
    }
}
