//! Why a proof is withdrawn.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The five reasons of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// The person asked for it.
    UserRequest,
    /// The proof was obtained by deceit.
    Fraud,
    /// The asset's own secret is no longer safe.
    KeyCompromise,
    /// The asset belongs to somebody else now.
    AssetTransferred,
    /// Anything else.
    Other,
}

impl RevocationReason {
    pub const ALL: [Self; 5] = [
        Self::UserRequest,
        Self::Fraud,
        Self::KeyCompromise,
        Self::AssetTransferred,
        Self::Other,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserRequest => "user_request",
            Self::Fraud => "fraud",
            Self::KeyCompromise => "key_compromise",
            Self::AssetTransferred => "asset_transferred",
            Self::Other => "other",
        }
    }

    /// The reason of that name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
