//! The authority for one verification. Every change is made in one synchronous turn: load, ask the
//! rules, store, and only then speak. What others must learn (the ledger, a mail provider, open
//! event streams) is derived from the stored record, so a crash between any two steps loses nothing.

mod create;
mod events;
mod outbox;
mod proving;
mod tickets;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use proof_domain::error::ApiError;
use proof_domain::tenant::Owner;
use proof_domain::verification::{
    Answer, CheckView, Question, ResendResult, TestVerification, Verification, VerificationView,
};
use proof_edge::config::Config;
use proof_edge::objects::{
    CheckReport, ObjectContext, VerificationCommand, VerificationToken, reply,
};
use proof_edge::platform::EventStreams;
use proof_edge::work::begin;
use proof_evidence::code::{CodeDigest, CodeKey, CodeShape, InboundCode};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{fault, now, read_command};

const RECORD: &str = "verification";

/// The object.
#[wasm_bindgen]
pub struct VerificationObject(Rc<Inside>);

impl std::fmt::Debug for VerificationObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerificationObject")
    }
}

struct Inside {
    context: ObjectContext,
    config: Rc<Config>,
    /// What the storage holds, once it was read.
    record: RefCell<Option<Rc<Verification>>>,
    loaded: Cell<bool>,
    streams: OnceCell<EventStreams>,
    /// Whether the outbox is being emptied, and whether it has to be looked at again after that.
    flushing: Cell<bool>,
    flush_again: Cell<bool>,
    /// Failed attempts in a row to empty the outbox.
    failures: Cell<u32>,
}

#[wasm_bindgen]
impl VerificationObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        let config = Config::of(&env);
        Self(Rc::new(Inside {
            context: ObjectContext::new(context, env),
            config,
            record: RefCell::new(None),
            loaded: Cell::new(false),
            streams: OnceCell::new(),
            flushing: Cell::new(false),
            flush_again: Cell::new(false),
            failures: Cell::new(0),
        }))
    }

    /// Obeys one command. What needs no waiting is answered in the same turn.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        match read_command(message) {
            Err(error) => said::<()>(&Err(error)),
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

fn said<T: Serialize>(outcome: &Result<T, ApiError>) -> JsValue {
    JsValue::from(reply(outcome, false))
}

impl Inside {
    async fn obey(self: Rc<Self>, command: VerificationCommand) -> JsValue {
        match command {
            VerificationCommand::Create(create) => self.create(*create).await,
            VerificationCommand::Get { owner } => said(&self.get(&owner).await),
            VerificationCommand::Token { owner } => said(&self.token(&owner)),
            VerificationCommand::Resend { owner } => said(&self.resend(&owner)),
            VerificationCommand::Ticket {
                owner,
                streams_limit,
            } => said(&self.ticket(&owner, streams_limit)),
            VerificationCommand::Probe { slot } => said(&Ok(self.probe(&slot))),
            VerificationCommand::Submit {
                owner,
                challenge_code,
            } => said(&self.submit(&owner, &challenge_code).await),
            VerificationCommand::Checked { owner, report } => {
                said(&self.checked(&owner, report).await)
            }
            VerificationCommand::CompleteInTest { owner } => {
                said(&self.complete_in_test(&owner).await)
            }
            VerificationCommand::Revoke { owner, reason } => {
                said(&self.revoke(&owner, reason).await)
            }
        }
    }

    // --- the record -----------------------------------------------------------------------------

    fn load(&self) -> Result<Option<Rc<Verification>>, ApiError> {
        if !self.loaded.get() {
            let stored = self.context.load(RECORD).map_err(fault)?;
            self.record.replace(stored.map(Rc::new));
            self.loaded.set(true);
        }
        Ok(self.record.borrow().clone())
    }

    /// The record, if there is one and the caller owns it.
    fn owned(&self, owner: &Owner) -> Result<Rc<Verification>, ApiError> {
        self.load()?
            .filter(|record| record.owner == *owner)
            .ok_or_else(ApiError::not_found)
    }

    /// Stores a changed record, tells the open streams, and sees to everybody else after the answer.
    fn save(self: &Rc<Self>, record: Verification) -> Result<(), ApiError> {
        let before = self
            .record
            .borrow()
            .as_ref()
            .map_or(0, |record| record.sequence());
        self.store(record)?;
        self.announce(before);
        self.flush_after_answer();
        Ok(())
    }

    /// One commit: the record and the time to wake.
    fn store(&self, record: Verification) -> Result<(), ApiError> {
        self.context.store(RECORD, &record).map_err(fault)?;
        self.context
            .wake_at(self.next_wake(&record))
            .map_err(fault)?;
        self.record.replace(Some(Rc::new(record)));
        Ok(())
    }

    /// Lets a rule change the record, and stores it whether or not the rule agreed.
    fn change<T>(
        self: &Rc<Self>,
        owner: &Owner,
        rule: impl FnOnce(&mut Verification) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let before = self.owned(owner)?;
        let mut record = Verification::clone(&before);
        let outcome = rule(&mut record);
        if record != *before {
            self.save(record)?;
        }
        outcome
    }

