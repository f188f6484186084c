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
        let (status, trouble) = (StatusCode::FORBIDDEN, Trouble::OutOfDate);
        return visit.troubled(&before, status, trouble).await;
    }
    if !is_about_what_runs(&before, index, &form) {
        let (status, trouble) = (StatusCode::CONFLICT, Trouble::OutOfDate);
        return visit.troubled(&before, status, trouble).await;
    }
    match carry_out(&scope, &before, index, step, &form).await {
        Ok(()) => visit.back_to(id, index),
        Err(error) => visit.refused(&before, index, step, &form, error).await,
    }
}

/// One spelling for each asset.
fn index_of(text: &str) -> Option<u8> {
    text.parse::<u8>()
        .ok()
        .filter(|index| index.to_string() == text)
}

/// A form that shows a challenge names its verification. One that was left open while another page
/// began anew must not answer, or give up, what it does not show.
fn is_about_what_runs(shown: &Shown, index: u8, form: &Fields) -> bool {
    form.one(fields::VERIFICATION).is_none_or(|named| {
        shown
            .running(index)
            .is_some_and(|id| id.to_string() == named)
    })
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
    let running = shown.running(index).ok_or_else(nothing_runs)?;
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

/// The field that an error is about: what the person typed for the asset, or the answer.
fn field_of(step: Step, form: &Fields, error: &ApiError) -> Option<&'static str> {
    let answers = [fields::CODE, fields::SIGNATURE, fields::TOKEN];
    match (step, error.code) {
        (Step::Start, _) => Some(fields::IDENTIFIER).filter(|field| error.is_about(field)),
        (
            Step::Submit,
            ErrorCode::InvalidCode
            | ErrorCode::InvalidSignature
            | ErrorCode::InvalidIdentifier
            | ErrorCode::ValidationError,
        ) => answers
            .into_iter()
            .find(|field| form.text(field, MAX_SIGNATURE).is_some())
            .or(Some(fields::CODE)),
        _ => None,
    }
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

    /// The page as it was read, with what stands in its way.
    async fn troubled(self, shown: &Shown, status: StatusCode, trouble: Trouble) -> Answer {
        let told = Told {
            status,
            trouble: Some(trouble),
            refused: None,
        };
        self.page(shown, told).await
    }

    /// The page as it stands now, with what went wrong.
    async fn refused(
        self,
        before: &Shown,
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
            return self.back_to(before.request.id, index);
        }
        let status = status_of(&error);
        let now = match shown::read(self.scope, before.request.id).await {
            Ok(shown) => shown,
            Err(error) if error.code == ErrorCode::NotFound => return self.unknown(),
            Err(error) => {
                let trouble = Trouble::of(&error);
                return self.troubled(before, status_of(&error), trouble).await;
            }
        };
        let typed = form.text(fields::IDENTIFIER, MAX_TYPED);
        let told = Told {
            status,
            refused: Some(Refused {
                index: usize::from(index),
                field: field_of(step, form, &error),
                typed: typed.unwrap_or_default().to_owned(),
                channel: form.one(fields::CHANNEL).and_then(|name| name.parse().ok()),
                error,
            }),
            trouble: None,
        };
        self.page(&now, told).await
    }
}

pub(super) fn status_of(error: &ApiError) -> StatusCode {
    StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
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
