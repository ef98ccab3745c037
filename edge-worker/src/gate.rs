//! The policy of an isolate.

use crate::log;
use std::cell::RefCell;
use std::rc::Rc;
use wicketgate_policy::{Document, Environment, Faults, Host, Policy};
use worker::Env;
use worker::js_sys::{self, JSON, Object, Reflect};
use worker::wasm_bindgen::JsValue;

/// The policy that this `env` holds, made from it when it is first seen; none where it holds
/// none that can be used, which is then said in the log, once.
///
/// It is kept by the identity of `env`: the platform may go on using an isolate after a variable
/// or a secret has changed, and gives it a new `env` then.
pub fn policy(env: &Env) -> Option<Rc<Policy>> {
    KEPT.with_borrow_mut(|kept| {
        if let Some((_, policy)) = kept.iter().find(|(other, _)| Object::is(other, env)) {
            return policy.clone();
        }
        let policy = load(env).map(Rc::new).map_err(|faults| refuse(&faults)).ok();
        if kept.len() >= KEPT_AT_MOST {
            kept.remove(0);
        }
        kept.push((env.into(), policy.clone()));
        policy
    })
}

type Kept = Vec<(JsValue, Option<Rc<Policy>>)>;

thread_local! {
    static KEPT: RefCell<Kept> = const { RefCell::new(Vec::new()) };
}

/// During a gradual deployment an isolate serves two versions.
const KEPT_AT_MOST: usize = 4;

/// The binding with the policy: JSON as text, or as an object.
const POLICY: &str = "POLICY";

/// Where the bundle's own module puts a policy that was built in.
const BUNDLED: &str = "__wicketgate_policy";

fn load(env: &Env) -> Result<Policy, Faults> {
    let document = Document::parse(json(env).unwrap_or_default().as_bytes())?;
    let mut environment = Environment::new(Host::Cloudflare);
    for name in document.variables() {
        if let Some(value) = binding(env, name).as_string() {
            environment = environment.with(name, value);
        }
    }
    let policy = document.compile(&environment)?;
    for notice in policy.notices() {
        log::warn(&format!("wicketgate: {notice}"));
    }
    Ok(policy)
}

/// The text of the document: from the binding, else the one that was bundled.
fn json(env: &Env) -> Option<String> {
    let value = match binding(env, POLICY) {
        value if value.is_undefined() => property(&js_sys::global(), BUNDLED),
        value => value,
    };
    if value.is_object() {
        return JSON::stringify(&value).ok().map(Into::into);
    }
    value.as_string()
}

fn binding(env: &Env, name: &str) -> JsValue {
    property(env, name)
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn refuse(faults: &Faults) {
    log::error(&format!("wicketgate: the policy is refused for {} faults", faults.len()));
    for fault in faults {
        log::error(&format!("wicketgate: {fault}"));
    }
}
