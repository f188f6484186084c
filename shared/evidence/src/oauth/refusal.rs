//! Why an attempt to sign in came to nothing: the provider's many ways to say so in a few words of
//! ours. Free text of a provider never gets further than this module.

use serde::Deserialize;

use super::id_token::IdTokenFault;
use crate::exchange::{ProviderError, ProviderResponse};

/// Why nobody is known to have signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The code is used, too old, somebody else's or made up. A new attempt may succeed.
    #[error("the provider did not accept the code")]
    CodeRefused,
    /// The person did not allow what is needed to tell who it is.
    #[error("the person did not allow the reading of the account's name")]
    NotAllowed,
    /// Somebody signed in, but has no account of the kind that was asked for.
    #[error("there is no account of this kind")]
    NoAccount,
    #[error("the ID token is not to be believed: {0}")]
    IdToken(#[from] IdTokenFault),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

/// Why the provider sent the person back without a code (RFC 6749 §4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// The person said no.
    Declined,
    /// The provider cannot now.
    Unavailable,
    /// The provider does not like our request; whoever configured the channel has to act.
    Misconfigured,
}

/// What the `error` of a callback means.
pub fn turned_back(error: &str) -> Turned {
    match error {
        // The last two are LinkedIn's.
        "access_denied"
        | "user_cancelled_login"
        | "user_cancelled_authorize"
        | "consent_required"
        | "login_required"
        | "interaction_required" => Turned::Declined,
        "temporarily_unavailable" | "server_error" => Turned::Unavailable,
        _ => Turned::Misconfigured,
    }
}

/// The forms in which token endpoints complain: RFC 6749 §5.2, Meta's object, Instagram's own.
#[derive(Deserialize)]
struct Complaint {
    #[serde(default)]
    error: Option<Word>,
    #[serde(default)]
    error_type: Option<String>,
    #[serde(default)]
    error_message: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Code(String),
    Object {
        #[serde(default)]
        code: Option<i64>,
    },
    /// Kraken lists errors, and the list is empty when all is well.
    List(Vec<String>),
    Other(serde::de::IgnoredAny),
}

/// What a token endpoint complains about, whatever its status: some answer 200.
pub(super) fn complaint(response: &ProviderResponse) -> Option<OAuthError> {
    if response.status >= 500 || response.status == 429 || response.status == 408 {
        return Some(response.failure().into());
    }
    let read: Option<Complaint> = serde_json::from_slice(&response.body).ok();
    let meant = read.and_then(|complaint| match complaint.error {
        Some(Word::Code(code)) => Some(by_code(&code)),
        Some(Word::Object { code: Some(code) }) => Some(by_number(code)),
        Some(Word::List(list)) if list.is_empty() => None,
        Some(Word::List(_) | Word::Object { .. } | Word::Other(_)) => Some(OAuthError::CodeRefused),
        None if complaint.error_type.is_some() && complaint.error_message.is_some() => {
            Some(OAuthError::CodeRefused)
        }
        None => None,
    });
    meant.or_else(|| (!response.is_success()).then(|| response.failure().into()))
}

fn by_code(code: &str) -> OAuthError {
    match code {
        // GitHub's word for a bad code. LinkedIn and X call one an invalid request; ours is always
        // of the same form, so that it can only be the code.
        "invalid_grant"
        | "bad_verification_code"
        | "invalid_request"
        | "access_denied"
        | "unverified_user_email" => OAuthError::CodeRefused,
        "invalid_client"
        | "unauthorized_client"
        | "incorrect_client_credentials"
        | "redirect_uri_mismatch"
        | "invalid_client_id"
        | "application_suspended" => ProviderError::Credentials.into(),
        "temporarily_unavailable" | "server_error" | "internal_error" => {
            ProviderError::Unavailable { status: 503 }.into()
        }
        "slow_down" | "rate_limit_exceeded" => {
            ProviderError::RateLimited { retry_after: None }.into()
        }
        other => ProviderError::refused(known(other)).into(),
    }
}

