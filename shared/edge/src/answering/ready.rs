//! Whether a channel can be used. One that is not configured says what is missing, and nothing is
//! created.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::verification::PlannedVerification;
use proof_evidence::channels::{check, check_inbound, check_outbound};
use proof_evidence::settings::MissingSettings;
use wasm_bindgen::JsValue;

use super::{Asker, must_be_provable};
use crate::channels::settings_in;
use crate::platform::local;
use crate::scope::Scope;

/// Refuses a live verification over a channel that cannot be carried out.
pub async fn must_be_configured(
    scope: &Scope,
    asker: &Asker,
    plan: &PlannedVerification,
) -> Result<(), ApiError> {
    let way = (plan.kind, plan.channel);
    local(must_be_configured_in(
        scope.env(),
        asker,
        way,
        plan.outbound,
    ))
    .await
}

/// The same for a phone whose number is not known yet.
pub async fn must_hear_messages(
    scope: &Scope,
    asker: &Asker,
    channel: Channel,
) -> Result<(), ApiError> {
    let way = (AssetType::Phone, channel);
    local(must_be_configured_in(scope.env(), asker, way, false)).await
}

/// Of these channels, those over which an asset can be proven: of this identifier, if it is known.
/// Refuses if there are none, for the reason of the first.
pub async fn offered(
    scope: &Scope,
    asker: &Asker,
    kind: AssetType,
    identifier: Option<&str>,
    channels: &[Channel],
) -> Result<Vec<Channel>, ApiError> {
    let mut possible = Vec::with_capacity(channels.len());
    let mut first = None;
    for channel in channels {
        let way = (kind, *channel);
        let ready = local(must_be_configured_in(scope.env(), asker, way, false)).await;
        let ready = ready.and_then(|()| match identifier {
            Some(identifier) => must_be_provable(asker, *channel, identifier),
            None => Ok(()),
        });
        match ready {
            Ok(()) => possible.push(*channel),
            Err(error) => {
                first.get_or_insert(error);
            }
        }
    }
    match first {
        Some(error) if possible.is_empty() => Err(error),
        _ => Ok(possible),
    }
}

/// The same, for objects too.
pub async fn must_be_configured_in(
    env: &JsValue,
    asker: &Asker,
    (kind, channel): (AssetType, Channel),
    outbound: bool,
) -> Result<(), ApiError> {
    if asker.is_test() {
        return Ok(());
    }
    let own = asker.own(channel);
    let settings = settings_in(env, own, channel).await?;
    let checked = match kind {
        AssetType::Phone if outbound => check_outbound(channel, &settings),
        AssetType::Phone => check_inbound(channel, &settings),
        _ => check(kind, channel, &settings),
    };
    let Err(MissingSettings(missing)) = checked else {
        return Ok(());
    };
    let who = if own.is_some() {
        "You have settings of your own for this channel; missing are"
    } else {
        "The operator must set"
    };
    Err(ApiError::of_field(
        ErrorCode::ChannelNotConfigured,
        "channel",
        format!(
            "{channel} is not configured for live use of {kind}. {who} {}.",
            missing.join(", ")
        ),
    ))
}
