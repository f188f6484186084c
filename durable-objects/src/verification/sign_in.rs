//! The person's part of an account: the page that is opened by its key, the attempt that goes away
//! and comes back once, and who it was in the end. Each is one synchronous turn; whoever asks the
//! provider does so between two of them.

use std::rc::Rc;

use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::{Id, hex};
use proof_domain::tenant::Owner;
use proof_domain::verification::{
    Account, AccountProblem, SignInAttempt, SignInView, Verification, VerificationView,
};
use proof_edge::objects::{BegunSignIn, BotFinding, Hidden, SignInCommand, TakenSignIn};
use proof_edge::platform::random;
use proof_evidence::oauth::{Attempt, Identity, RANDOM_BYTES, same_secret, secret_digest};
use wasm_bindgen::JsValue;

use super::Inside;
use super::proving::new_proof;
use crate::now;
use crate::record::said;

/// The address of the page, with a key that nobody can guess.
pub(super) fn page_address(public_url: &str, id: Id) -> String {
    format!("{public_url}/connect/{id}?key={}", hex(&random::<24>()))
}

/// What Telegram said decides, in one turn with whatever else is stored.
pub(super) fn judge_bot(record: &mut Verification, finding: BotFinding) -> Result<(), ApiError> {
    match finding {
        BotFinding::Shown(account) => {
            let is_asked_for = account.id == record.identifier;
            record.account_shown(account, is_asked_for, new_proof(), now())
        }
        BotFinding::NotShown(problem) => record.account_not_shown(problem, now()),
    }
}

impl Inside {
    pub(super) fn sign_in(self: &Rc<Self>, wish: SignInCommand) -> JsValue {
        match wish {
            SignInCommand::Show { key } => said(&self.show_sign_in(&key)),
            SignInCommand::Begin { key } => said(&self.begin_sign_in(&key)),
            SignInCommand::Take {
                channel,
                state,
                cookies,
            } => said(&self.take_sign_in(channel, &state, &cookies)),
            SignInCommand::Shown { identity } => said(&self.account_shown(identity)),
            SignInCommand::NotShown { problem } => said(&self.account_not_shown(problem)),
            SignInCommand::Complete { key } => said(&self.complete_sign_in(&key)),
        }
    }

    /// The record, if the key is that of its page's address.
    fn opened(&self, key: &Hidden) -> Result<Rc<Verification>, ApiError> {
        self.load()?
            .filter(|record| {
                record
                    .auth_url()
                    .and_then(|url| url.split_once("?key="))
                    .is_some_and(|(_, own)| same_secret(&secret_digest(own), &key.0))
            })
            .ok_or_else(ApiError::not_found)
    }

    fn show_sign_in(self: &Rc<Self>, key: &Hidden) -> Result<SignInView, ApiError> {
        self.settled(self.opened(key)?)?.sign_in_view()
    }

    fn begin_sign_in(self: &Rc<Self>, key: &Hidden) -> Result<BegunSignIn, ApiError> {
        let record = self.opened(key)?;
        let attempt = Attempt::from_random(record.id, &random::<RANDOM_BYTES>());
        let kept = SignInAttempt {
            state: secret_digest(&attempt.state),
            cookie: secret_digest(&attempt.cookie),
            verifier: attempt.verifier.clone(),
            nonce: attempt.nonce.clone(),
        };
        let now = now();
        self.change(&record.owner, |record| record.begin_sign_in(kept, now))?;
        Ok(BegunSignIn {
            channel: record.channel,
            state: Hidden(attempt.state),
            verifier: Hidden(attempt.verifier),
            nonce: Hidden(attempt.nonce),
            cookie: Hidden(attempt.cookie),
            own: own(&record),
            seconds_left: record.challenge.expires_at.seconds_since(now),
        })
    }

    /// Gives the attempt out, once. State and cookie are compared in constant time; there can be
    /// several cookies of one name, of which a sibling of our host may have set all but one.
    fn take_sign_in(
        self: &Rc<Self>,
        channel: Channel,
        state: &Hidden,
        cookies: &[Hidden],
    ) -> Result<TakenSignIn, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        let attempt = self.change(&record.owner, |record| {
            let fits = |kept: &SignInAttempt| {
                let same_browser = cookies
                    .iter()
                    .any(|cookie| same_secret(&kept.cookie, &cookie.0));
                same_secret(&kept.state, &state.0) && same_browser
            };
            record.take_attempt(channel, fits, now())
        })?;
        Ok(TakenSignIn {
            verifier: Hidden(attempt.verifier),
            nonce: Hidden(attempt.nonce),
            own: own(&record),
            view: record.sign_in_view()?,
        })
    }

    fn account_shown(self: &Rc<Self>, identity: Identity) -> Result<SignInView, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        self.change(&record.owner, |record| {
            let is_asked_for = identity.names(record.channel, &record.identifier);
            let account = Account {
                id: identity.subject,
                username: identity.username,
            };
            record.account_shown(account, is_asked_for, new_proof(), now())?;
            record.sign_in_view()
        })
    }

    fn account_not_shown(self: &Rc<Self>, problem: AccountProblem) -> Result<SignInView, ApiError> {
        let record = self.load()?.ok_or_else(ApiError::not_found)?;
        self.change(&record.owner, |record| {
            record.account_not_shown(problem, now())?;
            record.sign_in_view()
        })
    }

    fn complete_sign_in(self: &Rc<Self>, key: &Hidden) -> Result<SignInView, ApiError> {
        let record = self.opened(key)?;
        self.change(&record.owner, |record| {
            record.complete_in_test(new_proof(), now())?;
            record.sign_in_view()
        })
    }

    pub(super) fn bot_to_show(self: &Rc<Self>, owner: &Owner) -> Result<String, ApiError> {
        self.change(owner, |record| {
            if record.owner.environment.is_test() {
                return Err(ApiError::new(
                    ErrorCode::ValidationError,
                    "In test mode Telegram is not asked. Submit the code, or use test-verify.",
                ));
            }
            record.bot_to_show(now())
        })
    }

    pub(super) async fn bot_found(
        self: &Rc<Self>,
        owner: &Owner,
        finding: BotFinding,
    ) -> Result<VerificationView, ApiError> {
        self.change(owner, |record| judge_bot(record, finding))?;
        self.proven(owner).await
    }
}

/// Whose account with the provider is used, if it is the organisation's own.
fn own(record: &Verification) -> Option<String> {
    record
        .own_channel
        .then(|| record.owner.organisation.clone())
}
