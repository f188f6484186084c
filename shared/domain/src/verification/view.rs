//! A verification as the API shows it. Written once: these types are the wire format, and the
//! `OpenAPI` document is made from them. Secrets and codes that were sent to a person never get here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    Account, DeliveryStatus, Dnssec, Mailbox, Question, ResolverFinding, State, Status,
    Verification,
};
use crate::asset::{AssetType, Channel};
use crate::id::Id;
use crate::identifier::{self, Appearance};
use crate::limits;
use crate::page::Pagination;
use crate::revocation::RevocationReason;
use crate::timestamp::Timestamp;

/// A verification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Verification)]
pub struct VerificationView {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011", pattern = "^[0-9a-f]{24}$")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub status: Status,
    /// Normalised: E.164, lower-case domain, checksummed address. Absent when the time for which it
    /// is kept is over, as are `external_user_id` and `client_metadata`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "+37069199199")]
    pub identifier: String,
    /// Domains in letters of another script: the domain as people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "bücher.example")]
    pub identifier_unicode: Option<String>,
    /// Domains: a warning. All letters have doubles in plain Latin letters, so people may take the
    /// domain for this one, which was not proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "apple.com")]
    pub identifier_resembles: Option<String>,
    /// Domains by e-mail: the mailbox of the domain that gets the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// The verification request that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "507f1f77bcf86cd799439013")]
    pub request_id: Option<Id>,
    /// While pending: what the person has to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<ChallengeView>,
    /// What became of the message that carries the code, where one is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_status: Option<DeliveryStatus>,
    /// Why the message was not handed over, or came back, in one word: `recipient_unknown`,
    /// `sender_not_verified`, `quota_exceeded`… While it is `queued`, why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "recipient_unknown")]
    pub delivery_error: Option<String>,
    /// Domains: how often the record was looked for, by your calls and by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_count: Option<u32>,
    /// What the last look at a domain, or the last sign-in, came to. Phones: that the code came from somewhere else
    /// (`sender_mismatch`, `contact_mismatch`), never from where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check: Option<CheckView>,
    /// Domains, while pending: when the record is looked for again by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_at: Option<Timestamp>,
    /// Networks, exchanges and bots, once verified: the account that was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_reason: Option<RevocationReason>,
    /// Once verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<ProofView>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Present, and true, where the channel runs over your own account with its provider. The proof
    /// says so too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_channel: Option<bool>,
    /// Present, and true, in test mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// What the person has to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = Challenge)]
pub struct ChallengeView {
    /// The code, where you may show it: the person sends it from the asset to us. A code that we
    /// send to the person is shown here in test mode only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "X7K2M9")]
    pub code: Option<String>,
    pub expires_at: Timestamp,
    /// One sentence for the person.
    #[schema(example = "Send X7K2M9 via WhatsApp")]
    pub instruction: String,
    /// Opens the channel with the code filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://wa.me/12025550100?text=X7K2M9")]
    pub deep_link: Option<String>,
    /// Wallets: the text to sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Wallets: the nonce in the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// Networks and exchanges: send the person to this page, where they sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://proof.example/connect/507f1f77bcf86cd799439011?key=…")]
    pub auth_url: Option<String>,
    /// Domains: the record to publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_record: Option<DnsRecord>,
    /// Domains: the file to publish instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_file: Option<HttpFile>,
    /// Wrong answers that are still allowed, where a code is submitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 5)]
    pub attempts_remaining: Option<u8>,
}

/// A DNS record to publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DnsRecord {
    #[serde(rename = "type")]
    #[schema(example = "TXT")]
    pub kind: String,
    #[schema(example = "_proof.example.com")]
    pub name: String,
    #[schema(example = "proof-verify=3ac41e0a2b7c4d5e6f708192a3b4c5d6")]
    pub value: String,
}

/// A file to publish on the domain's web server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HttpFile {
    #[schema(example = "/.well-known/proof-verify.txt")]
    pub path: String,
    #[schema(example = "https://example.com/.well-known/proof-verify.txt")]
    pub url: String,
    #[schema(example = "proof-verify=3ac41e0a2b7c4d5e6f708192a3b4c5d6")]
    pub content: String,
}

/// What a look at a domain found, or a sign-in came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DomainCheck)]
pub struct CheckView {
    /// How it was looked for.
    pub method: CheckMethod,
    /// `verified`, or why not: `sender_mismatch`, `record_not_found`, `wrong_value`, `dns_error`, `timeout`, …; of
    /// accounts `invalid_identifier`, `declined`, `not_allowed`, `no_account`, `not_believed`,
    /// `provider_unavailable`, `provider_refused`.
    #[schema(example = "record_not_found")]
    pub result: String,
    /// For a person who has to mend it.
    #[schema(example = "There is no TXT record at _proof.example.com yet.")]
    pub message: String,
    /// Whether looking again may find it without any change.
    pub retryable: bool,
    /// What was seen instead, shortened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<String>,
    /// The names that the record's name is an alias of; the last one holds the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    /// What each resolver saw. They are resolvers of different operators, not different places in
    /// the network.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<ResolverFinding>,
    /// What they say of DNSSEC together: `secure` only if all that saw the record validated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dnssec: Option<Dnssec>,
    pub checked_at: Timestamp,
}

