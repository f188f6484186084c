//! What happens before an object is told: whether a verification can be carried out, what Telegram
//! says of a bot's token, whether a wallet signed, what a domain publishes. It is the same whether a
//! tenant asks by its key or a person does on a page; whose the verification is comes as an argument.

pub mod bots;
pub mod domains;
mod ready;
pub mod wallets;

pub use ready::{must_be_configured, must_be_configured_in, must_hear_messages, offered};

use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::{AssetOf, PlannedVerification, VerificationView};
use proof_evidence::oauth;
use proof_evidence::telegram_bot::BotToken;
use wasm_bindgen::JsValue;

use crate::auth::TenantKey;
use crate::ledger::Ledger;
use crate::objects::{CreateCommand, Reply, Verifications};
use crate::platform::random;
use crate::scope::Scope;

/// Who asks a person for a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker {
    pub owner: Owner,
    /// Said to the person.
    pub organisation_name: String,
    own_channels: Vec<Channel>,
}

impl Asker {
    pub const fn new(owner: Owner, organisation_name: String, own_channels: Vec<Channel>) -> Self {
        Self {
            owner,
            organisation_name,
            own_channels,
        }
    }

    /// Whoever asked earlier and is not here now: its own channels are looked up.
    pub async fn known(
        env: &JsValue,
        owner: Owner,
        organisation_name: String,
    ) -> Result<Self, ApiError> {
        let own = if owner.environment.is_test() {
            Vec::new()
        } else {
            Ledger::new(env).own_channels(&owner.organisation).await?
        };
        Ok(Self::new(owner, organisation_name, own))
    }

    /// The organisation, if it has settings of its own for this channel and they are used.
    pub fn own(&self, channel: Channel) -> Option<&str> {
        (!self.is_test() && self.own_channels.contains(&channel))
            .then_some(self.owner.organisation.as_str())
    }

    pub const fn is_test(&self) -> bool {
        self.owner.environment.is_test()
    }
}

impl From<&TenantKey> for Asker {
    fn from(key: &TenantKey) -> Self {
        Self::new(
            key.owner.clone(),
            key.organisation_name.clone(),
            key.own_channels().to_vec(),
        )
    }
}

/// A verification to begin.
#[derive(Debug)]
pub struct Beginning<'a> {
    pub plan: PlannedVerification,
    pub bot_token: Option<&'a BotToken>,
    /// The id that a repetition finds again; without one a new id is taken.
    pub id: Option<Id>,
    /// The request that it is an asset of.
    pub request: Option<AssetOf>,
    /// Why nothing new may be created, where that is known already.
    pub refusal: Option<ApiError>,
}

/// Creates what was planned, or finds what was created under the same id. What cannot be carried
/// out is refused, but for a repetition, which is answered all the same.
pub async fn begin(
    scope: &Scope,
    asker: Asker,
    beginning: Beginning<'_>,
) -> Result<Reply<VerificationView>, ApiError> {
    let Beginning {
        plan,
        bot_token,
        id,
        request,
        refusal,
    } = beginning;
    let mut refusal = must_be_configured(scope, &asker, &plan)
        .await
        .and(refusal.map_or(Ok(()), Err))
        .and_then(|()| must_be_provable(&asker, plan.channel, &plan.identifier))
        .err();
    let mut bot = None;
    if let (Some(token), None, false) = (bot_token, &refusal, asker.is_test()) {
        match bots::ask(scope, token, "identifier").await {
            Ok(finding) => bot = Some(finding),
            Err(error) => refusal = Some(error),
        }
    }
    let repeatable = id.is_some();
    let id = match (id, refusal.take()) {
        (None, Some(refusal)) => return Err(refusal),
        (None, None) => Id::from_bytes(random()),
        (Some(id), known) => {
            refusal = known;
            id
        }
    };
    let create = CreateCommand {
        id,
        own_channel: asker.own(plan.channel).is_some(),
        owner: asker.owner,
        organisation_name: asker.organisation_name,
        plan,
        repeatable,
        request,
        bot,
        refusal,
    };
    Verifications::of(scope).create(create).await
}

/// Refuses an account that its provider will never confirm. In test mode nobody is asked.
fn must_be_provable(asker: &Asker, channel: Channel, identifier: &str) -> Result<(), ApiError> {
    if asker.is_test() {
        return Ok(());
    }
    oauth::must_be_provable(channel, identifier)
        .map_err(|why| ApiError::of_field(ErrorCode::InvalidIdentifier, "identifier", why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::tenant::Environment;

    /// In test mode nothing goes over anybody's account.
    #[test]
    fn own_settings_are_used_live_only() {
        let asker = |environment| {
            let owner = Owner {
                organisation: "acme".into(),
                environment,
            };
            Asker::new(owner, "Acme".into(), vec![Channel::Email])
        };
        assert_eq!(asker(Environment::Live).own(Channel::Email), Some("acme"));
        assert_eq!(asker(Environment::Live).own(Channel::Sms), None);
        assert_eq!(asker(Environment::Test).own(Channel::Email), None);
    }
}
