use super::*;
use crate::email::MessageContents;
use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

const ID: &str = "507f1f77bcf86cd799439011";
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW: Timestamp = Timestamp::from_seconds(1_750_000_000);

fn adapter() -> Resend {
    let settings: Settings = [
        ("EMAIL_FROM", "Proof <no-reply@proof.example>"),
        ("RESEND_API_KEY", "re_secret"),
        ("RESEND_API_URL", "http://loopback:1/"),
    ]
    .into_iter()
    .collect();
    Resend::from_settings(&settings).unwrap()
}

fn message() -> EmailMessage {
    EmailMessage::render(&MessageContents {
        to: "jo@example.com",
        code: "482913",
        link: None,
        organisation_name: "Acme",
        domain: None,
        expires_minutes: 10,
        verification_id: ID,
        number: 2,
    })
    .unwrap()
}

fn answer(status: u16, body: &Value) -> ProviderResponse {
    ProviderResponse {
        status,
        retry_after: Some(3),
        body: body.to_string().into_bytes(),
    }
}

fn refusal(status: u16, name: &str, message: &str) -> SendError {
    adapter()
        .sent(&answer(
            status,
            &json!({"statusCode": status, "name": name, "message": message}),
        ))
        .unwrap_err()
}

#[test]
fn the_request_is_the_documented_one() {
    let request = adapter().send(&message());
    assert_eq!(request.url, "http://loopback:1/emails");
    let header = |name| {
        let found = request.headers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    };
    assert_eq!(header("authorization"), Some("Bearer re_secret"));
    assert_eq!(
        header("idempotency-key"),
        Some("507f1f77bcf86cd799439011.2")
    );
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["from"], "\"Proof\" <no-reply@proof.example>");
    assert_eq!(body["to"], json!(["jo@example.com"]));
    assert_eq!(body["subject"], "482913 is your Proof code for Acme");
    assert_eq!(
        body["tags"],
        json!([{"name": "verification_id", "value": ID}, {"name": "message", "value": "2"}])
    );
    assert_eq!(body["headers"]["Auto-Submitted"], "auto-generated");
    assert!(!format!("{:?} {request:?}", adapter()).contains("secret"));
}

#[test]
fn a_repetition_is_the_same_request() {
    assert!(adapter().send(&message()) == adapter().send(&message()));
}

#[test]
fn taken_is_what_has_an_id() {
    let id = json!({"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"});
    assert_eq!(adapter().sent(&answer(200, &id)), Ok(()));
    let odd = adapter().sent(&answer(200, &json!({}))).unwrap_err();
    assert!(odd.is_ambiguous());
}

#[test]
fn every_documented_refusal_has_its_meaning() {
    for (status, name, code, retryable) in [
        (401, "missing_api_key", "provider_credentials", false),
        (401, "restricted_api_key", "provider_credentials", false),
        (403, "invalid_api_key", "provider_credentials", false),
        (403, "validation_error", "sender_not_verified", false),
        (422, "invalid_from_address", "sender_not_verified", false),
        (429, "daily_quota_exceeded", "quota_exceeded", false),
        (429, "monthly_quota_exceeded", "quota_exceeded", false),
        (429, "rate_limit_exceeded", "provider_busy", true),
        (
            409,
            "concurrent_idempotent_requests",
            "provider_unavailable",
            true,
        ),
        (422, "missing_required_field", "message_refused", false),
        (451, "security_error", "message_refused", false),
        (500, "application_error", "provider_unavailable", true),
        (500, "internal_server_error", "provider_unavailable", true),
    ] {
        let error = refusal(status, name, "…");
        assert_eq!(error.code(), code, "{name}");
        assert_eq!(error.is_retryable(), retryable, "{name}");
    }
    let invalid = "Invalid `to` field. The email address needs to follow the `email@example.com` \
                   or `Name <email@example.com>` format.";
    assert_eq!(
        refusal(422, "validation_error", invalid),
        SendError::Recipient(RecipientRefusal::Invalid)
    );
}

#[test]
fn a_key_that_is_used_up_means_that_the_message_was_taken() {
    let body = json!({"statusCode": 409, "name": "invalid_idempotent_request", "message": "…"});
    assert_eq!(adapter().sent(&answer(409, &body)), Ok(()));
}

