//! Which providers carry messages, in which order, and when the next one is asked. What lies in the
//! address ends at once; what lies in a provider goes to the next.

use super::cloudflare::Cloudflare;
use super::failure::SendError;
use super::postmark::Postmark;
use super::resend::Resend;
use super::smtp::Smtp;
use crate::settings::{MissingSettings, Setting, Settings};

const PROVIDER: &str = "EMAIL_PROVIDER";
pub(super) const FROM: &str = "EMAIL_FROM";

/// One way of handing a message over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailProvider {
    /// The inbox of a local system.
    Inbox,
    Cloudflare(Cloudflare),
    Resend(Resend),
    Postmark(Postmark),
    Smtp(Smtp),
}

/// The providers in the order in which they are asked; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailProviders(Vec<EmailProvider>);

/// What to do after a provider did not take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    AskNext,
    /// Nothing more in this round; the same again later.
    Stop,
}

impl EmailProvider {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Cloudflare(_) => "cloudflare",
            Self::Resend(_) => "resend",
            Self::Postmark(_) => "postmark",
            Self::Smtp(_) => "smtp",
        }
    }

    /// Whether the provider itself recognises a repetition.
    pub const fn is_idempotent(&self) -> bool {
        matches!(self, Self::Inbox | Self::Resend(_))
    }

    /// `round` counts the rounds through the providers from 0. A message that may already be on its
    /// way is repeated once where a repetition is recognised, before somebody else sends it too.
    pub fn after(&self, error: &SendError, round: u8) -> AfterFailure {
        match error {
            SendError::Recipient(_) => AfterFailure::Stop,
            _ if error.is_ambiguous() && self.is_idempotent() && round == 0 => AfterFailure::Stop,
            SendError::Provider(_) => AfterFailure::AskNext,
        }
    }
}

impl EmailProviders {
    pub const SETTINGS: &[Setting] = &[
        Setting::plain(PROVIDER),
        Setting::plain(FROM),
        Setting::secret(Resend::API_KEY),
        Setting::secret(Resend::WEBHOOK_SECRET),
        Setting::plain(Resend::API_URL).of_operator(),
        Setting::secret(Postmark::SERVER_TOKEN),
        Setting::secret(Postmark::WEBHOOK_PASSWORD),
        Setting::plain(Postmark::API_URL).of_operator(),
        Setting::plain(Smtp::HOST).of_operator(),
        Setting::plain(Smtp::PORT).of_operator(),
        Setting::plain(Smtp::SECURITY).of_operator(),
        Setting::plain(Smtp::USERNAME).of_operator(),
        Setting::secret(Smtp::PASSWORD).of_operator(),
    ];

    /// `EMAIL_PROVIDER` names one or more, with commas between them.
    pub fn from_settings(settings: &Settings) -> Result<Self, MissingSettings> {
        let [names] = settings.require([PROVIDER])?;
        let mut providers = Vec::new();
        let mut missing = Vec::new();
        for name in names.split(',').map(str::trim) {
            let provider = match name {
                "inbox" => Ok(EmailProvider::Inbox),
                "cloudflare" => Cloudflare::from_settings(settings).map(EmailProvider::Cloudflare),
                "resend" => Resend::from_settings(settings).map(EmailProvider::Resend),
                "postmark" => Postmark::from_settings(settings).map(EmailProvider::Postmark),
                "smtp" => Smtp::from_settings(settings).map(EmailProvider::Smtp),
                _ => Err(MissingSettings(vec![PROVIDER])),
            };
            match provider {
                Ok(provider) => providers.push(provider),
                Err(MissingSettings(names)) => {
                    for name in names {
                        if !missing.contains(&name) {
                            missing.push(name);
                        }
                    }
                }
            }
        }
        if missing.is_empty() {
            Ok(Self(providers))
        } else {
            Err(MissingSettings(missing))
        }
    }

    /// What to say of a message that none of those who were asked has taken: what is final about
    /// the address, else what may pass, else the last reason.
    pub fn overall(failures: Vec<SendError>) -> Option<SendError> {
        let mut overall: Option<SendError> = None;
        for failure in failures {
            let keep = overall
                .as_ref()
                .is_some_and(|known| known.is_retryable() && !failure.is_about_address());
            if !keep {
                overall = Some(failure);
            }
        }
        overall
    }

    /// Whether an organisation may use these as its own: the others are doors of the operator's,
    /// through which it would write in the operator's name.
    pub fn may_be_own(&self) -> bool {
        self.0.iter().all(|provider| {
            matches!(
                provider,
                EmailProvider::Resend(_) | EmailProvider::Postmark(_)
            )
        })
    }

