//! How channels are set up: what the operator or the organisation itself has configured, and what
//! is missing.

use axum::extract::RawPathParams;
use proof_domain::asset::{AssetType, Channel};
use proof_domain::channel_settings::{
    ChannelList, ChannelView, SetChannel, SettingView, SettingsSource,
};
use proof_domain::error::{ApiError, ErrorBody};
use proof_edge::answer::Value;
use proof_edge::auth::TenantKey;
use proof_edge::channels;
use proof_edge::extract::Json;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::channels::{check, refusal_as_own, settings_of};
use proof_evidence::settings::{MissingSettings, Settings};

/// The longest value of a setting; keys in PEM form are the longest.
const MAX_VALUE: usize = 4_096;
const LIVE_ONLY: &str = "Channels are set up with a live key; in test mode nothing is sent.";

/// List channels
///
/// Which channels can be used live, over whose account with the provider, and what is missing.
/// In test mode every channel can be used.
#[utoipa::path(
    get, path = "/api/v1/channels", tag = "Channels", operation_id = "listChannels",
    responses((status = 200, description = "All channels.", body = ChannelList)),
    security(("apiKey" = [])),
)]
pub(crate) async fn list(key: TenantKey, scope: Scope) -> Result<Answer, Failure> {
    let organisation = key.owner.organisation.as_str();
    // Asked anew: the key's record may be a minute old.
    let own = channels::all_own(&scope, organisation).await?;
    let mut data = Vec::with_capacity(Channel::ALL.len());
    for channel in Channel::ALL {
        data.push(match own.get(channel) {
            Some(settings) => view(*channel, SettingsSource::Organisation, settings),
            None => view_of_operators(&scope, *channel).await?,
        });
    }
    Answer::ok(Value(ChannelList { data }))
}

