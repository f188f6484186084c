//! The texts of the pages, in the language that the person's browser asks for.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use proof_edge::Scope;

/// The languages, the first of them for whoever reads none of the others.
const LANGUAGES: [Language; 2] = [
    Language {
        name: "en",
        direction: "ltr",
        text: include_str!("../../messages/en.ftl"),
    },
    Language {
        name: "lt",
        direction: "ltr",
        text: include_str!("../../messages/lt.ftl"),
    },
];

struct Language {
    name: &'static str,
    direction: &'static str,
    text: &'static str,
}

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    static BUNDLES: [Bundle; LANGUAGES.len()] = LANGUAGES.map(|one| bundle(&one));
}

/// The texts of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(usize);

impl Words {
    /// In the language that the request prefers.
    pub(crate) fn of(scope: &Scope) -> Self {
        let accepted = scope.headers().get("accept-language");
        Self(preferred(accepted.unwrap_or_default()))
    }

    #[cfg(test)]
    pub(crate) fn in_language(name: &str) -> Self {
        Self(preferred(name))
    }

    pub(crate) fn language(self) -> &'static str {
        LANGUAGES.get(self.0).map_or("en", |one| one.name)
    }

    /// The direction of writing.
    pub(crate) fn direction(self) -> &'static str {
        LANGUAGES.get(self.0).map_or("ltr", |one| one.direction)
    }

    pub(crate) fn say(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with values in it. Each value is isolated, so that its direction changes nothing.
    pub(crate) fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            match value.parse::<i64>() {
                // Plural forms need a number; a phone number is none.
                Ok(number) if number.to_string() == *value && value.len() < 7 => {
                    arguments.set(*name, number);
                }
                _ => arguments.set(*name, *value),
            }
        }
        BUNDLES.with(|bundles| {
            let pattern = bundles
                .get(self.0)
                .and_then(|bundle| Some((bundle, bundle.get_message(key)?.value()?)));
            pattern.map_or_else(
                || key.to_owned(),
                |(bundle, pattern)| {
                    bundle
                        .format_pattern(pattern, Some(&arguments), &mut Vec::new())
                        .into_owned()
                },
            )
        })
    }
}

fn bundle(language: &Language) -> Bundle {
    let name = language.name.parse().unwrap_or_default();
    let mut bundle = Bundle::new(vec![name]);
    // What could be read of a broken file is used; a test sees to it that none is broken.
    let resource =
        FluentResource::try_new(language.text.to_owned()).unwrap_or_else(|(rest, _)| rest);
    let _ = bundle.add_resource(resource);
    bundle
}

/// The first of our languages in the order of preference (RFC 9110, 12.5.4).
fn preferred(accepted: &str) -> usize {
    let mut wishes: Vec<(f32, usize)> = accepted
        .split(',')
        .take(20)
        .filter_map(|wish| {
            let (tag, weight) = wish.split_once(";q=").unwrap_or((wish, "1"));
            let name = tag.trim().split('-').next()?.to_ascii_lowercase();
            let at = LANGUAGES.iter().position(|one| one.name == name)?;
            Some((weight.trim().parse().unwrap_or(0.0), at))
        })
        .filter(|(weight, _)| *weight > 0.0)
        .collect();
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
    wishes.first().map_or(0, |(_, at)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn every_language_says_everything() {
        for (at, Language { name, text, .. }) in LANGUAGES.iter().enumerate() {
            assert!(
                FluentResource::try_new((*text).to_owned()).is_ok(),
                "{name}"
            );
            assert_eq!(keys(text), keys(LANGUAGES[0].text), "{name}");
            for key in keys(text) {
                assert_ne!(Words(at).say(key), key, "{name}: {key} has no text");
            }
        }
    }

    #[test]
    fn the_browser_s_wish_counts() {
        for (accepted, language) in [
            ("", "en"),
            ("lt", "lt"),
            ("lt-LT,lt;q=0.9,en;q=0.8", "lt"),
            ("en;q=0.5, lt;q=0.9", "lt"),
            ("de, lt;q=0", "en"),
            ("*", "en"),
            ("x;q=y,,;;", "en"),
        ] {
            assert_eq!(
                Words(preferred(accepted)).language(),
                language,
                "{accepted}"
            );
        }
    }

    #[test]
    fn an_unknown_text_is_seen() {
        assert_eq!(Words(0).say("no-such-text"), "no-such-text");
    }
}
