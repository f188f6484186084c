//! The page of a request, for the person who is asked. Whoever has its address may see it and go on
//! with it: the id in it is what lets them in, and the page tells them no more than they need. It
//! works by links and forms alone; forms are taken from this page only.

mod brand;
mod shown;
mod steps;
mod view;

use axum::Router;
use axum::routing::{get, post};
use http::StatusCode;
use proof_domain::error::ApiError;
use proof_edge::auth::Anyone;
use proof_edge::extract::{PathId, Query};
use proof_edge::form::Fields;
use proof_edge::objects::{EventsRequest, Requests};
use proof_edge::{Answer, Failure, Scope};
use proof_pages::{Tone, Words, notice};

use view::Told;

/// The paths of the page.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/verify/{id}", get(show))
        .route("/verify/{id}/events", get(events))
        .route(
            "/verify/{id}/assets/{index}/{step}",
            post(steps::take).get(back),
        )
        .route("/verify/brand/{look}", get(brand::stylesheet))
        // Whatever is below the paths of people and is no page says so in their language.
        .route("/verify/{id}/{*rest}", get(nothing_here))
        .route("/verify/", get(nothing_here))
}

/// The page as it stands.
async fn show(scope: Scope, id: Result<PathId, Failure>, Query(query): Query) -> Answer {
    let visit = Visit::of(&scope, &query);
    let Ok(PathId(id)) = id else {
        return visit.unknown();
    };
    if let Err(error) = Anyone::admit(&scope).await {
        return visit.unavailable(&error);
    }
    match shown::read(&scope, id).await {
        Ok(shown) => visit.page(&shown, Told::default()).await,
        Err(error) => visit.stopped(&error),
    }
}

/// That something changed, for the page that is open. It says how the request stands and nothing
/// that the page does not show.
async fn events(_: Anyone, scope: Scope, PathId(id): PathId) -> Result<Answer, Failure> {
    let wish = EventsRequest {
        owner: None,
        ticket: None,
        last_event_id: scope.headers().last_event_id.parse().ok(),
        streams_limit: None,
        by_link: true,
    };
    Ok(Answer::stream(
        Requests::of(&scope).events(id, &wish).await?,
    ))
}

/// A form that was refused is answered at its own address. Whoever loads that again, or chooses a
/// language there, wants the page.
async fn back(scope: Scope, id: Result<PathId, Failure>, Query(query): Query) -> Answer {
    let visit = Visit::of(&scope, &query);
    match id {
        Ok(PathId(id)) => Answer::empty(StatusCode::SEE_OTHER).with(
            http::header::LOCATION,
            &format!("/verify/{id}{}", visit.query),
        ),
        Err(_) => visit.unknown(),
    }
}

async fn nothing_here(scope: Scope, Query(query): Query) -> Answer {
    Visit::of(&scope, &query).unknown()
}

/// One look at the page: in which language, and what its links keep.
#[derive(Clone, Copy, Debug)]
struct Visit<'a> {
    scope: &'a Scope,
    words: Words,
    /// `?lang=…` if the person chose a language, else nothing.
    query: &'static str,
}

impl<'a> Visit<'a> {
    fn of(scope: &'a Scope, query: &str) -> Self {
        let fields = Fields::read(query.as_bytes());
        let chosen = fields.one("lang").and_then(Words::in_language);
        let accepted = scope.headers().get("accept-language").unwrap_or_default();
        Self {
            scope,
            words: chosen.unwrap_or_else(|| Words::preferred(accepted)),
            query: match chosen.map(Words::language) {
                Some("en") => "?lang=en",
                Some("lt") => "?lang=lt",
                _ => "",
            },
        }
    }

    /// Somebody else's link, or none at all. It does not tell which.
    fn unknown(self) -> Answer {
        self.notice("verify-unknown", StatusCode::NOT_FOUND)
    }

    fn unavailable(self, error: &ApiError) -> Answer {
        let answer = self.notice("verify-unavailable", steps::status_of(error));
        match error.retry_after {
            Some(seconds) => answer.with(http::header::RETRY_AFTER, &seconds.to_string()),
            None => answer,
        }
    }

    fn stopped(self, error: &ApiError) -> Answer {
        if error.code == proof_domain::error::ErrorCode::NotFound {
            self.unknown()
        } else {
            self.unavailable(error)
        }
    }

    fn notice(self, key: &str, status: StatusCode) -> Answer {
        Answer::page(notice(self.words, Tone::Stopped, key), &[]).status(status)
    }
}

#[cfg(test)]
mod tests {
    /// Two paths that cannot be told apart would be found out at the first request only.
    #[test]
    fn the_paths_do_not_contradict_each_other() {
        let _ = super::routes();
    }
}
