//! Domains written in letters of other scripts: how they read, and whether they read as another
//! name in plain letters. It warns and never refuses: a name in one script is somebody's name even if
//! it resembles another, and what is proven is its ASCII form.

use idna::uts46::{AsciiDenyList, Hyphens, Uts46};

/// Letters that are drawn like a Latin one in most typefaces, with that one. Only such letters are
/// here as make a whole word pass: those that merely remind of one (к, м, т) would mark every second
/// Russian word.
const ALIKE: &[(char, &str)] = &[
    // Latin, beyond ASCII
    ('ı', "i"),
    ('ɑ', "a"),
    ('ɡ', "g"),
    ('ɩ', "i"),
    ('ʏ', "y"),
    ('ᴄ', "c"),
    ('ᴏ', "o"),
    ('ᴠ', "v"),
    ('ᴡ', "w"),
    ('ᴢ', "z"),
    ('ꜱ', "s"),
    // Greek
    ('α', "a"),
    ('γ', "y"),
    ('η', "n"),
    ('ι', "i"),
    ('κ', "k"),
    ('ν', "v"),
    ('ο', "o"),
    ('ρ', "p"),
    ('τ', "t"),
    ('υ', "u"),
    ('χ', "x"),
    ('ω', "w"),
    ('ϲ', "c"),
    ('ϳ', "j"),
    // Cyrillic
    ('а', "a"),
    ('г', "r"),
    ('е', "e"),
    ('о', "o"),
    ('п', "n"),
    ('р', "p"),
    ('с', "c"),
    ('у', "y"),
    ('х', "x"),
    ('ь', "b"),
    ('ѕ', "s"),
    ('і', "i"),
    ('ј', "j"),
    ('ѡ', "w"),
    ('ѵ', "v"),
    ('ү', "y"),
    ('һ', "h"),
    ('ҽ', "e"),
    ('ӏ', "l"),
    ('ԁ', "d"),
    ('ԍ', "g"),
    ('ԛ', "q"),
    ('ԝ', "w"),
    // Armenian
    ('ա', "w"),
    ('զ', "q"),
    ('հ', "h"),
    ('յ', "j"),
    ('ո', "n"),
    ('ս', "u"),
    ('ց', "g"),
    ('օ', "o"),
];

/// A domain as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// In its own letters.
    pub unicode: String,
    /// The name in plain letters that it may be taken for.
    pub resembles: Option<String>,
}

/// How a normalised domain looks, if not the way it is written.
pub fn appearance(domain: &str) -> Option<Appearance> {
    if !domain.split('.').any(|label| label.starts_with("xn--")) {
        return None;
    }
    let (unicode, valid) = Uts46::new().to_unicode(
        domain.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::CheckFirstLast,
    );
    valid.ok()?;
    let labels: Vec<Option<String>> = unicode.split('.').map(plain).collect();
    // The registry of a foreign top-level domain expects its own script; only the other labels
    // could be meant to deceive.
    let own_script = unicode
        .rsplit('.')
        .next()
        .is_some_and(|last| !last.is_ascii());
    let deceives = !own_script
        && unicode
            .split('.')
            .zip(&labels)
            .any(|(label, plain)| !label.is_ascii() && plain.is_some());
    let resembles = deceives.then(|| {
        let labels: Vec<String> = unicode
            .split('.')
            .zip(labels)
            .map(|(label, plain)| plain.unwrap_or_else(|| label.to_owned()))
            .collect();
        labels.join(".")
    });
    Some(Appearance {
        unicode: unicode.into_owned(),
        resembles,
    })
}

/// The label in ASCII, if every letter has a double there.
fn plain(label: &str) -> Option<String> {
    label
        .chars()
        .map(|letter| {
            if letter.is_ascii() {
                return Some(String::from(letter));
            }
            ALIKE
                .iter()
                .find(|(alike, _)| *alike == letter)
                .map(|(_, plain)| (*plain).to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::asset::{AssetType, Channel};
    use crate::identifier::parse;
    use proptest::prelude::*;

    fn seen(raw: &str) -> Option<Appearance> {
        appearance(
            parse(AssetType::Domain, Channel::Dns, raw)
                .unwrap()
                .as_str(),
        )
    }

    fn resembles(raw: &str) -> Option<String> {
        seen(raw).unwrap().resembles
    }

    #[test]
    fn plain_names_look_as_they_are() {
        assert_eq!(seen("example.com"), None);
        assert_eq!(seen("r3---sn.example.com"), None);
    }

    #[test]
    fn names_in_other_letters_are_shown_in_them() {
        for raw in [
            "bücher.de",
            "яндекс.рф",
            "москва.com",
            "δοκιμή.com",
            "食狮.com",
        ] {
            let appearance = seen(raw).unwrap();
            assert_eq!(appearance.unicode, raw);
            assert_eq!(appearance.resembles, None, "{raw}");
        }
    }

    #[test]
    fn whole_words_of_doubles_are_marked() {
        for (raw, plain) in [
            ("аррӏе.com", "apple.com"),
            ("сосо.com", "coco.com"),
            ("раураӏ.com", "paypal.com"),
            ("ɑpple.com", "apple.com"),
            ("рур1-2.org", "pyp1-2.org"),
            ("www.ехе.com", "www.exe.com"),
            ("νοτιν.com", "votiv.com"),
            ("հօս.net", "hou.net"),
        ] {
            assert_eq!(resembles(raw).as_deref(), Some(plain), "{raw}");
        }
        assert_eq!(resembles("сосо.рф"), None, "its own script all the way");
        assert_eq!(resembles("аррӏе.bücher.de"), Some("apple.bücher.de".into()));
    }

    #[test]
    fn the_table_holds_lower_case_letters_once() {
        for (at, (letter, plain)) in ALIKE.iter().enumerate() {
            assert!(!letter.is_ascii() && letter.is_lowercase(), "{letter}");
            assert!(plain.bytes().all(|byte| byte.is_ascii_lowercase()));
            assert!(
                ALIKE[..at].iter().all(|(other, _)| other != letter),
                "{letter}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_causes_a_panic(text in "\\PC{0,80}", label in "[a-z0-9-]{0,30}") {
            let _ = appearance(&text);
            let _ = appearance(&format!("xn--{label}.com"));
        }
    }
}
