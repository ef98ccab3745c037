//! The short form of `cargo xtask soak`: `WICKETGATE_SOAK` says how many requests.

use wicketgate_host_tests::faults::Host;
use wicketgate_host_tests::soak;

const REQUESTS: u64 = 20_000;

fn memory_is_flat_and_every_request_is_counted(host: Host) {
    let requests = match std::env::var("WICKETGATE_SOAK") {
        Ok(requests) => requests.parse().expect("a number of requests"),
        Err(_) => REQUESTS,
    };
    let report = soak::run(host, requests).unwrap();
    println!("{}: {report}", host.name());
    report.check().unwrap();
}

#[test]
fn with_the_filter() {
    memory_is_flat_and_every_request_is_counted(Host::Envoy);
}

#[test]
fn with_the_native_module() {
    memory_is_flat_and_every_request_is_counted(Host::Module);
}
