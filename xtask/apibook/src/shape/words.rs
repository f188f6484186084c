//! A schema's keywords as short words: types, values, bounds. Looks at one schema only, never at
//! what it refers to.

use serde_json::{Map, Value};

use super::Note;

pub(super) fn text(members: &Map<String, Value>, name: &str) -> Option<String> {
    members
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

pub(super) fn kinds(members: &Map<String, Value>) -> Vec<&str> {
    match members.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A value as it stands in JSON, but words without their quotes.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn values(members: &Map<String, Value>) -> Vec<String> {
    match (members.get("const"), members.get("enum")) {
        (Some(only), _) => vec![plain(only)],
        (None, Some(Value::Array(all))) => all
            .iter()
            .filter(|value| !value.is_null())
            .map(plain)
            .collect(),
        _ => Vec::new(),
    }
}

/// A format in words; a width of a number is no business of the reader.
pub(super) fn readable(format: String) -> String {
    match format.as_str() {
        "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64" => "integer".to_owned(),
        "float" | "double" => "number".to_owned(),
        "date-time" => "time".to_owned(),
        "uri" => "URL".to_owned(),
        _ => format,
    }
}

pub(super) fn several(kind: &str) -> String {
    match kind {
        "string" | "integer" | "number" | "object" | "time" | "URL" => format!("{kind}s"),
        _ => kind.to_owned(),
    }
}

pub(super) fn notes(members: &Map<String, Value>) -> Vec<Note> {
    let number = |name: &str| members.get(name).filter(|value| value.is_number());
    let mut notes = Vec::new();
    let mut words = |text: Option<String>| notes.extend(text.map(Note::Words));
    words(range(number("minLength"), number("maxLength"), "character"));
    words(range(number("minItems"), number("maxItems"), "item"));
    words(range(
        number("minProperties"),
        number("maxProperties"),
        "member",
    ));
    words(match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) if low.as_f64() != Some(0.0) => Some(format!("at least {low}")),
        (None, Some(high)) => Some(format!("at most {high}")),
        _ => None,
    });
    words(number("exclusiveMinimum").map(|low| format!("more than {low}")));
    words(number("exclusiveMaximum").map(|high| format!("less than {high}")));
    words(number("multipleOf").map(|step| format!("a multiple of {step}")));
    if let Some(pattern) = text(members, "pattern") {
        notes.push(Note::Pattern(pattern));
    }
    notes
}

fn range(low: Option<&Value>, high: Option<&Value>, unit: &str) -> Option<String> {
    let low = low.filter(|low| low.as_u64() != Some(0));
    let plural = |count: &Value| if count.as_u64() == Some(1) { "" } else { "s" };
    match (low, high) {
        (Some(low), Some(high)) if low == high => Some(format!("{low} {unit}{}", plural(low))),
        (Some(low), Some(high)) => Some(format!("{low} to {high} {unit}{}", plural(high))),
        (Some(low), None) => Some(format!("at least {low} {unit}{}", plural(low))),
        (None, Some(high)) => Some(format!("at most {high} {unit}{}", plural(high))),
        (None, None) => None,
    }
}
