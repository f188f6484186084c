//! The secrets that deliveries are signed with: `whsec_` and the base64 of 32 random bytes, the form
//! of Standard Webhooks. They are stored sealed and never printed.

use std::fmt;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::error::ApiError;

const PREFIX: &str = "whsec_";
const RANDOM: usize = 32;

/// How long the former secret signs as well, unless the tenant says otherwise.
pub const DEFAULT_OVERLAP_SECONDS: u32 = 24 * 60 * 60;
/// The longest that it can.
pub const MAX_OVERLAP_SECONDS: u32 = 7 * 24 * 60 * 60;

/// A secret as the tenant holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Zeroizing<String>);

impl WebhookSecret {
    pub fn from_random(random: &[u8; RANDOM]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 44));
        text.push_str(PREFIX);
        BASE64.encode_append(random, &mut text);
        Self(text)
    }

    /// Accepts only what `from_random` makes.
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = BASE64.decode(text.strip_prefix(PREFIX)?.as_bytes()).ok()?;
        (decoded.len() == RANDOM).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The whole text; as bytes it is the key of `X-Proof-Signature`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What Standard Webhooks takes as the key: the bytes that the part after `whsec_` stands for.
    pub fn key_bytes(&self) -> Zeroizing<Vec<u8>> {
        let encoded = self.0.strip_prefix(PREFIX).unwrap_or_default();
        Zeroizing::new(BASE64.decode(encoded.as_bytes()).unwrap_or_default())
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// How a secret is replaced.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// How long the former secret signs as well. 86400 if you say nothing; with 0 it ends at once.
    #[schema(example = 86400, maximum = 604_800)]
    pub overlap_seconds: Option<u32>,
}

impl RotateSecret {
    /// For how long the former secret signs as well; 0 if it ends at once.
    pub fn overlap(&self) -> Result<u32, ApiError> {
        match self.overlap_seconds.unwrap_or(DEFAULT_OVERLAP_SECONDS) {
            seconds @ 0..=MAX_OVERLAP_SECONDS => Ok(seconds),
            _ => Err(ApiError::field(
                "overlap_seconds",
                "must be a whole number from 0 to 604800",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn has_the_form_that_the_published_libraries_read() {
        let secret = WebhookSecret::from_random(&[7; 32]);
        assert_eq!(
            secret.as_str(),
            "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
        );
        assert_eq!(&*secret.key_bytes(), &[7; 32]);
        assert_eq!(format!("{secret:?}"), "WebhookSecret(…)");
    }

    #[test]
    fn nothing_else_is_a_secret() {
        for wrong in [
            "",
            "whsec_",
            "whsec_BwcH",
            "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            "WHSEC_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
            "whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",
            "whsec_-_cHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=",
        ] {
            assert!(WebhookSecret::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn the_former_secret_signs_for_a_week_at_most() {
        let overlap = |overlap_seconds| RotateSecret { overlap_seconds }.overlap();
        assert_eq!(overlap(None).unwrap(), 86_400);
        assert_eq!(overlap(Some(0)).unwrap(), 0);
        assert_eq!(overlap(Some(604_800)).unwrap(), 604_800);
        for wrong in [604_801, u32::MAX] {
            let error = overlap(Some(wrong)).unwrap_err();
            assert_eq!(error.details[0].field, "overlap_seconds");
        }
    }

    proptest! {
        #[test]
        fn survives_the_round_trip(random: [u8; 32]) {
            let secret = WebhookSecret::from_random(&random);
            prop_assert_eq!(&*secret.key_bytes(), &random);
            prop_assert_eq!(WebhookSecret::parse(secret.as_str()), Some(secret));
        }
    }
}
