//! The frame of the pages that people meet on their way to a proof. Every text comes from the
//! message files; what somebody else chose (names, identifiers) is escaped by construction.

mod words;

pub(crate) use words::Words;

use http::StatusCode;
use maud::{DOCTYPE, Markup, html};
use proof_edge::{Answer, Scope};

/// How a page looks at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something is asked.
    Asking,
    /// It is done; the mark draws itself.
    Done,
    /// It cannot go on this way.
    Stopped,
}

/// A whole page around its body.
pub(crate) fn frame(words: Words, tone: Tone, title: &str, body: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang=(words.language()) dir=(words.direction()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " – Proof" }
                link rel="icon" href="/static/mark.svg" type="image/svg+xml";
                link rel="stylesheet" href="/static/proof.css";
            }
            body {
                main.column {
                    header.masthead {
                        (mark(tone))
                        h1 { (title) }
                    }
                    (body)
                    footer.muted.imprint { p { (words.say("what-proof-is")) } }
                }
            }
        }
    }
    .into_string()
}

/// A page that only says something.
pub(crate) fn notice(scope: &Scope, status: StatusCode, tone: Tone, key: &str) -> Answer {
    let words = Words::of(scope);
    let body = html! { p { (words.say(&format!("{key}-text"))) } };
    let page = frame(words, tone, &words.say(&format!("{key}-title")), &body);
    Answer::page(page, &[]).status(status)
}

/// The seal; its tick is for what can be or was proven.
fn mark(tone: Tone) -> Markup {
    let part = match tone {
        Tone::Asking | Tone::Done => "/static/mark.svg#seal",
        Tone::Stopped => "/static/mark.svg#seal-ring",
    };
    html! {
        svg.mark.draws[tone == Tone::Done].good[tone == Tone::Done] viewBox="0 0 48 48" aria-hidden="true" {
            use href=(part) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_in_its_language_and_escapes() {
        let words = Words::in_language("lt");
        let body = html! { p { ("<script>alert(1)</script>") } };
        let page = frame(words, Tone::Asking, "<b>", &body);
        assert!(page.contains(r#"<html lang="lt" dir="ltr">"#));
        assert!(!page.contains("<script>") && !page.contains("<b>"));
    }
}
