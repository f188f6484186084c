//! The platform's functions as Rust sees them; each is implemented in `js/platform.mjs` and is one
//! crossing. Nothing outside this crate calls them.

use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;

use crate::work::begin;

/// A value of the platform that may be carried through code which asks for `Send`. A Worker has
/// one thread; the wrapper panics rather than be used on another.
pub type Js = SendWrapper<JsValue>;

/// A future over the platform's promises, for code which asks for `Send`.
pub fn local<F: Future>(future: F) -> SendWrapper<F> {
    SendWrapper::new(future)
}

#[wasm_bindgen(module = "/js/platform.mjs")]
extern "C" {
    pub(crate) fn variable(env: &JsValue, name: &str) -> Option<String>;
    #[wasm_bindgen(js_name = waitUntil)]
    fn wait_until(context: &JsValue, promise: &JsValue);
    fn panicked(message: &str);
    #[wasm_bindgen(js_name = log)]
    pub(crate) fn log_line(line: &str);

    /// A promise of the platform's. Awaited, it is what it settles to.
    #[derive(Debug)]
    pub type Promised;
    /// A promise that is settled from here.
    pub(crate) type Deferred;
    pub(crate) fn deferred() -> Deferred;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn promise(this: &Deferred) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn resolve(this: &Deferred, value: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn reject(this: &Deferred, error: &JsValue);
    #[wasm_bindgen(js_name = whileWhole)]
    pub(crate) fn while_whole(callback: &js_sys::Function) -> JsValue;
    pub(crate) fn listen(promise: &Promised, wait: u32, listener: &JsValue);
    #[wasm_bindgen(js_name = nextTurn)]
    fn next_turn() -> Promised;
    fn clock() -> f64;
    #[wasm_bindgen(js_name = sleep)]
    fn timer(milliseconds: u32) -> Promised;

    pub(crate) fn d1(env: &JsValue, statements: &str, rows: bool) -> Promised;

    #[wasm_bindgen(js_name = objectCommand)]
    pub(crate) fn object_command(
        env: &JsValue,
        binding: &str,
        name: &str,
        message: &str,
    ) -> Promised;
    #[wasm_bindgen(js_name = objectFetch)]
    pub(crate) fn object_fetch(env: &JsValue, binding: &str, name: &str, url: &str) -> Promised;

    #[wasm_bindgen(catch, js_name = storageGet)]
    pub(crate) fn storage_get(context: &JsValue, key: &str) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(catch, js_name = storagePut)]
    pub(crate) fn storage_put(context: &JsValue, key: &str, value: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(catch, js_name = storageSetAlarm)]
    pub(crate) fn storage_set_alarm(context: &JsValue, milliseconds: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(js_name = storageDeleteAll)]
    pub(crate) fn storage_delete_all(context: &JsValue) -> Promised;

    #[wasm_bindgen(js_name = bucketGet)]
    pub(crate) fn bucket_get(env: &JsValue, binding: &str, key: &str) -> Promised;

    #[wasm_bindgen(js_name = withinRate)]
    pub(crate) fn within_rate(env: &JsValue, binding: &str, key: &str) -> Promised;

    #[wasm_bindgen(js_name = importSigningKey)]
    pub(crate) fn import_signing_key(jwk: &str) -> Promised;
    #[wasm_bindgen(js_name = importVerifyingKey)]
    pub(crate) fn import_verifying_key(jwk: &str) -> Promised;
    #[wasm_bindgen(js_name = rsaSign)]
    pub(crate) fn rsa_sign(key: &JsValue, message: Vec<u8>) -> Promised;
    #[wasm_bindgen(js_name = rsaVerify)]
    pub(crate) fn rsa_verify(key: &JsValue, signature: Vec<u8>, message: Vec<u8>) -> Promised;

    #[wasm_bindgen(js_name = aesSeal)]
    pub(crate) fn aes_seal(
        key: Vec<u8>,
        nonce: Vec<u8>,
        context: Vec<u8>,
        plain: Vec<u8>,
    ) -> Promised;
    #[wasm_bindgen(js_name = aesOpen)]
    pub(crate) fn aes_open(
        key: Vec<u8>,
        nonce: Vec<u8>,
        context: Vec<u8>,
        sealed: Vec<u8>,
    ) -> Promised;

    pub(crate) fn respond(status: u16, headers: &str, body: &[u8]) -> JsValue;
    #[wasm_bindgen(js_name = respondThrough)]
    pub(crate) fn respond_through(response: &JsValue, headers: &str) -> JsValue;
    #[wasm_bindgen(js_name = responseStatus)]
    pub(crate) fn response_status(response: &JsValue) -> u16;
    #[wasm_bindgen(js_name = responseBytes)]
    pub(crate) fn response_bytes(response: &JsValue) -> Promised;
    #[wasm_bindgen(js_name = responseText)]
    pub(crate) fn response_text(response: &JsValue) -> Promised;

    pub(crate) fn asset(env: &JsValue, url: &str) -> Promised;
    #[wasm_bindgen(js_name = cacheGet)]
    pub(crate) fn cache_get(key: &str) -> Promised;
    #[wasm_bindgen(js_name = cachePut)]
    pub(crate) fn cache_put(key: &str, response: &JsValue) -> Promised;
    #[wasm_bindgen(js_name = cacheDelete)]
    pub(crate) fn cache_delete(key: &str) -> Promised;

    pub(crate) fn outbound(
        method: &str,
        url: &str,
        headers: &str,
        body: Vec<u8>,
        wanted: &str,
        max_bytes: u32,
        milliseconds: u32,
    ) -> Promised;

    #[wasm_bindgen(js_name = sendEmail)]
    pub(crate) fn send_email(env: &JsValue, message: &str, milliseconds: u32) -> Promised;

    /// A TCP connection, bounded in time as a whole.
    pub(crate) type Connection;
    #[wasm_bindgen(constructor)]
    pub(crate) fn open(host: &str, port: u16, tls: bool, milliseconds: u32) -> Connection;
    #[wasm_bindgen(method)]
    pub(crate) fn read(this: &Connection) -> Promised;
    #[wasm_bindgen(method)]
    pub(crate) fn write(this: &Connection, bytes: &[u8]) -> Promised;
    #[wasm_bindgen(method, js_name = beginTls)]
    pub(crate) fn begin_tls(this: &Connection) -> Promised;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Connection);

    /// The open event streams of one object.
    pub type EventStreams;
    #[wasm_bindgen(constructor)]
    pub fn new(
        heartbeat_milliseconds: u32,
        on_gone: &js_sys::Function,
        on_beat: &js_sys::Function,
    ) -> EventStreams;
    #[wasm_bindgen(method)]
    pub fn open(
        this: &EventStreams,
        slot: &str,
        text: &str,
        last: bool,
        signal: &JsValue,
    ) -> JsValue;
    #[wasm_bindgen(method)]
    pub fn send(this: &EventStreams, text: &str, last: bool);
    #[wasm_bindgen(method)]
    pub fn probe(this: &EventStreams, slot: &str) -> bool;
    #[wasm_bindgen(method)]
    pub fn slots(this: &EventStreams) -> Vec<String>;
}

