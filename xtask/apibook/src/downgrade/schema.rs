//! The schema keywords: JSON Schema 2020-12 as OpenAPI 3.1 uses it, in the words of OpenAPI 3.0.3.
//! A converted schema accepts exactly the values that the original accepts; annotations may become
//! fewer (one example instead of several), assertions never.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::{DowngradeError, list, map, object};
use crate::pointer::At;

type Members = Map<String, Value>;

pub(super) fn convert(schema: &Value, at: &At<'_>) -> Result<Value, DowngradeError> {
    match schema {
        Value::Bool(true) => Ok(json!({})),
        Value::Bool(false) => Ok(json!({"not": {}})),
        _ => members(object(schema, at)?, at).map(Value::Object),
    }
}

fn members(schema: &Members, at: &At<'_>) -> Result<Members, DowngradeError> {
    if let Some(merged) = optional(schema) {
        return members(&merged, at);
    }
    if schema.contains_key("$ref") {
        return reference(schema, at);
    }
    let mut converted = Map::new();
    for (name, value) in schema {
        keyword(name, value, schema, &mut converted, at)?;
    }
    if converted.get("type").is_some_and(|kind| kind == "array") {
        converted.entry("items").or_insert_with(|| json!({}));
    }
    Ok(converted)
}

/// 3.0.3 reads nothing beside a `$ref`, so that what stands there moves around it.
fn reference(schema: &Members, at: &At<'_>) -> Result<Members, DowngradeError> {
    if schema.len() == 1 {
        return Ok(schema.clone());
    }
    let mut beside = schema.clone();
    let target = beside.shift_remove("$ref").unwrap_or_default();
    let mut converted = members(&beside, at)?;
    and(&mut converted, json!({"$ref": target}));
    Ok(converted)
}

/// Adds a schema that must hold as well.
fn and(schema: &mut Members, other: Value) {
    if let Some(Value::Array(all)) = schema.get_mut("allOf") {
        all.insert(0, other);
    } else {
        schema.insert("allOf".to_owned(), Value::Array(vec![other]));
    }
}

fn keyword(
    name: &str,
    value: &Value,
    schema: &Members,
    converted: &mut Members,
    at: &At<'_>,
) -> Result<(), DowngradeError> {
    let here = at.child(name);
    let refused = || DowngradeError::Keyword {
        at: at.to_string(),
        keyword: name.to_owned(),
    };
    let value = match name {
        "title" | "description" | "default" | "multipleOf" | "maxLength" | "minLength"
        | "pattern" | "maxItems" | "minItems" | "uniqueItems" | "maxProperties"
        | "minProperties" | "example" | "deprecated" | "readOnly" | "writeOnly"
        | "discriminator" | "xml" | "externalDocs" | "format" => value.clone(),
        extension if extension.starts_with("x-") => value.clone(),
        "required" if value.as_array().is_some_and(Vec::is_empty) => return Ok(()),
        "enum" if schema.contains_key("const") => return Ok(()),
        "enum" if converted.contains_key("enum") => {
            and(converted, json!({"enum": value}));
            return Ok(());
        }
        "required" | "enum" => value.clone(),
        "type" => return kind(value, converted, at),
        "const" => return constant(value, schema, converted, at),
        "examples" => return examples(value, schema, converted, &here),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            return bound(name, value, schema, converted, at);
        }
        "contentEncoding" | "contentMediaType" => {
            return content(schema, converted, at);
        }
        "additionalProperties" if value.is_boolean() => value.clone(),
        "not" | "items" | "additionalProperties" => convert(value, &here)?,
        "properties" => map(value, &here, convert)?,
        "allOf" => {
            let items = list(value, &here, convert)?;
            // Several types may already have put an alternative here.
            if let (Some(Value::Array(all)), Value::Array(items)) =
                (converted.get_mut("allOf"), &items)
            {
                all.extend(items.iter().cloned());
                return Ok(());
            }
            items
        }
        "oneOf" => list(value, &here, convert)?,
        "anyOf" => {
            let choices = list(value, &here, convert)?;
            if converted.contains_key("anyOf") {
                and(converted, json!({"anyOf": choices}));
                return Ok(());
            }
            choices
        }
        // Every name is a string: this says nothing that 3.0.3 does not say as well.
        "propertyNames" if value == &json!({"type": "string"}) || value == true => return Ok(()),
        "$comment" => return Ok(()),
        _ => return Err(refused()),
    };
    converted.insert(name.to_owned(), value);
    Ok(())
}

/// One type, one type or null, or several.
fn kind(value: &Value, converted: &mut Members, at: &At<'_>) -> Result<(), DowngradeError> {
    let meaning = || DowngradeError::Meaning {
        at: at.to_string(),
        keyword: "type".to_owned(),
        value: value.to_string(),
    };
    let names: Vec<&str> = match value {
        Value::String(name) => vec![name],
        Value::Array(names) => names
            .iter()
            .map(Value::as_str)
            .collect::<Option<_>>()
            .ok_or_else(meaning)?,
        _ => return Err(meaning()),
    };
    let nullable = names.contains(&"null");
    let kinds: Vec<&str> = names.into_iter().filter(|name| *name != "null").collect();
    match kinds[..] {
        [] if nullable => {
            // Without a type, 3.0.3 lets an enumeration hold null; `nullable` would need a type.
            if converted.contains_key("enum") {
                and(converted, json!({"enum": [null]}));
            } else {
                converted.insert("enum".to_owned(), json!([null]));
            }
        }
        [] => return Err(meaning()),
        [kind] => {
            converted.insert("type".to_owned(), Value::from(kind));
            if nullable {
                converted.insert("nullable".to_owned(), Value::Bool(true));
            }
        }
        _ => {
            let choices = kinds.iter().map(|kind| {
                let mut choice = json!({"type": kind});
                if *kind == "array" {
                    choice["items"] = json!({});
                }
                if nullable {
                    choice["nullable"] = Value::Bool(true);
                }
                choice
            });
            let choices = Value::Array(choices.collect());
            if converted.contains_key("anyOf") {
                and(converted, json!({"anyOf": choices}));
            } else {
                converted.insert("anyOf".to_owned(), choices);
            }
        }
    }
    Ok(())
}

