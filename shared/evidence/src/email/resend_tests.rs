use super::*;
use crate::email::MessageContents;
use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use proof_domain::timestamp::Timestamp;
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

fn read(
    body: &[u8],
    sign: impl Fn(&str, &str, &[u8]) -> String,
) -> Result<Option<Reported>, Forged> {
    let timestamp = NOW.seconds().to_string();
    let signature = sign("msg_1", &timestamp, body);
    let headers = [
        ("svix-id", "msg_1"),
        ("svix-timestamp", timestamp.as_str()),
        ("svix-signature", signature.as_str()),
    ];
    let settings: Settings = [("RESEND_WEBHOOK_SECRET", SECRET)].into_iter().collect();
    ResendWebhook::from_settings(&settings)
        .unwrap()
        .read(&Webhook {
            url: "https://proof.example/inbound/email/resend",
            headers: &headers,
            body,
            now: NOW,
        })
}

fn told(event: &Value) -> Option<Reported> {
    read(event.to_string().as_bytes(), sign).unwrap()
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
    let expected = Reported {
        reference: format!("{ID}.2"),
        message_id: "56761188-7520-42d8-8898-ff6fc54ce618".into(),
        report: DeliveryReport::Bounced("bounced".into()),
    };
    for tags in [
        json!({"verification_id": ID, "message": "2"}),
        json!([{"name": "verification_id", "value": ID}, {"name": "message", "value": "2"}]),
    ] {
        assert!(told(&event("email.bounced", &tags)).as_ref() == Some(&expected));
    }
}

#[test]
fn each_kind_is_told_apart() {
    let tags = json!({"verification_id": ID, "message": "1"});
    let bounced = |word: &str| Some(DeliveryReport::Bounced(word.to_owned()));
    for (kind, expected) in [
        ("email.delivered", Some(DeliveryReport::Delivered)),
        ("email.complained", Some(DeliveryReport::Complained)),
        (
            "email.failed",
            Some(DeliveryReport::Failed("provider_gave_up".into())),
        ),
        ("email.suppressed", bounced("recipient_suppressed")),
        ("email.sent", None),
        ("email.opened", None),
        ("email.delivery_delayed", None),
        ("contact.created", None),
    ] {
        let report = told(&event(kind, &tags)).map(|told| told.report);
        assert_eq!(report, expected, "{kind}");
    }
    let mut transient = event("email.bounced", &tags);
    transient["data"]["bounce"]["type"] = json!("Transient");
    assert_eq!(
        told(&transient).map(|told| told.report),
        bounced("bounced_for_now")
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
        json!({"verification_id": ID}),
        json!({"message": "1"}),
    ] {
        assert!(told(&event("email.bounced", &tags)).is_none(), "{tags}");
    }
    assert!(told(&json!({"type": "email.bounced"})).is_none());
}

#[test]
fn the_signature_comes_before_the_body() {
    let wrong = |_: &str, _: &str, _: &[u8]| "v1,AAAA".to_owned();
    let good = event(
        "email.bounced",
        &json!({"verification_id": ID, "message": "1"}),
    );
    for body in [b"not json".as_slice(), good.to_string().as_bytes()] {
        assert!(read(body, wrong).is_err());
    }
    for body in [b"not json".as_slice(), b"", b"[]", b"{}", b"{\"type\":1}"] {
        assert!(
            read(body, sign).unwrap().is_none(),
            "authentic, and of no use"
        );
    }
}

#[test]
fn a_secret_that_is_none_is_missing() {
    for secret in ["", "whsec_", "whsec_not base64"] {
        let settings: Settings = [("RESEND_WEBHOOK_SECRET", secret)].into_iter().collect();
        assert!(ResendWebhook::from_settings(&settings).is_err(), "{secret}");
    }
}
