//! What deliveries are told, and the gate that each receiver has.

use proof_domain::error::ApiError;
use proof_domain::id::{Id, hex};
use proof_domain::tenant::Owner;
use proof_domain::webhook::gate::Entry;
use proof_domain::webhook::view::{DeliveryDetails, DeliveryView};
use proof_domain::webhook::{Delivery, NewDelivery};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;
use wasm_bindgen::JsValue;

use super::{Done, command};
use crate::ledger::KnownEndpoint;
use crate::platform::local;
use crate::scope::Scope;

const DELIVERIES: &str = "DELIVERIES";
const GATES: &str = "ENDPOINT_GATES";

/// What can be asked of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryCommand {
    /// Begin. Asked again, nothing happens.
    Begin(Box<Beginning>),
    /// Everything that is known of it.
    Get { owner: Owner },
    /// Try once more, if it failed.
    Retry { owner: Owner },
    /// Forget everything, for ever.
    Erase { owner: Owner },
}

/// What a delivery begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    #[serde(flatten)]
    pub new: NewDelivery,
    /// The endpoint as it is now, for an attempt that is made now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<KnownEndpoint>,
}

/// The way to deliveries, for functions.
#[derive(Clone, Copy, Debug)]
pub struct Deliveries<'a>(&'a Scope);

impl<'a> Deliveries<'a> {
    pub const fn new(scope: &'a Scope) -> Self {
        Self(scope)
    }

    /// Everything that is known of a delivery, while its object lives.
    pub async fn get(self, owner: &Owner, id: Id) -> Result<DeliveryDetails, ApiError> {
        let get = DeliveryCommand::Get {
            owner: owner.clone(),
        };
        self.give(id, &get).await
    }

    /// Has a delivery that failed tried once more.
    pub async fn retry(self, owner: &Owner, id: Id) -> Result<DeliveryView, ApiError> {
        let retry = DeliveryCommand::Retry {
            owner: owner.clone(),
        };
        self.give(id, &retry).await
    }

    async fn give<T: serde::de::DeserializeOwned>(
        self,
        id: Id,
        wish: &DeliveryCommand,
    ) -> Result<T, ApiError> {
        local(command::<T>(
            self.0.env(),
            DELIVERIES,
            &id.to_string(),
            wish,
        ))
        .await?
        .value
        .read()
    }
}

/// Has a delivery begin.
pub(crate) async fn begin_delivery(
    env: &JsValue,
    new: NewDelivery,
    endpoint: Option<KnownEndpoint>,
) -> Result<(), ApiError> {
    let name = new.id.to_string();
    let begin = DeliveryCommand::Begin(Box::new(Beginning { new, endpoint }));
    command::<Done>(env, DELIVERIES, &name, &begin)
        .await
        .map(drop)
}

/// What can be asked of a receiver's gate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateCommand {
    /// A delivery wants to go through.
    Enter { delivery: Id },
    /// It has come back, having reached the receiver or not, if it tried.
    Leave { delivery: Id, reached: Option<bool> },
}

/// The gate of one receiver: an endpoint, or a host that callback addresses of one tenant name. Its
/// name does not tell which.
#[derive(Debug)]
pub struct Gate<'a> {
    env: &'a JsValue,
    name: String,
}

