//! Static files of a Worker, and the edge cache for public documents.

use js_sys::Uint8Array;
use proof_domain::error::ApiError;
use proof_domain::timestamp::Timestamp;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::answer::Answer;
use crate::platform::{self, Js, local, reason, response_status};
use crate::scope::Scope;

/// A static file, as the platform gives it; `None` if there is none of that name.
pub async fn file(scope: &Scope, path: &str) -> Result<Option<Answer>, ApiError> {
    let url = format!("https://assets.local{path}");
    let response = local(async { platform::asset(scope.env(), &url).await.map(Js::new) })
        .await
        .map_err(|error| ApiError::internal(format!("assets: {}", reason(&error))))?;
    let found = response_status(&response) != 404;
    Ok(found.then(|| Answer::through(response)))
}

/// The bytes of a static file that is for the Worker itself; `None` if there is none of that name.
pub async fn bytes(scope: &Scope, path: &str) -> Result<Option<Vec<u8>>, ApiError> {
    let url = format!("https://assets.local{path}");
    let odd = |error: JsValue| ApiError::internal(format!("assets: {}", reason(&error)));
    local(async {
        let response = platform::asset(scope.env(), &url).await.map_err(odd)?;
        match response_status(&response) {
            200 => {
                let bytes = platform::response_bytes(&response).await.map_err(odd)?;
                Ok(Some(bytes.unchecked_into::<Uint8Array>().to_vec()))
            }
            404 => Ok(None),
            status => Err(ApiError::internal(format!("assets: status {status}"))),
        }
    })
    .await
}

/// A public document under its one normalised name, if the edge still has it, and its age in
/// seconds.
pub async fn cached(scope: &Scope, path: &str) -> Option<(String, u32)> {
    let key = key(scope, path);
    let kept = local(async {
        let found = platform::cache_get(&key).await.ok()?;
        if found.is_undefined() {
            return None;
        }
        platform::response_text(&found).await.ok()?.as_string()
    })
    .await?;
    let (since, text) = kept.split_once('\n')?;
    let since = Timestamp::from_seconds(since.parse().ok()?);
    Some((text.to_owned(), scope.now().seconds_since(since)))
}

/// Keeps a public document at the edge for some seconds, after the answer was given.
pub fn keep(scope: &Scope, path: &str, text: &str, seconds: u32) {
    let key = key(scope, path);
    let headers = format!("cache-control\npublic, max-age={seconds}\ncontent-type\ntext/plain");
    let kept = format!("{}\n{text}", scope.now().seconds());
    scope.after_answer(async move {
        let response: JsValue = platform::respond(200, &headers, kept.as_bytes());
        // What is not kept is read again.
        let _ = platform::cache_put(&key, &response).await;
    });
}

/// Forgets a document here and now; other places follow when its time is over.
pub async fn forget(scope: &Scope, path: &str) {
    let key = key(scope, path);
    local(async {
        let _ = platform::cache_delete(&key).await;
    })
    .await;
}

/// Only our own address and a fixed path: nothing a caller sends becomes part of the name.
fn key(scope: &Scope, path: &str) -> String {
    format!("{}{path}", scope.config().public_url)
}
