//! The result of one look at a domain: whether the token is published there, and if not, what was
//! found instead and what the person can do. It is stored and shown, so it holds little.

use proof_domain::verification::{Dnssec, ResolverFinding};
use serde::{Deserialize, Serialize};

use crate::shown;

/// How many of the values that were seen are kept, and how much of each.
const OBSERVED_VALUES: usize = 3;
const OBSERVED_CHARACTERS: usize = 120;

/// How the domain was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    Dns,
    Http,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// The expected value is where it was asked for.
    Verified,
    /// There is no such TXT record.
    RecordNotFound,
    /// Something else is there.
    WrongValue,
    /// The record is there, but too few resolvers see it.
    PartlyVisible,
    /// The record is there by way of an alias that every name of the domain has.
    WildcardAlias,
    /// The DNS could not be asked, or its answer cannot be used.
    DnsError,
    /// No answer came in time.
    Timeout,
    /// The web server answered with a status other than 200.
    HttpStatus,
    /// The web server sent the check elsewhere.
    RedirectRefused,
    /// The file is larger than any proof.
    TooLarge,
    /// The file is not plain text.
    NotText,
    /// The domain points into a private network.
    PrivateAddress,
    /// No web server answers.
    Unreachable,
}

impl CheckOutcome {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::RecordNotFound => "record_not_found",
            Self::WrongValue => "wrong_value",
            Self::PartlyVisible => "partly_visible",
            Self::WildcardAlias => "wildcard_alias",
            Self::DnsError => "dns_error",
            Self::Timeout => "timeout",
            Self::HttpStatus => "http_status",
            Self::RedirectRefused => "redirect_refused",
            Self::TooLarge => "too_large",
            Self::NotText => "not_text",
            Self::PrivateAddress => "private_address",
            Self::Unreachable => "unreachable",
        }
    }

    /// How near the person got: of two ways that failed, the nearer one is worth talking about.
    const fn nearness(self) -> u8 {
        match self {
            Self::Verified => 4,
            Self::WrongValue | Self::PartlyVisible | Self::WildcardAlias => 3,
            Self::HttpStatus | Self::RedirectRefused | Self::TooLarge | Self::NotText => 2,
            Self::DnsError | Self::Timeout | Self::Unreachable | Self::PrivateAddress => 1,
            Self::RecordNotFound => 0,
        }
    }
}

/// What was looked at and seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckEvidence {
    pub method: CheckMethod,
    /// The name of the record, or the address of the file.
    pub place: String,
    /// What stood there, shortened and fit to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<String>,
    /// The names of which the record's name is an alias.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// Nobody on the way could have changed it: validated with DNSSEC, or read over https.
    pub authenticated: bool,
    /// What each resolver saw, in the order in which they are configured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<ResolverFinding>,
    /// What the resolvers together say of DNSSEC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dnssec: Option<Dnssec>,
}

/// One look at a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    pub outcome: CheckOutcome,
    /// Whether looking again may give another result although nobody changes anything: failures
    /// pass, and new records take their time to be seen.
    pub retryable: bool,
    /// For the person who has to mend it.
    pub message: String,
    pub evidence: CheckEvidence,
}

impl CheckResult {
    pub fn is_verified(&self) -> bool {
        self.outcome == CheckOutcome::Verified
    }

    /// The result of trying both ways: the first that succeeded; if none did, the one that came
    /// nearer, told together with the other.
    #[must_use]
    pub fn of_both(dns: Self, http: Self) -> Self {
        if dns.is_verified() || http.is_verified() {
            return if dns.is_verified() { dns } else { http };
        }
        let message = format!("DNS: {} File: {}", dns.message, http.message);
        let retryable = dns.retryable || http.retryable;
        let nearer = if http.outcome.nearness() > dns.outcome.nearness() {
            http
        } else {
            dns
        };
        Self {
            retryable,
            message,
            ..nearer
        }
    }
}

