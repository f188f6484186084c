//! What a tenant sends, and the rules that turn it into a plan for a request. Nothing is stored
//! before these rules have agreed.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::ask::plain;
use super::validity::{self, Validity};
use super::{ActionContext, ActionType, Policy};
use crate::asset::{AssetType, Channel};
use crate::error::{ApiError, ErrorCode};
use crate::id::hex;
use crate::identifier;
use crate::limits;
use crate::outbound::{self, UrlPolicy};
use crate::verification::{check_external_user_id, check_metadata};

/// Several assets to ask one person for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateVerificationRequest {
    /// What is to be proven, in the order in which the person sees it.
    #[serde(deserialize_with = "crate::object::list")]
    #[schema(min_items = 1, max_items = 20)]
    pub assets: Vec<RequestedAsset>,
    /// Your own name for the request; no other request of yours may have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "deal_12345", min_length = 1, max_length = 255)]
    pub reference_id: Option<String>,
    /// What it is for; `verification` unless you say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_type: Option<ActionType>,
    /// What it is for, in your words; the person reads them.
    #[serde(
        default,
        deserialize_with = "crate::object::maybe",
        skip_serializing_if = "Option::is_none"
    )]
    pub action_context: Option<ActionContext>,
    /// Where the person goes at the end: an address that you registered in your project, or below one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://your-app.com/verified", max_length = 2000)]
    pub redirect_url: Option<String>,
    /// Where webhooks about this request go. HTTPS, public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://your-app.com/webhook", max_length = 2000)]
    pub callback_url: Option<String>,
    /// Seconds until it expires; a day unless you say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = 86400, minimum = 300, maximum = 604_800)]
    pub expires_in: Option<i64>,
    /// Whether you take what is there when not everything is: you hear of each further asset, and an
    /// expired request carries the proofs that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial_ok: Option<bool>,
    /// How old an earlier proof of the person may be to count: a number and `h`, `d`, `w` or `m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "90d")]
    pub validity_requirement: Option<String>,
    /// How many assets are enough. With it an asset is required only if you say so.
    #[serde(
        default,
        deserialize_with = "crate::object::maybe",
        skip_serializing_if = "Option::is_none"
    )]
    pub policy: Option<Policy>,
    /// Anything you want to find again in the request: at most 50 members and 4 KB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({"order": "7"}), value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    /// Your own name for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "user_12345", min_length = 1, max_length = 255)]
    pub external_user_id: Option<String>,
}

/// One of the assets.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestedAsset {
    #[serde(rename = "type")]
    pub kind: AssetType,
    /// Which one; without it the person says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "example.com", min_length = 1, max_length = 512)]
    pub identifier: Option<String>,
    /// The channel that is offered first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The channels that are offered; every one of the type unless you say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 10)]
    pub allowed_channels: Option<Vec<Channel>>,
    /// Whether the request needs it; `true` unless you say or there is a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

/// An asset to complete without the person.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestVerifyAsset {
    /// The asset, where the request does not say which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "+37069199199", min_length = 1, max_length = 512)]
    pub identifier: Option<String>,
    /// The channel; the one that is offered first unless you say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl std::fmt::Debug for TestVerifyAsset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TestVerifyAsset(…)")
    }
}

/// A request that passed every rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedRequest {
    pub assets: Vec<PlannedAsset>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    #[serde(default)]
    pub action_type: ActionType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_context: Option<ActionContext>,
    /// Whether the tenant registered it is not this rule's business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_url: Option<String>,
    /// Seconds that it is open.
    pub lifetime: i64,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub partial_ok: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validity_requirement: Option<Validity>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
}

/// One asset of a plan.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedAsset {
    #[serde(rename = "type")]
    pub kind: AssetType,
    /// Normalised; none if the person says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// What is offered, the preferred one first. Never empty.
    pub channels: Vec<Channel>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// Identifiers are personal data and logs are not.
