//! What a tenant's own users have proven, grouped by the name that the tenant gave them. Identifiers
//! are masked here: whoever needs one in full reads the verification.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ListedVerification, Status};
use crate::asset::{AssetType, Channel};
use crate::id::Id;
use crate::identifier;
use crate::page::Pagination;
use crate::timestamp::Timestamp;

/// The most verifications that the list of users shows of each.
pub const SHOWN_OF_EACH: u32 = 20;

/// A user with what they have proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VerifiedUser {
    #[schema(example = "user_12345")]
    pub external_user_id: String,
    /// Their verified verifications.
    #[schema(example = 3)]
    pub verification_count: u64,
    /// What they have proven, each type once.
    pub types_verified: Vec<AssetType>,
    /// The newest of them, at most 20.
    pub verifications: Vec<UserProof>,
    pub first_verified_at: Timestamp,
    pub last_verified_at: Timestamp,
}

/// Something that a user has proven.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UserProof {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    /// Masked.
    #[schema(example = "+3706***9199")]
    pub identifier: String,
    pub verified_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

/// A page of users, those who proved something last first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VerifiedUserList {
    pub data: Vec<VerifiedUser>,
    pub pagination: Pagination,
}

/// Everything under one user's name.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserDetails {
    #[schema(example = "user_12345")]
    pub external_user_id: String,
    /// Their verifications, whatever became of them.
    #[schema(example = 3)]
    pub verification_count: u64,
    /// What they have proven and nobody has withdrawn, each type once.
    pub types_verified: Vec<AssetType>,
    /// A page of them, newest first.
    pub verifications: Vec<UserVerification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_verified_at: Option<Timestamp>,
    pub pagination: Pagination,
}

/// A verification under a user's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UserVerification {
    #[schema(value_type = String, example = "507f1f77bcf86cd799439011")]
    pub id: Id,
    #[serde(rename = "type")]
    pub kind: AssetType,
    pub channel: Channel,
    /// Masked.
    #[schema(example = "+3706***9199")]
    pub identifier: String,
    pub status: Status,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Timestamp>,
    /// Whether there is a proof that is neither revoked nor over.
    pub has_proof: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof_expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_mode: Option<bool>,
}

impl UserProof {
    /// `None` for one that was never verified.
    pub fn of(listed: &ListedVerification) -> Option<Self> {
        Some(Self {
            id: listed.id,
            kind: listed.kind,
            channel: listed.channel,
            identifier: identifier::mask(listed.kind, &listed.identifier),
            verified_at: listed.verified_at?,
            test_mode: listed.test_mode,
        })
    }
}

impl UserVerification {
    pub fn of(listed: &ListedVerification, now: Timestamp) -> Self {
        let good = listed.status == Status::Verified
            && listed.proof_expires_at.is_some_and(|ends| now < ends);
        Self {
            id: listed.id,
            kind: listed.kind,
            channel: listed.channel,
            identifier: identifier::mask(listed.kind, &listed.identifier),
            status: listed.status,
            verified_at: listed.verified_at,
            has_proof: good,
            proof_expires_at: listed.proof_expires_at,
            created_at: listed.created_at,
            test_mode: listed.test_mode,
        }
    }
}

/// Types in the order of the reference, each once.
pub fn types_in_order(types: impl IntoIterator<Item = AssetType>) -> Vec<AssetType> {
    let seen: Vec<AssetType> = types.into_iter().collect();
    AssetType::ALL
        .iter()
        .copied()
        .filter(|kind| seen.contains(kind))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(kind: AssetType, channel: Channel, identifier: &str) -> ListedVerification {
        let at = Timestamp::from_seconds;
        ListedVerification {
            id: Id::from_bytes([1; 12]),
            kind,
            channel,
            status: Status::Verified,
            identifier: identifier.into(),
            external_user_id: Some("u".into()),
            client_metadata: None,
            verified_at: Some(at(100)),
            revoked_at: None,
            proof_expires_at: Some(at(200)),
            created_at: at(50),
            updated_at: at(100),
            test_mode: None,
        }
    }

    #[test]
    fn what_is_personal_is_masked_and_what_is_public_is_not() {
        for (kind, channel, identifier, mask) in [
            (
                AssetType::Phone,
                Channel::Sms,
                "+37069199199",
                "+3706***9199",
            ),
            (
                AssetType::Email,
                Channel::Email,
                "user@example.com",
                "us***@example.com",
            ),
            (
                AssetType::Email,
                Channel::Email,
                "a@example.com",
                "***@example.com",
            ),
            (
                AssetType::Domain,
                Channel::Dns,
                "shop.example.com",
                "shop.example.com",
            ),
            (AssetType::Social, Channel::Github, "octocat", "oc***"),
            (
                AssetType::Wallet,
                Channel::Ethereum,
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                "0x5aAe***eAed",
            ),
            (
                AssetType::Account,
                Channel::Kraken,
                "trader@example.com",
                "tr***@example.com",
            ),
            (
                AssetType::TelegramBot,
                Channel::TelegramBotToken,
                "123456789",
                "12***",
            ),
        ] {
            let proof = UserProof::of(&listed(kind, channel, identifier)).unwrap();
            assert_eq!(proof.identifier, mask);
            let row = UserVerification::of(
                &listed(kind, channel, identifier),
                Timestamp::from_seconds(1),
            );
            assert_eq!(row.identifier, mask);
        }
    }

    #[test]
    fn a_proof_is_there_until_it_ends_or_is_withdrawn() {
        let mut one = listed(AssetType::Phone, Channel::Sms, "+37069199199");
        let has = |one: &ListedVerification, now| {
            UserVerification::of(one, Timestamp::from_seconds(now)).has_proof
        };
        assert!(has(&one, 199));
        assert!(!has(&one, 200));
        one.status = Status::Revoked;
        assert!(!has(&one, 100));
        one.status = Status::Pending;
        one.verified_at = None;
        one.proof_expires_at = None;
        assert!(!has(&one, 100) && UserProof::of(&one).is_none());
    }

    #[test]
    fn types_stand_once_in_the_order_of_the_reference() {
        use AssetType::{Domain, Email, Phone, Wallet};
        assert_eq!(
            types_in_order([Wallet, Email, Phone, Email, Domain]),
            [Phone, Email, Domain, Wallet]
        );
        assert!(types_in_order([]).is_empty());
    }
}
