//! Commands for the object of one verification, and the client that gives them.

use futures_util::future::{join_all, try_join_all};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::revocation::RevocationReason;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{
    AssetOf, CheckMethod, CheckView, Dnssec, EventsTicket, LinkView, PlannedVerification,
    ResendResult, ResolverFinding, TestVerification, Verification, VerificationView,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::sign_in::{BotFinding, SignInCommand};
use super::{Done, EventsRequest, Reply, Watched, command, open_stream};
use crate::answer::Raw;
use crate::platform::{Js, local};
use crate::scope::Scope;

pub(crate) const BINDING: &str = "VERIFICATIONS";

const UNMADE_AT_ONCE: usize = 20;

/// What can be asked of the object. The owner is that of the caller: an object that belongs to
/// somebody else answers as if it did not exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationCommand {
    Create(Box<CreateCommand>),
    Get {
        owner: Owner,
    },
    Submit {
        owner: Owner,
        challenge_code: String,
    },
    /// What has to be looked for.
    Token {
        owner: Owner,
    },
    /// The look is over.
    Checked {
        owner: Owner,
        report: CheckReport,
    },
    /// What has to be signed.
    Message {
        owner: Owner,
    },
    /// A signature was judged.
    Signed {
        owner: Owner,
        genuine: bool,
    },
    Resend {
        owner: Owner,
    },
    /// What the link with this token shows.
    OpenLink {
        token: String,
    },
    /// The button behind the link was pressed.
    Confirm {
        token: String,
    },
    CompleteInTest {
        owner: Owner,
    },
    /// Nobody waits for it any more.
    Withdraw {
        owner: Owner,
    },
    /// Exist no longer, and if it never did, never come to be.
    NeverBe {
        owner: Owner,
    },
    Revoke {
        owner: Owner,
        reason: RevocationReason,
    },
    /// Exist as this record, completed elsewhere, unless it exists already.
    Establish(Box<Verification>),
    Ticket {
        owner: Owner,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        streams_limit: Option<u32>,
    },
    /// A person's page, known by its secrets.
    SignIn(SignInCommand),
    /// Which bot has to be shown.
    BotToShow {
        owner: Owner,
    },
    /// The bot's token was shown to Telegram.
    BotFound {
        owner: Owner,
        finding: BotFinding,
    },
    /// Whether anybody still listens in this slot.
    Probe {
        slot: String,
    },
    /// Exist no longer.
    Erase {
        owner: Owner,
    },
}

/// A verification to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateCommand {
    pub id: Id,
    pub owner: Owner,
    pub organisation_name: String,
    pub plan: PlannedVerification,
    /// Whether the id belongs to an idempotency key, and so may be asked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// Whether the channel runs over the organisation's own account with the provider.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_channel: bool,
    /// The request it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<AssetOf>,
    /// What Telegram said of a bot's token that came with the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotFinding>,
    /// Why nothing new may be created; a repetition is answered all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ApiError>,
}

/// What looking for a published token found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckReport {
    pub method: CheckMethod,
    pub found: bool,
    pub result: String,
    pub message: String,
    pub retryable: bool,
    pub observed: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub via: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resolvers: Vec<ResolverFinding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dnssec: Option<Dnssec>,
}

impl CheckReport {
    /// As the record keeps it.
    pub fn seen_at(self, checked_at: Timestamp) -> CheckView {
        CheckView {
            method: self.method,
            result: self.result,
            message: self.message,
            retryable: self.retryable,
            observed: self.observed,
            via: self.via,
            resolvers: self.resolvers,
            dnssec: self.dnssec,
            checked_at,
        }
    }
}

/// The way to the objects.
#[derive(Clone, Copy, Debug)]
pub struct Verifications<'a>(&'a Scope);

impl<'a> Verifications<'a> {
    pub const fn of(scope: &'a Scope) -> Self {
        Self(scope)
    }

    pub async fn create(self, create: CreateCommand) -> Result<Reply<VerificationView>, ApiError> {
        let id = create.id;
        self.ask(id, VerificationCommand::Create(Box::new(create)))
            .await
    }

    pub async fn get(self, owner: Owner, id: Id) -> Result<Raw<VerificationView>, ApiError> {
        self.tell(id, VerificationCommand::Get { owner }).await
    }

    /// Several at once, in this order.
    pub async fn all(self, owner: &Owner, ids: &[Id]) -> Vec<Result<VerificationView, ApiError>> {
        join_all(ids.iter().map(|id| async {
            let view = self.get(owner.clone(), *id).await?;
            view.read()
        }))
        .await
    }

    pub async fn submit(
        self,
        owner: Owner,
        id: Id,
        challenge_code: String,
    ) -> Result<Raw<VerificationView>, ApiError> {
        self.tell(
            id,
            VerificationCommand::Submit {
                owner,
                challenge_code,
            },
        )
        .await
    }

    pub async fn token(self, owner: Owner, id: Id) -> Result<VerificationToken, ApiError> {
        self.tell(id, VerificationCommand::Token { owner })
            .await
            .and_then(|token: Raw<_>| token.read())
    }

