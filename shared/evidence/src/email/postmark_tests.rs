use super::*;
use crate::email::MessageContents;
use proof_domain::timestamp::Timestamp;
use serde_json::{Value, json};

const ID: &str = "507f1f77bcf86cd799439011";
const PASSWORD: &str = "a-long-password";

fn adapter() -> Postmark {
    let settings: Settings = [
        ("EMAIL_FROM", "no-reply@proof.example"),
        ("POSTMARK_SERVER_TOKEN", "token-secret"),
    ]
    .into_iter()
    .collect();
    Postmark::from_settings(&settings).unwrap()
}

fn answer(status: u16, body: &Value) -> ProviderResponse {
    ProviderResponse {
        status,
        retry_after: None,
        body: body.to_string().into_bytes(),
    }
}

#[test]
fn the_request_is_the_documented_one() {
    let message = EmailMessage::render(&MessageContents {
        to: "jo@example.com",
        code: "482913",
        link: None,
        organisation_name: "Acme",
        domain: None,
        expires_minutes: 10,
        verification_id: ID,
        number: 1,
    })
    .unwrap();
    let request = adapter().send(&message);
    assert_eq!(request.url, "https://api.postmarkapp.com/email");
    assert!(
        request
            .headers
            .contains(&("x-postmark-server-token", "token-secret".to_owned()))
    );
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        body,
        json!({
            "From": "no-reply@proof.example",
            "To": "jo@example.com",
            "Subject": "482913 is your Proof code for Acme",
            "HtmlBody": message.html,
            "TextBody": message.text,
            "MessageStream": "outbound",
            "TrackOpens": false,
            "TrackLinks": "None",
            "Metadata": {"verification_id": ID, "message": "1"},
            "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],
        })
    );
    assert!(!format!("{:?} {request:?}", adapter()).contains("secret"));
}

#[test]
fn taken_is_what_says_so() {
    let taken = json!({
        "To": "jo@example.com", "SubmittedAt": "2014-02-17T07:25:01.4178645-05:00",
        "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d", "ErrorCode": 0, "Message": "OK"
    });
    assert_eq!(adapter().sent(&answer(200, &taken)), Ok(()));
    assert!(
        adapter()
            .sent(&answer(200, &json!({})))
            .unwrap_err()
            .is_ambiguous()
    );
    let odd = adapter().sent(&answer(200, &json!({"ErrorCode": 406})));
    assert_eq!(odd, Err(SendError::Recipient(RecipientRefusal::Suppressed)));
}

#[test]
fn every_documented_code_has_its_meaning() {
    for (status, code, said, retryable) in [
        (401, 10, "provider_credentials", false),
        (503, 100, "provider_unavailable", true),
        (422, 300, "recipient_invalid", false),
        (422, 400, "sender_not_verified", false),
        (422, 401, "sender_not_verified", false),
        (422, 405, "quota_exceeded", false),
        (422, 406, "recipient_suppressed", false),
        (422, 409, "message_refused", false),
        (422, 412, "sender_not_verified", false),
        (422, 413, "account_not_allowed", false),
        (429, 429, "provider_busy", true),
        (422, 9_999, "status_422", false),
        (500, 0, "provider_unavailable", true),
    ] {
        let body = json!({"ErrorCode": code, "Message": "…"});
        let error = adapter().sent(&answer(status, &body)).unwrap_err();
        assert_eq!(error.code(), said, "{code}");
        assert_eq!(error.is_retryable(), retryable, "{code}");
    }
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", BASE64.encode(credentials.as_bytes()))
}

fn read(authorization: &str, body: &[u8]) -> Result<Option<Reported>, Forged> {
    let settings: Settings = [("POSTMARK_WEBHOOK_PASSWORD", PASSWORD)]
        .into_iter()
        .collect();
    let headers = [("authorization", authorization)];
    PostmarkWebhook::from_settings(&settings)
        .unwrap()
        .read(&Webhook {
            url: "https://proof.example/inbound/email/postmark",
            headers: &headers,
            body,
            now: Timestamp::from_seconds(0),
        })
}

fn told(event: &Value) -> Option<Reported> {
    let authorization = basic(&format!("proof:{PASSWORD}"));
    read(&authorization, event.to_string().as_bytes()).unwrap()
}

fn bounce(kind: &str, inactive: bool) -> Value {
    json!({
        "RecordType": "Bounce", "ID": 42, "Type": kind, "TypeCode": 1, "Name": "…", "Tag": "",
        "MessageID": "00000000-0000-0000-0000-000000000000",
        "Metadata": {"verification_id": ID, "message": "3"},
        "ServerID": 1234, "MessageStream": "outbound", "Description": "…", "Details": "…",
        "Email": "jo@example.com", "From": "no-reply@proof.example",
        "BouncedAt": "2019-11-05T16:33:54.9070259Z", "DumpAvailable": true, "Inactive": inactive,
        "CanActivate": true, "Subject": "…", "Content": "…"
    })
}

#[test]
fn each_kind_is_told_apart() {
    let bounced = |word: &str| Some(DeliveryReport::Bounced(word.to_owned()));
    let of = |record_type: &str, metadata: Value| json!({"RecordType": record_type, "MessageID": "m", "Metadata": metadata});
    let ours = || json!({"verification_id": ID, "message": "1"});
    for (event, expected) in [
        (bounce("HardBounce", true), bounced("bounced")),
        (bounce("BadEmailAddress", true), bounced("bounced")),
        (bounce("SoftBounce", false), bounced("bounced_for_now")),
        (bounce("Blocked", true), bounced("bounced")),
        (
            bounce("SpamComplaint", true),
            Some(DeliveryReport::Complained),
        ),
        (bounce("AutoResponder", false), None),
        (bounce("AddressChange", false), None),
        (of("Delivery", ours()), Some(DeliveryReport::Delivered)),
        (
            of("SpamComplaint", ours()),
            Some(DeliveryReport::Complained),
        ),
        (of("Open", ours()), None),
        (of("SubscriptionChange", ours()), None),
        (of("Delivery", json!({})), None),
        (of("Delivery", json!({"verification_id": ID})), None),
        (of("Delivery", json!("x")), None),
        (json!({"RecordType": "Delivery"}), None),
    ] {
        let report = told(&event).map(|told| told.report);
        assert_eq!(report, expected, "{event}");
    }
    let told = told(&bounce("HardBounce", true)).unwrap();
    assert_eq!(told.reference, format!("{ID}.3"));
    assert_eq!(told.message_id, "00000000-0000-0000-0000-000000000000");
}

#[test]
fn only_who_knows_the_password_is_heard() {
    let body = bounce("HardBounce", true).to_string();
    for authorization in [
        String::new(),
        basic("proof:"),
        basic("proof:wrong"),
        basic(&format!("Proof:{PASSWORD}")),
        basic(PASSWORD),
        basic(&format!("proof:{PASSWORD}x")),
        format!("Bearer {PASSWORD}"),
    ] {
        assert!(
            read(&authorization, body.as_bytes()).is_err(),
            "{authorization}"
        );
    }
    // An empty setting is no password.
    let settings: Settings = [("POSTMARK_WEBHOOK_PASSWORD", "")].into_iter().collect();
    assert!(PostmarkWebhook::from_settings(&settings).is_err());
}

#[test]
fn what_is_not_the_documented_form_is_of_no_use() {
    let authorization = basic(&format!("proof:{PASSWORD}"));
    for body in ["", "[]", "{}", "{\"RecordType\":1}", "\u{0}"] {
        assert!(
            read(&authorization, body.as_bytes()).unwrap().is_none(),
            "{body}"
        );
    }
}
