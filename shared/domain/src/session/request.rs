//! What a tenant sends, and the rules that turn it into a plan for a session.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::SessionChannel;
use crate::error::ApiError;
use crate::id::hex;
use crate::verification::{check_external_user_id, check_metadata};

/// A session to create.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// From which channel the person writes.
    pub channel: SessionChannel,
    /// Anything you want to find again in the session and its verification: at most 50 members
    /// and 4 KB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = json!({"action": "login"}), value_type = Option<Object>)]
    pub client_metadata: Option<Map<String, Value>>,
    /// Your own name for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "user_12345", min_length = 1, max_length = 255)]
    pub external_user_id: Option<String>,
}

/// A number to complete a test session with.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteSession {
    /// The number that the session is to have captured.
    #[schema(example = "+37069199199", min_length = 1, max_length = 512)]
    pub phone_number: String,
}

impl std::fmt::Debug for CompleteSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CompleteSession(…)")
    }
}

/// A request that passed every rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedSession {
    pub channel: SessionChannel,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_metadata: Option<Map<String, Value>>,
}

impl CreateSession {
    /// Checks everything that can be checked without asking anyone.
    pub fn plan(self) -> Result<PlannedSession, ApiError> {
        if let Some(name) = &self.external_user_id {
            check_external_user_id(name)?;
        }
        if let Some(metadata) = &self.client_metadata {
            check_metadata(metadata)?;
        }
        Ok(PlannedSession {
            channel: self.channel,
            external_user_id: self.external_user_id,
            client_metadata: self.client_metadata,
        })
    }
}

impl PlannedSession {
    /// Equal for equal requests; tells a repetition from a different request under one key.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(self).unwrap_or_default();
        hex(&Sha256::digest(text)[..16])
    }
}
