//! How channels are set up, as the API shows it. What is secret goes in and never comes out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::asset::{AssetType, Channel};

/// A channel, and how it is set up for live use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelSetup)]
pub struct ChannelView {
    pub channel: Channel,
    /// What it can prove.
    pub types: Vec<AssetType>,
    /// Whether it can be used live now.
    pub live: bool,
    pub source: SettingsSource,
    /// What has to be set before it can be used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(example = json!(["WHATSAPP_ACCESS_TOKEN"]))]
    pub missing: Vec<String>,
    /// What you can set for your organisation.
    pub settings: Vec<SettingView>,
}

/// Whose account with the provider the channel uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SettingsSource {
    /// That of this platform's operator.
    Platform,
    /// Your own.
    Organisation,
}

/// A setting that an organisation may make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SettingView {
    #[schema(example = "WHATSAPP_ACCESS_TOKEN")]
    pub name: String,
    /// Whether it is a credential.
    pub secret: bool,
    /// Whether you have set it.
    pub set: bool,
}

/// All channels.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChannelList {
    pub data: Vec<ChannelView>,
}

/// Your own account with a channel's provider.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetChannel {
    /// All settings by name; they replace what was set before.
    #[schema(example = json!({"WHATSAPP_PHONE_NUMBER_ID": "106540352242922", "WHATSAPP_ACCESS_TOKEN": "…"}))]
    pub settings: BTreeMap<String, String>,
}

impl std::fmt::Debug for SetChannel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.settings.keys()).finish()
    }
}
