//! Limits that the isolates of a location share: rate-limit bindings.

use crate::console;
use crate::platform::{Env, Result};
use js_sys::futures::JsFuture;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wicketgate_policy::{Limit, Over};

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

/// Asks a binding (`limit({ key })`, which answers `{ success }`): `true` if one more is within the
/// limit.
async fn ask(limit: &Limit<'_>, env: &Env) -> Result<bool> {
    let binding = Reflect::get(env, &limit.binding().into())?;
    let call: Function = Reflect::get(&binding, &"limit".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"key".into(), &limit.key().into())?;
    let asked = Promise::resolve(&call.call1(&binding, &options)?);
    let outcome: JsValue = JsFuture::from(asked).await?;
    Ok(Reflect::get(&outcome, &"success".into())?.is_truthy())
}
