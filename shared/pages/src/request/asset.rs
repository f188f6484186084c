//! One asset: a card in a list that fills in.

use maud::{Markup, html};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::timestamp::Timestamp;

use super::asked::{self, Asked};
use super::begin::{self, Begin};
use super::{Place, Wrong, channel_name, fields, kind_name};
use crate::Words;
use crate::frame::{Tone, mark};
use crate::parts::{Sign, Weight, chip, moment, note, sign};

/// One asset as the page shows it.
#[derive(Clone, Copy, Debug)]
pub struct Asset<'a> {
    pub place: Place<'a>,
    pub kind: AssetType,
    /// As it may be shown: masked where whoever has the link must not read it.
    pub identifier: Option<&'a str>,
    pub necessity: Necessity,
    pub standing: Standing<'a>,
    /// What was wrong with the form that was just sent.
    pub wrong: Option<Wrong<'a>>,
}

/// What has to be said of whether the request can do without an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Necessity {
    /// Nothing: it is as with the others.
    Unsaid,
    Optional,
    /// Among several of which not all are needed.
    Required,
}

/// How an asset stands.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// Nothing was begun yet.
    Ready(Begin<'a>),
    /// A challenge runs.
    Asked(Asked<'a>),
    Proven {
        channel: Channel,
        at: Timestamp,
        /// Just now: the mark draws itself.
        fresh: bool,
    },
    /// The last try came to nothing.
    Failed {
        /// Its time ran out; otherwise all its tries are used.
        too_late: bool,
        /// What can be begun again; nothing if that was the last time.
        again: Option<Begin<'a>>,
        organisation: &'a str,
    },
    /// It was proven, and the proof was withdrawn since.
    Withdrawn {
        /// What can be begun again, if anything can.
        again: Option<Begin<'a>>,
    },
    /// The request ended before.
    Left,
}

/// The list of the assets.
pub fn assets(words: Words, all: &[Asset<'_>]) -> Markup {
    html! {
        ol.assets aria-label=(words.say("assets")) {
            @for one in all { (asset(words, one)) }
        }
    }
}

impl Asset<'_> {
    pub const fn is_proven(&self) -> bool {
        matches!(self.standing, Standing::Proven { .. })
    }

    /// What is wrong with what was typed into this field.
    pub(super) fn wrong_at(&self, field: &str) -> Option<&str> {
        self.wrong
            .filter(|wrong| wrong.field == Some(field))
            .map(|wrong| wrong.text)
    }

    /// What went wrong and cannot be said at a field, because it is about none or none is there.
    fn remark(&self) -> Option<&str> {
        let wrong = self.wrong.filter(|_| !self.is_proven())?;
        let is_said = wrong.field.is_some_and(|field| match &self.standing {
            Standing::Ready(begin)
            | Standing::Failed {
                again: Some(begin), ..
            }
            | Standing::Withdrawn { again: Some(begin) } => {
                field == fields::IDENTIFIER && begin.wanted.is_some()
            }
            Standing::Asked(asked) => asked.has_field(field),
            _ => false,
        });
        (!is_said).then_some(wrong.text)
    }
}

/// One card.
pub fn asset(words: Words, asset: &Asset<'_>) -> Markup {
    let (class, head) = (class(&asset.standing), heading(words, asset));
    let heading_id = asset.place.id("name");
    html! {
        li.asset.card.(class) id={ "asset-" (asset.place.index) } data-part aria-labelledby=(heading_id) {
            div.asset-head {
                span.asset-number aria-hidden="true" { (number(asset)) }
                div.asset-name {
                    div.asset-title {
                        h2 id=(heading_id) { (kind_name(words, asset.kind))
                            @if let Some(key) = necessity(asset) { " " span.optional { (words.say(key)) } }
                        }
                        (head)
                    }
                    @if let Some(identifier) = asset.identifier { p.mono { bdi { (identifier) } } }
                    (told(words, asset))
                }
            }
            @if let Some(text) = asset.remark() {
                div data-wrong { (note(Weight::Bad, Sign::Alert, &html! { (text) }, None)) }
            }
            (body(words, asset))
        }
    }
}

const fn necessity(asset: &Asset<'_>) -> Option<&'static str> {
    match asset.necessity {
        _ if asset.is_proven() => None,
        Necessity::Unsaid => None,
        Necessity::Optional => Some("asset-optional"),
        Necessity::Required => Some("asset-required"),
    }
}

const fn class(standing: &Standing<'_>) -> &'static str {
    match standing {
        Standing::Ready(_) => "ready",
        Standing::Asked(_) => "now",
        Standing::Proven { .. } => "done",
        Standing::Failed { .. } => "stopped",
        Standing::Withdrawn { .. } | Standing::Left => "left",
    }
}

/// The number, until the seal takes its place.
fn number(asset: &Asset<'_>) -> Markup {
    match asset.standing {
        Standing::Proven { fresh: true, .. } => mark(Tone::Done),
        Standing::Proven { .. } => sign(Sign::Check),
        _ => html! { (asset.place.index + 1) },
    }
}

fn heading(words: Words, asset: &Asset<'_>) -> Markup {
    let (weight, icon, key) = match asset.standing {
        Standing::Ready(_) => return html! {},
        Standing::Asked(_) => (Weight::Plain, Sign::Clock, "standing-asked"),
        Standing::Proven { .. } => (Weight::Good, Sign::Check, "standing-proven"),
        Standing::Failed { too_late: true, .. } => (Weight::Warn, Sign::Clock, "standing-late"),
        Standing::Failed { .. } => (Weight::Bad, Sign::Cross, "standing-failed"),
        Standing::Withdrawn { .. } => (Weight::Bad, Sign::Undo, "standing-withdrawn"),
        Standing::Left => (Weight::Plain, Sign::Clock, "standing-left"),
    };
    chip(weight, icon, &words.say(key))
}

/// When and how it was proven.
fn told(words: Words, asset: &Asset<'_>) -> Markup {
    let Standing::Proven { channel, at, .. } = asset.standing else {
        return html! {};
    };
    let how = html! { (channel_name(words, asset.kind, channel)) };
    let when = moment(words, at);
    html! { p.muted.small { (words.rich("asset-proven", &[], &[("how", &how), ("when", &when)])) } }
}

fn body(words: Words, asset: &Asset<'_>) -> Markup {
    match &asset.standing {
        Standing::Ready(begin) => begin::form(words, asset, begin, "begin"),
        Standing::Asked(asked) => asked::body(words, asset, asked),
        Standing::Proven { .. } => html! {},
        Standing::Failed {
            too_late,
            again,
            organisation,
        } => {
            let key = match (too_late, again) {
                (true, Some(_)) => "asset-late",
                (false, Some(_)) => "asset-failed",
                (_, None) => "asset-over",
            };
            let organisation = html! { bdi { (organisation) } };
            let text = words.rich(key, &[], &[("organisation", &organisation)]);
            html! {
                (note(if *too_late { Weight::Warn } else { Weight::Bad }, Sign::Alert, &text, None))
                @if let Some(begin) = again { (begin::form(words, asset, begin, "begin-again")) }
            }
        }
        Standing::Withdrawn { again } => html! {
            p { (words.say("asset-withdrawn")) }
            @if let Some(begin) = again { (begin::form(words, asset, begin, "begin-again")) }
        },
        Standing::Left => html! { p.muted.small { (words.say("asset-left")) } },
    }
}
