//! Commands for the object of one verification request, and the client that gives them. The object
//! says which verification proves an asset; whoever asked has it created and tells the object if that
//! could not be done. How it ends the verification's own object tells.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::{AssetOf, EventsTicket, VerificationView};
use proof_domain::verification_request::{
    Begun, Failure, PlannedRequest, Proven, Report, RequestView,
};
use proof_evidence::telegram_bot::BotToken;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;

use super::{Done, EventsRequest, Reply, Watched, command, open_stream};
use crate::answer::Raw;
use crate::answering::{Asker, Beginning, begin};
use crate::auth::within_quota;
use crate::ledger::Ledger;
use crate::platform::{Js, local};
use crate::scope::Scope;

pub(crate) const BINDING: &str = "REQUESTS";

/// What can be asked of the object. The owner is that of the caller: an object that belongs to
/// somebody else answers as if it did not exist. What a person does on the page names no owner; the
/// address of the page is what lets them in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestCommand {
    Create(Box<CreateRequestCommand>),
    Get {
        owner: Owner,
    },
    Cancel {
        owner: Owner,
    },
    /// What the page shows.
    Page {},
    /// The person, or the tenant in test mode, begins with an asset.
    Begin {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<Owner>,
        asset: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identifier: Option<String>,
    },
    /// The verification could not be created.
    NotBegun {
        asset: u8,
        verification_id: Id,
    },
    /// The person wants another channel or identifier.
    Change {
        asset: u8,
    },
    /// The verification of an asset ended.
    Report {
        owner: Owner,
        asset: u8,
        verification_id: Id,
        report: Report,
    },
    /// Exist no longer.
    Erase {
        owner: Owner,
    },
    Ticket {
        owner: Owner,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        streams_limit: Option<u32>,
    },
    /// Whether anybody still listens in this slot.
    Probe {
        slot: String,
    },
}

/// A request to create.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateRequestCommand {
    pub id: Id,
    pub owner: Owner,
    pub organisation_name: String,
    pub plan: PlannedRequest,
    /// Of what the tenant sent: what is offered of it may change with the settings.
    pub fingerprint: String,
    /// Whether the id belongs to an idempotency key, and so may be asked for again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub repeatable: bool,
    /// Why nothing new may be created; a repetition is answered all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<ApiError>,
}

/// What the page of a request is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestPage {
    pub owner: Owner,
    pub request: RequestView,
    /// The number of the newest live event.
    pub seen: usize,
    /// For each asset, whether the tenant said which one.
    pub fixed: Vec<bool>,
    /// For each asset, why its last verification proved nothing.
    #[serde(default)]
    pub came_to_nothing: Vec<Option<Failure>>,
    /// Where the person is led at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way_back: Option<String>,
}

/// The way to the objects.
#[derive(Clone, Copy, Debug)]
pub struct Requests<'a>(&'a Scope);

impl<'a> Requests<'a> {
    pub const fn of(scope: &'a Scope) -> Self {
        Self(scope)
    }

    pub async fn create(
        self,
        create: CreateRequestCommand,
    ) -> Result<Reply<RequestView>, ApiError> {
        let id = create.id;
        self.ask(id, RequestCommand::Create(Box::new(create))).await
    }

    pub async fn get(self, owner: Owner, id: Id) -> Result<Raw<RequestView>, ApiError> {
        self.tell(id, RequestCommand::Get { owner }).await
    }

    pub async fn cancel(self, owner: Owner, id: Id) -> Result<Raw<RequestView>, ApiError> {
        self.tell(id, RequestCommand::Cancel { owner }).await
    }

    pub async fn page(self, id: Id) -> Result<RequestPage, ApiError> {
        self.tell(id, RequestCommand::Page {})
            .await
            .and_then(|page: Raw<_>| page.read())
    }

    /// The person begins with an asset.
    pub async fn start(
        self,
        id: Id,
        asset: u8,
        channel: Option<Channel>,
        identifier: Option<String>,
    ) -> Result<(), ApiError> {
        self.begin(None, id, asset, channel, identifier)
            .await
            .map(drop)
    }

    /// The tenant begins with an asset. Gives the verification, which exists from then on.
    pub async fn start_for(
        self,
        owner: Owner,
        id: Id,
        asset: u8,
        channel: Option<Channel>,
        identifier: Option<String>,
    ) -> Result<VerificationView, ApiError> {
        self.begin(Some(owner), id, asset, channel, identifier)
            .await
    }

