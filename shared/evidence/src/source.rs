//! What the caller says the answer came from, held against what the verification is about. The
//! saying is compared, never trusted: a difference refuses an answer, and agreement adds nothing
//! to it, because whoever can guess a code can also name the phone.

/// The outcome of the comparison. No variant of it is evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceComparison {
    /// The caller said nothing.
    NotGiven,
    /// The caller named the identifier of the verification.
    Same,
    /// The caller named another one: the answer was meant for something else.
    Different,
}

impl SourceComparison {
    /// Whether the answer must not be looked at.
    pub const fn refuses(self) -> bool {
        matches!(self, Self::Different)
    }
}

/// Compares a `source_identifier` with the verification's identifier in its normal form. Spellings
/// in which people and providers write the same phone number or address are one: spaces and
/// punctuation in a number, a missing plus, capital letters.
pub fn compare(identifier: &str, claimed: Option<&str>) -> SourceComparison {
    let Some(claimed) = claimed else {
        return SourceComparison::NotGiven;
    };
    let same = match identifier.strip_prefix('+') {
        Some(number) => digits_of(claimed).is_some_and(|digits| digits == number),
        None => claimed.trim_ascii().eq_ignore_ascii_case(identifier),
    };
    if same {
        SourceComparison::Same
    } else {
        SourceComparison::Different
    }
}

/// The digits of a phone number with its country code; nothing if there is more than a number.
fn digits_of(text: &str) -> Option<String> {
    let text = text.trim_ascii();
    let number = text
        .strip_prefix('+')
        .or_else(|| text.strip_prefix("00"))
        .unwrap_or(text);
    let punctuation = |c: &char| matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}');
    let digits: String = number.chars().filter(|c| !punctuation(c)).collect();
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn saying_nothing_is_allowed() {
        assert_eq!(compare("+37069199199", None), SourceComparison::NotGiven);
        assert!(!SourceComparison::NotGiven.refuses() && !SourceComparison::Same.refuses());
        assert!(SourceComparison::Different.refuses());
    }

    #[test]
    fn one_number_has_many_spellings() {
        for claimed in [
            "+37069199199",
            "37069199199",
            "0037069199199",
            "+370 691 99 199",
            "+370 (691) 99-199",
            " +370.691.99199 ",
            "+370\u{a0}69199199",
        ] {
            assert_eq!(
                compare("+37069199199", Some(claimed)),
                SourceComparison::Same,
                "{claimed}"
            );
        }
        for claimed in [
            "",
            "+",
            "+37069199198",
            "+3706919919",
            "+370691991990",
            "69199199",
            "869199199",
            "+37069199199x",
            "++37069199199",
            "+３7069199199",
            "whatsapp:+37069199199",
            "+37069199199,+37069199198",
        ] {
            assert_eq!(
                compare("+37069199199", Some(claimed)),
                SourceComparison::Different,
                "{claimed}"
            );
        }
    }

    #[test]
    fn addresses_and_names_differ_only_in_letters_that_matter() {
        assert_eq!(
            compare("jo@example.com", Some(" Jo@Example.COM ")),
            SourceComparison::Same
        );
        for claimed in [
            "jo@example.org",
            "jo+a@example.com",
            "jo@example.com.evil.com",
            "",
            "Jo <jo@example.com>",
        ] {
            assert_eq!(
                compare("jo@example.com", Some(claimed)),
                SourceComparison::Different
            );
        }
    }

    proptest! {
        #[test]
        fn every_identifier_is_the_same_as_itself(
            identifier in "\\+[1-9][0-9]{6,14}|[a-z.]{1,20}@[a-z]{1,20}\\.com",
        ) {
            prop_assert_eq!(compare(&identifier, Some(&identifier)), SourceComparison::Same);
        }

        #[test]
        fn two_numbers_are_two(one in "[1-9][0-9]{6,14}", other in "[1-9][0-9]{6,14}") {
            let comparison = compare(&format!("+{one}"), Some(&other));
            prop_assert_eq!(comparison == SourceComparison::Same, one == other);
        }

        #[test]
        fn no_text_makes_it_panic(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            let _ = compare(&one, Some(&other));
        }
    }
}