impl std::fmt::Debug for PlannedAsset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PlannedAsset({})", self.kind)
    }
}

impl CreateVerificationRequest {
    /// Checks everything that can be checked without asking anyone. `own_host` is refused as a
    /// callback, so that the system never calls itself.
    pub fn plan(self, own_host: &str) -> Result<PlannedRequest, ApiError> {
        let count = self.assets.len();
        if count == 0 || count > limits::MAX_ASSETS {
            return Err(ApiError::field("assets", "must have 1 to 20 members"));
        }
        let with_policy = self.policy.is_some();
        let assets: Vec<PlannedAsset> = self
            .assets
            .into_iter()
            .enumerate()
            .map(|(at, asset)| asset.plan(at, !with_policy))
            .collect::<Result<_, _>>()?;
        must_differ(&assets)?;
        must_suffice(&assets, self.policy)?;
        if let Some(reference) = &self.reference_id {
            check_reference(reference)?;
        }
        if let Some(context) = &self.action_context {
            context.check()?;
        }
        if let Some(name) = &self.external_user_id {
            check_external_user_id(name)?;
        }
        if let Some(metadata) = &self.client_metadata {
            check_metadata(metadata)?;
        }
        let validity_requirement = self
            .validity_requirement
            .map(|text| {
                Validity::parse(&text)
                    .ok_or_else(|| ApiError::field("validity_requirement", validity::FORM))
            })
            .transpose()?;
        if self
            .redirect_url
            .as_ref()
            .is_some_and(|url| url.len() > limits::MAX_URL_BYTES)
        {
            return Err(ApiError::field(
                "redirect_url",
                "must have at most 2000 bytes",
            ));
        }
        Ok(PlannedRequest {
            assets,
            reference_id: self.reference_id,
            action_type: self.action_type.unwrap_or_default(),
            action_context: self
                .action_context
                .filter(|context| *context != ActionContext::default()),
            redirect_url: self.redirect_url,
            callback_url: self
                .callback_url
                .map(|url| callback(&url, own_host))
                .transpose()?,
            lifetime: lifetime(self.expires_in)?,
            partial_ok: self.partial_ok.unwrap_or_default(),
            validity_requirement,
            policy: self.policy,
            client_metadata: self.client_metadata,
            external_user_id: self.external_user_id,
        })
    }
}

impl RequestedAsset {
    fn plan(self, at: usize, required: bool) -> Result<PlannedAsset, ApiError> {
        let field = |name: &str| format!("assets[{at}].{name}");
        let mut channels = match self.allowed_channels {
            None => self.kind.channels().to_vec(),
            Some(allowed) => {
                let mut channels = Vec::new();
                for channel in allowed {
                    must_fit(self.kind, channel, field("allowed_channels"))?;
                    if !channels.contains(&channel) {
                        channels.push(channel);
                    }
                }
                channels
            }
        };
        if channels.is_empty() {
            return Err(ApiError::field(
                field("allowed_channels"),
                "must name at least one channel",
            ));
        }
        if let Some(first) = self.channel {
            must_fit(self.kind, first, field("channel"))?;
            let place = channels.iter().position(|channel| *channel == first);
            let place = place.ok_or_else(|| {
                ApiError::field(field("channel"), "must be one of allowed_channels")
            })?;
            channels[..=place].rotate_right(1);
        }
        let identifier = match self.identifier {
            None => None,
            Some(raw) => Some(identify(
                self.kind,
                &mut channels,
                &raw,
                field("identifier"),
            )?),
        };
        Ok(PlannedAsset {
            kind: self.kind,
            identifier,
            channels,
            required: self.required.unwrap_or(required),
        })
    }
}

