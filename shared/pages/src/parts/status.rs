//! How something stands: signs, chips, notes, progress. A colour never speaks alone.

use maud::{Markup, html};

use crate::Words;

/// A sign of `icons.svg`; always beside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Again,
    Alert,
    Check,
    Clock,
    Copy,
    Cross,
    Globe,
    Info,
    Key,
    Mail,
    Message,
    Offline,
    Open,
    Person,
    Phone,
    Undo,
    Wallet,
}

impl Sign {
    /// Every sign.
    pub const ALL: [Self; 17] = [
        Self::Again,
        Self::Alert,
        Self::Check,
        Self::Clock,
        Self::Copy,
        Self::Cross,
        Self::Globe,
        Self::Info,
        Self::Key,
        Self::Mail,
        Self::Message,
        Self::Offline,
        Self::Open,
        Self::Person,
        Self::Phone,
        Self::Undo,
        Self::Wallet,
    ];

    /// Its name in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Alert => "alert",
            Self::Check => "check",
            Self::Clock => "clock",
            Self::Copy => "copy",
            Self::Cross => "cross",
            Self::Globe => "globe",
            Self::Info => "info",
            Self::Key => "key",
            Self::Mail => "mail",
            Self::Message => "message",
            Self::Offline => "offline",
            Self::Open => "open",
            Self::Person => "person",
            Self::Phone => "phone",
            Self::Undo => "undo",
            Self::Wallet => "wallet",
        }
    }
}

/// How much a status or a note weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Plain,
    Good,
    Warn,
    Bad,
}

impl Weight {
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A sign beside a word. It says nothing to whoever hears the page.
pub fn sign(sign: Sign) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" aria-hidden="true" {
            use href={ "/static/icons.svg#" (sign.as_str()) } {}
        }
    }
}

/// A status in one word.
pub fn chip(weight: Weight, icon: Sign, word: &str) -> Markup {
    html! { span.chip.(weight.class()) { (sign(icon)) (word) } }
}

/// A remark, with what can be done about it in `more`.
pub fn note(weight: Weight, icon: Sign, text: &Markup, more: Option<&Markup>) -> Markup {
    html! {
        div.note.(weight.class()) {
            p.note-text { (sign(icon)) span { (text) } }
            @if let Some(more) = more { div.note-more { (more) } }
        }
    }
}

/// How many of how many are proven.
pub fn progress(words: Words, done: usize, all: usize) -> Markup {
    let (done_text, all_text) = (done.to_string(), all.to_string());
    let values = [("done", done_text.as_str()), ("all", all_text.as_str())];
    html! {
        div.progress {
            p { (words.with("progress", &values)) }
            div.segments aria-hidden="true" {
                @for at in 0..all { span.filled[at < done] {} }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_drawn() {
        let file = include_str!("../../../../web/static/icons.svg");
        let mut drawn = String::new();
        for (at, part) in file.split("<!--").enumerate() {
            // What is commented out is not drawn.
            let rest = (at == 0).then_some(part);
            let rest = rest.or_else(|| part.split_once("-->").map(|(_, rest)| rest));
            drawn.push_str(rest.unwrap_or_default());
        }
        for sign in Sign::ALL {
            let id = format!("<g id=\"{}\">", sign.as_str());
            assert_eq!(drawn.matches(&id).count(), 1, "{id}");
        }
    }

    #[test]
    fn progress_fills_in() {
        let words = Words::preferred("en");
        let text = progress(words, 2, 3).into_string();
        assert_eq!(text.matches("filled").count(), 2);
        assert_eq!(text.matches("<span").count(), 3);
    }
}