impl<'a> Gate<'a> {
    pub fn of(env: &'a JsValue, secret: &[u8], delivery: &Delivery) -> Self {
        let of = &delivery.of;
        let host = Url::parse(&of.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .filter(|_| of.callback)
            .unwrap_or_default();
        let name = Sha256::new()
            .chain_update(secret)
            .chain_update(b"webhook gate")
            .chain_update(of.endpoint_id.to_string())
            .chain_update(host)
            .finalize();
        Self {
            env,
            name: hex(&name),
        }
    }

    pub async fn enter(&self, delivery: Id) -> Result<Entry, ApiError> {
        command::<Entry>(
            self.env,
            GATES,
            &self.name,
            &GateCommand::Enter { delivery },
        )
        .await?
        .value
        .read()
    }

    pub async fn leave(&self, delivery: Id, reached: Option<bool>) -> Result<(), ApiError> {
        let leave = GateCommand::Leave { delivery, reached };
        command::<Done>(self.env, GATES, &self.name, &leave)
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::SealedSecrets;
    use proof_domain::event::EventType;
    use proof_domain::tenant::Environment;
    use proof_domain::timestamp::Timestamp;
    use proof_domain::webhook::RetrySchedule;

    /// Functions and objects are deployed one after another: what crosses must stay readable.
    #[test]
    fn commands_keep_their_form() {
        let owner = Owner {
            organisation: "acme".into(),
            environment: Environment::Live,
        };
        let new = NewDelivery {
            id: Id::from_bytes([1; 12]),
            owner: owner.clone(),
            event_id: Id::from_bytes([2; 12]),
            event_type: EventType::RequestCompleted,
            endpoint_id: Id::from_bytes([3; 12]),
            callback: true,
            verification_request_id: Some(Id::from_bytes([4; 12])),
            verification_id: None,
            url: "https://a.example/".into(),
            retry_schedule: RetrySchedule::Extended,
            payload: "{}".into(),
            created_at: Timestamp::from_seconds(0),
        };
        let endpoint = KnownEndpoint {
            secrets: SealedSecrets {
                current: "v1.a".into(),
                previous: Some("v1.b".into()),
                previous_until: Some(Timestamp::from_seconds(1)),
            },
            changed: Timestamp::from_seconds(2),
        };
        let begin = |endpoint| {
            let new = new.clone();
            DeliveryCommand::Begin(Box::new(Beginning { new, endpoint }))
        };
        for (wish, json) in [
            (
                begin(Some(endpoint)),
                r#"{"begin":{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"event_id":"020202020202020202020202","event_type":"verification_request.completed","endpoint_id":"030303030303030303030303","callback":true,"verification_request_id":"040404040404040404040404","url":"https://a.example/","retry_schedule":"extended","payload":"{}","created_at":"1970-01-01T00:00:00Z","endpoint":{"secrets":{"current":"v1.a","previous":"v1.b","previous_until":"1970-01-01T00:00:01Z"},"changed":"1970-01-01T00:00:02Z"}}}"#,
            ),
            (
                begin(None),
                r#"{"begin":{"id":"010101010101010101010101","owner":{"organisation":"acme","environment":"live"},"event_id":"020202020202020202020202","event_type":"verification_request.completed","endpoint_id":"030303030303030303030303","callback":true,"verification_request_id":"040404040404040404040404","url":"https://a.example/","retry_schedule":"extended","payload":"{}","created_at":"1970-01-01T00:00:00Z"}}"#,
            ),
            (
                DeliveryCommand::Get {
                    owner: owner.clone(),
                },
                r#"{"get":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                DeliveryCommand::Retry {
                    owner: owner.clone(),
                },
                r#"{"retry":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
            (
                DeliveryCommand::Erase { owner },
                r#"{"erase":{"owner":{"organisation":"acme","environment":"live"}}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&wish).unwrap(), json);
            assert_eq!(serde_json::from_str::<DeliveryCommand>(json).unwrap(), wish);
        }
    }

    #[test]
    fn words_of_the_gate_keep_their_form() {
        let delivery = Id::from_bytes([1; 12]);
        for (wish, json) in [
            (
                GateCommand::Enter { delivery },
                r#"{"enter":{"delivery":"010101010101010101010101"}}"#,
            ),
            (
                GateCommand::Leave {
                    delivery,
                    reached: Some(false),
                },
                r#"{"leave":{"delivery":"010101010101010101010101","reached":false}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&wish).unwrap(), json);
            assert_eq!(serde_json::from_str::<GateCommand>(json).unwrap(), wish);
        }
        for (entry, json) in [
            (Entry::Open, r#""open""#),
            (Entry::Wait { seconds: 3 }, r#"{"wait":{"seconds":3}}"#),
        ] {
            assert_eq!(serde_json::to_string(&entry).unwrap(), json);
            assert_eq!(serde_json::from_str::<Entry>(json).unwrap(), entry);
        }
    }
}
