//! What can go wrong, in words that help.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};

use super::fields;
use super::names::named_by;
use crate::Words;
use crate::parts::{Sign, Weight, note};

/// What was wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong<'a> {
    /// The field that it is about, by its name in [`fields`]; most errors are about none.
    pub field: Option<&'a str>,
    pub text: &'a str,
}

/// What stands in the way of the whole page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Our own system or a provider does not answer.
    Unavailable,
    /// Too much was asked of it in a short time.
    TooMany,
    /// The form came from another page, or from one that is out of date.
    OutOfDate,
}

impl Trouble {
    pub const ALL: [Self; 3] = [Self::Unavailable, Self::TooMany, Self::OutOfDate];

    /// Why a page could not be made as it stands now.
    pub fn of(error: &ApiError) -> Self {
        match error.code {
            ErrorCode::RateLimited => Self::TooMany,
            _ => Self::Unavailable,
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Unavailable => "trouble-unavailable",
            Self::TooMany => "trouble-too-many",
            Self::OutOfDate => "trouble-out-of-date",
        }
    }
}

/// A note at the top of the page.
pub fn trouble(words: Words, trouble: Trouble) -> Markup {
    let text = html! { (words.say(trouble.key())) };
    let more = html! { a href="" { (words.say("look-again")) } };
    note(Weight::Warn, Sign::Alert, &text, Some(&more))
}

/// What to say at the field or form that an error is about. `channels` are those that were chosen
/// from: what an asset is named by may depend on them.
pub fn error_text(words: Words, kind: AssetType, channels: &[Channel], error: &ApiError) -> String {
    let wrong_name = || words.say(&format!("wrong-{}", named_by(kind, channels)));
    let left = error.attempts_remaining.map(|left| left.to_string());
    let wrong = |key: &str| match left.as_deref() {
        Some("0") => words.say("wrong-last"),
        Some(left) => words.with(key, &[("left", left)]),
        None => words.say("wrong-again"),
    };
    match error.code {
        ErrorCode::InvalidCode => wrong("wrong-code"),
        ErrorCode::InvalidSignature => wrong("wrong-signature"),
        ErrorCode::TooManyAttempts => words.say("wrong-last"),
        ErrorCode::ChallengeExpired => words.say("wrong-late"),
        ErrorCode::AlreadyVerified => words.say("wrong-already"),
        ErrorCode::InvalidIdentifier => wrong_name(),
        ErrorCode::ValidationError if error.is_about(fields::IDENTIFIER) => wrong_name(),
        ErrorCode::ValidationError if error.is_about(fields::CHANNEL) => words.say("wrong-channel"),
        ErrorCode::ValidationError => words.say("wrong-again"),
        ErrorCode::ChannelNotConfigured | ErrorCode::InvalidChannelForType => {
            words.say("wrong-channel")
        }
        ErrorCode::QuotaExceeded => words.say("wrong-quota"),
        ErrorCode::RateLimited => {
            let minutes = error.retry_after.map(|seconds| seconds.div_ceil(60).max(1));
            minutes.map_or_else(
                || words.say("wrong-too-many"),
                |minutes| words.with("wrong-wait", &[("minutes", minutes.to_string().as_str())]),
            )
        }
        ErrorCode::Conflict => words.say("wrong-conflict"),
        _ => words.say("wrong-unavailable"),
    }
}
