//! A domain verification as businesses start and check it: the same record as every other, shown in
//! the form that a domain's owner needs. Nothing here decides anything.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::publication;
use super::{CheckView, CreateVerification, DnsRecord, HttpFile, Status, VerificationView};
use crate::asset::{AssetType, Channel};
use crate::error::ApiError;
use crate::id::Id;
use crate::timestamp::Timestamp;

/// A domain verification to start.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartDomainVerification {
    /// The domain, without scheme, port or path. Exactly this name is proven: no parent, no
    /// subdomain.
    #[schema(example = "example.com", min_length = 1, max_length = 512)]
    pub domain: String,
    /// Your own name for the customer; it is the `external_user_id` of the verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "customer_42", min_length = 1, max_length = 255)]
    pub customer_id: Option<String>,
    /// Where the proof is looked for. `manual_dns` if you do not say.
    #[serde(default)]
    pub verification_method: VerificationMethod,
}

/// Where a domain's proof is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationMethod {
    /// In a TXT record.
    #[default]
    ManualDns,
    /// In a file on the web server.
    HttpFile,
    /// In either; the first that is found counts.
    Either,
}

/// A domain verification that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DomainVerification {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011", pattern = "^[0-9a-f]{24}$")]
    pub id: Id,
    #[schema(example = "example.com")]
    pub domain: String,
    pub status: Status,
    pub verification_method: VerificationMethod,
    /// While pending: the record to publish. It counts unless the method is `http_file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_record: Option<DnsRecord>,
    /// While pending: the file to publish. It counts unless the method is `manual_dns`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_file: Option<HttpFile>,
    pub provider: DnsProvider,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "customer_42")]
    pub customer_id: Option<String>,
    /// While pending: until when the record or file is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// While pending: when the domain is looked at by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_at: Option<Timestamp>,
    /// The domain as people read it, if it is in letters of another script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_unicode: Option<String>,
    /// A warning: the domain in plain Latin letters that people may take it for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_resembles: Option<String>,
    pub created_at: Timestamp,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// Who serves the domain's DNS, and how to add the record there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DnsProvider {
    /// A short name of the DNS host; `several` if there are more than one, `unknown` if none is
    /// recognised.
    #[schema(example = "cloudflare")]
    pub detected: String,
    #[schema(example = "Cloudflare")]
    pub name: String,
    /// For the person who adds the record.
    #[schema(
        example = "In the Cloudflare dashboard choose the domain, open DNS, Records, and add a record of type TXT."
    )]
    pub instructions: String,
    /// What to enter as the record's name there.
    #[schema(example = "_proof")]
    pub record_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation_url: Option<String>,
    /// The zone's name servers, as far as they could be asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub name_servers: Vec<String>,
}

/// A domain verification after a look.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DomainCheckResult {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011", pattern = "^[0-9a-f]{24}$")]
    pub id: Id,
    #[schema(example = "example.com")]
    pub domain: String,
    pub status: Status,
    /// Whether the domain is proven now.
    pub verified: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    #[schema(example = 1)]
    pub check_count: u32,
    /// What the last look found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check: Option<CheckView>,
    /// While pending: when the domain is looked at by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_at: Option<Timestamp>,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

impl VerificationMethod {
    pub const fn channel(self) -> Channel {
        match self {
            Self::ManualDns => Channel::Dns,
            Self::HttpFile => Channel::Http,
            Self::Either => Channel::Auto,
        }
    }

    /// `None` for a channel that is not proven by looking at the domain.
    const fn of(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Dns => Some(Self::ManualDns),
            Channel::Http => Some(Self::HttpFile),
            Channel::Auto => Some(Self::Either),
            _ => None,
        }
    }
}

impl From<StartDomainVerification> for CreateVerification {
    fn from(start: StartDomainVerification) -> Self {
        Self {
            kind: AssetType::Domain,
            channel: start.verification_method.channel(),
            identifier: start.domain,
            client_metadata: None,
            external_user_id: start.customer_id,
            callback_url: None,
            delivery: None,
            mailbox: None,
        }
    }
}

impl StartDomainVerification {
    /// A refusal in the words of this request: its fields have other names here.
    pub fn renamed(mut error: ApiError) -> ApiError {
        let names = [
            ("identifier", "domain"),
            ("external_user_id", "customer_id"),
            ("channel", "verification_method"),
        ];
        for problem in &mut error.details {
            let Some((name, here)) = names.iter().find(|(name, _)| *name == problem.field) else {
                continue;
            };
            if let Some(rest) = error.message.strip_prefix(&format!("{name}: ")) {
                error.message = format!("{here}: {rest}").into();
            }
            problem.field = (*here).to_owned();
        }
        error
    }
}

