//! Faults on demand, in the test-only build that the fault table runs: `cargo xtask faults`.
//!
//! A request names a fault and its place in a header. Released builds contain none of this: the
//! switch is a `cfg` that no manifest sets.

use crate::host::Proxy;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use wicketgate_driver::{Host, Map};
use wicketgate_policy::Header;

/// `true` if the next response traps. It is remembered here because the request's headers can't be
/// read by then.
static AT_RESPONSE: AtomicBool = AtomicBool::new(false);

/// Does what the request asks for at `place`: `before` or `after` the decision, or when the
/// `response` comes.
pub fn happen(place: &str) {
    if place == "response" {
        if AT_RESPONSE.load(Ordering::Relaxed) {
            core::arch::wasm32::unreachable();
        }
        return;
    }
    let asked = |name: &str, place: &str| {
        let is_it = |header: &Header<'_>| {
            header.name == name.as_bytes() && header.value == place.as_bytes()
        };
        Proxy.headers(Map::Request, |headers| headers.unwrap_or_default().iter().any(is_it))
    };
    if asked("wicketgate-test-trap", "response") {
        AT_RESPONSE.store(true, Ordering::Relaxed);
    }
    if asked("wicketgate-test-trap", place) {
        core::arch::wasm32::unreachable();
    }
    if asked("wicketgate-test-exhaust", place) {
        // Allocate until the linear memory can't grow any more, which ends the module.
        loop {
            std::mem::forget(black_box(vec![1_u8; 1 << 16]));
        }
    }
}
