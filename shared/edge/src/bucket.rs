//! Files that an operator puts into a bucket (R2), for the Worker itself.

use js_sys::Uint8Array;
use proof_domain::error::ApiError;
use wasm_bindgen::{JsCast as _, JsValue};

use crate::platform::{bucket_get, local, reason};
use crate::scope::Scope;

/// The bytes under this key; `None` if there are none, or if the Worker was given no such bucket.
pub async fn bytes(scope: &Scope, binding: &str, key: &str) -> Result<Option<Vec<u8>>, ApiError> {
    let odd = |error: JsValue| ApiError::internal(format!("{binding}: {}", reason(&error)));
    local(async {
        let found = bucket_get(scope.env(), binding, key).await.map_err(odd)?;
        Ok(found
            .dyn_into::<Uint8Array>()
            .ok()
            .map(|bytes| bytes.to_vec()))
    })
    .await
}
