//! The frame of the pages that people meet: head, masthead with who asks, footer. Every text comes
//! from the message files; what somebody else chose (names, identifiers) is escaped by construction.

use maud::{DOCTYPE, Markup, html};

use crate::Words;

/// How a page looks at first sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something is asked.
    Asking,
    /// It is done; the mark draws itself.
    Done,
    /// It cannot go on this way.
    Stopped,
}

/// Who asks, as the page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker<'a> {
    pub name: &'a str,
    /// A picture within the page's own policy: `data:image/png;base64,…` or an address of ours.
    pub logo: Option<&'a str>,
}

/// A whole page: what stands around the body.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    words: Words,
    tone: Tone,
    title: &'a str,
    asker: Option<Asker<'a>>,
    stylesheets: Vec<&'a str>,
    modules: Vec<&'a str>,
    languages: bool,
    direction: Option<&'a str>,
}

impl<'a> Page<'a> {
    pub fn new(words: Words, tone: Tone, title: &'a str) -> Self {
        Self {
            words,
            tone,
            title,
            asker: None,
            stylesheets: Vec::new(),
            modules: Vec::new(),
            languages: false,
            direction: None,
        }
    }

    /// Shows who asks above the title.
    #[must_use]
    pub fn asked_by(mut self, asker: Asker<'a>) -> Self {
        self.asker = Some(asker);
        self
    }

    /// One more stylesheet after ours, such as a tenant's look.
    #[must_use]
    pub fn stylesheet(mut self, address: &'a str) -> Self {
        self.stylesheets.push(address);
        self
    }

    /// One more script module.
    #[must_use]
    pub fn module(mut self, address: &'a str) -> Self {
        self.modules.push(address);
        self
    }

    /// Offers the other languages at the foot, as `?lang=`.
    #[must_use]
    pub fn in_any_language(mut self) -> Self {
        self.languages = true;
        self
    }

    /// Another direction of writing than the language's own: the kit shows what it would be like.
    #[must_use]
    pub fn turned(mut self, direction: &'a str) -> Self {
        self.direction = Some(direction);
        self
    }

    /// The page as HTML.
    pub fn render(&self, body: &Markup) -> String {
        let words = self.words;
        html! {
            (DOCTYPE)
            html lang=(words.language()) dir=(self.direction.unwrap_or(words.direction())) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="robots" content="noindex";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " – Proof" }
                    link rel="icon" href="/static/mark.svg" type="image/svg+xml";
                    link rel="stylesheet" href="/static/proof.css";
                    @for address in &self.stylesheets { link rel="stylesheet" href=(address); }
                    @for address in &self.modules { script type="module" src=(address) {} }
                }
                body {
                    main.column id="page" {
                        header.masthead {
                            @if let Some(asker) = self.asker { (who(asker)) }
                            // Where somebody asks, their sign stands at the top and ours at the foot.
                            @if self.asker.is_none() || self.tone != Tone::Asking { (mark(self.tone)) }
                            h1 { (self.title) }
                        }
                        (body)
                        (self.footer())
                    }
                    // What scripts say aloud; it stays where it is when they replace the page.
                    @if !self.modules.is_empty() { p.visually-hidden id="page-status" role="status" {} }
                }
            }
        }
        .into_string()
    }

    fn footer(&self) -> Markup {
        html! {
            footer.muted.imprint {
                p.imprint-text {
                    @if self.asker.is_some() { (mark(Tone::Asking)) }
                    span { (self.words.say("what-proof-is")) }
                }
                @if self.languages { (language_switch(self.words)) }
            }
        }
    }
}

/// A page that holds nothing but what everybody may know.
pub fn frame(words: Words, tone: Tone, title: &str, body: &Markup) -> String {
    Page::new(words, tone, title).render(body)
}

/// A page that only says something: the texts `{key}-title` and `{key}-text`.
pub fn notice(words: Words, tone: Tone, key: &str) -> String {
    let body = html! { p { (words.say(&format!("{key}-text"))) } };
    frame(words, tone, &words.say(&format!("{key}-title")), &body)
}

/// The seal; its tick is for what can be or was proven.
pub fn mark(tone: Tone) -> Markup {
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

fn who(asker: Asker<'_>) -> Markup {
    html! {
        p.asker {
            @if let Some(logo) = asker.logo {
                img.asker-logo src=(logo) alt="";
            } @else if let Some(letter) = asker.name.chars().find(|one| one.is_alphanumeric()) {
                span.asker-letter aria-hidden="true" { (letter.to_uppercase()) }
            }
            bdi.asker-name { (asker.name) }
        }
    }
}

fn language_switch(words: Words) -> Markup {
    html! {
        nav.languages aria-label=(words.say("languages")) {
            @for other in Words::all() {
                a href={ "?lang=" (other.language()) } lang=(other.language()) hreflang=(other.language())
                    aria-current=[(other == words).then_some("true")] { (other.own_name()) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(language: &str) -> Words {
        Words::choose(Some(language), "")
    }

    #[test]
    fn a_page_is_in_its_language_and_escapes() {
        let body = html! { p { ("<script>alert(1)</script>") } };
        let page = frame(words("lt"), Tone::Asking, "<b>", &body);
        assert!(page.contains(r#"<html lang="lt" dir="ltr">"#));
        assert!(!page.contains("<script>") && !page.contains("<b>"));
    }

    #[test]
    fn who_asks_is_text_whatever_the_name() {
        let asker = Asker {
            name: "<img src=x onerror=alert(1)>",
            logo: Some("\"><script>"),
        };
        let page = Page::new(words("en"), Tone::Asking, "Title")
            .asked_by(asker)
            .stylesheet("/verify/brand/1.css")
            .module("/static/request.js")
            .in_any_language()
            .render(&html! {});
        assert!(!page.contains("<img src=x") && !page.contains("<script>"));
        assert!(page.contains(r#"<script type="module" src="/static/request.js">"#));
        assert!(
            page.contains(r#"href="?lang=lt""#) && page.contains(r#"aria-current="true">English"#)
        );
    }

    #[test]
    fn a_notice_says_its_two_texts() {
        let page = notice(words("en"), Tone::Stopped, "unknown");
        assert!(page.contains("There is nothing here") && page.contains("seal-ring"));
    }
}
