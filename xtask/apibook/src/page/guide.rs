//! The introduction: what there is to know before the first request. Numbers come from the rules
//! themselves, so that the page cannot promise other ones.

use maud::{Markup, html};
use proof_domain::asset::AssetType;
use proof_domain::limits;
use serde_json::json;

use super::code::{self, Language};
use super::{Book, Section, errors, heading, live, mark, offline};

/// What the product does.
pub(super) const IN_ONE_SENTENCE: &str = "Ask a person to prove that a phone number, an e\u{2011}mail \
     address, a domain or an account is theirs, and receive a signed proof that anyone can check.";

type Text = fn(&Book<'_>) -> Markup;

/// The sections but for the errors, with what stands beside each.
const SECTIONS: [(&str, &str, Text, Text); 9] = [
    (
        "first-proof",
        "A first proof",
        first_proof,
        first_proof_samples,
    ),
    ("addresses", "Addresses and forms", addresses, nothing),
    (
        "authentication",
        "Authentication",
        authentication,
        authentication_samples,
    ),
    ("test-mode", "Test mode", test_mode, nothing),
    ("channels", "Types and channels", channels, nothing),
    (
        "idempotency",
        "Repeating a request",
        idempotency,
        idempotency_samples,
    ),
    (
        "rate-limits",
        "Rate limits",
        rate_limits,
        rate_limit_samples,
    ),
    ("pagination", "Lists", pagination, pagination_samples),
    ("live-status", "Live status", live::text, live::samples),
];

fn section(anchor: &str, title: &str) -> Section {
    Section::new(anchor, title)
}

/// Everything of the introduction but the errors, which come last.
pub(super) fn contents() -> Vec<Section> {
    let mut all: Vec<Section> = SECTIONS
        .iter()
        .map(|(anchor, title, ..)| section(anchor, title))
        .collect();
    all.push(offline::section());
    all
}

pub(super) fn sections(book: &Book<'_>) -> Markup {
    html! {
        section class="part" id="top" {
            (opening())
            @for (anchor, title, text, samples) in SECTIONS {
                article class="entry" id=(anchor) {
                    div class="entry-text" {
                        h2 { (heading(&section(anchor, title))) }
                        (text(book))
                    }
                    div class="entry-samples" { (samples(book)) }
                }
            }
            (offline::entry())
            (errors::entry(book))
        }
    }
}

fn opening() -> Markup {
    html! {
        div class="opening" {
            div class="entry-text" {
                h1 { "Proof API" }
                p class="lead" { (IN_ONE_SENTENCE) }
                p {
                    "A " strong { "verification" } " asks the person. A " strong { "proof" }
                    " is what it leaves behind: a token with our signature, good for "
                    (limits::PROOF_SECONDS / 86_400) " days unless it is revoked."
                }
                p class="downloads" {
                    a href="/api/openapi.json" { "OpenAPI 3.0" }
                    a href="/api/openapi-3.1.json" { "OpenAPI 3.1" }
                    a href="/health" { "Service status" }
                }
            }
            (certificate())
        }
    }
}

/// A proof, as a reader of its claims sees it.
fn certificate() -> Markup {
    html! {
        figure class="certificate" {
            figcaption { span { "What a proof says" } (mark()) }
            dl {
                div { dt { "Asset" } dd { "Phone, by WhatsApp" } }
                div { dt { "Identifier" } dd { "+370 691 99199, as a salted hash" } }
                div { dt { "Verified" } dd { time datetime="2026-02-04T10:51:30Z" { "4 February 2026, 10:51:30 UTC" } } }
                div { dt { "Good until" } dd { time datetime="2026-03-06T10:51:30Z" { "6 March 2026, 10:51:30 UTC" } } }
                div { dt { "Signed with" } dd { code { "proof-holdings-2026-02" } } }
            }
        }
    }
}

fn nothing(_: &Book<'_>) -> Markup {
    html! {}
}

fn first_proof(_: &Book<'_>) -> Markup {
    html! {
        p { "Three requests with a test key show everything there is:" }
        ol class="steps" {
            li { "Create a verification. Its " code { "challenge" } " says what the person has to do." }
            li { "The person does it. With a test key, " code { "test-verify" } " does it instead." }
            li { "Keep the proof, and check it whenever you need to." }
        }
        p { "With a live key only the second step differs: the person answers, and you "
            a href="#live-status" { "hear of it" } "." }
    }
}

fn first_proof_samples(_: &Book<'_>) -> Markup {
    html! {
        (code::own_host(&html! { "Set up" }, Language::Shell, include_str!("snippets/set-up.sh")))
        (code::figure(&html! { "Then" }, Language::Shell, include_str!("snippets/first-proof.sh")))
    }
}

fn addresses(_: &Book<'_>) -> Markup {
    html! {
        p { "All paths are relative to the host this page comes from. The API lives under " code { "/api/v1" } "." }
        ul {
            li { "Bodies are JSON, at most " (limits::MAX_BODY_BYTES / 1024) " KB; names are in snake_case." }
            li { "Times are RFC 3339 in UTC, to the second: " code { "2026-02-04T10:50:00Z" } "." }
            li { "Ids are opaque text. A proof has the id of its verification." }
            li { "What is absent is left out. Only members that are always there can be " code { "null" } "." }
            li { "A member or parameter that we do not know is refused, so that a slip of the pen is not silently ignored." }
        }
    }
}

fn authentication(_: &Book<'_>) -> Markup {
    html! {
        p {
            "Send your API key as a bearer token. Live keys begin with " code { "pk_live_" }
            ", test keys with " code { "pk_test_" } "."
        }
        p {
            "A key is for your server only. It is shown once and kept as a hash; a revoked key stops "
            "working within a minute. Its last six characters are a checksum, so that scanners find "
            "leaked keys and a mistyped one costs nothing to refuse."
        }
    }
}

fn authentication_samples(_: &Book<'_>) -> Markup {
    code::figure(
        &html! { "Header" },
        Language::Plain,
        "Authorization: Bearer pk_live_…",
    )
}

fn test_mode(_: &Book<'_>) -> Markup {
    html! {
        p {
            "A test key switches test mode on. Everything works as it does live, except that nothing "
            "is sent and nothing is counted."
        }
        div class="table" tabindex="0" role="region" aria-label="Live and test mode" {
            table {
                thead { tr { td {} th scope="col" { "Live" } th scope="col" { "Test" } } }
                tbody {
                    @for (what, live, test) in [
                        ("Messages", "sent", "not sent; codes are in the answer"),
                        ("Quota", "counted", "not counted"),
                        ("Completing", "by the person", "by the code, or test-verify"),
                        ("Proofs", "signed", "signed the same way, marked test"),
                        ("Data", "seen by live keys", "seen by test keys"),
                    ] {
                        tr { th scope="row" { (what) } td { (live) } td { (test) } }
                    }
                }
            }
        }
        p { "Every object made in test mode says " code { "\"test_mode\": true" } "." }
    }
}

fn channels(_: &Book<'_>) -> Markup {
    html! {
        p {
            "A verification has a " code { "type" } ", what is proven, and a " code { "channel" }
            ", how. Live, a channel has to be set up by the operator; else the answer is "
            code { "channel_not_configured" } "."
        }
        div class="table" tabindex="0" role="region" aria-label="Types and their channels" {
            table {
                thead { tr { th scope="col" { "Type" } th scope="col" { "Channels" } } }
                tbody {
                    @for kind in AssetType::ALL {
                        tr {
                            th scope="row" { code { (kind) } }
                            td { @for channel in kind.channels() { code { (channel) } " " } }
                        }
                    }
                }
            }
        }
    }
}

fn idempotency(_: &Book<'_>) -> Markup {
    html! {
        p {
            "If an answer was lost, send the request again with the same " code { "Idempotency-Key" }
            ": 1 to " (limits::MAX_IDEMPOTENCY_KEY) " visible ASCII characters of your choice, for instance a "
            "UUID. It is carried out once, one message goes out, and every repetition answers with "
            "the same verification and " code { "Idempotent-Replayed: true" } "."
        }
        p { "The same key with another body is a " code { "conflict" } " (409)." }
    }
}

fn idempotency_samples(_: &Book<'_>) -> Markup {
    code::figure(
        &html! { "Header" },
        Language::Plain,
        "Idempotency-Key: 9f1c7a52-4b0e-4d6e-9c39-2f4c1b7f8e10",
    )
}

fn rate_limits(_: &Book<'_>) -> Markup {
    html! {
        p {
            "A key may make " (limits::REQUESTS_PER_MINUTE) " requests a minute, unless your organisation "
            "has another limit. Beyond it the answer is 429 and " code { "Retry-After" }
            " says how many seconds to wait. Public addresses are limited by network address."
        }
        p {
            "Codes have limits of their own: " (limits::MAX_ATTEMPTS) " wrong answers end a verification, "
            "and one address is asked at most " (limits::IDENTIFIER_CHALLENGES[0].0) " times an hour and "
            (limits::IDENTIFIER_CHALLENGES[1].0) " times a day, whoever asks."
        }
    }
}

fn rate_limit_samples(_: &Book<'_>) -> Markup {
    code::figure(
        &html! { "Headers" },
        Language::Plain,
        "RateLimit-Limit: 100\nRateLimit-Remaining: 99\nRateLimit-Reset: 42\nRateLimit-Policy: 100;w=60",
    )
}

fn pagination(_: &Book<'_>) -> Markup {
    html! {
        p {
            "Lists come in pages, newest first: " code { "page" } " from 1, " code { "limit" }
            " up to 100. " code { "pagination" } " says where you are."
        }
        p {
            "The revocation list grows at its end instead, so it is read with a cursor: give "
            code { "next_cursor" } " back as " code { "after" } " until it is null, and nothing is missed."
        }
    }
}

fn pagination_samples(_: &Book<'_>) -> Markup {
    let page = json!({"page": 1, "limit": 20, "total": 42, "pages": 3, "hasMore": true});
    code::json(&html! { "pagination" }, &page)
}