/// Use your own account
///
/// Makes a channel use your organisation's own account with its provider, within a minute. The
/// settings are sealed and never shown again. Proofs made over your own account say so, because you
/// could have answered in the person's place. Needs a live key.
#[utoipa::path(
    put, path = "/api/v1/channels/{channel}", tag = "Channels", operation_id = "setChannel",
    params(("channel" = Channel, Path, description = "The channel.")),
    request_body = SetChannel,
    responses(
        (status = 200, description = "The channel as it is set up now.", body = ChannelView),
        (status = 400, description = "A setting is unknown, missing or not yours to set.", body = ErrorBody),
        (status = 403, description = "This is a test key.", body = ErrorBody),
        (status = 404, description = "There is no such channel.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn set(
    key: TenantKey,
    scope: Scope,
    parameters: RawPathParams,
    Json(wanted): Json<SetChannel>,
) -> Result<Answer, Failure> {
    let channel = channel_in(&parameters)?;
    key.must_be_live(LIVE_ONLY)?;
    must_be_settable(channel, &wanted)?;
    let organisation = key.owner.organisation.as_str();
    channels::keep_own(&scope, organisation, channel, &wanted.settings).await?;
    let settings = channels::settings(&scope, Some(organisation), channel).await?;
    let set = view(channel, SettingsSource::Organisation, &settings);
    Answer::ok(Value(set))
}

/// Stop using your own account
///
/// Forgets your settings of this channel; from then on it uses the operator's account.
#[utoipa::path(
    delete, path = "/api/v1/channels/{channel}", tag = "Channels", operation_id = "unsetChannel",
    params(("channel" = Channel, Path, description = "The channel.")),
    responses(
        (status = 200, description = "The channel as it is set up now.", body = ChannelView),
        (status = 403, description = "This is a test key.", body = ErrorBody),
        (status = 404, description = "There is no such channel.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn unset(
    key: TenantKey,
    scope: Scope,
    parameters: RawPathParams,
) -> Result<Answer, Failure> {
    let channel = channel_in(&parameters)?;
    key.must_be_live(LIVE_ONLY)?;
    channels::drop_own(&scope, &key.owner.organisation, channel).await?;
    Answer::ok(Value(view_of_operators(&scope, channel).await?))
}

async fn view_of_operators(scope: &Scope, channel: Channel) -> Result<ChannelView, ApiError> {
    let settings = channels::settings(scope, None, channel).await?;
    Ok(view(channel, SettingsSource::Platform, &settings))
}

fn view(channel: Channel, source: SettingsSource, settings: &Settings) -> ChannelView {
    let types: Vec<_> = AssetType::ALL
        .iter()
        .copied()
        .filter(|kind| kind.allows(channel))
        .collect();
    let missing = types
        .first()
        .and_then(|kind| check(*kind, channel, settings).err())
        .map_or_else(Vec::new, |MissingSettings(names)| names);
    ChannelView {
        channel,
        types,
        live: missing.is_empty(),
        source,
        missing: missing.into_iter().map(str::to_owned).collect(),
        settings: settings_of(channel)
            .iter()
            .filter(|setting| !setting.operator_only)
            .map(|setting| SettingView {
                name: setting.name.to_owned(),
                secret: setting.secret,
                set: source == SettingsSource::Organisation && settings.get(setting.name).is_some(),
            })
            .collect(),
    }
}

fn channel_in(parameters: &RawPathParams) -> Result<Channel, ApiError> {
    parameters
        .iter()
        .find(|(name, _)| *name == "channel")
        .and_then(|(_, name)| name.parse().ok())
        .ok_or_else(ApiError::not_found)
}

fn must_be_settable(channel: Channel, wanted: &SetChannel) -> Result<(), ApiError> {
    for (name, value) in &wanted.settings {
        let field = || format!("settings.{}", name.chars().take(64).collect::<String>());
        let known = settings_of(channel).iter().find(|one| one.name == name);
        match known {
            None => return Err(ApiError::field(field(), "is not a setting of this channel")),
            Some(one) if one.operator_only => {
                return Err(ApiError::field(field(), "is set by the operator only"));
            }
            Some(_) if value.is_empty() || value.len() > MAX_VALUE => {
                return Err(ApiError::field(field(), "must have 1 to 4096 bytes"));
            }
            Some(_) if value.chars().any(|c| c.is_control() && c != '\n') => {
                return Err(ApiError::field(field(), "must not hold control characters"));
            }
            Some(_) => {}
        }
    }
    // An own account that holds nothing would only make proofs say that there was one.
    if settings_of(channel).iter().all(|one| one.operator_only) {
        return Err(ApiError::field(
            "settings",
            "this channel has no settings of an organisation's own",
        ));
    }
    let settings: Settings = wanted.settings.clone().into_iter().collect();
    let kind = AssetType::ALL.iter().find(|kind| kind.allows(channel));
    if let Some(Err(MissingSettings(missing))) = kind.map(|kind| check(*kind, channel, &settings)) {
        return Err(ApiError::field(
            "settings",
            format!("must also hold {}", missing.join(", ")),
        ));
    }
    match refusal_as_own(channel, &settings) {
        Some((name, why)) => Err(ApiError::field(format!("settings.{name}"), why)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(channel: Channel, settings: &[(&str, &str)]) -> String {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let error = must_be_settable(channel, &SetChannel { settings }).unwrap_err();
        error.message.into_owned()
    }

    #[test]
    fn what_may_be_set() {
        let long = "x".repeat(MAX_VALUE + 1);
        for (name, value, said) in [
            ("NO_SUCH", "1", "is not a setting of this channel"),
            ("GITHUB_CLIENT_ID", "", "1 to 4096"),
            ("GITHUB_CLIENT_ID", &long, "1 to 4096"),
            ("GITHUB_CLIENT_ID", "a\r\nb", "control"),
            ("GITHUB_CLIENT_ID", "a", "GITHUB_CLIENT_SECRET"),
        ] {
            let refused = refusal(Channel::Github, &[(name, value)]);
            assert!(refused.contains(said), "{refused}");
        }
        // Through the operator's doors an organisation would write in the operator's name.
        for provider in ["cloudflare", "inbox", "resend,cloudflare"] {
            let settings = [
                ("EMAIL_PROVIDER", provider),
                ("EMAIL_FROM", "security@bank.example"),
                ("RESEND_API_KEY", "re_1"),
            ];
            let refused = refusal(Channel::Email, &settings);
            assert!(refused.contains("resend or postmark"), "{refused}");
        }
        let smtp = [("EMAIL_PROVIDER", "smtp"), ("EMAIL_FROM", "a@b.example")];
        assert!(refusal(Channel::Email, &smtp).contains("SMTP_HOST"));
        for channel in [Channel::Ethereum, Channel::Solana, Channel::Bitcoin] {
            assert!(refusal(channel, &[]).contains("no settings"), "{channel}");
        }
        assert!(refusal(Channel::Dns, &[("DOH_URL", "https://a.example")]).contains("operator"));
    }
}