/// How it was looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    Dns,
    Http,
    /// Phones: a message came through the channel.
    Message,
    /// Networks and exchanges: the person signed in, or tried to.
    SignIn,
    /// Bots: the token was shown to Telegram.
    BotToken,
}

/// A proof token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Proof)]
pub struct ProofView {
    /// A JWT signed with RS256; see the JWKS.
    #[schema(example = "eyJhbGciOiJSUzI1NiIs…")]
    pub token: String,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for ProofView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProofView(until {})", self.expires_at)
    }
}

/// A verification completed in test mode: the verification, and its proof once more, flat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TestVerification {
    #[serde(flatten)]
    pub verification: VerificationView,
    #[schema(example = "eyJhbGciOiJSUzI1NiIs…")]
    pub proof_token: String,
    pub proof_expires_at: Timestamp,
}

/// A message was sent again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ResendResult {
    pub success: bool,
    #[schema(example = "Verification email sent")]
    pub message: String,
    /// When the new code ends.
    pub expires_at: Timestamp,
}

/// A one-use ticket for live events, for browsers, whose `EventSource` cannot send a header.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct EventsTicket {
    pub ticket: String,
    /// Give this to `EventSource`.
    #[schema(
        example = "https://proof.example/api/v1/verifications/507f1f77bcf86cd799439011/events?ticket=…"
    )]
    pub url: String,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for EventsTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EventsTicket(…)")
    }
}

/// The data of a live event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusEvent {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    pub status: Status,
    /// When it came to this status.
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// A verification in a list: without challenge and proof token, which its own address gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = VerificationSummary)]
pub struct ListedVerification {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    pub status: Status,
    /// Absent when the time for which it is kept is over, as are `external_user_id` and
    /// `client_metadata`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub identifier: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// A page of verifications, newest first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VerificationList {
    pub data: Vec<ListedVerification>,
    pub pagination: Pagination,
}

/// What is left of a verification whose object has been deleted.
impl From<ListedVerification> for VerificationView {
    fn from(listed: ListedVerification) -> Self {
        let ended = (listed.verified_at.is_none()).then_some(listed.updated_at);
        let appearance = appearance_of(listed.kind, &listed.identifier);
        Self {
            id: listed.id,
            kind: listed.kind,
            channel: listed.channel,
            status: listed.status,
            identifier: listed.identifier,
            identifier_unicode: appearance.as_ref().map(|seen| seen.unicode.clone()),
            identifier_resembles: appearance.and_then(|seen| seen.resembles),
            external_user_id: listed.external_user_id,
            client_metadata: listed.client_metadata,
            mailbox: None,
            callback_url: None,
            request_id: None,
            challenge: None,
            delivery_status: None,
            delivery_error: None,
            check_count: None,
            last_check: None,
            next_check_at: None,
            account: None,
            verified_at: listed.verified_at,
            failed_at: ended.filter(|_| listed.status == Status::Failed),
            expired_at: ended.filter(|_| listed.status == Status::Expired),
            revoked_at: listed.revoked_at,
            revoked_reason: None,
            proof: None,
            own_channel: None,
            created_at: listed.created_at,
            updated_at: listed.updated_at,
            test_mode: listed.test_mode,
        }
    }
}

impl Verification {
    /// The verification as its tenant sees it.
    pub fn view(&self) -> VerificationView {
        let appearance = appearance_of(self.kind, &self.identifier);
        let mut view = VerificationView {
            id: self.id,
            kind: self.kind,
            channel: self.channel,
            status: self.status(),
            identifier: self.identifier.clone(),
            identifier_unicode: appearance.as_ref().map(|seen| seen.unicode.clone()),
            identifier_resembles: appearance.and_then(|seen| seen.resembles),
            mailbox: self.mailbox,
            external_user_id: self.external_user_id.clone(),
            client_metadata: self.client_metadata.clone(),
            callback_url: self.callback_url.clone(),
            request_id: self.request.map(|of| of.request_id),
            challenge: None,
            delivery_status: self.delivery.as_ref().map(|delivery| delivery.status),
            delivery_error: self
                .delivery
                .as_ref()
                .and_then(|delivery| delivery.error.clone()),
            check_count: None,
            last_check: self.checks.last.clone(),
            next_check_at: self.next_check(),
            account: self.account.clone(),
            verified_at: None,
            failed_at: None,
            expired_at: None,
            revoked_at: None,
            revoked_reason: None,
            proof: None,
            own_channel: self.own_channel.then_some(true),
            created_at: self.created_at,
            updated_at: self.updated_at,
            test_mode: self.test_mode(),
        };
        if matches!(self.challenge.question, Question::PublishedToken { .. }) {
            view.check_count = Some(self.checks.count);
        }
        match &self.state {
            State::Pending => view.challenge = Some(self.challenge_view()),
            State::Verified { at, proof } => {
                view.verified_at = Some(*at);
                view.proof = proof.token.clone().map(|token| ProofView {
                    token,
                    expires_at: proof.expires_at,
                });
            }
            State::Failed { at } => view.failed_at = Some(*at),
            State::Expired { at } => view.expired_at = Some(*at),
            State::Revoked {
                at,
                reason,
                verified_at,
                ..
            } => {
                view.verified_at = Some(*verified_at);
                view.revoked_at = Some(*at);
                view.revoked_reason = Some(*reason);
            }
        }
        view
    }

