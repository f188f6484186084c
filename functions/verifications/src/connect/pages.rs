//! The pages of signing in. Who asks, for which account, what they will see, and one button.

use http::{StatusCode, header};
use maud::{Markup, html};
use proof_domain::identifier;
use proof_domain::verification::{AccountProblem, SignInView, Status};
use proof_edge::{Answer, Scope};
use proof_evidence::oauth::provider_of;
use proof_pages::{Tone, Words, frame};

use crate::pages::{or_back, way_back, words};

/// The page of a verification as it stands.
pub(super) fn of_state(scope: &Scope, view: &SignInView) -> Answer {
    let words = words(scope);
    match view.status {
        Status::Pending => give(scope, asking(words, view, minutes_left(scope, view))),
        Status::Verified => give(scope, done(words, view)),
        Status::Revoked => give(scope, over(words, view, "connect-withdrawn")),
        Status::Failed | Status::Expired => {
            give(scope, over(words, view, "connect-over")).status(StatusCode::BAD_REQUEST)
        }
    }
}

/// The person signed in with another account. Only the person is told with which.
pub(super) fn another_account(scope: &Scope, view: &SignInView, used: &str) -> Answer {
    let words = words(scope);
    let values = values(view);
    let body = html! {
        p.note.warn { (words.with("connect-another-text", &values)) }
        dl.pairs {
            div { dt.muted { (words.say("connect-used")) } dd.mono { (used) } }
            div { dt.muted { (words.say("connect-wanted")) } dd.mono { (account(view)) } }
        }
        p { (words.with("connect-another-hint", &values)) }
        (again(words, view))
    };
    give(
        scope,
        frame(
            words,
            Tone::Stopped,
            &words.say("connect-another-title"),
            &body,
        ),
    )
}

/// Nobody is known to have signed in.
pub(super) fn failed(scope: &Scope, view: &SignInView, problem: AccountProblem) -> Answer {
    let words = words(scope);
    let key = format!("connect-{}", problem.as_str().replace('_', "-"));
    let body = html! {
        p { (words.with(&format!("{key}-text"), &values(view))) }
        (again(words, view))
    };
    let title = words.with(&format!("{key}-title"), &values(view));
    give(scope, frame(words, Tone::Stopped, &title, &body))
}

fn asking(words: Words, view: &SignInView, minutes: u32) -> String {
    let values = values(view);
    let minutes = minutes.to_string();
    let body = html! {
        @if view.test { p { span.chip.warn { (words.say("connect-test-mode")) } } }
        p { (words.with("connect-asks", &values)) }
        dl.pairs {
            div { dt.muted { (words.say("connect-account")) } dd.mono { (account(view)) } }
            div { dt.muted { (words.say("connect-they-see")) } dd { (words.with("connect-they-see-text", &values)) } }
            div { dt.muted { (words.say("connect-open-for")) } dd { (words.with("connect-minutes", &[("minutes", &minutes)])) } }
        }
        form method="post" action=(form_target(view)) {
            input type="hidden" name="key" value=(key_of(view));
            @if view.test {
                button.button.primary.wide type="submit" name="complete" value="1" { (words.say("connect-complete-test")) }
            } @else {
                button.button.primary.wide type="submit" { (words.with("connect-continue", &values)) }
            }
        }
        @if view.test {
            p.muted { (words.with("connect-test-text", &values)) }
        } @else {
            p.muted { (words.with("connect-promise", &values)) }
        }
        (or_back(words, view.request_id))
    };
    frame(
        words,
        Tone::Asking,
        &words.with("connect-title", &values),
        &body,
    )
}

fn done(words: Words, view: &SignInView) -> String {
    let values = values(view);
    let body = html! {
        p { (words.with("connect-done-text", &values)) }
        dl.pairs {
            div { dt.muted { (words.say("connect-account")) } dd.mono { (account(view)) } }
            div { dt.muted { (words.say("connect-provider")) } dd { (provider(view)) } }
        }
        (way_back(words, view.request_id, "connect-close"))
    };
    frame(words, Tone::Done, &words.say("connect-done-title"), &body)
}

fn over(words: Words, view: &SignInView, key: &str) -> String {
    let body = html! {
        p { (words.with(&format!("{key}-text"), &values(view))) }
        @if view.request_id.is_some() { (way_back(words, view.request_id, "connect-close")) }
    };
    frame(
        words,
        Tone::Stopped,
        &words.say(&format!("{key}-title")),
        &body,
    )
}

fn again(words: Words, view: &SignInView) -> Markup {
    html! {
        p { a.button.primary.wide href=(view.auth_url) { (words.say("connect-again")) } }
        (or_back(words, view.request_id))
    }
}

