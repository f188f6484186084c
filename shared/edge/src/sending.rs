//! One attempt at a delivery: where it goes now, with which secrets, and what came back.

use std::collections::BTreeMap;

use proof_domain::asset::Channel;
use proof_domain::error::ApiError;
use proof_domain::outbound::{UrlPolicy, check_url};
use proof_domain::timestamp::Timestamp;
use proof_domain::webhook::delivery::{MAX_RESPONSE, Outcome, Response};
use proof_domain::webhook::{Delivery, signing};
use proof_evidence::dns::DnsFailure;
use proof_evidence::domain_check::Resolvers;
use wasm_bindgen::JsValue;

use crate::channels::settings_of_operator;
use crate::config::Config;
use crate::endpoints::{self, Secrets};
use crate::ledger::{KnownEndpoint, Ledger};
use crate::outbound::{FetchFault, Fetched, PublicAddress, look_up_public};

/// The longest `Content-Type` and the like that is kept of an answer.
const MAX_HEADER: usize = 200;

/// Where a delivery goes.
#[derive(Debug)]
pub enum Target {
    Open {
        url: String,
        secrets: Secrets,
        /// When the tenant last changed the endpoint.
        changed: Timestamp,
    },
    /// Nowhere; why, in words for the tenant.
    Off(&'static str),
}

/// Where a delivery goes whose endpoint is known as it is in this moment.
pub async fn known_target(
    env: &JsValue,
    delivery: &Delivery,
    endpoint: &KnownEndpoint,
    now: Timestamp,
) -> Result<Target, ApiError> {
    let of = &delivery.of;
    let config = Config::of(env);
    Ok(Target::Open {
        url: of.url.clone(),
        secrets: endpoint
            .secrets
            .open(&config, &of.owner, of.endpoint_id, now)
            .await?,
        changed: endpoint.changed,
    })
}

/// Where a delivery goes now: an endpoint may have moved, or be off, since the event happened.
pub async fn target(
    env: &JsValue,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Target, ApiError> {
    let of = &delivery.of;
    let row = if of.callback {
        endpoints::callback(env, &of.owner, now).await?
    } else {
        match Ledger::new(env).endpoint(&of.owner, of.endpoint_id).await? {
            Some(row) => row,
            None => return Ok(Target::Off("the endpoint was deleted")),
        }
    };
    if row.endpoint.disabled.is_some() {
        return Ok(Target::Off("the endpoint is disabled"));
    }
    let secrets = row.open(&Config::of(env), now).await?;
    Ok(Target::Open {
        url: if of.callback {
            of.url.clone()
        } else {
            row.endpoint.url
        },
        secrets,
        changed: row.endpoint.updated_at,
    })
}

/// A receiver that may be called now.
#[derive(Debug)]
pub struct Receiver {
    address: PublicAddress,
    milliseconds: u32,
}

/// Finds out where a delivery's address leads. Whatever goes wrong is an outcome.
pub async fn look_up(env: &JsValue, delivery: &Delivery) -> Result<Receiver, Outcome> {
    let config = Config::of(env);
    let nothing = |why: String| Outcome::Nothing(why);
    let url = check_url(&delivery.of.url, UrlPolicy::https_only(config.own_host()))
        .map_err(|error| nothing(format!("the address cannot be called: {error}")))?;
    let resolvers = Resolvers::from_settings(&settings_of_operator(env, Channel::Dns))
        .map_err(|_| nothing("no resolver is configured".to_owned()))?;
    let milliseconds = config.webhook_milliseconds;
    let address = look_up_public(&resolvers, url, milliseconds)
        .await
        .map_err(|fault| nothing(words(fault, milliseconds)))?;
    Ok(Receiver {
        address,
        milliseconds,
    })
}

/// Sends it once. Whatever goes wrong is an outcome.
pub async fn send(
    receiver: Receiver,
    delivery: &Delivery,
    secrets: &Secrets,
    at: Timestamp,
) -> Outcome {
    let of = &delivery.of;
    let headers = signing::headers(
        of.event_id,
        at,
        &of.payload,
        &secrets.current,
        secrets.previous.as_ref(),
    );
    #[expect(clippy::cast_possible_truncation, reason = "4 KiB")]
    let max_bytes = MAX_RESPONSE as u32;
    let posted = receiver.address.post(&headers, &of.payload, max_bytes);
    match posted.await {
        Ok(fetched) => answered(&fetched),
        Err(fault) => Outcome::Nothing(words(fault, receiver.milliseconds)),
    }
}

fn answered(fetched: &Fetched) -> Outcome {
    let mut headers = BTreeMap::new();
    for (name, value) in [
        ("content-type", fetched.content_type.clone()),
        ("location", fetched.location.clone()),
        (
            "retry-after",
            fetched.retry_after.map(|seconds| seconds.to_string()),
        ),
    ] {
        if let Some(value) = value {
            let short = value.chars().take(MAX_HEADER).collect();
            headers.insert(name.to_owned(), short);
        }
    }
    Outcome::Answered {
        response: Response {
            status: fetched.status,
            body: String::from_utf8_lossy(&fetched.body).into_owned(),
            headers,
        },
        retry_after: fetched.retry_after,
    }
}

fn words(fault: FetchFault, milliseconds: u32) -> String {
    match fault {
        FetchFault::PrivateAddress => {
            "the receiver's name leads into a private or reserved network".to_owned()
        }
        FetchFault::Dns(failure) if failure.is_absence() => {
            "the receiver's name has no address".to_owned()
        }
        FetchFault::Dns(DnsFailure::Timeout) => {
            "the receiver's name could not be looked up in time".to_owned()
        }
        FetchFault::Dns(_) => "the receiver's name could not be looked up".to_owned(),
        FetchFault::Timeout => {
            let seconds = f64::from(milliseconds) / 1_000.0;
            format!("the receiver did not answer within {seconds} seconds")
        }
        FetchFault::Unreachable => {
            "the receiver could not be reached, or broke off its answer".to_owned()
        }
    }
}
