//! Telnyx's documented requests and webhooks, and what comes in their place.

use ed25519_dalek::{Signer as _, SigningKey};
use proof_domain::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sms::ReportTo;

const NOW: i64 = 1_770_202_200;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn telnyx() -> Telnyx {
    let public = BASE64.encode(key().verifying_key().as_bytes());
    let settings: Settings = [(API_KEY, "KEY0"), (PUBLIC_KEY, public.as_str())]
        .into_iter()
        .collect();
    Telnyx::from_settings(&settings, Number::parse("+18445550001").unwrap()).unwrap()
}

fn signed(key: &SigningKey, time: &str, body: &[u8]) -> String {
    let text = [time.as_bytes(), b"|", body].concat();
    BASE64.encode(&key.sign(&text).to_bytes())
}

fn webhook<'a>(headers: &'a [(&'a str, &'a str)], body: &'a [u8]) -> Webhook<'a> {
    Webhook {
        url: "https://proof.example/inbound/sms/telnyx",
        headers,
        body,
        now: Timestamp::from_seconds(NOW),
    }
}

fn trusts(time: &str, signature: &str, body: &[u8]) -> bool {
    let headers = [
        ("telnyx-timestamp", time),
        ("telnyx-signature-ed25519", signature),
    ];
    telnyx().trust(&webhook(&headers, body)).is_ok()
}

fn event(kind: &str, changes: &Value) -> Vec<u8> {
    let mut payload = json!({
        "record_type": "message",
        "direction": "inbound",
        "id": "7ee4241c-f127-47e5-9c34-3aac291f8058",
        "type": "SMS",
        "messaging_profile_id": "0f512bda-ae1e-4597-8e11-e5f5686b97d3",
        "from": {"phone_number": "+37069199199", "carrier": "Telia", "line_type": "Wireless"},
        "to": [{"phone_number": "+18445550001", "status": "webhook_delivered"}],
        "text": "X7K2M9",
        "media": [],
        "tags": [],
    });
    for (name, value) in changes.as_object().unwrap() {
        payload[name] = value.clone();
    }
    json!({
        "data": {"record_type": "event", "id": "bf6307bd-884d-4c1f-b6ea-c62b8c495d3c",
            "event_type": kind, "occurred_at": "2026-02-04T10:50:00.574Z", "payload": payload},
        "meta": {"attempt": 1, "delivered_to": "https://proof.example/inbound/sms/telnyx"},
    })
    .to_string()
    .into_bytes()
}

fn read(body: &[u8]) -> Option<SmsEvent> {
    telnyx().read(&webhook(&[], body)).into_iter().next()
}

#[test]
fn only_fresh_webhooks_of_telnyx_are_believed() {
    let (time, body) = (NOW.to_string(), event("message.received", &json!({})));
    let right = signed(&key(), &time, &body);
    assert!(trusts(&time, &right, &body));
    assert!(!trusts(
        &time,
        &right,
        &event("message.received", &json!({"text": "A"}))
    ));
    assert!(!trusts(
        &time,
        &signed(&SigningKey::from_bytes(&[8; 32]), &time, &body),
        &body
    ));
    assert!(!trusts(&time, "", &body));
    assert!(!trusts(&time, "AA==", &body));
    assert!(!trusts(&time, &right[..86], &body));
    assert!(
        !trusts(&(NOW + 1).to_string(), &right, &body),
        "the time is signed too"
    );
    for (shift, believed) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let time = (NOW + shift).to_string();
        assert_eq!(
            trusts(&time, &signed(&key(), &time, &body), &body),
            believed,
            "{shift}"
        );
    }
    for time in ["x", "9223372036854775808", "-9223372036854775808"] {
        assert!(!trusts(time, &signed(&key(), time, &body), &body), "{time}");
    }
}

#[test]
fn a_signature_has_one_form() {
    let (time, body) = (NOW.to_string(), event("message.received", &json!({})));
    let mut malleable = BASE64
        .decode(signed(&key(), &time, &body).as_bytes())
        .unwrap();
    // s + the order of the group: the same point, another text.
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0u16;
    for (byte, add) in malleable[32..].iter_mut().zip(order) {
        carry += u16::from(*byte) + u16::from(add);
        *byte = carry.to_le_bytes()[0];
        carry >>= 8;
    }
    assert!(!trusts(&time, &BASE64.encode(&malleable), &body));
}

#[test]
fn a_message_is_read() {
    let Some(SmsEvent::Received(message)) = read(&event("message.received", &json!({}))) else {
        panic!()
    };
    assert_eq!(message.id, "7ee4241c-f127-47e5-9c34-3aac291f8058");
    assert_eq!(message.number().cloned(), Number::parse("+37069199199"));
    assert!(message.content == Content::Text("X7K2M9".into()));
}

