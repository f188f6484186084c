//! The page keeps the house's rules: links that lead somewhere, nothing inline, nothing from
//! another host, everything of the document on it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod sample;

use std::collections::BTreeSet;

use proof_apibook::book::Book;
use proof_apibook::samples::{Place, Sample};
use proof_apibook::{operation, page};

/// The values of an attribute, in order.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

fn keeps_the_rules(page: &str) {
    let ids = attributes(page, "id");
    let unique: BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    for target in attributes(page, "href") {
        if let Some(id) = target.strip_prefix('#') {
            assert!(ids.contains(&id), "{target} leads nowhere");
        } else {
            assert!(target.starts_with('/'), "{target} is on another host");
        }
    }
    assert!(
        attributes(page, "src")
            .iter()
            .all(|source| source.starts_with("/static/"))
    );
    assert!(attributes(page, "style").is_empty() && !page.contains("<style"));
    assert!(!page.contains(" onclick=") && !page.contains("javascript:"));
    // Modules of this host, with nothing in them here.
    assert_eq!(
        page.matches("<script").count(),
        page.matches("></script>").count()
    );
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert_eq!(page.matches("<h1>").count(), 1);
}

#[test]
fn the_sample_s_page_keeps_the_rules_and_shows_everything() {
    let book = Book::of(&sample::parts(), &[]).unwrap();
    keeps_the_rules_but_for_the_guide(&book.page);
    for operation in operation::operations(&book.openapi_3_1) {
        assert!(
            book.page
                .contains(&format!("id=\"{}\"", operation.anchor()))
        );
        assert!(book.page.contains(operation.summary));
    }
    for words in [
        // Markdown, required, bounds, enumerations, forms, defaults, headers, streams.
        "to be <strong>sure</strong>",
        "<span class=\"required\">required</span>",
        "1 to 512 characters",
        "more than 0",
        "map of strings",
        "<code>phone</code>",
        "<p class=\"form-name\">Valid</p>",
        "by default <code>[]</code>",
        "Idempotent-Replayed",
        "text/event-stream",
        "curl -N",
        "or null",
    ] {
        assert!(book.page.contains(words), "{words} is not on the page");
    }
}

/// The guide links to operations that the sample does not have.
fn keeps_the_rules_but_for_the_guide(page: &str) {
    let missing = [
        "create-events-ticket",
        "get-verification",
        "get-keys",
        "list-revoked-proofs",
        "object-statusevent",
    ];
    let targets = missing.map(|id| format!("<p id=\"{id}\"></p>"));
    keeps_the_rules(&format!("{page}{}", targets.concat()));
}

#[test]
fn what_the_document_says_is_text_on_the_page() {
    let mut document = Book::of(&sample::parts(), &[]).unwrap().openapi_3_1;
    let operation = &mut document["paths"]["/health"]["get"];
    operation["summary"] = "<script>alert(1)</script>".into();
    operation["description"] = "[x](javascript:alert(1)) <img src=x onerror=y>".into();
    operation["responses"]["200"]["content"]["application/json"]["example"] =
        "</code></pre><script>".into();
    let page = page::render(&document);
    assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("href=\"java"));
}

#[test]
fn the_functions_page_keeps_the_rules_and_the_budget() {
    let book = Book::of_functions().unwrap();
    keeps_the_rules(&book.page);
    // About a tenth of it goes over the wire; the whole first view may have 60 KB.
    assert!(book.page.len() < 450_000, "{} bytes", book.page.len());
}

#[test]
fn an_example_that_the_api_would_not_send_is_an_error() {
    let sample = |json| Sample {
        operation: "validateProof",
        place: Place::Request,
        title: "",
        json,
    };
    let wrong = sample::parts();
    let error = |json| Book::of(&wrong, &[sample(json)]).unwrap_err().to_string();
    // The function states its own example, which stays; what is added elsewhere is checked.
    assert!(Book::of(&wrong, &[sample("{}")]).is_ok());
    let elsewhere = |operation, json| {
        Book::of(
            &wrong,
            &[Sample {
                operation,
                place: Place::Answer("201"),
                title: "",
                json,
            }],
        )
    };
    let told = elsewhere("createVerification", r#"{"id": "1"}"#)
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("createVerification") && told.contains("missing"),
        "{told}"
    );
    let told = elsewhere("gone", "{}").unwrap_err().to_string();
    assert!(told.contains("no such operation"), "{told}");
    assert!(error("{").contains("not JSON"));
}