/// The few values that tell most: those that look like an answer to a challenge come first.
pub(super) fn observed<'a>(
    values: impl Iterator<Item = &'a [u8]>,
    telling: impl Fn(&[u8]) -> bool,
) -> Vec<String> {
    let (mut first, rest): (Vec<&[u8]>, Vec<&[u8]>) = values.partition(|value| telling(value));
    first.extend(rest);
    first
        .into_iter()
        .take(OBSERVED_VALUES)
        .map(|value| shown::excerpt(value, OBSERVED_CHARACTERS))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(outcome: CheckOutcome, method: CheckMethod, retryable: bool) -> CheckResult {
        CheckResult {
            outcome,
            retryable,
            message: format!("{}.", outcome.as_str()),
            evidence: CheckEvidence {
                method,
                place: "here".into(),
                observed: vec![],
                via: vec![],
                authenticated: false,
                resolvers: vec![],
                dnssec: None,
            },
        }
    }

    /// Stored in objects and shown by the API.
    #[test]
    fn the_json_is_pinned() {
        let mut result = result(CheckOutcome::WrongValue, CheckMethod::Dns, true);
        let json = concat!(
            r#"{"outcome":"wrong_value","retryable":true,"message":"wrong_value.","#,
            r#""evidence":{"method":"dns","place":"here","authenticated":false}}"#,
        );
        assert_eq!(serde_json::to_string(&result).unwrap(), json);
        assert_eq!(serde_json::from_str::<CheckResult>(json).unwrap(), result);
        result.evidence.observed = vec!["a".into()];
        result.evidence.via = vec!["b".into()];
        let json = serde_json::to_string(&result).unwrap();
        assert!(json.contains(r#""observed":["a"],"via":["b"]"#));
    }

    #[test]
    fn the_name_of_an_outcome_is_its_json() {
        use CheckOutcome::*;
        for outcome in [
            Verified,
            RecordNotFound,
            WrongValue,
            PartlyVisible,
            WildcardAlias,
            DnsError,
            Timeout,
            HttpStatus,
            RedirectRefused,
            TooLarge,
            NotText,
            PrivateAddress,
            Unreachable,
        ] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
    }

    #[test]
    fn one_success_is_enough() {
        let dns = |outcome| result(outcome, CheckMethod::Dns, false);
        let http = |outcome| result(outcome, CheckMethod::Http, true);
        let both = CheckResult::of_both(
            dns(CheckOutcome::RecordNotFound),
            http(CheckOutcome::Verified),
        );
        assert_eq!(both, http(CheckOutcome::Verified));
        let both = CheckResult::of_both(dns(CheckOutcome::Verified), http(CheckOutcome::Verified));
        assert_eq!(both.evidence.method, CheckMethod::Dns);
    }

    #[test]
    fn of_two_failures_the_nearer_one_leads() {
        let dns = result(CheckOutcome::RecordNotFound, CheckMethod::Dns, true);
        let http = result(CheckOutcome::WrongValue, CheckMethod::Http, false);
        let both = CheckResult::of_both(dns.clone(), http);
        assert_eq!(both.outcome, CheckOutcome::WrongValue);
        assert_eq!(both.evidence.method, CheckMethod::Http);
        assert_eq!(both.message, "DNS: record_not_found. File: wrong_value.");
        assert!(both.retryable);
        let http = result(CheckOutcome::HttpStatus, CheckMethod::Http, false);
        let wrong = result(CheckOutcome::WrongValue, CheckMethod::Dns, false);
        assert_eq!(
            CheckResult::of_both(wrong, http).outcome,
            CheckOutcome::WrongValue
        );
    }

    #[test]
    fn little_is_kept_of_what_was_seen() {
        let values = [
            b"v=spf1".to_vec(),
            b"x".repeat(500),
            b"other".to_vec(),
            b"proof-verify=old".to_vec(),
        ];
        let kept = observed(values.iter().map(Vec::as_slice), |value| {
            value.starts_with(b"proof")
        });
        assert_eq!(kept.len(), 3);
        assert_eq!(kept[0], "proof-verify=old");
        assert_eq!(kept[1], "v=spf1");
        assert_eq!(kept[2].chars().count(), 120);
    }
}
