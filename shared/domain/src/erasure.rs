//! Everything about one of a tenant's users is deleted at the tenant's wish, and a receipt stays. It
//! holds no name: whether it is about somebody is told by a keyed digest.

use hmac::Mac as _;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::id::{Id, hex, keyed};
use crate::page::Parameters;
use crate::tenant::Owner;
use crate::timestamp::Timestamp;
use crate::verification::check_external_user_id;

/// Where a deletion stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureStatus {
    /// There is more than one call deletes. Repeat the call until it is completed.
    InProgress,
    Completed,
}

/// How many things of each kind are gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Erased {
    pub verifications: u64,
    pub sessions: u64,
    pub verification_requests: u64,
    pub events: u64,
    /// Those that were pending will not be made.
    pub webhook_deliveries: u64,
}

impl Erased {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What was deleted about one user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ErasureReceipt)]
pub struct ErasureView {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    pub status: ErasureStatus,
    /// The name as the call gave it. It is not kept: a receipt that is read later does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "user_12345")]
    pub external_user_id: Option<String>,
    /// Stands for the name, in your organisation and this environment: the same name has the same
    /// digest, and without this system's key nobody can tell a name from it.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub subject_digest: String,
    pub deleted: Erased,
    /// Proofs that were revoked with it.
    #[schema(example = 0)]
    pub proofs_revoked: u64,
    pub requested_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// Whom to delete.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseUser {
    /// Your own name for the person.
    #[schema(example = "user_12345", min_length = 1, max_length = 255)]
    pub external_user_id: String,
    /// Whether the person's proofs are revoked too. Otherwise they stay good until they expire, for
    /// whoever holds them.
    #[serde(default)]
    pub revoke: bool,
}

impl std::fmt::Debug for EraseUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EraseUser(…)")
    }
}

impl EraseUser {
    /// Checks what a body says.
    pub fn checked(self) -> Result<Self, ApiError> {
        check_external_user_id(&self.external_user_id)?;
        Ok(self)
    }

    /// From the path and the query string.
    pub fn of_path(external_user_id: String, query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::parse(query);
        let revoke = parameters.read("revoke", "must be true or false", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })?;
        parameters.finish()?;
        Ok(Self {
            external_user_id,
            revoke: revoke.unwrap_or_default(),
        })
    }

    /// What stands for the name.
    pub fn digest(&self, secret: &[u8], owner: &Owner) -> String {
        let mut mac = keyed(secret);
        for part in [
            "erased user",
            owner.organisation.as_str(),
            owner.environment.as_str(),
            self.external_user_id.as_str(),
        ] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        hex(&mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::Environment;

    fn owner(organisation: &str, environment: Environment) -> Owner {
        Owner {
            organisation: organisation.into(),
            environment,
        }
    }

    #[test]
    fn a_digest_stands_for_one_name_of_one_owner() {
        let digest = |name: &str, secret: &[u8], owner: &Owner| {
            EraseUser::of_path(name.into(), "")
                .unwrap()
                .digest(secret, owner)
        };
        let acme = owner("acme", Environment::Live);
        let one = digest("user_1", b"secret", &acme);
        assert_eq!(one.len(), 64);
        assert_eq!(one, digest("user_1", b"secret", &acme));
        for other in [
            digest("user_2", b"secret", &acme),
            digest("user_1", b"other", &acme),
            digest("user_1", b"secret", &owner("acme", Environment::Test)),
            digest("user_1", b"secret", &owner("acm", Environment::Live)),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn says_in_the_query_whether_proofs_are_revoked() {
        let wish = |query| EraseUser::of_path("a/b".into(), query).map(|wish| wish.revoke);
        assert!(!wish("").unwrap());
        assert!(!wish("revoke=false").unwrap());
        assert!(wish("revoke=true").unwrap());
        for odd in [
            "revoke=1",
            "revoke=True",
            "revoke=true&revoke=true",
            "all=true",
        ] {
            assert_eq!(wish(odd).unwrap_err().code.status(), 400, "{odd}");
        }
    }

    #[test]
    fn a_body_has_to_name_somebody() {
        let read = |text| serde_json::from_str::<EraseUser>(text).unwrap().checked();
        assert!(read(r#"{"external_user_id":"."}"#).is_ok());
        assert!(read(r#"{"external_user_id":""}"#).is_err());
        assert!(read("{\"external_user_id\":\"a\\u0000\"}").is_err());
    }

    #[test]
    fn a_receipt_does_not_show_the_name_unless_it_was_just_given() {
        let receipt = ErasureView {
            id: Id::from_bytes([1; 12]),
            status: ErasureStatus::Completed,
            external_user_id: None,
            subject_digest: "ab".into(),
            deleted: Erased::default(),
            proofs_revoked: 0,
            requested_at: Timestamp::from_seconds(0),
            completed_at: Some(Timestamp::from_seconds(1)),
            test_mode: None,
        };
        assert_eq!(
            serde_json::to_string(&receipt).unwrap(),
            r#"{"id":"010101010101010101010101","status":"completed","subject_digest":"ab","deleted":{"verifications":0,"sessions":0,"verification_requests":0,"events":0,"webhook_deliveries":0},"proofs_revoked":0,"requested_at":"1970-01-01T00:00:00Z","completed_at":"1970-01-01T00:00:01Z"}"#
        );
    }
}
