//! Bodies stream: the gate never holds one.

use wicketgate_host_tests::parity::Subject;
use wicketgate_host_tests::streaming;

/// Envoy's own buffers, several times over, and a small part of a body.
const GROWTH: u64 = 20 << 20;

#[test]
fn a_hundred_megabytes_up_and_down() {
    let growth = streaming::growth(Subject::Envoy).unwrap();
    println!("the host's memory grew by {} KiB", growth >> 10);
    assert!(growth < GROWTH, "the host's memory grew by {} KiB", growth >> 10);
}
