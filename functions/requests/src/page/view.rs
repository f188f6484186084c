//! The page as HTML. What a state looks like is `proof_pages::request`'s affair; which state holds
//! is found out here.

use http::{StatusCode, header};
use maud::html;
use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::ApiError;
use proof_domain::project::Project;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Status;
use proof_domain::verification_request::{AssetStatus, Failure};
use proof_edge::Answer;
use proof_edge::ledger::Ledger;
use proof_pages::request::{
    AnyOf, Asked, Asset, Begin, End, Live, Necessity, Need, Opening, Place, Purpose, Return,
    Standing, Trouble, Wrong, assets, ending, error_text, opening, progress_of, whole,
};
use proof_pages::{Asker, Page, Tone};

use super::shown::{Shown, ShownAsset};
use super::{Visit, brand};

/// The policy by which `request.js` shows HTML that came from us.
const SCRIPT_POLICY: &str = "proof-page";
/// Until the page leads back by itself: time enough to read it and to press "Stay here" (WCAG 2.2.1).
const RETURN_SECONDS: u32 = 20;
/// How long an asset counts as just proven.
const FRESH_SECONDS: u32 = 15;
/// How long a request counts as just completed. Whoever opens its page later is not led away from it.
const COMPLETED_SECONDS: u32 = 60;

/// What the page has to say besides how things stand.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// With which the page is answered, if it can be made.
    pub status: StatusCode,
    pub trouble: Option<Trouble>,
    pub refused: Option<Refused>,
}

/// A form that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub index: usize,
    pub error: ApiError,
    /// The field of the form that is wrong, if one is.
    pub field: Option<&'static str>,
    pub typed: String,
    pub channel: Option<Channel>,
}

/// Texts of one asset that have to be made before they are shown.
struct Texts {
    identifier: Option<String>,
    recipient: String,
    wrong: Option<String>,
}

impl Visit<'_> {
    /// The page of a request.
    pub(super) async fn page(self, shown: &Shown, told: Told) -> Answer {
        let organisation = &shown.owner.organisation;
        let project = match Ledger::of(self.scope).project(organisation).await {
            Ok(project) => project,
            Err(error) => return self.unavailable(&error),
        };
        self.page_of(shown, &project, &told).status(told.status)
    }

    fn page_of(self, shown: &Shown, project: &Project, told: &Told) -> Answer {
        let words = self.words;
        let base = format!("/verify/{}", shown.request.id);
        let texts: Vec<Texts> = (0..)
            .zip(&shown.assets)
            .map(|(index, asset)| self.texts(asset, index, told))
            .collect();
        let cards: Vec<Asset<'_>> = (0..)
            .zip(shown.assets.iter().zip(&texts))
            .map(|(index, (asset, texts))| Asset {
                place: Place {
                    base: &base,
                    index,
                    query: self.query,
                },
                kind: asset.view.kind,
                identifier: texts.identifier.as_deref(),
                necessity: necessity(shown, asset),
                standing: self.standing(shown, asset, texts, told.about(index), &project.name),
                wrong: texts.wrong.as_deref().map(|text| Wrong {
                    field: told.about(index).and_then(|refused| refused.field),
                    text,
                }),
            })
            .collect();
        let need = need(shown, &cards);
        let heading = match shown.end() {
            Some(end) => end.title(words),
            None => need.title(words),
        };
        let events = format!("{base}/events");
        let live = shown.end().is_none().then_some(Live {
            events: &events,
            seen: shown.seen,
        });
        let body = html! {
            @match shown.end() {
                Some(end) => (ending(words, end, &project.name, self.way_back(shown))),
                None => (opening(words, &Opening {
                    organisation: &project.name,
                    purpose: purpose(shown),
                    need,
                    names: shown.assets.iter().any(|asset| !asset.fixed),
                    accounts: shown.assets.iter().any(|asset| tells_more(asset.view.kind)),
                    expires_at: shown.request.expires_at,
                    test: shown.owner.environment.is_test(),
                })),
            }
            (progress_of(words, need))
            (assets(words, &cards))
        };
        let body = whole(words, live, need, told.trouble, &body);
        let logo = project.branding.logo_path();
        let look = brand::address(&project.branding);
        let tone = shown.end().map_or(Tone::Asking, End::tone);
        let mut page = Page::new(words, tone, &heading)
            .asked_by(Asker {
                name: &project.name,
                logo: logo.as_deref(),
            })
            .module("/static/request.js")
            .module("/static/copy.js")
            .module("/static/times.js")
            .in_any_language();
        if let Some(look) = &look {
            page = page.stylesheet(look);
        }
        // The address is what lets people in, so it is told to nobody but ourselves.
        Answer::page(page.render(&body), &[])
            .with_script_policy(SCRIPT_POLICY)
            .with(header::REFERRER_POLICY, "same-origin")
    }

    fn texts(self, asset: &ShownAsset, index: usize, told: &Told) -> Texts {
        Texts {
            identifier: asset.identifier(),
            recipient: asset.recipient(),
            wrong: told.about(index).map(|refused| {
                let chosen = refused.channel.as_slice();
                let channels = if chosen.is_empty() {
                    &asset.view.allowed_channels
                } else {
                    chosen
                };
                error_text(self.words, asset.view.kind, channels, &refused.error)
            }),
        }
    }

    fn standing<'t>(
        self,
        shown: &Shown,
        asset: &'t ShownAsset,
        texts: &'t Texts,
        refused: Option<&'t Refused>,
        organisation: &'t str,
    ) -> Standing<'t> {
        let begin = begin(asset, refused);
        let is_over = shown.end().is_some();
        let failed = |failure: Failure, again: bool| Standing::Failed {
            too_late: failure == Failure::Late,
            again: again.then_some(begin),
            organisation,
        };
        let running = asset.running.as_ref();
        let channel = asset.view.channel.or(running.map(|view| view.channel));
        if let (Some(at), Some(channel)) = (asset.proven_at(), channel) {
            let fresh = self.is_fresh(at);
            return Standing::Proven { channel, at, fresh };
        }
        let can_begin = asset.can_begin();
        match (asset.view.status, running) {
            (AssetStatus::Revoked, _) => Standing::Withdrawn {
                again: (can_begin && !is_over).then_some(begin),
            },
            _ if is_over => Standing::Left,
            (AssetStatus::Failed, _) => {
                failed(asset.came_to_nothing.unwrap_or(Failure::TriesUsed), false)
            }
            (_, Some(view)) => {
                match (Asked::of(view, &texts.recipient), view.status) {
                    (Some(asked), _) => Standing::Asked(Asked {
                        can_change: asset.can_change(),
                        ..asked
                    }),
                    // The request has not heard of it yet.
                    (None, Status::Expired) => failed(Failure::Late, can_begin),
                    (None, _) => failed(Failure::TriesUsed, can_begin),
                }
            }
            (_, None) => match asset.came_to_nothing {
                Some(failure) => failed(failure, can_begin),
                None => Standing::Ready(begin),
            },
        }
    }

    fn is_fresh(self, at: Timestamp) -> bool {
        self.scope.now().seconds_since(at) <= FRESH_SECONDS
    }

    /// The way back, on which the page leads by itself if all of it was just proven.
    fn way_back(self, shown: &Shown) -> Option<Return<'_>> {
        shown.way_back.as_deref().map(|address| Return {
            address,
            after: return_after(shown.request.completed_at, self.scope.now()),
        })
    }
}