    /// The record as it stands now: a challenge whose time is over has ended.
    fn settled(self: &Rc<Self>, record: Rc<Verification>) -> Result<Rc<Verification>, ApiError> {
        if !record.is_overdue(now()) {
            return Ok(record);
        }
        let mut ended = Rc::unwrap_or_clone(record);
        ended.settle(now());
        self.save(ended)?;
        self.load()?.ok_or_else(ApiError::not_found)
    }

    // --- commands -------------------------------------------------------------------------------

    async fn get(self: &Rc<Self>, owner: &Owner) -> Result<VerificationView, ApiError> {
        self.settled(self.owned(owner)?)?;
        self.proven(owner).await
    }

    async fn submit(
        self: &Rc<Self>,
        owner: &Owner,
        challenge_code: &str,
    ) -> Result<VerificationView, ApiError> {
        let shape = CodeShape::parse(challenge_code)
            .map_err(|error| ApiError::field("challenge_code", error.to_string()))?;
        let (key, proof) = (self.code_key()?, proving::new_proof());
        self.change(owner, |record| {
            let id = record.id.to_string();
            record.submit(
                |question| compare(question, &key, &id, &shape),
                proof,
                now(),
            )
        })?;
        self.proven(owner).await
    }

    fn token(self: &Rc<Self>, owner: &Owner) -> Result<VerificationToken, ApiError> {
        self.change(owner, |record| {
            let token = record.token_to_find(now())?;
            Ok(VerificationToken {
                domain: record.identifier.clone(),
                channel: record.channel,
                token,
            })
        })
    }

    async fn checked(
        self: &Rc<Self>,
        owner: &Owner,
        report: CheckReport,
    ) -> Result<VerificationView, ApiError> {
        let now = now();
        let check = CheckView {
            method: report.method,
            result: report.result,
            message: report.message,
            retryable: report.retryable,
            observed: report.observed,
            checked_at: now,
        };
        self.change(owner, |record| {
            record.checked(check, report.found, proving::new_proof(), now)
        })?;
        self.proven(owner).await
    }

    async fn complete_in_test(
        self: &Rc<Self>,
        owner: &Owner,
    ) -> Result<TestVerification, ApiError> {
        self.change(owner, |record| {
            record.complete_in_test(proving::new_proof(), now())
        })?;
        let verification = self.proven(owner).await?;
        let proof = verification
            .proof
            .clone()
            .ok_or_else(|| ApiError::internal("completed without a proof"))?;
        Ok(TestVerification {
            verification,
            proof_token: proof.token,
            proof_expires_at: proof.expires_at,
        })
    }

    fn resend(self: &Rc<Self>, owner: &Owner) -> Result<ResendResult, ApiError> {
        let (code, key) = (create::new_otp()?, self.code_key()?);
        let lifetime = self.config.challenge_seconds;
        self.change(owner, |record| {
            let now = now();
            record.may_resend(now)?;
            let digest = CodeDigest::new(&key, &record.id.to_string(), &code).to_hex();
            record.replace_code(digest, code.as_str().to_owned(), lifetime, now);
            Ok(ResendResult {
                success: true,
                message: if record.owner.environment.is_test() {
                    "Test mode: no email was sent".into()
                } else {
                    "Verification email sent".into()
                },
                expires_at: record.challenge.expires_at,
            })
        })
    }

    /// Withdraws the proof, and answers only when the ledger knows: from then on `validate` says so.
    async fn revoke(
        self: &Rc<Self>,
        owner: &Owner,
        reason: proof_domain::revocation::RevocationReason,
    ) -> Result<VerificationView, ApiError> {
        self.change(owner, |record| record.revoke(reason, now()))?;
        self.flush_now().await;
        let record = self.owned(owner)?;
        if record.owes_ledger() {
            return Err(ApiError::unavailable(
                "The revocation is recorded but not yet in effect everywhere. Repeat the call.",
                "revoked while the ledger is out of reach",
            ));
        }
        Ok(record.view())
    }

    fn code_key(&self) -> Result<CodeKey, ApiError> {
        use sha2::{Digest as _, Sha256};
        let digest = Sha256::new()
            .chain_update(self.config.id_secret()?)
            .chain_update(b"codes")
            .finalize();
        Ok(CodeKey::from_bytes(digest.into()))
    }
}

/// Compares in constant time, whatever kind of code it is.
fn compare(question: &Question, key: &CodeKey, id: &str, submitted: &CodeShape) -> Answer {
    let right = match question {
        Question::SentCode { digest, .. } => {
            CodeDigest::parse(digest).is_some_and(|digest| digest.matches(key, id, submitted))
        }
        Question::ShownCode { code, .. } | Question::SignedMessage { code, .. } => {
            InboundCode::parse(code).is_ok_and(|code| code.matches(submitted))
        }
        Question::PublishedToken { .. } => false,
    };
    if right { Answer::Right } else { Answer::Wrong }
}
