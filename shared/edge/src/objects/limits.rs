//! How often one identifier may be sent a challenge, whoever asks and under however many
//! verifications, and how often a domain is looked at by itself. One small object counts for each; its
//! name does not tell which one it is.

use proof_domain::error::ApiError;
use proof_domain::id::{Id, hex};
use proof_domain::limits;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::JsValue;

use super::{Done, command};
use crate::platform::{local, random};
use crate::scope::Scope;

const BINDING: &str = "IDENTIFIER_LIMITS";

/// What can be asked of the counter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitCommand {
    /// Count a challenge of this verification, once however often it is asked.
    Take {
        verification: Id,
        now: i64,
        #[serde(default, skip_serializing_if = "is_default")]
        of: Limited,
    },
    /// Count a look at a domain, if there were fewer than this in the hour.
    Look { allowed: u32, now: i64 },
}

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Challenges for one identifier, whoever asks.
    #[default]
    Identifier,
    /// Messages to one block of phone numbers, whoever asks: somebody who earns by them owns many.
    Prefix,
    /// Messages to phones that one organisation asks for.
    Organisation,
    /// Our answers to one number whose messages cost us one each.
    Replies,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_default(limited: &Limited) -> bool {
    *limited == Limited::Identifier
}

impl Limited {
    /// Keeps the names of one kind apart from those of another.
    const fn purpose(self) -> &'static [u8] {
        match self {
            Self::Identifier => b"identifier limits",
            Self::Prefix => b"prefix limits",
            Self::Organisation => b"organisation limits",
            Self::Replies => b"reply limits",
        }
    }

    /// How many within how many seconds.
    pub const fn allowed(self) -> [(usize, i64); 2] {
        match self {
            Self::Identifier | Self::Replies => limits::IDENTIFIER_CHALLENGES,
            Self::Prefix => limits::PREFIX_CHALLENGES,
            Self::Organisation => limits::ORGANISATION_CHALLENGES,
        }
    }
}

/// The way to the counters.
#[derive(Clone, Copy, Debug)]
pub struct IdentifierLimits<'a>(&'a JsValue);

impl<'a> IdentifierLimits<'a> {
    pub const fn new(env: &'a JsValue) -> Self {
        Self(env)
    }

    /// Counts an answer to a number, or refuses it.
    pub async fn reply(scope: &Scope, number: &str) -> Result<(), ApiError> {
        let secret = scope.config().id_secret()?;
        let message = Id::from_bytes(random());
        let limits = IdentifierLimits(scope.env());
        local(limits.take(secret, Limited::Replies, number, message, scope.now())).await
    }

    /// Counts a challenge, or refuses it.
    pub async fn take(
        self,
        secret: &[u8],
        of: Limited,
        what: &str,
        verification: Id,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let name = Sha256::new()
            .chain_update(secret)
            .chain_update(of.purpose())
            .chain_update(what.to_lowercase())
            .finalize();
        let take = LimitCommand::Take {
            verification,
            now: now.seconds(),
            of,
        };
        command::<Done>(self.0, BINDING, &hex(&name), &take)
            .await
            .map(drop)
    }

    /// Counts a look that an organisation gets at a domain by itself, or refuses it.
    pub async fn take_look(
        self,
        secret: &[u8],
        owner: &Owner,
        domain: &str,
        now: Timestamp,
    ) -> Result<(), ApiError> {
        let now = now.seconds();
        for (domain, allowed) in [
            (domain, limits::DOMAIN_LOOKS_PER_HOUR),
            ("", limits::ORGANISATION_LOOKS_PER_HOUR),
        ] {
            let name = Sha256::new()
                .chain_update(secret)
                .chain_update(b"looks at domains")
                .chain_update(&owner.organisation)
                .chain_update([0])
                .chain_update(owner.environment.as_str())
                .chain_update([0])
                .chain_update(domain)
                .finalize();
            let look = LimitCommand::Look { allowed, now };
            command::<Done>(self.0, BINDING, &hex(&name), &look).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let verification = Id::from_bytes([1; 12]);
        for (of, json) in [
            (
                Limited::Identifier,
                r#"{"take":{"verification":"010101010101010101010101","now":7}}"#,
            ),
            (
                Limited::Prefix,
                r#"{"take":{"verification":"010101010101010101010101","now":7,"of":"prefix"}}"#,
            ),
        ] {
            let take = LimitCommand::Take {
                verification,
                now: 7,
                of,
            };
            assert_eq!(serde_json::to_string(&take).unwrap(), json);
            assert_eq!(serde_json::from_str::<LimitCommand>(json).unwrap(), take);
        }
        let look = LimitCommand::Look {
            allowed: 60,
            now: 7,
        };
        let json = r#"{"look":{"allowed":60,"now":7}}"#;
        assert_eq!(serde_json::to_string(&look).unwrap(), json);
        assert_eq!(serde_json::from_str::<LimitCommand>(json).unwrap(), look);
    }
}
