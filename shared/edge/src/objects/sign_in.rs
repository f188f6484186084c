//! What crosses when a person signs in at a network or exchange, or a bot's token is shown. The
//! person is known by the secrets in addresses and cookies alone, so these commands name no owner;
//! the object compares the secrets.

use std::fmt;

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::{Account, AccountProblem, SignInView, VerificationView};
use proof_evidence::oauth::Identity;
use serde::{Deserialize, Serialize};

use super::{VerificationCommand, Verifications};
use crate::answer::Raw;

/// A secret on its way. Not printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hidden(pub String);

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(…)")
    }
}

/// What a person's page asks of the object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInCommand {
    /// What it is about. The key is that of the page's address.
    Show { key: Hidden },
    /// The person goes to the provider.
    Begin { key: Hidden },
    /// The person is back.
    Take {
        channel: Channel,
        state: Hidden,
        cookies: Vec<Hidden>,
    },
    /// This is who signed in.
    Shown { identity: Identity },
    /// Nobody is known to have signed in.
    NotShown { problem: AccountProblem },
    /// Test mode: done without a provider.
    Complete { key: Hidden },
}

/// What the function needs to send the person away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BegunSignIn {
    pub channel: Channel,
    pub state: Hidden,
    pub verifier: Hidden,
    pub nonce: Hidden,
    pub cookie: Hidden,
    /// The organisation, if it is its own account with the provider that is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// Seconds until the challenge ends.
    pub seconds_left: u32,
}

/// What the function needs to ask the provider who signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TakenSignIn {
    pub verifier: Hidden,
    pub nonce: Hidden,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    pub view: SignInView,
}

/// What Telegram said of a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotFinding {
    Shown(Account),
    NotShown(AccountProblem),
}

impl Verifications<'_> {
    pub async fn show_sign_in(self, id: Id, key: &str) -> Result<SignInView, ApiError> {
        let key = Hidden(key.to_owned());
        self.sign_in(id, SignInCommand::Show { key }).await
    }

    pub async fn begin_sign_in(self, id: Id, key: &str) -> Result<BegunSignIn, ApiError> {
        let key = Hidden(key.to_owned());
        self.sign_in(id, SignInCommand::Begin { key }).await
    }

    pub async fn take_sign_in(
        self,
        id: Id,
        channel: Channel,
        state: &str,
        cookies: Vec<String>,
    ) -> Result<TakenSignIn, ApiError> {
        let wish = SignInCommand::Take {
            channel,
            state: Hidden(state.to_owned()),
            cookies: cookies.into_iter().map(Hidden).collect(),
        };
        self.sign_in(id, wish).await
    }

    pub async fn account_shown(self, id: Id, identity: Identity) -> Result<SignInView, ApiError> {
        self.sign_in(id, SignInCommand::Shown { identity }).await
    }

    pub async fn account_not_shown(
        self,
        id: Id,
        problem: AccountProblem,
    ) -> Result<SignInView, ApiError> {
        self.sign_in(id, SignInCommand::NotShown { problem }).await
    }

    pub async fn complete_sign_in_in_test(self, id: Id, key: &str) -> Result<SignInView, ApiError> {
        let key = Hidden(key.to_owned());
        self.sign_in(id, SignInCommand::Complete { key }).await
    }

    /// The id of the bot whose token is awaited.
    pub async fn bot_to_show(self, owner: Owner, id: Id) -> Result<String, ApiError> {
        self.tell(id, VerificationCommand::BotToShow { owner })
            .await
            .and_then(|id: Raw<_>| id.read())
    }

    pub async fn bot_found(
        self,
        owner: Owner,
        id: Id,
        finding: BotFinding,
    ) -> Result<Raw<VerificationView>, ApiError> {
        self.tell(id, VerificationCommand::BotFound { owner, finding })
            .await
    }

    async fn sign_in<T: serde::de::DeserializeOwned>(
        self,
        id: Id,
        wish: SignInCommand,
    ) -> Result<T, ApiError> {
        self.tell(id, VerificationCommand::SignIn(wish))
            .await
            .and_then(|answer: Raw<_>| answer.read())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::tenant::Environment;

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let hidden = |text: &str| Hidden(text.into());
        let owner = Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        };
        let account = Account {
            id: "583231".into(),
            username: Some("octocat".into()),
        };
        let identity = Identity {
            subject: "583231".into(),
            username: Some("octocat".into()),
            email: None,
        };
        for (command, json) in [
            (
                VerificationCommand::SignIn(SignInCommand::Show { key: hidden("k") }),
                r#"{"sign_in":{"show":{"key":"k"}}}"#,
            ),
            (
                VerificationCommand::SignIn(SignInCommand::Begin { key: hidden("k") }),
                r#"{"sign_in":{"begin":{"key":"k"}}}"#,
            ),
            (
                VerificationCommand::SignIn(SignInCommand::Take {
                    channel: Channel::Github,
                    state: hidden("s"),
                    cookies: vec![hidden("c")],
                }),
                r#"{"sign_in":{"take":{"channel":"github","state":"s","cookies":["c"]}}}"#,
            ),
            (
                VerificationCommand::SignIn(SignInCommand::Shown { identity }),
                r#"{"sign_in":{"shown":{"identity":{"subject":"583231","username":"octocat"}}}}"#,
            ),
            (
                VerificationCommand::SignIn(SignInCommand::NotShown {
                    problem: AccountProblem::Declined,
                }),
                r#"{"sign_in":{"not_shown":{"problem":"declined"}}}"#,
            ),
            (
                VerificationCommand::SignIn(SignInCommand::Complete { key: hidden("k") }),
                r#"{"sign_in":{"complete":{"key":"k"}}}"#,
            ),
            (
                VerificationCommand::BotFound {
                    owner,
                    finding: BotFinding::Shown(account),
                },
                r#"{"bot_found":{"owner":{"organisation":"acme","environment":"live"},"finding":{"shown":{"id":"583231","username":"octocat"}}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<VerificationCommand>(json).unwrap(),
                command
            );
            let printed = format!("{command:?}");
            for secret in ["\"k\"", "\"s\"", "\"c\"", "octocat", "583231"] {
                assert!(!printed.contains(secret), "{printed}");
            }
        }
    }
}
