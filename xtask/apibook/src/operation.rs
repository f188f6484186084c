//! The operations of a document, read once for the page: grouped by tag, with everything that
//! stands around a request and an answer already followed to where it is defined.

use serde_json::Value;

use crate::merge::METHODS;
use crate::{example, frame, pointer};

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    pub method: &'static str,
    pub path: &'a str,
    pub id: &'a str,
    pub summary: &'a str,
    pub description: &'a str,
    pub tag: &'a str,
    pub deprecated: bool,
    pub access: Access,
    pub parameters: Vec<Parameter<'a>>,
    pub body: Option<Body<'a>>,
    pub answers: Vec<Answer<'a>>,
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Public,
    /// With an API key, or as the description says without one.
    KeyOrOther,
    Key,
}

/// A parameter in the path, the query or a header.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'a> {
    pub name: &'a str,
    pub place: &'a str,
    pub required: bool,
    pub description: Option<&'a str>,
    pub schema: &'a Value,
    /// Stated at the parameter: shown in the example request.
    pub example: Option<&'a Value>,
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    pub media: &'a str,
    pub required: bool,
    pub schema: &'a Value,
    pub examples: Vec<(Option<String>, Value)>,
}

/// What comes back under one status.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    pub status: &'a str,
    pub description: &'a str,
    /// Given by the door and described with the errors.
    pub shared: bool,
    /// Whether its example is stated, not made from the schema.
    pub own_example: bool,
    /// Headers that this answer has and others have not.
    pub headers: Vec<Header<'a>>,
    pub content: Option<Content<'a>>,
}

/// A header of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Header<'a> {
    pub name: &'a str,
    pub description: &'a str,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub struct Content<'a> {
    pub media: &'a str,
    pub schema: Option<&'a Value>,
    pub examples: Vec<(Option<String>, Value)>,
}

impl Answer<'_> {
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

impl Operation<'_> {
    /// The anchor: `createVerification` is `create-verification`.
    pub fn anchor(&self) -> String {
        let mut anchor = String::new();
        for letter in self.id.chars() {
            match letter {
                'A'..='Z' => {
                    if !anchor.is_empty() && !anchor.ends_with('-') {
                        anchor.push('-');
                    }
                    anchor.push(letter.to_ascii_lowercase());
                }
                'a'..='z' | '0'..='9' => anchor.push(letter),
                _ => anchor.push('-'),
            }
        }
        anchor
    }
}

/// Every operation, in the document's order.
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                found.push(read(document, method, path, item, operation));
            }
        }
    }
    found
}

fn read<'a>(
    document: &'a Value,
    method: &'static str,
    path: &'a str,
    item: &'a Value,
    operation: &'a Value,
) -> Operation<'a> {
    let listed = |value: &'a Value| value.get("parameters").and_then(Value::as_array);
    let parameters = listed(item).into_iter().chain(listed(operation)).flatten();
    let answers = operation.get("responses").and_then(Value::as_object);
    Operation {
        method,
        path,
        id: text(operation, "operationId"),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        tag: operation
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or_default(),
        deprecated: operation
            .get("deprecated")
            .is_some_and(|deprecated| deprecated == true),
        access: access(operation),
        parameters: parameters
            .filter_map(|one| parameter(document, one))
            .collect(),
        body: operation
            .get("requestBody")
            .and_then(|sent| body(document, sent)),
        answers: answers
            .into_iter()
            .flatten()
            .filter_map(|(status, value)| answer(document, status, value))
            .collect(),
    }
}

fn access(operation: &Value) -> Access {
    let schemes = operation.get("security").and_then(Value::as_array);
    let asks: Vec<bool> = schemes
        .into_iter()
        .flatten()
        .map(|scheme| scheme.get(frame::API_KEY).is_some())
        .collect();
    match (asks.contains(&true), asks.contains(&false)) {
        (false, _) => Access::Public,
        (true, true) => Access::KeyOrOther,
        (true, false) => Access::Key,
    }
}

fn parameter<'a>(document: &'a Value, value: &'a Value) -> Option<Parameter<'a>> {
    let value = pointer::follow(document, value)?;
    Some(Parameter {
        name: text(value, "name"),
        place: text(value, "in"),
        required: value
            .get("required")
            .is_some_and(|required| required == true),
        description: value.get("description").and_then(Value::as_str),
        schema: value.get("schema").unwrap_or(&Value::Null),
        example: value.get("example"),
    })
}

fn body<'a>(document: &'a Value, value: &'a Value) -> Option<Body<'a>> {
    let value = pointer::follow(document, value)?;
    let (media, content) = value.get("content")?.as_object()?.iter().next()?;
    Some(Body {
        media,
        required: value
            .get("required")
            .is_some_and(|required| required == true),
        schema: content.get("schema").unwrap_or(&Value::Null),
        examples: example::of_content(document, content),
    })
}

fn answer<'a>(document: &'a Value, status: &'a str, value: &'a Value) -> Option<Answer<'a>> {
    let shared = value.get("$ref").is_some();
    let value = pointer::follow(document, value)?;
    let headers = value
        .get("headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let content = value.get("content").and_then(Value::as_object);
    let stated = |content: &Value| {
        ["example", "examples"]
            .iter()
            .any(|name| content.get(name).is_some())
    };
    Some(Answer {
        status,
        description: text(value, "description"),
        shared,
        own_example: content.is_some_and(|all| all.values().any(stated)),
        // The headers that many answers share are references, and described once.
        headers: headers
            .filter(|(_, header)| header.get("$ref").is_none())
            .map(|(name, header)| Header {
                name,
                description: text(header, "description"),
            })
            .collect(),
        content: content
            .and_then(|all| all.iter().next())
            .map(|(media, content)| Content {
                media,
                schema: content.get("schema"),
                examples: example::of_content(document, content),
            }),
    })
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn anchors_are_readable() {
        let document = json!({"paths": {"/a": {
            "get": {"operationId": "listVerifications"}, "post": {"operationId": "get_jwks.v2"},
        }}});
        let anchors: Vec<_> = operations(&document)
            .iter()
            .map(Operation::anchor)
            .collect();
        // POST comes before GET on the page.
        assert_eq!(anchors, ["get-jwks-v2", "list-verifications"]);
    }

    #[test]
    fn what_is_shared_is_told_from_what_is_the_operation_s_own() {
        let document = json!({
            "components": {"responses": {"Lost": {"description": "Lost."}},
                "parameters": {"Id": {"name": "id", "in": "path", "required": true}}},
            "paths": {"/a/{id}": {
                "parameters": [{"$ref": "#/components/parameters/Id"}],
                "get": {"operationId": "a", "security": [{"apiKey": []}, {}], "responses": {
                    "200": {"description": "Fine.", "headers": {
                        "ETag": {"description": "Its version."}, "X": {"$ref": "#/…"}}},
                    "404": {"$ref": "#/components/responses/Lost"}}},
            }},
        });
        let operation = &operations(&document)[0];
        assert_eq!(operation.parameters[0].name, "id");
        assert_eq!(operation.access, Access::KeyOrOther);
        let shared: Vec<_> = operation
            .answers
            .iter()
            .map(|answer| answer.shared)
            .collect();
        assert_eq!(shared, [false, true]);
        assert_eq!(operation.answers[0].headers.len(), 1);
        assert_eq!(operation.answers[1].description, "Lost.");
    }
}
