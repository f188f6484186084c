//! Every channel on a developer's machine, to be tried without any account: the servers in
//! `xtask/runner/peers` play the providers and the person, this module shows it. Not part of a
//! deployed build.

pub(crate) mod sessions;
mod views;

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::ApiError;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::exchange::ProviderRequest;
use serde::{Deserialize, Serialize};

use crate::peers::{ask, at, part};

/// One channel of one type, as the players have it.
#[derive(Debug, Deserialize)]
struct Offer {
    #[serde(rename = "type")]
    kind: AssetType,
    channel: Channel,
    /// Whether it can be used live now.
    live: bool,
    #[serde(default)]
    missing: Vec<String>,
    /// Whether somebody here plays the person's part.
    playable: bool,
    /// Whether it can begin with the phone.
    #[serde(default)]
    sessions: bool,
}

#[derive(Debug, Deserialize)]
struct Offers {
    channels: Vec<Offer>,
}

/// A verification under way, and what the made-up person can do about it.
#[derive(Debug, Deserialize)]
struct Scene {
    verification: proof_domain::verification::VerificationView,
    /// What pressing the button does, while there is something to do.
    #[serde(default)]
    part: Option<String>,
    /// A page that the person can open instead.
    #[serde(default)]
    open: Option<String>,
    /// What was said on the way, oldest first.
    #[serde(default)]
    said: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Wish<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    channel: &'a str,
}

/// All channels.
pub(crate) async fn list(scope: Scope) -> Result<Answer, Failure> {
    let offers: Offers = ask(ProviderRequest::get(play(&scope, "channels")?)).await?;
    Ok(Answer::page(views::list(&offers), &[]))
}

/// Begins a verification of a made-up person's.
pub(crate) async fn begin(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let wish = Wish {
        kind: part(&parameters, "type"),
        channel: part(&parameters, "channel"),
    };
    let scene: Scene = ask(ProviderRequest::post_json(
        play(&scope, "verifications")?,
        &wish,
    ))
    .await?;
    Ok(see(&scene))
}

/// One verification.
pub(crate) async fn show(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let path = format!("verifications/{}", id(&parameters)?);
    let scene: Scene = ask(ProviderRequest::get(play(&scope, &path)?)).await?;
    Ok(Answer::page(views::scene(&scene), &[]))
}

/// Plays the person's part.
pub(crate) async fn answer(scope: Scope, parameters: RawPathParams) -> Result<Answer, Failure> {
    let path = format!("verifications/{}/answer", id(&parameters)?);
    let scene: Scene = ask(ProviderRequest::post_json(play(&scope, &path)?, &())).await?;
    Ok(see(&scene))
}

fn see(scene: &Scene) -> Answer {
    let place = format!("/dev/channels/{}", scene.verification.id);
    Answer::empty(StatusCode::SEE_OTHER).with(header::LOCATION, &place)
}

fn id(parameters: &RawPathParams) -> Result<proof_domain::id::Id, ApiError> {
    proof_domain::id::Id::parse(part(parameters, "id")).ok_or_else(ApiError::not_found)
}

fn play(scope: &Scope, path: &str) -> Result<String, ApiError> {
    at(scope, &format!("play/{path}"))
}
