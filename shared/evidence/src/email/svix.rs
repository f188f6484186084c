//! The signature over webhooks that Svix sends for others (Resend among them), which is that of the
//! Standard Webhooks: HMAC-SHA256 over id, time and the body as it came. It must be checked before
//! anything of the body is read.

use data_encoding::BASE64;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use crate::inbound::{Forged, Webhook};

/// How far the signed time may lie from now.
const TOLERANCE_SECONDS: i64 = 5 * 60;
/// A header has one signature for each secret in use; more is noise.
const MAX_SIGNATURES: usize = 8;

/// Whether a secret is of the form in which Svix gives it out.
pub fn is_secret(secret: &str) -> bool {
    key(secret).is_some()
}

/// Refuses whatever was not signed with this secret within five minutes of now.
pub fn verify(secret: &str, webhook: &Webhook<'_>) -> Result<(), Forged> {
    let key = key(secret).ok_or(Forged)?;
    let id = webhook.header("svix-id")?;
    let timestamp = webhook.header("svix-timestamp")?;
    let signature = webhook.header("svix-signature")?;
    let signed = mac(&key, id, timestamp, webhook.body).ok_or(Forged)?;
    let right = signature
        .split(' ')
        .take(MAX_SIGNATURES)
        .filter_map(|one| BASE64.decode(one.strip_prefix("v1,")?.as_bytes()).ok())
        .fold(Choice::from(0), |found, one| found | one.ct_eq(&signed));
    if !bool::from(right) {
        return Err(Forged);
    }
    // Only digits were signed over by anybody who is honest; a sign or space is a forgery.
    if !timestamp.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Forged);
    }
    let at: i64 = timestamp.parse().map_err(|_| Forged)?;
    if webhook.now.seconds().saturating_sub(at).abs() > TOLERANCE_SECONDS {
        return Err(Forged);
    }
    Ok(())
}

fn key(secret: &str) -> Option<Vec<u8>> {
    let encoded = secret.strip_prefix("whsec_").unwrap_or(secret);
    let key = BASE64.decode(encoded.as_bytes()).ok()?;
    (!key.is_empty()).then_some(key)
}

fn mac(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> Option<Vec<u8>> {
    // The id has no full stop, or two webhooks could be one text.
    if id.contains('.') {
        return None;
    }
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::timestamp::Timestamp;
    use proptest::prelude::*;

    // The example of the Standard Webhooks' own documentation.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const NOW: Timestamp = Timestamp::from_seconds(1_614_265_330);

    #[derive(Clone, Copy)]
    struct Sent<'a> {
        secret: &'a str,
        id: &'a str,
        timestamp: &'a str,
        signature: &'a str,
        body: &'a [u8],
        now: Timestamp,
    }

    const RIGHT: Sent<'_> = Sent {
        secret: SECRET,
        id: ID,
        timestamp: TIMESTAMP,
        signature: SIGNATURE,
        body: BODY,
        now: NOW,
    };

    impl Sent<'_> {
        fn passes(self) -> bool {
            let headers = [
                ("svix-id", self.id),
                ("svix-timestamp", self.timestamp),
                ("svix-signature", self.signature),
            ];
            let webhook = Webhook {
                url: "",
                headers: &headers,
                body: self.body,
                now: self.now,
            };
            verify(self.secret, &webhook).is_ok()
        }
    }

    #[test]
    fn the_published_example_is_authentic() {
        assert!(RIGHT.passes());
        let secret = SECRET.strip_prefix("whsec_").unwrap();
        assert!(Sent { secret, ..RIGHT }.passes());
    }

    #[test]
    fn one_of_several_signatures_suffices() {
        let signature = &format!("v1,AAAA v2,xx {SIGNATURE} v1a,zz");
        assert!(Sent { signature, ..RIGHT }.passes());
        let signature = &format!("{}{SIGNATURE}", "v1,AAAA ".repeat(8));
        assert!(!Sent { signature, ..RIGHT }.passes());
    }

    #[test]
    fn whatever_is_changed_is_noticed() {
        let longer = [BODY, b" "].concat();
        let shout = SIGNATURE.replace("v1", "V1");
        for secret in ["whsec_AAAA", "", "whsec_!"] {
            assert!(!Sent { secret, ..RIGHT }.passes(), "{secret}");
        }
        for body in [&BODY[1..], &longer, b""] {
            assert!(!Sent { body, ..RIGHT }.passes());
        }
        for id in ["msg_other", "", "msg_p5jXN8AQM9LWM0D4loKWxJek."] {
            assert!(!Sent { id, ..RIGHT }.passes(), "{id}");
        }
        for timestamp in ["1614265331", "", "+1614265330", " 1614265330"] {
            assert!(!Sent { timestamp, ..RIGHT }.passes(), "{timestamp}");
        }
        for signature in ["", &SIGNATURE[3..], &SIGNATURE[..40], &shout] {
            assert!(!Sent { signature, ..RIGHT }.passes(), "{signature}");
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_none() {
        let headers = [
            ("svix-id", ID),
            ("svix-timestamp", TIMESTAMP),
            ("svix-signature", SIGNATURE),
            ("svix-signature", SIGNATURE),
        ];
        let webhook = Webhook {
            url: "",
            headers: &headers,
            body: BODY,
            now: NOW,
        };
        assert_eq!(verify(SECRET, &webhook), Err(Forged));
    }

    #[test]
    fn five_minutes_and_no_more() {
        for (seconds, passes) in [
            (300, true),
            (-300, true),
            (301, false),
            (-301, false),
            (604_800, false),
        ] {
            let now = NOW.plus_seconds(seconds);
            assert_eq!(Sent { now, ..RIGHT }.passes(), passes, "{seconds}");
        }
    }

    #[test]
    fn a_text_that_reads_two_ways_is_refused() {
        assert_eq!(mac(&key(SECRET).unwrap(), "a.1", "2", b"x"), None);
    }

    proptest! {
        #[test]
        fn nothing_passes_by_chance(signature in "(v1,)?[A-Za-z0-9+/= ,]{0,90}", body: Vec<u8>) {
            prop_assume!(signature != SIGNATURE);
            let sent = Sent { signature: &signature, body: &body, ..RIGHT };
            prop_assert!(!sent.passes());
        }
    }
}
