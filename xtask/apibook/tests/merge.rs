//! Several documents become one, complete, checked, and the same every time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod sample;

use proof_apibook::downgrade::to_3_0;
use proof_apibook::merge::{MergeError, Part, merge};
use proof_apibook::pointer;
use serde_json::{Value, json};

fn book() -> Value {
    merge("1.2.3", &sample::parts()).unwrap()
}

fn changed(part: usize, change: impl Fn(&mut Value)) -> Result<Value, MergeError> {
    let mut parts = sample::parts();
    change(&mut parts[part].document);
    merge("1.2.3", &parts)
}

#[test]
fn every_part_is_in_the_book_and_the_frame_around_it() {
    let book = book();
    assert_eq!(book["openapi"], "3.1.0");
    assert_eq!(book["info"]["title"], "Proof API");
    assert_eq!(book["info"]["version"], "1.2.3");
    assert_eq!(book["servers"][0]["url"], "/");
    assert!(book["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer");
    assert!(
        book["components"]["securitySchemes"]
            .get("ticket")
            .is_some()
    );
    let paths: Vec<_> = book["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/api/v1/verifications",
            "/api/v1/verifications/{id}/events",
            "/api/v1/proofs/validate",
            "/health",
        ]
    );
    let tags: Vec<_> = book["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| &tag["name"])
        .collect();
    // Those that a part uses.
    assert_eq!(tags, ["Verifications", "Proofs", "Service"]);
}

#[test]
fn the_same_parts_make_the_same_book() {
    let text = |book: Value| serde_json::to_string_pretty(&book).unwrap();
    assert_eq!(text(book()), text(book()));
    let old = text(to_3_0(&book()).unwrap());
    assert_eq!(old, text(to_3_0(&book()).unwrap()));
}

#[test]
fn the_door_s_answers_and_headers_are_added_where_nothing_is_stated() {
    let book = book();
    let create = &book["paths"]["/api/v1/verifications"]["post"]["responses"];
    let statuses: Vec<_> = create.as_object().unwrap().keys().collect();
    assert_eq!(
        statuses,
        [
            "201", "400", "401", "408", "413", "415", "429", "500", "503"
        ]
    );
    assert_eq!(create["401"]["$ref"], "#/components/responses/Unauthorized");
    let headers: Vec<_> = create["201"]["headers"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(
        headers,
        [
            "Idempotent-Replayed",
            "X-Request-Id",
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "RateLimit-Policy",
        ]
    );
    let own = &book["paths"]["/api/v1/proofs/validate"]["post"]["responses"]["429"];
    assert_eq!(own["description"], "Its own words.");
    assert!(own["headers"].get("Retry-After").is_some());
    let health = &book["paths"]["/health"]["get"];
    assert_eq!(health["security"], json!([]));
    assert_eq!(
        health["responses"]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["200"]
    );
    let headers: Vec<_> = health["responses"]["200"]["headers"]
        .as_object()
        .unwrap()
        .keys()
        .collect();
    assert_eq!(headers, ["X-Request-Id"]);
}

#[test]
fn optional_members_are_absent_and_never_null() {
    let book = book();
    let properties = &book["components"]["schemas"]["Verification"]["properties"];
    assert_eq!(
        properties["challenge"]["$ref"],
        "#/components/schemas/Challenge"
    );
    assert_eq!(properties["ended_at"]["type"], json!(["string", "null"]));
    let create = &book["components"]["schemas"]["CreateVerification"]["properties"];
    assert_eq!(create["client_metadata"]["type"], "object");
    let old = to_3_0(&book).unwrap();
    let properties = &old["components"]["schemas"]["Verification"]["properties"];
    assert_eq!(properties["ended_at"]["nullable"], true);
    assert_eq!(
        properties["challenge"]["allOf"][0]["$ref"],
        "#/components/schemas/Challenge"
    );
}

#[test]
fn every_reference_resolves_in_both_versions() {
    let book = book();
    let old = to_3_0(&book).unwrap();
    for document in [&book, &old] {
        assert!(pointer::references(document).len() > 20);
        assert_eq!(pointer::dangling(document), []);
    }
}

#[test]
fn nothing_that_only_3_1_has_is_left_in_3_0() {
    fn look(value: &Value, at: &str) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let data = ["example", "default", "enum", "value", "properties"];
                    if !at.ends_with("/properties") {
                        assert!(
                            !["const", "propertyNames", "webhooks"].contains(&&**name),
                            "{at}"
                        );
                        if name == "type" {
                            assert!(member.is_string() && member != "null", "{at}: {member}");
                        }
                        if name.starts_with("exclusive") {
                            assert!(member.is_boolean(), "{at}: {member}");
                        }
                        if name == "examples" {
                            assert!(member.is_object(), "{at}: {member}");
                        }
                    }
                    if !data.contains(&&**name) || name == "properties" {
                        look(member, &format!("{at}/{name}"));
                    }
                }
            }
            Value::Array(members) => members.iter().for_each(|member| look(member, at)),
            _ => {}
        }
    }
    let old = to_3_0(&book()).unwrap();
    assert_eq!(old["openapi"], "3.0.3");
    look(&old, "#");
}

#[test]
fn what_is_said_twice_must_be_the_same() {
    let parts = sample::parts();
    let twice = [parts.clone(), parts].concat();
    assert_eq!(merge("1.2.3", &twice).unwrap(), book());

    let other = changed(1, |proofs| {
        proofs["components"]["schemas"]["Challenge"]["description"] = json!("Something else.");
    });
    assert_eq!(
        other,
        Err(MergeError::Conflict {
            part: "proofs",
            name: "#/components/schemas/Challenge".to_owned(),
        })
    );
    let other = changed(2, |front| {
        front["paths"]["/api/v1/proofs/validate"] = json!({"post": {"operationId": "x"}});
    });
    assert_eq!(
        other,
        Err(MergeError::Conflict {
            part: "front",
            name: "POST /api/v1/proofs/validate".to_owned()
        })
    );
}

#[test]
fn mistakes_are_named() {
    let at = "/paths/~1health/get";
    let put = |member: &'static str, value: Value| {
        changed(2, move |front| {
            front.pointer_mut(at).unwrap()[member] = value.clone();
        })
    };
    let health = || "GET /health".to_owned();
    assert_eq!(
        put("operationId", json!("createVerification")),
        Err(MergeError::OperationId {
            id: "createVerification".to_owned(),
            first: "POST /api/v1/verifications".to_owned(),
            second: health(),
        })
    );
    assert_eq!(
        put("operationId", Value::Null),
        Err(MergeError::NoOperationId {
            operation: health()
        })
    );
    assert_eq!(
        put("tags", json!(["Gardening"])),
        Err(MergeError::Tag {
            operation: health(),
            tag: "Gardening".to_owned()
        })
    );
    assert_eq!(
        put("security", json!([{"cookie": []}])),
        Err(MergeError::Security {
            operation: health(),
            scheme: "cookie".to_owned()
        })
    );
    let lost = put(
        "responses",
        json!({"200": {"$ref": "#/components/responses/Lost"}}),
    );
    assert!(matches!(lost, Err(MergeError::Dangling(lost))
        if lost.target == "#/components/responses/Lost" && lost.at == "#/paths/~1health/get/responses/200"));
    let unknown = merge(
        "1",
        &[Part {
            name: "x",
            document: json!({"webhooks": {}}),
        }],
    );
    assert_eq!(
        unknown,
        Err(MergeError::Member {
            part: "x",
            member: "webhooks".to_owned()
        })
    );
}