/// Meta's numbers.
fn by_number(code: i64) -> OAuthError {
    match code {
        // A code that is used, too old, or not for this address.
        100 => OAuthError::CodeRefused,
        1 | 101 | 190 | 191 => ProviderError::Credentials.into(),
        2 => ProviderError::Unavailable { status: 503 }.into(),
        4 | 17 | 32 | 341 | 613 => ProviderError::RateLimited { retry_after: None }.into(),
        3 | 10 | 200..=299 => OAuthError::NotAllowed,
        other => ProviderError::refused(format!("code_{other}")).into(),
    }
}

/// A documented code is a short word; anything else might repeat what it was sent.
fn known(code: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    if (1..=40).contains(&code.len()) && code.bytes().all(plain) {
        code
    } else {
        "other"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> ProviderResponse {
        ProviderResponse {
            status,
            retry_after: None,
            body: body.as_bytes().to_vec(),
        }
    }

    fn refused(reason: &str) -> OAuthError {
        ProviderError::refused(reason).into()
    }

    #[test]
    fn what_token_endpoints_complain_about() {
        for (status, body, meaning) in [
            // RFC 6749 §5.2, Google, TikTok.
            (
                400,
                r#"{"error":"invalid_grant","error_description":"Bad Request"}"#,
                OAuthError::CodeRefused,
            ),
            (
                401,
                r#"{"error":"invalid_client"}"#,
                ProviderError::Credentials.into(),
            ),
            (
                200,
                r#"{"error":"invalid_grant","error_description":"Authorization code is expired.","log_id":"2022"}"#,
                OAuthError::CodeRefused,
            ),
            // GitHub, with status 200.
            (
                200,
                r#"{"error":"bad_verification_code","error_description":"The code passed is incorrect or expired.","error_uri":"https://docs.github.com/"}"#,
                OAuthError::CodeRefused,
            ),
            (
                200,
                r#"{"error":"incorrect_client_credentials"}"#,
                ProviderError::Credentials.into(),
            ),
            (
                200,
                r#"{"error":"redirect_uri_mismatch"}"#,
                ProviderError::Credentials.into(),
            ),
            // Meta.
            (
                400,
                r#"{"error":{"message":"This authorization code has been used.","type":"OAuthException","code":100,"error_subcode":36009}}"#,
                OAuthError::CodeRefused,
            ),
            (
                400,
                r#"{"error":{"message":"Error validating client secret.","type":"OAuthException","code":1}}"#,
                ProviderError::Credentials.into(),
            ),
            (
                400,
                r#"{"error_type":"OAuthException","code":400,"error_message":"Matching code was not found or was already used"}"#,
                OAuthError::CodeRefused,
            ),
            // Kraken.
            (
                200,
                r#"{"error":["EAuth:Invalid code"]}"#,
                OAuthError::CodeRefused,
            ),
            // What is nobody's documented form.
            (
                400,
                r#"{"error":"Your secret s3cr3t is wrong"}"#,
                refused("other"),
            ),
            (
                400,
                r#"{"error":"unsupported_grant_type"}"#,
                refused("unsupported_grant_type"),
            ),
            (400, "<html>", refused("status_400")),
            (403, "", ProviderError::Credentials.into()),
            (
                502,
                r#"{"error":"invalid_grant"}"#,
                ProviderError::Unavailable { status: 502 }.into(),
            ),
            (
                429,
                "",
                ProviderError::RateLimited { retry_after: None }.into(),
            ),
            (302, "", ProviderError::Unreadable.into()),
        ] {
            assert_eq!(
                complaint(&answer(status, body)),
                Some(meaning),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn a_good_answer_is_no_complaint() {
        for body in [
            r#"{"access_token":"t"}"#,
            r#"{"access_token":"t","error":[]}"#,
            r#"{"access_token":"t","error":null}"#,
            "<html>",
        ] {
            assert_eq!(complaint(&answer(200, body)), None, "{body}");
        }
    }

    #[test]
    fn why_people_come_back_without_a_code() {
        assert_eq!(turned_back("access_denied"), Turned::Declined);
        assert_eq!(turned_back("user_cancelled_authorize"), Turned::Declined);
        assert_eq!(turned_back("temporarily_unavailable"), Turned::Unavailable);
        assert_eq!(turned_back("redirect_uri_mismatch"), Turned::Misconfigured);
        assert_eq!(turned_back("<script>"), Turned::Misconfigured);
    }
}
