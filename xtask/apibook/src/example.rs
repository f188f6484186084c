//! Example values: what the document gives, and where it gives none, what its schema allows.
//! The same document always gives the same examples.

use serde_json::{Map, Value, json};

use crate::pointer;

/// The examples of a media type, each with its name if it has one.
pub fn of_content(document: &Value, content: &Value) -> Vec<(Option<String>, Value)> {
    if let Some(example) = content.get("example") {
        return vec![(None, example.clone())];
    }
    let named: Vec<_> = content
        .get("examples")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(name, example)| {
            let example = pointer::follow(document, example)?;
            let title = example
                .get("summary")
                .and_then(Value::as_str)
                .unwrap_or(name);
            Some((Some(title.to_owned()), example.get("value")?.clone()))
        })
        .collect();
    if !named.is_empty() {
        return named;
    }
    content
        .get("schema")
        .map(|schema| (None, of_schema(document, schema)))
        .into_iter()
        .collect()
}

/// A value that the schema allows: its own example, or one made of its parts.
pub fn of_schema(document: &Value, schema: &Value) -> Value {
    build(document, schema, 0)
}

/// The example that the schema itself states, also through a reference.
pub fn stated(document: &Value, schema: &Value) -> Option<Value> {
    let own = |schema: &Value| {
        let listed = schema.get("examples").and_then(|examples| examples.get(0));
        schema
            .get("example")
            .or(listed)
            .or_else(|| schema.get("const"))
            .cloned()
    };
    own(schema).or_else(|| own(pointer::follow(document, schema)?))
}

fn build(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(example) = stated(document, schema) {
        return example;
    }
    let Some(schema) = pointer::follow(document, schema) else {
        return Value::Null;
    };
    if depth > 8 {
        return Value::Null;
    }
    if let Some(first) = schema.get("default").or_else(|| schema.get("enum")?.get(0)) {
        return first.clone();
    }
    for name in ["oneOf", "anyOf"] {
        if let Some(choices) = schema.get(name).and_then(Value::as_array) {
            let choice = choices
                .iter()
                .find(|choice| choice.get("type") != Some(&json!("null")));
            return choice.map_or(Value::Null, |choice| build(document, choice, depth + 1));
        }
    }
    if let Some(all) = schema.get("allOf").and_then(Value::as_array) {
        let mut whole = Map::new();
        for part in all {
            match build(document, part, depth + 1) {
                Value::Object(members) => whole.extend(members),
                other => return other,
            }
        }
        return Value::Object(whole);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().find(|kind| *kind != "null"),
        kind => kind,
    };
    match kind.and_then(Value::as_str) {
        Some("boolean") => json!(true),
        Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(1)),
        Some("string") => text(schema),
        Some("array") => schema.get("items").map_or_else(
            || json!([]),
            |items| json!([build(document, items, depth + 1)]),
        ),
        _ => object(document, schema, depth),
    }
}

/// What must be there, and what has an example.
fn object(document: &Value, schema: &Value, depth: usize) -> Value {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let mut members = Map::new();
    for (name, property) in properties.into_iter().flatten() {
        let must = required.is_some_and(|all| all.iter().any(|one| one == name));
        if must || stated(document, property).is_some() {
            members.insert(name.clone(), build(document, property, depth + 1));
        }
    }
    Value::Object(members)
}

fn text(schema: &Value) -> Value {
    match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => json!("2026-02-04T10:50:00Z"),
        Some("uri") => json!("https://example.com/"),
        Some("email") => json!("person@example.com"),
        _ => json!("…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stated_examples_come_first_and_the_rest_is_made() {
        let document = json!({"components": {"schemas": {
            "Code": {"type": "string", "enum": ["a", "b"]},
            "Loop": {"type": "object", "required": ["again"], "properties": {
                "again": {"$ref": "#/components/schemas/Loop"},
            }},
        }}});
        let schema = json!({
            "type": "object",
            "required": ["id", "code", "count", "at"],
            "properties": {
                "id": {"type": "string", "examples": ["507f"]},
                "code": {"$ref": "#/components/schemas/Code"},
                "count": {"type": ["integer", "null"], "minimum": 3},
                "at": {"type": "string", "format": "date-time"},
                "left_out": {"type": "string"},
                "shown": {"type": "string", "example": "x"},
            },
        });
        assert_eq!(
            of_schema(&document, &schema),
            json!({
                "id": "507f", "code": "a", "count": 3, "at": "2026-02-04T10:50:00Z", "shown": "x",
            })
        );
        // A circle ends.
        assert!(of_schema(&document, &json!({"$ref": "#/components/schemas/Loop"})).is_object());
    }

    #[test]
    fn named_examples_keep_their_names() {
        let content = json!({"examples": {
            "valid": {"summary": "A valid proof", "value": 1}, "invalid": {"value": 2},
        }});
        assert_eq!(
            of_content(&json!({}), &content),
            [
                (Some("A valid proof".to_owned()), json!(1)),
                (Some("invalid".to_owned()), json!(2))
            ]
        );
    }
}
