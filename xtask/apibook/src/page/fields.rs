//! A shape as a list of fields: name, type, what it means, what it may be, and what is inside.

use maud::{Markup, html};

use super::text;
use crate::operation::Parameter;
use crate::shape::{Field, Inner, Note, Shape, Shapes};

/// Which way a shape travels: what must be sent, or what may be missing from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Sent,
    Received,
}

/// The anchor of a named schema.
pub(super) fn object_anchor(name: &str) -> String {
    format!("object-{}", name.to_lowercase())
}

/// What is inside a shape: its fields, its forms, or a link to where it is described.
pub(super) fn inside(shape: &Shape, way: Way) -> Markup {
    html! {
        @match &shape.inner {
            Inner::Nothing | Inner::Elsewhere(_) => {}
            Inner::Fields(fields) => @if !fields.is_empty() {
                dl class="fields" { @for field in fields { (row(field, way)) } }
            },
            Inner::OneOf(forms) => div class="forms" {
                @for (name, form) in forms {
                    section class="form-of" {
                        p class="form-name" { (name) @if form.inner == Inner::Nothing { " " (kind(form)) } }
                        @if let Some(description) = &form.description { (text::blocks(description)) }
                        @if let Inner::Elsewhere(name) = &form.inner {
                            p { a href={ "#" (object_anchor(name)) } { (name) } }
                        }
                        (inside(form, way))
                    }
                }
            },
        }
    }
}

fn row(field: &Field, way: Way) -> Markup {
    html! {
        div {
            dt {
                code class="field-name" { (field.name) }
                " " (kind(&field.shape))
                @match (way, field.required) {
                    (Way::Sent, true) => { " " span class="required" { "required" } }
                    (Way::Received, false) => { " " span class="field-kind" { "if any" } }
                    _ => {}
                }
            }
            dd { (about(&field.shape)) (inside(&field.shape, way)) }
        }
    }
}

/// The parameters in one place of the request.
pub(super) fn parameters(shapes: &Shapes<'_>, parameters: &[Parameter<'_>]) -> Markup {
    html! {
        dl class="fields" {
            @for parameter in parameters {
                @let shape = shapes.of(parameter.schema);
                div {
                    dt {
                        code class="field-name" { (parameter.name) }
                        " " (kind(&Shape { nullable: false, ..shape.clone() }))
                        @if parameter.required { " " span class="required" { "required" } }
                    }
                    dd {
                        @let description = parameter.description.map(str::to_owned);
                        (about(&Shape { description: description.or(shape.description.clone()), ..shape }))
                    }
                }
            }
        }
    }
}

fn kind(shape: &Shape) -> Markup {
    html! {
        span class="field-kind" {
            @if let Inner::Elsewhere(name) = &shape.inner {
                a href={ "#" (object_anchor(name)) } { (shape.kind) }
            } @else { (shape.kind) }
            @if shape.nullable { " or null" }
        }
    }
}

fn about(shape: &Shape) -> Markup {
    html! {
        @if let Some(description) = &shape.description { (text::blocks(description)) }
        @if !shape.values.is_empty() {
            p class="values" {
                @for value in &shape.values { code { (value) } " " }
            }
        }
        @if !shape.notes.is_empty() {
            p class="notes" {
                @for (index, note) in shape.notes.iter().enumerate() {
                    @if index > 0 { "; " }
                    @match note {
                        Note::Words(words) => (words),
                        Note::Pattern(pattern) => { "matches " code { (pattern) } }
                        Note::Default(default) => { "by default " code { (default) } }
                    }
                }
            }
        }
    }
}
