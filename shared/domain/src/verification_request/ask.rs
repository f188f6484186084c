//! What a tenant says about a request besides its assets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::identifier::is_invisible;
use crate::limits;

/// What the person is asked for; the page says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionType {
    #[default]
    Verification,
    #[serde(rename = "2fa")]
    TwoFactor,
    Login,
    Custom,
}

/// What it is for, in the tenant's words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionContext {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "Open a seller account", min_length = 1, max_length = 100)]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        example = "We pay out to people whose domain and wallet we know.",
        min_length = 1,
        max_length = 500
    )]
    pub description: Option<String>,
}

/// How many of the assets are enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// So many of all assets, whichever they are; those that are required are among them.
    #[schema(example = 2, minimum = 1, maximum = 20)]
    pub any: u8,
}

impl ActionContext {
    pub(super) fn check(&self) -> Result<(), ApiError> {
        plain(
            "action_context.title",
            self.title.as_deref(),
            limits::MAX_TITLE,
        )?;
        plain(
            "action_context.description",
            self.description.as_deref(),
            limits::MAX_DESCRIPTION,
        )
    }
}

/// A text that people read: nothing in it may hide or turn around what stands beside it.
pub(super) fn plain(field: &str, text: Option<&str>, most: usize) -> Result<(), ApiError> {
    let Some(text) = text else {
        return Ok(());
    };
    let length = text.chars().count();
    if text.trim().is_empty() || length > most {
        return Err(ApiError::field(
            field,
            format!("must have 1 to {most} characters"),
        ));
    }
    if text.chars().any(is_invisible) {
        return Err(ApiError::field(
            field,
            "must not contain control or invisible characters",
        ));
    }
    Ok(())
}