/// A constant is an enumeration of one.
fn constant(
    value: &Value,
    schema: &Members,
    converted: &mut Members,
    at: &At<'_>,
) -> Result<(), DowngradeError> {
    if let Some(Value::Array(members)) = schema.get("enum")
        && !members.contains(value)
    {
        return Err(DowngradeError::Meaning {
            at: at.to_string(),
            keyword: "const".to_owned(),
            value: value.to_string(),
        });
    }
    if converted.contains_key("enum") {
        and(converted, json!({"enum": [value]}));
    } else {
        converted.insert("enum".to_owned(), json!([value]));
    }
    Ok(())
}

/// 3.0.3 has room for one example.
fn examples(
    value: &Value,
    schema: &Members,
    converted: &mut Members,
    at: &At<'_>,
) -> Result<(), DowngradeError> {
    let Value::Array(examples) = value else {
        return Err(DowngradeError::NotAList { at: at.to_string() });
    };
    if let Some(first) = examples.first()
        && !schema.contains_key("example")
    {
        converted.insert("example".to_owned(), first.clone());
    }
    Ok(())
}

/// An exclusive bound is a bound with a flag; of two bounds the stricter stays.
fn bound(
    name: &str,
    value: &Value,
    schema: &Members,
    converted: &mut Members,
    at: &At<'_>,
) -> Result<(), DowngradeError> {
    let lower = name.ends_with("inimum");
    let (plain, exclusive) = if lower {
        ("minimum", "exclusiveMinimum")
    } else {
        ("maximum", "exclusiveMaximum")
    };
    let Some(number) = value.as_f64() else {
        return Err(DowngradeError::Meaning {
            at: at.to_string(),
            keyword: name.to_owned(),
            value: value.to_string(),
        });
    };
    let other = schema
        .get(if name == plain { exclusive } else { plain })
        .and_then(Value::as_f64);
    let strict = name == exclusive;
    // Of two equal bounds the exclusive one is the stricter.
    let rules = other.is_none_or(|other| match number.total_cmp(&other) {
        Ordering::Greater => lower,
        Ordering::Less => !lower,
        Ordering::Equal => strict,
    });
    if rules {
        converted.insert(plain.to_owned(), value.clone());
        if strict {
            converted.insert(exclusive.to_owned(), Value::Bool(true));
        }
    }
    Ok(())
}

/// Bytes in a text are a format of 3.0.3; other content is not.
fn content(schema: &Members, converted: &mut Members, at: &At<'_>) -> Result<(), DowngradeError> {
    let text = |name: &str| schema.get(name).and_then(Value::as_str);
    let media = text("contentMediaType");
    let bytes = media.is_none_or(|media| media == "application/octet-stream");
    let format = match text("contentEncoding") {
        Some("base64") if bytes => "byte",
        Some("base64url") if bytes => "base64url",
        None if bytes => "binary",
        _ => {
            let name = if bytes {
                "contentEncoding"
            } else {
                "contentMediaType"
            };
            return Err(DowngradeError::Keyword {
                at: at.to_string(),
                keyword: name.to_owned(),
            });
        }
    };
    if schema.get("format").is_some_and(|stated| stated != format) {
        return Err(DowngradeError::Keyword {
            at: at.to_string(),
            keyword: "format".to_owned(),
        });
    }
    converted.insert("format".to_owned(), Value::from(format));
    Ok(())
}

/// A choice between null and one plain schema is that schema, nullable. Only where nothing but
/// annotations stands beside the choice, and nothing in the schema could refuse null.
fn optional(schema: &Members) -> Option<Members> {
    const ANNOTATIONS: [&str; 8] = [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
    ];
    let name = ["oneOf", "anyOf"]
        .into_iter()
        .find(|name| schema.contains_key(*name))?;
    let plain = |name: &str| ANNOTATIONS.contains(&name) || name.starts_with("x-");
    if schema.keys().any(|key| key != name && !plain(key)) {
        return None;
    }
    let [first, second] = schema.get(name)?.as_array()?.as_slice() else {
        return None;
    };
    let null = json!({"type": "null"});
    let other = match (first == &null, second == &null) {
        (true, false) => second,
        (false, true) => first,
        _ => return None,
    };
    let mut merged = other.as_object()?.clone();
    let deciding = ["enum", "const", "allOf", "anyOf", "oneOf", "not", "$ref"];
    if deciding.iter().any(|name| merged.contains_key(*name)) {
        return None;
    }
    let kind = merged
        .get("type")?
        .as_str()
        .filter(|kind| *kind != "null")?
        .to_owned();
    merged.insert("type".to_owned(), json!([kind, "null"]));
    for (key, value) in schema.iter().filter(|(key, _)| *key != name) {
        merged.insert(key.clone(), value.clone());
    }
    Some(merged)
}
