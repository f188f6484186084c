//! The beginning of a verification: one commit, and nothing else on that path. The same request
//! under the same idempotency key finds the record of the first and is given that.

use std::rc::Rc;

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::{Id, hex};
use proof_domain::tenant::Owner;
use proof_domain::verification::{
    Challenge, Change, Checks, NewCode, NewLink, Question, State, Status, Told, Verification,
    VerificationView,
};
use proof_edge::channels::{settings_in, settings_of_operator};
use proof_edge::config::Config;
use proof_edge::objects::{CreateCommand, IdentifierLimits, Limited, reply};
use proof_edge::platform::random;
use proof_evidence::code::{CodeDigest, InboundCode, OtpCode, RANDOM_BYTES};
use proof_evidence::email::{LinkDigest, LinkToken};
use proof_evidence::settings::MissingSettings;
use proof_evidence::sms::{self, SmsProvider};
use proof_evidence::telegram::Telegram;
use proof_evidence::wallet::SignIn;
use proof_evidence::wallet::ethereum::EthereumRpc;
use proof_evidence::whatsapp::Whatsapp;
use wasm_bindgen::JsValue;

use super::{Inside, sign_in};
use crate::now;

impl Inside {
    pub(super) async fn create(self: &Rc<Self>, create: CreateCommand) -> JsValue {
        let (outcome, repeated) = match self.begin(create).await {
            Ok((view, repeated)) => (Ok(view), repeated),
            Err(error) => (Err(error), false),
        };
        JsValue::from(reply(&outcome, repeated))
    }

    async fn begin(
        self: &Rc<Self>,
        create: CreateCommand,
    ) -> Result<(VerificationView, bool), ApiError> {
        if let Some(known) = self.repeated(&create).await? {
            return Ok((known, true));
        }
        if let Some(refusal) = &create.refusal {
            return Err(refusal.clone());
        }
        if create.plan.sends_a_message(create.owner.environment) {
            let (kind, recipient) = (create.plan.kind, create.plan.recipient());
            self.take_limits(&create.owner, kind, &recipient, create.id)
                .await?;
        }
        let link = self.link_of(&create).await?;
        // Others may have come in while somebody was asked.
        if let Some(known) = self.repeated(&create).await? {
            return Ok((known, true));
        }
        let (owner, bot) = (create.owner.clone(), create.bot.clone());
        let mut record = self.new_record(create, &link)?;
        if let Some(finding) = bot {
            sign_in::judge_bot(&mut record, finding)?;
        }
        let is_proven = record.proof().is_some();
        let view = record.view();
        self.save(record)?;
        if is_proven {
            return Ok((self.proven(&owner).await?, false));
        }
        Ok((view, false))
    }

    /// Exists as this record, which was completed elsewhere. Asked again, the first one stays.
    pub(super) async fn establish(
        self: &Rc<Self>,
        record: Verification,
    ) -> Result<VerificationView, ApiError> {
        let owner = record.owner.clone();
        // Its id is derived, so it must never come back after it is gone.
        if !self.is_repetition(&owner, &record.fingerprint, true)? {
            self.save(record)?;
        }
        self.get(&owner).await
    }

    async fn repeated(
        self: &Rc<Self>,
        create: &CreateCommand,
    ) -> Result<Option<VerificationView>, ApiError> {
        let fingerprint = create.plan.fingerprint();
        if self.is_repetition(&create.owner, &fingerprint, create.repeatable)? {
            return self.get(&create.owner).await.map(Some);
        }
        Ok(None)
    }

    /// Counts a message before it is sent, or refuses it. Messages to phones cost money, so they
    /// are also counted for blocks of numbers and for whoever asks.
    pub(super) async fn take_limits(
        &self,
        owner: &Owner,
        kind: AssetType,
        identifier: &str,
        message: Id,
    ) -> Result<(), ApiError> {
        let secret = self.config.id_secret()?;
        let limits = IdentifierLimits::new(self.context.env());
        let mut counted = vec![(Limited::Identifier, identifier)];
        if kind == AssetType::Phone {
            // Whoever has used up its own share must not use up that of a number or a block.
            counted.insert(0, (Limited::Organisation, &owner.organisation));
            counted.push((Limited::Prefix, &identifier[..identifier.len() - 4]));
        }
        for (of, what) in counted {
            limits.take(secret, of, what, message, now()).await?;
        }
        Ok(())
    }

    /// How long an answer is awaited: whoever runs a domain may have to ask a colleague.
    pub(super) fn lifetime(&self, kind: AssetType) -> i64 {
        if kind == AssetType::Domain {
            self.config.domain_challenge_seconds
        } else {
            self.config.challenge_seconds
        }
    }

    /// A code for the person to type in; for a mailbox, a link beside it.
    pub(super) fn new_code(&self, id: Id, channel: Channel) -> Result<NewCode, ApiError> {
        let id = id.to_string();
        let code = new_otp()?;
        let link = (channel == Channel::Email).then(|| LinkToken::from_random(random()));
        Ok(NewCode {
            digest: CodeDigest::new(&self.config.code_key()?, &id, &code).to_hex(),
            code: code.as_str().to_owned(),
            link: link.map(|link| NewLink {
                digest: LinkDigest::new(&id, &link).to_hex(),
                token: link.as_str().to_owned(),
            }),
        })
    }

