//! From OpenAPI 3.1 to 3.0.3, saying the same. What 3.0.3 cannot say is an error with its place,
//! never left out in silence.

mod schema;

use serde_json::{Map, Value};

use crate::pointer::At;

/// The version that the seed of the API promises.
pub const VERSION: &str = "3.0.3";

/// The dialect that an OpenAPI 3.1 document has when it names none.
const DIALECT: &str = "https://spec.openapis.org/oas/3.1/dialect/base";

/// Why a document has no counterpart in 3.0.3.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DowngradeError {
    #[error("the document is OpenAPI {found:?}, not 3.1")]
    Version { found: String },
    #[error("{at}: an object is expected here")]
    NotAnObject { at: String },
    #[error("{at}: a list is expected here")]
    NotAList { at: String },
    #[error("{at}: OpenAPI 3.0.3 has no `{member}` here")]
    Member { at: String, member: String },
    #[error("{at}: a schema of OpenAPI 3.0.3 cannot say `{keyword}`")]
    Keyword { at: String, keyword: String },
    #[error("{at}: `{keyword}` is {value}, which a schema cannot mean")]
    Meaning {
        at: String,
        keyword: String,
        value: String,
    },
    #[error("{at}: OpenAPI 3.0.3 ignores what stands beside a `$ref` to anything but a schema")]
    BesideReference { at: String },
    #[error("{at}: OpenAPI 3.0.3 knows no security scheme of type {kind:?}")]
    SecurityScheme { at: String, kind: String },
}

/// The objects of the specification that hold schemas, directly or further down.
#[derive(Clone, Copy)]
enum Kind {
    Document,
    Info,
    Tag,
    Server,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Callback,
    SecurityScheme,
    Schema,
}

/// What stands under a member of such an object.
enum Content {
    One(Kind),
    List(Kind),
    Map(Kind),
    /// The same in both versions.
    Same,
    /// In 3.1 (or later) only; may be left out when empty.
    Newer,
    /// In 3.1 only, and replaced by what the object's own rule says.
    Replaced,
}

/// The 3.0.3 document that says what this 3.1 document says.
pub fn to_3_0(document: &Value) -> Result<Value, DowngradeError> {
    let found = document
        .get("openapi")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !found.starts_with("3.1.") {
        return Err(DowngradeError::Version {
            found: found.to_owned(),
        });
    }
    convert(Kind::Document, document, &At::ROOT)
}

fn convert(kind: Kind, value: &Value, at: &At<'_>) -> Result<Value, DowngradeError> {
    if matches!(kind, Kind::Schema) {
        return schema::convert(value, at);
    }
    let members = object(value, at)?;
    if members.contains_key("$ref") && !matches!(kind, Kind::PathItem) {
        if members.len() > 1 {
            return Err(DowngradeError::BesideReference { at: at.to_string() });
        }
        return Ok(value.clone());
    }
    let mut converted = Map::new();
    for (name, member) in members {
        let here = at.child(name);
        let member = match content(kind, name) {
            Content::Same => member.clone(),
            Content::One(kind) => convert(kind, member, &here)?,
            Content::List(kind) => list(member, &here, |item, at| convert(kind, item, at))?,
            Content::Map(kind) => map(member, &here, |item, at| convert(kind, item, at))?,
            Content::Newer if is_empty(member) => continue,
            Content::Newer => {
                return Err(DowngradeError::Member {
                    at: at.to_string(),
                    member: name.clone(),
                });
            }
            Content::Replaced => match replace(kind, name, member, at)? {
                Some((name, member)) => {
                    converted.insert(name.to_owned(), member);
                    continue;
                }
                None => continue,
            },
        };
        converted.insert(name.clone(), member);
    }
    if matches!(kind, Kind::Document) && !converted.contains_key("paths") {
        converted.insert("paths".to_owned(), Value::Object(Map::new()));
    }
    Ok(Value::Object(converted))
}

