//! What a tenant may ask for.

use serde_json::json;

use super::*;
use crate::asset::AssetType;
use crate::error::{ApiError, ErrorCode};

fn plan(body: serde_json::Value) -> Result<PlannedRequest, ApiError> {
    serde_json::from_value::<CreateVerificationRequest>(body)
        .unwrap()
        .plan("proof.example")
}

fn refused(body: serde_json::Value) -> ApiError {
    plan(body).unwrap_err()
}

#[test]
fn the_reference_s_example_is_planned() {
    let planned = plan(json!({
        "reference_id": "deal_12345",
        "assets": [
            {"type": "domain", "identifier": "Example.com"},
            {"type": "email", "identifier": "user@Example.com"}
        ],
        "action_type": "verification",
        "redirect_url": "https://your-app.com/verified"
    }))
    .unwrap();
    assert_eq!(planned.lifetime, 86_400);
    assert_eq!(planned.needed(), 2);
    assert!(planned.assets.iter().all(|asset| asset.required));
    assert_eq!(planned.assets[0].identifier.as_deref(), Some("example.com"));
    assert_eq!(planned.assets[0].channels, AssetType::Domain.channels());
    assert_eq!(planned.assets[1].channels, [Channel::Email]);
    assert!(!planned.partial_ok);
}

#[test]
fn the_preferred_channel_comes_first_and_the_rest_keep_their_order() {
    let planned = plan(json!({"assets": [
        {"type": "phone", "channel": "sms"},
        {"type": "phone", "channel": "telegram", "allowed_channels": ["whatsapp", "telegram", "whatsapp"]},
    ]}))
    .unwrap();
    assert_eq!(
        planned.assets[0].channels,
        [Channel::Sms, Channel::Whatsapp, Channel::Telegram]
    );
    assert_eq!(
        planned.assets[1].channels,
        [Channel::Telegram, Channel::Whatsapp]
    );
}

/// An address of one chain is none of another, so the person is not offered what cannot work.
#[test]
fn only_channels_that_can_prove_the_identifier_are_offered() {
    let planned = plan(json!({"assets": [
        {"type": "wallet", "identifier": "0x52908400098527886E0F7030069857D2E4169EE7"}
    ]}))
    .unwrap();
    assert_eq!(planned.assets[0].channels, [Channel::Ethereum]);
    let error = refused(json!({"assets": [
        {"type": "wallet", "identifier": "0x52908400098527886E0F7030069857D2E4169EE7", "allowed_channels": ["solana"]}
    ]}));
    assert_eq!(error.code, ErrorCode::InvalidIdentifier);
    assert_eq!(error.details[0].field, "assets[0].identifier");
}

