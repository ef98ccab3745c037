//! Memory stays where it is, however many requests there are: wasm memory never shrinks, so what
//! leaks stays leaked.

use wicketgate_host_tests::envoy::Gate;
use wicketgate_runtime::http::Request;

use crate::common::{BEARER, TOKEN, WRONG, close_at_once, get, request, resident, setup};

/// Requests of each kind, allowed, denied and public.
fn mixed() -> Vec<Request> {
    let bearer = format!("Bearer {BEARER}");
    let long = "x".repeat(4_000);
    vec![
        get("/internal/a", &[("x-internal-token", TOKEN)]),
        get("/internal/a", &[("x-internal-token", WRONG)]),
        get("/internal/a?token=x", &[]),
        get("/internal/a", &[("x-internal-token", &long)]),
        get("/internal/a", &[("x-internal-token", TOKEN), ("x-internal-token", TOKEN)]),
        get("/portal/a", &[("authorization", &bearer), ("x-user-id", "u-17")]),
        get("/office/a", &[("x-internal-token", TOKEN), ("x-forwarded-for", "10.0.0.1")]),
        get(&format!("/internal/{}", "%2e".repeat(60)), &[]),
        request("POST", "/internal/a", &[("x-caller", "me")]).with_body("{}").unwrap(),
        get("/public", &[("x-caller", "me"), ("x-user-id", "me")]),
    ]
}

/// Sends each of them `rounds` times on one connection, and again on a new one where Envoy has
/// closed it.
fn serve(gate: &Gate, requests: &[Request], rounds: usize) {
    let mut connection = gate.connect().unwrap();
    for request in std::iter::repeat_n(requests, rounds).flatten() {
        for attempt in 0.. {
            let sent = connection.write(&request.to_bytes());
            let answer = connection.next_response();
            if let (Ok(()), Ok(Some(response))) = (&sent, &answer) {
                assert!(matches!(response.status, 200 | 401 | 403), "{response:?}");
                break;
            }
            // A busy machine resets a new connection now and then; memory is what this is about.
            assert!(attempt < 3, "no answer again and again: {sent:?}, {answer:?}: {request:?}");
            connection = gate.connect().unwrap();
        }
    }
    gate.origin.take();
}

/// The memory that may come and go by itself: buffers, the statistics' blocks, the heap's granules.
/// A leak of 300 bytes a request would be more.
const TOLERANCE: u64 = 6 * 1024;

#[test]
fn twenty_thousand_requests_leave_no_trace() {
    let gate = setup().edit(close_at_once).start().unwrap();
    let requests = mixed();
    serve(&gate, &requests, 400);
    let before = resident(&gate);
    serve(&gate, &requests, 2_000);
    let after = resident(&gate);
    println!("resident: {before} KiB, then {after} KiB");
    assert!(after <= before + TOLERANCE, "from {before} to {after} KiB");
}
