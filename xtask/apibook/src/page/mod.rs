//! The documentation page: static HTML that says everything without a script, by the house's rules
//! for pages. It loads nothing but this host's own stylesheet, icons and two small modules.

mod code;
mod contents;
mod errors;
mod fields;
mod guide;
mod live;
mod objects;
mod offline;
mod reference;
mod text;

use maud::{DOCTYPE, Markup, html};
use serde_json::Value;

use crate::operation::{self, Operation};
use crate::shape::Shapes;

/// Where the host serves what lies in `web/static`.
const STATIC: &str = "/static";

/// What the sections are made from.
struct Book<'a> {
    document: &'a Value,
    operations: Vec<Operation<'a>>,
    tags: Vec<Tag<'a>>,
    /// Named schemas with a place of their own, in the order in which they are met.
    objects: Vec<String>,
    shapes: Shapes<'a>,
}

/// A group of operations.
struct Tag<'a> {
    name: &'a str,
    description: &'a str,
}

/// A section of the page that the contents list.
struct Section {
    anchor: String,
    title: String,
}

impl Section {
    fn new(anchor: &str, title: &str) -> Self {
        Self {
            anchor: anchor.to_owned(),
            title: title.to_owned(),
        }
    }
}

/// The page for a document.
pub fn render(document: &Value) -> String {
    let operations = operation::operations(document);
    let objects = objects::met(document, &operations);
    let tags = document.get("tags").and_then(Value::as_array);
    let word =
        |tag: &'_ Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
    let tags: Vec<(String, String)> = tags
        .into_iter()
        .flatten()
        .filter_map(|tag| {
            Some((
                word(tag, "name")?,
                word(tag, "description").unwrap_or_default(),
            ))
        })
        .collect();
    let book = Book {
        document,
        operations,
        tags: tags
            .iter()
            .map(|(name, description)| Tag { name, description })
            .collect(),
        shapes: Shapes::new(document, objects.clone()),
        objects,
    };
    page(&book).into_string()
}

fn page(book: &Book<'_>) -> Markup {
    let version = book
        .document
        .pointer("/info/version")
        .and_then(Value::as_str);
    let version = version.unwrap_or_default();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Proof API" }
                meta name="description" content=(guide::IN_ONE_SENTENCE);
                link rel="icon" href={ (STATIC) "/mark.svg" } type="image/svg+xml";
                link rel="stylesheet" href={ (STATIC) "/proof.css" };
                script type="module" src={ (STATIC) "/copy.js" } {}
                script type="module" src={ (STATIC) "/docs.js" } {}
            }
            body class="docs" {
                a class="skip" href="#content" { "Skip to the content" }
                header class="topbar" {
                    a class="brand" href="#top" {
                        (mark())
                        span { "Proof" }
                    }
                    span class="topbar-note" { "API " (version) }
                    button class="button topbar-contents" type="button" popovertarget="contents" {
                        (icon("list")) "Contents"
                    }
                }
                (contents::list(book))
                main id="content" tabindex="-1" {
                    (guide::sections(book))
                    (reference::sections(book))
                    (objects::section(book))
                    footer class="colophon" {
                        p {
                            "Proof API " (version) ", Apache-2.0. This page is made from the same "
                            "document that the machine-readable ones are: "
                            a href="/api/openapi.json" { "OpenAPI 3.0" } ", "
                            a href="/api/openapi-3.1.json" { "OpenAPI 3.1" } "."
                        }
                    }
                }
            }
        }
    }
}

/// The proof mark.
fn mark() -> Markup {
    html! {
        svg class="mark" viewBox="0 0 48 48" aria-hidden="true" {
            use href={ (STATIC) "/mark.svg#seal" } {}
        }
    }
}

/// A sign from the shared set; always beside a word.
fn icon(name: &str) -> Markup {
    html! {
        svg class="icon" viewBox="0 0 24 24" aria-hidden="true" {
            use href={ (STATIC) "/icons.svg#" (name) } {}
        }
    }
}

/// A heading that links to itself.
fn heading(section: &Section) -> Markup {
    html! { a class="anchor" href={ "#" (section.anchor) } { (section.title) } }
}
