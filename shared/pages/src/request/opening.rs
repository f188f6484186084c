//! The top of the page: what for, what is learnt, until when; and what stands there only at times.

use maud::{Markup, html};
use proof_domain::timestamp::Timestamp;

use crate::Words;
use crate::parts::{Sign, Weight, chip, moment, note};

/// What the tenant asks for, in its own words.
#[derive(Clone, Copy, Debug)]
pub struct Purpose<'a> {
    pub title: &'a str,
    pub description: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    pub organisation: &'a str,
    pub purpose: Option<Purpose<'a>>,
    pub expires_at: Timestamp,
    /// Nothing is sent and nothing counts.
    pub test: bool,
}

/// The title of a page on which something is asked.
pub fn title(words: Words, count: usize) -> String {
    words.with("request-title", &[("count", &count.to_string())])
}

/// The whole of the page's body, as the script `request.js` knows it: `events` is where it listens,
/// nothing once all is over.
pub fn whole(words: Words, events: Option<&str>, done: usize, all: usize, body: &Markup) -> Markup {
    let (done, all) = (done.to_string(), all.to_string());
    let values = [("done", done.as_str()), ("all", all.as_str())];
    html! {
        section.request id="request" data-events=[events] data-summary=(words.with("summary", &values)) {
            (live(words))
            (offline(words))
            (body)
        }
    }
}

/// What for, what they will see, until when.
pub fn opening(words: Words, opening: &Opening<'_>) -> Markup {
    let organisation = html! { bdi { (opening.organisation) } };
    let named = [("organisation", &organisation)];
    html! {
        p { (words.rich("request-asks", &[], &named)) }
        @if opening.test {
            p { (chip(Weight::Warn, Sign::Info, &words.say("request-test"))) " "
                span.muted.small { (words.say("request-test-text")) } }
        }
        dl.pairs.facts {
            @if let Some(purpose) = opening.purpose {
                div {
                    dt.muted { (words.say("request-purpose")) }
                    dd {
                        p.purpose { bdi { (purpose.title) } }
                        @if let Some(text) = purpose.description { p.muted { bdi { (text) } } }
                    }
                }
            }
            div {
                dt.muted { (words.say("request-shared")) }
                dd { (words.rich("request-they-see", &[], &named)) }
            }
            div {
                dt.muted { (words.say("request-open-until")) }
                dd { (moment(words, opening.expires_at)) }
            }
        }
    }
}

/// That nothing comes through at the moment. The script shows it; hidden it is always there.
pub(super) fn offline(words: Words) -> Markup {
    html! {
        div id="offline" hidden role="status" {
            (note(Weight::Warn, Sign::Offline, &html! { (words.say("offline-text")) }, None))
        }
    }
}

/// What the script speaks through, and what those are told who have none.
pub(super) fn live(words: Words) -> Markup {
    html! {
        p.visually-hidden id="page-status" role="status" {}
        p.muted.small.without-script { (words.say("without-script")) " " a href="" { (words.say("look-again")) } }
    }
}