    /// The live event of this position in the history, 1 being the first.
    pub fn event(&self, sequence: usize) -> Option<StatusEvent> {
        let change = self.history.get(sequence.checked_sub(1)?)?;
        Some(StatusEvent {
            id: self.id,
            status: change.status,
            at: change.at,
            test_mode: self.test_mode(),
        })
    }

    fn test_mode(&self) -> Option<bool> {
        self.owner.environment.is_test().then_some(true)
    }

    fn challenge_view(&self) -> ChallengeView {
        let left = limits::MAX_ATTEMPTS.saturating_sub(self.failed_attempts);
        let mut view = ChallengeView {
            code: None,
            expires_at: self.challenge.expires_at,
            instruction: String::new(),
            deep_link: None,
            message: None,
            nonce: None,
            auth_url: None,
            dns_record: None,
            http_file: None,
            attempts_remaining: Some(left),
        };
        match &self.challenge.question {
            Question::ShownCode { code, deep_link } => {
                view.instruction = shown_instruction(self.channel, code);
                view.code = Some(code.clone());
                view.deep_link.clone_from(deep_link);
            }
            Question::SentCode { shown, .. } => {
                view.instruction = format!("Enter the code sent to {}", self.recipient());
                view.code.clone_from(shown);
            }
            Question::PublishedToken { token } => {
                let (record, file) = publication(&self.identifier, token);
                view.instruction = domain_instruction(self.channel, &record, &file);
                view.dns_record = (self.channel != Channel::Http).then_some(record);
                view.http_file = (self.channel != Channel::Dns).then_some(file);
                view.attempts_remaining = None;
            }
            Question::SignedMessage {
                message,
                nonce,
                code,
            } => {
                view.instruction = format!("Sign the message with the wallet {}", self.identifier);
                view.message = Some(message.clone());
                view.nonce = Some(nonce.clone());
                view.code = self.owner.environment.is_test().then(|| code.clone());
            }
            Question::SignIn { auth_url, code, .. } => {
                "Open the link and sign in with the account".clone_into(&mut view.instruction);
                view.auth_url = Some(auth_url.clone());
                view.code = self.owner.environment.is_test().then(|| code.clone());
                view.attempts_remaining = view.code.is_some().then_some(left);
            }
            Question::BotToken { code } => {
                "Submit the token that BotFather gave you".clone_into(&mut view.instruction);
                view.code = self.owner.environment.is_test().then(|| code.clone());
                view.attempts_remaining = view.code.is_some().then_some(left);
            }
        }
        view
    }
}

fn appearance_of(kind: AssetType, identifier: &str) -> Option<Appearance> {
    (kind == AssetType::Domain)
        .then(|| identifier::appearance(identifier))
        .flatten()
}

/// Where and what a domain publishes.
pub(super) fn publication(domain: &str, token: &str) -> (DnsRecord, HttpFile) {
    let value = format!("proof-verify={token}");
    let path = "/.well-known/proof-verify.txt";
    (
        DnsRecord {
            kind: "TXT".into(),
            name: format!("_proof.{domain}"),
            value: value.clone(),
        },
        HttpFile {
            path: path.into(),
            url: format!("https://{domain}{path}"),
            content: value,
        },
    )
}

fn shown_instruction(channel: Channel, code: &str) -> String {
    match channel {
        Channel::Whatsapp => format!("Send {code} via WhatsApp"),
        Channel::Telegram => format!("Send {code} via Telegram"),
        Channel::Sms => format!("Send {code} by SMS"),
        _ => format!("Confirm with the code {code}"),
    }
}

fn domain_instruction(channel: Channel, record: &DnsRecord, file: &HttpFile) -> String {
    let dns = format!(
        "Add a TXT record at {} with the value {}",
        record.name, record.value
    );
    let http = format!(
        "Publish a file at {} that contains {}",
        file.url, file.content
    );
    match channel {
        Channel::Dns => dns,
        Channel::Http => http,
        _ => format!("{dns}. Or: {http}"),
    }
}
