//! What a person is told in the channel they wrote in: one short message, who asked and what came
//! of it. It never holds a link, a code, or anybody's number.

use crate::shown;

/// As much of an organisation's name as is said.
const MAX_NAME: usize = 40;

/// What there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply<'a> {
    /// The number is proven to this organisation.
    Done { organisation: &'a str },
    /// The code is nobody's, or over.
    UnknownCode,
    /// The code waits for another number.
    AnotherNumber,
    /// The code is right; the number is still needed.
    NumberNeeded { organisation: &'a str },
    /// The contact is somebody else's, or not known to be the person's own.
    AnotherContact,
    /// A contact came before any code, or words without one.
    CodeFirst,
    /// What waited for the code has ended without a proof.
    Failed,
}

impl Reply<'_> {
    /// Whether the button goes with it by which a person shares their own number.
    pub const fn asks_for_number(&self) -> bool {
        matches!(self, Self::NumberNeeded { .. } | Self::AnotherContact)
    }

    pub fn text(&self) -> String {
        match self {
            Self::Done { organisation } => format!(
                "Done. You have shown {} that this number is yours.",
                named(organisation, MAX_NAME)
            ),
            Self::UnknownCode => {
                "This code is not known, or its time is over. Go back to the page \
                 that gave it to you and ask for a new one."
                    .to_owned()
            }
            Self::AnotherNumber => "This code was given out for another number. Send it from the \
                 phone with that number."
                .to_owned(),
            Self::NumberNeeded { organisation } => format!(
                "Show {} that your number is yours: share it with the button below.",
                named(organisation, MAX_NAME)
            ),
            Self::AnotherContact => {
                "Only your own number counts, shared with the button below.".to_owned()
            }
            Self::Failed => {
                "This number could not be taken. Go back to the page that sent you here.".to_owned()
            }
            Self::CodeFirst => {
                "Send the code first. It stands on the page that sent you here.".to_owned()
            }
        }
    }
}

/// A name that a tenant chose, so that no messenger makes a link of it.
/// At most `limit` characters of it.
pub(crate) fn named(organisation: &str, limit: usize) -> String {
    // Cut first: what the cut leaves beside a dot counts too.
    let cut = shown::name(organisation, limit);
    let name = shown::name(&without_links(&cut), limit);
    if name.is_empty() {
        "somebody".to_owned()
    } else {
        name
    }
}

/// Messengers make links of what has a dot between letters, a slash, a colon or an at sign.
fn without_links(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    characters
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let ends_a_word = characters
                .get(at + 1)
                .is_none_or(|next| next.is_whitespace());
            match c {
                '/' | '\\' | ':' | '@' | '#' | '。' | '．' => ' ',
                '.' if !ends_a_word => ' ',
                other => *other,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_who_asks_and_what_came_of_it() {
        assert_eq!(
            Reply::Done {
                organisation: "Acme Inc."
            }
            .text(),
            "Done. You have shown Acme Inc. that this number is yours."
        );
        assert_eq!(
            Reply::NumberNeeded { organisation: "" }.text(),
            "Show somebody that your number is yours: share it with the button below."
        );
    }

    #[test]
    fn a_name_becomes_no_link() {
        for name in [
            "evil.example",
            "https://evil.example/x",
            "a@evil.example",
            "evil．example",
            "Bank\nhttps://evil.example",
            "t.me/evil #now",
        ] {
            let text = Reply::Done { organisation: name }.text();
            let inside = text
                .strip_prefix("Done. You have shown ")
                .and_then(|rest| rest.strip_suffix(" that this number is yours."))
                .unwrap();
            assert!(
                !inside.contains(['.', '/', ':', '@', '#', '\n', '．']),
                "{inside}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_message_is_short_and_on_one_line(name in "\\PC{0,300}") {
            for reply in [Reply::Done { organisation: &name }, Reply::NumberNeeded { organisation: &name }] {
                let text = reply.text();
                prop_assert!(text.chars().count() < 160);
                prop_assert!(!text.contains('\n'));
            }
        }
    }
}
