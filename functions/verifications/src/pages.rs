//! The shared pages as answers of this Worker.

use http::StatusCode;
use proof_edge::{Answer, Scope};
use proof_pages::{Tone, Words};

/// The texts in the language that the request prefers.
pub(crate) fn words(scope: &Scope) -> Words {
    Words::preferred(scope.headers().get("accept-language").unwrap_or_default())
}

/// A page that only says something.
pub(crate) fn notice(scope: &Scope, status: StatusCode, tone: Tone, key: &str) -> Answer {
    Answer::page(proof_pages::notice(words(scope), tone, key), &[]).status(status)
}
