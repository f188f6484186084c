//! The objects that answers carry, each described once.

use maud::{Markup, html};
use serde_json::Value;

use super::fields::{self, Way};
use super::{Book, Section, code, heading, text};
use crate::operation::Operation;
use crate::{example, pointer};

/// The named schemas that answers carry, in the order in which a reader meets them.
pub(super) fn met(document: &Value, operations: &[Operation<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for answer in operations.iter().flat_map(|operation| &operation.answers) {
        let schema = answer.content.as_ref().and_then(|content| content.schema);
        for target in schema.into_iter().flat_map(targets) {
            let is_object = pointer::resolve(document, target).is_some_and(|schema| {
                ["properties", "allOf", "oneOf"]
                    .iter()
                    .any(|k| schema.get(k).is_some())
            });
            let name = pointer::name_of(target);
            if is_object && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    // What no body names was stated for its own sake: the data of events.
    let used = pointer::references(document);
    let schemas = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    for (name, schema) in schemas.into_iter().flatten() {
        let target = format!("#/components/schemas/{name}");
        if schema.get("properties").is_some() && used.iter().all(|used| used.target != target) {
            names.push(name.clone());
        }
    }
    // Errors come last, whatever came first.
    names.sort_by_key(|name| name == "Error");
    names
}

/// What a body is: a named schema, or a list or choice of such.
fn targets(schema: &Value) -> Vec<&str> {
    let own = schema.get("$ref").and_then(Value::as_str);
    let item = schema
        .get("items")
        .and_then(|items| items.get("$ref"))
        .and_then(Value::as_str);
    own.into_iter().chain(item).collect()
}

pub(super) fn section(book: &Book<'_>) -> Markup {
    html! {
        section class="part" id="objects" {
            header class="part-head" {
                h2 { (heading(&Section::new("objects", "Objects"))) }
                p { "What the answers are made of. New members may come with time: pass over those you do not know." }
            }
            @for name in &book.objects {
                @let section = Section::new(&fields::object_anchor(name), name);
                @if let Some(shape) = book.shapes.named(name) {
                    article class="entry" id=(section.anchor) {
                        div class="entry-text" {
                            h3 { (heading(&section)) }
                            @if let Some(description) = &shape.description { (text::blocks(description)) }
                            (fields::inside(&shape, Way::Received))
                        }
                        div class="entry-samples" {
                            (code::json(&html! { (name) }, &of(book, name)))
                        }
                    }
                }
            }
        }
    }
}

fn of(book: &Book<'_>, name: &str) -> Value {
    // The fullest example that an answer gives; else one made from the schema.
    let reference = format!("#/components/schemas/{name}");
    let bodies = book
        .operations
        .iter()
        .flat_map(|operation| &operation.answers);
    let stated = bodies
        .filter_map(|answer| answer.content.as_ref())
        .filter(|content| {
            content
                .schema
                .is_some_and(|schema| schema.get("$ref") == Some(&Value::from(&*reference)))
        })
        .flat_map(|content| content.examples.iter().map(|(_, example)| example));
    let fullest = stated.max_by_key(|example| example.as_object().map_or(0, serde_json::Map::len));
    let made = || example::of_schema(book.document, &serde_json::json!({"$ref": reference}));
    fullest.cloned().unwrap_or_else(made)
}
