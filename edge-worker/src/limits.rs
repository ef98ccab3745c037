//! Limits that the isolates of a location share: rate-limit bindings.

use crate::console;
use crate::platform::{Env, Result};
use js_sys::futures::JsFuture;
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wicketgate_policy::{Limit, Over};
use worker_sys::RateLimiter;

/// Counts one more in the binding of each limit, and returns those limits that are passed.
///
/// A binding that fails has counted nothing. The isolate's own counts still hold, and nobody is
/// admitted because of it.
pub async fn over(limits: &[Limit<'_>], env: &Env) -> Vec<Over> {
    let mut over = Vec::new();
    for limit in limits {
        match ask(limit, env).await {
            Ok(true) => {}
            Ok(false) => over.push(limit.over()),
            Err(error) => {
                let binding = limit.binding();
                let line =
                    format!("wicketgate: the rate-limit binding `{binding}` does not count:");
                console::failure(&line, &error);
            }
        }
    }
    over
}

/// Asks a binding, which answers `{ success }`: `true` if one more is within the limit.
async fn ask(limit: &Limit<'_>, env: &Env) -> Result<bool> {
    // Not checked: the platform gives the class no name that could be looked up. A binding of
    // another kind has no `limit`, and the call fails.
    let binding: RateLimiter = Reflect::get(env, &limit.binding().into())?.unchecked_into();
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &limit.key().into())?;
    let outcome: JsValue = JsFuture::from(binding.limit(options)?).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
}
