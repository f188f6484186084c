//! Text that strangers wrote, made fit to be shown: on one line, without characters that are
//! invisible or turn the direction of writing. For display only; nothing is compared in this form.

/// Characters that change how their neighbours are read while being seen by nobody.
const fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// What was seen, at most `limit` characters of it; what cannot be shown becomes `�`.
pub(crate) fn excerpt(bytes: &[u8], limit: usize) -> String {
    // No character takes more than four bytes, so what is cut off here is beyond the limit.
    let start = &bytes[..bytes.len().min((limit + 1) * 4)];
    let text = String::from_utf8_lossy(start);
    let shown: Vec<char> = text
        .chars()
        .map(|c| {
            if c.is_control() || is_hidden(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if shown.len() <= limit {
        return shown.into_iter().collect();
    }
    shown
        .into_iter()
        .take(limit.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// A name on one line: hidden characters gone, runs of space made one, at most `limit` characters.
pub(crate) fn name(text: &str, limit: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    excerpt(words.join(" ").as_bytes(), limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_excerpt_hides_nothing_and_ends() {
        assert_eq!(excerpt(b"v=spf1 -all", 120), "v=spf1 -all");
        assert_eq!(excerpt(b"a\r\nb\x1b[2J", 120), "a��b�[2J");
        assert_eq!(excerpt("a\u{202e}b\u{200b}c".as_bytes(), 120), "a�b�c");
        assert_eq!(excerpt(&[0xff, b'a'], 120), "�a");
        assert_eq!(excerpt(&[b'a'; 121], 120), format!("{}…", "a".repeat(119)));
        assert_eq!(excerpt(&[b'a'; 120], 120), "a".repeat(120));
        assert_eq!(excerpt("ž".repeat(60_000).as_bytes(), 3), "žž…");
    }

    #[test]
    fn a_name_stays_on_its_line() {
        assert_eq!(name("  Acme\r\nBcc: a@b  Ltd ", 60), "Acme Bcc: a@b Ltd");
        assert_eq!(name("Ac\u{200b}me\u{202e}", 60), "Acme");
        assert_eq!(
            name("Žalgirio 1-asis „Baras“", 60),
            "Žalgirio 1-asis „Baras“"
        );
        assert_eq!(name("\n\t\u{feff}", 60), "");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_short_and_on_one_line(
            bytes in proptest::collection::vec(any::<u8>(), 0..900),
            limit in 1usize..200,
        ) {
            let shown = excerpt(&bytes, limit);
            prop_assert!(shown.chars().count() <= limit);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_hidden(c)));
            let named = name(&String::from_utf8_lossy(&bytes), limit);
            prop_assert!(named.chars().count() <= limit);
            prop_assert!(!named.chars().any(|c| c.is_control() || is_hidden(c)));
        }
    }
}
