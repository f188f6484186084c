//! The texts of the pages, in the language that the person's browser asks for or the person chose.

use std::cell::OnceCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use maud::{Markup, html};

/// The languages, the first of them for whoever reads none of the others.
const LANGUAGES: [Language; 2] = [
    Language {
        name: "en",
        own_name: "English",
        direction: "ltr",
        texts: [
            include_str!("../messages/en/common.ftl"),
            include_str!("../messages/en/confirm.ftl"),
            include_str!("../messages/en/connect.ftl"),
            include_str!("../messages/en/request.ftl"),
        ],
    },
    Language {
        name: "lt",
        own_name: "Lietuvių",
        direction: "ltr",
        texts: [
            include_str!("../messages/lt/common.ftl"),
            include_str!("../messages/lt/confirm.ftl"),
            include_str!("../messages/lt/connect.ftl"),
            include_str!("../messages/lt/request.ftl"),
        ],
    },
];

struct Language {
    name: &'static str,
    /// As its readers call it.
    own_name: &'static str,
    direction: &'static str,
    /// One text a page, so that none grows without end.
    texts: [&'static str; 4],
}

type Bundle = FluentBundle<FluentResource>;

thread_local! {
    /// Each is read when somebody first asks for it.
    static BUNDLES: [OnceCell<Bundle>; LANGUAGES.len()] = const { [const { OnceCell::new() }; LANGUAGES.len()] };
}

/// The texts of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(usize);

impl Words {
    /// In the language that the person chose, and otherwise in the one of ours that the header
    /// `Accept-Language` prefers.
    pub fn choose(chosen: Option<&str>, accept_language: &str) -> Self {
        chosen
            .and_then(Self::in_language)
            .unwrap_or_else(|| Self::preferred(accept_language))
    }

    /// In the first of our languages in the order of preference (RFC 9110, 12.5.4).
    pub fn preferred(accept_language: &str) -> Self {
        Self(preferred(accept_language))
    }

    /// In the language of this name, if it is one of ours.
    pub fn in_language(name: &str) -> Option<Self> {
        LANGUAGES.iter().position(|one| one.name == name).map(Self)
    }

    /// In each of our languages.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LANGUAGES.len()).map(Self)
    }

    /// The tag of the language, such as `lt`.
    pub fn language(self) -> &'static str {
        self.facts().name
    }

    /// The language as its readers call it.
    pub fn own_name(self) -> &'static str {
        self.facts().own_name
    }

    /// The direction of writing: `ltr` or `rtl`.
    pub fn direction(self) -> &'static str {
        self.facts().direction
    }

    fn facts(self) -> &'static Language {
        LANGUAGES.get(self.0).unwrap_or(&LANGUAGES[0])
    }

    /// A text without values in it.
    pub fn say(self, key: &str) -> String {
        self.with(key, &[])
    }

    /// A text with values in it. Each value is isolated, so that its direction changes nothing.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
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
        self.format(key, &arguments)
    }

    /// A text with values in it of which some are marked up, wherever the language puts them.
    pub fn rich(self, key: &str, values: &[(&str, &str)], marked: &[(&str, &Markup)]) -> Markup {
        debug_assert!(
            marked.len() <= PLACES.len(),
            "more marked values than places"
        );
        // What others chose must not name a place.
        let values: Vec<(&str, String)> = values
            .iter()
            .map(|(name, value)| (*name, value.replace(PLACES, "\u{FFFD}")))
            .collect();
        let places: Vec<String> = PLACES.iter().map(ToString::to_string).collect();
        let all: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .chain(
                marked
                    .iter()
                    .zip(&places)
                    .map(|((name, _), place)| (*name, place.as_str())),
            )
            .collect();
        let text = self.with(key, &all);
        html! {
            @for piece in text.split_inclusive(PLACES) {
                @let (before, at) = place_in(piece);
                (before)
                @if let Some((_, markup)) = at.and_then(|at| marked.get(at)) { (markup) }
            }
        }
    }

    fn format(self, key: &str, arguments: &FluentArgs<'_>) -> String {
        BUNDLES.with(|bundles| {
            let pattern = bundles.get(self.0).and_then(|cell| {
                let bundle = cell.get_or_init(|| bundle(self.facts()));
                Some((bundle, bundle.get_message(key)?.value()?))
            });
            pattern.map_or_else(
                || key.to_owned(),
                |(bundle, pattern)| {
                    bundle
                        .format_pattern(pattern, Some(arguments), &mut Vec::new())
                        .into_owned()
                },
            )
        })
    }
}

