//! Live status: the stream, and the two ways to read it.

use maud::{Markup, html};
use proof_domain::limits;

use super::Book;
use super::code::{self, Language};

pub(super) fn text(_: &Book<'_>) -> Markup {
    html! {
        p {
            "A verification tells of itself as Server-Sent Events: " code { "connected" }
            " at once, with the status as it is, then " code { "status_changed" }
            ", each with a " a href="#object-statusevent" { "StatusEvent" } " as data. The stream ends "
            "with the verification. A comment every 30 seconds keeps it open."
        }
        p {
            strong { "From your server, " } "read the stream with " code { "fetch" }
            " and your key. After a break, " code { "Last-Event-ID" } " brings what was missed."
        }
        p {
            strong { "In a browser, " } "where your key must not be and " code { "EventSource" }
            " can send no header, use a " a href="#create-events-ticket" { "ticket" }
            ": it opens one stream, within " (limits::TICKET_SECONDS) " seconds."
        }
        p {
            "If streams are not for you, poll " a href="#get-verification" { "the verification" }
            " every three seconds. An organisation may hold ten streams at a time."
        }
    }
}

pub(super) fn samples(_: &Book<'_>) -> Markup {
    html! {
        (code::figure(
            &html! { "Your server" },
            Language::JavaScript,
            include_str!("snippets/fetch-stream.mjs"),
        ))
        (code::figure(
            &html! { "A browser" },
            Language::JavaScript,
            include_str!("snippets/event-source.mjs"),
        ))
    }
}
