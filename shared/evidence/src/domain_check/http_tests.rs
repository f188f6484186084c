//! One server after another, honest, mistaken and hostile.

use proptest::prelude::*;

use super::*;
use crate::domain_check::ChallengeToken;

fn challenge() -> DomainChallenge {
    DomainChallenge::new("example.com", ChallengeToken::from_random(&[0xa5; 16])).unwrap()
}

fn begin() -> HttpCheck {
    HttpCheck::begin(challenge())
}

fn response(status: u16, body: &[u8]) -> FileResponse<'_> {
    FileResponse {
        status,
        location: None,
        content_type: None,
        content_encoding: None,
        body,
    }
}

fn redirect(status: u16, location: &str) -> FileResponse<'_> {
    FileResponse {
        location: Some(location),
        ..response(status, b"")
    }
}

fn done(next: Next) -> CheckResult {
    match next {
        Next::Done(result) => result,
        Next::Fetch(check) => panic!("goes on with {}", check.url()),
    }
}

fn fetch(next: Next) -> HttpCheck {
    match next {
        Next::Fetch(check) => check,
        Next::Done(result) => panic!("ends with {result:?}"),
    }
}

fn file(body: &[u8]) -> CheckResult {
    done(begin().on_response(&response(200, body)))
}

#[test]
fn the_file_over_https_verifies() {
    let check = begin();
    assert_eq!(
        check.url(),
        "https://example.com/.well-known/proof-verify.txt"
    );
    let value = challenge().value();
    let result = done(check.on_response(&response(200, value.as_bytes())));
    assert!(result.is_verified() && result.evidence.authenticated && !result.retryable);
    assert_eq!(
        result.evidence.place,
        "https://example.com/.well-known/proof-verify.txt"
    );
    for around in ["\n", "\r\n", " \t"] {
        assert!(file(format!("{around}{value}{around}").as_bytes()).is_verified());
    }
}

#[test]
fn http_is_tried_only_if_nobody_answers_over_https() {
    for failure in [FetchFailure::Unreachable, FetchFailure::Timeout] {
        let check = fetch(begin().on_failure(failure));
        assert_eq!(
            check.url(),
            "http://example.com/.well-known/proof-verify.txt"
        );
        let value = challenge().value();
        let result = done(check.clone().on_response(&response(200, value.as_bytes())));
        assert!(result.is_verified() && !result.evidence.authenticated);
        assert!(matches!(check.on_failure(failure), Next::Done(_)));
    }
    for edge_status in [520, 521, 522, 523, 525, 526, 530] {
        let check = fetch(begin().on_response(&response(edge_status, b"")));
        assert!(check.url().starts_with("http://"));
        let result = done(check.on_response(&response(edge_status, b"")));
        assert_eq!(
            (result.outcome, result.retryable),
            (CheckOutcome::Unreachable, true)
        );
    }
    for status in [404, 500, 403] {
        assert!(matches!(
            begin().on_response(&response(status, b"")),
            Next::Done(_)
        ));
    }
}

#[test]
fn https_reached_from_http_does_not_begin_anew() {
    let check = fetch(begin().on_failure(FetchFailure::Unreachable));
    let check = fetch(check.on_response(&redirect(301, "https://example.com/a")));
    assert_eq!(check.url(), "https://example.com/a");
    let result = done(check.on_failure(FetchFailure::Unreachable));
    assert_eq!(result.outcome, CheckOutcome::Unreachable);
}

#[test]
fn the_time_is_shared_out() {
    let check = begin();
    assert_eq!(check.time_left_ms(0), 3_000);
    assert_eq!(check.time_left_ms(2_900), 100);
    assert_eq!(check.time_left_ms(9_000), 0);
    let check = fetch(check.on_failure(FetchFailure::Timeout));
    assert_eq!(check.time_left_ms(3_000), 2_000);
    let result = check.out_of_time();
    assert_eq!(
        (result.outcome, result.retryable),
        (CheckOutcome::Timeout, true)
    );
}

