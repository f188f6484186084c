//! The signature over webhooks that Svix sends for others (Resend among them), which is that of the
//! Standard Webhooks: HMAC-SHA256 over id, time and the body as it came. It must be checked before
//! anything of the body is read.

use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use super::report::WebhookRefusal;
use proof_domain::timestamp::Timestamp;

/// How far the signed time may lie from now.
const TOLERANCE_SECONDS: i64 = 5 * 60;
/// A header has one signature for each secret in use; more is noise.
const MAX_SIGNATURES: usize = 8;

/// The three headers of a signed webhook.
#[derive(Clone, Copy, Debug)]
pub struct SignedHeaders<'a> {
    /// `svix-id` (or `webhook-id`).
    pub id: &'a str,
    /// `svix-timestamp`: seconds.
    pub timestamp: &'a str,
    /// `svix-signature`: `v1,<base64>`, several with spaces between them.
    pub signature: &'a str,
}

/// Whether a secret is of the form in which Svix gives it out.
pub fn is_secret(secret: &str) -> bool {
    key(secret).is_some()
}

/// Refuses whatever was not signed with this secret within five minutes of now.
pub fn verify(
    secret: &str,
    headers: SignedHeaders<'_>,
    body: &[u8],
    now: Timestamp,
) -> Result<(), WebhookRefusal> {
    let key = key(secret).ok_or(WebhookRefusal::Unauthentic)?;
    let signed = mac(&key, headers, body).ok_or(WebhookRefusal::Unauthentic)?;
    let right = headers
        .signature
        .split(' ')
        .take(MAX_SIGNATURES)
        .filter_map(|one| BASE64.decode(one.strip_prefix("v1,")?.as_bytes()).ok())
        .fold(Choice::from(0), |found, one| found | one.ct_eq(&signed));
    if !bool::from(right) {
        return Err(WebhookRefusal::Unauthentic);
    }
    // Only digits were signed over by anybody who is honest; a sign or space is a forgery.
    if !headers.timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WebhookRefusal::Unauthentic);
    }
    let at: i64 = headers
        .timestamp
        .parse()
        .map_err(|_| WebhookRefusal::Stale)?;
    if (now.seconds().saturating_sub(at)).abs() > TOLERANCE_SECONDS {
        return Err(WebhookRefusal::Stale);
    }
    Ok(())
}

fn key(secret: &str) -> Option<Vec<u8>> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = BASE64.decode(encoded.as_bytes()).ok()?;
    (!key.is_empty()).then_some(key)
}

fn mac(key: &[u8], headers: SignedHeaders<'_>, body: &[u8]) -> Option<Vec<u8>> {
    // The id has no full stop, or two webhooks could be one text.
    if headers.id.is_empty() || headers.id.contains('.') {
        return None;
    }
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).ok()?;
    for part in [
        headers.id.as_bytes(),
        b".",
        headers.timestamp.as_bytes(),
        b".",
        body,
    ] {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // The example of the Standard Webhooks' own documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const NOW: Timestamp = Timestamp::from_seconds(1_614_265_330);

    fn headers(signature: &str) -> SignedHeaders<'_> {
        SignedHeaders {
            id: ID,
            timestamp: TIMESTAMP,
            signature,
        }
    }

    #[test]
    fn the_published_example_is_authentic() {
        assert_eq!(verify(SECRET, headers(SIGNATURE), BODY, NOW), Ok(()));
        let bare = SECRET.strip_prefix("whsec_").unwrap();
        assert_eq!(verify(bare, headers(SIGNATURE), BODY, NOW), Ok(()));
    }

    #[test]
    fn one_of_several_signatures_suffices() {
        let several = format!("v1,AAAA v2,xx {SIGNATURE} v1a,zz");
        assert_eq!(verify(SECRET, headers(&several), BODY, NOW), Ok(()));
        let many = format!("{}{SIGNATURE}", "v1,AAAA ".repeat(8));
        assert_eq!(
            verify(SECRET, headers(&many), BODY, NOW),
            Err(WebhookRefusal::Unauthentic)
        );
    }

    #[test]
    fn whatever_is_changed_is_noticed() {
        let right = headers(SIGNATURE);
        let longer = [BODY, b" "].concat();
        for (secret, headers, body) in [
            ("whsec_AAAA", right, BODY),
            ("", right, BODY),
            ("whsec_!", right, BODY),
            (SECRET, right, &BODY[1..]),
            (SECRET, right, &longer),
            (
                SECRET,
                SignedHeaders {
                    id: "msg_other",
                    ..right
                },
                BODY,
            ),
            (SECRET, SignedHeaders { id: "", ..right }, BODY),
            (
                SECRET,
                SignedHeaders {
                    timestamp: "1614265331",
                    ..right
                },
                BODY,
            ),
            (
                SECRET,
                SignedHeaders {
                    timestamp: "",
                    ..right
                },
                BODY,
            ),
            (
                SECRET,
                SignedHeaders {
                    signature: "",
                    ..right
                },
                BODY,
            ),
            (
                SECRET,
                SignedHeaders {
                    signature: &SIGNATURE[3..],
                    ..right
                },
                BODY,
            ),
            (
                SECRET,
                SignedHeaders {
                    signature: &SIGNATURE[..40],
                    ..right
                },
                BODY,
            ),
            (
                SECRET,
                SignedHeaders {
                    signature: &SIGNATURE.replace("v1", "V1"),
                    ..right
                },
                BODY,
            ),
        ] {
            assert_eq!(
                verify(secret, headers, body, NOW),
                Err(WebhookRefusal::Unauthentic),
                "{headers:?}"
            );
        }
    }

    #[test]
    fn five_minutes_and_no_more() {
        for (seconds, expected) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(WebhookRefusal::Stale)),
            (-301, Err(WebhookRefusal::Stale)),
            (604_800, Err(WebhookRefusal::Stale)),
        ] {
            let now = NOW.plus_seconds(seconds);
            assert_eq!(verify(SECRET, headers(SIGNATURE), BODY, now), expected);
        }
    }

    #[test]
    fn a_text_that_reads_two_ways_is_refused() {
        let key = key(SECRET).unwrap();
        let split = SignedHeaders {
            id: "a.1",
            timestamp: "2",
            signature: "",
        };
        assert_eq!(mac(&key, split, b"x"), None);
    }

    proptest! {
        #[test]
        fn nothing_passes_by_chance(signature in "(v1,)?[A-Za-z0-9+/= ,]{0,90}", body: Vec<u8>) {
            prop_assume!(signature != SIGNATURE);
            prop_assert!(verify(SECRET, headers(&signature), &body, NOW).is_err());
        }
    }
}
