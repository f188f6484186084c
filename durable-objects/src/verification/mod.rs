//! The authority for one verification. Every change is made in one synchronous turn: load, ask the
//! rules, store, and only then speak. What others must learn (the ledger, a mail provider, open
//! event streams) is derived from the stored record, so a crash between any two steps loses nothing.

mod channels;
mod create;
mod link;
mod looking;
mod outbox;
mod proving;
mod sign_in;

pub(crate) use outbox::Unsent;

use std::rc::Rc;

use proof_domain::asset::AssetType;
use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::timestamp::Timestamp;
use proof_domain::verification::{
    Answer, Question, ResendResult, TestVerification, Verification, VerificationView,
};
use proof_edge::objects::{
    CheckReport, Done, MessageToSign, VerificationCommand, VerificationToken, Watched,
};
use proof_edge::work::begin;
use proof_evidence::code::{CodeDigest, CodeKey, CodeShape, InboundCode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use wasm_bindgen::prelude::*;

pub(crate) use proving::new_proof;

use crate::record::{self, Record, said};
use crate::{now, read_command};

/// The object.
#[wasm_bindgen]
pub struct VerificationObject(Rc<Inside>);

impl std::fmt::Debug for VerificationObject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerificationObject")
    }
}

type Inside = record::Inside<Verification>;

impl Record for Verification {
    const KEY: &'static str = "verification";
    const PATH: &'static str = "/api/v1/verifications";

    fn name(&self) -> String {
        self.id.to_string()
    }

    fn watched(&self) -> Watched {
        Watched::Verification(self.id)
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
        self.owes_ledger()
            || self.owes_events()
            || self.owes_message().is_some()
            || self.owes_request()
    }

    async fn pay(inside: &Rc<Inside>) -> Result<(), ApiError> {
        inside.pay_all().await
    }

    async fn forget(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.forget_row(record).await
    }

    async fn let_go(inside: &Rc<Inside>, record: &Self) -> Result<(), ApiError> {
        inside.let_row_go(record).await
    }
}

