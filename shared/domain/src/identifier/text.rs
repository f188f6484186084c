//! Questions about single characters, and the masks.
//! A mask must never panic or show a whole name, whatever text it is given.

/// Characters that are not seen, or that change how their neighbours are seen: controls,
/// default-ignorable code points, text-direction marks, separators other than the space, and
/// the fillers that fonts draw as nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a label mixes scripts whose letters look alike.
///
/// Latin may stand beside Chinese, Japanese and Korean, as it does in ordinary writing there;
/// every other mixture of the families below is refused. A label in one script passes even if
/// it resembles another word: what is stored, shown and proven is its ASCII form (`xn--…`).
pub(super) fn mixes_scripts(label: &str) -> bool {
    let mut seen = None;
    for family in label.chars().filter_map(Family::of) {
        seen = match (seen, family) {
            (None, _) => Some(family),
            (Some(one), other) if one == other => Some(one),
            (Some(Family::Latin), Family::EastAsian) | (Some(Family::EastAsian), Family::Latin) => {
                Some(Family::EastAsian)
            }
            _ => return true,
        };
    }
    false
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Latin,
    Greek,
    Cyrillic,
    EastAsian,
    Other,
}

impl Family {
    /// `None` for what belongs to no script: digits, hyphens, marks, symbols, emoji.
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' => Some(Self::Latin),
            _ if !c.is_alphabetic() => None,
            '\u{aa}'..='\u{24f}'
            | '\u{250}'..='\u{2af}'
            | '\u{1d00}'..='\u{1dbf}'
            | '\u{1e00}'..='\u{1eff}'
            | '\u{2c60}'..='\u{2c7f}'
            | '\u{a720}'..='\u{a7ff}'
            | '\u{ab30}'..='\u{ab6f}' => Some(Self::Latin),
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Some(Self::Greek),
            '\u{400}'..='\u{52f}'
            | '\u{1c80}'..='\u{1c8f}'
            | '\u{2de0}'..='\u{2dff}'
            | '\u{a640}'..='\u{a69f}' => Some(Self::Cyrillic),
            '\u{1100}'..='\u{11ff}'
            | '\u{2e80}'..='\u{9fff}'
            | '\u{a960}'..='\u{a97f}'
            | '\u{ac00}'..='\u{d7ff}'
            | '\u{f900}'..='\u{faff}'
            | '\u{1b000}'..='\u{1b16f}'
            | '\u{20000}'..='\u{3ffff}' => Some(Self::EastAsian),
            _ => Some(Self::Other),
        }
    }
}

/// `us***@example.com`, or `us***` where there is no `@`.
pub(super) fn mask_name(name: &str) -> String {
    let (local, domain) = match name.split_once('@') {
        // A handle may be written with a leading `@`; what follows is not a domain.
        Some((local, _)) if !local.is_empty() => name.split_at(local.len()),
        _ => (name, ""),
    };
    let shown = local.chars().count().saturating_sub(1).min(2);
    let head: String = local.chars().take(shown).collect();
    format!("{head}***{domain}")
}

/// The first `head` and the last `tail` characters with `***` between. Texts too short to hide
/// at least three characters show less of themselves.
pub(super) fn mask_middle(text: &str, head: usize, tail: usize) -> String {
    let length = text.chars().count();
    let shown = (head + tail).min(length.saturating_sub(3));
    let tail = tail.min(shown / 2);
    let head = head.min(shown - tail);
    let front: String = text.chars().take(head).collect();
    let back: String = text.chars().skip(length - tail).collect();
    format!("{front}***{back}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_at_least_three_characters_or_everything() {
        assert_eq!(mask_middle("+37069199199", 5, 4), "+3706***9199");
        assert_eq!(mask_middle("+2901234", 5, 4), "+29***34");
        assert_eq!(mask_middle("", 5, 4), "***");
        assert_eq!(mask_middle("ab", 5, 4), "***");
        assert_eq!(mask_middle("абвгд", 5, 4), "а***д");
    }

    #[test]
    fn names_keep_at_most_two_characters() {
        assert_eq!(mask_name("user@example.com"), "us***@example.com");
        assert_eq!(mask_name("abc@example.com"), "ab***@example.com");
        assert_eq!(mask_name("ab@example.com"), "a***@example.com");
        assert_eq!(mask_name("a@example.com"), "***@example.com");
        assert_eq!(mask_name("octocat"), "oc***");
        assert_eq!(mask_name("@octocat"), "@o***");
        assert_eq!(mask_name(""), "***");
    }

    #[test]
    fn look_alike_scripts_do_not_mix() {
        for label in [
            "paypal",
            "größe",
            "яндекс",
            "δοκιμή",
            "sony日本",
            "東京タワー",
            "한국",
            "a1-b2",
            "क्षेत्र",
            "i❤",
        ] {
            assert!(!mixes_scripts(label), "{label}");
        }
        for label in ["pаypal", "gοogle", "αб", "аl", "aա", "日本я"] {
            assert!(mixes_scripts(label), "{label}");
        }
    }
}
