//! What a tenant sends, and the rules that turn it into a plan for a verification. Nothing is
//! stored or sent before these rules have agreed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::mailbox::Mailbox;
use crate::asset::{AssetType, Channel};
use crate::error::{ApiError, ErrorCode};
use crate::id::hex;
use crate::identifier;
use crate::limits;
use crate::outbound::{self, UrlPolicy};
use crate::tenant::Environment;

/// With `_proof.` in front of it a domain must still be a name: 253 characters at most.
const MAX_DOMAIN: usize = 253 - "_proof.".len();

/// A verification to create.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateVerification {
    /// What is to be proven.
    #[serde(rename = "type")]
    pub kind: AssetType,
    /// Over which channel; see the matrix of types and channels.
    pub channel: Channel,
    /// The asset, as its owner writes it: a phone number with `+` and country code, an e-mail
    /// address, a domain, a handle, a wallet address, an account, or a bot's token.
    #[schema(example = "+37069199199", min_length = 1, max_length = 512)]
    pub identifier: String,
    /// Phones: who sends the code. `inbound`: the person sends it to us. `outbound` (`sms` and
    /// `telegram`): we send it to the person, who gives it to you for `/submit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<CodeDelivery>,
    /// Domains by e-mail: which mailbox of the domain gets the code; `postmaster` unless you say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
    /// Anything you want to find again in the verification: at most 50 members and 4 KB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({"action": "login"}), value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    /// Your own name for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "user_12345", min_length = 1, max_length = 255)]
    pub external_user_id: Option<String>,
    /// Where a webhook about this verification goes. HTTPS, public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://your-app.com/webhook", max_length = 2000)]
    pub callback_url: Option<String>,
}

/// Which way a code goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CodeDelivery {
    /// From the person to us, through the channel itself. The default.
    Inbound,
    /// From us to the person.
    Outbound,
}

/// An answer to a challenge: a code, a wallet's signature or a bot's token, exactly one of them.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitAnswer {
    /// The code as the person received it: six letters or digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "482913",
        min_length = 6,
        max_length = 6,
        pattern = "^[A-Z0-9]{6}$"
    )]
    pub challenge_code: Option<String>,
    /// Wallets: the signature over `challenge.message`, as the wallet gives it. Ethereum: hexadecimal
    /// after `0x`. Solana: base58, or base64 with padding, or 128 hexadecimal digits. Bitcoin: base64,
    /// of BIP-137 or BIP-322.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 16384)]
    pub signature: Option<String>,
    /// Telegram bots: the bot's whole token. It is shown to Telegram once and not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 512)]
    pub bot_token: Option<String>,
    /// Who sent the code, if you know: it is compared with the identifier, never trusted instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+37069199199", max_length = 512)]
    pub source_identifier: Option<String>,
}

impl std::fmt::Debug for SubmitAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SubmitAnswer(…)")
    }
}

/// What was submitted.
#[derive(Clone, PartialEq, Eq)]
pub enum Submitted {
    Code(String),
    Signature(String),
    BotToken(String),
}

impl std::fmt::Debug for Submitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Code(…)",
            Self::Signature(_) => "Signature(…)",
            Self::BotToken(_) => "BotToken(…)",
        })
    }
}

impl SubmitAnswer {
    pub fn submitted(self) -> Result<Submitted, ApiError> {
        if let Some(token) = self.bot_token {
            return if self.challenge_code.is_none() && self.signature.is_none() {
                Ok(Submitted::BotToken(token))
            } else {
                Err(ApiError::field("bot_token", "has to stand alone"))
            };
        }
        match (self.challenge_code, self.signature) {
            (Some(code), None) => Ok(Submitted::Code(code)),
            (None, Some(signature)) => Ok(Submitted::Signature(signature)),
            (Some(_), Some(_)) => Err(ApiError::field(
                "signature",
                "cannot stand beside challenge_code; send the one that was asked for",
            )),
            (None, None) => Err(ApiError::field(
                "challenge_code",
                "is missing; wallets send signature instead, Telegram bots bot_token",
            )),
        }
    }
}

/// A request that passed every rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedVerification {
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    /// Normalised.
    pub identifier: String,
    /// Whether a phone is sent its code rather than sending it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub outbound: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<Mailbox>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
}

