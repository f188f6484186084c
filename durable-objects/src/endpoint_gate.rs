//! How many deliveries one receiver gets at a time, and whether it is tried at all.

use proof_domain::error::ApiError;
use proof_edge::objects::{ObjectContext, reply};
use wasm_bindgen::prelude::*;

/// The object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct EndpointGateObject(ObjectContext);

#[wasm_bindgen]
impl EndpointGateObject {
    #[wasm_bindgen(constructor)]
    pub fn new(context: JsValue, env: JsValue) -> Self {
        Self(ObjectContext::new(context, env))
    }

    /// Obeys one command.
    pub fn command(&self, _message: &str) -> String {
        let _ = self.0.env();
        reply::<()>(&Err(ApiError::not_found()), false)
    }

    pub fn fetch(&self, _url: &str) -> JsValue {
        JsValue::UNDEFINED
    }

    pub fn alarm(&self) -> JsValue {
        JsValue::UNDEFINED
    }
}