/// The button leads on to the provider, which sends people through hosts of its own before it shows
/// a page; a policy with one address in it would stop them there. The address of the page holds its
/// key, so it is told to nobody but ourselves.
fn give(scope: &Scope, page: String) -> Answer {
    let targets: &[&str] = if scope.config().public_url.starts_with("https://") {
        &["https:"]
    } else {
        &["https: http:"]
    };
    Answer::page(page, targets).with(header::REFERRER_POLICY, "same-origin")
}

fn values(view: &SignInView) -> [(&'static str, &str); 2] {
    [
        ("organisation", &view.organisation_name),
        ("provider", provider(view)),
    ]
}

/// The account that is asked for. Whoever has the link of a request gets here: an address is no more
/// to be read here than on the request's own page.
fn account(view: &SignInView) -> String {
    if view.request_id.is_some() && identifier::is_personal(view.kind, &view.identifier) {
        identifier::mask(view.kind, &view.identifier)
    } else {
        view.identifier.clone()
    }
}

fn provider(view: &SignInView) -> &'static str {
    provider_of(view.channel).map_or("", |provider| provider.name)
}

fn minutes_left(scope: &Scope, view: &SignInView) -> u32 {
    view.expires_at
        .seconds_since(scope.now())
        .div_ceil(60)
        .max(1)
}

fn key_of(view: &SignInView) -> &str {
    view.auth_url.split_once("?key=").map_or("", |(_, key)| key)
}

fn form_target(view: &SignInView) -> &str {
    view.auth_url.split('?').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::asset::{AssetType, Channel};
    use proof_domain::id::Id;
    use proof_domain::timestamp::Timestamp;

    /// A sign-in that belongs to a request, for an account that goes by an e-mail address.
    fn of_a_request() -> SignInView {
        SignInView {
            identifier: "person@example.com".into(),
            request_id: Some(Id::from_bytes([2; 12])),
            ..view(false)
        }
    }

    fn view(test: bool) -> SignInView {
        SignInView {
            organisation_name: "Acme <b>".into(),
            kind: AssetType::Social,
            channel: Channel::Github,
            identifier: "octocat".into(),
            status: Status::Pending,
            test,
            expires_at: Timestamp::from_seconds(600),
            auth_url: "https://proof.example/connect/0101?key=k3y".into(),
            request_id: None,
        }
    }

    #[test]
    fn the_page_says_who_asks_and_keeps_names_as_text() {
        for language in ["en", "lt"] {
            let page = asking(Words::preferred(language), &view(false), 10);
            assert!(page.contains("Acme &lt;b&gt;") && !page.contains("<b>"));
            assert!(page.contains("GitHub") && page.contains("octocat"));
            assert!(
                page.contains(
                    r#"<form method="post" action="https://proof.example/connect/0101">"#
                )
            );
            assert!(page.contains(r#"value="k3y""#) && !page.contains("complete"));
        }
    }

    #[test]
    fn whoever_comes_from_a_request_gets_back_to_it() {
        let words = Words::preferred("en");
        let back = r#"href="/verify/020202020202020202020202""#;
        let view = of_a_request();
        for page in [asking(words, &view, 10), again(words, &view).into_string()] {
            assert_eq!(page.matches(back).count(), 1, "{page}");
        }
        let alone = SignInView {
            request_id: None,
            ..of_a_request()
        };
        assert!(!asking(words, &alone, 10).contains("/verify/"));
    }

    #[test]
    fn an_address_that_a_request_asks_for_is_masked() {
        let words = Words::preferred("en");
        let view = of_a_request();
        for page in [asking(words, &view, 10), done(words, &view)] {
            assert!(!page.contains("person@") && page.contains("@example.com"));
        }
        let alone = SignInView {
            request_id: None,
            ..of_a_request()
        };
        assert!(asking(words, &alone, 10).contains("person@example.com"));
    }

    #[test]
    fn a_test_never_leads_to_the_provider() {
        let page = asking(Words::preferred("en"), &view(true), 10);
        assert!(page.contains(r#"name="complete""#) && !page.contains("Continue to"));
    }

    #[test]
    fn every_problem_has_its_words() {
        for problem in [
            AccountProblem::Declined,
            AccountProblem::NotAllowed,
            AccountProblem::NoAccount,
            AccountProblem::NotBelieved,
            AccountProblem::ProviderUnavailable,
            AccountProblem::ProviderRefused,
        ] {
            let key = format!("connect-{}-title", problem.as_str().replace('_', "-"));
            assert_ne!(Words::preferred("en").say(&key), key);
        }
    }
}
