//! Signed tokens with keys at an address, and client certificates, on real Envoy, against a real
//! issuer over TLS.

mod algorithms;
mod certificates;
mod common;
mod crowd;
mod faults;
mod rotation;
mod waiting;
mod wycheproof;

use wicketgate_runtime::ships::{FILTER, Ships};

/// The form of the gate. `tests/module_identity` has the same tests with another.
const GATE: Ships = FILTER;
