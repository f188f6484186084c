//! Which channels can be used now. In test mode all of them; live, those that the operator has
//! configured. A channel that is not configured says what is missing, and nothing is created.

use proof_domain::asset::{AssetType, Channel};
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::tenant::Environment;
use proof_domain::verification::settings_for;
use proof_edge::config::Config;

/// Refuses a live verification over a channel that cannot be carried out.
pub(crate) fn must_be_configured(
    config: &Config,
    environment: Environment,
    kind: AssetType,
    channel: Channel,
) -> Result<(), ApiError> {
    let ready = match (kind, channel) {
        _ if environment.is_test() => true,
        (AssetType::Email, _) => config.can_send_email(),
        (_, Channel::Dns | Channel::Http | Channel::Auto) => !config.doh_url.is_empty(),
        _ => false,
    };
    if ready {
        return Ok(());
    }
    let settings = settings_for(kind, channel).join(", ");
    Err(ApiError::of_field(
        ErrorCode::ChannelNotConfigured,
        "channel",
        format!(
            "{channel} is not configured for live use of {kind}. The operator must set {settings}."
        ),
    ))
}
