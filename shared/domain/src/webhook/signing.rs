//! How a delivery says that it is ours: the headers of Standard Webhooks, which its published
//! libraries verify, and `X-Proof-Signature` over the body alone.

use data_encoding::BASE64;
use hmac::Mac as _;

use super::WebhookSecret;
use crate::id::{Id, hex, keyed};
use crate::timestamp::Timestamp;

/// What a receiver sees as our name.
pub const USER_AGENT: &str = "Proof webhooks";

/// The headers that anybody may see.
pub fn plain_headers(event: Id, at: Timestamp) -> Vec<(&'static str, String)> {
    vec![
        ("content-type", "application/json".to_owned()),
        ("user-agent", USER_AGENT.to_owned()),
        ("webhook-id", event.to_string()),
        ("webhook-timestamp", at.seconds().to_string()),
    ]
}

/// All headers of one attempt. While a secret is replaced, both sign.
pub fn headers(
    event: Id,
    at: Timestamp,
    body: &str,
    secret: &WebhookSecret,
    previous: Option<&WebhookSecret>,
) -> Vec<(&'static str, String)> {
    let mut headers = plain_headers(event, at);
    let standard = [Some(secret), previous]
        .into_iter()
        .flatten()
        .map(|secret| standard_signature(secret, event, at, body))
        .collect::<Vec<_>>();
    headers.push(("webhook-signature", standard.join(" ")));
    headers.push(("x-proof-signature", body_signature(secret, body)));
    if let Some(previous) = previous {
        let signature = body_signature(previous, body);
        headers.push(("x-proof-signature-previous", signature));
    }
    headers
}

/// One signature of Standard Webhooks: over id, time and body, with the bytes that the secret stands for.
fn standard_signature(secret: &WebhookSecret, event: Id, at: Timestamp, body: &str) -> String {
    signature_of(&secret.key_bytes(), &event.to_string(), at, body)
}

fn signature_of(key: &[u8], id: &str, at: Timestamp, body: &str) -> String {
    let mut mac = keyed(key);
    for part in [id, ".", &at.seconds().to_string(), ".", body] {
        mac.update(part.as_bytes());
    }
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

/// Over the body alone, with the text of the secret as the tenant holds it.
fn body_signature(secret: &WebhookSecret, body: &str) -> String {
    let mut mac = keyed(secret.as_str().as_bytes());
    mac.update(body.as_bytes());
    hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: Id = Id::from_bytes([1; 12]);
    const AT: Timestamp = Timestamp::from_seconds(1_614_265_330);

    fn value<'a>(headers: &'a [(&str, String)], name: &str) -> Option<&'a str> {
        headers
            .iter()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| &**value)
    }

    /// The example that the standard's libraries carry in their own tests.
    #[test]
    fn signs_as_the_standard_says() {
        let key = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(
            signature_of(
                &key,
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                AT,
                r#"{"test": 2432232314}"#
            ),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn the_body_is_signed_with_the_secret_as_it_is_written() {
        let secret = WebhookSecret::from_random(&[7; 32]);
        let mut mac = keyed(b"whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");
        mac.update(b"{}");
        let headers = headers(EVENT, AT, "{}", &secret, None);
        assert_eq!(
            value(&headers, "x-proof-signature"),
            Some(&*hex(&mac.finalize().into_bytes()))
        );
        assert_eq!(value(&headers, "x-proof-signature-previous"), None);
        assert_eq!(value(&headers, "webhook-timestamp"), Some("1614265330"));
    }

    #[test]
    fn both_secrets_sign_while_one_is_replaced() {
        let (new, old) = (
            WebhookSecret::from_random(&[1; 32]),
            WebhookSecret::from_random(&[2; 32]),
        );
        let both = headers(EVENT, AT, "{}", &new, Some(&old));
        let alone = |secret| headers(EVENT, AT, "{}", secret, None);
        let standard = value(&both, "webhook-signature").unwrap().to_owned();
        let parts: Vec<_> = standard.split(' ').collect();
        assert_eq!(value(&alone(&new), "webhook-signature"), Some(parts[0]));
        assert_eq!(value(&alone(&old), "webhook-signature"), Some(parts[1]));
        assert_eq!(
            value(&both, "x-proof-signature"),
            value(&alone(&new), "x-proof-signature")
        );
        assert_eq!(
            value(&both, "x-proof-signature-previous"),
            value(&alone(&old), "x-proof-signature")
        );
    }

    #[test]
    fn what_is_shown_carries_no_signature() {
        for (name, _) in plain_headers(EVENT, AT) {
            assert!(!name.contains("signature"));
        }
    }
}