/// Sees to it that a panic is heard. Runs when an instance of the module begins, before anything else.
#[wasm_bindgen(start)]
pub fn hear_panics() {
    std::panic::set_hook(Box::new(|panic| panicked(&panic.to_string())));
}

/// What an exception says, for the log.
pub(crate) fn reason(error: &JsValue) -> String {
    if let Some(text) = error.as_string() {
        return text;
    }
    error.dyn_ref::<js_sys::Error>().map_or_else(
        || "an exception without a message".to_owned(),
        |error| String::from(error.message()),
    )
}

/// Milliseconds since 1970.
pub fn now_millis() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a date is a whole number below 2^53"
    )]
    let now = js_sys::Date::now() as i64;
    now
}

/// Fresh random bytes.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "the platform always has randomness")]
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

/// Goes on after the answer was given.
pub fn after_answer(context: &JsValue, work: impl Future<Output = ()> + 'static) {
    let promise = begin(async move {
        next_turn().await?;
        work.await;
        Ok(JsValue::UNDEFINED)
    });
    wait_until(context, &promise);
}

/// Milliseconds of a clock that is good for differences only. Deployed, it stands still while
/// something is computed.
pub fn clock_millis() -> f64 {
    clock()
}

/// Waits. Objects do; a function answers at once, unless it begins.
pub async fn sleep(milliseconds: u32) {
    // A timer never fails.
    let _ = timer(milliseconds).await;
}

/// A response with JSON in it, as an object gives it to the function that asks.
pub fn json_response(status: u16, value: &impl serde::Serialize) -> JsValue {
    let text = serde_json::to_vec(value).unwrap_or_default();
    respond(status, "content-type\napplication/json", &text)
}
