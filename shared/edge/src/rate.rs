//! Requests a minute. The platform's rate-limit binding is the authority; the numbers in the
//! headers are this isolate's own count of the same window, which is never less generous.

use std::cell::RefCell;
use std::collections::HashMap;

use proof_domain::error::ApiError;

use crate::platform::{reason, within_rate};
use crate::scope::Scope;

const WINDOW_SECONDS: i64 = 60;
const TRACKED: usize = 10_000;

/// What the headers of an answer say about the caller's limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateState {
    limit: u32,
    remaining: u32,
    reset: u32,
}

impl RateState {
    pub(crate) fn headers(self, add: &mut impl FnMut(&str, &str)) {
        add("ratelimit-limit", &self.limit.to_string());
        add("ratelimit-remaining", &self.remaining.to_string());
        add("ratelimit-reset", &self.reset.to_string());
        add(
            "ratelimit-policy",
            &format!("{};w={WINDOW_SECONDS}", self.limit),
        );
    }
}

/// A limit that the platform offers: the binding's name and its requests a minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tier {
    binding: &'static str,
    limit: u32,
}

/// For public addresses, by client.
pub(crate) const PUBLIC: Tier = Tier {
    binding: "RATE_PUBLIC",
    limit: 600,
};

/// The tier of an organisation; 0 means that the operator does not meter it.
pub(crate) const fn tier(requests_per_minute: u32) -> Option<Tier> {
    match requests_per_minute {
        0 => None,
        1..=100 => Some(Tier {
            binding: "RATE_STANDARD",
            limit: 100,
        }),
        101..=1_000 => Some(Tier {
            binding: "RATE_PLUS",
            limit: 1_000,
        }),
        _ => Some(Tier {
            binding: "RATE_SCALE",
            limit: 10_000,
        }),
    }
}

/// Counts the request, or refuses it.
pub(crate) async fn admit(scope: &Scope, tier: Tier, who: &str) -> Result<(), ApiError> {
    let now = scope.now().seconds();
    let used = count(who, now);
    #[expect(
        clippy::cast_sign_loss,
        clippy::cast_possible_truncation,
        reason = "from 1 to 60"
    )]
    let reset = (WINDOW_SECONDS - now.rem_euclid(WINDOW_SECONDS)) as u32;
    let within = within_rate(scope.env(), tier.binding, who)
        .await
        .map_err(|error| ApiError::internal(format!("rate limit: {}", reason(&error))))?
        .is_truthy();
    let remaining = if within {
        tier.limit.saturating_sub(used)
    } else {
        0
    };
    scope.set_rate(RateState {
        limit: tier.limit,
        remaining,
        reset,
    });
    if within {
        Ok(())
    } else {
        Err(ApiError::rate_limited(
            "Too many requests. Wait before the next one.",
            reset,
        ))
    }
}

thread_local! {
    static COUNTS: RefCell<(i64, HashMap<String, u32>)> = RefCell::new((0, HashMap::new()));
}

/// How many requests this isolate has seen in the current window, this one included.
fn count(who: &str, now: i64) -> u32 {
    let window = now.div_euclid(WINDOW_SECONDS);
    COUNTS.with_borrow_mut(|(current, counts)| {
        if *current != window || counts.len() > TRACKED {
            *current = window;
            counts.clear();
        }
        let used = counts.entry(who.to_owned()).or_insert(0);
        *used += 1;
        *used
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_within_one_window() {
        assert_eq!(count("rate-test", 120), 1);
        assert_eq!(count("rate-test", 179), 2);
        assert_eq!(count("rate-test", 180), 1);
    }

    #[test]
    fn an_organisation_gets_the_smallest_tier_that_holds_its_limit() {
        assert!(tier(0).is_none());
        assert_eq!(tier(100).map(|tier| tier.limit), Some(100));
        assert_eq!(tier(101).map(|tier| tier.limit), Some(1_000));
        assert_eq!(tier(5_000).map(|tier| tier.limit), Some(10_000));
    }
}
