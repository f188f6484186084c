//! The way from 3.1 to 3.0.3: what each keyword becomes, what is refused, and, over generated
//! schemas and values, that both versions accept the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(
    clippy::needless_pass_by_value,
    reason = "the schemas are written where they are used"
)]

mod judge;

use judge::{Dialect, accepts};
use proof_apibook::downgrade::{DowngradeError, to_3_0};
use proptest::prelude::*;
use serde_json::{Value, json};

fn document(schema: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {},
        "components": {"schemas": {
            "Schema": schema,
            "Text": {"type": "string", "minLength": 1},
            "Maybe": {"type": ["integer", "null"], "minimum": 0},
        }},
    })
}

fn schema(schema: Value) -> Result<Value, DowngradeError> {
    Ok(to_3_0(&document(&schema))?["components"]["schemas"]["Schema"].clone())
}

fn becomes(before: Value, after: Value) {
    assert_eq!(schema(before.clone()), Ok(after), "{before}");
}

#[test]
fn null_among_the_types_is_nullable() {
    becomes(
        json!({"type": ["string", "null"]}),
        json!({"type": "string", "nullable": true}),
    );
    becomes(
        json!({"type": ["array", "null"], "items": {"type": "null"}}),
        json!({"type": "array", "nullable": true, "items": {"enum": [null]}}),
    );
    becomes(
        json!({"type": ["string", "integer", "null"], "minLength": 2}),
        json!({
            "anyOf": [
                {"type": "string", "nullable": true}, {"type": "integer", "nullable": true},
            ],
            "minLength": 2,
        }),
    );
}

#[test]
fn an_optional_inline_schema_is_nullable_and_an_optional_reference_a_choice() {
    becomes(
        json!({"description": "outer", "oneOf": [
            {"type": "null"}, {"type": "object", "description": "inner"},
        ]}),
        json!({"type": "object", "description": "outer", "nullable": true}),
    );
    becomes(
        json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Text"}]}),
        json!({"oneOf": [{"enum": [null]}, {"$ref": "#/components/schemas/Text"}]}),
    );
}

#[test]
fn constants_examples_and_bounds() {
    becomes(json!({"const": "verified"}), json!({"enum": ["verified"]}));
    becomes(
        json!({"enum": ["a", "b"], "const": "b", "examples": ["b", "a"]}),
        json!({"enum": ["b"], "example": "b"}),
    );
    becomes(
        json!({"type": "integer", "exclusiveMinimum": 0, "maximum": 9}),
        json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9}),
    );
    becomes(
        json!({"minimum": 3, "exclusiveMinimum": 1}),
        json!({"minimum": 3}),
    );
    becomes(
        json!({"maximum": 3, "exclusiveMaximum": 3}),
        json!({"maximum": 3, "exclusiveMaximum": true}),
    );
}

#[test]
fn what_stands_beside_a_reference_moves_around_it() {
    becomes(
        json!({"$ref": "#/components/schemas/Text", "description": "a name"}),
        json!({"description": "a name", "allOf": [{"$ref": "#/components/schemas/Text"}]}),
    );
}

#[test]
fn bytes_in_a_text_are_a_format() {
    becomes(
        json!({"type": "string", "contentEncoding": "base64"}),
        json!({"type": "string", "format": "byte"}),
    );
    becomes(
        json!({"type": "string", "contentMediaType": "application/octet-stream"}),
        json!({"type": "string", "format": "binary"}),
    );
    let refused = schema(json!({"type": "string", "contentMediaType": "image/png"}));
    assert!(matches!(refused, Err(DowngradeError::Keyword { .. })));
}

#[test]
fn maps_keep_their_values_and_lose_only_what_says_nothing() {
    becomes(
        json!({"type": "object", "propertyNames": {"type": "string"},
            "additionalProperties": {"type": ["string", "null"]}}),
        json!({"type": "object", "additionalProperties": {"type": "string", "nullable": true}}),
    );
    let refused = schema(json!({"type": "object", "propertyNames": {"maxLength": 3}}));
    assert_eq!(
        refused,
        Err(DowngradeError::Keyword {
            at: "#/components/schemas/Schema".to_owned(),
            keyword: "propertyNames".to_owned(),
        })
    );
}

#[test]
fn names_and_data_that_look_like_keywords_stay() {
    let data = json!({"type": ["string", "null"], "const": 1});
    becomes(
        json!({"properties": {"const": {"const": 1}, "examples": true}, "example": data}),
        json!({"properties": {"const": {"enum": [1]}, "examples": {}}, "example": data}),
    );
}

