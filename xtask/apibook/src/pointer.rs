//! Where things stand in a document, as JSON pointers, and what its `$ref`s point at.
//! Knows only references inside one document; it never follows a file or an address.

use std::fmt;

use serde_json::Value;

/// A place in a document while walking down it; shown as a JSON pointer.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    parent: Option<&'a At<'a>>,
    name: &'a str,
}

impl<'a> At<'a> {
    /// The document itself.
    pub const ROOT: At<'static> = At {
        parent: None,
        name: "",
    };

    #[must_use]
    pub fn child(&'a self, name: &'a str) -> At<'a> {
        At {
            parent: Some(self),
            name,
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else {
            return f.write_str("#");
        };
        write!(f, "{parent}/{}", escape(self.name))
    }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The value a reference such as `#/components/schemas/Error` stands for.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// The value itself, or what it refers to, through as many references as there are.
pub fn follow<'a>(document: &'a Value, mut value: &'a Value) -> Option<&'a Value> {
    for _ in 0..32 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some(value);
        };
        value = resolve(document, reference)?;
    }
    None
}

/// The last part of a reference: the component's name.
pub fn name_of(reference: &str) -> String {
    reference
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .replace("~1", "/")
        .replace("~0", "~")
}

/// A reference and the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub at: String,
    pub target: String,
}

/// The members whose own members are names somebody chose, and not words of the specification.
const MAPS: [&str; 12] = [
    "properties",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "examples",
    "links",
    "callbacks",
    "securitySchemes",
    "paths",
    "content",
];

/// Every reference of the document, in reading order. Values that are data and not document
/// (examples, defaults, members of an enumeration) are passed over.
pub fn references(document: &Value) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(document, &At::ROOT, false, &mut found);
    found
}

fn collect(value: &Value, at: &At<'_>, names_are_free: bool, found: &mut Vec<Reference>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let here = at.child(name);
                match (name.as_str(), member) {
                    ("$ref", Value::String(target)) if !names_are_free => {
                        found.push(Reference {
                            at: at.to_string(),
                            target: target.clone(),
                        });
                    }
                    // A schema's examples are data; a media type's are Example objects.
                    ("examples", Value::Array(_))
                    | ("example" | "default" | "enum" | "const" | "value", _)
                        if !names_are_free => {}
                    _ => {
                        let map = !names_are_free && MAPS.contains(&name.as_str());
                        collect(member, &here, map, found);
                    }
                }
            }
        }
        Value::Array(members) => {
            for (index, member) in members.iter().enumerate() {
                collect(member, &at.child(&index.to_string()), false, found);
            }
        }
        _ => {}
    }
}

/// The references that lead nowhere.
pub fn dangling(document: &Value) -> Vec<Reference> {
    references(document)
        .into_iter()
        .filter(|reference| resolve(document, &reference.target).is_none())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn places_are_json_pointers() {
        let paths = At::ROOT.child("paths");
        assert_eq!(paths.child("/a/~b").to_string(), "#/paths/~1a~1~0b");
    }

    #[test]
    fn a_reference_is_followed_through_others_but_not_in_circles() {
        let document = json!({
            "a": {"$ref": "#/b"}, "b": {"$ref": "#/c"}, "c": {"type": "string"},
            "x": {"$ref": "#/y"}, "y": {"$ref": "#/x"},
        });
        assert_eq!(follow(&document, &document["a"]), Some(&document["c"]));
        assert_eq!(follow(&document, &document["x"]), None);
    }

    #[test]
    fn what_only_looks_like_a_reference_is_none() {
        let document = json!({
            "schema": {
                "example": {"$ref": "#/nowhere"},
                "properties": {
                    "$ref": {"type": "string"},
                    "example": {"$ref": "#/lost"},
                    "properties": {"properties": {"example": {"$ref": "#/gone"}}},
                },
            },
            "responses": {"default": {"$ref": "#/missing"}},
            "examples": {"one": {"value": {"$ref": "#/data"}}},
        });
        let lost: Vec<_> = dangling(&document)
            .into_iter()
            .map(|lost| lost.target)
            .collect();
        assert_eq!(lost, ["#/lost", "#/gone", "#/missing"]);
    }
}