impl CreateVerification {
    /// Checks everything that can be checked without asking anyone. `own_host` is refused as a
    /// callback, so that the system never calls itself.
    pub fn plan(self, own_host: &str) -> Result<PlannedVerification, ApiError> {
        if !self.kind.allows(self.channel) {
            return Err(ApiError::of_field(
                ErrorCode::InvalidChannelForType,
                "channel",
                format!(
                    "{} is no channel for {}; use one of {}",
                    self.channel,
                    self.kind,
                    names(self.kind.channels())
                ),
            ));
        }
        let identifier = identifier::parse(self.kind, self.channel, &self.identifier)
            .map_err(|refusal| {
                ApiError::of_field(
                    ErrorCode::InvalidIdentifier,
                    "identifier",
                    refusal.to_string(),
                )
            })?
            .as_str()
            .to_owned();
        if self.kind == AssetType::Domain && identifier.len() > MAX_DOMAIN {
            return Err(ApiError::of_field(
                ErrorCode::InvalidIdentifier,
                "identifier",
                "is too long for a record that begins with _proof in front of it",
            ));
        }
        let outbound = self.is_outbound()?;
        let by_mailbox = (self.kind, self.channel) == (AssetType::Domain, Channel::Email);
        if self.mailbox.is_some() && !by_mailbox {
            return Err(ApiError::field(
                "mailbox",
                "is for domains that are proven by e-mail",
            ));
        }
        let mailbox = by_mailbox.then(|| self.mailbox.unwrap_or_default());
        if mailbox.is_some_and(|mailbox| mailbox.at(&identifier).len() > limits::MAX_ADDRESS) {
            return Err(ApiError::of_field(
                ErrorCode::InvalidIdentifier,
                "identifier",
                "is too long for the address of a mailbox",
            ));
        }
        if let Some(name) = &self.external_user_id {
            check_external_user_id(name)?;
        }
        if let Some(metadata) = &self.client_metadata {
            check_metadata(metadata)?;
        }
        let callback_url = self
            .callback_url
            .map(|url| {
                if url.len() > limits::MAX_URL_BYTES {
                    return Err(ApiError::field(
                        "callback_url",
                        "must have at most 2000 bytes",
                    ));
                }
                outbound::check_url(&url, UrlPolicy::https_only(own_host))
                    .map(|url| url.as_str().to_owned())
                    .map_err(|refusal| ApiError::field("callback_url", refusal.to_string()))
            })
            .transpose()?;
        Ok(PlannedVerification {
            kind: self.kind,
            channel: self.channel,
            identifier,
            outbound,
            mailbox,
            external_user_id: self.external_user_id,
            client_metadata: self.client_metadata,
            callback_url,
        })
    }
}

impl CreateVerification {
    fn is_outbound(&self) -> Result<bool, ApiError> {
        let refuse = |why| Err(ApiError::field("delivery", why));
        match (self.delivery, self.kind, self.channel) {
            (None, ..) | (Some(CodeDelivery::Inbound), AssetType::Phone, _) => Ok(false),
            (Some(CodeDelivery::Outbound), AssetType::Phone, Channel::Sms | Channel::Telegram) => {
                Ok(true)
            }
            (Some(_), AssetType::Phone, _) => {
                refuse("outbound is possible over sms and telegram only")
            }
            (Some(_), ..) => refuse("is for phones only"),
        }
    }
}

impl PlannedVerification {
    /// Equal for equal requests; tells a repetition from a different request under one key.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::digest(text)[..16])
    }

    /// Where a message to the person goes.
    pub fn recipient(&self) -> String {
        super::recipient(self.mailbox, &self.identifier)
    }

    /// Whether a message has to go out to the person.
    pub fn sends_a_message(&self, environment: Environment) -> bool {
        (self.channel == Channel::Email || self.outbound) && !environment.is_test()
    }
}

/// `external_user_id` of a body or a filter.
pub(crate) fn check_external_user_id(name: &str) -> Result<(), ApiError> {
    let length = name.chars().count();
    if length == 0 || length > limits::MAX_EXTERNAL_USER_ID {
        return Err(ApiError::field(
            "external_user_id",
            "must have 1 to 255 characters",
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(ApiError::field(
            "external_user_id",
            "must not contain control characters",
        ));
    }
    Ok(())
}

/// `client_metadata` of a body.
pub(crate) fn check_metadata(metadata: &Map<String, Value>) -> Result<(), ApiError> {
    if metadata.len() > limits::MAX_METADATA_MEMBERS {
        return Err(ApiError::field(
            "client_metadata",
            "must have at most 50 members",
        ));
    }
    let size = serde_json::to_vec(metadata).map_or(usize::MAX, |text| text.len());
    if size > limits::MAX_METADATA_BYTES {
        return Err(ApiError::field(
            "client_metadata",
            "must be at most 4096 bytes as JSON",
        ));
    }
    Ok(())
}

fn names(channels: &[Channel]) -> String {
    channels
        .iter()
        .map(|channel| channel.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}
