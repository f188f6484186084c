//! The top of the page: what for, what is learnt, until when; and what stands there only at times.

use maud::{Markup, html};
use proof_domain::timestamp::Timestamp;

use super::{Need, Trouble, trouble};
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
    pub need: Need,
    /// The person says which asset it is, of some of them.
    pub names: bool,
    /// Some are accounts, of which their providers tell more than was asked for.
    pub accounts: bool,
    pub expires_at: Timestamp,
    /// Nothing is sent and nothing counts.
    pub test: bool,
}

/// What the script `request.js` follows while something is open.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// Where it listens.
    pub events: &'a str,
    /// The number of the newest event that the page knows of.
    pub seen: usize,
}

/// The whole of the page's body, as the script knows it; nothing is live once all is over.
pub fn whole(
    words: Words,
    live: Option<Live<'_>>,
    need: Need,
    what: Option<Trouble>,
    body: &Markup,
) -> Markup {
    html! {
        section.request id="request" data-events=[live.map(|live| live.events)]
            data-seen=[live.map(|live| live.seen)] data-summary=(need.summary(words)) {
            @if live.is_some() {
                p.muted.small.without-script { (words.say("without-script")) " " a href="" { (words.say("look-again")) } }
            }
            (held_up(words))
            div id="trouble" data-part { @if let Some(what) = what { (trouble(words, what)) } }
            (body)
        }
    }
}

/// What for, what they will see, until when.
pub fn opening(words: Words, opening: &Opening<'_>) -> Markup {
    let organisation = html! { bdi { (opening.organisation) } };
    let named = [("organisation", &organisation)];
    html! {
        p {
            (words.rich("request-asks", &[], &named))
            @if let Some(rule) = opening.need.rule(words) { " " (rule) }
        }
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
                dd {
                    (words.say("request-they-see"))
                    @if opening.names { " " (words.say("request-they-see-named")) }
                    @if opening.accounts { " " (words.say("request-they-see-account")) }
                }
            }
            div {
                dt.muted { (words.say("request-open-until")) }
                dd { (moment(words, opening.expires_at)) }
            }
        }
    }
}

/// Why nothing comes through at the moment. The script shows what is so; hidden it is always there.
fn held_up(words: Words) -> Markup {
    let notes = [
        ("offline", Sign::Offline, "offline-text"),
        ("too-many", Sign::Clock, "trouble-too-many"),
        ("unavailable", Sign::Alert, "trouble-unavailable"),
    ];
    html! {
        @for (id, icon, key) in notes {
            div id=(id) hidden role="status" {
                (note(Weight::Warn, icon, &html! { (words.say(key)) }, None))
            }
        }
    }
}