    async fn begin(
        self,
        owner: Option<Owner>,
        id: Id,
        asset: u8,
        channel: Option<Channel>,
        identifier: Option<String>,
    ) -> Result<VerificationView, ApiError> {
        // The secret of a bot's token stays in this request: the object gets the id before it.
        let bot_token = identifier.as_deref().and_then(BotToken::parse);
        let wish = RequestCommand::Begin {
            owner,
            asset,
            channel,
            identifier: match &bot_token {
                Some(token) => Some(token.id().to_owned()),
                None => identifier,
            },
        };
        let begun: Begun = self.tell(id, wish).await?.read()?;
        let (owner, verification_id) = (begun.owner.clone(), begun.verification_id);
        let bot_token = bot_token.filter(|_| begun.plan.kind == AssetType::TelegramBot);
        let created = self.establish(id, asset, begun, bot_token.as_ref()).await;
        match &created {
            // It may have been completed before, or as it began, and the request not know.
            Ok(view) => self.answered(owner, id, asset, view).await?,
            // What may have been created all the same is found again by the same id.
            Err(error)
                if matches!(
                    error.code,
                    ErrorCode::Unavailable | ErrorCode::InternalError
                ) => {}
            Err(_) => {
                let wish = RequestCommand::NotBegun {
                    asset,
                    verification_id,
                };
                self.tell::<Done>(id, wish).await?;
            }
        }
        created
    }

    async fn establish(
        self,
        request_id: Id,
        asset: u8,
        begun: Begun,
        bot_token: Option<&BotToken>,
    ) -> Result<VerificationView, ApiError> {
        let env = self.0.env();
        let asker = local(Asker::known(env, begun.owner, begun.organisation_name)).await?;
        let beginning = Beginning {
            refusal: self.refusal(&asker).await?,
            plan: begun.plan,
            bot_token,
            id: Some(begun.verification_id),
            request: Some(AssetOf { request_id, asset }),
        };
        begin(self.0, asker, beginning).await?.value.read()
    }

    /// Whether the tenant may have nothing more verified this month.
    async fn refusal(self, asker: &Asker) -> Result<Option<ApiError>, ApiError> {
        if asker.is_test() {
            return Ok(None);
        }
        let organisation = &asker.owner.organisation;
        let usage = Ledger::of(self.0).usage(organisation, self.0.now()).await?;
        Ok(within_quota(usage.monthly_quota, usage.verifications).err())
    }

    pub async fn change(self, id: Id, asset: u8) -> Result<(), ApiError> {
        self.tell::<Done>(id, RequestCommand::Change { asset })
            .await
            .map(drop)
    }

    /// Tells the request at once that a verification is completed, if it is. The verification's object
    /// does so too, a moment later, so a request that cannot be reached now is no failure.
    pub async fn answered(
        self,
        owner: Owner,
        id: Id,
        asset: u8,
        view: &VerificationView,
    ) -> Result<(), ApiError> {
        let Some(report) = report_of(view) else {
            return Ok(());
        };
        let wish = RequestCommand::Report {
            owner,
            asset,
            verification_id: view.id,
            report,
        };
        match self.tell::<Done>(id, wish).await {
            Err(error) if error.code != ErrorCode::Unavailable => Err(error),
            _ => Ok(()),
        }
    }

    pub async fn ticket(
        self,
        owner: Owner,
        id: Id,
        streams_limit: Option<u32>,
    ) -> Result<Raw<EventsTicket>, ApiError> {
        let wish = RequestCommand::Ticket {
            owner,
            streams_limit,
        };
        self.tell(id, wish).await
    }

    /// The live events, as a response whose stream is given on untouched.
    pub async fn events(self, id: Id, request: &EventsRequest) -> Result<Js, ApiError> {
        open_stream(self.0.env(), Watched::Request(id), request).await
    }

    async fn tell<T>(self, id: Id, wish: RequestCommand) -> Result<Raw<T>, ApiError> {
        Ok(self.ask(id, wish).await?.value)
    }

    async fn ask<T>(self, id: Id, wish: RequestCommand) -> Result<Reply<T>, ApiError> {
        local(command(self.0.env(), BINDING, &id.to_string(), &wish)).await
    }
}

/// What a request wants to know of a completed verification.
pub fn report_of(view: &VerificationView) -> Option<Report> {
    let (at, proof) = (view.verified_at?, view.proof.as_ref()?);
    Some(Report::Verified(Proven {
        at,
        proof_token: proof.token.clone(),
        proof_expires_at: proof.expires_at,
        account: view.account.clone(),
    }))
}

