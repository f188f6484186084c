//! The page as HTML. What a state looks like is `proof_pages::request`'s affair; which state holds
//! is found out here.

use http::header;
use maud::html;
use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::project::Project;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::Status;
use proof_domain::verification_request::{AssetStatus, Failure};
use proof_edge::Answer;
use proof_edge::ledger::Ledger;
use proof_pages::request::{
    Asked, Asset, Begin, End, Opening, Place, Purpose, Resend, Return, Standing, Trouble, Wanted,
    assets, ending, error_text, opening, progress_of, title, trouble, whole,
};
use proof_pages::{Asker, Page, Tone};

use super::shown::{Shown, ShownAsset};
use super::{Visit, brand};

/// The policy by which `request.js` shows HTML that came from us.
const SCRIPT_POLICY: &str = "proof-page";
/// Until the page leads back by itself.
const RETURN_SECONDS: u32 = 6;
/// How long something counts as just proven.
const FRESH_SECONDS: u32 = 15;

/// What the page has to say besides how things stand.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub trouble: Option<Trouble>,
    pub refused: Option<Refused>,
}

/// A form that was refused.
#[derive(Debug)]
pub(super) struct Refused {
    pub index: usize,
    pub error: ApiError,
    /// What the person typed for the asset is what is wrong.
    pub at_the_name: bool,
    pub typed: String,
    pub channel: Option<Channel>,
}

/// Texts of one asset that have to be made before they are shown.
struct Texts {
    identifier: Option<String>,
    recipient: String,
    error: Option<String>,
}

impl Visit<'_> {
    /// The page of a request.
    pub(super) async fn page(self, shown: &Shown, told: Told) -> Answer {
        let organisation = &shown.owner.organisation;
        let project = match Ledger::of(self.scope).project(organisation).await {
            Ok(project) => project,
            Err(error) => return self.unavailable(&error),
        };
        self.page_of(shown, &project, &told)
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
                optional: !asset.view.required,
                standing: self.standing(shown, asset, index, texts, told, &project.name),
            })
            .collect();
        let heading = match shown.end() {
            Some(end) => end.title(words),
            None => title(words, cards.len()),
        };
        let (done, all) = (
            cards.iter().filter(|card| card.is_proven()).count(),
            cards.len(),
        );
        let events = shown.end().is_none().then(|| format!("{base}/events"));
        let body = html! {
            @if let Some(what) = told.trouble { (trouble(words, what)) }
            @match shown.end() {
                Some(end) => (ending(words, end, &project.name, way_back(shown, end))),
                None => (opening(words, &Opening {
                    organisation: &project.name,
                    purpose: purpose(shown),
                    expires_at: shown.request.expires_at,
                    test: shown.owner.environment.is_test(),
                })),
            }
            (progress_of(words, &cards))
            (assets(words, &cards))
        };
        let body = whole(words, events.as_deref(), done, all, &body);
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
            error: told
                .refused
                .as_ref()
                .filter(|refused| refused.index == index)
                .map(|refused| error_text(self.words, asset.view.kind, &refused.error)),
        }
    }

    fn standing<'t>(
        self,
        shown: &Shown,
        asset: &'t ShownAsset,
        index: usize,
        texts: &'t Texts,
        told: &'t Told,
        organisation: &'t str,
    ) -> Standing<'t> {
        let begin = begin(asset, index, texts, told);
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
        let can_begin = asset.view.attempts_remaining.is_some_and(|left| left > 0);
        match (asset.view.status, running) {
            (AssetStatus::Revoked, _) => Standing::Withdrawn {
                at: shown.request.updated_at,
            },
            _ if is_over => Standing::Left,
            (AssetStatus::Failed, _) => {
                failed(asset.came_to_nothing.unwrap_or(Failure::TriesUsed), false)
            }
            (_, Some(view)) => {
                match (Asked::of(view, &texts.recipient, Resend::Now), view.status) {
                    (Some(asked), _) => Standing::Asked(Asked {
                        error: texts.error.as_deref(),
                        can_change: asset.has_alternatives(),
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
}

fn begin<'t>(asset: &'t ShownAsset, index: usize, texts: &'t Texts, told: &'t Told) -> Begin<'t> {
    let refused = told
        .refused
        .as_ref()
        .filter(|refused| refused.index == index);
    let at_the_name = refused.is_some_and(|refused| refused.at_the_name);
    Begin {
        channels: &asset.view.allowed_channels,
        chosen: refused.and_then(|refused| refused.channel),
        wanted: (!asset.fixed).then(|| Wanted {
            value: refused.map_or("", |refused| &refused.typed),
            error: texts.error.as_deref().filter(|_| at_the_name),
        }),
        error: texts.error.as_deref().filter(|_| !at_the_name),
    }
}

fn purpose(shown: &Shown) -> Option<Purpose<'_>> {
    let context = shown.request.action_context.as_ref()?;
    let (title, description) = (context.title.as_deref(), context.description.as_deref());
    Some(Purpose {
        title: title.or(description)?,
        description: title.and(description),
    })
}

fn way_back(shown: &Shown, end: End) -> Option<Return<'_>> {
    shown.way_back.as_deref().map(|address| Return {
        address,
        after: (end == End::Completed).then_some(RETURN_SECONDS),
    })
}
