//! Examples of requests and answers as they come in real use, in place of ones made up from the
//! schemas. Each is checked against its schema, and so is every example a function states itself:
//! one that the API would not send or take is an error here.

use serde_json::{Map, Value, json};

use crate::conformance::{self, Mismatch};
use crate::merge::METHODS;

/// One example and its place.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub operation: &'static str,
    pub place: Place,
    /// What the reader sees above it, where there are several.
    pub title: &'static str,
    pub json: &'static str,
}

/// What an example is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Request,
    Answer(&'static str),
}

/// Why an example is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    #[error("{operation}: there is no such operation, or it has no such body ({title:?})")]
    NoPlace {
        operation: &'static str,
        title: &'static str,
    },
    #[error("{operation}: the example is not JSON: {why}")]
    NotJson {
        operation: &'static str,
        why: String,
    },
    #[error("{operation}: {mismatch}")]
    Mismatch {
        operation: String,
        mismatch: Mismatch,
    },
}

macro_rules! samples {
    ($($operation:literal $place:expr, $title:literal, $file:literal;)*) => {
        &[$(Sample {
            operation: $operation,
            place: $place,
            title: $title,
            json: include_str!(concat!("../samples/", $file, ".json")),
        }),*]
    };
}

use Place::{Answer, Request};

/// The examples of the functions' operations.
pub const SAMPLES: &[Sample] = samples! {
    "createVerification" Request, "Phone", "createVerification.request.phone";
    "createVerification" Request, "E-mail", "createVerification.request.email";
    "createVerification" Request, "Wallet", "createVerification.request.wallet";
    "createVerification" Request, "Domain", "createVerification.request.domain";
    "createVerification" Answer("201"), "Phone", "createVerification.201.phone";
    "createVerification" Answer("201"), "E-mail", "createVerification.201.email";
    "createVerification" Answer("201"), "Wallet", "createVerification.201.wallet";
    "createVerification" Answer("201"), "Domain", "createVerification.201.domain";
    "createVerification" Answer("400"), "", "createVerification.400";
    "listVerifications" Answer("200"), "", "listVerifications.200";
    "getVerification" Answer("200"), "", "getVerification.200";
    "submitAnswer" Request, "Code", "submitAnswer.request.code";
    "submitAnswer" Request, "Signature", "submitAnswer.request.signature";
    "submitAnswer" Answer("200"), "", "submitAnswer.200";
    "submitAnswer" Answer("400"), "", "submitAnswer.400";
    "checkDomain" Answer("200"), "", "checkDomain.200";
    "resendCode" Answer("200"), "", "resendCode.200";
    "testVerify" Answer("200"), "", "testVerify.200";
    "createEventsTicket" Answer("201"), "", "createEventsTicket.201";
    "createVerificationRequest" Request, "", "createVerificationRequest.request";
    "createVerificationRequest" Answer("201"), "", "createVerificationRequest.201";
    "createVerificationRequest" Answer("409"), "", "createVerificationRequest.409";
    "getVerificationRequest" Answer("200"), "", "getVerificationRequest.200";
    "watchVerification" Answer("200"), "", "watchVerification.200";
    "validateProof" Answer("200"), "Valid", "validateProof.200.valid";
    "validateProof" Answer("200"), "Not valid", "validateProof.200.invalid";
    "getProofStatus" Answer("200"), "", "getProofStatus.200";
    "revokeProof" Request, "", "revokeProof.request";
    "revokeProof" Answer("200"), "", "revokeProof.200";
    "listRevokedProofs" Answer("200"), "", "listRevokedProofs.200";
    "createWebhookEndpoint" Request, "", "createWebhookEndpoint.request";
    "createWebhookEndpoint" Answer("201"), "", "createWebhookEndpoint.201";
    "updateWebhookEndpoint" Request, "", "updateWebhookEndpoint.request";
    "getWebhookDelivery" Answer("200"), "", "getWebhookDelivery.200";
    "listEvents" Answer("200"), "", "listEvents.200";
    "getEvent" Answer("200"), "", "getEvent.200";
    "getKeys" Answer("200"), "", "getKeys.200";
    "getQuota" Answer("200"), "", "getQuota.200";
    "getHealth" Answer("200"), "", "getHealth.200";
};

