//! What a schema says, in the order in which a person reads it: fields with a type, a sentence and
//! what is inside. Reads the 3.1 document only; how it looks is the page's business.

mod words;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::pointer;
use words::{kinds, notes, readable, several, text, values};

/// What may stand in one place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// For instance `string`, `date-time`, `list of strings`, `Verification`.
    pub kind: String,
    pub nullable: bool,
    pub description: Option<String>,
    /// Bounds, pattern and default, one short phrase each.
    pub notes: Vec<Note>,
    /// The values of an enumeration.
    pub values: Vec<String>,
    pub inner: Inner,
}

/// A bound on the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Words(String),
    Pattern(String),
    Default(String),
}

/// What stands further down.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Inner {
    #[default]
    Nothing,
    /// Described under its own name elsewhere.
    Elsewhere(String),
    Fields(Vec<Field>),
    OneOf(Vec<(String, Shape)>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub name: String,
    pub required: bool,
    pub shape: Shape,
}

/// Reads the shapes of one document.
#[derive(Debug)]
pub struct Shapes<'a> {
    document: &'a Value,
    /// The schemas that have a place of their own on the page.
    elsewhere: BTreeSet<String>,
}

impl<'a> Shapes<'a> {
    pub fn new(document: &'a Value, elsewhere: impl IntoIterator<Item = String>) -> Self {
        Self {
            document,
            elsewhere: elsewhere.into_iter().collect(),
        }
    }

    /// The shape of a schema; objects with a place of their own are only named.
    pub fn of(&self, schema: &Value) -> Shape {
        self.read(schema, &[])
    }

    /// The shape of a named schema with its fields, whether or not it has a place of its own.
    pub fn named(&self, name: &str) -> Option<Shape> {
        let schema = self.document.get("components")?.get("schemas")?.get(name)?;
        Some(self.read(schema, &[name]))
    }

    fn read(&self, schema: &Value, inside: &[&str]) -> Shape {
        let Some(members) = schema.as_object() else {
            return Shape {
                kind: "anything".to_owned(),
                ..Shape::default()
            };
        };
        let mut shape = self.core(members, inside);
        if let Some(description) = text(members, "description") {
            shape.description = Some(description);
        }
        if let Some(default) = members.get("default") {
            shape.notes.push(Note::Default(default.to_string()));
        }
        shape
    }

