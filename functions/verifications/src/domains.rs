//! Looking for what a domain was asked to publish. The look takes its time outside the object; what
//! it found is reported to the object, which decides by its state at that moment.

use proof_domain::asset::Channel;
use proof_domain::error::{ApiError, ErrorBody};
use proof_domain::verification;
use proof_edge::auth::TenantKey;
use proof_edge::extract::PathId;
use proof_edge::objects::{CheckReport, VerificationToken, Verifications};
use proof_edge::outbound::{FetchFault, Fetched, get_public, resolve};
use proof_edge::platform::now_millis;
use proof_edge::{Answer, Failure, Scope};
use proof_evidence::dns::{RecordType, read_txt};
use proof_evidence::domain_check::{
    ChallengeToken, CheckMethod, CheckResult, DomainChallenge, FetchFailure, FileResponse,
    HttpCheck, MAX_BODY, Next, TIME_LIMIT_MS, judge_txt,
};

/// Check a domain
///
/// Looks for the TXT record or the file now. If it is there, the verification is completed; if not,
/// it stays pending and `last_check` says what was found instead and whether to try again.
#[utoipa::path(
    post, path = "/api/v1/verifications/{id}/verify", tag = "Verifications",
    operation_id = "checkDomain",
    params(("id" = String, Path, description = "The verification.")),
    responses(
        (status = 200, description = "The verification after the check.", body = verification::VerificationView),
        (status = 400, description = "It is not checked this way, or not pending any more.", body = ErrorBody),
        (status = 404, description = "There is none of that id.", body = ErrorBody),
    ),
    security(("apiKey" = [])),
)]
pub(crate) async fn verify(
    key: TenantKey,
    scope: Scope,
    PathId(id): PathId,
) -> Result<Answer, Failure> {
    let objects = Verifications::of(&scope);
    let wanted = objects.token(key.owner.clone(), id).await?;
    let found = look(&scope, &wanted).await?;
    Answer::ok(objects.checked(key.owner, id, report(found)).await?)
}

async fn look(scope: &Scope, wanted: &VerificationToken) -> Result<CheckResult, ApiError> {
    let token = ChallengeToken::parse(&wanted.token)
        .map_err(|error| ApiError::internal(error.to_string()))?;
    let challenge = DomainChallenge::new(&wanted.domain, token)
        .map_err(|error| ApiError::internal(error.to_string()))?;
    Ok(match wanted.channel {
        Channel::Dns => look_in_dns(scope, &challenge).await,
        Channel::Http => look_at_file(scope, challenge).await,
        _ => {
            let dns = look_in_dns(scope, &challenge).await;
            if dns.is_verified() {
                dns
            } else {
                CheckResult::of_both(dns, look_at_file(scope, challenge).await)
            }
        }
    })
}

async fn look_in_dns(scope: &Scope, challenge: &DomainChallenge) -> CheckResult {
    let name = challenge.record_name();
    let answer = resolve(scope, &name, RecordType::Txt).await;
    judge_txt(
        challenge,
        &answer.and_then(|answer| read_txt(&answer, &name)),
    )
}

async fn look_at_file(scope: &Scope, challenge: DomainChallenge) -> CheckResult {
    let host = challenge.domain().to_owned();
    let started = now_millis();
    let mut check = HttpCheck::begin(challenge);
    loop {
        let spent = u32::try_from(now_millis() - started).unwrap_or(TIME_LIMIT_MS);
        let left = check.time_left_ms(spent);
        let next = if left > 0 {
            #[expect(clippy::cast_possible_truncation, reason = "4 KiB and one byte")]
            let size = MAX_BODY as u32 + 1;
            match get_public(scope, &check.url(), &host, size, left).await {
                Ok(fetched) => check.on_response(&response(&fetched)),
                Err(fault) => check.on_failure(failure(fault)),
            }
        } else if spent >= TIME_LIMIT_MS {
            return check.out_of_time();
        } else {
            check.on_failure(FetchFailure::Timeout)
        };
        match next {
            Next::Done(result) => return result,
            Next::Fetch(again) => check = again,
        }
    }
}

fn response(fetched: &Fetched) -> FileResponse<'_> {
    FileResponse {
        status: fetched.status,
        location: fetched.location.as_deref(),
        content_type: fetched.content_type.as_deref(),
        content_encoding: fetched.content_encoding.as_deref(),
        body: &fetched.body,
    }
}

const fn failure(fault: FetchFault) -> FetchFailure {
    match fault {
        FetchFault::PrivateAddress => FetchFailure::PrivateAddress,
        FetchFault::Dns(failure) => FetchFailure::NoAddress(failure),
        FetchFault::Timeout => FetchFailure::Timeout,
        FetchFault::Unreachable => FetchFailure::Unreachable,
    }
}

fn report(found: CheckResult) -> CheckReport {
    CheckReport {
        method: match found.evidence.method {
            CheckMethod::Dns => verification::CheckMethod::Dns,
            CheckMethod::Http => verification::CheckMethod::Http,
        },
        found: found.is_verified(),
        result: found.outcome.as_str().to_owned(),
        message: found.message,
        retryable: found.retryable,
        observed: found.evidence.observed,
    }
}