/// Tells a request how a verification of it ended. A request that is gone needs to know nothing.
pub async fn report(
    env: &JsValue,
    owner: Owner,
    of: AssetOf,
    verification_id: Id,
    report: Report,
) -> Result<(), ApiError> {
    let wish = RequestCommand::Report {
        owner,
        asset: of.asset,
        verification_id,
        report,
    };
    match command::<Done>(env, BINDING, &of.request_id.to_string(), &wish).await {
        Err(error) if error.code != ErrorCode::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proof_domain::tenant::Environment;
    use proof_domain::timestamp::Timestamp;

    fn owner() -> Owner {
        Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        }
    }

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let plan = r#"{"assets":[{"type":"email","channels":["email"],"required":true}],"action_type":"verification","lifetime":86400}"#;
        let create = CreateRequestCommand {
            id: Id::from_bytes([1; 12]),
            owner: owner(),
            organisation_name: "Acme".into(),
            plan: serde_json::from_str(plan).unwrap(),
            fingerprint: "f".into(),
            repeatable: false,
            refusal: None,
        };
        let proven = Proven {
            at: Timestamp::from_seconds(1_770_202_200),
            proof_token: "t".into(),
            proof_expires_at: Timestamp::from_seconds(1_770_202_200),
            account: None,
        };
        let id = Id::from_bytes([2; 12]);
        for (command, json) in [
            (
                RequestCommand::Create(Box::new(create)),
                format!(
                    r#"{{"create":{{"id":"010101010101010101010101","owner":{{"organisation":"acme","environment":"live"}},"organisation_name":"Acme","plan":{plan},"fingerprint":"f"}}}}"#
                ),
            ),
            (
                RequestCommand::Cancel { owner: owner() },
                r#"{"cancel":{"owner":{"organisation":"acme","environment":"live"}}}"#.into(),
            ),
            (RequestCommand::Page {}, r#"{"page":{}}"#.into()),
            (
                RequestCommand::Get { owner: owner() },
                r#"{"get":{"owner":{"organisation":"acme","environment":"live"}}}"#.into(),
            ),
            (
                RequestCommand::Erase { owner: owner() },
                r#"{"erase":{"owner":{"organisation":"acme","environment":"live"}}}"#.into(),
            ),
            (
                RequestCommand::Ticket {
                    owner: owner(),
                    streams_limit: Some(20),
                },
                r#"{"ticket":{"owner":{"organisation":"acme","environment":"live"},"streams_limit":20}}"#.into(),
            ),
            (
                RequestCommand::Probe { slot: "s".into() },
                r#"{"probe":{"slot":"s"}}"#.into(),
            ),
            (
                RequestCommand::Begin {
                    owner: None,
                    asset: 1,
                    channel: Some(Channel::Sms),
                    identifier: Some("+37069199199".into()),
                },
                r#"{"begin":{"asset":1,"channel":"sms","identifier":"+37069199199"}}"#.into(),
            ),
            (
                RequestCommand::NotBegun {
                    asset: 1,
                    verification_id: id,
                },
                r#"{"not_begun":{"asset":1,"verification_id":"020202020202020202020202"}}"#.into(),
            ),
            (
                RequestCommand::Change { asset: 1 },
                r#"{"change":{"asset":1}}"#.into(),
            ),
            (
                RequestCommand::Report {
                    owner: owner(),
                    asset: 0,
                    verification_id: id,
                    report: Report::Verified(proven),
                },
                r#"{"report":{"owner":{"organisation":"acme","environment":"live"},"asset":0,"verification_id":"020202020202020202020202","report":{"verified":{"at":"2026-02-04T10:50:00Z","proof_token":"t","proof_expires_at":"2026-02-04T10:50:00Z"}}}}"#.into(),
            ),
            (
                RequestCommand::Report {
                    owner: owner(),
                    asset: 0,
                    verification_id: id,
                    report: Report::Ended,
                },
                r#"{"report":{"owner":{"organisation":"acme","environment":"live"},"asset":0,"verification_id":"020202020202020202020202","report":"ended"}}"#.into(),
            ),
        ] {
            assert_eq!(serde_json::to_string(&command).unwrap(), json);
            assert_eq!(serde_json::from_str::<RequestCommand>(&json).unwrap(), command);
        }
    }
}
