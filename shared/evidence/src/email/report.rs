//! What a provider tells about a message later. A report concerns the delivery alone: it can make
//! nothing true and take no proof back.

use proof_domain::id::Id;
use proof_domain::inbound::DeliveryReport;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// The person's server took it.
    Delivered,
    /// It came back. Permanent: there is no such mailbox, or it takes nothing.
    Bounced { permanent: bool },
    /// The person called it spam.
    Complained,
    /// The provider gave up before it tried.
    Failed,
}

impl From<ReportKind> for DeliveryReport {
    fn from(kind: ReportKind) -> Self {
        match kind {
            ReportKind::Delivered => Self::Delivered,
            ReportKind::Bounced { permanent: true } => Self::Bounced("bounced".to_owned()),
            ReportKind::Bounced { permanent: false } => Self::Bounced("bounced_for_now".to_owned()),
            ReportKind::Complained => Self::Complained,
            ReportKind::Failed => Self::Failed("provider_gave_up".to_owned()),
        }
    }
}

/// One report that was authentic and of a kind that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailReport {
    pub verification_id: Id,
    /// Which of the verification's messages it is about.
    pub message: u8,
    pub kind: ReportKind,
}

/// Why a webhook is not listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefusal {
    #[error("the webhook is not signed by the provider")]
    Unauthentic,
    #[error("the webhook's time is too far from now")]
    Stale,
    #[error("the webhook is not of the documented form")]
    Unreadable,
}

/// The message that tags or metadata name; a provider may carry mail of others too.
pub(super) fn of_names(
    verification_id: Option<&str>,
    message: Option<&str>,
    kind: ReportKind,
) -> Option<MailReport> {
    Some(MailReport {
        verification_id: Id::parse(verification_id?)?,
        message: message?.parse().ok()?,
        kind,
    })
}
