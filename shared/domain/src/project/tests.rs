//! Settings, and the addresses to which people are led back.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OWN: &str = "proof.test-host.com";

fn plan(body: Value) -> Result<ProjectChange, ApiError> {
    let update: UpdateProject = serde_json::from_value(body).unwrap();
    update.plan(OWN)
}

fn refused(body: Value) -> String {
    plan(body).unwrap_err().details.remove(0).field
}

fn project(urls: &[&str]) -> Project {
    Project {
        redirect_urls: urls
            .iter()
            .map(|url| RedirectUrl::parse(url, OWN).unwrap())
            .collect(),
        ..Project::default()
    }
}

fn goes(project: &Project, url: &str) -> bool {
    project.allows_redirect(url, Environment::Live).is_ok()
}

// --- settings ---------------------------------------------------------------------------------

#[test]
fn what_is_not_named_stays_and_null_takes_away() {
    let nothing = plan(json!({})).unwrap();
    assert_eq!(nothing, ProjectChange::default());
    let cleared = plan(json!({"name": null, "branding": null, "redirect_urls": null})).unwrap();
    assert_eq!(cleared.name, Patch::Clear);
    assert_eq!(cleared.accent, Patch::Clear);
    assert_eq!(cleared.radius, Patch::Clear);
    assert_eq!(cleared.logo, Patch::Clear);
    assert_eq!(cleared.redirect_urls, Patch::Clear);
    let some = plan(json!({"branding": {"radius": 0, "accent": null}})).unwrap();
    assert_eq!((some.radius, some.accent), (Patch::Set(0), Patch::Clear));
    assert!(some.logo.is_keep());
    for odd in [
        json!({"x": 1}),
        json!({"branding": {"logo_url": ""}}),
        json!({"id": "1"}),
    ] {
        assert!(serde_json::from_value::<UpdateProject>(odd).is_err());
    }
}

#[test]
fn names_are_read_as_they_are_written() {
    for name in [
        "Acme",
        " Acme ",
        "Žalgirio 9",
        "شركة",
        "Acme 👩\u{200d}🚀",
        "株式会社",
        "7",
        "<b>&\"'",
    ] {
        let change = plan(json!({"name": name})).unwrap();
        assert_eq!(change.name, Patch::Set(name.trim().to_owned()));
    }
    let long = "ž".repeat(101);
    for name in [
        "",
        " ",
        "a\nb",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\0",
        "a\u{200b}",
        "\u{feff}a",
        "a\u{85}b",
        "\u{3164}",
        "-",
        "🚀",
        "\u{200d}",
        &long,
    ] {
        assert_eq!(refused(json!({"name": name})), "name", "{name:?}");
    }
    assert!(plan(json!({"name": "ž".repeat(100)})).is_ok());
}

#[test]
fn a_colour_is_six_digits_and_nothing_else() {
    let change = plan(json!({"branding": {"accent": "#0B5fFf"}})).unwrap();
    assert_eq!(change.accent, Patch::Set("#0b5fff".into()));
    for accent in [
        "",
        "#",
        "red",
        "#fff",
        "0b5fff",
        "#0b5fff ",
        "#0b5fff;",
        "#0b5ffg",
        "#0b5fff00",
        "red;background:url(//sink)",
        "#fff}*{",
        "</style><script>",
        "#ääää",
        "#１２３４５６",
    ] {
        assert_eq!(
            refused(json!({"branding": {"accent": accent}})),
            "branding.accent",
            "{accent}"
        );
    }
}

#[test]
fn corners_have_a_limit() {
    assert!(plan(json!({"branding": {"radius": 24}})).is_ok());
    assert_eq!(
        refused(json!({"branding": {"radius": 25}})),
        "branding.radius"
    );
    for odd in [json!(-1), json!(1.5), json!("8"), json!(256), json!([8])] {
        let body = json!({"branding": {"radius": odd}});
        assert!(serde_json::from_value::<UpdateProject>(body).is_err());
    }
}

#[test]
fn addresses_are_counted_and_named() {
    let many: Vec<_> = (0..21)
        .map(|n| format!("https://a.test-host.com/{n}"))
        .collect();
    assert_eq!(refused(json!({"redirect_urls": many})), "redirect_urls");
    assert!(plan(json!({"redirect_urls": many[..20]})).is_ok());
    let body = json!({"redirect_urls": ["https://a.test-host.com", "javascript:alert(1)"]});
    assert_eq!(refused(body), "redirect_urls[1]");
    let twice =
        json!({"redirect_urls": ["https://A.test-host.com:443", "https://a.test-host.com/"]});
    assert_eq!(plan(twice).unwrap().redirect_urls.value().unwrap().len(), 1);
}

