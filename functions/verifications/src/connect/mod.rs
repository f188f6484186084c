//! The person's way to a network or exchange and back: a page that says who asks for what, a button
//! that leads to the provider, and the callback. Every outcome is a page; what was sent, what came
//! back and the tokens it was exchanged for are never stored here and never logged.

mod ask;
mod pages;

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::verification::{AccountProblem, Status};
use proof_edge::auth::Anyone;
use proof_edge::config::Config;
use proof_edge::extract::{PathId, Query};
use proof_edge::form::{Fields, Form, was_sent_here};
use proof_edge::log::{self, Event};
use proof_edge::objects::{TakenSignIn, Verifications};
use proof_edge::{Answer, Scope, channels};
use proof_evidence::oauth::{Attempt, Client, Turned, provider_of, turned_back, verification_of};
use proof_pages::Tone;

use crate::pages::notice;
use ask::{problem_of, who_signed_in};

/// The page: what it is about, and the button.
pub(crate) async fn show(
    _: Anyone,
    scope: Scope,
    PathId(id): PathId,
    Query(query): Query,
) -> Answer {
    let fields = Fields::read(query.as_bytes());
    let Some(key) = fields.one("key") else {
        return unknown(&scope);
    };
    match Verifications::of(&scope).show_sign_in(id, key).await {
        Ok(view) => pages::of_state(&scope, &view),
        Err(error) => refused(&scope, id, &error),
    }
}

/// The button was pressed: away to the provider, with secrets of this one attempt.
pub(crate) async fn begin(
    _: Anyone,
    scope: Scope,
    PathId(id): PathId,
    Form(fields): Form,
) -> Answer {
    if !was_sent_here(&scope) {
        return stopped(&scope, "connect-foreign");
    }
    let Some(key) = fields.one("key") else {
        return unknown(&scope);
    };
    let objects = Verifications::of(&scope);
    if fields.one("complete").is_some() {
        return match objects.complete_sign_in_in_test(id, key).await {
            Ok(view) => see_other(&view.auth_url),
            Err(error) => refused(&scope, id, &error),
        };
    }
    let begun = match objects.begin_sign_in(id, key).await {
        Ok(begun) => begun,
        Err(error) => return refused(&scope, id, &error),
    };
    let client = match client(&scope, begun.own.as_deref(), begun.channel).await {
        Ok(client) => client,
        Err(error) => {
            note(id, error.internal.as_deref().unwrap_or(&error.message));
            return failed(&scope, id, AccountProblem::ProviderRefused).await;
        }
    };
    let attempt = Attempt {
        state: begun.state.0,
        verifier: begun.verifier.0,
        nonce: begun.nonce.0,
        cookie: begun.cookie.0,
    };
    let address = client.authorization_url(&attempt, &callback(scope.config(), begun.channel));
    let name = cookie_name(scope.config(), id);
    let secure = if is_secure(scope.config()) {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{name}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
        attempt.cookie, begun.seconds_left
    );
    see_other(&address).with(header::SET_COOKIE, &cookie)
}

/// The person is back from the provider. The state is used up before anybody is asked.
pub(crate) async fn come_back(
    _: Anyone,
    scope: Scope,
    parameters: RawPathParams,
    Query(query): Query,
) -> Answer {
    let channel = parameters
        .iter()
        .find(|(name, _)| *name == "channel")
        .and_then(|(_, name)| name.parse::<Channel>().ok())
        .filter(|channel| provider_of(*channel).is_some());
    let Some(channel) = channel else {
        return unknown(&scope);
    };
    let fields = Fields::read(query.as_bytes());
    let Some((state, id)) = fields
        .one("state")
        .and_then(|state| Some((state, verification_of(state)?)))
    else {
        return stopped(&scope, "connect-foreign");
    };
    let name = cookie_name(scope.config(), id);
    let cookies = scope
        .headers()
        .cookies(&name)
        .take(8)
        .map(str::to_owned)
        .collect();
    let taken = Verifications::of(&scope)
        .take_sign_in(id, channel, state, cookies)
        .await;
    let answer = match taken {
        Ok(taken) => conclude(&scope, id, channel, &fields, taken).await,
        Err(error) => return refused(&scope, id, &error),
    };
    // The attempt is over, and so is its cookie.
    let secure = if is_secure(scope.config()) {
        "; Secure"
    } else {
        ""
    };
    let gone = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}");
    answer.with(header::SET_COOKIE, &gone)
}

