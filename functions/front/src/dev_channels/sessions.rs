//! Sessions that begin with the phone, tried in the same way.

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use maud::html;
use proof_domain::error::ApiError;
use proof_domain::session::{SessionId, SessionStatus, SessionView};
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::exchange::ProviderRequest;
use proof_pages::parts::{Sign, Weight, chip};
use serde::{Deserialize, Serialize};

use super::play;
use super::views::{buttons, page, proof_card, tone_of};
use crate::peers::{ask, part};

/// A session under way, and what the made-up person can do about it.
#[derive(Debug, Deserialize)]
struct SessionScene {
    session: SessionView,
    #[serde(default)]
    part: Option<String>,
    #[serde(default)]
    said: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Wish<'a> {
    channel: &'a str,
}

/// Begins a session.
pub(crate) async fn begin(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let wish = Wish {
        channel: part(&parameters, "channel"),
    };
    let scene = ask(ProviderRequest::post_json(play(&scope, "sessions")?, &wish)).await?;
    Ok(see(&scene))
}

/// One session.
pub(crate) async fn show(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let path = format!("sessions/{}", id(&parameters)?);
    let scene = ask(ProviderRequest::get(play(&scope, &path)?)).await?;
    Ok(Answer::page(scene_page(&scene), &[]))
}

/// Plays the person's part.
pub(crate) async fn answer(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let path = format!("sessions/{}/answer", id(&parameters)?);
    let scene = ask(ProviderRequest::post_json(play(&scope, &path)?, &())).await?;
    Ok(see(&scene))
}

fn see(scene: &SessionScene) -> Answer {
    let place = format!("/dev/sessions/{}", scene.session.id);
    Answer::empty(StatusCode::SEE_OTHER).with(header::LOCATION, &place)
}

fn id(parameters: &RawPathParams) -> Result<SessionId, ApiError> {
    SessionId::parse(part(parameters, "id")).ok_or_else(ApiError::not_found)
}

fn scene_page(scene: &SessionScene) -> String {
    let session = &scene.session;
    let (weight, icon, word) = match session.status {
        SessionStatus::Pending => (Weight::Plain, Sign::Clock, "Waiting for the person"),
        SessionStatus::Verified => (Weight::Good, Sign::Check, "Verified"),
        SessionStatus::Failed => (Weight::Bad, Sign::Cross, "Failed"),
        SessionStatus::Expired => (Weight::Warn, Sign::Clock, "Expired"),
    };
    let body = html! {
        p { (chip(weight, icon, word)) }
        dl.pairs {
            div { dt { "Session" } dd.mono { (session.id) } }
            @if let Some(number) = &session.phone_number {
                div { dt { "Number" } dd.mono { (number) } }
            }
            @if let Some(verification) = &session.verification_id {
                div { dt { "Verification" } dd.mono { (verification) } }
            }
        }
        @if let (Some(picture), Some(link)) = (&session.qr_svg_url, &session.deep_link) {
            section.card {
                h2 { "What the person sees" }
                @if let Some(words) = &session.instructions { p { (words) } }
                img.qr src=(picture) alt="QR code of the link below" width="240" height="240";
                p.muted.mono { (link) }
            }
        }
        @for said in &scene.said { p.note { (said) } }
        (buttons(&format!("/dev/sessions/{}", session.id), scene.part.as_deref(), None))
        (proof_card(session.proof.as_ref()))
        p { a href="/dev/channels" { "All channels" } }
    };
    let tone = tone_of(session.status == SessionStatus::Verified);
    page("A session begun on the phone", tone, &body)
}
