//! The code in what a person wrote. A message with two possible codes has none: nothing here may
//! try several and see which one fits.
//!
//! The rule, in this order:
//! 1. If the whole message is one code once spaces and punctuation are left out, that is it.
//! 2. Otherwise each word of six characters is a candidate, and so is a pair of neighbouring words
//!    of three with one space or hyphen between them (`X7K-2M9`), if it has a digit.
//! 3. If some candidates have a digit, those without are ordinary words.
//! 4. Exactly one must be left.
//!
//! Capitals and small letters are the same. Letters of other scripts that look like these are not
//! these letters.

use crate::code::{CODE_LENGTH, InboundCode};

/// As much of a message as is looked at.
const MAX_LOOKED_AT: usize = 1_000;

/// Finds the one code.
pub fn find_code(text: &str) -> Option<InboundCode> {
    let end = (0..=MAX_LOOKED_AT.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))?;
    let text = text[..end].to_ascii_uppercase();
    if let Some(code) = whole(&text) {
        return Some(code);
    }
    let mut candidates = candidates(&text);
    if candidates.iter().any(has_digit) {
        candidates.retain(has_digit);
    }
    candidates.dedup_by(|one, other| one.as_str() == other.as_str());
    match candidates.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn whole(text: &str) -> Option<InboundCode> {
    let bare: String = text.chars().filter(|c| !is_between(*c)).collect();
    InboundCode::parse(&bare).ok()
}

/// Spaces and punctuation, also those that keyboards put in by themselves.
fn is_between(c: char) -> bool {
    c.is_whitespace()
        || c.is_ascii_punctuation()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2027}' | '\u{2060}' | '\u{feff}' | '«' | '»')
}

fn has_digit(code: &InboundCode) -> bool {
    code.as_str().bytes().any(|byte| byte.is_ascii_digit())
}

fn candidates(text: &str) -> Vec<InboundCode> {
    let words = words(text);
    let single = words.iter().map(|(_, word)| (*word).to_owned());
    let pairs = words.windows(2).filter_map(|pair| {
        let ((first_at, first), (second_at, second)) = (pair[0], pair[1]);
        let between = &text[first_at + first.len()..second_at];
        let halves = first.len() == CODE_LENGTH / 2 && second.len() == CODE_LENGTH / 2;
        (halves && matches!(between, " " | "-")).then(|| format!("{first}{second}"))
    });
    let mut found: Vec<InboundCode> = single
        .filter_map(|word| InboundCode::parse(&word).ok())
        .collect();
    found.extend(
        pairs
            .filter_map(|word| InboundCode::parse(&word).ok())
            .filter(has_digit),
    );
    found.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    found
}

/// Runs of letters and digits of any script, and where they begin.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((from, &text[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push((from, &text[from..]));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Option<String> {
        find_code(text).map(|code| code.as_str().to_owned())
    }

    #[test]
    fn finds_the_code_however_it_is_written() {
        for text in [
            "X7K2M9",
            "x7k2m9",
            " X7K2M9\n",
            "X7K 2M9",
            "X7K-2M9",
            "X 7 K 2 M 9",
            "*X7K2M9*",
            "\"X7K2M9\".",
            "„X7K2M9“",
            "X7K\u{2011}2M9",
            "\u{feff}X7K2M9\u{200b}",
            "my code is X7K2M9",
            "Code: X7K2M9, thanks!",
            "Mano kodas X7K2M9 ačiū",
            "код X7K2M9",
            "code X7K-2M9 please",
            "hello, the code is x7k 2m9",
            "create account X7K2M9",
            "X7K2M9 X7K2M9",
            "(X7K2M9)",
            "PROOF-X7K2M9",
            "👍X7K2M9👍",
        ] {
            assert_eq!(found(text).as_deref(), Some("X7K2M9"), "{text:?}");
        }
        assert_eq!(
            found("my code is tunica").as_deref(),
            None,
            "I is in no code"
        );
        assert_eq!(found("my code is planet"), None, "L is in no code");
        assert_eq!(found("my code is garden").as_deref(), Some("GARDEN"));
    }

    #[test]
    fn finds_nothing_where_there_is_none_or_more_than_one() {
        for text in [
            "",
            " ",
            "hello",
            "X7K2M",
            "X7K2M99",
            "X7K2M9 or A2C3D4",
            "X7K-2M9 A2C-3D4",
            "X7K 2M9 A2C",
            "garden market",
            "the man said so",
            "X7K2MO",
            "Х7К2М9",
            "X7K2M9ž",
            "Ｘ７Ｋ２Ｍ９",
            "X7K_2M9x",
            "223456 234567",
            "https://a.example/?c=X7K2M9&d=A2C3D4",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_message_is_read_at_its_beginning_only() {
        let far = format!("{} X7K2M9", "ž ".repeat(600));
        assert_eq!(found(&far), None);
        let near = format!("X7K2M9 {}", "ž ".repeat(600));
        assert_eq!(found(&near).as_deref(), Some("X7K2M9"));
    }

    proptest! {
        #[test]
        fn a_code_among_other_words_is_found(
            code in "[ACDEFGHJKMNPQRTUVWXY]{5}[2-9]",
            before in proptest::collection::vec("[a-z]{1,2}|[a-z]{7,9}", 0..6),
            after in proptest::collection::vec("[a-z]{1,2}|[a-z]{7,9}", 0..6),
        ) {
            let text = [before, vec![code.to_lowercase()], after].concat().join(" ");
            prop_assert_eq!(found(&text), Some(code));
        }

        #[test]
        fn whatever_comes_gives_a_code_or_nothing(text in "\\PC{0,200}") {
            if let Some(code) = found(&text) {
                prop_assert!(InboundCode::parse(&code).is_ok());
            }
        }
    }
}
