//! Faults of a policy: as a list, and as an exception.

use crate::decision::object;
use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wicketgate_policy::{Fault, Faults};

/// The faults as objects.
pub(crate) fn list(faults: &Faults) -> Array {
    faults.iter().map(fault).collect()
}

/// The exception with all the faults.
pub(crate) fn refused(faults: &Faults) -> JsValue {
    let count = faults.len();
    let word = if count == 1 { "fault" } else { "faults" };
    let message = format!("the policy is refused for {count} {word}:\n{faults}");
    PolicyError::new(&message, list(faults)).into()
}

#[wasm_bindgen(raw_module = "./policy-error.js")]
extern "C" {
    type PolicyError;
    #[wasm_bindgen(constructor)]
    fn new(message: &str, faults: Array) -> PolicyError;
}

fn fault(fault: &Fault) -> JsValue {
    object([
        ("path", fault.path.as_str().into()),
        ("found", fault.found.as_str().into()),
        ("expected", fault.expected.as_str().into()),
        ("message", fault.to_string().into()),
    ])
}
