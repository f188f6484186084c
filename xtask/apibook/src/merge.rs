//! One document out of several: the frame and what each function says of itself. Two documents
//! may say the same thing twice; if they say different things under one name, that is an error.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::frame;
use crate::pointer::{self, Reference};

/// What one function says of itself.
#[derive(Clone, Debug)]
pub struct Part {
    /// The function's name, for messages.
    pub name: &'static str,
    pub document: Value,
}

impl Part {
    pub fn new(
        name: &'static str,
        document: &utoipa::openapi::OpenApi,
    ) -> Result<Self, MergeError> {
        serde_json::to_value(document)
            .map(|document| Self { name, document })
            .map_err(|error| MergeError::NotJson {
                part: name,
                why: error.to_string(),
            })
    }
}

/// Why several documents do not make one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    #[error("{part}: the document is not JSON: {why}")]
    NotJson { part: &'static str, why: String },
    #[error("{part}: `{member}` cannot be merged")]
    Member { part: &'static str, member: String },
    #[error("{part}: {name} is already there and says something else")]
    Conflict { part: &'static str, name: String },
    #[error("the operation id {id:?} is used by {first} and by {second}")]
    OperationId {
        id: String,
        first: String,
        second: String,
    },
    #[error("{operation} has no operation id")]
    NoOperationId { operation: String },
    #[error("{operation} has no tag, or one that nobody describes: {tag:?}")]
    Tag { operation: String, tag: String },
    #[error("{operation} asks for {scheme:?}, which is no security scheme here")]
    Security { operation: String, scheme: String },
    #[error("{} leads nowhere (at {})", .0.target, .0.at)]
    Dangling(Reference),
}

/// The methods that an OpenAPI 3.1 path can have, in the order in which they are read.
pub const METHODS: [&str; 8] = [
    "post", "get", "put", "patch", "delete", "head", "options", "trace",
];

/// The frame with every part in it, complete and checked.
pub fn merge(version: &str, parts: &[Part]) -> Result<Value, MergeError> {
    let mut book = frame::frame(version);
    for part in parts {
        add(&mut book, part)?;
    }
    crate::absence::state(&mut book);
    crate::complete::complete(&mut book);
    prune(&mut book);
    check(&book)?;
    Ok(book)
}

fn add(book: &mut Value, part: &Part) -> Result<(), MergeError> {
    let Some(members) = part.document.as_object() else {
        return Err(MergeError::Member {
            part: part.name,
            member: "#".to_owned(),
        });
    };
    let security = part.document.get("security");
    for (member, value) in members {
        match member.as_str() {
            "paths" => add_paths(book, part, value, security)?,
            "components" => add_components(book, part, value)?,
            "tags" => add_tags(book, value),
            // The frame speaks for the whole.
            "openapi" | "info" | "servers" | "security" => {}
            _ => {
                return Err(MergeError::Member {
                    part: part.name,
                    member: member.clone(),
                });
            }
        }
    }
    Ok(())
}

fn add_paths(
    book: &mut Value,
    part: &Part,
    paths: &Value,
    security: Option<&Value>,
) -> Result<(), MergeError> {
    for (path, item) in paths.as_object().into_iter().flatten() {
        let mut item = item.clone();
        for operation in METHODS {
            let operation = item.get_mut(operation).and_then(Value::as_object_mut);
            if let Some(operation) = operation
                && !operation.contains_key("security")
            {
                let inherited = security.cloned().unwrap_or_else(|| json!([]));
                operation.insert("security".to_owned(), inherited);
            }
        }
        let known = members(members(book, "paths"), path);
        for (name, value) in item.as_object().into_iter().flatten() {
            put(known, name, value, part, || {
                format!("{} {path}", name.to_uppercase())
            })?;
        }
    }
    Ok(())
}

fn add_components(book: &mut Value, part: &Part, sections: &Value) -> Result<(), MergeError> {
    for (section, components) in sections.as_object().into_iter().flatten() {
        let known = members(members(book, "components"), section);
        for (name, value) in components.as_object().into_iter().flatten() {
            put(known, name, value, part, || {
                format!("#/components/{section}/{name}")
            })?;
        }
    }
    Ok(())
}

/// The frame's words for a tag stay; a tag it does not know keeps its own.
fn add_tags(book: &mut Value, tags: &Value) {
    let Some(known) = book.get_mut("tags").and_then(Value::as_array_mut) else {
        return;
    };
    for tag in tags.as_array().into_iter().flatten() {
        if !known
            .iter()
            .any(|other| other.get("name") == tag.get("name"))
        {
            known.push(tag.clone());
        }
    }
}

fn put(
    known: &mut Value,
    name: &str,
    value: &Value,
    part: &Part,
    place: impl Fn() -> String,
) -> Result<(), MergeError> {
    match known.get(name) {
        Some(other) if other == value => Ok(()),
        Some(_) => Err(MergeError::Conflict {
            part: part.name,
            name: place(),
        }),
        None => {
            if let Some(known) = known.as_object_mut() {
                known.insert(name.to_owned(), value.clone());
            }
            Ok(())
        }
    }
}

/// The member of that name, an empty object if there was none.
fn members<'a>(value: &'a mut Value, name: &str) -> &'a mut Value {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let member = &mut value[name];
    if member.is_null() {
        *member = Value::Object(Map::new());
    }
    member
}

