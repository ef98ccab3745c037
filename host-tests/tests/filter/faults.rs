//! If a host call fails, whichever and however, no request without credentials reaches the origin,
//! and no forged header does.

use wicketgate_host_tests::fake::{Fault, Host, Request, Status};

use crate::gate::{gate, public, stranger};

const FAULTS: [Fault; 4] = [
    Fault::Trap,
    Fault::Answer(Status::NotFound),
    Fault::Answer(Status::BadArgument),
    Fault::Answer(Status::InternalFailure),
];

/// The host calls that a request makes.
fn calls_of(request: &Request) -> Vec<&'static str> {
    let mut host = gate();
    let before = host.calls().clone();
    host.request(request.clone());
    let new = |name: &&'static str| before.get(name).copied() != host.calls().get(name).copied();
    host.calls().keys().copied().filter(new).collect()
}

/// Plays the request with each of its calls broken in each way.
fn with_each_fault(request: &Request, mut check: impl FnMut(&mut Host, &str, Fault)) {
    for call in calls_of(request) {
        for fault in FAULTS {
            let mut host = gate();
            host.break_call(call, fault);
            check(&mut host, call, fault);
        }
    }
}

#[test]
fn no_fault_opens_the_gate() {
    let requests = [
        stranger().body("a").trailer("x-caller", "cron").deliver_while_paused(),
        stranger().header("x-internal-token", "wrong").body("a").deliver_while_paused(),
        Request::new("GET", "/office/report").header("x-internal-token", crate::gate::TOKEN),
        stranger().set(":path", "/x/..%2finternal/run_scan"),
    ];
    for request in requests {
        with_each_fault(&request, |host, call, fault| {
            let exchange = host.request(request.clone());
            assert!(!exchange.forwarded(), "`{call}` with {fault:?} let {request:?} through");
        });
    }
}

#[test]
fn no_fault_lets_a_forged_header_through() {
    let request = public().header("x-caller", "forged").header("x-user-id", "forged");
    with_each_fault(&request, |host, call, fault| {
        let exchange = host.request(request.clone());
        for name in ["x-caller", "x-user-id"] {
            let seen = exchange.origin_header(name);
            assert_eq!(seen, None, "`{call}` with {fault:?} let `{name}` through");
        }
    });
}

#[test]
fn no_fault_lets_a_forged_trailer_through() {
    let request = public().body("a").trailer("x-caller", "forged");
    with_each_fault(&request, |host, call, fault| {
        let trailers = host.request(request.clone()).origin.and_then(|seen| seen.trailers);
        let seen = trailers.and_then(|trailers| trailers.text("x-caller"));
        assert_eq!(seen, None, "`{call}` with {fault:?} let the trailer through");
    });
}

#[test]
fn no_fault_during_configuration_makes_a_gate_that_is_open() {
    for call in [
        "proxy_get_buffer_bytes",
        "environ_get",
        "environ_sizes_get",
        "proxy_define_metric",
        "proxy_log",
    ] {
        for fault in FAULTS {
            let mut host = crate::gate::started(crate::gate::POLICY, &crate::gate::ENVIRONMENT);
            host.break_call(call, fault);
            host.configure();
            assert!(!host.request(stranger()).forwarded(), "`{call}` with {fault:?}");
        }
    }
}

#[test]
fn after_a_fault_the_gate_stands_again() {
    with_each_fault(&stranger(), |host, _, _| {
        host.request(stranger());
        host.mend_calls();
        crate::gate::assert_denied(&host.request(stranger()), "credential_missing");
        assert!(host.request(crate::gate::job()).forwarded());
    });
}
