//! The errors: their one form and every code, with what each means and what helps.

use maud::{Markup, html};
use proof_domain::error::ErrorCode;
use serde_json::{Value, json};

use super::{Book, Section, code, heading};

pub(super) fn section() -> Section {
    Section::new("errors", "Errors")
}

/// How a status looks: it went well, the caller can mend it, or we must.
pub(super) fn tone(status: &str) -> &'static str {
    match status.as_bytes().first() {
        Some(b'2' | b'3') => "good",
        Some(b'4') => "warn",
        _ => "bad",
    }
}

/// What a code means and what helps. A new code does not compile until it is explained here.
const fn explained(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::ValidationError => (
            "The request is not of the documented form.",
            "Mend the fields that `details` names.",
        ),
        ErrorCode::InvalidIdentifier => (
            "The identifier is not valid for its type.",
            "Ask the person again; a phone number starts with + and its country code.",
        ),
        ErrorCode::InvalidChannelForType => (
            "This channel cannot prove this type.",
            "Choose a channel from the table above.",
        ),
        ErrorCode::ChallengeExpired => (
            "The challenge ended before it was answered.",
            "Create a new verification.",
        ),
        ErrorCode::InvalidCode => (
            "The code is not the one that was sent.",
            "Let the person try again; `attempts_remaining` says how often.",
        ),
        ErrorCode::InvalidSignature => (
            "The signature is not the wallet's over this message.",
            "Have `challenge.message` signed exactly as it is, by the account of the identifier.",
        ),
        ErrorCode::TooManyAttempts => (
            "All tries of this verification are used.",
            "Create a new verification.",
        ),
        ErrorCode::AlreadyVerified => (
            "This verification is already done.",
            "Read it: its proof is there.",
        ),
        ErrorCode::InvalidImage => (
            "The picture cannot be read, or is not of a kind that is taken.",
            "Send an ordinary JPEG or PNG; the message says what is wrong with this one.",
        ),
        ErrorCode::ChannelNotConfigured => (
            "The operator has not set this channel up.",
            "The message names the missing setting. Test keys work without it.",
        ),
        ErrorCode::Unauthorized => (
            "The API key is missing, malformed, unknown or revoked.",
            "Check the `Authorization` header.",
        ),
        ErrorCode::Forbidden => (
            "This key may not do that.",
            "Some operations are for test keys only.",
        ),
        ErrorCode::QuotaExceeded => (
            "The organisation's quota for this month is used up.",
            "Wait for the next month or have the quota raised.",
        ),
        ErrorCode::NotFound => (
            "There is nothing under that id or path, or it is not yours.",
            "Check the id, and whether it was made with a test key or a live one.",
        ),
        ErrorCode::MethodNotAllowed => (
            "The path exists, the method does not.",
            "See the `Allow` header.",
        ),
        ErrorCode::RequestTimeout => ("The request body did not arrive in time.", "Send it again."),
        ErrorCode::Conflict => (
            "The request contradicts what is already there.",
            "Most often an `Idempotency-Key` that was used for another request.",
        ),
        ErrorCode::PayloadTooLarge => (
            "The request body is larger than 64 KB.",
            "Keep large things on your side and send a reference.",
        ),
        ErrorCode::UnsupportedMediaType => (
            "The request body is not JSON.",
            "Send `Content-Type: application/json`.",
        ),
        ErrorCode::RateLimited => (
            "Too many requests, or too many messages to one person.",
            "Wait as many seconds as `Retry-After` says.",
        ),
        ErrorCode::InternalError => (
            "The fault is ours.",
            "Try again; if it stays, send us the request id.",
        ),
        ErrorCode::Unavailable => (
            "A part of the system cannot answer now.",
            "Try again after `Retry-After`; the same request may succeed.",
        ),
        ErrorCode::RpcUnavailable => (
            "The node that knows contract wallets does not answer as it should.",
            "Send the same signature again after `Retry-After`; no try was used.",
        ),
        ErrorCode::ModelUnavailable => (
            "The models that look at faces are not there.",
            "The operator has to install them; nothing that you send is at fault.",
        ),
    }
}

/// Every code of the document, with its status, in order of status.
fn codes(book: &Book<'_>) -> Vec<ErrorCode> {
    let listed = book.document.pointer("/components/schemas/ErrorCode/enum");
    let listed = listed.and_then(Value::as_array).into_iter().flatten();
    let mut codes: Vec<ErrorCode> = listed
        .filter_map(|name| serde_json::from_value(name.clone()).ok())
        .collect();
    codes.sort_by_key(|code| code.status());
    codes
}

pub(super) fn entry(book: &Book<'_>) -> Markup {
    let example = json!({"error": {
        "code": "invalid_identifier",
        "message": "identifier: a phone number starts with + and its country code",
        "details": [{
            "field": "identifier",
            "message": "a phone number starts with + and its country code",
        }],
        "request_id": "req_5f2b1c0d9e8a7b6c5d4e3f21",
    }});
    html! {
        article class="entry" id="errors" {
            div class="entry-text" {
                h2 { (heading(&section())) }
                p {
                    "Every error has one form. " code { "code" } " is for your program and never changes its "
                    "meaning; " code { "message" } " is for a developer to read; " code { "details" }
                    " names the fields at fault. After a wrong code there is also "
                    code { "attempts_remaining" } "; where waiting helps, " code { "retry_after" } "."
                }
                p {
                    "Quote " code { "request_id" } " (also in " code { "X-Request-Id" }
                    ", on every answer) when you ask for help."
                }
            }
            div class="entry-samples" { (code::json(&html! { span class="status warn" { "400" } }, &example)) }
            div class="entry-wide" {
                // The roles are said aloud because the rows are laid out anew on narrow screens.
                table class="stacks" role="table" aria-label="Error codes" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "Status" }
                            th role="columnheader" scope="col" { "Code" }
                            th role="columnheader" scope="col" { "Meaning, and what helps" }
                        }
                    }
                    tbody role="rowgroup" {
                        @for code in codes(book) { (row(code)) }
                    }
                }
            }
        }
    }
}

fn row(code: ErrorCode) -> Markup {
    let (meaning, help) = explained(code);
    let status = code.status().to_string();
    html! {
        tr role="row" {
            td role="cell" { span class={ "status " (tone(&status)) } { (status) } }
            th role="rowheader" scope="row" { code { (name(code)) } }
            td role="cell" { (meaning) " " span class="muted" { (super::text::inline(help)) } }
        }
    }
}

fn name(code: ErrorCode) -> String {
    json!(code).as_str().unwrap_or_default().to_owned()
}