async fn conclude(
    scope: &Scope,
    id: Id,
    channel: Channel,
    fields: &Fields,
    taken: TakenSignIn,
) -> Answer {
    if let Some(error) = fields.one("error") {
        return failed(scope, id, problem_of_turn(turned_back(error))).await;
    }
    let Some(code) = fields.one("code") else {
        return failed(scope, id, AccountProblem::NotBelieved).await;
    };
    let client = match client(scope, taken.own.as_deref(), channel).await {
        Ok(client) => client,
        Err(error) => {
            note(id, error.internal.as_deref().unwrap_or(&error.message));
            return failed(scope, id, AccountProblem::ProviderRefused).await;
        }
    };
    // Somebody else's code, brought to our address (RFC 9207).
    if fields
        .one("iss")
        .is_some_and(|issuer| !client.is_issuer(issuer))
    {
        return failed(scope, id, AccountProblem::NotBelieved).await;
    }
    let redirect_uri = callback(scope.config(), channel);
    let found = who_signed_in(scope, &client, code, &taken, &redirect_uri).await;
    match found {
        Ok(identity) => {
            let used = identity.shown().to_owned();
            let shown = Verifications::of(scope).account_shown(id, identity).await;
            match shown {
                Ok(view) if view.status == Status::Pending => {
                    pages::another_account(scope, &view, &used)
                }
                Ok(view) => see_other(&view.auth_url),
                Err(error) => refused(scope, id, &error),
            }
        }
        Err(error) => {
            note(id, &error.to_string());
            failed(scope, id, problem_of(&error)).await
        }
    }
}

/// Tells the verification why nothing was proven, and the person what to do now.
async fn failed(scope: &Scope, id: Id, problem: AccountProblem) -> Answer {
    match Verifications::of(scope)
        .account_not_shown(id, problem)
        .await
    {
        Ok(view) => pages::failed(scope, &view, problem),
        Err(error) => refused(scope, id, &error),
    }
}

async fn client(scope: &Scope, own: Option<&str>, channel: Channel) -> Result<Client, ApiError> {
    let provider = provider_of(channel).ok_or_else(ApiError::not_found)?;
    let settings = channels::settings(scope, own, channel).await?;
    Client::from_settings(provider, &settings)
        .map_err(|missing| ApiError::internal(missing.to_string()))
}

fn callback(config: &Config, channel: Channel) -> String {
    format!("{}/connect/callback/{channel}", config.public_url)
}

/// One for each verification, so that two at once do not disturb each other. The prefix keeps
/// siblings of the host from setting it; it is not to be had without TLS.
fn cookie_name(config: &Config, id: Id) -> String {
    let prefix = if is_secure(config) { "__Host-" } else { "" };
    format!("{prefix}proof-connect-{id}")
}

fn is_secure(config: &Config) -> bool {
    config.public_url.starts_with("https://")
}

fn see_other(address: &str) -> Answer {
    Answer::empty(StatusCode::SEE_OTHER).with(header::LOCATION, address)
}

const fn problem_of_turn(turned: Turned) -> AccountProblem {
    match turned {
        Turned::Declined => AccountProblem::Declined,
        Turned::Unavailable => AccountProblem::ProviderUnavailable,
        Turned::Misconfigured => AccountProblem::ProviderRefused,
    }
}

/// The page for what the object refused.
fn refused(scope: &Scope, id: Id, error: &ApiError) -> Answer {
    let key = match error.code {
        ErrorCode::NotFound => return unknown(scope),
        ErrorCode::ChallengeExpired | ErrorCode::TooManyAttempts => "connect-over",
        ErrorCode::AlreadyVerified => "connect-already",
        ErrorCode::ValidationError | ErrorCode::Forbidden => "connect-foreign",
        _ => {
            note(id, error.internal.as_deref().unwrap_or(&error.message));
            return notice(
                scope,
                StatusCode::SERVICE_UNAVAILABLE,
                Tone::Stopped,
                "connect-trouble",
            );
        }
    };
    stopped(scope, key)
}

fn stopped(scope: &Scope, key: &str) -> Answer {
    notice(scope, StatusCode::BAD_REQUEST, Tone::Stopped, key)
}

fn unknown(scope: &Scope) -> Answer {
    notice(scope, StatusCode::NOT_FOUND, Tone::Stopped, "unknown")
}

fn note(id: Id, error: &str) {
    log::write(&Event {
        level: "warn",
        event: "sign_in",
        id: &id.to_string(),
        error: Some(error),
    });
}
