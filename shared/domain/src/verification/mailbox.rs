//! The mailboxes by which a domain can be asked. Certificate authorities agreed on these five, and
//! mail servers give them to nobody but those who run the domain.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of the five constructed mailboxes of a domain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mailbox {
    #[default]
    Postmaster,
    Hostmaster,
    Webmaster,
    Admin,
    Administrator,
}

impl Mailbox {
    pub const ALL: [Self; 5] = [
        Self::Postmaster,
        Self::Hostmaster,
        Self::Webmaster,
        Self::Admin,
        Self::Administrator,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Postmaster => "postmaster",
            Self::Hostmaster => "hostmaster",
            Self::Webmaster => "webmaster",
            Self::Admin => "admin",
            Self::Administrator => "administrator",
        }
    }

    /// The mailbox of this name at a domain.
    pub fn at(self, domain: &str) -> String {
        format!("{}@{domain}", self.as_str())
    }
}
