//! How much has to be proven: all that is listed, all but what is optional, or some of it.

use maud::{Markup, html};

use crate::Words;
use crate::parts::progress;

/// How much has to be proven, and how much of that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Need {
    pub count: usize,
    pub done: usize,
    /// Not everything that is listed is needed, and the person chooses.
    pub any_of: Option<AnyOf>,
}

/// What the person chooses from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnyOf {
    pub all: usize,
    /// Some of it is required by name.
    pub some_required: bool,
}

impl Need {
    /// The title of a page on which something is asked.
    pub fn title(self, words: Words) -> String {
        let count = self.count.to_string();
        match self.any_of {
            None => words.with("request-title", &[("count", &count)]),
            Some(AnyOf { all, .. }) => words.with(
                "request-title-any",
                &[("count", &count), ("all", &all.to_string())],
            ),
        }
    }

    /// How it stands in one sentence.
    pub(super) fn summary(self, words: Words) -> String {
        let (done, all) = (self.done.to_string(), self.count.to_string());
        words.with("summary", &[("done", &done), ("all", &all)])
    }

    /// What is enough, where that is not plain.
    pub(super) fn rule(self, words: Words) -> Option<String> {
        let AnyOf { all, some_required } = self.any_of?;
        let (count, all) = (self.count.to_string(), all.to_string());
        let mut rule = words.with("request-any", &[("count", &count), ("all", &all)]);
        if some_required {
            rule.push(' ');
            rule.push_str(&words.say("request-any-required"));
        }
        Some(rule)
    }
}

/// How much of what is needed is proven.
pub fn progress_of(words: Words, need: Need) -> Markup {
    html! { div id="progress" data-part { (progress(words, need.done, need.count)) } }
}
