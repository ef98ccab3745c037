//! The policy of an isolate, with the isolate's memory.

use crate::platform::Env;
use crate::{log, signature};
use js_sys::{JSON, Reflect};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wicketgate_policy::jwt::{KeyStore, TokenCache};
use wicketgate_policy::{Clock, Document, Environment, Faults, Host, MemoryCounts, Policy};

/// A policy, with its keys, verified tokens and counts.
pub struct Gate {
    /// The policy.
    pub policy: Policy,
    /// The tokens that were verified.
    pub cache: TokenCache,
    /// The failures and calls that this isolate has counted.
    pub counts: MemoryCounts,
    /// The latest time of the clock.
    pub clock: Clock,
    keys: RefCell<Rc<KeyStore>>,
}

impl Gate {
    /// The keys that are known now. This copy stays as it is while other requests fetch more.
    pub fn keys(&self) -> Rc<KeyStore> {
        Rc::clone(&self.keys.borrow())
    }

    /// Changes the known keys, for requests that ask from now on.
    pub fn change_keys<T>(&self, change: impl FnOnce(&mut KeyStore) -> T) -> T {
        change(Rc::make_mut(&mut self.keys.borrow_mut()))
    }

    fn new(policy: Policy) -> Self {
        let keys = RefCell::new(Rc::new(KeyStore::new(&policy)));
        let (cache, counts) = (TokenCache::default(), MemoryCounts::default());
        Self { policy, cache, counts, clock: Clock::default(), keys }
    }
}

/// Makes the gate with the policy of `env`. If `env` has no policy that can be used, returns `None`
/// and says so in the log.
pub fn open(env: &Env) -> Option<Gate> {
    load(env).map(Gate::new).map_err(|faults| refuse(&faults)).ok()
}

/// The binding with the policy: JSON as text, or as an object.
const POLICY: &str = "POLICY";

/// The global in which the bundle puts a policy that was built in.
const BUNDLED: &str = "__wicketgate_policy";

fn load(env: &Env) -> Result<Policy, Faults> {
    let document = Document::parse(json(env).unwrap_or_default().as_bytes())?;
    let mut environment =
        Environment::new(Host::Cloudflare).with_signatures(signature::BY_PLATFORM);
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
    log::error(&format!("wicketgate: the policy is refused for {} faults", faults.len()));
    for fault in faults {
        log::error(&format!("wicketgate: {fault}"));
    }
}