    fn core(&self, members: &Map<String, Value>, inside: &[&str]) -> Shape {
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            return self.referred(target, inside);
        }
        for name in ["oneOf", "anyOf"] {
            if let Some(choices) = members.get(name).and_then(Value::as_array) {
                return self.one_of(choices, inside);
            }
        }
        if let Some(all) = members.get("allOf").and_then(Value::as_array) {
            return self.all_of(all, inside);
        }
        let mut shape = Shape {
            notes: notes(members),
            ..Shape::default()
        };
        let mut kinds = kinds(members);
        shape.nullable = kinds.contains(&"null");
        kinds.retain(|kind| *kind != "null");
        shape.values = values(members);
        match kinds[..] {
            ["array"] => self.list(members, inside, &mut shape),
            ["object"] | [] if members.contains_key("properties") => {
                "object".clone_into(&mut shape.kind);
                shape.inner = Inner::Fields(self.fields(members, inside));
            }
            ["object"] => self.map(members, inside, &mut shape),
            [] => "anything".clone_into(&mut shape.kind),
            _ => shape.kind = text(members, "format").map_or_else(|| kinds.join(" or "), readable),
        }
        shape
    }

    fn referred(&self, target: &str, inside: &[&str]) -> Shape {
        let name = pointer::name_of(target);
        let Some(schema) = pointer::resolve(self.document, target) else {
            return Shape {
                kind: name,
                ..Shape::default()
            };
        };
        let again = inside.contains(&name.as_str());
        if again || self.elsewhere.contains(&name) {
            let inner = Inner::Elsewhere(name.clone());
            let description = schema
                .as_object()
                .and_then(|members| text(members, "description"));
            return Shape {
                kind: name,
                description,
                inner,
                ..Shape::default()
            };
        }
        let mut deeper = inside.to_vec();
        deeper.push(&name);
        self.read(schema, &deeper)
    }

    fn one_of(&self, choices: &[Value], inside: &[&str]) -> Shape {
        let is_null = |choice: &&Value| choice.get("type").is_some_and(|kind| kind == "null");
        let nullable = choices.iter().any(|choice| is_null(&choice));
        let others: Vec<&Value> = choices.iter().filter(|choice| !is_null(choice)).collect();
        if let [only] = others[..] {
            return Shape {
                nullable,
                ..self.read(only, inside)
            };
        }
        let shapes = others.iter().enumerate().map(|(index, choice)| {
            let shape = self.read(choice, inside);
            (
                self.title(choice)
                    .unwrap_or_else(|| format!("Form {}", index + 1)),
                shape,
            )
        });
        Shape {
            kind: "one of".to_owned(),
            nullable,
            inner: Inner::OneOf(shapes.collect()),
            ..Shape::default()
        }
    }

    /// What a choice is called: its title, its name, or the constant that tells it apart.
    fn title(&self, choice: &Value) -> Option<String> {
        let members = choice.as_object()?;
        if let Some(title) = text(members, "title") {
            return Some(title);
        }
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            let titled = pointer::resolve(self.document, target)?.get("title");
            let title = titled.and_then(Value::as_str).map(str::to_owned);
            return Some(title.unwrap_or_else(|| pointer::name_of(target)));
        }
        let properties = members.get("properties")?.as_object()?;
        properties.iter().find_map(|(name, property)| {
            let values = values(property.as_object()?);
            if let [only] = &values[..] {
                Some(format!("{name} {only}"))
            } else {
                None
            }
        })
    }

    fn all_of(&self, all: &[Value], inside: &[&str]) -> Shape {
        if let [only] = all {
            return self.read(only, inside);
        }
        let mut whole = Shape {
            kind: "object".to_owned(),
            ..Shape::default()
        };
        let mut fields: Vec<Field> = Vec::new();
        for part in all {
            // A part is read with its fields even where it has a place of its own.
            let part = pointer::follow(self.document, part).unwrap_or(part);
            let shape = self.read(part, inside);
            whole.notes.extend(shape.notes);
            if let Inner::Fields(more) = shape.inner {
                fields.retain(|field| more.iter().all(|other| other.name != field.name));
                fields.extend(more);
            }
        }
        whole.inner = Inner::Fields(fields);
        whole
    }

    fn fields(&self, members: &Map<String, Value>, inside: &[&str]) -> Vec<Field> {
        let required = members.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
        let properties = members.get("properties").and_then(Value::as_object);
        let field = |(name, schema): (&String, &Value)| Field {
            name: name.clone(),
            required: is_required(name),
            shape: self.read(schema, inside),
        };
        properties.into_iter().flatten().map(field).collect()
    }

    fn list(&self, members: &Map<String, Value>, inside: &[&str], shape: &mut Shape) {
        let Some(items) = members.get("items") else {
            "list".clone_into(&mut shape.kind);
            return;
        };
        let item = self.read(items, inside);
        shape.kind = format!("list of {}", several(&item.kind));
        shape.values = item.values;
        shape.inner = item.inner;
        shape.notes.extend(item.notes);
    }

    fn map(&self, members: &Map<String, Value>, inside: &[&str], shape: &mut Shape) {
        match members.get("additionalProperties") {
            Some(schema) if schema.is_object() => {
                let value = self.read(schema, inside);
                shape.kind = format!("map of {}", several(&value.kind));
                shape.inner = value.inner;
            }
            _ => "object".clone_into(&mut shape.kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape(schema: &Value) -> Shape {
        let document = json!({"components": {"schemas": {
            "Code": {"type": "string", "enum": ["a", "b"], "description": "A code."},
            "Node": {"type": "object", "properties": {
                "next": {"$ref": "#/components/schemas/Node"},
            }},
            "Known": {"type": "object", "properties": {"a": {"type": "string"}}},
        }}});
        Shapes::new(&document, ["Known".to_owned()]).of(schema)
    }

    #[test]
    fn words_for_types_and_bounds() {
        let read = shape(&json!({
            "type": ["string", "null"], "format": "date-time", "minLength": 1, "maxLength": 255,
            "default": "x", "pattern": "^a",
        }));
        assert_eq!(read.kind, "time");
        assert!(read.nullable);
        assert_eq!(
            read.notes,
            [
                Note::Words("1 to 255 characters".to_owned()),
                Note::Pattern("^a".to_owned()),
                Note::Default("\"x\"".to_owned()),
            ]
        );
        let read =
            shape(&json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 9}));
        assert_eq!(
            (read.kind.as_str(), &read.notes[..]),
            ("integer", &[Note::Words("1 to 9".to_owned())][..])
        );
        let list = shape(&json!({"type": "array", "items": {"$ref": "#/components/schemas/Code"}}));
        assert_eq!(
            (list.kind.as_str(), list.values.len()),
            ("list of strings", 2)
        );
        let map = shape(&json!({"type": "object", "additionalProperties": {"type": "integer"}}));
        assert_eq!(map.kind, "map of integers");
    }

    #[test]
    fn what_is_described_elsewhere_is_named_and_a_circle_ends() {
        let known = shape(&json!({"$ref": "#/components/schemas/Known", "description": "Mine."}));
        assert_eq!(known.inner, Inner::Elsewhere("Known".to_owned()));
        assert_eq!(known.description.as_deref(), Some("Mine."));
        let Inner::Fields(fields) = shape(&json!({"$ref": "#/components/schemas/Node"})).inner
        else {
            panic!("a node has fields");
        };
        assert_eq!(fields[0].shape.inner, Inner::Elsewhere("Node".to_owned()));
    }

    #[test]
    fn parts_make_a_whole_and_choices_have_names() {
        let whole = shape(&json!({"allOf": [
            {"$ref": "#/components/schemas/Known"},
            {"type": "object", "required": ["b"], "properties": {"b": {"const": 1}}},
        ]}));
        let Inner::Fields(fields) = whole.inner else {
            panic!("fields")
        };
        let names: Vec<_> = fields
            .iter()
            .map(|field| (&*field.name, field.required))
            .collect();
        assert_eq!(names, [("a", false), ("b", true)]);

        let choice = shape(&json!({"oneOf": [
            {"type": "object", "title": "Valid"},
            {"type": "object", "properties": {"kind": {"const": "late"}}},
            {"$ref": "#/components/schemas/Known"},
            {"type": "null"},
        ]}));
        assert!(choice.nullable);
        let Inner::OneOf(choices) = choice.inner else {
            panic!("choices")
        };
        let names: Vec<_> = choices.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Valid", "kind late", "Known"]);
    }
}
