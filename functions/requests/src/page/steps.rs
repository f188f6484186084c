//! The forms of the page: begin with an asset, answer its challenge, have it looked at, have its code
//! sent again, choose another way. What went well leads back to the page; what went wrong is said on
//! it, at the field that it is about.

use axum::extract::RawPathParams;
use http::{StatusCode, header};
use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::VerificationView;
use proof_edge::answering::{bots, domains, wallets};
use proof_edge::auth::Anyone;
use proof_edge::extract::{PathId, Query};
use proof_edge::form::{Fields, Form, was_sent_here};
use proof_edge::objects::{Requests, Verifications};
use proof_edge::{Answer, Failure, Raw, Scope};
use proof_evidence::wallet::MAX_SIGNATURE;
use proof_pages::request::{Trouble, fields};

use super::shown::Shown;
use super::view::{Refused, Told};
use super::{Visit, shown};

/// The longest that somebody may type for an asset, a code or a token.
const MAX_TYPED: usize = 512;

/// What a form does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Start,
    Submit,
    Check,
    Resend,
    Change,
}

impl Step {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "start" => Self::Start,
            "submit" => Self::Submit,
            "check" => Self::Check,
            "resend" => Self::Resend,
            "change" => Self::Change,
            _ => return None,
        })
    }
}

/// A form was sent.
pub(super) async fn take(
    scope: Scope,
    id: Result<PathId, Failure>,
    parameters: RawPathParams,
    Query(query): Query,
    Form(form): Form,
) -> Answer {
    let visit = Visit::of(&scope, &query);
    let named = |wanted: &str| {
        parameters
            .iter()
            .find(|(name, _)| *name == wanted)
            .map(|(_, value)| value)
    };
    let (Ok(PathId(id)), Some(index), Some(step)) = (
        id,
        named("index").and_then(index_of),
        named("step").and_then(Step::parse),
    ) else {
        return visit.unknown();
    };
    if let Err(error) = Anyone::admit(&scope).await {
        return visit.unavailable(&error);
    }
    let before = match shown::read(&scope, id).await {
        Ok(shown) if usize::from(index) < shown.assets.len() => shown,
        Ok(_) => return visit.unknown(),
        Err(error) => return visit.stopped(&error),
    };
    // A page elsewhere that sends this form acts without the person.
    if !was_sent_here(&scope) {
        let told = Told {
            trouble: Some(Trouble::OutOfDate),
            ..Told::default()
        };
        return visit
            .page(&before, told)
            .await
            .status(StatusCode::FORBIDDEN);
    }
    match carry_out(&scope, &before, index, step, &form).await {
        Ok(()) => visit.back_to(id, index),
        Err(error) => visit.refused(id, index, step, &form, error).await,
    }
}

/// One spelling for each asset.
fn index_of(text: &str) -> Option<u8> {
    text.parse::<u8>()
        .ok()
        .filter(|index| index.to_string() == text)
}

async fn carry_out(
    scope: &Scope,
    shown: &Shown,
    index: u8,
    step: Step,
    form: &Fields,
) -> Result<(), ApiError> {
    if step == Step::Start {
        let channel: Option<Channel> = form
            .one(fields::CHANNEL)
            .map(str::parse)
            .transpose()
            .map_err(|_| ApiError::field(fields::CHANNEL, "is not a channel"))?;
        let identifier = form
            .text(fields::IDENTIFIER, MAX_TYPED)
            .map(|typed| typed.trim().to_owned());
        return Requests::of(scope)
            .start(shown.request.id, index, channel, identifier)
            .await;
    }
    if step == Step::Change {
        return Requests::of(scope).change(shown.request.id, index).await;
    }
    let running = shown
        .assets
        .get(usize::from(index))
        .and_then(|asset| asset.running.as_ref())
        .map(|view| view.id)
        .ok_or_else(nothing_runs)?;
    let owner = shown.owner.clone();
    let view = match step {
        Step::Resend => {
            let sent = Verifications::of(scope).resend(owner, running).await;
            return sent.map(drop);
        }
        Step::Check => domains::check(scope, owner, running).await?,
        _ => submit(scope, owner, running, form).await?,
    };
    // So that the page that the person sees next knows of it.
    Requests::of(scope)
        .answered(shown.owner.clone(), shown.request.id, index, &view.read()?)
        .await
}

/// An answer to the challenge, of whichever kind.
async fn submit(
    scope: &Scope,
    owner: Owner,
    id: Id,
    form: &Fields,
) -> Result<Raw<VerificationView>, ApiError> {
    if let Some(code) = form.text(fields::CODE, MAX_TYPED) {
        // People type codes as they read them, in groups.
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        return Verifications::of(scope).submit(owner, id, code).await;
    }
    if let Some(signature) = form.text(fields::SIGNATURE, MAX_SIGNATURE) {
        return wallets::submit(scope, owner, id, signature.trim()).await;
    }
    if let Some(token) = form.text(fields::TOKEN, MAX_TYPED) {
        return bots::submit(scope, owner, id, token.trim()).await;
    }
    Err(ApiError::field(fields::CODE, "is missing"))
}

fn nothing_runs() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "Nothing is asked for this asset.")
}

impl Visit<'_> {
    /// To the page, so that loading it again sends nothing twice.
    fn back_to(self, id: Id, index: u8) -> Answer {
        let query = self.query;
        Answer::empty(StatusCode::SEE_OTHER).with(
            header::LOCATION,
            &format!("/verify/{id}{query}#asset-{index}"),
        )
    }

    /// The page as it stands now, with what went wrong.
    async fn refused(
        self,
        id: Id,
        index: u8,
        step: Step,
        form: &Fields,
        error: ApiError,
    ) -> Answer {
        // Somebody was quicker: the page says so by itself.
        if matches!(
            error.code,
            ErrorCode::AlreadyVerified | ErrorCode::TooManyAttempts | ErrorCode::ChallengeExpired
        ) {
            return self.back_to(id, index);
        }
        let now = match shown::read(self.scope, id).await {
            Ok(shown) => shown,
            Err(error) => return self.stopped(&error),
        };
        let status = StatusCode::from_u16(error.code.status());
        let typed = form.text(fields::IDENTIFIER, MAX_TYPED);
        let told = Told {
            refused: Some(Refused {
                index: usize::from(index),
                at_the_name: step == Step::Start && error.is_about(fields::IDENTIFIER),
                typed: typed.unwrap_or_default().to_owned(),
                channel: form.one(fields::CHANNEL).and_then(|name| name.parse().ok()),
                error,
            }),
            trouble: None,
        };
        self.page(&now, told)
            .await
            .status(status.unwrap_or(StatusCode::BAD_REQUEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_has_one_spelling() {
        assert_eq!(index_of("0"), Some(0));
        assert_eq!(index_of("19"), Some(19));
        for text in ["", "00", "+1", "-1", " 1", "1 ", "256", "1e1", "x"] {
            assert_eq!(index_of(text), None, "{text}");
        }
    }
}
