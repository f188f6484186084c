//! Looking for what a domain was asked to publish, and for who serves its DNS. A look takes its time
//! and changes nothing: what it found is reported to the object, which decides by its state then.
//! Functions look when they are asked to, objects by themselves.

use futures_util::future::join_all;
use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::verification;
use proof_evidence::dns::{self, DnsFailure, RecordType};
use proof_evidence::domain_check::{
    ChallengeToken, CheckMethod, CheckResult, DomainChallenge, FetchFailure, FileResponse,
    HttpCheck, MAX_BODY, Next, Resolvers, Sighting, TIME_LIMIT_MS, Zone, ZoneSearch, ZoneStep,
    judge_sibling, needs_sibling, sibling_of,
};

use crate::objects::{CheckReport, VerificationToken};
use crate::outbound::{FetchFault, Fetched, get_public, resolve};
use crate::platform::{now_millis, random};

const DNS_MILLISECONDS: u32 = 5_000;

/// For finding the zone, all questions together: it is help, and nobody should wait for it.
const ZONE_MILLISECONDS: u32 = 1_500;
const ZONE_QUESTION_MILLISECONDS: u32 = 600;

/// Looks once, where the channel says.
pub async fn look(
    resolvers: &Resolvers,
    wanted: &VerificationToken,
) -> Result<CheckReport, ApiError> {
    let challenge = challenge(&wanted.domain, &wanted.token)?;
    let found = match wanted.channel {
        Channel::Dns => look_in_dns(resolvers, &challenge).await,
        Channel::Http => look_at_file(resolvers, challenge).await,
        _ => {
            let dns = look_in_dns(resolvers, &challenge).await;
            if dns.is_verified() {
                dns
            } else {
                CheckResult::of_both(dns, look_at_file(resolvers, challenge).await)
            }
        }
    };
    Ok(report(found))
}

/// The zone that a domain lies in, if that can be found out quickly.
pub async fn search_zone(resolvers: &Resolvers, domain: &str) -> Option<Zone> {
    let started = now_millis();
    let mut search = ZoneSearch::begin(domain);
    loop {
        let mut answer = Err(DnsFailure::Unreachable);
        for resolver in resolvers.list() {
            let spent = u32::try_from(now_millis() - started).unwrap_or(ZONE_MILLISECONDS);
            let left = ZONE_MILLISECONDS
                .checked_sub(spent)
                .filter(|left| *left > 0)?;
            let limit = left.min(ZONE_QUESTION_MILLISECONDS);
            answer = resolve(resolver, search.name(), RecordType::Ns, limit)
                .await
                .and_then(|answer| dns::read_zone(&answer, search.name()));
            if answer.is_ok() {
                break;
            }
        }
        match search.on_answer(answer) {
            ZoneStep::Found(zone) => return Some(zone),
            ZoneStep::Unknown => return None,
            ZoneStep::Ask(above) => search = above,
        }
    }
}

/// What a verification's record says is to be published.
pub fn challenge(domain: &str, token: &str) -> Result<DomainChallenge, ApiError> {
    let token =
        ChallengeToken::parse(token).map_err(|error| ApiError::internal(error.to_string()))?;
    DomainChallenge::new(domain, token).map_err(|error| ApiError::internal(error.to_string()))
}

async fn look_in_dns(resolvers: &Resolvers, challenge: &DomainChallenge) -> CheckResult {
    let name = challenge.record_name();
    let asked = resolvers.list().iter().map(|resolver| async {
        let answer = resolve(resolver, &name, RecordType::Txt, DNS_MILLISECONDS).await;
        Sighting {
            resolver,
            answer: answer.and_then(|answer| dns::read_txt(&answer, &name)),
        }
    });
    let result = resolvers.judge(challenge, &join_all(asked).await);
    if !needs_sibling(&result) {
        return result;
    }
    let sibling = sibling_of(challenge, &random());
    let alias = alias_of(resolvers, &sibling).await;
    judge_sibling(challenge, &sibling, &alias, result)
}

/// What a name is an alias of. All are asked: one that fails must not hide what another knows.
async fn alias_of(resolvers: &Resolvers, name: &str) -> Result<String, DnsFailure> {
    let asked = resolvers.list().iter().map(|resolver| async {
        resolve(resolver, name, RecordType::Cname, DNS_MILLISECONDS)
            .await
            .and_then(|answer| dns::read_alias(&answer, name))
    });
    let answers = join_all(asked).await;
    let rank = |answer: &Result<String, DnsFailure>| match answer {
        Ok(_) => 0,
        Err(failure) if failure.is_absence() => 1,
        Err(_) => 2,
    };
    answers
        .into_iter()
        .min_by_key(rank)
        .unwrap_or(Err(DnsFailure::Unreachable))
}

async fn look_at_file(resolvers: &Resolvers, challenge: DomainChallenge) -> CheckResult {
    let host = challenge.domain().to_owned();
    let started = now_millis();
    let mut check = HttpCheck::begin(challenge);
    loop {
        let spent = u32::try_from(now_millis() - started).unwrap_or(TIME_LIMIT_MS);
        let left = check.time_left_ms(spent);
        let next = if left > 0 {
            #[expect(clippy::cast_possible_truncation, reason = "4 KiB and one byte")]
            let size = MAX_BODY as u32 + 1;
            match get_public(resolvers, &check.url(), &host, size, left).await {
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
        via: found.evidence.via,
        resolvers: found.evidence.resolvers,
        dnssec: found.evidence.dnssec,
    }
}