impl Told {
    /// What was refused about this asset.
    fn about(&self, index: usize) -> Option<&Refused> {
        self.refused
            .as_ref()
            .filter(|refused| refused.index == index)
    }
}

fn begin<'t>(asset: &'t ShownAsset, refused: Option<&'t Refused>) -> Begin<'t> {
    Begin {
        channels: &asset.view.allowed_channels,
        chosen: refused.and_then(|refused| refused.channel),
        wanted: (!asset.fixed).then(|| refused.map_or("", |refused| &refused.typed)),
    }
}

/// How much of the request has to be proven. What is required counts by itself, and of the rest no
/// more than is needed beside it.
fn need(shown: &Shown, cards: &[Asset<'_>]) -> Need {
    let both = || shown.assets.iter().zip(cards);
    let proven = |required| {
        both()
            .filter(|(asset, card)| asset.view.required == required && card.is_proven())
            .count()
    };
    let (count, required) = (shown.request.progress.required, shown.required());
    Need {
        count,
        done: proven(true) + proven(false).min(count.saturating_sub(required)),
        any_of: shown.is_a_choice().then_some(AnyOf {
            all: cards.len(),
            some_required: required > 0,
        }),
    }
}

/// Whether its provider tells more of it than the identifier: its own name and number of an account.
const fn tells_more(kind: AssetType) -> bool {
    matches!(
        kind,
        AssetType::Social | AssetType::Account | AssetType::TelegramBot
    )
}

fn necessity(shown: &Shown, asset: &ShownAsset) -> Necessity {
    match (shown.request.policy, asset.view.required) {
        (None, false) => Necessity::Optional,
        (Some(_), true) if shown.is_a_choice() => Necessity::Required,
        _ => Necessity::Unsaid,
    }
}

/// Seconds until the page leads back by itself, if it does.
fn return_after(completed_at: Option<Timestamp>, now: Timestamp) -> Option<u32> {
    completed_at
        .filter(|at| now.seconds_since(*at) <= COMPLETED_SECONDS)
        .map(|_| RETURN_SECONDS)
}

fn purpose(shown: &Shown) -> Option<Purpose<'_>> {
    let context = shown.request.action_context.as_ref()?;
    let (title, description) = (context.title.as_deref(), context.description.as_deref());
    Some(Purpose {
        title: title.or(description)?,
        description: title.and(description),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_away_from_what_ended_long_ago_or_otherwise() {
        let at = Timestamp::from_seconds;
        assert_eq!(return_after(Some(at(0)), at(60)), Some(RETURN_SECONDS));
        assert_eq!(return_after(Some(at(0)), at(61)), None);
        assert_eq!(return_after(None, at(0)), None);
    }
}
