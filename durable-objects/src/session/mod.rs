//! The authority for one session. It captures a number in one synchronous turn and only then sees to
//! it that the verification of that number exists; whatever happens in between, the verification's
//! id is fixed with the number, and creating it twice creates it once.

mod outbox;

use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::inbound::{Arrival, Arrived};
use proof_domain::session::{Change, Session, SessionStatus, SessionView, State, Told};
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_edge::objects::{
    ChannelCommand, CreateSessionCommand, Done, SessionCommand, SessionPicture, Watched, reply,
};
use proof_edge::work::begin;
use proof_evidence::code::open_digest_is;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::record::{self, Record, said};
use crate::{now, read_command};

/// The object.
#[wasm_bindgen]
pub struct SessionObject(Rc<Inside>);

impl std::fmt::Debug for SessionObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionObject")
    }
}

type Inside = record::Inside<Session>;

impl Record for Session {
    const KEY: &'static str = "session";
    const PATH: &'static str = "/api/v1/sessions";

    fn name(&self) -> String {
        Self::name(self).to_string()
    }

    fn watched(&self) -> Watched {
        Watched::Session(self.id)
    }

    fn owner(&self) -> &Owner {
        &self.owner
    }

    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn is_terminal(&self) -> bool {
        self.status().is_terminal()
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
        self.owes_index() || self.owes_trace() || self.owes_verification()
    }

    async fn pay(inside: &Rc<Inside>) -> Result<(), ApiError> {
        inside.pay_all().await
    }

    async fn forget(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.forget_row(record).await
    }

    async fn let_go(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.let_go_of_all(record).await
    }
}

#[wasm_bindgen]
impl SessionObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        Self(Inside::new(context, env))
    }

    /// Obeys one command. What needs no waiting is answered in the same turn.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        match read_command(message) {
            Err(error) => match read_command(message) {
                Ok(command) => inside.obey_channel(&command),
                Err(_) => said::<()>(&Err(error)),
            },
            Ok(command) => begin(async move { Ok(inside.obey(command).await) }),
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
    async fn obey(self: Rc<Self>, command: SessionCommand) -> JsValue {
        match command {
            SessionCommand::Create(create) => self.create(*create).await,
            SessionCommand::Get { owner } => said(&self.get(&owner).await),
            SessionCommand::Picture { key } => said(&self.picture(&key)),
            SessionCommand::CompleteInTest {
                owner,
                phone_number,
            } => said(&self.complete_in_test(&owner, &phone_number).await),
            SessionCommand::Ticket {
                owner,
                streams_limit,
            } => said(&self.ticket(&owner, streams_limit)),
            SessionCommand::Probe { slot } => said(&Ok(self.probe(&slot))),
            SessionCommand::Erase { owner } => said(&self.erase(&owner).await),
        }
    }

    fn obey_channel(self: &Rc<Self>, command: &ChannelCommand) -> JsValue {
        match command {
            ChannelCommand::Arrived { arrival } => said(&self.arrived(arrival)),
            // A session sends nothing that could be reported on.
            ChannelCommand::Reported { .. } => said(&Ok(Done {})),
        }
    }

    /// One commit, and nothing else on that path.
    async fn create(self: &Rc<Self>, create: CreateSessionCommand) -> JsValue {
        let (outcome, repeated) = match self.repeated(&create).await {
            Ok(Some(known)) => (Ok(known), true),
            Ok(None) => (self.begin(create), false),
            Err(error) => (Err(error), false),
        };
        JsValue::from(reply(&outcome, repeated))
    }

    async fn repeated(
        self: &Rc<Self>,
        create: &CreateSessionCommand,
    ) -> Result<Option<SessionView>, ApiError> {
        let fingerprint = create.plan.fingerprint();
        if self.is_repetition(&create.owner, &fingerprint, create.repeatable)? {
            return self.get(&create.owner).await.map(Some);
        }
        Ok(None)
    }

    fn begin(self: &Rc<Self>, create: CreateSessionCommand) -> Result<SessionView, ApiError> {
        if let Some(refusal) = create.refusal {
            return Err(refusal);
        }
        let now = now();
        let record = Session {
            id: create.id.0,
            owner: create.owner,
            organisation_name: create.organisation_name,
            channel: create.plan.channel,
            fingerprint: create.plan.fingerprint(),
            external_user_id: create.plan.external_user_id,
            client_metadata: create.plan.client_metadata,
            repeatable: create.repeatable,
            own_channel: create.own_channel,
            invitation: create.invitation,
            expires_at: now.plus_seconds(self.config.challenge_seconds),
            state: State::Pending,
            created_at: now,
            updated_at: now,
            history: vec![Change {
                status: SessionStatus::Pending,
                at: now,
            }],
            told: Told::default(),
        };
        let view = record.view(&self.config.public_url);
        self.save(record)?;
        Ok(view)
    }

    /// The session, and with it the proof of its verification, which is asked for it: it may have
    /// been revoked since.
    async fn get(self: &Rc<Self>, owner: &Owner) -> Result<SessionView, ApiError> {
        let record = self.settled(self.owned(owner)?)?;
        let mut view = record.view(&self.config.public_url);
        if record.status() == SessionStatus::Verified {
            view.proof = self.proof(&record).await?;
        }
        Ok(view)
    }

    fn picture(self: &Rc<Self>, key: &str) -> Result<SessionPicture, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        let deep_link = self.change(&record.owner, |record| record.picture(key, now()))?;
        Ok(SessionPicture { deep_link })
    }

    async fn complete_in_test(
        self: &Rc<Self>,
        owner: &Owner,
        phone_number: &str,
    ) -> Result<SessionView, ApiError> {
        let linked = self.linked_id(&*self.owned(owner)?)?;
        self.change(owner, |record| {
            record.complete_in_test(phone_number, linked, now())
        })?;
        self.get(owner).await
    }

    fn arrived(self: &Rc<Self>, arrival: &Arrival) -> Result<Arrived, ApiError> {
        let Some(record) = self.load()? else {
            return Ok(Arrived::Over);
        };
        let (key, linked) = (self.config.code_key()?, self.linked_id(&record)?);
        let is_right = |code: &str| {
            let account = arrival.account.as_deref();
            open_digest_is(&arrival.code, &key, arrival.channel.as_str(), account, code)
        };
        self.change(&record.owner, |record| {
            Ok(record.arrived(arrival, is_right, linked, now()))
        })
    }

    /// The id of the verification that belongs to the session: one session, one verification.
    fn linked_id(&self, record: &Session) -> Result<Id, ApiError> {
        let secret = self.config.id_secret()?;
        let name = record.id.to_string();
        let what = "verification of a session";
        Ok(Id::for_idempotency_key(secret, &record.owner, what, &name))
    }
}
