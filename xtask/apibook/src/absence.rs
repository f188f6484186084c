//! In this API an optional member is left out and never null; a member that can be null is always
//! there, and `required`. The generator cannot see that of an `Option` and allows null in both, so
//! it is taken back here for members that are not required. The same goes for headers.

use serde_json::{Map, Value, json};

/// Members that are always there although the generator does not say so.
const SOMETIMES_NULL: [(&str, &str); 13] = [
    ("ProofStatus", "revoked_at"),
    ("ProofStatus", "revoked_reason"),
    ("Quota", "limit"),
    ("Quota", "remaining"),
    ("RevocationPagination", "next_cursor"),
    ("VerificationRequest", "reference_id"),
    ("RequestedAssetView", "identifier"),
    ("WebhookDelivery", "verification_request_id"),
    ("WebhookDelivery", "response_status"),
    ("WebhookDeliveryDetails", "request_payload"),
    ("WebhookDeliveryDetails", "response_body"),
    ("Event", "payload"),
    ("FeedPagination", "next_cursor"),
];

/// Members of requests that may be left out, and where null says something else than that.
const TAKES_NULL: [(&str, &str); 8] = [
    ("UpdateEndpoint", "events"),
    ("UpdateEndpoint", "description"),
    ("UpdateProject", "name"),
    ("UpdateProject", "branding"),
    ("UpdateProject", "redirect_urls"),
    ("UpdateBranding", "accent"),
    ("UpdateBranding", "radius"),
    ("UpdateBranding", "logo"),
];

pub(crate) fn state(book: &mut Value) {
    let schemas = book
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        for (_, member) in SOMETIMES_NULL.iter().filter(|(owner, _)| owner == name) {
            require(schema, member);
        }
        let kept: Vec<_> = TAKES_NULL
            .iter()
            .filter(|(owner, _)| owner == name)
            .filter_map(|(_, member)| Some((member, schema["properties"].get(member)?.clone())))
            .collect();
        state_in(schema);
        for (member, property) in kept {
            schema["properties"][member] = property;
        }
    }
    let paths = book.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths
        .into_iter()
        .flatten()
        .filter_map(|(_, item)| item.as_object_mut());
    for (_, operation) in items.flatten() {
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            parameter
                .get_mut("schema")
                .into_iter()
                .for_each(without_null);
        }
        let answers = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for (_, answer) in answers.into_iter().flatten() {
            let headers = answer.get_mut("headers").and_then(Value::as_object_mut);
            for (_, header) in headers.into_iter().flatten() {
                header.get_mut("schema").into_iter().for_each(without_null);
            }
        }
    }
}

/// Says of a member, where the schema or a part of it has it, that it is always there.
fn require(schema: &mut Value, member: &str) {
    if schema
        .get("properties")
        .is_some_and(|properties| properties.get(member).is_some())
        && let Some(schema) = schema.as_object_mut()
    {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required
            && !required.iter().any(|name| name == member)
        {
            required.push(Value::from(member));
        }
    }
    for part in schema
        .get_mut("allOf")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        require(part, member);
    }
}

fn state_in(schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    let required: Vec<Value> = members
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        for (name, property) in properties {
            if !required.iter().any(|required| required == name.as_str()) {
                without_null(property);
            }
            state_in(property);
        }
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        for choice in members
            .get_mut(name)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            state_in(choice);
        }
    }
    for name in ["items", "additionalProperties", "not"] {
        if let Some(inner) = members.get_mut(name) {
            state_in(inner);
        }
    }
}

/// Takes null out of the types, or out of the choices, and a choice of one apart.
fn without_null(schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            members.insert("type".to_owned(), kind);
        }
    }
    for name in ["oneOf", "anyOf"] {
        let Some(Value::Array(choices)) = members.get_mut(name) else {
            continue;
        };
        let null = json!({"type": "null"});
        let before = choices.len();
        choices.retain(|choice| choice != &null);
        if before == choices.len() {
            continue;
        }
        if let [Value::Object(only)] = choices.as_slice() {
            let mut merged: Map<String, Value> = only.clone();
            members.shift_remove(name);
            // What is said of this member rules over what is said of its type.
            merged.extend(std::mem::take(members));
            *members = merged;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(schema: &Value) -> Value {
        let mut book = json!({"components": {"schemas": {"S": schema}}});
        state(&mut book);
        book["components"]["schemas"]["S"].clone()
    }

    #[test]
    fn what_is_optional_is_not_null_and_what_is_required_may_be() {
        let schema = stated(&json!({
            "type": "object",
            "required": ["revoked_at"],
            "properties": {
                "revoked_at": {"type": ["string", "null"]},
                "message": {"type": ["string", "null"], "maxLength": 3},
                "proof": {"description": "Once verified.", "oneOf": [
                    {"type": "null"}, {"$ref": "#/components/schemas/Proof"},
                ]},
            },
        }));
        assert_eq!(
            schema["properties"],
            json!({
                "revoked_at": {"type": ["string", "null"]},
                "message": {"type": "string", "maxLength": 3},
                "proof": {
                    "$ref": "#/components/schemas/Proof", "description": "Once verified.",
                },
            })
        );
    }

    #[test]
    fn what_is_always_there_is_required_even_in_a_part_of_a_whole() {
        let mut book = json!({"components": {"schemas": {"RevocationPagination": {"allOf": [
            {"$ref": "#/components/schemas/Pagination"},
            {"properties": {"next_cursor": {"type": ["string", "null"]}}},
        ]}}}});
        state(&mut book);
        let part = &book["components"]["schemas"]["RevocationPagination"]["allOf"][1];
        assert_eq!(part["required"], json!(["next_cursor"]));
        assert_eq!(
            part["properties"]["next_cursor"]["type"],
            json!(["string", "null"])
        );
    }

    #[test]
    fn choices_that_have_no_null_stay() {
        let schema = json!({"properties": {"a": {"oneOf": [{"type": "string"}]}}});
        assert_eq!(stated(&schema), schema);
    }
}
