//! Twilio's documented requests and webhooks, and what comes in their place.

use proof_domain::timestamp::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::sms::ReportTo;

const SID: &str = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";
const URL: &str = "https://proof.example/inbound/sms/twilio";

fn twilio_with(token: &str) -> Twilio {
    let settings: Settings = [(ACCOUNT_SID, SID), (AUTH_TOKEN, token)]
        .into_iter()
        .collect();
    Twilio::from_settings(&settings, Number::parse("+12025550100").unwrap()).unwrap()
}

fn twilio() -> Twilio {
    twilio_with("12345")
}

fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into_bytes()
}

fn inbound(changes: &[(&str, &str)]) -> Vec<u8> {
    let mut pairs = vec![
        ("ToCountry", "US"),
        ("MessageSid", "SM10ea1dce707f4bedb44204c9fbc5a0c0"),
        ("SmsStatus", "received"),
        ("Body", " X7K2M9 "),
        ("To", "+12025550100"),
        ("NumSegments", "1"),
        ("AccountSid", SID),
        ("From", "+37069199199"),
        ("ApiVersion", "2010-04-01"),
    ];
    pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    pairs.extend(changes);
    form(&pairs)
}

fn trusts_at(url: &str, signature: &str, body: &[u8]) -> bool {
    twilio()
        .trust(&Webhook {
            url,
            headers: &[("x-twilio-signature", signature)],
            body,
            now: Timestamp::from_seconds(0),
        })
        .is_ok()
}

fn trusts(signature: &str, body: &[u8]) -> bool {
    trusts_at(URL, signature, body)
}

fn signed(url: &str, body: &[u8]) -> String {
    twilio().signature(url, &fields(body))
}

fn read_at(url: &str, body: &[u8]) -> Option<SmsEvent> {
    twilio()
        .read(&Webhook {
            url,
            headers: &[],
            body,
            now: Timestamp::from_seconds(0),
        })
        .into_iter()
        .next()
}

fn read(body: &[u8]) -> Option<SmsEvent> {
    read_at(URL, body)
}