#[test]
fn what_is_no_message_to_this_number_is_left_out() {
    for changes in [
        json!({"direction": "outbound"}),
        json!({"to": []}),
        json!({"to": [{"phone_number": "+18445550002"}]}),
        json!({"to": "+18445550001"}),
        json!({"from": {"phone_number": "ACME"}}),
        json!({"from": {}}),
        json!({"id": ""}),
        json!({"text": null}),
    ] {
        assert_eq!(
            read(&event("message.received", &changes)),
            None,
            "{changes}"
        );
    }
    assert_eq!(read(&event("message.sent", &json!({}))), None);
    assert_eq!(read(&event("call.initiated", &json!({}))), None);
    let whole = event("message.received", &json!({}));
    for end in 0..whole.len() {
        assert_eq!(read(&whole[..end]), None);
    }
}

#[test]
fn a_report_says_which_message_and_how_it_ended() {
    let report = |status: &str, errors: Value| {
        let changes = json!({"direction": "outbound", "tags": ["507f1f77bcf86cd799439011.1"],
            "from": {"phone_number": "+18445550001"}, "errors": errors,
            "to": [{"phone_number": "+37069199199", "status": status}]});
        match read(&event("message.finalized", &changes)) {
            Some(SmsEvent::Reported(reported)) => {
                assert_eq!(reported.reference, "507f1f77bcf86cd799439011.1");
                Some(reported.report)
            }
            _ => None,
        }
    };
    let failed = |reason: &str| Some(DeliveryReport::Failed(reason.to_owned()));
    assert_eq!(
        report("delivered", json!([])),
        Some(DeliveryReport::Delivered)
    );
    assert_eq!(
        report("delivery_failed", json!([{"code": "40008"}])),
        failed("telnyx_40008")
    );
    assert_eq!(
        report("sending_failed", json!([{"code": "x y"}])),
        failed("undelivered")
    );
    assert_eq!(report("delivery_unconfirmed", json!([])), None);
    let anonymous = json!({"direction": "outbound",
        "to": [{"phone_number": "+37069199199", "status": "delivered"}]});
    assert_eq!(read(&event("message.finalized", &anonymous)), None);
}

#[test]
fn sends_json() {
    let to = Number::parse("+37069199199").unwrap();
    let mut message = SmsMessage {
        to: &to,
        text: "048291 is your code",
        report_to: Some(ReportTo {
            url: "https://proof.example/inbound/sms/telnyx",
            reference: "507f1f77bcf86cd799439011.1",
        }),
    };
    let request = telnyx().send(&message);
    assert_eq!(request.url, "https://api.telnyx.com/v2/messages");
    assert!(
        request
            .headers
            .contains(&("authorization", "Bearer KEY0".into()))
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({"from": "+18445550001", "to": "+37069199199", "text": "048291 is your code",
            "webhook_url": "https://proof.example/inbound/sms/telnyx",
            "tags": ["507f1f77bcf86cd799439011.1"]})
    );
    message.report_to = None;
    assert_eq!(
        serde_json::from_slice::<Value>(&telnyx().send(&message).body).unwrap(),
        json!({"from": "+18445550001", "to": "+37069199199", "text": "048291 is your code"})
    );
}

#[test]
fn reads_what_became_of_it() {
    let answer = |status: u16, body: Value| {
        telnyx().sent(&ProviderResponse {
            status,
            retry_after: Some(4),
            body: body.to_string().into_bytes(),
        })
    };
    assert_eq!(
        answer(
            200,
            json!({"data": {"id": "40385f64", "to": [{"status": "queued"}]}})
        ),
        Ok("40385f64".into())
    );
    let refused =
        json!({"errors": [{"code": "40310", "title": "Invalid 'to' address", "detail": "x"}]});
    assert_eq!(
        answer(400, refused),
        Err(ProviderError::refused("telnyx_40310"))
    );
    assert_eq!(
        answer(400, json!({"errors": []})),
        Err(ProviderError::refused("status_400"))
    );
    assert_eq!(answer(401, json!({})), Err(ProviderError::Credentials));
    assert!(answer(429, json!({})).unwrap_err().is_retryable());
    assert!(answer(503, json!({})).unwrap_err().is_retryable());
    assert_eq!(answer(200, json!({})), Err(ProviderError::Unreadable));
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_left_out(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(read(&body), None);
        prop_assert!(!trusts(&NOW.to_string(), "AA==", &body));
    }

    #[test]
    fn a_changed_bit_breaks_the_signature(at in 0usize..64, bit in 0u8..8) {
        let (time, body) = (NOW.to_string(), event("message.received", &json!({})));
        let mut signature = BASE64.decode(signed(&key(), &time, &body).as_bytes()).unwrap();
        signature[at] ^= 1 << bit;
        prop_assert!(!trusts(&time, &BASE64.encode(&signature), &body));
    }
}
