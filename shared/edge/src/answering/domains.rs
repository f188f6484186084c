//! Looking at a domain when somebody asks for it. The look takes its time outside the object; what
//! it found is reported to the object, which decides by its state at that moment.

use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorCode};
use proof_domain::id::Id;
use proof_domain::tenant::Owner;
use proof_domain::verification::VerificationView;
use proof_evidence::domain_check::Resolvers;
use proof_evidence::settings::MissingSettings;

use crate::answer::Raw;
use crate::channels;
use crate::domain_look::look;
use crate::objects::Verifications;
use crate::platform::local;
use crate::scope::Scope;

/// Looks for the record or the file now.
pub async fn check(scope: &Scope, owner: Owner, id: Id) -> Result<Raw<VerificationView>, ApiError> {
    let objects = Verifications::of(scope);
    let wanted = objects.token(owner.clone(), id).await?;
    let resolvers = resolvers(scope).await?;
    let found = local(look(&resolvers, &wanted)).await?;
    objects.checked(owner, id, found).await
}

/// The resolvers that the operator has set.
pub async fn resolvers(scope: &Scope) -> Result<Resolvers, ApiError> {
    let settings = channels::settings(scope, None, Channel::Dns).await?;
    Resolvers::from_settings(&settings).map_err(|MissingSettings(names)| {
        ApiError::new(
            ErrorCode::ChannelNotConfigured,
            format!(
                "Domains cannot be looked at. The operator must set {}.",
                names.join(", ")
            ),
        )
    })
}
