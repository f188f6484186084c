//! What the page knows of a request: what is asked, how each asset stands, and nothing of what only
//! the tenant may know.

use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::identifier;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{Status, VerificationView};
use proof_domain::verification_request::{
    AssetStatus, AssetView, Failure, RequestStatus, RequestView,
};
use proof_edge::Scope;
use proof_edge::objects::{RequestPage, Requests, Verifications};
use proof_pages::request::End;

/// A request as the page has it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub owner: Owner,
    pub request: RequestView,
    /// The number of the newest live event.
    pub seen: usize,
    /// Where the person is led at the end.
    pub way_back: Option<String>,
    pub assets: Vec<ShownAsset>,
}

/// One asset of it.
#[derive(Clone, Debug)]
pub(super) struct ShownAsset {
    pub view: AssetView,
    /// The tenant said which one.
    pub fixed: bool,
    pub came_to_nothing: Option<Failure>,
    /// The request has ended.
    pub over: bool,
    /// The verification under way, as it stands now; the request may hear of its end a moment later.
    pub running: Option<VerificationView>,
}

/// Asks the request's object, and those of the verifications under way.
pub(super) async fn read(scope: &Scope, id: Id) -> Result<Shown, ApiError> {
    let page = Requests::of(scope).page(id).await?;
    let under_way: Vec<Id> = page
        .request
        .assets
        .iter()
        .filter(|asset| asset.status == AssetStatus::InProgress)
        .filter_map(|asset| asset.verification_id)
        .collect();
    let mut found = Vec::with_capacity(under_way.len());
    for view in Verifications::of(scope).all(&page.owner, &under_way).await {
        match view {
            Ok(view) => found.push(view),
            // It was begun, and its object does not exist yet, or not any more.
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Shown::of(page, &found))
}

impl Shown {
    fn of(page: RequestPage, running: &[VerificationView]) -> Self {
        let assets = page
            .request
            .assets
            .iter()
            .zip(&page.fixed)
            .zip(&page.came_to_nothing)
            .map(|((view, fixed), came_to_nothing)| ShownAsset {
                view: view.clone(),
                fixed: *fixed,
                came_to_nothing: *came_to_nothing,
                over: page.request.status.is_terminal(),
                running: running
                    .iter()
                    .find(|one| Some(one.id) == view.verification_id)
                    .cloned(),
            })
            .collect();
        Self {
            owner: page.owner,
            request: page.request,
            seen: page.seen,
            way_back: page.way_back,
            assets,
        }
    }

    /// None while something can be done.
    pub(super) fn end(&self) -> Option<End> {
        match self.request.status {
            RequestStatus::Pending | RequestStatus::Partial => None,
            RequestStatus::Completed => Some(End::Completed),
            RequestStatus::Expired => Some(End::Expired {
                some: self.request.progress.verified > 0,
            }),
            RequestStatus::Cancelled => Some(End::Cancelled),
        }
    }

    /// The verification of this asset that is under way.
    pub(super) fn running(&self, index: u8) -> Option<Id> {
        let asset = self.assets.get(usize::from(index))?;
        asset.running.as_ref().map(|view| view.id)
    }

    /// How many assets are required by name.
    pub(super) fn required(&self) -> usize {
        let required = |asset: &&ShownAsset| asset.view.required;
        self.assets.iter().filter(required).count()
    }

    /// Whether some of the assets are enough, whichever they are.
    pub(super) fn is_a_choice(&self) -> bool {
        self.request
            .policy
            .is_some_and(|policy| usize::from(policy.any) < self.assets.len())
    }
}

impl ShownAsset {
    /// Whether the person can choose another way or another asset: there is one, and giving up what
    /// runs is not the end of it.
    pub(super) fn can_change(&self) -> bool {
        self.can_begin() && (!self.fixed || self.view.allowed_channels.len() > 1)
    }

    /// Whether it can be begun once more.
    pub(super) fn can_begin(&self) -> bool {
        self.view.attempts_remaining.is_some_and(|left| left > 0)
    }

    /// When it was proven, if it was.
    pub(super) fn proven_at(&self) -> Option<Timestamp> {
        match (self.view.status, &self.running) {
            (AssetStatus::Verified, _) => self.view.verified_at,
            (AssetStatus::InProgress, Some(view)) if view.status == Status::Verified => {
                view.verified_at
            }
            _ => None,
        }
    }

    /// The identifier as the page shows it. The link may get into other hands, so what it would tell
    /// of a person is masked until that person typed it or proved it here, and again once the request
    /// is over: from then on the link is told to others, and nobody has to read anything off the page.
    pub(super) fn identifier(&self) -> Option<String> {
        let whole = self.view.identifier.as_deref()?;
        let is_theirs = !self.fixed || self.proven_at().is_some();
        if identifier::is_personal(self.view.kind, whole) && (self.over || !is_theirs) {
            return Some(identifier::mask(self.view.kind, whole));
        }
        let readable = self
            .running
            .as_ref()
            .and_then(|view| view.identifier_unicode.clone());
        Some(readable.unwrap_or_else(|| whole.to_owned()))
    }

    /// Where a code went, as the page shows it.
    pub(super) fn recipient(&self) -> String {
        match self.running.as_ref().map(|view| (view, view.mailbox)) {
            Some((view, Some(mailbox))) => mailbox.at(&view.identifier),
            _ => self.identifier().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::asset::{AssetType, Channel};

    fn asset(kind: AssetType, identifier: Option<&str>, fixed: bool) -> ShownAsset {
        ShownAsset {
            view: AssetView {
                kind,
                identifier: identifier.map(str::to_owned),
                status: AssetStatus::Pending,
                required: true,
                channel: None,
                allowed_channels: vec![Channel::Email],
                verification_id: None,
                account: None,
                verified_at: None,
                proof: None,
                attempts_remaining: Some(5),
            },
            fixed,
            came_to_nothing: None,
            over: false,
            running: None,
        }
    }

    #[test]
    fn the_last_beginning_is_not_to_be_changed() {
        let mut one = asset(AssetType::Email, None, false);
        assert!(one.can_change());
        one.view.attempts_remaining = Some(0);
        assert!(!one.can_change() && !one.can_begin());
        let only = asset(AssetType::Email, Some("a@example.com"), true);
        assert!(only.can_begin() && !only.can_change());
    }

    #[test]
    fn what_reaches_a_person_is_masked_until_it_is_proven() {
        let email = "person@example.com";
        let mut fixed = asset(AssetType::Email, Some(email), true);
        let masked = fixed.identifier().unwrap();
        assert!(!masked.contains("person"), "{masked}");
        assert_eq!(fixed.recipient(), masked);
        fixed.view.status = AssetStatus::Verified;
        fixed.view.verified_at = Some(Timestamp::from_seconds(1));
        assert_eq!(fixed.identifier().as_deref(), Some(email));
        fixed.over = true;
        assert_eq!(fixed.identifier(), Some(masked.clone()));
        let mut typed = asset(AssetType::Email, Some(email), false);
        assert_eq!(typed.identifier().as_deref(), Some(email));
        typed.over = true;
        assert_eq!(typed.identifier(), Some(masked));
        for kind in [AssetType::Social, AssetType::Account] {
            let address = asset(kind, Some(email), true).identifier().unwrap();
            assert!(!address.contains("person"), "{address}");
            let name = asset(kind, Some("octocat"), true);
            assert_eq!(name.identifier().as_deref(), Some("octocat"));
        }
        let domain = asset(AssetType::Domain, Some("example.com"), true);
        assert_eq!(domain.identifier().as_deref(), Some("example.com"));
        assert_eq!(asset(AssetType::Phone, None, false).identifier(), None);
    }
}