#[test]
fn a_policy_makes_assets_optional_unless_said_otherwise() {
    let planned = plan(json!({"policy": {"any": 2}, "assets": [
        {"type": "phone"}, {"type": "email", "required": true}, {"type": "domain"}
    ]}))
    .unwrap();
    let required: Vec<_> = planned.assets.iter().map(|asset| asset.required).collect();
    assert_eq!(required, [false, true, false]);
    assert_eq!(planned.needed(), 2);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one line for each rule")]
fn every_field_is_judged_by_name() {
    let email = || json!([{"type": "email"}]);
    for (body, field) in [
        (json!({"assets": []}), "assets"),
        (
            json!({"assets": vec![json!({"type": "email"}); 21]}),
            "assets",
        ),
        (
            json!({"assets": [{"type": "email", "channel": "sms"}]}),
            "assets[0].channel",
        ),
        (
            json!({"assets": [{"type": "email", "allowed_channels": []}]}),
            "assets[0].allowed_channels",
        ),
        (
            json!({"assets": [{"type": "phone", "allowed_channels": ["email"]}]}),
            "assets[0].allowed_channels",
        ),
        (
            json!({"assets": [{"type": "phone", "channel": "sms", "allowed_channels": ["telegram"]}]}),
            "assets[0].channel",
        ),
        (
            json!({"assets": [{"type": "email", "identifier": "nobody"}]}),
            "assets[0].identifier",
        ),
        (
            json!({"assets": [{"type": "email", "identifier": ""}]}),
            "assets[0].identifier",
        ),
        (
            json!({"assets": [{"type": "email", "identifier": "a@example.com"}, {"type": "email", "identifier": "a@Example.com"}]}),
            "assets[1].identifier",
        ),
        (
            json!({"assets": [{"type": "email", "required": false}]}),
            "assets",
        ),
        (
            json!({"assets": email(), "policy": {"any": 0}}),
            "policy.any",
        ),
        (
            json!({"assets": email(), "policy": {"any": 2}}),
            "policy.any",
        ),
        (
            json!({"assets": [{"type": "email", "required": true}, {"type": "phone", "required": true}], "policy": {"any": 1}}),
            "policy.any",
        ),
        (
            json!({"assets": email(), "reference_id": ""}),
            "reference_id",
        ),
        (
            json!({"assets": email(), "reference_id": "x".repeat(256)}),
            "reference_id",
        ),
        (
            json!({"assets": email(), "reference_id": "a\u{202e}b"}),
            "reference_id",
        ),
        (
            json!({"assets": email(), "action_context": {"title": " "}}),
            "action_context.title",
        ),
        (
            json!({"assets": email(), "action_context": {"title": "x".repeat(101)}}),
            "action_context.title",
        ),
        (
            json!({"assets": email(), "action_context": {"description": "x".repeat(501)}}),
            "action_context.description",
        ),
        (
            json!({"assets": email(), "action_context": {"description": "a\u{0}b"}}),
            "action_context.description",
        ),
        (json!({"assets": email(), "expires_in": 299}), "expires_in"),
        (
            json!({"assets": email(), "expires_in": 604_801}),
            "expires_in",
        ),
        (json!({"assets": email(), "expires_in": -1}), "expires_in"),
        (
            json!({"assets": email(), "validity_requirement": "soon"}),
            "validity_requirement",
        ),
        (
            json!({"assets": email(), "callback_url": "http://a.example/"}),
            "callback_url",
        ),
        (
            json!({"assets": email(), "callback_url": "https://proof.example/"}),
            "callback_url",
        ),
        (
            json!({"assets": email(), "callback_url": "https://169.254.169.254/"}),
            "callback_url",
        ),
        (
            json!({"assets": email(), "redirect_url": "x".repeat(2_001)}),
            "redirect_url",
        ),
        (
            json!({"assets": email(), "external_user_id": ""}),
            "external_user_id",
        ),
        (
            json!({"assets": email(), "client_metadata": {"a": "x".repeat(5_000)}}),
            "client_metadata",
        ),
    ] {
        let error = refused(body.clone());
        assert_eq!(error.details[0].field, field, "{body}");
        assert_eq!(error.code.status(), 400);
    }
}

#[test]
fn equal_requests_have_one_fingerprint() {
    let body =
        || json!({"assets": [{"type": "email", "identifier": "a@Example.com"}], "expires_in": 600});
    let other =
        json!({"assets": [{"type": "email", "identifier": "a@example.com"}], "expires_in": 601});
    assert_eq!(
        plan(body()).unwrap().fingerprint(),
        plan(body()).unwrap().fingerprint()
    );
    assert_ne!(
        plan(body()).unwrap().fingerprint(),
        plan(other).unwrap().fingerprint()
    );
}

#[test]
fn filters_are_read_strictly() {
    let query = RequestQuery::parse("page=2&status=partial&reference_id=deal%201").unwrap();
    assert_eq!(query.status, Some(RequestStatus::Partial));
    assert_eq!(query.reference_id.as_deref(), Some("deal 1"));
    for (query, field) in [
        ("status=done", "status"),
        ("status=pending' OR 1=1--", "status"),
        ("reference_id=%00", "reference_id"),
        ("limit=101", "limit"),
        ("reference=1", "reference"),
    ] {
        let error = RequestQuery::parse(query).unwrap_err();
        assert_eq!(error.details[0].field, field, "{query}");
    }
}

/// A struct could be read from a list of its values, which the reference does not know.
#[test]
fn what_is_an_object_is_not_taken_as_a_list() {
    let email = || json!([{"type": "email"}]);
    for body in [
        json!({"assets": [["email", "user@postbox-of-tests.com"]]}),
        json!({"assets": email(), "policy": [1]}),
        json!({"assets": email(), "action_context": ["Title", "Description"]}),
    ] {
        let text = body.to_string();
        assert!(
            serde_json::from_str::<CreateVerificationRequest>(&text).is_err(),
            "{text}"
        );
    }
}
