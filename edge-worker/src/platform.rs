//! Parts of the platform that `web-sys` lacks.

use js_sys::Promise;
use js_sys::futures::JsFuture;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Request;

/// A result of the platform, or the value that it threw.
pub type Result<T> = std::result::Result<T, JsValue>;

/// The bindings.
pub type Env = JsValue;

#[wasm_bindgen]
extern "C" {
    /// The context of one request.
    pub type Context;

    /// Keeps the context alive until a promise has settled, even if the request has ended.
    #[wasm_bindgen(method, catch, js_name = waitUntil)]
    pub fn wait_until(this: &Context, promise: &Promise) -> std::result::Result<(), JsValue>;

    /// A service binding.
    pub type Service;

    /// Asks it.
    #[wasm_bindgen(method, catch)]
    pub fn fetch(this: &Service, request: &Request) -> std::result::Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = scheduler)]
    fn wait(milliseconds: f64) -> Promise;
}

/// Waits.
pub async fn pause(time: Duration) {
    // It fails only if its request ends.
    _ = JsFuture::from(wait(time.as_secs_f64() * 1_000.0)).await;
}
