use super::*;
use crate::email::MessageContents;
use proof_domain::id::Id;
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

fn reported(event: &Value) -> Option<MailReport> {
    let authorization = basic(&format!("proof:{PASSWORD}"));
    report(PASSWORD, &authorization, event.to_string().as_bytes()).unwrap()
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
    for (event, expected) in [
        (
            bounce("HardBounce", true),
            Some(ReportKind::Bounced { permanent: true }),
        ),
        (
            bounce("BadEmailAddress", true),
            Some(ReportKind::Bounced { permanent: true }),
        ),
        (
            bounce("SoftBounce", false),
            Some(ReportKind::Bounced { permanent: false }),
        ),
        (
            bounce("Blocked", true),
            Some(ReportKind::Bounced { permanent: true }),
        ),
        (bounce("SpamComplaint", true), Some(ReportKind::Complained)),
        (bounce("AutoResponder", false), None),
        (bounce("AddressChange", false), None),
        (
            json!({"RecordType": "Delivery", "Metadata": {"verification_id": ID, "message": "1"}}),
            Some(ReportKind::Delivered),
        ),
        (
            json!({"RecordType": "SpamComplaint", "Metadata": {"verification_id": ID, "message": "1"}}),
            Some(ReportKind::Complained),
        ),
        (
            json!({"RecordType": "Open", "Metadata": {"verification_id": ID, "message": "1"}}),
            None,
        ),
        (json!({"RecordType": "SubscriptionChange"}), None),
        (json!({"RecordType": "Delivery"}), None),
        (
            json!({"RecordType": "Delivery", "Metadata": {"verification_id": "x"}}),
            None,
        ),
    ] {
        assert_eq!(
            reported(&event).map(|report| report.kind),
            expected,
            "{event}"
        );
    }
    let report = reported(&bounce("HardBounce", true)).unwrap();
    assert_eq!(report.verification_id, Id::parse(ID).unwrap());
    assert_eq!(report.message, 3);
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
        assert_eq!(
            report(PASSWORD, &authorization, body.as_bytes()),
            Err(WebhookRefusal::Unauthentic),
            "{authorization}"
        );
    }
    // An empty setting is no password.
    assert_eq!(
        report("", &basic("proof:"), body.as_bytes()),
        Err(WebhookRefusal::Unauthentic)
    );
}

#[test]
fn what_is_not_the_documented_form_is_refused() {
    let authorization = basic(&format!("proof:{PASSWORD}"));
    for body in ["", "[]", "{}", "{\"RecordType\":1}", "\u{0}"] {
        assert_eq!(
            report(PASSWORD, &authorization, body.as_bytes()),
            Err(WebhookRefusal::Unreadable),
            "{body}"
        );
    }
}
