//! Makes the gate of an isolate with the policy that its bindings hold.

use crate::platform::Env;
use crate::{console, signature};
use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use wicketgate_policy::{Document, Environment, Faults, Gate, Host, MemoryCounts, Policy};

/// Makes the gate with the policy of `env`. If `env` has no policy that can be used, returns `None`
/// and says so in the log.
pub fn open(env: &Env) -> Option<Gate> {
    console::install();
    let policy = load(env).map_err(|faults| refuse(&faults)).ok()?;
    let gate = Gate::new(policy, MemoryCounts::default());
    gate.host_checks(signature::BY_PLATFORM);
    Some(gate)
}

/// The binding with the policy: JSON as text, or as an object.
const POLICY: &str = "POLICY";

/// The global in which the bundle puts a policy that was built in.
const BUNDLED: &str = "__wicketgate_policy";

fn load(env: &Env) -> Result<Policy, Faults> {
    let document = Document::parse(json(env).unwrap_or_default().as_bytes())?;
    let mut environment =
        Environment::new(Host::Cloudflare).with_signatures(signature::BY_PLATFORM);
    for variable in document.variables() {
        let name = &*variable.name;
        let value = binding(env, name);
        // A Worker has to ask the Secrets Store for a value, and to wait for it.
        if value.is_object() {
            log::error!(
                "wicketgate: `{name}` is bound to an object, such as a secret of the Secrets Store, and not to a text: `npx wrangler secret put {name}`"
            );
        }
        if let Some(value) = value.as_string() {
            environment = environment.with(name, value);
        }
    }
    let policy = document.compile(&environment)?;
    for notice in policy.notices() {
        log::warn!("wicketgate: {notice}");
    }
    Ok(policy)
}

/// The text of the document: from the binding, or else the bundled one.
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
    log::error!("wicketgate: the policy is refused for {} faults", faults.len());
    for fault in faults {
        log::error!("wicketgate: {fault}");
    }
}
