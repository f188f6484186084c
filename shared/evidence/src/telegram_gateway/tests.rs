//! The documented answers and reports, and what comes in their place.

use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac as _};
use proof_domain::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_770_202_200;

fn gateway() -> TelegramGateway {
    let settings: Settings = [(TOKEN, "AAAE-token")].into_iter().collect();
    TelegramGateway::from_settings(&settings).unwrap()
}

fn signed(token: &str, time: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(token.as_bytes())).unwrap();
    mac.update(format!("{time}\n{body}").as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

fn trusts(time: &str, signature: &str, body: &str) -> bool {
    gateway()
        .trust(&Webhook {
            url: "https://proof.example/inbound/telegram-gateway",
            headers: &[
                ("x-request-timestamp", time),
                ("x-request-signature", signature),
            ],
            body: body.as_bytes(),
            now: Timestamp::from_seconds(NOW),
        })
        .is_ok()
}

fn answer(body: &Value) -> Result<GatewayStatus, ProviderError> {
    TelegramGateway::status(&ProviderResponse {
        status: 200,
        retry_after: Some(5),
        body: body.to_string().into_bytes(),
    })
}

#[test]
fn sends_our_numeric_code() {
    let number = Number::parse("+37069199199").unwrap();
    let code = OtpCode::parse("048291").unwrap();
    let message = GatewayMessage {
        number: &number,
        code: &code,
        seconds: 600,
        callback_url: "https://proof.example/inbound/telegram-gateway",
        reference: "507f1f77bcf86cd799439011.1",
    };
    let request = gateway().send(&message);
    assert_eq!(
        request.url,
        "https://gatewayapi.telegram.org/sendVerificationMessage"
    );
    assert!(
        request
            .headers
            .contains(&("authorization", "Bearer AAAE-token".into()))
    );
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({"phone_number": "+37069199199", "code": "048291", "ttl": 600,
            "payload": "507f1f77bcf86cd799439011.1",
            "callback_url": "https://proof.example/inbound/telegram-gateway"})
    );
    let ttl = |seconds| {
        let body = gateway().send(&GatewayMessage { seconds, ..message }).body;
        serde_json::from_slice::<Value>(&body).unwrap()["ttl"].clone()
    };
    assert_eq!((ttl(1), ttl(86_400)), (json!(30), json!(3600)));
    assert_eq!(
        format!("{message:?} {:?}", gateway()),
        "GatewayMessage(…) TelegramGateway(…)"
    );
}

#[test]
fn asks_how_a_message_stands() {
    let request = gateway().check("req-1", Some("048291"));
    assert_eq!(
        serde_json::from_slice::<Value>(&request.body).unwrap(),
        json!({"request_id": "req-1", "code": "048291"})
    );
    let status = answer(&json!({"ok": true, "result": {"request_id": "req-1",
        "phone_number": "+37069199199", "request_cost": 0.01,
        "delivery_status": {"status": "read", "updated_at": 1},
        "verification_status": {"status": "code_valid", "updated_at": 1}}}))
    .unwrap();
    assert_eq!(status.request_id, "req-1");
    assert_eq!(status.delivery, Some(DeliveryReport::Delivered));
    assert_eq!(status.code_is_right, Some(true));
    let sent = answer(&json!({"ok": true, "result": {"request_id": "req-1",
        "delivery_status": {"status": "sent", "updated_at": 1}}}));
    assert_eq!(sent.unwrap().delivery, None);
}

#[test]
fn refusals_are_told_apart() {
    let error = |word: &str| answer(&json!({"ok": false, "error": word})).unwrap_err();
    assert_eq!(error("ACCESS_TOKEN_INVALID"), ProviderError::Credentials);
    assert_eq!(error("BALANCE_NOT_ENOUGH"), ProviderError::Credentials);
    assert_eq!(
        error("FLOOD_WAIT_30"),
        ProviderError::RateLimited {
            retry_after: Some(30)
        }
    );
    assert_eq!(
        error("PHONE_NUMBER_NOT_FOUND"),
        ProviderError::refused("phone_number_not_found")
    );
    assert_eq!(error("free text +37069199199"), ProviderError::Unreadable);
    assert_eq!(answer(&json!({"ok": true})), Err(ProviderError::Unreadable));
    assert_eq!(answer(&json!([])), Err(ProviderError::Unreadable));
}

#[test]
fn only_fresh_reports_of_the_gateway_are_believed() {
    let (time, body) = (NOW.to_string(), r#"{"request_id":"req-1"}"#);
    let right = signed("AAAE-token", &time, body);
    assert!(trusts(&time, &right, body));
    assert!(!trusts(&time, &right, r#"{"request_id":"req-2"}"#));
    assert!(!trusts(&time, &signed("another", &time, body), body));
    assert!(!trusts(&time, &right.to_uppercase(), body));
    assert!(!trusts(&time, "", body));
    for (shift, believed) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let time = (NOW + shift).to_string();
        assert_eq!(
            trusts(&time, &signed("AAAE-token", &time, body), body),
            believed,
            "{shift}"
        );
    }
    for time in ["", "x", "99999999999999999999", "-9223372036854775808"] {
        assert!(
            !trusts(time, &signed("AAAE-token", time, body), body),
            "{time}"
        );
    }
}

#[test]
fn a_report_says_which_message_and_how_it_ended() {
    let report = |status: &str| {
        let body = json!({"request_id": "req-1", "phone_number": "+37069199199",
            "request_cost": 0.01, "payload": "507f1f77bcf86cd799439011.1",
            "delivery_status": {"status": status, "updated_at": 1}});
        gateway().report(body.to_string().as_bytes())
    };
    let delivered = report("delivered").unwrap();
    assert_eq!(delivered.reference, "507f1f77bcf86cd799439011.1");
    assert_eq!(delivered.message_id, "req-1");
    assert_eq!(delivered.report, DeliveryReport::Delivered);
    assert_eq!(
        report("expired").unwrap().report,
        DeliveryReport::Failed("expired".into())
    );
    assert_eq!(report("sent"), None);
    assert_eq!(gateway().report(b"{}"), None);
    assert_eq!(
        gateway().report(br#"{"request_id":"a","delivery_status":{"status":"read"}}"#),
        None
    );
}

proptest! {
    #[test]
    fn whatever_comes_is_no_report(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(gateway().report(&body), None);
    }
}