/// Where a marked-up value goes, while a text is put together.
const PLACES: [char; 4] = ['\u{E000}', '\u{E001}', '\u{E002}', '\u{E003}'];

/// The text without the marks that keep directions of writing apart.
#[cfg(test)]
pub(crate) fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// The text before the place at its end, and which place that is.
fn place_in(piece: &str) -> (&str, Option<usize>) {
    let at = PLACES.iter().position(|place| piece.ends_with(*place));
    (piece.trim_end_matches(PLACES), at)
}

fn bundle(language: &Language) -> Bundle {
    let name = language.name.parse().unwrap_or_default();
    let mut bundle = Bundle::new(vec![name]);
    for text in language.texts {
        // What could be read of a broken file is used; a test sees to it that none is broken.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(rest, _)| rest);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

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

    fn keys(language: &Language) -> BTreeSet<&'static str> {
        let lines = language.texts.iter().flat_map(|text| text.lines());
        let keys: Vec<&str> = lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect();
        let unique: BTreeSet<&str> = keys.iter().copied().collect();
        assert_eq!(unique.len(), keys.len(), "{}: a key twice", language.name);
        unique
    }

    #[test]
    fn every_language_says_everything() {
        for (at, language) in LANGUAGES.iter().enumerate() {
            let name = language.name;
            for text in language.texts {
                assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{name}");
            }
            assert_eq!(keys(language), keys(&LANGUAGES[0]), "{name}");
            for key in keys(language) {
                assert_ne!(Words(at).say(key), key, "{name}: {key} has no text");
            }
        }
    }

    /// A value that one language names and another forgets would be missing on its page.
    #[test]
    fn every_language_uses_the_same_values() {
        let used = |language: &Language| -> BTreeSet<(String, String)> {
            let mut found = BTreeSet::new();
            let mut key = String::new();
            for line in language.texts.iter().flat_map(|text| text.lines()) {
                if line.starts_with(|c: char| c.is_ascii_lowercase()) {
                    key = line.split(" =").next().unwrap_or_default().to_owned();
                }
                for part in line.split("{ $").skip(1) {
                    let name = part.split([' ', '}']).next().unwrap_or_default();
                    found.insert((key.clone(), name.to_owned()));
                }
            }
            found
        };
        for language in &LANGUAGES[1..] {
            assert_eq!(used(language), used(&LANGUAGES[0]), "{}", language.name);
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
                Words::preferred(accepted).language(),
                language,
                "{accepted}"
            );
        }
    }

    #[test]
    fn what_the_person_chose_counts_more() {
        assert_eq!(Words::choose(Some("lt"), "en").language(), "lt");
        assert_eq!(Words::choose(Some("xx"), "lt").language(), "lt");
        assert_eq!(Words::choose(None, "").language(), "en");
    }

    #[test]
    fn an_unknown_text_is_seen() {
        assert_eq!(Words(0).say("no-such-text"), "no-such-text");
    }

    #[test]
    fn marked_values_stand_where_the_language_puts_them() {
        let name = html! { b { "Acme" } };
        let text = Words(0).rich("request-asks", &[], &[("organisation", &name)]);
        assert_eq!(text.into_string().matches("<b>Acme</b>").count(), 1);
    }

    #[test]
    fn no_value_can_take_another_s_place() {
        let name = html! { b { "Acme" } };
        let values = [("asset", "\u{E000}<i>")];
        let marked = [("organisation", &name)];
        let text = Words(0)
            .rich("confirm-done-text", &values, &marked)
            .into_string();
        assert_eq!(text.matches("<b>Acme</b>").count(), 1);
        assert!(!text.contains("<i>"));
    }

    #[test]
    fn no_text_shouts() {
        for text in LANGUAGES.iter().flat_map(|language| language.texts) {
            assert!(!text.contains('!'), "an exclamation mark");
        }
    }
}
