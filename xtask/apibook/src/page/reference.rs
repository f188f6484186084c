//! The operations, by tag: what each is for, what it takes, what it answers, and an example of both.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::code::{self, Language};
use super::fields::{self, Way};
use super::{Book, Section, Tag, errors, heading, text};
use crate::operation::{Access, Answer, Operation, Parameter};
use crate::pointer;
use crate::shape::Inner;

/// The names that the example requests give to what differs from reader to reader.
const URL: &str = "$PROOF_URL";
const KEY: &str = "$PROOF_KEY";

fn of_tag<'a>(book: &'a Book<'_>, tag: &'a Tag<'_>) -> impl Iterator<Item = &'a Operation<'a>> {
    book.operations
        .iter()
        .filter(|operation| operation.tag == tag.name)
}

pub(super) fn contents(book: &Book<'_>, tag: &Tag<'_>) -> Vec<Section> {
    of_tag(book, tag)
        .map(|one| Section::new(&one.anchor(), one.summary))
        .collect()
}

pub(super) fn sections(book: &Book<'_>) -> Markup {
    html! {
        @for tag in &book.tags {
            @let section = Section::new(&format!("tag-{}", tag.name.to_lowercase()), tag.name);
            section class="part" id=(section.anchor) {
                header class="part-head" {
                    h2 { (heading(&section)) }
                    (text::blocks(tag.description))
                }
                @for operation in of_tag(book, tag) { (entry(book, operation)) }
            }
        }
    }
}

fn entry(book: &Book<'_>, operation: &Operation<'_>) -> Markup {
    let section = Section::new(&operation.anchor(), operation.summary);
    html! {
        article class="entry" id=(section.anchor) {
            div class="entry-text" {
                h3 { (heading(&section)) }
                p class="endpoint" {
                    span class={ "method " (operation.method) } { (operation.method.to_uppercase()) }
                    " " code { (breakable(operation.path)) }
                }
                @if operation.deprecated { p class="note warn" { "Deprecated. It works, and will go." } }
                (text::blocks(operation.description))
                (access(operation.access))
                (parameters(book, operation))
                (body(book, operation))
                (answers(book, operation))
            }
            div class="entry-samples" {
                (first_open(requests(book, operation)))
                @for answer in operation.answers.iter().filter(|answer| shows(answer)) {
                    (first_open(answered(answer)))
                }
            }
        }
    }
}

/// A path that may break after its slashes on a narrow screen.
fn breakable(path: &str) -> Markup {
    html! {
        @for (index, part) in path.split('/').enumerate() {
            @if index > 0 { "/" wbr; } (part)
        }
    }
}

fn access(access: Access) -> Markup {
    html! {
        @match access {
            Access::Key => {}
            Access::KeyOrOther => p class="access" {
                "With an " a href="#authentication" { "API key" } ", or without one as described."
            },
            Access::Public => p class="access" { "Public: no key is needed." },
        }
    }
}

fn parameters(book: &Book<'_>, operation: &Operation<'_>) -> Markup {
    html! {
        @for (place, title) in [("path", "In the path"), ("query", "In the query"), ("header", "Headers")] {
            @let here: Vec<Parameter<'_>> =
                operation.parameters.iter().filter(|one| one.place == place).copied().collect();
            @if !here.is_empty() {
                h4 { (title) }
                (fields::parameters(&book.shapes, &here))
            }
        }
    }
}

fn body(book: &Book<'_>, operation: &Operation<'_>) -> Markup {
    let Some(body) = &operation.body else {
        return html! {};
    };
    let target = body
        .schema
        .get("$ref")
        .and_then(Value::as_str)
        .map(pointer::name_of);
    let named = target.and_then(|name| book.shapes.named(&name));
    let shape = named.unwrap_or_else(|| book.shapes.of(body.schema));
    html! {
        h4 { "Body" }
        (fields::inside(&shape, Way::Sent))
    }
}

fn answers(book: &Book<'_>, operation: &Operation<'_>) -> Markup {
    let shared: Vec<_> = operation
        .answers
        .iter()
        .filter(|answer| answer.shared)
        .collect();
    html! {
        h4 { "Answers" }
        dl class="answers" {
            @for answer in operation.answers.iter().filter(|answer| !answer.shared) {
                div {
                    dt { span class={ "status " (errors::tone(answer.status)) } { (answer.status) } }
                    dd {
                        (text::blocks(answer.description))
                        (carried(book, answer))
                        @for header in &answer.headers {
                            p { "Header " code { (header.name) } ": " (text::inline(header.description)) }
                        }
                    }
                }
            }
        }
        @if !shared.is_empty() {
            p class="shared" {
                "As everywhere: "
                @for (index, answer) in shared.iter().enumerate() {
                    @if index > 0 { ", " }
                    a href="#errors" { (answer.status) }
                }
                "."
            }
        }
    }
}