#[wasm_bindgen]
impl VerificationObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        Self(Inside::new(context, env))
    }

    /// Obeys one command. What needs no waiting is answered in the same turn.
    pub fn command(&self, message: &str) -> JsValue {
        let inside = self.0.clone();
        match read_command(message) {
            Err(error) => match read_command(message) {
                Ok(command) => inside.obey_channel(command),
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
                .look_and_wake()
                .await
                .map_err(|error| JsValue::from(error.to_string()))?;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Inside {
    async fn obey(self: Rc<Self>, command: VerificationCommand) -> JsValue {
        match command {
            VerificationCommand::Create(create) => self.create(*create).await,
            VerificationCommand::Get { owner } => said(&self.get(&owner).await),
            VerificationCommand::Token { owner } => said(&self.token(&owner)),
            VerificationCommand::Resend { owner } => said(&self.resend(&owner).await),
            VerificationCommand::Ticket {
                owner,
                streams_limit,
            } => said(&self.ticket(&owner, streams_limit)),
            VerificationCommand::Establish(record) => said(&self.establish(*record).await),
            VerificationCommand::SignIn(wish) => self.sign_in(wish),
            VerificationCommand::BotToShow { owner } => said(&self.bot_to_show(&owner)),
            VerificationCommand::BotFound { owner, finding } => {
                said(&self.bot_found(&owner, finding).await)
            }
            VerificationCommand::Probe { slot } => said(&Ok(self.probe(&slot))),
            VerificationCommand::Erase { owner } => said(&self.erase(&owner).await),
            VerificationCommand::Submit {
                owner,
                challenge_code,
            } => said(&self.submit(&owner, &challenge_code).await),
            VerificationCommand::Message { owner } => said(&self.message(&owner)),
            VerificationCommand::Signed { owner, genuine } => {
                said(&self.signed(&owner, genuine).await)
            }
            VerificationCommand::Checked { owner, report } => {
                said(&self.checked(&owner, report).await)
            }
            VerificationCommand::OpenLink { token } => said(&self.open_link(&token)),
            VerificationCommand::Confirm { token } => said(&self.confirm(&token).await),
            VerificationCommand::CompleteInTest { owner } => {
                said(&self.complete_in_test(&owner).await)
            }
            VerificationCommand::Withdraw { owner } => said(&self.withdraw(&owner)),
            VerificationCommand::NeverBe { owner } => said(&self.never_be(&owner).await),
            VerificationCommand::Revoke { owner, reason } => {
                said(&self.revoke(&owner, reason).await)
            }
        }
    }

    /// Ends it, or sees to it that it never begins: it may be on its way to be created.
    fn withdraw(self: &Rc<Self>, owner: &Owner) -> Result<Done, ApiError> {
        if self.load()?.is_none() {
            self.retire_unborn()?;
            return Ok(Done {});
        }
        self.change(owner, |record| {
            record.withdraw(now());
            Ok(Done {})
        })
    }

    /// Deletes it, or sees to it that it never begins.
    async fn never_be(self: &Rc<Self>, owner: &Owner) -> Result<Done, ApiError> {
        self.erase(owner).await?;
        if self.load()?.is_none() {
            self.retire_unborn()?;
        }
        Ok(Done {})
    }

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
        let (key, proof) = (self.config.code_key()?, proving::new_proof());
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
            Ok(wanted(record, token))
        })
    }

    async fn checked(
        self: &Rc<Self>,
        owner: &Owner,
        report: CheckReport,
    ) -> Result<VerificationView, ApiError> {
        let now = now();
        let found = report.found;
        let check = report.seen_at(now);
        self.change(owner, |record| {
            record.checked(check, found, proving::new_proof(), now)
        })?;
        self.proven(owner).await
    }

    fn message(self: &Rc<Self>, owner: &Owner) -> Result<MessageToSign, ApiError> {
        self.change(owner, |record| {
            let message = record.message_to_sign(now())?;
            Ok(MessageToSign {
                channel: record.channel,
                address: record.identifier.clone(),
                message,
            })
        })
    }

    async fn signed(
        self: &Rc<Self>,
        owner: &Owner,
        genuine: bool,
    ) -> Result<VerificationView, ApiError> {
        let answer = if genuine {
            Answer::Right
        } else {
            Answer::Wrong
        };
        self.change(owner, |record| {
            record.signed(answer, proving::new_proof(), now())
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

    async fn resend(self: &Rc<Self>, owner: &Owner) -> Result<ResendResult, ApiError> {
        self.may_be_sent_again(owner).await?;
        let record = self.owned(owner)?;
        let code = self.new_code(record.id, record.channel)?;
        self.change(owner, |record| {
            let now = now();
            record.may_resend(now)?;
            record.replace_code(code, self.lifetime(record.kind), now);
            Ok(ResendResult {
                success: true,
                message: if record.owner.environment.is_test() {
                    format!("Test mode: no {} was sent", said_of(record))
                } else {
                    format!("Verification {} sent", said_of(record))
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

    /// A message to a phone costs money, each one: whoever asks for it again is counted again.
    async fn may_be_sent_again(self: &Rc<Self>, owner: &Owner) -> Result<(), ApiError> {
        let record = self.owned(owner)?;
        let messages = record.delivery.as_ref().map_or(0, |one| one.messages);
        if record.kind != AssetType::Phone || owner.environment.is_test() {
            return Ok(());
        }
        Verification::clone(&record).may_resend(now())?;
        let name = Sha256::new()
            .chain_update(record.id.to_string())
            .chain_update([messages])
            .finalize();
        let mut id = [0; 12];
        id.copy_from_slice(&name[..12]);
        self.take_limits(owner, record.kind, &record.identifier, Id::from_bytes(id))
            .await
    }
}

const fn said_of(record: &Verification) -> &'static str {
    match record.kind {
        AssetType::Phone => "message",
        _ => "email",
    }
}

fn wanted(record: &Verification, token: String) -> VerificationToken {
    VerificationToken {
        domain: record.identifier.clone(),
        channel: record.channel,
        token,
    }
}

/// Compares in constant time, whatever kind of code it is.
fn compare(question: &Question, key: &CodeKey, id: &str, submitted: &CodeShape) -> Answer {
    let right = match question {
        Question::SentCode { digest, .. } => {
            CodeDigest::parse(digest).is_some_and(|digest| digest.matches(key, id, submitted))
        }
        Question::ShownCode { code, .. }
        | Question::SignedMessage { code, .. }
        | Question::SignIn { code, .. }
        | Question::BotToken { code } => {
            InboundCode::parse(code).is_ok_and(|code| code.matches(submitted))
        }
        Question::PublishedToken { .. } => false,
    };
    if right { Answer::Right } else { Answer::Wrong }
}