    pub async fn checked(
        self,
        owner: Owner,
        id: Id,
        report: CheckReport,
    ) -> Result<Raw<VerificationView>, ApiError> {
        self.tell(id, VerificationCommand::Checked { owner, report })
            .await
    }

    pub async fn message(self, owner: Owner, id: Id) -> Result<MessageToSign, ApiError> {
        self.tell(id, VerificationCommand::Message { owner })
            .await
            .and_then(|message: Raw<_>| message.read())
    }

    pub async fn signed(
        self,
        owner: Owner,
        id: Id,
        genuine: bool,
    ) -> Result<Raw<VerificationView>, ApiError> {
        self.tell(id, VerificationCommand::Signed { owner, genuine })
            .await
    }

    pub async fn resend(self, owner: Owner, id: Id) -> Result<Raw<ResendResult>, ApiError> {
        self.tell(id, VerificationCommand::Resend { owner }).await
    }

    /// What the link shows; none if it is not this verification's.
    pub async fn open_link(self, id: Id, token: String) -> Result<Option<LinkView>, ApiError> {
        self.tell(id, VerificationCommand::OpenLink { token })
            .await
            .and_then(|view: Raw<_>| view.read())
    }

    /// Confirms by the link.
    pub async fn confirm(self, id: Id, token: String) -> Result<Option<LinkView>, ApiError> {
        self.tell(id, VerificationCommand::Confirm { token })
            .await
            .and_then(|view: Raw<_>| view.read())
    }

    pub async fn complete_in_test(
        self,
        owner: Owner,
        id: Id,
    ) -> Result<Raw<TestVerification>, ApiError> {
        self.tell(id, VerificationCommand::CompleteInTest { owner })
            .await
    }

    pub async fn revoke(
        self,
        owner: Owner,
        id: Id,
        reason: RevocationReason,
    ) -> Result<VerificationView, ApiError> {
        self.tell(id, VerificationCommand::Revoke { owner, reason })
            .await
            .and_then(|view: Raw<_>| view.read())
    }

    pub async fn ticket(
        self,
        owner: Owner,
        id: Id,
        streams_limit: Option<u32>,
    ) -> Result<Raw<EventsTicket>, ApiError> {
        let wish = VerificationCommand::Ticket {
            owner,
            streams_limit,
        };
        self.tell(id, wish).await
    }

    /// Whether the objects answer at all.
    pub async fn are_well(self) -> bool {
        let probe = VerificationCommand::Probe {
            slot: String::new(),
        };
        let id = Id::from_bytes([0; 12]);
        self.tell::<bool>(id, probe).await.is_ok()
    }

    /// The live events, as a response whose stream is given on untouched.
    pub async fn events(self, id: Id, request: &EventsRequest) -> Result<Js, ApiError> {
        open_stream(self.0.env(), Watched::Verification(id), request).await
    }

    pub(super) async fn tell<T>(
        self,
        id: Id,
        wish: VerificationCommand,
    ) -> Result<Raw<T>, ApiError> {
        Ok(self.ask(id, wish).await?.value)
    }

    async fn ask<T>(self, id: Id, wish: VerificationCommand) -> Result<Reply<T>, ApiError> {
        local(command(self.0.env(), BINDING, &id.to_string(), &wish)).await
    }
}

/// Sees to it that a verification which was completed elsewhere exists. Safe to repeat.
pub async fn establish(
    env: &JsValue,
    verification: Verification,
) -> Result<VerificationView, ApiError> {
    let name = verification.id.to_string();
    let wish = VerificationCommand::Establish(Box::new(verification));
    command(env, BINDING, &name, &wish).await?.value.read()
}

