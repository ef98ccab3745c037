//! A worker's memory never shrinks, so it must not grow.

use wicketgate_host_tests::fake::{Request, Response};

use crate::gate::{gate, job, public, stranger};

#[test]
fn ten_thousand_requests_take_no_more_memory_than_a_few() {
    let mut host = gate();
    let mixed = |round: usize| -> Request {
        match round % 8 {
            0 => job(),
            1 => stranger(),
            2 => public(),
            3 => job().body("a").trailer("x-caller", "b"),
            4 => stranger().header("x-internal-token", "x".repeat(round % 9_000)),
            5 => Request::new("GET", &format!("/internal/%2e%2e/{round}")),
            6 => job().answered_with(Response::new(500, "secret")),
            _ => Request::new("POST", &format!("/internal/{round}")).from_peer("127.0.0.2"),
        }
    };
    // Long enough for the allocator to have met every kind of request at its largest.
    for round in 0..10_000 {
        host.request(mixed(round));
        if round % 500 == 0 {
            host.clear_logs();
        }
    }
    let (memory, definitions) = (host.memory_size(), host.metrics().definitions());
    for round in 0..10_000 {
        let exchange = host.request(mixed(round));
        assert_eq!(exchange.failure, None);
        if round % 500 == 0 {
            host.clear_logs();
        }
    }
    assert_eq!(host.memory_size(), memory);
    assert_eq!(host.metrics().definitions(), definitions, "metrics were defined anew");
    assert_eq!(host.reloads(), 0);
}

#[test]
fn a_flood_of_strange_rules_and_names_defines_no_metrics() {
    let mut host = gate();
    host.request(stranger());
    let definitions = host.metrics().definitions();
    for round in 0..200 {
        let request = Request::new("POST", &format!("/internal/{round}"))
            .header(format!("x-{round}"), "x")
            .set(":authority", format!("h{round}.example"));
        host.request(request);
    }
    assert_eq!(host.metrics().definitions(), definitions);
}
