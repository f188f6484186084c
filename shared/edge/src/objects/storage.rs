//! An object's own storage and alarm. Writes made in one synchronous turn are one commit, and no
//! answer leaves before it is durable: the platform's output gate sees to that.

use proof_domain::timestamp::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::platform::{self, reason};

/// The context and environment of one Durable Object.
#[derive(Clone, Debug)]
pub struct ObjectContext {
    context: JsValue,
    env: JsValue,
}

/// The storage refused, or holds what cannot be read. The object must not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageFault(pub String);

impl ObjectContext {
    pub const fn new(context: JsValue, env: JsValue) -> Self {
        Self { context, env }
    }

    pub const fn env(&self) -> &JsValue {
        &self.env
    }

    pub fn load<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StorageFault> {
        let text = platform::storage_get(&self.context, key)
            .map_err(|error| StorageFault(reason(&error)))?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| StorageFault(format!("{key}: {error}")))
    }

    pub fn store(&self, key: &str, value: &impl Serialize) -> Result<(), StorageFault> {
        let text = serde_json::to_string(value)
            .map_err(|error| StorageFault(format!("{key}: {error}")))?;
        platform::storage_put(&self.context, key, &text)
            .map_err(|error| StorageFault(reason(&error)))
    }

    /// Asks to be woken then; replaces an earlier wish.
    pub fn wake_at(&self, time: Timestamp) -> Result<(), StorageFault> {
        #[expect(clippy::cast_precision_loss, reason = "dates are far below 2^53")]
        let millis = time.millis() as f64;
        platform::storage_set_alarm(&self.context, millis)
            .map_err(|error| StorageFault(reason(&error)))
    }

    /// Forgets everything.
    pub async fn erase(&self) -> Result<(), StorageFault> {
        platform::storage_delete_all(&self.context)
            .await
            .map(drop)
            .map_err(|error| StorageFault(reason(&error)))
    }

    /// Goes on after the answer was given.
    pub fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        platform::after_answer(&self.context, work);
    }
}
