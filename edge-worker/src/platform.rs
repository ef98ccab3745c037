//! What the platform has and `web-sys` has not.

use js_sys::Promise;
use js_sys::futures::JsFuture;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Request;

/// What came of asking the platform, or what it threw.
pub type Result<T> = std::result::Result<T, JsValue>;

/// The bindings.
pub type Env = JsValue;

#[wasm_bindgen]
extern "C" {
    /// What belongs to one request.
    pub type Context;

    /// Keeps it until a promise has settled, whatever becomes of the request.
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
    // It only ever fails with its request.
    _ = JsFuture::from(wait(time.as_secs_f64() * 1_000.0)).await;
}