#[test]
fn what_is_no_json_is_judged_by_its_status() {
    let html = |status| ProviderResponse {
        status,
        retry_after: None,
        body: b"<html>".to_vec(),
    };
    assert!(adapter().sent(&html(502)).unwrap_err().is_retryable());
    assert!(adapter().sent(&html(200)).unwrap_err().is_ambiguous());
    assert!(!adapter().sent(&html(403)).unwrap_err().is_retryable());
}

fn sign(id: &str, timestamp: &str, body: &[u8]) -> String {
    let key = BASE64.decode(&SECRET.as_bytes()[6..]).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

fn reported(event: &Value) -> Result<Option<MailReport>, WebhookRefusal> {
    let body = event.to_string();
    let timestamp = NOW.seconds().to_string();
    let headers = SignedHeaders {
        id: "msg_1",
        timestamp: &timestamp,
        signature: &sign("msg_1", &timestamp, body.as_bytes()),
    };
    report(SECRET, headers, body.as_bytes(), NOW)
}

fn event(kind: &str, tags: &Value) -> Value {
    json!({
        "type": kind,
        "created_at": "2026-02-22T23:41:12.126Z",
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "from": "Proof <no-reply@proof.example>",
            "to": ["jo@example.com"],
            "subject": "…",
            "bounce": {"message": "…", "subType": "Suppressed", "type": "Permanent"},
            "tags": tags,
        }
    })
}

#[test]
fn tags_are_read_in_both_forms() {
    let expected = MailReport {
        verification_id: proof_domain::id::Id::parse(ID).unwrap(),
        message: 2,
        kind: ReportKind::Bounced { permanent: true },
    };
    for tags in [
        json!({"verification_id": ID, "message": "2"}),
        json!([{"name": "verification_id", "value": ID}, {"name": "message", "value": "2"}]),
    ] {
        assert_eq!(reported(&event("email.bounced", &tags)), Ok(Some(expected)));
    }
}

#[test]
fn each_kind_is_told_apart() {
    let tags = json!({"verification_id": ID, "message": "1"});
    for (kind, expected) in [
        ("email.delivered", Some(ReportKind::Delivered)),
        ("email.complained", Some(ReportKind::Complained)),
        ("email.failed", Some(ReportKind::Failed)),
        (
            "email.suppressed",
            Some(ReportKind::Bounced { permanent: true }),
        ),
        ("email.sent", None),
        ("email.opened", None),
        ("email.delivery_delayed", None),
        ("contact.created", None),
    ] {
        let report = reported(&event(kind, &tags)).unwrap();
        assert_eq!(report.map(|report| report.kind), expected, "{kind}");
    }
    let mut transient = event("email.bounced", &tags);
    transient["data"]["bounce"]["type"] = json!("Transient");
    assert_eq!(
        reported(&transient).unwrap().unwrap().kind,
        ReportKind::Bounced { permanent: false }
    );
}

#[test]
fn mail_of_others_is_of_no_concern() {
    for tags in [
        json!({}),
        json!([]),
        json!(null),
        json!("x"),
        json!([{"name": 1}]),
        json!({"verification_id": "not-an-id", "message": "1"}),
        json!({"verification_id": "507F1F77BCF86CD799439011", "message": "1"}),
        json!({"verification_id": ID}),
        json!({"verification_id": ID, "message": "256"}),
    ] {
        assert_eq!(reported(&event("email.bounced", &tags)), Ok(None), "{tags}");
    }
    assert_eq!(reported(&json!({"type": "email.bounced"})), Ok(None));
}

#[test]
fn the_signature_comes_before_the_body() {
    let timestamp = NOW.seconds().to_string();
    let headers = SignedHeaders {
        id: "msg_1",
        timestamp: &timestamp,
        signature: "v1,AAAA",
    };
    assert_eq!(
        report(SECRET, headers, b"not json", NOW),
        Err(WebhookRefusal::Unauthentic)
    );
    let signature = sign("msg_1", &timestamp, b"not json");
    let headers = SignedHeaders {
        signature: &signature,
        ..headers
    };
    assert_eq!(
        report(SECRET, headers, b"not json", NOW),
        Err(WebhookRefusal::Unreadable)
    );
}