#[test]
fn agrees_with_the_documented_signature() {
    // The worked example of Twilio's security page.
    let fields: Fields = [
        ("Digits", "1234"),
        ("To", "+18005551212"),
        ("From", "+14158675309"),
        ("Caller", "+14158675309"),
        ("CallSid", "CA1234567890ABCDE"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    assert_eq!(
        twilio().signature("https://mycompany.com/myapp.php?foo=1&bar=2", &fields),
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    );
}

#[test]
fn only_twilios_signature_for_this_place_is_believed() {
    let body = inbound(&[]);
    let right = signed(URL, &body);
    assert!(trusts(&right, &body));
    assert!(!trusts("", &body));
    assert!(!trusts(&right[..27], &body));
    assert!(!trusts(
        &twilio_with("another").signature(URL, &fields(&body)),
        &body
    ));
    for change in [
        ("Body", "X7K2M9"),
        ("From", "+37060000000"),
        ("Extra", ""),
        ("AccountSid", "AC0"),
    ] {
        assert!(!trusts(&right, &inbound(&[change])), "{change:?}");
    }
    for place in [
        "https://proof.example/inbound/sms/twilio?x=1",
        "https://proof.example/inbound/sms/twilio/acme",
        "http://proof.example/inbound/sms/twilio",
        "https://proof.example:8443/inbound/sms/twilio/",
    ] {
        assert!(!trusts_at(place, &right, &body), "{place}");
    }
}

#[test]
fn the_standard_port_may_be_spelled_out_or_not() {
    let body = inbound(&[]);
    let with = "https://proof.example:443/inbound/sms/twilio";
    assert!(trusts_at(URL, &signed(with, &body), &body));
    assert!(trusts_at(with, &signed(URL, &body), &body));
    let local = "http://127.0.0.1:8787/inbound/sms/twilio";
    assert!(trusts_at(local, &signed(local, &body), &body));
    assert!(!trusts_at(
        URL,
        &signed("https://proof.example:80/inbound/sms/twilio", &body),
        &body
    ));
}

#[test]
fn another_accounts_webhook_is_not_believed_even_with_this_signature() {
    for account in ["AC0", ""] {
        let body = inbound(&[("AccountSid", account)]);
        assert!(!trusts(&signed(URL, &body), &body), "{account}");
    }
    let twice = inbound(&[("AccountSid", SID), ("AccountSid", "AC0")]);
    assert!(!trusts(&signed(URL, &twice), &twice));
}

#[test]
fn a_message_is_read_as_it_is() {
    let Some(SmsEvent::Received(message)) = read(&inbound(&[])) else {
        panic!()
    };
    assert_eq!(message.id, "SM10ea1dce707f4bedb44204c9fbc5a0c0");
    assert_eq!(message.sender.address, "+37069199199");
    assert_eq!(message.number().cloned(), Number::parse("+37069199199"));
    assert!(message.content == Content::Text(" X7K2M9 ".into()));
}

#[test]
fn what_is_no_message_to_this_number_is_left_out() {
    for change in [
        ("To", "+12025550101"),
        ("From", "ACME"),
        ("From", "12345"),
        ("From", "whatsapp:+37069199199"),
        ("From", ""),
        ("MessageSid", ""),
        ("MessageSid", "a b"),
        ("MessageStatus", "sent"),
    ] {
        assert_eq!(read(&inbound(&[change])), None, "{change:?}");
    }
    let twice = inbound(&[("From", "+37069199199"), ("From", "+37060000000")]);
    assert_eq!(read(&twice), None);
    assert_eq!(read(b""), None);
    assert_eq!(read(b"\xff=%ff&&&=="), None);
}

#[test]
fn a_report_says_which_message_and_how_it_ended() {
    let url = format!("{URL}?message=507f1f77bcf86cd799439011.1");
    let report = |status: &str, code: Option<&str>| {
        let mut pairs = vec![
            ("MessageSid", "SM1"),
            ("MessageStatus", status),
            ("SmsStatus", status),
            ("AccountSid", SID),
            ("From", "+12025550100"),
            ("To", "+37069199199"),
        ];
        pairs.extend(code.map(|code| ("ErrorCode", code)));
        match read_at(&url, &form(&pairs)) {
            Some(SmsEvent::Reported(reported)) => {
                assert_eq!(reported.reference, "507f1f77bcf86cd799439011.1");
                assert_eq!(reported.message_id, "SM1");
                Some(reported.report)
            }
            None => None,
            Some(SmsEvent::Received(_)) => panic!(),
        }
    };
    let failed = |reason: &str| Some(DeliveryReport::Failed(reason.to_owned()));
    assert_eq!(report("delivered", None), Some(DeliveryReport::Delivered));
    assert_eq!(report("undelivered", Some("30003")), failed("twilio_30003"));
    assert_eq!(report("failed", None), failed("undelivered"));
    assert_eq!(report("failed", Some("free text")), failed("undelivered"));
    assert_eq!(report("sent", None), None);
    assert_eq!(report("queued", None), None);
    let anonymous = form(&[("MessageSid", "SM1"), ("MessageStatus", "delivered")]);
    assert_eq!(read(&anonymous), None);
}

#[test]
fn sends_a_form() {
    let to = Number::parse("+37069199199").unwrap();
    let request = twilio().send(&SmsMessage {
        to: &to,
        text: "048291 is your code",
        report_to: Some(ReportTo {
            url: URL,
            reference: "507f1f77bcf86cd799439011.1",
        }),
    });
    assert_eq!(
        request.url,
        format!("https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages.json")
    );
    let sent = fields(&request.body);
    assert_eq!(field(&sent, "To"), Some("+37069199199"));
    assert_eq!(field(&sent, "From"), Some("+12025550100"));
    assert_eq!(field(&sent, "Body"), Some("048291 is your code"));
    assert_eq!(
        field(&sent, "StatusCallback"),
        Some("https://proof.example/inbound/sms/twilio?message=507f1f77bcf86cd799439011.1")
    );
    let bare = twilio().send(&SmsMessage {
        to: &to,
        text: "Done.",
        report_to: None,
    });
    assert_eq!(field(&fields(&bare.body), "StatusCallback"), None);
    assert_eq!(format!("{:?}", twilio()), format!("Twilio({SID})"));
}

#[test]
fn reads_what_became_of_it() {
    let answer = |status: u16, body: Value| {
        twilio().sent(&ProviderResponse {
            status,
            retry_after: Some(4),
            body: body.to_string().into_bytes(),
        })
    };
    assert_eq!(
        answer(
            201,
            json!({"sid": "SM1", "status": "queued", "error_code": null})
        ),
        Ok("SM1".into())
    );
    let error = |status: u16, code: u32| {
        answer(
            status,
            json!({"code": code, "message": "secret", "more_info": "https://…", "status": status}),
        )
        .unwrap_err()
    };
    assert_eq!(error(401, 20_003), ProviderError::Credentials);
    assert_eq!(
        error(429, 20_429),
        ProviderError::RateLimited {
            retry_after: Some(4)
        }
    );
    assert_eq!(error(400, 21_211), ProviderError::refused("twilio_21211"));
    assert_eq!(error(400, 21_610), ProviderError::refused("twilio_21610"));
    assert!(error(503, 20_503).is_retryable());
    assert_eq!(answer(200, json!({})), Err(ProviderError::Unreadable));
    assert!(answer(502, json!("x")).unwrap_err().is_retryable());
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_left_out(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(read(&body), None);
        prop_assert!(!trusts("RSOYDt4T1cUTdK1PDd93/VVr8B8=", &body));
    }

    #[test]
    fn the_order_of_fields_does_not_matter(seed in any::<u64>()) {
        let body = inbound(&[]);
        let right = signed(URL, &body);
        let mut pairs = fields(&body);
        let from = usize::try_from(seed % 9).unwrap();
        pairs.rotate_left(from);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        prop_assert!(trusts(&right, &form(&pairs)));
    }
}
