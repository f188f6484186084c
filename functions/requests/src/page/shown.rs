//! What the page knows of a request: what is asked, how each asset stands, and nothing of what only
//! the tenant may know.

use proof_domain::asset::AssetType;
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
                running: running
                    .iter()
                    .find(|one| Some(one.id) == view.verification_id)
                    .cloned(),
            })
            .collect();
        Self {
            owner: page.owner,
            request: page.request,
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
}

impl ShownAsset {
    /// Whether the person can choose another way or another asset.
    pub(super) fn has_alternatives(&self) -> bool {
        !self.fixed || self.view.allowed_channels.len() > 1
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
    /// of a person is masked until that person proved it here; what they typed themselves is not.
    pub(super) fn identifier(&self) -> Option<String> {
        let whole = self.view.identifier.as_deref()?;
        if self.fixed && is_personal(self.view.kind) && self.proven_at().is_none() {
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

/// Addresses and numbers at which a person is reached.
const fn is_personal(kind: AssetType) -> bool {
    matches!(kind, AssetType::Phone | AssetType::Email)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::asset::Channel;

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
            running: None,
        }
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
        let typed = asset(AssetType::Email, Some(email), false);
        assert_eq!(typed.identifier().as_deref(), Some(email));
        let domain = asset(AssetType::Domain, Some("example.com"), true);
        assert_eq!(domain.identifier().as_deref(), Some("example.com"));
        assert_eq!(asset(AssetType::Phone, None, false).identifier(), None);
    }
}
