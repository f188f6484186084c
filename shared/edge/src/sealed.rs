//! Seals what must be kept but never read in a copy of the database: AES-256-GCM by the platform,
//! under a key that only the Workers have, bound to what it belongs to.

use data_encoding::BASE64URL_NOPAD;
use js_sys::Uint8Array;
use proof_domain::error::ApiError;
use wasm_bindgen::JsCast as _;

use crate::platform::{aes_open, aes_seal, random, reason};

const VERSION: &str = "v1.";
const NONCE: usize = 12;

/// Text that opens only with the same key and context.
pub(crate) async fn seal(key: &[u8], context: &str, plain: Vec<u8>) -> Result<String, ApiError> {
    let nonce = random::<NONCE>();
    let sealed = aes_seal(
        key.to_vec(),
        nonce.to_vec(),
        context.as_bytes().to_vec(),
        plain,
    )
    .await
    .map_err(|error| ApiError::internal(format!("sealing: {}", reason(&error))))?;
    let mut bytes = nonce.to_vec();
    bytes.extend(sealed.unchecked_into::<Uint8Array>().to_vec());
    Ok(format!("{VERSION}{}", BASE64URL_NOPAD.encode(&bytes)))
}

/// What was sealed.
pub(crate) async fn open(key: &[u8], context: &str, sealed: &str) -> Result<Vec<u8>, ApiError> {
    let odd = || ApiError::internal("a sealed value that cannot be opened");
    let bytes = sealed
        .strip_prefix(VERSION)
        .and_then(|text| BASE64URL_NOPAD.decode(text.as_bytes()).ok())
        .ok_or_else(odd)?;
    let (nonce, body) = bytes.split_at_checked(NONCE).ok_or_else(odd)?;
    let plain = aes_open(
        key.to_vec(),
        nonce.to_vec(),
        context.as_bytes().to_vec(),
        body.to_vec(),
    )
    .await
    .map_err(|_| odd())?;
    Ok(plain.unchecked_into::<Uint8Array>().to_vec())
}