#[test]
fn only_status_200_counts() {
    let value = challenge().value();
    for (status, retryable) in [
        (100, false),
        (201, false),
        (202, false),
        (203, false),
        (204, false),
        (206, false),
        (300, false),
        (304, false),
        (305, false),
        (400, false),
        (401, false),
        (403, false),
        (404, false),
        (410, false),
        (429, true),
        (500, true),
        (503, true),
        (599, true),
        (0, false),
        (999, true),
    ] {
        let result = done(begin().on_response(&response(status, value.as_bytes())));
        assert_eq!(
            (result.outcome, result.retryable),
            (CheckOutcome::HttpStatus, retryable),
            "{status}"
        );
        assert!(result.message.contains(&format!("status {status}.")));
        assert!(result.evidence.observed.is_empty() && !result.evidence.authenticated);
    }
}

#[test]
fn redirects_on_the_same_host_are_followed_three_times() {
    let mut check = begin();
    for (status, path) in [(301, "/a"), (302, "/b"), (307, "/c")] {
        check = fetch(check.on_response(&redirect(status, path)));
        assert_eq!(check.url(), format!("https://example.com{path}"));
    }
    let value = challenge().value();
    assert!(done(check.clone().on_response(&response(200, value.as_bytes()))).is_verified());
    let result = done(check.on_response(&redirect(308, "/d")));
    assert_eq!(result.outcome, CheckOutcome::RedirectRefused);
    assert!(result.message.contains("more than 3"));
}

#[test]
fn a_redirect_elsewhere_is_refused_and_explained() {
    for (location, hint) in [
        (
            "https://www.example.com/.well-known/proof-verify.txt",
            "www.example.com",
        ),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("http://example.com/", "https back to http"),
        ("https://example.com:8443/", "port"),
        ("", "where to"),
    ] {
        let result = done(begin().on_response(&redirect(302, location)));
        assert_eq!(
            (result.outcome, result.retryable),
            (CheckOutcome::RedirectRefused, false)
        );
        assert!(result.message.contains(hint), "{}", result.message);
    }
    let result = done(begin().on_response(&redirect(303, "/a")));
    assert_eq!(result.outcome, CheckOutcome::RedirectRefused);
    let value = challenge().value();
    let with_body = FileResponse {
        body: value.as_bytes(),
        ..redirect(302, "https://evil.com/")
    };
    assert!(!done(begin().on_response(&with_body)).is_verified());
    let echo = format!("/echo?{value}");
    assert!(matches!(
        begin().on_response(&redirect(302, &echo)),
        Next::Done(_)
    ));
}

#[test]
fn what_only_contains_the_value_is_another_value() {
    let value = challenge().value();
    for (body, hint) in [
        (format!("<html><body>{value}</body></html>"), "web page"),
        (format!("<!doctype html>{value}"), "web page"),
        (format!("{value}x"), "and more"),
        (format!("x{value}"), "and more"),
        (format!("{value}\n{value}"), "and more"),
        (format!("{value}.{}", "a".repeat(43)), "and more"),
        (format!("\"{value}\""), "and more"),
        (format!("\u{a0}{value}"), "and more"),
        (value.to_uppercase(), "capital letters"),
        ("proof-verify=another".to_owned(), "another verification"),
        (
            "https://example.com/.well-known/proof-verify.txt".to_owned(),
            "another value",
        ),
        (challenge().token().as_str().to_owned(), "another value"),
        (String::new(), "empty"),
        (" \r\n".to_owned(), "empty"),
    ] {
        let result = file(body.as_bytes());
        assert_eq!(
            (result.outcome, result.retryable),
            (CheckOutcome::WrongValue, false),
            "{body}"
        );
        assert!(result.message.contains(hint), "{body}: {}", result.message);
    }
    let page = FileResponse {
        content_type: Some("Text/HTML; charset=utf-8"),
        ..response(200, b"Not here")
    };
    assert!(
        done(begin().on_response(&page))
            .message
            .contains("web page")
    );
}

#[test]
fn a_file_is_bounded() {
    let value = challenge().value();
    let padded = format!("{value:<4096}");
    assert!(file(padded.as_bytes()).is_verified());
    let padded = format!("{value:<4097}");
    let result = file(padded.as_bytes());
    assert_eq!(
        (result.outcome, result.retryable),
        (CheckOutcome::TooLarge, false)
    );
}

