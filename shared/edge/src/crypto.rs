//! RS256 by the platform's WebCrypto. Private keys are imported once per isolate and cannot be
//! taken out again; public keys likewise, by name.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::Uint8Array;
use proof_domain::error::ApiError;
use proof_token::jwk::{Jwks, KeySet};
use proof_token::keys::SigningKeys;
use proof_token::kid::Kid;
use proof_token::signer::{KeyLookupError, SignError, Signer, Verifier};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::platform::{
    import_signing_key, import_verifying_key, local, reason, rsa_sign, rsa_verify, variable,
};
use crate::scope::Scope;

/// The active signing key of this isolate.
#[derive(Clone)]
pub struct ActiveKey {
    kid: Kid,
    key: Rc<JsValue>,
}

impl std::fmt::Debug for ActiveKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ActiveKey({})", self.kid.as_str())
    }
}

thread_local! {
    static PUBLISHED: RefCell<Option<Arc<PublishedKeys>>> = const { RefCell::new(None) };
    static ACTIVE: RefCell<Option<ActiveKey>> = const { RefCell::new(None) };
    static VERIFYING: RefCell<HashMap<String, Rc<JsValue>>> = RefCell::new(HashMap::new());
}

impl ActiveKey {
    /// The key that signs, from the secret `SIGNING_KEYS`.
    pub async fn of(env: &JsValue) -> Result<Self, SignError> {
        if let Some(key) = ACTIVE.with_borrow(Clone::clone) {
            return Ok(key);
        }
        let secret = variable(env, "SIGNING_KEYS")
            .ok_or_else(|| SignError("the secret SIGNING_KEYS is not set".into()))?;
        let failed =
            |error: proof_token::jwk::KeyError| SignError(format!("SIGNING_KEYS: {error}"));
        let keys = SigningKeys::from_json(&secret).map_err(failed)?;
        let active = keys.active().map_err(failed)?;
        let jwk = active.jwk.to_json().map_err(failed)?;
        let key = import_signing_key(&jwk)
            .await
            .map_err(|error| SignError(format!("importing the key: {}", reason(&error))))?;
        let active = Self {
            kid: active.jwk.kid().clone(),
            key: Rc::new(key),
        };
        ACTIVE.set(Some(active.clone()));
        Ok(active)
    }
}

impl Signer for ActiveKey {
    fn kid(&self) -> &Kid {
        &self.kid
    }

    async fn sign(&self, input: &[u8]) -> Result<Vec<u8>, SignError> {
        rsa_sign(&self.key, input.to_vec())
            .await
            .map(|signature| signature.unchecked_into::<Uint8Array>().to_vec())
            .map_err(|error| SignError(reason(&error)))
    }
}

/// Checks signatures against published keys.
#[derive(Clone, Debug)]
pub struct PublishedKeys {
    keys: KeySet,
    json: String,
}

impl PublishedKeys {
    /// The keys in the variable `PROOF_JWKS`, read once per isolate.
    pub fn of(scope: &Scope) -> Result<Arc<Self>, ApiError> {
        if let Some(published) = PUBLISHED.with_borrow(Clone::clone) {
            return Ok(published);
        }
        let odd = |error: String| ApiError::internal(format!("PROOF_JWKS: {error}"));
        let keys =
            KeySet::from_json(&scope.config().jwks).map_err(|error| odd(error.to_string()))?;
        let jwks = Jwks {
            keys: keys.iter().cloned().collect(),
        };
        let json = serde_json::to_string(&jwks).map_err(|error| odd(error.to_string()))?;
        let published = Arc::new(Self { keys, json });
        PUBLISHED.set(Some(published.clone()));
        Ok(published)
    }

    /// How many keys are published.
    pub fn count(&self) -> usize {
        self.keys.iter().count()
    }

    /// The set as it is published.
    pub fn json(&self) -> &str {
        &self.json
    }

    async fn key(&self, kid: &str) -> Result<Rc<JsValue>, KeyLookupError> {
        let jwk = self.keys.get(kid).ok_or(KeyLookupError::UnknownKey)?;
        if let Some(key) = VERIFYING.with_borrow(|keys| keys.get(kid).cloned()) {
            return Ok(key);
        }
        let unavailable = |why: String| KeyLookupError::Unavailable(why);
        let jwk = serde_json::to_string(jwk).map_err(|error| unavailable(error.to_string()))?;
        let key = import_verifying_key(&jwk)
            .await
            .map_err(|error| unavailable(reason(&error)))?;
        let key = Rc::new(key);
        VERIFYING.with_borrow_mut(|keys| keys.insert(kid.to_owned(), key.clone()));
        Ok(key)
    }
}

/// Whether an RS256 signature of somebody else's holds under that key, given as a JWK. The key says
/// what it is for; nothing in a token does.
pub async fn is_signed(jwk: &str, input: &[u8], signature: &[u8]) -> Result<bool, ApiError> {
    let odd = |error: JsValue| ApiError::internal(format!("a provider's key: {}", reason(&error)));
    local(async {
        let key = import_verifying_key(jwk).await.map_err(odd)?;
        rsa_verify(&key, signature.to_vec(), input.to_vec())
            .await
            .map(|good| good.is_truthy())
            .map_err(odd)
    })
    .await
}

impl Verifier for PublishedKeys {
    async fn verify(
        &self,
        kid: &str,
        signing_input: &[u8],
        signature: &[u8],
    ) -> Result<bool, KeyLookupError> {
        let key = self.key(kid).await?;
        rsa_verify(&key, signature.to_vec(), signing_input.to_vec())
            .await
            .map(|good| good.is_truthy())
            .map_err(|error| KeyLookupError::Unavailable(reason(&error)))
    }
}
