//! What a tenant's back end hears, on a developer's machine: the server in `xtask/runner/peers` takes
//! the demo organisation's webhooks and checks them, this page shows them. Not part of a deployed
//! build.

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use maud::{Markup, html};
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::exchange::ProviderRequest;
use proof_pages::parts::{Sign, Weight, chip};
use proof_pages::{Page, Tone, Words};
use serde::{Deserialize, Serialize};

use crate::peers::{ask, at, part};

/// What the receiver does with what comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Manner {
    Take,
    Fail,
    Gone,
    Slow,
}

impl Manner {
    const ALL: [Self; 4] = [Self::Take, Self::Fail, Self::Gone, Self::Slow];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Fail => "fail",
            Self::Gone => "gone",
            Self::Slow => "slow",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Take => "Take it: 200",
            Self::Fail => "Break: 500",
            Self::Gone => "Be gone: 410",
            Self::Slow => "Be too slow",
        }
    }

    const fn follows(self) -> &'static str {
        match self {
            Self::Take => "What comes is taken, and the endpoint is on.",
            Self::Fail => {
                "What comes is tried again after about half a minute, and then after five."
            }
            Self::Gone => {
                "The next delivery switches the endpoint off. Taking it again switches it on."
            }
            Self::Slow => "Fifteen seconds without an answer are a failure like any other.",
        }
    }
}

/// One delivery as it arrived.
#[derive(Debug, Deserialize)]
struct Received {
    at: String,
    environment: String,
    #[serde(default)]
    event: Option<String>,
    /// Why the published library does not believe it.
    #[serde(default)]
    problem: Option<String>,
    /// What was answered, unless that came too late.
    #[serde(default)]
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: String,
}

#[derive(Debug, Deserialize)]
struct Receiver {
    manner: Manner,
    url: String,
    received: Vec<Received>,
}

/// Everything that has arrived.
pub(crate) async fn show(scope: Scope) -> Result<Answer, Failure> {
    let receiver: Receiver = ask(ProviderRequest::get(at(&scope, "hooks")?)).await?;
    Ok(Answer::page(page(&receiver), &[]))
}

/// Has a test event sent.
pub(crate) async fn send(scope: Scope) -> Result<Answer, Failure> {
    tell(&scope, "hooks/send").await
}

/// Tells the receiver what to do from now on.
pub(crate) async fn behave(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let wanted = part(&parameters, "manner");
    let manner = Manner::ALL.into_iter().find(|one| one.as_str() == wanted);
    let manner = manner.ok_or_else(proof_domain::error::ApiError::not_found)?;
    tell(&scope, &format!("hooks/manner/{}", manner.as_str())).await
}

async fn tell(scope: &Scope, path: &str) -> Result<Answer, Failure> {
    let _: Receiver = ask(ProviderRequest::post_json(at(scope, path)?, &())).await?;
    Ok(Answer::empty(StatusCode::SEE_OTHER).with(header::LOCATION, "/dev/webhooks"))
}

fn page(receiver: &Receiver) -> String {
    let body = html! {
        p.muted {
            "What a tenant's server hears. This one belongs to the demo organisation and listens at "
            span.mono { (receiver.url) } "; it checks every delivery with the "
            span.mono { "standardwebhooks" } " package."
        }
        form method="post" action="/dev/webhooks/send" {
            button.button.primary type="submit" { "Send a test event" }
        }
        section {
            h2 { "What it does with them" }
            ul.rows {
                @for one in Manner::ALL { (choice(one, one == receiver.manner)) }
            }
        }
        @if receiver.received.is_empty() {
            section.empty {
                p { "Nothing yet." }
                p.muted { "Complete a verification of the demo organisation, or send a test event." }
            }
        } @else {
            ol.messages {
                @for delivery in &receiver.received { (card(delivery)) }
            }
        }
        p.muted { "This page does not change by itself. " a href="" { "Look again" } }
    };
    Page::new(Words::preferred("en"), Tone::Asking, "Webhooks").render(&body)
}

fn choice(manner: Manner, chosen: bool) -> Markup {
    html! {
        li.row {
            div.row-text {
                strong { (manner.word()) }
                @if chosen { (chip(Weight::Good, Sign::Check, "Now")) }
                p.muted { (manner.follows()) }
            }
            @if !chosen {
                form method="post" action={ "/dev/webhooks/manner/" (manner.as_str()) } {
                    button.button type="submit" aria-label={ "Choose: " (manner.word()) } { "Choose" }
                }
            }
        }
    }
}

fn card(delivery: &Received) -> Markup {
    html! {
        li.card {
            h2 { (delivery.event.as_deref().unwrap_or("Not an event")) }
            div.row-text {
                @match &delivery.problem {
                    None => (chip(Weight::Good, Sign::Check, "Signature right")),
                    Some(why) => (chip(Weight::Bad, Sign::Cross, &format!("Not believed: {why}"))),
                }
                @match delivery.status {
                    Some(200) => (chip(Weight::Plain, Sign::Check, "Answered 200")),
                    Some(status) => (chip(Weight::Warn, Sign::Again, &format!("Answered {status}"))),
                    None => (chip(Weight::Warn, Sign::Clock, "Answered too late")),
                }
            }
            p.muted { (delivery.environment) " · " time datetime=(delivery.at) { (delivery.at) } }
            details.more {
                summary { "Headers and body" }
                dl.pairs {
                    @for (name, value) in &delivery.headers {
                        div { dt { (name) } dd.mono { (value) } }
                    }
                }
                pre.message-text.mono { (delivery.body) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(problem: Option<&str>, status: Option<u16>) -> String {
        let delivery = Received {
            at: "2026-11-21T12:00:00Z".into(),
            environment: "test".into(),
            event: Some("<b>event</b>".into()),
            problem: problem.map(str::to_owned),
            status,
            headers: vec![("webhook-id".into(), "<i>".into())],
            body: "</pre><script>alert(1)</script>".into(),
        };
        card(&delivery).into_string()
    }

    #[test]
    fn what_arrived_is_text_and_nothing_else() {
        let card = shown(Some("<u>"), Some(200));
        for markup in ["<b>", "<i>", "<u>", "<script>"] {
            assert!(!card.contains(markup), "{card}");
        }
    }

    #[test]
    fn what_is_not_believed_is_said() {
        assert!(shown(None, Some(200)).contains("Signature right"));
        assert!(shown(Some("No matching signature"), None).contains("Not believed: No matching"));
        assert!(shown(None, None).contains("Answered too late"));
    }
}
