//! Whether an example is one: allowed by its schema, and showing only what the schema documents.
//! Knows the keywords that the functions' documents use; others assert nothing here.

use serde_json::{Map, Value};

use crate::pointer::{self, At};

/// Where an example departs from its schema, and how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {why}")]
pub struct Mismatch {
    pub at: String,
    pub why: String,
}

/// Checks a value against a schema of the document.
pub fn check(document: &Value, schema: &Value, value: &Value) -> Result<(), Mismatch> {
    Check { document }.value(schema, value, &At::ROOT)
}

struct Check<'a> {
    document: &'a Value,
}

/// What an object may have, over all parts of its schema.
#[derive(Default)]
struct Members<'a> {
    /// A member of a choice has no schema here: it is checked when that choice is tried.
    properties: Vec<(&'a str, Option<&'a Value>)>,
    required: Vec<&'a str>,
    others: Option<&'a Value>,
}

fn mismatch(at: &At<'_>, why: impl Into<String>) -> Mismatch {
    Mismatch {
        at: at.to_string(),
        why: why.into(),
    }
}

impl<'a> Check<'a> {
    fn value(&self, schema: &'a Value, value: &Value, at: &At<'_>) -> Result<(), Mismatch> {
        let schema = pointer::follow(self.document, schema)
            .ok_or_else(|| mismatch(at, "its schema leads nowhere"))?;
        for name in ["oneOf", "anyOf"] {
            let Some(choices) = schema.get(name).and_then(Value::as_array) else {
                continue;
            };
            let mut fits = choices.iter().map(|choice| self.value(choice, value, at));
            if !fits.any(|fit| fit.is_ok()) {
                return Err(mismatch(at, "fits none of the choices"));
            }
        }
        let values = schema.get("enum").and_then(Value::as_array);
        let constant = schema.get("const");
        if values.is_some_and(|values| !values.contains(value))
            || constant.is_some_and(|constant| constant != value)
        {
            return Err(mismatch(
                at,
                format!("{value} is none of the listed values"),
            ));
        }
        is_of_type(schema, value, at)?;
        within_bounds(schema, value, at)?;
        match value {
            Value::Object(members) => self.object(schema, members, at),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else {
                    return Ok(());
                };
                items.iter().enumerate().try_for_each(|(index, item)| {
                    self.value(schema, item, &at.child(&index.to_string()))
                })
            }
            _ => Ok(()),
        }
    }

    fn object(
        &self,
        schema: &'a Value,
        members: &Map<String, Value>,
        at: &At<'_>,
    ) -> Result<(), Mismatch> {
        let mut allowed = Members::default();
        self.gather(schema, &mut allowed);
        if let Some(missing) = allowed
            .required
            .iter()
            .find(|name| !members.contains_key(**name))
        {
            return Err(mismatch(at, format!("{missing} is missing")));
        }
        for (name, member) in members {
            let here = at.child(name);
            match allowed
                .properties
                .iter()
                .find(|(property, _)| property == name)
            {
                Some((_, Some(schema))) => self.value(schema, member, &here)?,
                Some((_, None)) => {}
                None => match allowed.others {
                    Some(schema) if schema.is_object() => self.value(schema, member, &here)?,
                    Some(Value::Bool(true)) => {}
                    None if allowed.properties.is_empty() => {}
                    _ => return Err(mismatch(&here, "is not documented")),
                },
            }
        }
        Ok(())
    }

    fn gather(&self, schema: &'a Value, into: &mut Members<'a>) {
        let Some(schema) = pointer::follow(self.document, schema) else {
            return;
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        let own = properties.into_iter().flatten();
        into.properties
            .extend(own.map(|(name, schema)| (name.as_str(), Some(schema))));
        let required = schema.get("required").and_then(Value::as_array);
        into.required
            .extend(required.into_iter().flatten().filter_map(Value::as_str));
        into.others = into.others.or_else(|| schema.get("additionalProperties"));
        for part in schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            self.gather(part, into);
        }
        for name in ["oneOf", "anyOf"] {
            for choice in schema
                .get(name)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                let mut members = Members::default();
                self.gather(choice, &mut members);
                let names = members.properties.into_iter().map(|(name, _)| (name, None));
                into.properties.extend(names);
                into.others = into.others.or(members.others);
            }
        }
    }
}