/// Leaves out what the frame offered and nobody used: tags, answers, headers. Schemas stay: a
/// function may state one that no body names, such as the data of an event. Schemas stay: one that
/// no body refers to says what the lines of an event stream hold.
fn prune(book: &mut Value) {
    let tags: Vec<Value> = operations(book)
        .iter()
        .filter_map(|(_, operation)| tag(operation).cloned())
        .collect();
    if let Some(known) = book.get_mut("tags").and_then(Value::as_array_mut) {
        known.retain(|tag| tags.iter().any(|used| Some(used) == tag.get("name")));
    }
    for section in ["responses", "headers"] {
        // Twice, as an unused answer may have been the only one to carry a header.
        for _ in 0..2 {
            let used = pointer::references(book);
            let Some(Value::Object(known)) = book.pointer_mut(&format!("/components/{section}"))
            else {
                break;
            };
            known.retain(|name, _| {
                let target = format!("#/components/{section}/{name}");
                let inside = format!("{target}/");
                used.iter()
                    .any(|used| used.target == target && !used.at.starts_with(&inside))
            });
        }
    }
    if let Some(Value::Object(sections)) = book.get_mut("components") {
        sections.retain(|_, section| section.as_object().is_none_or(|all| !all.is_empty()));
    }
}

fn check(book: &Value) -> Result<(), MergeError> {
    let mut ids = BTreeMap::new();
    for (operation, value) in operations(book) {
        let Some(id) = value.get("operationId").and_then(Value::as_str) else {
            return Err(MergeError::NoOperationId { operation });
        };
        if let Some(first) = ids.insert(id, operation.clone()) {
            return Err(MergeError::OperationId {
                id: id.to_owned(),
                first,
                second: operation,
            });
        }
        let tag = tag(value);
        let described = book["tags"].as_array().into_iter().flatten().any(|known| {
            tag.is_some() && known.get("name") == tag && known.get("description").is_some()
        });
        if !described {
            let tag = tag.and_then(Value::as_str).unwrap_or_default().to_owned();
            return Err(MergeError::Tag { operation, tag });
        }
        let schemes = value["security"].as_array().into_iter().flatten();
        for scheme in schemes.filter_map(Value::as_object).flat_map(Map::keys) {
            if book["components"]["securitySchemes"].get(scheme).is_none() {
                return Err(MergeError::Security {
                    operation,
                    scheme: scheme.clone(),
                });
            }
        }
    }
    pointer::dangling(book)
        .into_iter()
        .next()
        .map_or(Ok(()), |lost| Err(MergeError::Dangling(lost)))
}

fn tag(operation: &Value) -> Option<&Value> {
    operation.get("tags").and_then(|tags| tags.get(0))
}

/// Every operation with its name, such as `POST /api/v1/verifications`.
fn operations(book: &Value) -> Vec<(String, &Value)> {
    let paths = book.get("paths").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.push((format!("{} {path}", method.to_uppercase()), operation));
            }
        }
    }
    found
}
