//! wicketgate's decisions for JavaScript: what the npm package `wicketgate-policy` is made of.
//!
//! It translates and nothing more, like any host: JavaScript values become what the core takes,
//! and a decision becomes plain objects. `index.d.ts` says what they look like, for users and for
//! this crate; a value of another shape is a `TypeError`.
#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod argument;
mod curl;
mod decision;
mod environment;
mod explanation;
mod failure;
mod request;

use argument::{instant, utf8};
use js_sys::Array;
use request::Given;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};
use wicketgate_policy::{Document, Holds, Outcome, Verdict};

/// The faults of a policy: none means that it would take effect.
#[wasm_bindgen]
pub fn check(policy: &JsValue, environment: &JsValue) -> Result<Array, JsValue> {
    let json = utf8(policy, "policy")?;
    let environment = environment::read_or_none(environment)?;
    Ok(match wicketgate_policy::Policy::load(&json, &environment) {
        Ok(_) => Array::new(),
        Err(faults) => failure::list(&faults),
    })
}

/// The names of the variables that a policy reads from its environment.
#[wasm_bindgen]
pub fn variables(policy: &JsValue) -> Result<Array, JsValue> {
    let json = utf8(policy, "policy")?;
    let document = Document::parse(&json).map_err(|faults| failure::refused(&faults))?;
    Ok(document.variables().iter().map(|variable| JsValue::from(&*variable.name)).collect())
}

/// The variables that a policy reads, each with what it holds.
#[wasm_bindgen]
pub fn needs(policy: &JsValue) -> Result<Array, JsValue> {
    let json = utf8(policy, "policy")?;
    let document = Document::parse(&json).map_err(|faults| failure::refused(&faults))?;
    let need = |variable: &wicketgate_policy::Variable| {
        let holds = match variable.holds {
            Holds::Environment => "environment",
            Holds::Keys => "keys",
            Holds::Pem => "pem",
            Holds::Secret => "secret",
        };
        decision::object([("name", (*variable.name).into()), ("holds", holds.into())])
    };
    Ok(document.variables().iter().map(need).collect())
}

/// The request that a line for curl makes.
#[wasm_bindgen(js_name = readCurl)]
pub fn read_curl(line: &str) -> Result<JsValue, JsValue> {
    curl::read(line)
}

/// Decides about one request, for callers that have only one.
#[wasm_bindgen]
pub fn decide(
    policy: &JsValue,
    request: &JsValue,
    environment: &JsValue,
    now: &JsValue,
) -> Result<JsValue, JsValue> {
    Policy::new(policy, environment)?.decide(request, now)
}

/// A policy that was checked once, for many requests.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Policy(wicketgate_policy::Policy);

#[wasm_bindgen]
impl Policy {
    /// Throws every fault that the policy has.
    #[wasm_bindgen(constructor)]
    pub fn new(policy: &JsValue, environment: &JsValue) -> Result<Self, JsValue> {
        let json = utf8(policy, "policy")?;
        let environment = environment::read(environment)?;
        let loaded = wicketgate_policy::Policy::load(&json, &environment);
        loaded.map(Self).map_err(|faults| failure::refused(&faults))
    }

    /// Decides about a request.
    pub fn decide(&self, request: &JsValue, now: &JsValue) -> Result<JsValue, JsValue> {
        let given = Given::read(request)?;
        let now = instant(now)?;
        let (headers, trailers) = (given.headers(), given.trailers());
        let judged = wicketgate_policy::Request { headers: &headers, peer: given.peer() };
        match self.0.decide(&judged, now) {
            Outcome::Decided(decided) => Ok(decision::write(&decided, &self.0.trailers(&trailers))),
            Outcome::Need(demand) => {
                Err(JsError::new(&format!("{demand:?} can't be brought here")).into())
            }
        }
    }

    /// Decides about a request, and says how the decision came about.
    pub fn explain(&self, request: &JsValue, now: &JsValue) -> Result<JsValue, JsValue> {
        let given = Given::read(request)?;
        let now = instant(now)?;
        let (headers, trailers) = (given.headers(), given.trailers());
        let judged = wicketgate_policy::Request { headers: &headers, peer: given.peer() };
        let told = self.0.explain(&judged, now);
        match &told.outcome {
            Outcome::Decided(decided) => {
                let meaning = match &decided.verdict {
                    Verdict::Deny(deny) => Some(deny.reason.text()),
                    _ => None,
                };
                let decision = decision::write(decided, &self.0.trailers(&trailers));
                Ok(explanation::write(&told, decision, meaning))
            }
            Outcome::Need(demand) => {
                Err(JsError::new(&format!("{demand:?} can't be brought here")).into())
            }
        }
    }

    /// The policy's name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name().into()
    }

    /// The first 12 hexadecimal digits of the document's SHA-256.
    #[wasm_bindgen(getter)]
    pub fn version(&self) -> String {
        self.0.version().into()
    }

    /// Messages for the operator when the policy takes effect.
    #[wasm_bindgen(getter)]
    pub fn notices(&self) -> Array {
        self.0.notices().iter().map(|notice| JsValue::from(notice.as_str())).collect()
    }
}
