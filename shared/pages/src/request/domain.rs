//! A domain: what to publish, and what the last look found.

use maud::{Markup, html};
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{CheckView, DnsRecord, HttpFile};

use super::asked::Asked;
use super::asset::Asset;
use crate::Words;
use crate::parts::{Sign, Weight, dns_record, file, moment, note, sign};

/// What a look can find; the rest is said in general words.
const KNOWN: [&str; 12] = [
    "record_not_found",
    "wrong_value",
    "partly_visible",
    "wildcard_alias",
    "dns_error",
    "timeout",
    "http_status",
    "redirect_refused",
    "too_large",
    "not_text",
    "private_address",
    "unreachable",
];

/// A record, a file, or whichever of the two comes first.
#[derive(Clone, Copy, Debug)]
pub struct Publication<'a> {
    pub record: Option<&'a DnsRecord>,
    pub file: Option<&'a HttpFile>,
    pub last: Option<&'a CheckView>,
    /// When it is looked for again without anybody asking.
    pub next: Option<Timestamp>,
}

pub(super) fn publication(
    words: Words,
    asset: &Asset<'_>,
    asked: &Asked<'_>,
    publication: &Publication<'_>,
) -> Markup {
    let domain = html! { bdi { (asset.identifier.unwrap_or_default()) } };
    let named = [("domain", &domain)];
    html! {
        @if let Some(record) = publication.record {
            p { (words.rich("record-do", &[], &named)) }
            (dns_record(words, record))
            p.muted.small { (words.rich("record-hint", &[], &named)) }
        }
        @match (publication.record, publication.file) {
            (Some(_), Some(one)) => {
                details.more {
                    summary { (words.say("file-instead")) }
                    div.stack { p { (words.say("file-do")) } (file(words, one)) }
                }
            }
            (None, Some(one)) => { p { (words.say("file-do")) } (file(words, one)) }
            _ => {}
        }
        @if let Some(last) = publication.last { (found(words, last)) }
        (asked.form(asset, "stack", "check", &html! {
            button.button.primary.wide type="submit" data-next { (sign(Sign::Again)) (words.say("check-now")) }
        }))
        @if let Some(next) = publication.next {
            p.muted.small { (words.rich("check-next", &[], &[("when", &moment(words, next))])) }
        }
    }
}

/// What the last look found.
fn found(words: Words, last: &CheckView) -> Markup {
    let key = KNOWN
        .iter()
        .find(|known| **known == last.result)
        .map_or("check-other".to_owned(), |known| {
            format!("check-{}", known.replace('_', "-"))
        });
    let when = moment(words, last.checked_at);
    let text = html! { (words.say(&key)) };
    let more = html! {
        @for seen in &last.observed {
            p.small { (words.say("check-seen")) " " code dir="ltr" { (seen) } }
        }
        p.muted.small { (words.rich("check-at", &[], &[("when", &when)])) }
    };
    note(Weight::Warn, Sign::Info, &text, Some(&more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_words() {
        for known in KNOWN {
            let key = format!("check-{}", known.replace('_', "-"));
            assert_ne!(Words::preferred("en").say(&key), key);
        }
    }
}