#[test]
fn what_is_not_text_is_told_apart() {
    let value = challenge().value();
    let utf16: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let with_mark = [&[0xff, 0xfe], utf16.as_slice()].concat();
    let utf8_mark = [&[0xef, 0xbb, 0xbf], value.as_bytes()].concat();
    for (body, hint) in [
        (utf16, "UTF-16"),
        (with_mark, "UTF-16"),
        (utf8_mark, "byte-order mark"),
        (vec![0x80, b'a'], "not UTF-8"),
        (format!("{value}\x1b").into_bytes(), "not UTF-8"),
    ] {
        let result = file(&body);
        assert_eq!(result.outcome, CheckOutcome::NotText);
        assert!(result.message.contains(hint), "{}", result.message);
    }
    let gzip = FileResponse {
        content_encoding: Some("gzip"),
        ..response(200, &[0x1f, 0x8b, 8])
    };
    assert!(
        done(begin().on_response(&gzip))
            .message
            .contains("compressed (gzip)")
    );
}

#[test]
fn a_body_that_was_decompressed_on_the_way_counts() {
    let value = challenge().value();
    let gzip = FileResponse {
        content_encoding: Some("gzip"),
        ..response(200, value.as_bytes())
    };
    assert!(done(begin().on_response(&gzip)).is_verified());
}

#[test]
fn failures_before_any_response_are_told_apart() {
    for (failure, outcome, retryable, hint) in [
        (
            FetchFailure::PrivateAddress,
            CheckOutcome::PrivateAddress,
            false,
            "not a public one",
        ),
        (
            FetchFailure::NoAddress(DnsFailure::NxDomain),
            CheckOutcome::Unreachable,
            true,
            "no address",
        ),
        (
            FetchFailure::NoAddress(DnsFailure::NoData),
            CheckOutcome::Unreachable,
            true,
            "no address",
        ),
        (
            FetchFailure::NoAddress(DnsFailure::ServFail),
            CheckOutcome::DnsError,
            true,
            "looked up",
        ),
        (
            FetchFailure::NoAddress(DnsFailure::Loop),
            CheckOutcome::DnsError,
            false,
            "circle",
        ),
        (
            FetchFailure::NoAddress(DnsFailure::Timeout),
            CheckOutcome::Timeout,
            true,
            "too long",
        ),
    ] {
        let result = done(begin().on_failure(failure));
        assert_eq!(
            (result.outcome, result.retryable),
            (outcome, retryable),
            "{failure:?}"
        );
        assert!(result.message.contains(hint), "{}", result.message);
    }
}

proptest! {
    #[test]
    fn only_the_trimmed_value_under_status_200_verifies(
        status in prop_oneof![Just(200u16), any::<u16>()],
        body in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..80),
            "[ \t\r\n]{0,3}"
                .prop_map(|space| format!("{space}{}{space}", challenge().value()).into_bytes()),
            ".{0,2}".prop_map(|around| format!("{}{around}", challenge().value()).into_bytes()),
        ],
    ) {
        let text = std::str::from_utf8(&body).map(str::trim_ascii);
        let expected = status == 200 && text.is_ok_and(|text| text == challenge().value());
        let verified = match begin().on_response(&response(status, &body)) {
            Next::Done(result) => result.is_verified(),
            Next::Fetch(_) => false,
        };
        prop_assert_eq!(verified, expected);
    }

    #[test]
    fn every_check_ends_and_stays_on_its_host(
        steps in proptest::collection::vec((0usize..6, "(https?://example\\.com|)/[a-z]{0,5}"), 20),
    ) {
        let mut check = begin();
        let mut requests = 0;
        for (step, location) in steps {
            requests += 1;
            let url = check.url();
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            prop_assert!(rest.is_some_and(|rest| rest.starts_with("example.com/")));
            let next = match step {
                0 => check.on_failure(FetchFailure::Timeout),
                1 => check.on_failure(FetchFailure::Unreachable),
                2 => check.on_response(&response(404, b"")),
                _ => check.on_response(&redirect(302, &location)),
            };
            match next {
                Next::Done(_) => return Ok(()),
                Next::Fetch(further) => check = further,
            }
            prop_assert!(requests < 8, "a check makes eight requests at most");
        }
    }
}
