//! What the page knows of a request: what is asked, how each asset stands, and nothing of what only
//! the tenant may know.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::id::Id;
use proof_domain::identifier;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{Status, VerificationView};
use proof_pages::request::End;

/// A request as a person may see it.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub id: Id,
    pub owner: Owner,
    /// None while something can be done.
    pub end: Option<End>,
    pub purpose: Option<(String, Option<String>)>,
    pub expires_at: Timestamp,
    /// Where the person is led, what is told there included.
    pub return_to: Option<String>,
    pub assets: Vec<ShownAsset>,
}

/// One asset of it.
#[derive(Clone, Debug)]
pub(super) struct ShownAsset {
    pub kind: AssetType,
    /// What the tenant fixed.
    pub fixed: Option<String>,
    /// The preferred one first.
    pub channels: Vec<Channel>,
    pub optional: bool,
    /// Whether a challenge can be begun (again).
    pub can_begin: bool,
    /// The newest verification of it, as it stands.
    pub verification: Option<VerificationView>,
}

impl ShownAsset {
    pub(super) fn is_proven(&self) -> bool {
        self.verification
            .as_ref()
            .is_some_and(|view| view.status == Status::Verified)
    }

    /// The identifier as the page shows it. The link may get into other hands, so what it would tell
    /// of a person is masked until that person proved it here; what they typed themselves is not.
    pub(super) fn identifier(&self) -> Option<String> {
        let proven = self.verification.as_ref().filter(|_| self.is_proven());
        if let Some(view) = proven {
            return Some(readable(view));
        }
        match (&self.fixed, &self.verification) {
            (Some(fixed), _) if is_personal(self.kind) => Some(identifier::mask(self.kind, fixed)),
            (Some(fixed), None) => Some(fixed.clone()),
            (_, Some(view)) => Some(readable(view)),
            (None, None) => None,
        }
    }

    /// Where a code went, as the page shows it.
    pub(super) fn recipient(&self) -> String {
        let Some(view) = &self.verification else {
            return String::new();
        };
        match view.mailbox {
            Some(mailbox) => mailbox.at(&view.identifier),
            None => self.identifier().unwrap_or_default(),
        }
    }
}

/// Addresses and numbers at which a person is reached.
const fn is_personal(kind: AssetType) -> bool {
    matches!(kind, AssetType::Phone | AssetType::Email)
}

fn readable(view: &VerificationView) -> String {
    view.identifier_unicode
        .clone()
        .unwrap_or_else(|| view.identifier.clone())
}
