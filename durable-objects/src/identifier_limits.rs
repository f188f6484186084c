//! Counts the challenges sent to one identifier, one block of numbers or for one organisation, under
//! whatever verification, or the looks that a domain gets by itself. It does not know which one that is.

use proof_domain::error::ApiError;
use proof_domain::id::Id;
use proof_domain::timestamp::Timestamp;
use proof_edge::objects::{Done, LimitCommand, Limited, ObjectContext, reply};
use proof_edge::work::begin;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::{fault, now, read_command};

const RECORD: &str = "challenges";
const LOOKS: &str = "looks";
const HOUR: i64 = 3_600;

/// The object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct IdentifierLimitsObject(ObjectContext);

/// A challenge that was sent.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Sent {
    verification: Id,
    at: i64,
}

/// The looks of one hour.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Looks {
    hour: i64,
    count: u32,
}

#[wasm_bindgen]
impl IdentifierLimitsObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        Self(ObjectContext::new(context, env))
    }

    pub fn command(&self, message: &str) -> String {
        let outcome = read_command(message).and_then(|command| match command {
            LimitCommand::Take {
                verification,
                now,
                of,
            } => self.take(verification, of, Timestamp::from_seconds(now)),
            LimitCommand::Look { allowed, now } => self.look(allowed, Timestamp::from_seconds(now)),
        });
        reply(&outcome, false)
    }

    pub fn fetch(&self, _url: &str) -> JsValue {
        JsValue::UNDEFINED
    }

    /// The longest window is over since the last challenge: nothing is worth keeping.
    pub fn alarm(&self) -> JsValue {
        let context = self.0.clone();
        begin(async move {
            let sent: Vec<Sent> = context.load(RECORD).ok().flatten().unwrap_or_default();
            let looks: Option<Looks> = context.load(LOOKS).ok().flatten();
            let counting = looks.is_some_and(|looks| looks.hour == hour_of(now()));
            if kept(sent, now()).is_empty() && !counting {
                context
                    .erase()
                    .await
                    .map_err(|fault| JsValue::from(fault.0))?;
            }
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl IdentifierLimitsObject {
    fn take(&self, verification: Id, of: Limited, now: Timestamp) -> Result<Done, ApiError> {
        let mut sent = kept(self.0.load(RECORD).map_err(fault)?.unwrap_or_default(), now);
        if sent
            .iter()
            .any(|sent: &Sent| sent.verification == verification)
        {
            return Ok(Done {});
        }
        if let Some(wait) = wait_for(&sent, of, now) {
            return Err(ApiError::rate_limited(too_many(of), wait));
        }
        sent.push(Sent {
            verification,
            at: now.seconds(),
        });
        self.0.store(RECORD, &sent).map_err(fault)?;
        self.0
            .wake_at(now.plus_seconds(LONGEST_WINDOW))
            .map_err(fault)?;
        Ok(Done {})
    }
}

/// None counts for longer than a day.
const LONGEST_WINDOW: i64 = 24 * 60 * 60;

const fn too_many(of: Limited) -> &'static str {
    match of {
        Limited::Identifier => {
            "Too many challenges were sent to this identifier. Wait before the next one."
        }
        Limited::Prefix => {
            "Too many messages were sent to numbers like this one. Wait before the next one."
        }
        Limited::Replies => "Enough was answered to this number.",
        Limited::Organisation => {
            "Your organisation has sent too many messages to phones. Wait before the next one."
        }
    }
}

impl IdentifierLimitsObject {
    fn look(&self, allowed: u32, now: Timestamp) -> Result<Done, ApiError> {
        let looks = counted(self.0.load(LOOKS).map_err(fault)?, allowed, now).map_err(|wait| {
            ApiError::rate_limited(
                "The domain was looked at too often by itself. Ask for a check.",
                wait,
            )
        })?;
        self.0.store(LOOKS, &looks).map_err(fault)?;
        self.0.wake_at(end_of(looks.hour)).map_err(fault)?;
        Ok(Done {})
    }
}

/// One look more, or the seconds until there may be one.
fn counted(looks: Option<Looks>, allowed: u32, now: Timestamp) -> Result<Looks, u32> {
    let hour = hour_of(now);
    let count = looks
        .filter(|looks| looks.hour == hour)
        .map_or(0, |looks| looks.count);
    if count >= allowed {
        return Err(end_of(hour).seconds_since(now).max(1));
    }
    Ok(Looks {
        hour,
        count: count + 1,
    })
}

const fn end_of(hour: i64) -> Timestamp {
    Timestamp::from_seconds((hour + 1) * HOUR)
}

const fn hour_of(now: Timestamp) -> i64 {
    now.seconds().div_euclid(HOUR)
}

fn kept(sent: Vec<Sent>, now: Timestamp) -> Vec<Sent> {
    sent.into_iter()
        .filter(|sent| now.seconds() - sent.at < LONGEST_WINDOW)
        .collect()
}

/// Seconds until another challenge is allowed, if it is not now.
fn wait_for(sent: &[Sent], of: Limited, now: Timestamp) -> Option<u32> {
    of.allowed()
        .iter()
        .filter_map(|(allowed, window)| {
            let mut inside: Vec<i64> = sent
                .iter()
                .map(|sent| sent.at)
                .filter(|at| now.seconds() - at < *window)
                .collect();
            inside.sort_unstable();
            // The oldest of the last `allowed` has to leave the window.
            let oldest = inside
                .len()
                .checked_sub(*allowed)
                .and_then(|at| inside.get(at))?;
            Some(
                Timestamp::from_seconds(oldest + window)
                    .seconds_since(now)
                    .max(1),
            )
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(at: i64) -> Sent {
        Sent {
            verification: Id::from_bytes([0; 12]),
            at,
        }
    }

    #[test]
    fn allows_ten_an_hour_and_thirty_a_day() {
        let now = Timestamp::from_seconds(100_000);
        let ten: Vec<_> = (0..10).map(|n| sent(100_000 - 100 * n)).collect();
        assert_eq!(wait_for(&ten[..9], Limited::Identifier, now), None);
        assert_eq!(wait_for(&ten, Limited::Identifier, now), Some(3600 - 900));
        let thirty: Vec<_> = (0..30).map(|n| sent(100_000 - 2_000 * n)).collect();
        assert_eq!(wait_for(&thirty[..29], Limited::Identifier, now), None);
        assert_eq!(
            wait_for(&thirty, Limited::Identifier, now),
            Some(86_400 - 58_000)
        );
    }

    #[test]
    fn nothing_counts_for_longer_than_it_is_kept() {
        for of in [Limited::Identifier, Limited::Prefix, Limited::Organisation] {
            let longest = of.allowed().map(|(_, seconds)| seconds).into_iter().max();
            assert_eq!(longest, Some(LONGEST_WINDOW), "{of:?}");
        }
    }

    #[test]
    fn looks_are_counted_by_the_hour_of_the_clock() {
        let at = |seconds: i64| Timestamp::from_seconds(7_200 + seconds);
        let mut looks = None;
        for n in 1..=60 {
            looks = Some(counted(looks, 60, at(n)).unwrap());
        }
        assert_eq!(counted(looks, 60, at(100)).unwrap_err(), 3_500);
        assert_eq!(counted(looks, 60, at(3_599)).unwrap_err(), 1);
        assert_eq!(counted(looks, 60, at(3_600)).unwrap().count, 1);
        assert_eq!(counted(looks, 3_000, at(100)).unwrap().count, 61);
        assert_eq!(counted(None, 0, at(0)).unwrap_err(), 3_600);
    }

    #[test]
    fn forgets_what_is_older_than_a_day() {
        assert!(kept(vec![sent(0)], Timestamp::from_seconds(86_400)).is_empty());
        assert_eq!(
            kept(vec![sent(1)], Timestamp::from_seconds(86_400)).len(),
            1
        );
    }
}
