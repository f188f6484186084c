//! The little Markdown that descriptions use: paragraphs, lists, `code`, **strong** and links.
//! Everything else is text and is escaped.

use maud::{Markup, html};

/// Paragraphs and lists.
pub(super) fn blocks(source: &str) -> Markup {
    html! {
        @for block in source.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
            @if block.lines().all(|line| line.starts_with("- ") || line.starts_with("  ")) {
                ul { @for item in block.split("\n- ") { li { (inline(item.trim_start_matches("- "))) } } }
            } @else {
                p { (inline(block)) }
            }
        }
    }
}

/// Words within a line.
pub(super) fn inline(source: &str) -> Markup {
    let mut rest = source;
    let mut parts = Vec::new();
    while let Some((before, part, after)) = next(rest) {
        parts.push(html! { (before) (part) });
        rest = after;
    }
    html! { @for part in &parts { (part) } (rest) }
}

/// The next marked part, with what stands before and after it.
fn next(source: &str) -> Option<(&str, Markup, &str)> {
    let at = source.find(['`', '*', '['])?;
    let (before, marked) = source.split_at(at);
    let found = code(marked)
        .or_else(|| strong(marked))
        .or_else(|| link(marked));
    if let Some((part, after)) = found {
        return Some((before, part, after));
    }
    // The sign means itself; look on behind it.
    let (more, part, rest) = next(&marked[1..])?;
    Some((&source[..=at + more.len()], part, rest))
}

fn code(source: &str) -> Option<(Markup, &str)> {
    let (code, after) = source.strip_prefix('`')?.split_once('`')?;
    Some((html! { code { (code) } }, after))
}

fn strong(source: &str) -> Option<(Markup, &str)> {
    let (words, after) = source.strip_prefix("**")?.split_once("**")?;
    Some((html! { strong { (words) } }, after))
}

fn link(source: &str) -> Option<(Markup, &str)> {
    let (words, after) = source.strip_prefix('[')?.split_once("](")?;
    let (target, after) = after.split_once(')')?;
    let safe = ["https://", "/", "#"]
        .iter()
        .any(|start| target.starts_with(start));
    safe.then(|| (html! { a href=(target) { (words) } }, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(source: &str) -> String {
        inline(source).into_string()
    }

    #[test]
    fn marks_what_is_marked_and_escapes_the_rest() {
        assert_eq!(
            line("Send `a<b` & **now**."),
            "Send <code>a&lt;b</code> &amp; <strong>now</strong>."
        );
        assert_eq!(
            line("see [Errors](#errors)"),
            "see <a href=\"#errors\">Errors</a>"
        );
        assert_eq!(line("[x](javascript:alert(1))"), "[x](javascript:alert(1))");
        assert_eq!(line("2 * 3 `x"), "2 * 3 `x");
        assert_eq!(line("a [b] `c`"), "a [b] <code>c</code>");
    }

    #[test]
    fn paragraphs_and_lists() {
        assert_eq!(
            blocks("One\ntwo.\n\n- a\n- b `c`").into_string(),
            "<p>One\ntwo.</p><ul><li>a</li><li>b <code>c</code></li></ul>"
        );
    }
}
