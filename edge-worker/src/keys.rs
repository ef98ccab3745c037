//! Keys at an address: one request fetches them for all in the isolate, the others wait, and due
//! keys are refreshed.

use crate::ask;
use crate::clock::now;
use crate::platform;
use js_sys::Promise;
use js_sys::futures::{JsFuture, future_to_promise};
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wicketgate_policy::Gate;
use wicketgate_policy::jwt::{Ask, KeyAddress, KeyDemand, Turn};
use worker_sys::Context;

/// Brings keys that a request lacks. Returns when the request should ask again: at once, or when a
/// fetch has ended.
pub async fn bring(gate: &Rc<Gate>, demand: KeyDemand, context: &Context) {
    let source = demand.source();
    let Some(address) = gate.policy().key_addresses().get(source) else { return };
    match gate.change_keys(|keys| keys.turn(&demand, address, now())) {
        Turn::Go => {}
        Turn::Fetch => {
            let fetched = begin(gate, source, address, context);
            // It never fails, and its result is in the store.
            _ = JsFuture::from(fetched).await;
        }
        Turn::Wait => wait(gate, source, address).await,
    }
}

/// Returns `true` if keys are due and nobody waits for them.
pub fn are_due(gate: &Gate) -> bool {
    let mut addresses = gate.policy().key_addresses().iter().enumerate();
    addresses.any(|(source, address)| gate.keys().due(source, address, now()))
}

/// Fetches keys that are due and for which nobody waits.
pub fn refresh(gate: &Rc<Gate>, context: &Context) {
    for (source, address) in gate.policy().key_addresses().iter().enumerate() {
        if gate.keys().due(source, address, now()) {
            _ = begin(gate, source, address, context);
        }
    }
}

/// Begins to fetch. Other requests wait for the result, so the platform keeps the context alive
/// (`waitUntil`) even if this request has been answered or its client has gone.
fn begin(gate: &Rc<Gate>, source: usize, address: &KeyAddress, context: &Context) -> Promise {
    let ask = gate.change_keys(|keys| keys.begin(source, address, now()));
    let gate = Rc::clone(gate);
    let fetched = future_to_promise(AssertUnwindSafe(async move {
        fetch(&gate, source, ask).await;
        Ok(JsValue::UNDEFINED)
    }));
    if context.wait_until(&fetched).is_err() {
        log::warn!("wicketgate: keys are fetched only as long as the request lives");
    }
    fetched
}

/// Asks as long as an answer leads to another question.
async fn fetch(gate: &Gate, source: usize, first: Ask) {
    let Some(address) = gate.policy().key_addresses().get(source) else { return };
    let mut next = Ok(Some(first));
    while let Ok(Some(ask)) = next {
        let asked = ask::ask(&ask).await;
        next = gate.change_keys(|keys| keys.fetched(source, &asked.fetched(), now()));
    }
    let result = next.map(drop);
    let uri = address.uri();
    match result {
        Ok(()) => log::info!("wicketgate: new keys from `{uri}`"),
        Err(fault) => log::warn!("wicketgate: no keys from `{uri}`: {fault}"),
    }
    if let (Ok(()), Some(text)) = (result, gate.keys().ambiguity(source)) {
        log::warn!("wicketgate: the keys at `{uri}`: {text}");
    }
}

/// Waits until a fetch of another request has ended, no longer than it may take.
///
/// A promise belongs to the request that made it, and no other can await it ("cannot perform I/O on
/// behalf of a different request"). So each request looks again, by a timer of its own.
async fn wait(gate: &Gate, source: usize, address: &KeyAddress) {
    let mut left = Duration::from_millis(u64::try_from(address.timeout()).unwrap_or(0));
    let mut pause = SHORTEST;
    // The time is counted, because a clock could be set back.
    while !left.is_zero() && gate.keys().is_running(source, now()) {
        let next = pause.min(left);
        platform::pause(next).await;
        left = left.saturating_sub(next);
        pause = pause.saturating_mul(2).min(LONGEST);
    }
}

const SHORTEST: Duration = Duration::from_millis(2);

/// The longest pause between two looks.
const LONGEST: Duration = Duration::from_millis(32);
