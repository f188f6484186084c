//! The authority for one verification request. Every change is made in one synchronous turn; what
//! others must learn is read off the stored record. It learns of its verifications by their reports,
//! and tells those that it does not want any more.

mod outbox;

use std::rc::Rc;

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification_request::{Begun, Report, RequestView, VerificationRequest};
use proof_edge::objects::{
    CreateRequestCommand, Done, RequestCommand, RequestPage, Watched, reply,
};
use proof_edge::work::begin;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::record::{self, Record, said};
use crate::{now, read_command};

/// The object.
#[wasm_bindgen]
pub struct RequestObject(Rc<Inside>);

impl std::fmt::Debug for RequestObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RequestObject")
    }
}

type Inside = record::Inside<VerificationRequest>;

impl Record for VerificationRequest {
    const KEY: &'static str = "request";
    const PATH: &'static str = "/api/v1/verification-requests";
    const HAS_PAGE: bool = true;

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn watched(&self) -> Watched {
        Watched::Request(self.id)
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn is_terminal(&self) -> bool {
        self.status.is_terminal()
    }

    fn is_overdue(&self, now: Timestamp) -> bool {
        Self::is_overdue(self, now)
    }

    fn settle(&mut self, now: Timestamp) {
        Self::settle(self, now);
    }

    fn sequence(&self) -> usize {
        Self::sequence(self)
    }

    fn event(&self, number: usize) -> Option<impl Serialize> {
        Self::event(self, number)
    }

    fn wakes_at(&self) -> Timestamp {
        Self::wakes_at(self)
    }

    fn kept_from(&self) -> Option<Timestamp> {
        Self::kept_from(self)
    }

    fn is_repeatable(&self) -> bool {
        self.repeatable
    }

    fn owes(&self) -> bool {
        self.owes_anything()
    }

    async fn pay(inside: &Rc<Inside>) -> Result<(), ApiError> {
        inside.pay_all().await
    }

    async fn forget(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.forget_row(record).await
    }

    async fn let_go(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.let_verifications_go(record).await
    }
}

#[wasm_bindgen]
impl RequestObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        Self(Inside::new(context, env))
    }

    /// Obeys one command. What needs no waiting is answered in the same turn.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        match read_command(message) {
            Err(error) => said::<()>(&Err(error)),
            Ok(command) => inside.obey(command),
        }
    }

    /// Opens live events.
    pub fn fetch(&self, url: String, signal: JsValue) -> JsValue {
        let inside = self.0.clone();
        begin(async move { Ok(inside.events(&url, &signal).await) })
    }

    /// The time that was asked for has come.
    pub fn alarm(&self) -> JsValue {
        let inside = self.0.clone();
        begin(async move {
            inside
                .wake()
                .await
                .map_err(|error| JsValue::from(error.to_string()))?;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Inside {
    fn obey(self: Rc<Self>, command: RequestCommand) -> JsValue {
        match command {
            RequestCommand::Create(create) => self.create(*create),
            RequestCommand::Get { owner } => said(&self.get(&owner)),
            RequestCommand::Cancel { owner } => {
                begin(async move { Ok(said(&self.cancel(&owner).await)) })
            }
            RequestCommand::Page {} => said(&self.page()),
            RequestCommand::Begin {
                owner,
                asset,
                channel,
                identifier,
            } => said(&self.begin(owner.as_ref(), asset, channel, identifier.as_deref())),
            RequestCommand::NotBegun {
                asset,
                verification_id,
            } => said(&self.by_page(|record| {
                record.not_begun(asset, verification_id, now());
                Ok(Done {})
            })),
            RequestCommand::Change { asset } => {
                said(&self.by_page(|record| record.change(asset, now()).map(|()| Done {})))
            }
            RequestCommand::Report {
                owner,
                asset,
                verification_id,
                report,
            } => said(&self.reported(&owner, asset, verification_id, report)),
            RequestCommand::Ticket {
                owner,
                streams_limit,
            } => said(&self.ticket(&owner, streams_limit)),
            RequestCommand::Probe { slot } => said(&Ok(self.probe(&slot))),
            RequestCommand::Erase { owner } => {
                begin(async move { Ok(said(&self.erase(&owner).await)) })
            }
        }
    }

    /// One commit, and nothing else on that path.
    fn create(self: &Rc<Self>, create: CreateRequestCommand) -> JsValue {
        let known = self.is_repetition(&create.owner, &create.fingerprint, create.repeatable);
        let (outcome, repeated) = match known {
            Ok(true) => (self.get(&create.owner), true),
            Ok(false) => (self.establish(create), false),
            Err(error) => (Err(error), false),
        };
        JsValue::from(reply(&outcome, repeated))
    }

    fn establish(self: &Rc<Self>, create: CreateRequestCommand) -> Result<RequestView, ApiError> {
        if let Some(refusal) = create.refusal {
            return Err(refusal);
        }
        let record = VerificationRequest::new(
            create.id,
            create.owner,
            create.organisation_name,
            create.plan,
            create.fingerprint,
            create.repeatable,
            now(),
        );
        let view = record.view(&self.config.public_url);
        self.save(record)?;
        Ok(view)
    }

    fn get(self: &Rc<Self>, owner: &Owner) -> Result<RequestView, ApiError> {
        let record = self.settled(self.owned(owner)?)?;
        Ok(record.view(&self.config.public_url))
    }

    /// Withdraws it, and answers only when its verifications know: from then on no code is taken.
    async fn cancel(self: &Rc<Self>, owner: &Owner) -> Result<RequestView, ApiError> {
        self.change(owner, |record| record.cancel(now()))?;
        self.flush_now().await;
        if !self.owned(owner)?.withdrawn.is_empty() {
            return Err(ApiError::unavailable(
                "The request is cancelled, but not all that is under way has ended. Repeat the call.",
                "cancelled while a verification is out of reach",
            ));
        }
        self.get(owner)
    }

    fn page(self: &Rc<Self>) -> Result<RequestPage, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        let record = self.settled(record)?;
        Ok(RequestPage {
            owner: record.owner.clone(),
            request: record.view(&self.config.public_url),
            seen: record.sequence(),
            fixed: record
                .plan
                .assets
                .iter()
                .map(|asset| asset.identifier.is_some())
                .collect(),
            came_to_nothing: record
                .assets
                .iter()
                .map(|asset| asset.came_to_nothing)
                .collect(),
            way_back: record.way_back(),
        })
    }

    fn begin(
        self: &Rc<Self>,
        owner: Option<&Owner>,
        asset: u8,
        channel: Option<Channel>,
        identifier: Option<&str>,
    ) -> Result<Begun, ApiError> {
        let record = match owner {
            Some(owner) => self.owned(owner)?,
            None => self.load()?.ok_or_else(ApiError::not_found)?,
        };
        let secret = self.config.id_secret()?;
        let id_of = |attempt| verification_id(secret, &record, asset, attempt);
        self.change(&record.owner, |record| {
            record.begin(asset, channel, identifier, id_of, now())
        })
    }

    /// What a person does on the page.
    fn by_page<T>(
        self: &Rc<Self>,
        rule: impl FnOnce(&mut VerificationRequest) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        self.change(&record.owner, rule)
    }

    fn reported(
        self: &Rc<Self>,
        owner: &Owner,
        asset: u8,
        verification_id: Id,
        report: Report,
    ) -> Result<Done, ApiError> {
        self.change(owner, |record| {
            record.reported(asset, verification_id, report, now());
            Ok(Done {})
        })
    }
}

/// The id of the verification of an asset that is begun with this number.
fn verification_id(secret: &[u8], record: &VerificationRequest, asset: u8, attempt: u8) -> Id {
    let name = format!("{}/{asset}/{attempt}", record.id);
    Id::for_idempotency_key(secret, &record.owner, "verification of a request", &name)
}
