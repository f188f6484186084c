//! What belongs to one request: its id, its time, its caller, and the way to the platform. Every
//! client of D1 or an object is reached through it, so that log lines and answers can be joined.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use proof_domain::id::hex;
use proof_domain::timestamp::Timestamp;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use crate::config::Config;
use crate::platform;
use crate::rate::RateState;

/// One request and the environment it runs in.
#[derive(Clone)]
pub struct Scope(SendWrapper<Rc<Inside>>);

struct Inside {
    env: JsValue,
    context: JsValue,
    config: Rc<Config>,
    request_id: String,
    started: i64,
    headers: SmallHeaders,
    rate: Cell<Option<RateState>>,
    caller: RefCell<Option<String>>,
}

/// The request headers that the door reads.
#[derive(Clone, Debug, Default)]
pub struct SmallHeaders {
    pub authorization: String,
    pub content_type: String,
    pub idempotency_key: String,
    pub last_event_id: String,
    pub if_none_match: String,
    pub client_address: String,
    pub accept: String,
    pub requested_method: String,
}

impl SmallHeaders {
    /// Reads the lines in the order in which `runtime.mjs` writes them.
    pub fn from_lines(lines: &str) -> Self {
        let mut lines = lines.split('\n').map(str::to_owned);
        let mut next = || lines.next().unwrap_or_default();
        Self {
            authorization: next(),
            content_type: next(),
            idempotency_key: next(),
            last_event_id: next(),
            if_none_match: next(),
            client_address: next(),
            accept: next(),
            requested_method: next(),
        }
    }
}

impl Scope {
    pub fn new(env: JsValue, context: JsValue, headers: SmallHeaders) -> Self {
        let config = Config::of(&env);
        Self(SendWrapper::new(Rc::new(Inside {
            env,
            context,
            config,
            request_id: format!("req_{}", hex(&platform::random::<12>())),
            started: platform::now_millis(),
            headers,
            rate: Cell::new(None),
            caller: RefCell::new(None),
        })))
    }

    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    pub fn headers(&self) -> &SmallHeaders {
        &self.0.headers
    }

    /// When the request came in.
    pub fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.started)
    }

    pub(crate) fn started_millis(&self) -> i64 {
        self.0.started
    }

    pub(crate) fn env(&self) -> &JsValue {
        &self.0.env
    }

    /// Goes on after the answer was given.
    pub fn after_answer(&self, work: impl Future<Output = ()> + 'static) {
        platform::after_answer(&self.0.context, work);
    }

    pub(crate) fn set_rate(&self, state: RateState) {
        self.0.rate.set(Some(state));
    }

    pub(crate) fn rate(&self) -> Option<RateState> {
        self.0.rate.get()
    }

    /// Names the caller for the log line: organisation and environment, never a key.
    pub(crate) fn set_caller(&self, caller: String) {
        self.0.caller.replace(Some(caller));
    }

    pub(crate) fn caller(&self) -> Option<String> {
        self.0.caller.borrow().clone()
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({})", self.request_id())
    }
}