    /// How a link opens the channel, with the account through which the message will come. The
    /// number in it is the service's, never the person's.
    async fn link_of(&self, create: &CreateCommand) -> Result<Link, ApiError> {
        let plan = &create.plan;
        if plan.kind != AssetType::Phone || plan.outbound {
            return Ok(Link::None);
        }
        if create.owner.environment.is_test() {
            return Ok(Link::Test(plan.channel));
        }
        let own = create
            .own_channel
            .then_some(create.owner.organisation.as_str());
        let settings = settings_in(self.context.env(), own, plan.channel).await?;
        let missing = |missing: MissingSettings| ApiError::internal(missing.to_string());
        Ok(match plan.channel {
            Channel::Whatsapp => {
                Link::Whatsapp(Whatsapp::from_settings(&settings).map_err(missing)?)
            }
            Channel::Telegram => {
                Link::Telegram(Telegram::from_settings(&settings).map_err(missing)?)
            }
            Channel::Sms => Link::Sms(sms::provider(&settings).map_err(missing)?),
            _ => Link::None,
        })
    }

    fn new_record(&self, create: CreateCommand, link: &Link) -> Result<Verification, ApiError> {
        let now = now();
        let CreateCommand {
            id,
            owner,
            organisation_name,
            plan,
            repeatable,
            own_channel,
            request,
            ..
        } = create;
        let published = matches!(plan.channel, Channel::Dns | Channel::Http | Channel::Auto);
        let lifetime = self.lifetime(plan.kind);
        let expires_at = now.plus_seconds(lifetime);
        let mut delivery = None;
        let question = match (plan.kind, plan.channel) {
            (AssetType::Domain, _) if published => Question::PublishedToken {
                token: hex(&random::<16>()),
            },
            _ if plan.outbound || plan.channel == Channel::Email => {
                let code = self.new_code(id, plan.channel)?;
                let test = owner.environment.is_test();
                let question = code.question(test);
                delivery = Some(code.delivery(1, test, now));
                question
            }
            (AssetType::Wallet, channel) => {
                let nonce = hex(&random::<8>());
                let id = id.to_string();
                let settings = settings_of_operator(self.context.env(), Channel::Ethereum);
                let sign_in = SignIn {
                    channel,
                    chain_id: EthereumRpc::chain_id(&settings).map_err(not_a_chain)?,
                    address: &plan.identifier,
                    host: self.config.own_host(),
                    uri: &self.config.public_url,
                    organisation: &organisation_name,
                    verification_id: &id,
                    nonce: &nonce,
                    issued_at: now,
                    expires_at,
                };
                let (message, code) = (sign_in.message(), new_shown_code()?);
                Question::SignedMessage {
                    message,
                    nonce,
                    code,
                }
            }
            (AssetType::Social | AssetType::Account, _) => Question::SignIn {
                auth_url: sign_in::page_address(&self.config.public_url, id),
                code: new_shown_code()?,
                attempt: None,
            },
            (AssetType::TelegramBot, _) => Question::BotToken {
                code: new_shown_code()?,
            },
            _ => {
                let code = new_shown_code()?;
                let deep_link = link.with(&self.config, &code);
                Question::ShownCode { code, deep_link }
            }
        };
        let mut record = Verification {
            id,
            owner,
            organisation_name,
            fingerprint: plan.fingerprint(),
            own_channel,
            repeatable,
            kind: plan.kind,
            channel: plan.channel,
            identifier: plan.identifier,
            mailbox: plan.mailbox,
            external_user_id: plan.external_user_id,
            client_metadata: plan.client_metadata,
            callback_url: plan.callback_url,
            challenge: Challenge {
                expires_at,
                question,
            },
            state: State::Pending,
            account: None,
            failed_attempts: 0,
            delivery,
            checks: Checks::default(),
            seen_messages: Vec::new(),
            created_at: now,
            updated_at: now,
            history: vec![Change {
                status: Status::Pending,
                at: now,
            }],
            request,
            told: Told::default(),
            revision: 1,
            ledger_revision: 0,
        };
        record.plan_check(self.check_schedule(), now);
        Ok(record)
    }
}

/// What opens the channel with the code filled in.
enum Link {
    None,
    /// Nobody's account: nothing comes in test mode.
    Test(Channel),
    Whatsapp(Whatsapp),
    Telegram(Telegram),
    Sms(Box<dyn SmsProvider>),
}

impl Link {
    fn with(&self, config: &Config, code: &str) -> Option<String> {
        match self {
            Self::None => None,
            Self::Test(channel) => test_link(config, *channel, code),
            Self::Whatsapp(whatsapp) => Some(whatsapp.deep_link(code)),
            Self::Telegram(telegram) => Some(telegram.deep_link(code)),
            Self::Sms(sms) => Some(sms.deep_link(code)),
        }
    }
}

fn test_link(config: &Config, channel: Channel, code: &str) -> Option<String> {
    match channel {
        Channel::Whatsapp => {
            let number = config.whatsapp_number.trim_start_matches('+');
            Some(format!("https://wa.me/{number}?text={code}"))
        }
        Channel::Telegram => Some(format!("https://t.me/{}?start={code}", config.telegram_bot)),
        Channel::Sms => Some(format!("sms:{}?body={code}", config.sms_number)),
        _ => None,
    }
}

#[expect(clippy::needless_pass_by_value, reason = "given to map_err by name")]
fn not_a_chain(missing: MissingSettings) -> ApiError {
    ApiError::new(
        ErrorCode::ChannelNotConfigured,
        format!("The operator must mend {}.", missing.0.join(", ")),
    )
}

/// A code for the person to type in.
fn new_otp() -> Result<OtpCode, ApiError> {
    OtpCode::from_random(&random::<RANDOM_BYTES>())
        .map_err(|error| ApiError::internal(error.to_string()))
}

/// A code for the person to send from the asset.
fn new_shown_code() -> Result<String, ApiError> {
    InboundCode::from_random(&random::<RANDOM_BYTES>())
        .map(|code| code.as_str().to_owned())
        .map_err(|error| ApiError::internal(error.to_string()))
}