/// The identifier as the first channel that can prove it writes it. The channels that cannot are
/// not offered: an address of one chain is none of another.
fn identify(
    kind: AssetType,
    channels: &mut Vec<Channel>,
    raw: &str,
    field: String,
) -> Result<String, ApiError> {
    let mut found = None;
    let mut refusal = None;
    channels.retain(|channel| match identifier::parse(kind, *channel, raw) {
        Ok(parsed) => {
            // What one channel writes otherwise than the first would be another asset.
            found.get_or_insert_with(|| parsed.as_str().to_owned()) == parsed.as_str()
        }
        Err(error) => {
            refusal.get_or_insert(error);
            false
        }
    });
    match (found, refusal) {
        (Some(identifier), _) => Ok(identifier),
        (None, refusal) => Err(ApiError::of_field(
            ErrorCode::InvalidIdentifier,
            field,
            refusal.map_or_else(|| "is not valid".to_owned(), |error| error.to_string()),
        )),
    }
}

fn must_fit(kind: AssetType, channel: Channel, field: String) -> Result<(), ApiError> {
    if kind.allows(channel) {
        return Ok(());
    }
    let names: Vec<_> = kind.channels().iter().map(|one| one.as_str()).collect();
    Err(ApiError::of_field(
        ErrorCode::InvalidChannelForType,
        field,
        format!(
            "{channel} is no channel for {kind}; use one of {}",
            names.join(", ")
        ),
    ))
}

/// Proving one thing twice proves it once.
fn must_differ(assets: &[PlannedAsset]) -> Result<(), ApiError> {
    for (at, asset) in assets.iter().enumerate() {
        let twin = assets[..at].iter().any(|other| {
            other.kind == asset.kind
                && other.identifier.is_some()
                && other.identifier == asset.identifier
                && other
                    .channels
                    .iter()
                    .any(|one| asset.channels.contains(one))
        });
        if twin {
            return Err(ApiError::field(
                format!("assets[{at}].identifier"),
                "is asked for before in this request",
            ));
        }
    }
    Ok(())
}

/// A request that needs nothing would be completed before it began; one that needs more than it
/// asks for, never.
fn must_suffice(assets: &[PlannedAsset], policy: Option<Policy>) -> Result<(), ApiError> {
    let required = assets.iter().filter(|asset| asset.required).count();
    let Some(Policy { any }) = policy else {
        return if required > 0 {
            Ok(())
        } else {
            Err(ApiError::field(
                "assets",
                "at least one must be required, or a policy must say how many are enough",
            ))
        };
    };
    if usize::from(any) > assets.len() || usize::from(any) < required.max(1) {
        return Err(ApiError::field(
            "policy.any",
            "must be at least 1 and the number of required assets, and at most the number of assets",
        ));
    }
    Ok(())
}

/// `reference_id` of a body, a path or a filter.
pub(super) fn check_reference(reference: &str) -> Result<(), ApiError> {
    plain("reference_id", Some(reference), limits::MAX_REFERENCE)
}

fn lifetime(wanted: Option<i64>) -> Result<i64, ApiError> {
    let [shortest, usual, longest] = limits::REQUEST_SECONDS;
    let seconds = wanted.unwrap_or(usual);
    if (shortest..=longest).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(ApiError::field(
            "expires_in",
            format!("must be from {shortest} to {longest} seconds"),
        ))
    }
}

fn callback(url: &str, own_host: &str) -> Result<String, ApiError> {
    if url.len() > limits::MAX_URL_BYTES {
        return Err(ApiError::field(
            "callback_url",
            "must have at most 2000 bytes",
        ));
    }
    outbound::check_url(url, UrlPolicy::https_only(own_host))
        .map(outbound::OutboundUrl::into_string)
        .map_err(|refusal| ApiError::field("callback_url", refusal.to_string()))
}

impl PlannedRequest {
    /// Equal for equal requests; tells a repetition from a different request under one key.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::digest(text)[..16])
    }

    /// How many assets have to be verified at least.
    pub fn needed(&self) -> usize {
        let required = self.assets.iter().filter(|asset| asset.required).count();
        self.policy
            .map_or(required, |policy| usize::from(policy.any))
    }
}
