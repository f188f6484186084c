//! Code to read and to copy: a figure with a title, a button and a few quiet colours, set when the
//! page is made.

use maud::{Markup, html};
use serde_json::Value;

use super::icon;

/// What a piece of code is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Shell,
    Json,
    JavaScript,
    Plain,
}

/// A figure with code in it.
pub(super) fn figure(title: &Markup, language: Language, code: &str) -> Markup {
    sample(title, language, code, false)
}

/// A figure whose example address a script replaces by the host that the reader is on.
pub(super) fn own_host(title: &Markup, language: Language, code: &str) -> Markup {
    sample(title, language, code, true)
}

fn sample(title: &Markup, language: Language, code: &str, own_host: bool) -> Markup {
    let code = code.trim_end();
    html! {
        figure class="sample" data-own-host[own_host] {
            figcaption {
                span class="sample-title" { (title) }
                button class="button quiet" type="button" data-copy { (icon("copy")) span { "Copy" } }
            }
            pre tabindex="0" { code { (coloured(language, code)) } }
        }
    }
}

/// JSON as a figure.
pub(super) fn json(title: &Markup, value: &Value) -> Markup {
    figure(title, Language::Json, &pretty(value))
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ink {
    Plain,
    Comment,
    Key,
    Text,
}

fn coloured(language: Language, code: &str) -> Markup {
    html! {
        @for (ink, piece) in pieces(language, code) {
            @match ink {
                Ink::Plain => (piece),
                Ink::Comment => span class="c" { (piece) },
                Ink::Key => span class="k" { (piece) },
                Ink::Text => span class="s" { (piece) },
            }
        }
    }
}

/// The code cut into pieces of one colour.
fn pieces(language: Language, code: &str) -> Vec<(Ink, &str)> {
    let mut pieces = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while at < code.len() {
        let rest = &code[at..];
        let line_start = at == 0 || code[..at].ends_with('\n');
        let found = match language {
            Language::Plain => break,
            Language::Shell if line_start && rest.starts_with('#') => {
                Some((Ink::Comment, line_end(rest)))
            }
            Language::JavaScript if rest.starts_with("//") && !code[..at].ends_with(':') => {
                Some((Ink::Comment, line_end(rest)))
            }
            Language::JavaScript if rest.starts_with(['"', '`']) => {
                Some((Ink::Text, string_end(rest)))
            }
            Language::Json if rest.starts_with('"') => {
                let end = string_end(rest);
                let key = rest[end..].starts_with(':');
                Some((if key { Ink::Key } else { Ink::Text }, end))
            }
            _ => None,
        };
        if let Some((ink, length)) = found {
            if plain_from < at {
                pieces.push((Ink::Plain, &code[plain_from..at]));
            }
            pieces.push((ink, &rest[..length]));
            at += length;
            plain_from = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    if plain_from < code.len() {
        pieces.push((Ink::Plain, &code[plain_from..]));
    }
    pieces
}

fn line_end(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of the quoted text that begins here.
fn string_end(rest: &str) -> usize {
    let mut letters = rest.char_indices();
    let quote = letters.next().map(|(_, quote)| quote);
    let mut escaped = false;
    for (at, letter) in letters {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if Some(letter) == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_colours_are_right() {
        let code = "{\n  \"a\\\"b\": \"c: d\",\n  \"é\": 1\n}";
        let cut = pieces(Language::Json, code);
        assert_eq!(
            cut.iter().map(|(_, piece)| *piece).collect::<String>(),
            code
        );
        assert!(cut.contains(&(Ink::Key, "\"a\\\"b\"")));
        assert!(cut.contains(&(Ink::Text, "\"c: d\"")));

        let code = "// why\nfetch(\"https://a\"); // end";
        let cut = pieces(Language::JavaScript, code);
        assert_eq!(cut[0], (Ink::Comment, "// why"));
        assert!(cut.contains(&(Ink::Text, "\"https://a\"")));
        assert!(cut.contains(&(Ink::Comment, "// end")));

        let cut = pieces(Language::Shell, "# once\ncurl \"$A/#b\"");
        assert_eq!(
            cut,
            [(Ink::Comment, "# once"), (Ink::Plain, "\ncurl \"$A/#b\"")]
        );
        assert_eq!(pieces(Language::Plain, ""), []);
        assert_eq!(pieces(Language::Json, "\"open").len(), 1);
    }
}
