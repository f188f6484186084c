//! The one crate that knows the platform. It turns the platform's requests, databases, objects,
//! keys and network into typed Rust, and typed Rust into answers. No rule of the product lives here.

pub mod answer;
pub mod answering;
pub mod assets;
pub mod auth;
pub mod bucket;
pub mod channels;
pub mod config;
pub mod crypto;
pub mod domain_look;
pub mod door;
pub mod endpoints;
pub mod erasure;
pub mod events;
pub mod extract;
pub mod form;
pub mod ledger;
pub mod log;
pub mod mail;
pub mod objects;
pub mod outbound;
pub mod platform;
pub mod providers;
mod rate;
pub mod scope;
mod sealed;
pub mod sending;
pub mod work;

pub use answer::{Answer, Failure, Raw};
pub use platform::Js;
pub use scope::Scope;

/// Exports a router as a Worker. The router is built once per isolate. Bodies are of 64 KB at most, or
/// of as many bytes as it says: then the bytes of all bodies that are held at once are bounded too.
#[macro_export]
macro_rules! worker {
    ($name:literal, $router:path, most_body_bytes: $most:path) => {
        $crate::worker!(@serve $name, $router, Some($most));

        /// How large a body may be.
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn most_body_bytes() -> u32 {
            $most
        }
    };
    ($name:literal, $router:path) => {
        $crate::worker!(@serve $name, $router, None);
    };
    (@serve $name:literal, $router:path, $most:expr) => {
        #[cfg(target_arch = "wasm32")]
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn serve(
            method: String,
            url: String,
            headers: String,
            body_outcome: u8,
            body: Vec<u8>,
            env: wasm_bindgen::JsValue,
            context: wasm_bindgen::JsValue,
        ) -> wasm_bindgen::JsValue {
            thread_local! {
                static ROUTER: axum::Router = $router();
            }
            let incoming = $crate::door::Incoming {
                worker: $name,
                method,
                url,
                headers,
                body_outcome: $crate::door::BodyOutcome::from_code(body_outcome),
                body,
                most_body_bytes: $most,
            };
            $crate::door::serve(ROUTER.with(Clone::clone), incoming, env, context)
        }
    };
}
