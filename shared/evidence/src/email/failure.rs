//! Why a message was not handed over. The first question is whose reason it is: what the address
//! itself cannot take no other provider will deliver, what ails a provider the next one may not
//! share. Everything here may be shown to the tenant, so it is made of our own words and of codes
//! that providers document.

use crate::exchange::ProviderError;

/// What is wrong with the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientRefusal {
    /// Not an address that mail can be sent to.
    Invalid,
    /// Its server knows no such mailbox.
    Unknown,
    /// The provider sends it nothing any more: it bounced before, or complained.
    Suppressed,
    /// Its server refuses this message.
    Refused,
}

impl RecipientRefusal {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "recipient_invalid",
            Self::Unknown => "recipient_unknown",
            Self::Suppressed => "recipient_suppressed",
            Self::Refused => "recipient_refused",
        }
    }
}

/// Why a message was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    #[error("the address takes no message ({})", .0.code())]
    Recipient(RecipientRefusal),
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl SendError {
    /// Whether handing the same message over again may succeed.
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Recipient(_) => false,
            Self::Provider(error) => error.is_retryable(),
        }
    }

    /// Whether the reason lies in the address, so that nobody else will deliver it either.
    pub const fn is_about_address(&self) -> bool {
        matches!(self, Self::Recipient(_))
    }

    /// Whether the message may be on its way all the same.
    pub const fn is_ambiguous(&self) -> bool {
        matches!(
            self,
            Self::Provider(ProviderError::Timeout | ProviderError::Unreadable)
        )
    }

    /// Refused for a reason that lies in the provider or in how it is configured.
    pub fn refused(reason: &str) -> Self {
        Self::Provider(ProviderError::refused(reason))
    }

    /// One word for the tenant.
    pub fn code(&self) -> String {
        match self {
            Self::Recipient(refusal) => refusal.code().to_owned(),
            Self::Provider(error) => match error {
                ProviderError::Unreachable => "provider_unreachable".to_owned(),
                ProviderError::Timeout => "provider_timeout".to_owned(),
                ProviderError::RateLimited { .. } => "provider_busy".to_owned(),
                ProviderError::Credentials => "provider_credentials".to_owned(),
                ProviderError::Refused { reason } => reason.clone(),
                ProviderError::Unavailable { .. } => "provider_unavailable".to_owned(),
                ProviderError::Unreadable => "provider_unreadable".to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_final_and_a_provider_may_recover() {
        assert!(!SendError::Recipient(RecipientRefusal::Unknown).is_retryable());
        assert!(SendError::from(ProviderError::Unreachable).is_retryable());
        assert!(!SendError::refused("sender_not_verified").is_retryable());
        assert!(!SendError::from(ProviderError::Credentials).is_retryable());
    }

    #[test]
    fn only_an_unheard_answer_is_ambiguous() {
        assert!(SendError::from(ProviderError::Timeout).is_ambiguous());
        assert!(!SendError::from(ProviderError::Unreachable).is_ambiguous());
        assert!(!SendError::from(ProviderError::Unavailable { status: 503 }).is_ambiguous());
    }

    #[test]
    fn every_reason_is_one_word() {
        for error in [
            SendError::Recipient(RecipientRefusal::Invalid),
            SendError::Recipient(RecipientRefusal::Suppressed),
            SendError::Recipient(RecipientRefusal::Refused),
            ProviderError::Timeout.into(),
            ProviderError::RateLimited { retry_after: None }.into(),
            ProviderError::Unreadable.into(),
            SendError::refused("quota_exceeded"),
        ] {
            let code = error.code();
            assert!(
                code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{code}"
            );
        }
    }
}
