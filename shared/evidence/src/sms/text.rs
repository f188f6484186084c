//! The text message with a code. Short enough for one part even where a letter needs two bytes,
//! the code first for lock screens and autofill, who asks, and never a link.

use crate::code::OtpCode;
use crate::inbound::named;

/// A message with any letter outside of the basic alphabet holds 70 characters in one part.
const ONE_PART: usize = 70;

/// The message.
pub fn code_message(code: &OtpCode, organisation: &str) -> String {
    let code = code.as_str();
    let (before, after) = (format!("{code} is your code for "), ". Never share it.");
    let room = ONE_PART - before.len() - after.len();
    let name = named(organisation, room);
    format!("{before}{}{after}", name.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn message(organisation: &str) -> String {
        code_message(&OtpCode::parse("048291").unwrap(), organisation)
    }

    #[test]
    fn the_text_is_this() {
        assert_eq!(
            message("Acme"),
            "048291 is your code for Acme. Never share it."
        );
        assert_eq!(
            message("Acme Inc."),
            "048291 is your code for Acme Inc. Never share it."
        );
        assert_eq!(
            message(""),
            "048291 is your code for somebody. Never share it."
        );
    }

    #[test]
    fn a_dot_at_the_cut_is_no_link() {
        let text = message("Of a name that is too longs. And goes on");
        let inside = &text["048291 is your code for ".len()..];
        assert!(!inside.contains(".…"), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_the_name_it_is_one_part_without_a_link(name in "\\PC{0,200}|https://[a-z]{1,20}\\.[a-z]{2,5}/[a-z]{0,9}") {
            let text = message(&name);
            prop_assert!(text.chars().count() <= ONE_PART);
            let inside = &text["048291 is your code for ".len()..text.len() - ". Never share it.".len()];
            prop_assert!(!inside.contains(['/', ':', '@', '\n']));
            for (at, _) in inside.match_indices('.') {
                prop_assert!(inside[at + 1..].is_empty() || inside[at + 1..].starts_with(char::is_whitespace));
            }
        }
    }
}