/// What an answer's body is: a link to the object, or its fields where it has no name.
fn carried(book: &Book<'_>, answer: &Answer<'_>) -> Markup {
    let Some(content) = &answer.content else {
        return html! {};
    };
    let Some(schema) = content.schema else {
        return html! {};
    };
    let shape = book.shapes.of(schema);
    html! {
        @match &shape.inner {
            // Every error has this form; the introduction says so once.
            Inner::Elsewhere(name) if name == "Error" => {}
            Inner::Elsewhere(name) => p class="carries" {
                a href={ "#" (fields::object_anchor(name)) } { (shape.kind) }
            },
            Inner::Nothing => @if content.media != "application/json" {
                p class="carries" { code { (content.media) } }
            },
            _ => (fields::inside(&shape, Way::Received)),
        }
    }
}

/// Successes, and errors that have more to show than the form they share.
fn shows(answer: &Answer<'_>) -> bool {
    let error = answer
        .content
        .as_ref()
        .and_then(|content| content.schema?.get("$ref"));
    answer.is_success() || (!answer.shared && answer.own_example && error.is_some())
}

/// The first example stands open, the others wait behind their names.
fn first_open(samples: Vec<(Markup, Markup)>) -> Markup {
    html! {
        @for (index, (title, figure)) in samples.into_iter().enumerate() {
            @if index == 0 { (figure) } @else {
                details class="more" { summary { (title) } (figure) }
            }
        }
    }
}

fn requests(book: &Book<'_>, operation: &Operation<'_>) -> Vec<(Markup, Markup)> {
    let examples = operation
        .body
        .as_ref()
        .map(|body| body.examples.as_slice())
        .unwrap_or_default();
    let figure = |name: Option<&str>, body: Option<&Value>| {
        let title = html! { "Request" @if let Some(name) = name { ": " (name) } };
        let command = curl(book, operation, body);
        (
            title.clone(),
            code::figure(&title, Language::Shell, &command),
        )
    };
    if examples.is_empty() {
        return vec![figure(None, None)];
    }
    examples
        .iter()
        .map(|(name, example)| figure(name.as_deref(), Some(example)))
        .collect()
}

fn answered(answer: &Answer<'_>) -> Vec<(Markup, Markup)> {
    let examples = answer
        .content
        .as_ref()
        .map(|content| content.examples.as_slice());
    let samples = examples
        .unwrap_or_default()
        .iter()
        .filter(|(_, example)| *example != json!({}));
    samples
        .map(|(name, example)| {
            let title = html! {
                span class={ "status " (errors::tone(answer.status)) } { (answer.status) }
                @if let Some(name) = name { " " (name) }
            };
            let figure = match example {
                Value::String(text) => code::figure(&title, Language::Plain, text),
                _ => code::json(&title, example),
            };
            (title, figure)
        })
        .collect()
}

/// The request as a command. Quoting is for a POSIX shell.
fn curl(book: &Book<'_>, operation: &Operation<'_>, sent: Option<&Value>) -> String {
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    let mut headers = Vec::new();
    for parameter in &operation.parameters {
        let shown = parameter.example.map(plain);
        match parameter.place {
            "path" => {
                let example = shown.or_else(|| {
                    crate::example::stated(book.document, parameter.schema)
                        .as_ref()
                        .map(plain)
                });
                let name = format!("{{{}}}", parameter.name);
                let value =
                    example.unwrap_or_else(|| format!("${}", parameter.name.to_uppercase()));
                path = path.replace(&name, &value);
            }
            "query" => query.extend(shown.map(|value| format!("{}={value}", parameter.name))),
            "header" => headers.extend(shown.map(|value| format!("{}: {value}", parameter.name))),
            _ => {}
        }
    }
    let streams = operation
        .answers
        .iter()
        .filter_map(|answer| answer.content.as_ref());
    let streams = streams
        .into_iter()
        .any(|content| content.media == "text/event-stream");
    let mut command = String::from(if streams { "curl -N" } else { "curl" });
    if operation.method != "get" && (operation.method != "post" || operation.body.is_none()) {
        command.push_str(" -X ");
        command.push_str(&operation.method.to_uppercase());
    }
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{}", query.join("&"))
    };
    command.extend([" \"", URL, &path, &query, "\""]);
    let mut line = |text: String| {
        command.push_str(" \\\n  ");
        command.push_str(&text);
    };
    if operation.access != Access::Public {
        line(format!("-H \"Authorization: Bearer {KEY}\""));
    }
    for header in headers {
        line(format!("-H \"{header}\""));
    }
    if let Some(body) = &operation.body {
        line(format!("-H \"Content-Type: {}\"", body.media));
        if let Some(example) = sent {
            let json = code::pretty(example)
                .replace('\'', "'\\''")
                .replace('\n', "\n  ");
            line(format!("-d '{json}'"));
        }
    }
    command
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
