//! Bodies stream: the gate never holds one.

use wicketgate_host_tests::parity::Subject;
use wicketgate_host_tests::streaming;

/// Less than half of a body: what the runtime needs for itself once it has streamed one.
const GROWTH: u64 = 40 << 20;

#[test]
fn a_hundred_megabytes_up_and_down() {
    let growth = streaming::growth(Subject::Worker).unwrap();
    println!("the host's memory grew by {} KiB", growth >> 10);
    assert!(growth < GROWTH, "the host's memory grew by {} KiB", growth >> 10);
}
