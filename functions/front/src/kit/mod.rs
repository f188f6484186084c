//! The kit: every part of a page and every state of it, to look at while developing and for the tests
//! in a browser. This module is not part of a deployed build.
//!
//! `?lang=lt` speaks another language, `?dir=rtl` turns the direction of writing, and `?accent=ffd400`
//! and `?radius=0` show what a tenant's look makes of it.

mod cards;
mod pieces;
mod scenes;

use axum::extract::RawPathParams;
use proof_domain::error::ApiError;
use proof_domain::page::Parameters;
use proof_edge::extract::Query;
use proof_edge::{Answer, Failure, Scope};
use proof_pages::{Page, Words, branding_css};

use scenes::Scene;

/// How the kit is to be shown.
#[derive(Clone, Debug)]
struct Manner {
    words: Words,
    direction: Option<&'static str>,
    /// The address of the stylesheet with the look that is tried.
    look: Option<String>,
    /// The same manner, for the links from page to page.
    query: String,
}

/// The parts, and the way to the scenes.
pub(crate) async fn show(scope: Scope, Query(query): Query) -> Result<Answer, Failure> {
    let manner = Manner::read(&scope, &query)?;
    let title = "Kit";
    let body = pieces::all(manner.words, &manner.query);
    let page = Page::new(manner.words, proof_pages::Tone::Asking, title);
    Ok(manner.give(page, &body))
}

/// One whole page.
pub(crate) async fn scene(
    scope: Scope,
    path: RawPathParams,
    Query(query): Query,
) -> Result<Answer, Failure> {
    let name = path.iter().next().map_or("", |(_, name)| name);
    let scene = Scene::parse(name).ok_or_else(ApiError::not_found)?;
    let manner = Manner::read(&scope, &query)?;
    let words = manner.words;
    if let Some(key) = scene.notice() {
        let title = words.say(&format!("{key}-title"));
        let page = Page::new(words, proof_pages::Tone::Stopped, &title);
        let text = maud::html! { p { (words.say(&format!("{key}-text"))) } };
        return Ok(manner.give(page, &text));
    }
    let (tone, title, body) = scene.show(words);
    let page = Page::new(words, tone, &title).asked_by(scene.asker());
    Ok(manner.give(page, &body))
}

/// The look of `?accent=` and `?radius=`.
pub(crate) async fn look(Query(query): Query) -> Result<Answer, Failure> {
    let mut parameters = Parameters::parse(&query);
    let accent = parameters.take("accent")?.map(|hex| format!("#{hex}"));
    let radius = parameters.read("radius", "must be a number", |text| text.parse().ok())?;
    let css = branding_css(accent.as_deref(), radius);
    Ok(Answer::bytes("text/css; charset=utf-8", css.into_bytes()))
}

impl Manner {
    fn read(scope: &Scope, query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let language = parameters.take("lang")?;
        let accepted = scope.headers().get("accept-language").unwrap_or_default();
        let turned = parameters.take("dir")?.as_deref() == Some("rtl");
        let tried = ["accent=", "radius="];
        let look: Vec<&str> = query
            .split('&')
            .filter(|part| tried.iter().any(|name| part.starts_with(name)))
            .collect();
        Ok(Self {
            words: Words::choose(language.as_deref(), accepted),
            direction: turned.then_some("rtl"),
            look: (!look.is_empty()).then(|| format!("/dev/kit/look.css?{}", look.join("&"))),
            query: if query.is_empty() {
                String::new()
            } else {
                format!("?{query}")
            },
        })
    }

    fn give(&self, page: Page<'_>, body: &maud::Markup) -> Answer {
        let mut page = page
            .module("/static/copy.js")
            .module("/static/times.js")
            .in_any_language();
        if let Some(direction) = self.direction {
            page = page.turned(direction);
        }
        if let Some(look) = &self.look {
            page = page.stylesheet(look);
        }
        Answer::page(page.render(body), &[])
    }
}
