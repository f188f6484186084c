//! Adds to every operation the answers and headers that the door gives on its behalf, where the
//! operation does not state them itself. Never changes what is stated.

use serde_json::{Map, Value, json};

use crate::frame::{Carried, SHARED_ANSWERS, SHARED_HEADERS, Where};
use crate::merge::METHODS;

pub(crate) fn complete(book: &mut Value) {
    let paths = book.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(Value::Object(operation)) = item.get_mut(method) {
                complete_operation(path, operation);
            }
        }
    }
    let answers = book
        .pointer_mut("/components/responses")
        .and_then(Value::as_object_mut);
    for (name, answer) in answers.into_iter().flatten() {
        let shared = SHARED_ANSWERS
            .iter()
            .find(|shared| shared.name == name.as_str());
        if let Some(shared) = shared {
            carry(answer, &shared.status(), false);
        }
    }
}

fn complete_operation(path: &str, operation: &mut Map<String, Value>) {
    let is = |place: Where| match place {
        Where::Api => path.starts_with("/api/v1/"),
        Where::Secured => is_secured(operation),
        Where::WithBody => operation.contains_key("requestBody"),
    };
    let given: Vec<_> = SHARED_ANSWERS
        .into_iter()
        .filter(|answer| is(answer.given))
        .collect();
    let answers = operation.entry("responses").or_insert_with(|| json!({}));
    let Value::Object(answers) = answers else {
        return;
    };
    for (status, answer) in answers.iter_mut() {
        carry(answer, status, path.starts_with("/api/v1/"));
    }
    for answer in given {
        answers
            .entry(answer.status())
            .or_insert_with(|| json!({"$ref": format!("#/components/responses/{}", answer.name)}));
    }
    answers.sort_keys();
}

fn is_secured(operation: &Map<String, Value>) -> bool {
    let schemes = operation
        .get("security")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    // An empty requirement asks for nothing.
    schemes
        .filter_map(Value::as_object)
        .any(|scheme| !scheme.is_empty())
}

/// Names the headers that an answer carries, if it does not name them itself.
fn carry(answer: &mut Value, status: &str, counted: bool) {
    let Value::Object(answer) = answer else {
        return;
    };
    if answer.contains_key("$ref") {
        return;
    }
    let mut headers = answer
        .get("headers")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    for header in SHARED_HEADERS {
        let carried = match header.carried {
            Carried::Always => true,
            Carried::Counted => (counted && status != "401") || status == "429",
            Carried::Unauthorized => status == "401",
            Carried::Later => matches!(status, "429" | "503"),
        };
        let stated = headers
            .keys()
            .any(|name| name.eq_ignore_ascii_case(header.name));
        if carried && !stated {
            let target = format!("#/components/headers/{}", header.name);
            headers.insert(header.name.to_owned(), json!({"$ref": target}));
        }
    }
    // Headers stand before the content, where a reader looks for them.
    answer.insert("headers".to_owned(), Value::Object(headers));
}
