//! The page behind the link in an e-mail. Opening it shows who asks and what for, and changes
//! nothing: mail scanners open every link, some of them twenty times. The button confirms.

use http::StatusCode;
use maud::{Markup, html};
use proof_domain::asset::AssetType;
use proof_domain::verification::{LinkStanding, LinkView};
use proof_edge::auth::Anyone;
use proof_edge::extract::{PathId, Query};
use proof_edge::form::{Fields, Form};
use proof_edge::objects::Verifications;
use proof_edge::{Answer, Failure, Scope};
use proof_pages::{Tone, Words, frame};

use crate::pages::{notice, way_back, words};

/// The link was opened.
pub(crate) async fn show(scope: Scope, id: Result<PathId, Failure>, Query(query): Query) -> Answer {
    answer(&scope, id, &Fields::read(query.as_bytes()), Press::Opened).await
}

/// The button was pressed.
pub(crate) async fn confirm(scope: Scope, id: Result<PathId, Failure>, Form(form): Form) -> Answer {
    answer(&scope, id, &form, Press::Pressed).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Opened,
    Pressed,
}

/// Whatever goes wrong is a page too: people are here.
async fn answer(
    scope: &Scope,
    id: Result<PathId, Failure>,
    fields: &Fields,
    press: Press,
) -> Answer {
    let (Ok(PathId(id)), Some(token)) = (id, fields.one("token")) else {
        return unknown(scope);
    };
    if let Err(error) = Anyone::admit(scope).await {
        return unavailable(scope, error.code.status());
    }
    let objects = Verifications::of(scope);
    let view = match press {
        Press::Opened => objects.open_link(id, token.to_owned()).await,
        Press::Pressed => objects.confirm(id, token.to_owned()).await,
    };
    match view {
        Ok(Some(view)) => page(scope, &view, token),
        Ok(None) => unknown(scope),
        Err(error) => unavailable(scope, error.code.status()),
    }
}

/// Not this verification's link, or not its newest. It does not tell which.
fn unknown(scope: &Scope) -> Answer {
    notice(
        scope,
        StatusCode::NOT_FOUND,
        Tone::Stopped,
        "confirm-unknown",
    )
}

fn unavailable(scope: &Scope, status: u16) -> Answer {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    notice(scope, status, Tone::Stopped, "confirm-unavailable")
}

fn page(scope: &Scope, view: &LinkView, token: &str) -> Answer {
    match view.standing {
        LinkStanding::Asking => asking(words(scope), view, token),
        LinkStanding::Confirmed => done(words(scope), view, "confirm-done"),
        LinkStanding::Done => done(words(scope), view, "confirm-before"),
        LinkStanding::Expired => notice(scope, StatusCode::GONE, Tone::Stopped, "confirm-expired"),
        LinkStanding::Failed => notice(scope, StatusCode::GONE, Tone::Stopped, "confirm-failed"),
    }
}

fn asking(words: Words, view: &LinkView, token: &str) -> Answer {
    let asked = match view.kind {
        AssetType::Domain => "confirm-asks-domain",
        _ => "confirm-asks-email",
    };
    let body = html! {
        p { (who_asks(words, view, asked)) }
        dl.pairs {
            div { dt.muted { (words.say("confirm-asset")) } dd { bdi { (view.identifier) } } }
            @if view.recipient != view.identifier {
                div { dt.muted { (words.say("confirm-mailbox")) } dd { bdi { (view.recipient) } } }
            }
            div { dt.muted { (words.say("confirm-learns")) } dd { (words.say("confirm-learns-what")) } }
            div {
                dt.muted { (words.say("confirm-until")) }
                dd { time datetime=(view.expires_at) { (until(view)) } }
            }
        }
        form method="post" {
            input type="hidden" name="token" value=(token);
            button.button.primary.wide type="submit" { (words.say("confirm-button")) }
        }
        p.muted { (words.say("confirm-not-you")) }
    };
    let title = words.say("confirm-title");
    Answer::page(frame(words, Tone::Asking, &title, &body), &[])
}

fn done(words: Words, view: &LinkView, key: &str) -> Answer {
    // A domain's mailbox may be read by somebody else than the person who is asked, and the address
    // of the request's page lets whoever has it in.
    let request = view.request_id.filter(|_| view.kind != AssetType::Domain);
    let body = html! {
        p { (who_asks(words, view, &format!("{key}-text"))) }
        (way_back(words, request, "confirm-close"))
    };
    let title = words.say(&format!("{key}-title"));
    Answer::page(frame(words, Tone::Done, &title, &body), &[])
}

/// A sentence with the names that others chose in it.
fn who_asks(words: Words, view: &LinkView, key: &str) -> Markup {
    let somebody = words.say("confirm-somebody");
    let organisation = if view.organisation_name.trim().is_empty() {
        &somebody
    } else {
        &view.organisation_name
    };
    let values = [
        ("organisation", organisation.as_str()),
        ("asset", view.identifier.as_str()),
    ];
    html! { (words.with(key, &values)) }
}

/// Day and time in UTC; what a browser shows of it is its own affair.
fn until(view: &LinkView) -> String {
    let text = view.expires_at.to_string();
    let (day, time) = text.split_once('T').unwrap_or((&text, ""));
    format!("{day} {} UTC", time.get(..5).unwrap_or(time))
}
