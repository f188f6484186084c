//! Telegram bots: asks Telegram whose a token is. The token is in one request and nowhere else; it
//! never reaches an object, the ledger or the log.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::{Account, AccountProblem, CreateVerification, VerificationView};
use proof_evidence::exchange::ProviderError;
use proof_evidence::telegram_bot::{BotError, BotToken, TelegramBots};

use crate::answer::Raw;
use crate::channels;
use crate::objects::{BotFinding, Verifications};
use crate::providers::send;
use crate::scope::Scope;

/// The token in a request, if it carries a whole one.
pub fn token_in(request: &CreateVerification) -> Option<BotToken> {
    if request.kind == AssetType::TelegramBot {
        BotToken::parse(&request.identifier)
    } else {
        None
    }
}

/// What Telegram says of the token. A wrong one is refused and leaves no trace; a Telegram that
/// cannot be asked is a finding, and the token may be submitted again.
pub async fn ask(
    scope: &Scope,
    token: &BotToken,
    field: &'static str,
) -> Result<BotFinding, ApiError> {
    let settings = channels::settings(scope, None, Channel::TelegramBotToken).await?;
    let bots = TelegramBots::from_settings(&settings)
        .map_err(|missing| ApiError::internal(missing.to_string()))?;
    let answer = match send(bots.get_me(token)).await {
        Ok(answer) => TelegramBots::read(&answer, token.id()),
        Err(error) => Err(error.into()),
    };
    match answer {
        Ok(bot) => Ok(BotFinding::Shown(Account {
            id: bot.id,
            username: Some(bot.username),
        })),
        Err(BotError::TokenRefused | BotError::AnotherBot) => Err(ApiError::of_field(
            ErrorCode::InvalidIdentifier,
            field,
            "Telegram does not know this token; it is wrong or was revoked",
        )),
        Err(BotError::Provider(ProviderError::Refused { .. } | ProviderError::Credentials)) => {
            Ok(BotFinding::NotShown(AccountProblem::ProviderRefused))
        }
        Err(BotError::Provider(_)) => Ok(BotFinding::NotShown(AccountProblem::ProviderUnavailable)),
    }
}

/// A token was submitted for a verification.
pub async fn submit(
    scope: &Scope,
    owner: Owner,
    id: Id,
    token: &str,
) -> Result<Raw<VerificationView>, ApiError> {
    let objects = Verifications::of(scope);
    let wanted = objects.bot_to_show(owner.clone(), id).await?;
    let token = BotToken::parse(token)
        .ok_or_else(|| ApiError::field("bot_token", "is not a bot's whole token"))?;
    if token.id() != wanted {
        return Err(ApiError::of_field(
            ErrorCode::InvalidIdentifier,
            "bot_token",
            "is that of another bot",
        ));
    }
    let finding = ask(scope, &token, "bot_token").await?;
    objects.bot_found(owner, id, finding).await
}