    pub fn in_order(&self) -> &[EmailProvider] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::RecipientRefusal;
    use crate::exchange::ProviderError;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().copied().collect()
    }

    fn names(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        EmailProviders::from_settings(&settings(pairs))
            .unwrap()
            .in_order()
            .iter()
            .map(EmailProvider::name)
            .collect()
    }

    fn missing(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        EmailProviders::from_settings(&settings(pairs))
            .unwrap_err()
            .0
    }

    const ALL: [(&str, &str); 5] = [
        ("EMAIL_FROM", "Proof <no-reply@proof.example>"),
        ("RESEND_API_KEY", "re_1"),
        ("POSTMARK_SERVER_TOKEN", "pm"),
        ("SMTP_HOST", "mail.proof.example"),
        ("EMAIL_PROVIDER", "cloudflare, resend,postmark,smtp"),
    ];

    #[test]
    fn they_are_asked_in_the_order_of_the_setting() {
        assert_eq!(names(&ALL), ["cloudflare", "resend", "postmark", "smtp"]);
        assert_eq!(names(&[("EMAIL_PROVIDER", "inbox")]), ["inbox"]);
    }

    #[test]
    fn all_that_is_missing_is_named() {
        assert_eq!(missing(&[]), ["EMAIL_PROVIDER"]);
        assert_eq!(
            missing(&[("EMAIL_PROVIDER", "resend,postmark,smtp")]),
            [
                "EMAIL_FROM",
                "RESEND_API_KEY",
                "POSTMARK_SERVER_TOKEN",
                "SMTP_HOST"
            ]
        );
        for unknown in ["pigeon", "resend,", ",", "Resend"] {
            let mut pairs = ALL;
            pairs[4].1 = unknown;
            assert_eq!(missing(&pairs), ["EMAIL_PROVIDER"], "{unknown}");
        }
        let mut pairs = ALL;
        pairs[0].1 = "not an address";
        assert_eq!(missing(&pairs), ["EMAIL_FROM"]);
    }

    #[test]
    fn every_setting_is_declared_once() {
        let mut names: Vec<_> = EmailProviders::SETTINGS
            .iter()
            .map(|one| one.name)
            .collect();
        names.sort_unstable();
        let before = names.len();
        names.dedup();
        assert_eq!(names.len(), before);
        // An organisation that could name a server could make this system call anybody.
        for setting in EmailProviders::SETTINGS {
            if ["URL", "HOST", "PORT"]
                .iter()
                .any(|end| setting.name.ends_with(end))
            {
                assert!(setting.operator_only, "{}", setting.name);
            }
        }
    }

    #[test]
    fn the_overall_failure_is_the_one_that_decides() {
        let passing = SendError::from(ProviderError::Unreachable);
        let broken = SendError::from(ProviderError::Credentials);
        let address = SendError::Recipient(RecipientRefusal::Unknown);
        let of = |failures: &[&SendError]| {
            EmailProviders::overall(failures.iter().copied().cloned().collect())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[&passing, &broken]), Some(passing.clone()));
        assert_eq!(of(&[&broken, &passing]), Some(passing.clone()));
        assert_eq!(of(&[&passing, &address]), Some(address.clone()));
        let quota = SendError::refused("quota_exceeded");
        assert_eq!(of(&[&broken, &quota]), Some(quota.clone()));
    }

    #[test]
    fn an_organisation_s_own_account_is_one_of_two() {
        let of = |name: &str, allowed: bool| {
            let mut pairs = ALL;
            pairs[4].1 = name;
            let providers = EmailProviders::from_settings(&settings(&pairs)).unwrap();
            assert_eq!(providers.may_be_own(), allowed, "{name}");
        };
        of("resend", true);
        of("postmark,resend", true);
        for operators in ["inbox", "cloudflare", "smtp", "resend,cloudflare"] {
            of(operators, false);
        }
    }

    #[test]
    fn the_next_is_asked_for_a_providers_reasons_only() {
        let providers = EmailProviders::from_settings(&settings(&ALL)).unwrap();
        let [cloudflare, resend, ..] = providers.in_order() else {
            panic!("four providers");
        };
        for error in [
            SendError::from(ProviderError::Credentials),
            ProviderError::Unreachable.into(),
            ProviderError::RateLimited { retry_after: None }.into(),
            SendError::refused("sender_not_verified"),
        ] {
            assert_eq!(resend.after(&error, 0), AfterFailure::AskNext, "{error:?}");
        }
        for refusal in [RecipientRefusal::Unknown, RecipientRefusal::Suppressed] {
            let error = SendError::Recipient(refusal);
            assert_eq!(resend.after(&error, 3), AfterFailure::Stop);
        }
        let unheard = SendError::from(ProviderError::Timeout);
        assert_eq!(resend.after(&unheard, 0), AfterFailure::Stop);
        assert_eq!(resend.after(&unheard, 1), AfterFailure::AskNext);
        assert_eq!(cloudflare.after(&unheard, 0), AfterFailure::AskNext);
    }
}