impl DomainVerification {
    /// `None` for a verification of another kind.
    pub fn of(view: VerificationView, provider: DnsProvider) -> Option<Self> {
        let verification_method =
            VerificationMethod::of(view.channel).filter(|_| view.kind == AssetType::Domain)?;
        let expires_at = view
            .challenge
            .as_ref()
            .map(|challenge| challenge.expires_at);
        let places = view
            .challenge
            .and_then(|challenge| {
                let record = challenge.dns_record.map(|record| record.value);
                record.or_else(|| challenge.http_file.map(|file| file.content))
            })
            .and_then(|value| value.strip_prefix("proof-verify=").map(str::to_owned))
            .map(|token| publication(&view.identifier, &token));
        let (dns_record, http_file) = places.unzip();
        Some(Self {
            id: view.id,
            domain: view.identifier,
            status: view.status,
            verification_method,
            dns_record,
            http_file,
            provider,
            customer_id: view.external_user_id,
            expires_at,
            next_check_at: view.next_check_at,
            domain_unicode: view.identifier_unicode,
            domain_resembles: view.identifier_resembles,
            created_at: view.created_at,
            test_mode: view.test_mode,
        })
    }
}

impl DomainCheckResult {
    /// `None` for a verification of another kind.
    pub fn of(view: VerificationView) -> Option<Self> {
        VerificationMethod::of(view.channel).filter(|_| view.kind == AssetType::Domain)?;
        Some(Self {
            id: view.id,
            domain: view.identifier,
            status: view.status,
            verified: view.status == Status::Verified,
            verified_at: view.verified_at,
            check_count: view.check_count.unwrap_or_default(),
            last_check: view.last_check,
            next_check_at: view.next_check_at,
            test_mode: view.test_mode,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{published, shown};
    use super::*;
    use crate::tenant::Environment;

    fn provider() -> DnsProvider {
        DnsProvider {
            detected: "unknown".into(),
            name: "Unknown".into(),
            instructions: "Add it.".into(),
            record_name: "_proof.example.com".into(),
            documentation_url: None,
            name_servers: vec![],
        }
    }

    fn view(channel: Channel) -> VerificationView {
        let mut record = published();
        record.kind = AssetType::Domain;
        record.channel = channel;
        record.identifier = "example.com".into();
        record.view()
    }

    #[test]
    fn both_places_are_shown_whatever_the_method() {
        for (channel, method) in [
            (Channel::Dns, VerificationMethod::ManualDns),
            (Channel::Http, VerificationMethod::HttpFile),
            (Channel::Auto, VerificationMethod::Either),
        ] {
            let started = DomainVerification::of(view(channel), provider()).unwrap();
            assert_eq!(started.verification_method, method);
            assert_eq!(method.channel(), channel);
            let record = started.dns_record.unwrap();
            assert_eq!(
                (
                    record.kind.as_str(),
                    record.name.as_str(),
                    record.value.as_str()
                ),
                ("TXT", "_proof.example.com", "proof-verify=3ac4")
            );
            let file = started.http_file.unwrap();
            assert_eq!(file.path, "/.well-known/proof-verify.txt");
            assert_eq!(file.content, "proof-verify=3ac4");
        }
    }

    #[test]
    fn what_is_no_domain_has_no_such_view() {
        let phone = shown(Environment::Live).view();
        assert_eq!(DomainVerification::of(phone.clone(), provider()), None);
        assert_eq!(DomainCheckResult::of(phone), None);
        let by_email = view(Channel::Email);
        assert_eq!(DomainCheckResult::of(by_email), None);
    }

    #[test]
    fn refusals_speak_of_this_requests_fields() {
        let start: StartDomainVerification =
            serde_json::from_str(r#"{"domain":"co.uk","customer_id":""}"#).unwrap();
        let refusal = CreateVerification::from(start)
            .plan("proof.example")
            .unwrap_err();
        let refusal = StartDomainVerification::renamed(refusal);
        assert_eq!(refusal.details[0].field, "domain");
        assert!(
            refusal.message.starts_with("domain: "),
            "{}",
            refusal.message
        );
        let start: StartDomainVerification =
            serde_json::from_str(r#"{"domain":"shop.example.com","customer_id":"a\u0000"}"#)
                .unwrap();
        assert_eq!(start.verification_method, VerificationMethod::ManualDns);
        let refusal = CreateVerification::from(start)
            .plan("proof.example")
            .unwrap_err();
        assert_eq!(
            StartDomainVerification::renamed(refusal).details[0].field,
            "customer_id"
        );
        assert!(
            serde_json::from_str::<StartDomainVerification>(r#"{"domain":"a.b","x":1}"#).is_err()
        );
    }
}