fn content(kind: Kind, name: &str) -> Content {
    use Content::{List, Map, Newer, One, Replaced, Same};
    match (kind, name) {
        (Kind::Document, "openapi" | "jsonSchemaDialect")
        | (Kind::Info, "license")
        | (Kind::SecurityScheme, "type") => Replaced,
        (Kind::Document, "info") => One(Kind::Info),
        (Kind::Document, "tags") => List(Kind::Tag),
        (Kind::Document | Kind::PathItem | Kind::Operation, "servers") => List(Kind::Server),
        (Kind::Document, "paths") => Map(Kind::PathItem),
        (Kind::Document, "components") => One(Kind::Components),

        (Kind::Components, "schemas") => Map(Kind::Schema),
        (Kind::Components | Kind::Operation, "responses") => Map(Kind::Response),
        (Kind::Components, "parameters") => Map(Kind::Parameter),
        (Kind::Components, "requestBodies") => Map(Kind::RequestBody),
        (Kind::Components | Kind::Operation, "callbacks") => Map(Kind::Callback),
        (Kind::Components, "securitySchemes") => Map(Kind::SecurityScheme),
        (Kind::Components | Kind::Response | Kind::Encoding, "headers") => Map(Kind::Header),

        (
            Kind::PathItem,
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace",
        ) => One(Kind::Operation),
        (Kind::PathItem | Kind::Operation, "parameters") => List(Kind::Parameter),
        (Kind::Operation, "requestBody") => One(Kind::RequestBody),
        (Kind::Parameter | Kind::Header | Kind::MediaType, "schema") => One(Kind::Schema),
        (Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response, "content") => {
            Map(Kind::MediaType)
        }
        (Kind::MediaType, "encoding") => Map(Kind::Encoding),
        (Kind::Callback, name) if !name.starts_with("x-") => One(Kind::PathItem),

        (Kind::Document, "webhooks" | "$self")
        | (Kind::Info | Kind::Response, "summary")
        | (Kind::Tag, "summary" | "parent" | "kind")
        | (Kind::Server, "name")
        | (Kind::SecurityScheme, "deprecated" | "oauth2MetadataUrl")
        | (Kind::Components, "pathItems" | "mediaTypes")
        | (Kind::PathItem, "query" | "additionalOperations")
        | (Kind::MediaType, "itemSchema" | "description" | "prefixEncoding" | "itemEncoding") => {
            Newer
        }
        _ => Same,
    }
}

/// The members whose value or name differs between the versions.
fn replace(
    kind: Kind,
    name: &str,
    member: &Value,
    at: &At<'_>,
) -> Result<Option<(&'static str, Value)>, DowngradeError> {
    match (kind, name) {
        (Kind::Document, "openapi") => Ok(Some(("openapi", Value::from(VERSION)))),
        (Kind::Document, _) if member == DIALECT => Ok(None),
        (Kind::Info, _) => Ok(Some(("license", license(member)))),
        (Kind::SecurityScheme, _) if member == "mutualTLS" => Err(DowngradeError::SecurityScheme {
            at: at.to_string(),
            kind: "mutualTLS".to_owned(),
        }),
        (Kind::SecurityScheme, _) => Ok(Some(("type", member.clone()))),
        _ => Err(DowngradeError::Member {
            at: at.to_string(),
            member: name.to_owned(),
        }),
    }
}

/// 3.0.3 names a licence by its address; the SPDX list has one for every identifier.
fn license(license: &Value) -> Value {
    let mut license = license.clone();
    if let Some(members) = license.as_object_mut()
        && let Some(Value::String(identifier)) = members.shift_remove("identifier")
    {
        let url = format!("https://spdx.org/licenses/{identifier}.html");
        members.entry("url").or_insert(Value::from(url));
    }
    license
}

fn object<'a>(value: &'a Value, at: &At<'_>) -> Result<&'a Map<String, Value>, DowngradeError> {
    value
        .as_object()
        .ok_or_else(|| DowngradeError::NotAnObject { at: at.to_string() })
}

fn map(
    value: &Value,
    at: &At<'_>,
    each: impl Fn(&Value, &At<'_>) -> Result<Value, DowngradeError>,
) -> Result<Value, DowngradeError> {
    let mut converted = Map::new();
    for (name, member) in object(value, at)? {
        let member = if name.starts_with("x-") {
            member.clone()
        } else {
            each(member, &at.child(name))?
        };
        converted.insert(name.clone(), member);
    }
    Ok(Value::Object(converted))
}

fn list(
    value: &Value,
    at: &At<'_>,
    each: impl Fn(&Value, &At<'_>) -> Result<Value, DowngradeError>,
) -> Result<Value, DowngradeError> {
    value
        .as_array()
        .ok_or_else(|| DowngradeError::NotAList { at: at.to_string() })?
        .iter()
        .enumerate()
        .map(|(index, item)| each(item, &at.child(&index.to_string())))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::Array)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