/// Puts the examples where the operations state none, and checks them all.
pub(crate) fn add(book: &mut Value, samples: &[Sample]) -> Result<(), SampleError> {
    let stated = with_examples(book, samples);
    for sample in samples {
        let value: Value =
            serde_json::from_str(sample.json).map_err(|error| SampleError::NotJson {
                operation: sample.operation,
                why: error.to_string(),
            })?;
        let content = content_mut(book, sample).ok_or(SampleError::NoPlace {
            operation: sample.operation,
            title: sample.title,
        })?;
        if stated.contains(&(sample.operation, sample.place)) {
            continue;
        }
        if sample.title.is_empty() {
            content.insert("example".to_owned(), value);
        } else if let Value::Object(all) = content.entry("examples").or_insert_with(|| json!({})) {
            let name = sample.title.to_lowercase().replace([' ', '-'], "_");
            all.insert(name, json!({"summary": sample.title, "value": value}));
        }
    }
    check(book)
}

/// The bodies that have examples of their own, before any is added.
fn with_examples(book: &Value, samples: &[Sample]) -> Vec<(&'static str, Place)> {
    let places = samples
        .iter()
        .map(|sample| (sample.operation, sample.place));
    let has_own = |(operation, place): &(&str, Place)| {
        content(book, operation, *place).is_some_and(|content| {
            content.get("example").is_some() || content.get("examples").is_some()
        })
    };
    places.filter(has_own).collect()
}

fn path_to(book: &Value, id: &str) -> Option<(String, &'static str)> {
    let paths = book.get("paths")?.as_object()?;
    paths.iter().find_map(|(path, item)| {
        let method = METHODS.into_iter().find(|method| {
            item.get(method)
                .and_then(|one| one.get("operationId"))
                .is_some_and(|own| own == id)
        })?;
        Some((path.clone(), method))
    })
}

fn body_of(operation: &Value, place: Place) -> Option<&Value> {
    let body = match place {
        Place::Request => operation.get("requestBody")?,
        Place::Answer(status) => operation.get("responses")?.get(status)?,
    };
    body.get("content")?.as_object()?.values().next()
}

fn content<'a>(book: &'a Value, id: &str, place: Place) -> Option<&'a Value> {
    let (path, method) = path_to(book, id)?;
    body_of(&book["paths"][&path][method], place)
}

fn content_mut<'a>(book: &'a mut Value, sample: &Sample) -> Option<&'a mut Map<String, Value>> {
    let (path, method) = path_to(book, sample.operation)?;
    let operation = book.get_mut("paths")?.get_mut(&path)?.get_mut(method)?;
    let body = match sample.place {
        Place::Request => operation.get_mut("requestBody")?,
        Place::Answer(status) => operation.get_mut("responses")?.get_mut(status)?,
    };
    body.get_mut("content")?
        .as_object_mut()?
        .values_mut()
        .next()?
        .as_object_mut()
}

/// Every example of every body is allowed by its schema.
fn check(book: &Value) -> Result<(), SampleError> {
    for operation in crate::operation::operations(book) {
        let sent = operation
            .body
            .iter()
            .map(|body| (Some(body.schema), &body.examples));
        let answers = operation
            .answers
            .iter()
            .filter_map(|answer| answer.content.as_ref());
        let answered = answers.map(|content| (content.schema, &content.examples));
        for (schema, examples) in sent.chain(answered) {
            for (_, example) in examples {
                conformance::check(book, schema.unwrap_or(&Value::Bool(true)), example).map_err(
                    |mismatch| SampleError::Mismatch {
                        operation: operation.id.to_owned(),
                        mismatch,
                    },
                )?;
            }
        }
    }
    Ok(())
}