#[test]
fn the_view_gives_the_picture_an_address() {
    let mut project = project(&["https://app.test-host.com/back"]);
    project.name = "Acme".into();
    project.branding.logo = Some("ab".repeat(16));
    let view = project.view("https://proof.test-host.com");
    assert_eq!(
        serde_json::to_value(&view).unwrap(),
        json!({
            "name": "Acme",
            "branding": {
                "logo_url": format!("https://proof.test-host.com/verify/logos/{}.png", "ab".repeat(16)),
            },
            "redirect_urls": ["https://app.test-host.com/back"],
        })
    );
}

// --- addresses --------------------------------------------------------------------------------

#[test]
fn what_may_be_registered() {
    for (raw, normal) in [
        ("https://app.test-host.com", "https://app.test-host.com/"),
        (
            "HTTPS://APP.Test-Host.com:443/Back",
            "https://app.test-host.com/Back",
        ),
        (
            "https://app.test-host.com:8443/a/",
            "https://app.test-host.com:8443/a/",
        ),
        (
            "https://žalgiris.test-host.com/ž",
            "https://xn--algiris-9fc.test-host.com/%C5%BE",
        ),
        ("http://localhost:3000/back", "http://localhost:3000/back"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/"),
        ("http://[::1]:3000/", "http://[::1]:3000/"),
        ("https://10.0.0.7/", "https://10.0.0.7/"),
    ] {
        let url = RedirectUrl::parse(raw, OWN).map(String::from);
        // The name of the host is encoded by the rules for names; only its first part is pinned here.
        if raw.contains("žalgiris") {
            let url = url.unwrap();
            assert!(
                url.starts_with("https://xn--") && url.ends_with("/%C5%BE"),
                "{url}"
            );
        } else {
            assert_eq!(url.as_deref(), Ok(normal), "{raw}");
        }
    }
}

/// Addresses by which somebody else would be reached, or something else done.
const HOSTILE: &[&str] = &[
    "",
    "/",
    "//evil.com",
    "///evil.com",
    "https:",
    "https:/app.test-host.com/back",
    "https:app.test-host.com/back",
    "https://",
    "https:///app.test-host.com/back",
    "https:\\\\app.test-host.com\\back",
    "https://app.test-host.com\\@evil.com/back",
    "https://app.test-host.com@evil.com/back",
    "https://app.test-host.com:443@evil.com/back",
    "https://user:pass@app.test-host.com/back",
    "https://@app.test-host.com/back",
    "https://app.test-host.com.evil.com/back",
    "https://evil.com/app.test-host.com/back",
    "https://evilapp.test-host.com/back",
    "https://app.test-host.com:444/back",
    "https://app.test-host.com:/../back",
    "https://test-host.com/back",
    "https://sub.app.test-host.com/back",
    "http://app.test-host.com/back",
    "ftp://app.test-host.com/back",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "javascript://app.test-host.com/back%0aalert(1)",
    "java\tscript:alert(1)",
    "\u{1}javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///back",
    "blob:https://app.test-host.com/back",
    "view-source:https://app.test-host.com/back",
    "intent://app.test-host.com/back#Intent;end",
    "https://app.test-host.com/backdoor",
    "https://app.test-host.com/back%2f",
    "https://app.test-host.com/back/../admin",
    "https://app.test-host.com/back/..",
    "https://app.test-host.com/back/.",
    "https://app.test-host.com/back/%2e%2e/admin",
    "https://app.test-host.com/back/.%2E/admin",
    "https://app.test-host.com/back/..%2fadmin",
    "https://app.test-host.com/back/..%5cadmin",
    "https://app.test-host.com/back/%252e%252e/admin",
    "https://app.test-host.com/back/..;/../admin",
    "https://app.test-host.com/back\\..\\admin",
    "https://app.test-host.com/back//evil.com",
    "https://app.test-host.com//back",
    "https://app.test-host.com/BACK",
    "https://app.test-host.com/bac%6b",
    "https://app.test-host.com/back%",
    "https://app.test-host.com/back/%0d%0aLocation:x",
    "https://app.test-host.com/back/\r\nLocation: x",
    "https://app.test-host.com/back/ x",
    " https://app.test-host.com/back",
    "https://app.test-host.com/back\n",
    "https://app.test-host.com/back#fragment",
    "https://app.test-host.com/back?x#fragment",
    "https://app.test-host.com?/back",
    "https://app.test-host.com",
    "https://app\u{ad}.test-host.com.evil.com/back",
    "https://app.test-host.com\u{2f}\u{2f}back",
    "https://ａｐｐ.test-host.com/%62ack",
    "https://app.test-host.com。evil.com/back",
    "https://app.test-host.com%2eevil.com/back",
    "https://app.test-host.com%00.evil.com/back",
    "https://[app.test-host.com]/back",
    "http://localhost/back",
    "http://127.0.0.1/back",
    "http://2130706433/back",
];

#[test]
fn nobody_is_led_astray() {
    let project = project(&["https://app.test-host.com/back"]);
    for url in HOSTILE {
        for environment in [Environment::Live, Environment::Test] {
            let error = project.allows_redirect(url, environment).expect_err(url);
            assert_eq!(error.details[0].field, "redirect_url");
        }
    }
    for url in HOSTILE {
        assert!(!goes(&Project::default(), url), "{url}");
    }
    assert!(!goes(&Project::default(), "https://app.test-host.com/back"));
}

#[test]
fn the_address_itself_and_what_is_below_it() {
    let app = project(&["https://app.test-host.com/back"]);
    for (url, normal) in [
        (
            "https://app.test-host.com/back",
            "https://app.test-host.com/back",
        ),
        (
            "https://APP.test-host.com:443/back",
            "https://app.test-host.com/back",
        ),
        (
            "https://app.test-host.com/back?user=1&x=%2F..",
            "https://app.test-host.com/back?user=1&x=%2F..",
        ),
        (
            "https://app.test-host.com/back/",
            "https://app.test-host.com/back/",
        ),
        (
            "https://app.test-host.com/back/a/b?next=//evil.com",
            "https://app.test-host.com/back/a/b?next=//evil.com",
        ),
    ] {
        let allowed = app.allows_redirect(url, Environment::Live);
        assert_eq!(allowed.as_deref(), Ok(normal));
    }
    let slash = project(&["https://app.test-host.com/back/"]);
    assert!(goes(&slash, "https://app.test-host.com/back/x"));
    assert!(!goes(&slash, "https://app.test-host.com/backx"));
    let whole = project(&["https://app.test-host.com"]);
    for url in [
        "https://app.test-host.com",
        "https://app.test-host.com/any/path?x",
    ] {
        assert!(goes(&whole, url), "{url}");
    }
    assert!(!goes(&whole, "https://app.test-host.com.evil.com"));
}

#[test]
fn ones_own_machine_counts_in_test_mode_only() {
    for url in [
        "http://localhost:3000/x",
        "http://127.0.0.1:3000/x",
        "http://[::1]:3000/x",
    ] {
        let app = project(&[url]);
        assert!(app.allows_redirect(url, Environment::Test).is_ok());
        assert!(app.allows_redirect(url, Environment::Live).is_err());
    }
    for url in [
        "http://localhost.evil.com/",
        "http://evil.localhost/",
        "http://127.0.0.2/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.1/",
        "http://app.test-host.com/",
    ] {
        assert!(RedirectUrl::parse(url, OWN).is_err(), "{url}");
    }
}

#[test]
fn nobody_is_led_back_here() {
    for url in [
        "https://proof.test-host.com/verify/1",
        "https://PROOF.test-host.com./",
        "https://x.proof.test-host.com:8443/",
    ] {
        assert_eq!(
            RedirectUrl::parse(url, OWN),
            Err(redirect::RedirectError::OwnHost),
            "{url}"
        );
    }
    assert!(RedirectUrl::parse("https://myproof.test-host.com/", OWN).is_ok());
    assert!(RedirectUrl::parse("http://localhost:1/", "localhost").is_ok());
    assert_eq!(
        RedirectUrl::parse("https://a.test-host.com/?x", OWN),
        Err(redirect::RedirectError::Query)
    );
}

proptest! {
    /// Whatever is allowed has the registered origin when a browser reads it, and its path.
    #[test]
    fn what_is_allowed_is_where_it_says(
        url in prop_oneof![
            "\\PC{0,60}",
            "https://app\\.test-host\\.com[/\\\\@:.%a-z0-9?#;&=\\t ]{0,30}",
            "https?:[/\\\\]{0,3}[a-z@.:]{0,10}app\\.test-host\\.com[\\PC]{0,20}",
            "https://app\\.test-host\\.com/back\\PC{0,20}",
        ]
    ) {
        let project = project(&["https://app.test-host.com/back"]);
        if let Ok(allowed) = project.allows_redirect(&url, Environment::Live) {
            let read = url::Url::parse(&allowed).unwrap();
            prop_assert_eq!(read.origin().ascii_serialization(), "https://app.test-host.com");
            prop_assert!(read.path() == "/back" || read.path().starts_with("/back/"));
            prop_assert!(read.username().is_empty() && read.password().is_none());
            prop_assert!(read.fragment().is_none());
            prop_assert_eq!(read.as_str(), &allowed);
            // It stays what it is, however often it is judged.
            let again = project.allows_redirect(&allowed, Environment::Live);
            prop_assert_eq!(again.unwrap(), allowed);
        }
    }

    #[test]
    fn whatever_is_below_is_allowed(path in "(/[a-zA-Z0-9_~-]{1,8}){0,5}/?", query in "(\\?[a-z=&%0-9]{0,20})?") {
        let project = project(&["https://app.test-host.com/back"]);
        let url = format!("https://app.test-host.com/back{path}{query}");
        prop_assert!(goes(&project, &url), "{}", url);
    }

    #[test]
    fn registering_never_panics(url in "\\PC{0,80}") {
        if let Ok(known) = RedirectUrl::parse(&url, OWN) {
            prop_assert_eq!(RedirectUrl::parse(known.as_str(), OWN), Ok(known));
        }
    }
}
