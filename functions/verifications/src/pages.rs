//! The shared pages as answers of this Worker.

use http::StatusCode;
use maud::{Markup, html};
use proof_domain::id::Id;
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

/// Back to the page of the request that it belongs to, beside something else to do.
pub(crate) fn or_back(words: Words, request: Option<Id>) -> Markup {
    html! {
        @if let Some(id) = request {
            p { a.button.wide href={ "/verify/" (id) } { (words.say("way-back")) } }
        }
    }
}

/// Back to the page of the request that it belongs to; else there is nothing left but to close.
pub(crate) fn way_back(words: Words, request: Option<Id>, close: &str) -> Markup {
    html! {
        @match request {
            Some(id) => p { a.button.primary.wide href={ "/verify/" (id) } { (words.say("way-back")) } },
            None => p.muted { (words.say(close)) },
        }
    }
}
