//! Parts of the platform that neither `web-sys` nor `worker-sys` has.

use js_sys::Promise;
use js_sys::futures::JsFuture;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// A result of the platform, or the value that it threw.
pub type Result<T> = std::result::Result<T, JsValue>;

/// The bindings.
pub type Env = JsValue;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = scheduler)]
    fn wait(milliseconds: f64) -> Promise;
}

/// Waits.
pub async fn pause(time: Duration) {
    // It fails only if its request ends.
    _ = JsFuture::from(wait(time.as_secs_f64() * 1_000.0)).await;
}
