//! The contents: one list, beside the text on a wide screen and behind a button on a narrow one.

use maud::{Markup, html};

use super::{Book, Section, errors, fields, guide, reference};

pub(super) fn list(book: &Book<'_>) -> Markup {
    html! {
        nav class="contents" id="contents" popover aria-label="Contents" {
            div class="filter" {
                label for="filter" { "Find an operation" }
                input id="filter" type="search" autocomplete="off" spellcheck="false"
                    placeholder="Name, path or word";
                p id="filter-result" role="status" {}
            }
            (group("Introduction", guide::contents().iter().chain([&errors::section()])))
            @for tag in &book.tags {
                (group(tag.name, &reference::contents(book, tag)))
            }
            @let objects: Vec<Section> = book
                .objects
                .iter()
                .map(|name| Section::new(&fields::object_anchor(name), name))
                .collect();
            (group("Objects", &objects))
        }
    }
}

fn group<'a>(title: &str, sections: impl IntoIterator<Item = &'a Section>) -> Markup {
    html! {
        div class="contents-group" {
            p class="contents-title" { (title) }
            ul {
                @for section in sections {
                    li { a href={ "#" (section.anchor) } { (section.title) } }
                }
            }
        }
    }
}
