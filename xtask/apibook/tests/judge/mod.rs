//! Decides whether a schema accepts a value, by the rules of either version of OpenAPI. Only as
//! much of both as the generated schemas use, and written from the two specifications.

use serde_json::{Map, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    V3_0,
    V3_1,
}

/// Whether the document's component `Schema` accepts the value.
pub(crate) fn accepts(document: &Value, dialect: Dialect, value: &Value) -> bool {
    Judge { document, dialect }.accepts(&document["components"]["schemas"]["Schema"], value)
}

struct Judge<'a> {
    document: &'a Value,
    dialect: Dialect,
}

impl Judge<'_> {
    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let members = match schema {
            Value::Bool(all) => {
                assert_eq!(self.dialect, Dialect::V3_1, "3.0 has no boolean schemas");
                return *all;
            }
            Value::Object(members) => members,
            other => panic!("not a schema: {other}"),
        };
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            let target = self
                .document
                .pointer(target.trim_start_matches('#'))
                .unwrap();
            let referred = self.accepts(target, value);
            // 3.0: "sibling elements of a $ref are ignored".
            if self.dialect == Dialect::V3_0 || !referred {
                return referred;
            }
        }
        members
            .iter()
            .all(|(keyword, rule)| self.holds(keyword, rule, members, value))
    }

    fn holds(
        &self,
        keyword: &str,
        rule: &Value,
        schema: &Map<String, Value>,
        value: &Value,
    ) -> bool {
        let all = || rule.as_array().unwrap().iter();
        let number = || value.as_f64().zip(rule.as_f64());
        match keyword {
            "type" => self.is_of(rule, schema, value),
            "enum" => all().any(|member| member == value),
            "const" if self.dialect == Dialect::V3_1 => rule == value,
            "allOf" => all().all(|schema| self.accepts(schema, value)),
            "anyOf" => all().any(|schema| self.accepts(schema, value)),
            "oneOf" => all().filter(|schema| self.accepts(schema, value)).count() == 1,
            "not" => !self.accepts(rule, value),
            "minimum" | "maximum" => number().is_none_or(|(value, bound)| {
                let name = if keyword == "minimum" {
                    "exclusiveMinimum"
                } else {
                    "exclusiveMaximum"
                };
                let strict = schema.get(name) == Some(&Value::Bool(true));
                let (low, high) = if keyword == "minimum" {
                    (bound, value)
                } else {
                    (value, bound)
                };
                if strict { low < high } else { low <= high }
            }),
            "exclusiveMinimum" if self.dialect == Dialect::V3_1 => {
                number().is_none_or(|(value, bound)| value > bound)
            }
            "exclusiveMaximum" if self.dialect == Dialect::V3_1 => {
                number().is_none_or(|(value, bound)| value < bound)
            }
            "minLength" => value
                .as_str()
                .is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap()),
            "required" => value
                .as_object()
                .is_none_or(|object| all().all(|name| object.contains_key(name.as_str().unwrap()))),
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| self.accepts(rule, item))),
            "properties" => value.as_object().is_none_or(|object| {
                let rules = rule.as_object().unwrap();
                rules.iter().all(|(name, rule)| {
                    object
                        .get(name)
                        .is_none_or(|member| self.accepts(rule, member))
                })
            }),
            "additionalProperties" => value.as_object().is_none_or(|object| {
                let stated = schema.get("properties").and_then(Value::as_object);
                object.iter().all(|(name, member)| {
                    stated.is_some_and(|stated| stated.contains_key(name))
                        || rule.as_bool().unwrap_or_else(|| self.accepts(rule, member))
                })
            }),
            "$ref" | "description" | "nullable" => true,
            "exclusiveMinimum" | "exclusiveMaximum" if rule.is_boolean() => true,
            other => panic!("{other} is no keyword of {:?}", self.dialect),
        }
    }

    fn is_of(&self, rule: &Value, schema: &Map<String, Value>, value: &Value) -> bool {
        let one = |name: &str| match name {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{other} is no type"),
        };
        match (self.dialect, rule) {
            (_, Value::String(name)) if one(name) => true,
            (Dialect::V3_0, Value::String(name)) => {
                assert_ne!(name, "null", "3.0 has no such type");
                assert!(
                    name != "array" || schema.contains_key("items"),
                    "3.0 wants items"
                );
                value.is_null() && schema.get("nullable") == Some(&Value::Bool(true))
            }
            (Dialect::V3_1, Value::String(_)) => false,
            (Dialect::V3_1, Value::Array(names)) => {
                names.iter().any(|name| one(name.as_str().unwrap()))
            }
            (_, other) => panic!("{other} is no type"),
        }
    }
}