/// Ends a verification that nobody waits for any more. One that never came to be needs no end.
pub async fn withdraw(env: &JsValue, owner: Owner, id: Id) -> Result<(), ApiError> {
    let wish = VerificationCommand::Withdraw { owner };
    match command::<Done>(env, BINDING, &id.to_string(), &wish).await {
        Err(error) if error.code != ErrorCode::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Deletes the verifications that somebody made who is being deleted; those that are on their way to be
/// created never are.
pub async fn unmake(env: &JsValue, owner: &Owner, ids: &[Id]) -> Result<(), ApiError> {
    let wish = VerificationCommand::NeverBe {
        owner: owner.clone(),
    };
    let names: Vec<_> = ids.iter().map(Id::to_string).collect();
    for some in names.chunks(UNMADE_AT_ONCE) {
        let unmade = some
            .iter()
            .map(|name| command::<Done>(env, BINDING, name, &wish));
        try_join_all(unmade).await?;
    }
    Ok(())
}

/// A verification, for another object.
pub async fn read_verification(
    env: &JsValue,
    owner: Owner,
    id: Id,
) -> Result<VerificationView, ApiError> {
    let wish = VerificationCommand::Get { owner };
    command(env, BINDING, &id.to_string(), &wish)
        .await?
        .value
        .read()
}

/// What has to be looked for, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VerificationToken {
    pub domain: String,
    pub channel: proof_domain::asset::Channel,
    pub token: String,
}

/// What has to be signed, and by whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MessageToSign {
    pub channel: proof_domain::asset::Channel,
    pub address: String,
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::asset::{AssetType, Channel};
    use proof_domain::tenant::Environment;

    fn owner() -> Owner {
        Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        }
    }

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let plan = PlannedVerification {
            kind: AssetType::Phone,
            channel: Channel::Sms,
            identifier: "+37069199199".into(),
            mailbox: None,
            external_user_id: None,
            client_metadata: None,
            callback_url: None,
            outbound: false,
        };
        let id = Id::from_bytes([1; 12]);
        let create = CreateCommand {
            id,
            owner: owner(),
            organisation_name: "Acme".into(),
            plan,
            repeatable: false,
            own_channel: false,
            request: None,
            bot: None,
            refusal: None,
        };
        let report = CheckReport {
            method: CheckMethod::Dns,
            found: true,
            result: "verified".into(),
            message: "m".into(),
            retryable: false,
            observed: vec![],
            via: vec![],
            resolvers: vec![],
            dnssec: None,
        };
        for (command, json) in [
            (
                VerificationCommand::Create(Box::new(create)),
                r#"{"create":{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","plan":{"type":"phone","channel":"sms","identifier":"+37069199199"}}}"#,
            ),
            (
                VerificationCommand::Get { owner: owner() },
                r#"{"get":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                VerificationCommand::Submit {
                    owner: owner(),
                    challenge_code: "482913".into(),
                },
                r#"{"submit":{"owner":{"organisation":"acme","environment":"live"},"challenge_code":"482913"}}"#,
            ),
            (
                VerificationCommand::Checked {
                    owner: owner(),
                    report,
                },
                r#"{"checked":{"owner":{"organisation":"acme","environment":"live"},"report":{"method":"dns","found":true,"result":"verified","message":"m","retryable":false,"observed":[]}}}"#,
            ),
            (
                VerificationCommand::Message { owner: owner() },
                r#"{"message":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                VerificationCommand::Signed {
                    owner: owner(),
                    genuine: true,
                },
                r#"{"signed":{"owner":{"organisation":"acme","environment":"live"},"genuine":true}}"#,
            ),
            (
                VerificationCommand::Revoke {
                    owner: owner(),
                    reason: RevocationReason::Fraud,
                },
                r#"{"revoke":{"owner":{"organisation":"acme","environment":"live"},"reason":"fraud"}}"#,
            ),
            (
                VerificationCommand::OpenLink { token: "t".into() },
                r#"{"open_link":{"token":"t"}}"#,
            ),
            (
                VerificationCommand::Confirm { token: "t".into() },
                r#"{"confirm":{"token":"t"}}"#,
            ),
            (
                VerificationCommand::Withdraw { owner: owner() },
                r#"{"withdraw":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                VerificationCommand::Probe { slot: "s".into() },
                r#"{"probe":{"slot":"s"}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), json);
            assert_eq!(
                serde_json::from_str::<VerificationCommand>(json).unwrap(),
                command
            );
        }
    }

    #[test]
    fn the_wish_to_be_gone_keeps_its_form() {
        let wish = VerificationCommand::NeverBe { owner: owner() };
        let json = r#"{"never_be":{"owner":{"organisation":"acme","environment":"live"}}}"#;
        assert_eq!(serde_json::to_string(&wish).unwrap(), json);
        assert_eq!(
            serde_json::from_str::<VerificationCommand>(json).unwrap(),
            wish
        );
    }

    /// The record crosses as it is stored, whose form is pinned where it is defined.
    #[test]
    fn a_completed_verification_crosses_as_its_record() {
        let record = r#"{"id":"020202020202020202020202","owner":{"organisation":"acme","environment":"live"},"organisation_name":"Acme","type":"phone","channel":"whatsapp","identifier":"+37069199199","fingerprint":"f","challenge":{"expires_at":"2026-02-04T11:00:00Z","question":{"form":"shown_code","code":"X7K2M9"}},"state":{"status":"verified","at":"2026-02-04T10:50:10Z","proof":{"jti":"070707070707070707070707","issued_at":"2026-02-04T10:50:10Z","expires_at":"2026-03-06T10:50:10Z","salt":"00"}},"failed_attempts":0,"created_at":"2026-02-04T10:50:10Z","updated_at":"2026-02-04T10:50:10Z","history":[{"status":"verified","at":"2026-02-04T10:50:10Z"}],"revision":1,"ledger_revision":0}"#;
        let read: Verification = serde_json::from_str(record).unwrap();
        let command = VerificationCommand::Establish(Box::new(read.clone()));
        let json = serde_json::to_string(&command).unwrap();
        assert!(json.starts_with(r#"{"establish":{"id":"020202020202020202020202","#));
        assert_eq!(
            serde_json::from_str::<VerificationCommand>(&format!(r#"{{"establish":{record}}}"#))
                .unwrap(),
            command
        );
    }
}
