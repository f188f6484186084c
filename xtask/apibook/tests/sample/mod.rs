//! A small API with every shape that the functions' documents have, described by the same macros.

use std::collections::BTreeMap;

use proof_apibook::merge::Part;
use proof_domain::asset::AssetType;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

/// A verification to create.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateVerification {
    #[serde(rename = "type")]
    kind: AssetType,
    /// The asset, as the person writes it.
    #[schema(example = "+37069199199", min_length = 1, max_length = 512)]
    identifier: String,
    /// Anything you want to find again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({"action": "login"}))]
    client_metadata: Option<BTreeMap<String, String>>,
    /// How sure you must be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0, maximum = 1)]
    confidence: Option<f64>,
}

/// A verification.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Verification {
    #[schema(example = "507f1f77bcf86cd799439011", pattern = "^[0-9a-f]{24}$")]
    id: String,
    #[serde(rename = "type")]
    kind: AssetType,
    /// While pending: what the person has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    challenge: Option<Challenge>,
    /// `null` until it ended.
    #[schema(required, format = DateTime, example = "2026-02-04T10:50:00Z")]
    ended_at: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(default = json!([]))]
    labels: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    parent: Option<Box<Verification>>,
}

/// What the person has to do.
#[derive(Serialize, Deserialize, ToSchema)]
pub(crate) struct Challenge {
    #[schema(example = "X7K2M9")]
    code: String,
    #[schema(example = 5)]
    attempts_remaining: u8,
}

/// Whether a proof holds.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Validation {
    #[schema(title = "Valid")]
    Valid {
        #[schema(example = true)]
        valid: bool,
        verification: Verification,
    },
    #[schema(title = "Invalid")]
    Invalid {
        #[schema(example = false)]
        valid: bool,
        reason: Reason,
    },
}

/// Why a proof does not hold, told apart by `kind`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Reason {
    Expired { at: String },
    Revoked,
}

#[utoipa::path(post, path = "/api/v1/verifications", operation_id = "createVerification",
    tag = "Verifications", security(("apiKey" = [])),
    summary = "Create a verification",
    description = "Starts a challenge.\n\nSend `Idempotency-Key` to be **sure** that it is made once.",
    params(("Idempotency-Key" = Option<String>, Header, description = "Your name for this request.",
        min_length = 1, max_length = 255)),
    request_body = CreateVerification,
    responses(
        (status = 201, description = "Created.", body = Verification,
            headers(("Idempotent-Replayed" = bool, description = "It was there already."))),
        (status = 400, description = "`validation_error`.", body = proof_domain::error::ErrorBody),
    ))]
#[expect(dead_code, reason = "described, never called")]
fn create() {}

#[utoipa::path(get, path = "/api/v1/verifications/{id}/events", operation_id = "streamEvents",
    tag = "Verifications", security(("apiKey" = []), ("ticket" = [])),
    summary = "Follow a verification",
    params(("id" = String, Path, description = "The verification."),
        ("ticket" = Option<String>, Query, description = "Instead of the key.")),
    responses((status = 200, description = "A stream.", body = String,
        content_type = "text/event-stream",
        example = "event: connected\nid: 1\ndata: {}\n\n")))]
#[expect(dead_code, reason = "described, never called")]
fn events() {}

#[utoipa::path(post, path = "/api/v1/proofs/validate", operation_id = "validateProof",
    tag = "Proofs", security(("apiKey" = [])), summary = "Validate a proof",
    request_body(content = inline(Challenge), example = json!({"code": "A", "attempts_remaining": 1})),
    responses((status = 200, description = "Valid or not.", body = Validation,
        examples(("Valid" = (value = json!({
            "valid": true,
            "verification": {"id": "507f", "type": "phone", "ended_at": null},
        }))),
            ("Invalid" = (value = json!({"valid": false, "reason": {"kind": "revoked"}}))))),
        (status = 429, description = "Its own words.")))]
#[expect(dead_code, reason = "described, never called")]
fn validate() {}

#[utoipa::path(get, path = "/health", operation_id = "health", tag = "Service",
    summary = "Health", responses((status = 200, description = "Well.",
        body = BTreeMap<String, String>)))]
#[expect(dead_code, reason = "described, never called")]
fn health() {}

struct Ticket;

impl utoipa::Modify for Ticket {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
        let ticket = SecurityScheme::ApiKey(ApiKey::Query(ApiKeyValue::new("ticket")));
        let components = document.components.get_or_insert_default();
        components
            .security_schemes
            .insert("ticket".to_owned(), ticket.into());
    }
}

#[derive(OpenApi)]
#[openapi(paths(create, events), modifiers(&Ticket))]
struct Verifications;

#[derive(OpenApi)]
#[openapi(paths(validate))]
struct Proofs;

#[derive(OpenApi)]
#[openapi(paths(health))]
struct Front;

/// The parts, as the functions give them.
pub(crate) fn parts() -> Vec<Part> {
    [
        ("verifications", Verifications::openapi()),
        ("proofs", Proofs::openapi()),
        ("front", Front::openapi()),
    ]
    .map(|(name, document)| Part::new(name, &document).unwrap())
    .to_vec()
}