fn is_of_type(schema: &Value, value: &Value, at: &At<'_>) -> Result<(), Mismatch> {
    let fits = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => false,
    };
    let fits = match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.iter().any(fits),
        Some(kind) => fits(kind),
    };
    if fits {
        Ok(())
    } else {
        Err(mismatch(at, format!("{value} is of another type")))
    }
}

fn within_bounds(schema: &Value, value: &Value, at: &At<'_>) -> Result<(), Mismatch> {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let length = |length: usize| u32::try_from(length).map_or(f64::INFINITY, f64::from);
    let within = match value {
        Value::Number(_) => value.as_f64().is_none_or(|number| {
            bound("minimum").is_none_or(|low| number >= low)
                && bound("maximum").is_none_or(|high| number <= high)
                && bound("exclusiveMinimum").is_none_or(|low| number > low)
                && bound("exclusiveMaximum").is_none_or(|high| number < high)
        }),
        Value::String(text) => {
            let length = length(text.chars().count());
            bound("minLength").is_none_or(|low| length >= low)
                && bound("maxLength").is_none_or(|high| length <= high)
        }
        Value::Array(items) => {
            let length = length(items.len());
            bound("minItems").is_none_or(|low| length >= low)
                && bound("maxItems").is_none_or(|high| length <= high)
        }
        _ => true,
    };
    if within {
        Ok(())
    } else {
        Err(mismatch(at, format!("{value} is out of bounds")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn why(schema: &Value, value: &Value) -> Option<String> {
        let document = json!({"components": {"schemas": {"Page": {
            "type": "object", "required": ["page"], "properties": {"page": {"type": "integer"}},
        }}}});
        check(&document, schema, value)
            .err()
            .map(|mismatch| mismatch.to_string())
    }

    #[test]
    fn what_is_not_allowed_or_not_documented_is_named() {
        let schema = json!({
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "maxLength": 2},
                "kind": {"enum": ["a"]},
                "at": {"type": ["string", "null"]},
                "list": {"type": "array", "items": {"type": "integer", "minimum": 1}},
                "free": {"type": "object"},
            },
        });
        assert_eq!(
            why(
                &schema,
                &json!({"id": "1", "at": null, "list": [1], "free": {"x": 1}})
            ),
            None
        );
        for (value, expected) in [
            (json!({}), "#: id is missing"),
            (json!({"id": "123"}), "#/id: \"123\" is out of bounds"),
            (
                json!({"id": "1", "kind": "b"}),
                "#/kind: \"b\" is none of the listed values",
            ),
            (
                json!({"id": "1", "list": [1, 0]}),
                "#/list/1: 0 is out of bounds",
            ),
            (json!({"id": "1", "ID": 1}), "#/ID: is not documented"),
            (json!([]), "#: [] is of another type"),
        ] {
            assert_eq!(why(&schema, &value).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_whole_of_parts_is_checked_as_a_whole() {
        let schema = json!({"allOf": [
            {"$ref": "#/components/schemas/Page"},
            {"type": "object", "required": ["next"], "properties": {"next": {"type": "string"}}},
        ]});
        assert_eq!(why(&schema, &json!({"page": 1, "next": "2"})), None);
        assert_eq!(
            why(&schema, &json!({"page": 1})).as_deref(),
            Some("#: next is missing")
        );
        assert_eq!(
            why(&schema, &json!({"next": "2"})).as_deref(),
            Some("#: page is missing")
        );
        assert!(why(&schema, &json!({"page": "1", "next": "2"})).is_some());
        let choice = json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Page"}]});
        assert_eq!(why(&choice, &json!(null)), None);
        assert!(why(&choice, &json!({"page": "1"})).is_some());
        let tagged = json!({"oneOf": [
            {"type": "object", "properties": {"kind": {"const": "a"}}},
            {"type": "object", "properties": {"kind": {"const": "b"}}},
        ]});
        assert_eq!(why(&tagged, &json!({"kind": "b"})), None);
        assert!(why(&tagged, &json!({"kind": "c"})).is_some());
    }
}
