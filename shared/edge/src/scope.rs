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
    /// All headers, below the paths where webhooks and pages are; elsewhere none.
    others: Vec<(String, String)>,
}

impl SmallHeaders {
    /// Reads the lines in the order in which `runtime.mjs` writes them.
    pub fn from_lines(lines: &str) -> Self {
        let mut lines = lines.split('\n').map(str::to_owned);
        let mut next = || lines.next().unwrap_or_default();
        let mut headers = Self {
            authorization: next(),
            content_type: next(),
            idempotency_key: next(),
            last_event_id: next(),
            if_none_match: next(),
            client_address: next(),
            accept: next(),
            requested_method: next(),
            others: Vec::new(),
        };
        while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
            headers.others.push((name, value));
        }
        headers
    }

    /// A header by its name in lower case, where all of them are given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.others
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All headers, where they are given, with their names in lower case.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.others
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The cookies of this name, in the order sent. There can be several: a sibling of the host can
    /// set one of the same name.
    pub fn cookies<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.get("cookie")
            .unwrap_or_default()
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_door_s_headers_and_the_others() {
        let few = SmallHeaders::from_lines("Bearer x\napplication/json\n\n\n\n\n\n\n");
        assert_eq!(few.authorization, "Bearer x");
        assert_eq!(few.get("cookie"), None);
        let all = SmallHeaders::from_lines(
            "\n\n\n\n\n1.2.3.4\n\n\ncookie\na=1; b=2;a=3; c\nx-hub-signature-256\nsha256=00\n",
        );
        assert_eq!(all.client_address, "1.2.3.4");
        assert_eq!(all.get("x-hub-signature-256"), Some("sha256=00"));
        assert_eq!(all.cookies("a").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(all.cookies("c").count(), 0);
        assert_eq!(all.all().count(), 2);
    }
}
