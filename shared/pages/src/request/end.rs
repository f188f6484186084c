//! How a request ends, on a page on which nothing is left to do.

use maud::{Markup, html};

use crate::Words;
use crate::frame::Tone;
use crate::parts::{Sign, sign};

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Everything that was needed is proven.
    Completed,
    /// The time is over; `some` of it was proven by then.
    Expired { some: bool },
    /// The tenant no longer asks.
    Cancelled,
}

/// The way back to the tenant.
#[derive(Clone, Copy, Debug)]
pub struct Return<'a> {
    /// An address that the tenant has registered.
    pub address: &'a str,
    /// Seconds until the page leads there by itself; not at all without.
    pub after: Option<u32>,
}

impl End {
    const fn key(self) -> &'static str {
        match self {
            Self::Completed => "end-completed",
            Self::Expired { some: true } => "end-expired-some",
            Self::Expired { some: false } => "end-expired",
            Self::Cancelled => "end-cancelled",
        }
    }

    /// How the page of this end looks.
    pub const fn tone(self) -> Tone {
        match self {
            Self::Completed => Tone::Done,
            Self::Expired { .. } | Self::Cancelled => Tone::Stopped,
        }
    }

    /// The title of the page.
    pub fn title(self, words: Words) -> String {
        words.say(&format!("{}-title", self.key()))
    }
}

/// What is so now, and the way back.
pub fn ending(words: Words, end: End, organisation: &str, back: Option<Return<'_>>) -> Markup {
    let name = html! { bdi { (organisation) } };
    let text = words.rich(
        &format!("{}-text", end.key()),
        &[],
        &[("organisation", &name)],
    );
    html! {
        div.ending id="end" data-part {
            p.lead { (text) }
            @if let Some(back) = back {
                (way_back(words, organisation, back))
            } @else {
                p.muted { (words.say("end-close")) }
            }
        }
    }
}

fn way_back(words: Words, organisation: &str, back: Return<'_>) -> Markup {
    let values = [("organisation", organisation)];
    html! {
        p {
            a.button.primary.wide href=(back.address) rel="noreferrer" data-next
                data-return-after=[back.after.map(|seconds| seconds.to_string())] {
                (words.with("end-return", &values)) (sign(Sign::Open))
            }
        }
        @if let Some(seconds) = back.after {
            div.aside {
                span.muted.small data-returning hidden {
                    (words.with("end-returning", &[("seconds", &seconds.to_string())]))
                }
                button.button.quiet type="button" data-stay hidden { (words.say("end-stay")) }
            }
        }
    }
}
