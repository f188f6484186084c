//! Checking a proof without us: the claims, and a program that does it.

use maud::{Markup, html};

use super::code::{self, Language};
use super::{Section, heading};

pub(super) fn section() -> Section {
    Section::new("offline", "Checking proofs offline")
}

/// The claims of a proof token.
const CLAIMS: [(&str, &str); 11] = [
    ("iss", "us"),
    ("aud", "your organisation"),
    (
        "sub",
        "the proof and its verification; what the revocation list names",
    ),
    ("jti", "this token"),
    ("iat, exp", "issued and good until, in seconds"),
    ("env", "live or test"),
    ("type, channel", "what was proven, and how"),
    ("verified_at", "when, in seconds"),
    ("identifier_salt", "16 random bytes, base64url"),
    (
        "identifier_hash",
        "SHA-256 of salt and identifier, base64url",
    ),
    (
        "request_id",
        "what it was asked for, if that was a request for several proofs",
    ),
];

pub(super) fn entry() -> Markup {
    let section = section();
    html! {
        article class="entry" id=(section.anchor) {
            div class="entry-text" {
                h2 { (heading(&section)) }
                p {
                    "A proof is a JWT signed with RS256. To check it you need our "
                    a href="#get-keys" { "public keys" } " (keep them a day) and the "
                    a href="#list-revoked-proofs" { "revocation list" } " (keep it five minutes); "
                    "no key of yours, and no request for each proof."
                }
                p {
                    "Accept " code { "RS256" } " and the type " code { "proof+jwt" } " only, check "
                    code { "aud" } " and " code { "env" } ", and take keys from nowhere but our address."
                }
                dl class="pairs" {
                    @for (claim, meaning) in CLAIMS {
                        div { dt { code { (claim) } } dd { (meaning) } }
                    }
                }
                p class="note" {
                    "The identifier is not in the token. Whoever knows it, written as the API writes it, "
                    "can check it against the hash; but phone numbers are few enough to be tried one by one, so do not publish proofs of them."
                }
            }
            div class="entry-samples" {
                (code::own_host(
                    &html! { "With jose" },
                    Language::JavaScript,
                    include_str!("snippets/offline.mjs"),
                ))
            }
        }
    }
}