#[test]
fn what_only_newer_versions_have_is_refused_with_its_place() {
    for keyword in [
        "if",
        "prefixItems",
        "patternProperties",
        "contains",
        "$defs",
        "invented",
    ] {
        let refused = schema(json!({"properties": {"a": {keyword: {}}}}));
        assert_eq!(
            refused,
            Err(DowngradeError::Keyword {
                at: "#/components/schemas/Schema/properties/a".to_owned(),
                keyword: keyword.to_owned(),
            })
        );
    }
    let mut webhooks = document(&json!({}));
    webhooks["webhooks"] = json!({});
    assert!(to_3_0(&webhooks).is_ok());
    webhooks["webhooks"] = json!({"proof.made": {}});
    assert_eq!(
        to_3_0(&webhooks),
        Err(DowngradeError::Member {
            at: "#".to_owned(),
            member: "webhooks".to_owned()
        })
    );
    let mut beside = document(&json!({}));
    beside["paths"] = json!({"/a": {"get": {"responses": {
        "200": {"$ref": "#/components/responses/R", "description": "other"},
    }}}});
    assert_eq!(
        to_3_0(&beside),
        Err(DowngradeError::BesideReference {
            at: "#/paths/~1a/get/responses/200".to_owned()
        })
    );
    let mut tls = document(&json!({}));
    tls["components"]["securitySchemes"] = json!({"cert": {"type": "mutualTLS"}});
    assert!(matches!(
        to_3_0(&tls),
        Err(DowngradeError::SecurityScheme { .. })
    ));
    assert!(matches!(
        to_3_0(&json!({"openapi": "3.0.3"})),
        Err(DowngradeError::Version { .. })
    ));
}

#[test]
fn the_licence_is_named_by_its_address() {
    let mut licensed = document(&json!({}));
    licensed["info"]["license"] = json!({"name": "Apache-2.0", "identifier": "Apache-2.0"});
    assert_eq!(
        to_3_0(&licensed).unwrap()["info"]["license"],
        json!({"name": "Apache-2.0", "url": "https://spdx.org/licenses/Apache-2.0.html"})
    );
}

const KINDS: &[&str] = &[
    "null", "boolean", "integer", "number", "string", "array", "object",
];

fn kinds() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => prop::sample::select(KINDS).prop_map(Value::from),
        2 => prop::sample::subsequence(KINDS, 1..4).prop_map(Value::from),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(-3),
        json!(0),
        json!(5),
        json!(""),
        json!("a"),
        json!("abc"),
        json!([]),
        json!([null]),
        json!([0, "a"]),
        json!({}),
        json!({"a": null}),
        json!({"a": "abc"}),
        json!({"a": 0, "b": [5]}),
    ])
}

fn assertion(
    inner: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = (&'static str, Value)> {
    let numbers = -3..6_i64;
    let some = || prop::collection::vec(inner.clone(), 1..3).prop_map(Value::from);
    prop_oneof![
        4 => kinds().prop_map(|kinds| ("type", kinds)),
        1 => values().prop_map(|value| ("const", value)),
        1 => prop::collection::vec(values(), 1..4).prop_map(|values| ("enum", values.into())),
        1 => numbers.clone().prop_map(|number| ("minimum", number.into())),
        1 => numbers.clone().prop_map(|number| ("exclusiveMinimum", number.into())),
        1 => numbers.clone().prop_map(|number| ("maximum", number.into())),
        1 => numbers.prop_map(|number| ("exclusiveMaximum", number.into())),
        1 => (0..3_u64).prop_map(|length| ("minLength", length.into())),
        1 => Just(("required", json!(["a"]))),
        1 => some().prop_map(|all| ("allOf", all)),
        1 => some().prop_map(|any| ("anyOf", any)),
        1 => some().prop_map(|one| ("oneOf", one)),
        1 => inner.clone().prop_map(|optional| ("oneOf", json!([{"type": "null"}, optional]))),
        1 => inner.clone().prop_map(|not| ("not", not)),
        1 => inner.clone().prop_map(|items| ("items", items)),
        1 => inner.clone().prop_map(|a| ("properties", json!({"a": a}))),
        1 => inner.clone().prop_map(|other| ("additionalProperties", other)),
        1 => Just(("$ref", json!("#/components/schemas/Text"))),
        1 => Just(("$ref", json!("#/components/schemas/Maybe"))),
        1 => Just(("description", json!("words"))),
    ]
}

fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!(false)),
        kinds().prop_map(|kinds| json!({"type": kinds})),
        values().prop_map(|value| json!({"const": value})),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop::collection::vec(assertion(inner), 1..4)
            .prop_map(|members| {
                members
                    .into_iter()
                    .map(|(k, v)| (k.to_owned(), v))
                    .collect()
            })
            .prop_map(Value::Object)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn both_versions_accept_the_same_values(
        schema in schemas(),
        values in prop::collection::vec(values(), 1..15),
    ) {
        let before = document(&schema);
        match to_3_0(&before) {
            Ok(after) => for value in values {
                prop_assert_eq!(
                    accepts(&before, Dialect::V3_1, &value),
                    accepts(&after, Dialect::V3_0, &value),
                    "{} becomes {}: {}", schema, after["components"]["schemas"]["Schema"], value
                );
            },
            // A constant that its own enumeration excludes means nothing.
            Err(DowngradeError::Meaning { keyword, .. }) => prop_assert_eq!(keyword, "const"),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
