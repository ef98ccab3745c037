//! The short form of `cargo xtask soak`: `WICKETGATE_SOAK` says how many requests.

use wicketgate_host_tests::soak;

const REQUESTS: u64 = 20_000;

#[test]
fn memory_is_flat_and_every_request_is_counted() {
    let requests = match std::env::var("WICKETGATE_SOAK") {
        Ok(requests) => requests.parse().expect("a number of requests"),
        Err(_) => REQUESTS,
    };
    let report = soak::run(requests).unwrap();
    println!("{report}");
    report.check().unwrap();
}
