//! The address counts only where the client can't write it.

use crate::gate::{TOKEN, assert_denied, gate};
use wicketgate_host_tests::fake::Request;

fn report() -> Request {
    Request::new("GET", "/office/report").header("x-internal-token", TOKEN)
}

#[test]
fn the_socket_decides() {
    let mut host = gate();
    assert!(host.request(report().from_peer("127.0.7.9")).forwarded());
    assert!(host.request(report().from_peer("::ffff:127.0.7.9")).forwarded());
    assert_denied(&host.request(report().from_peer("127.0.8.9")), "network_not_allowed");
    assert_denied(&host.request(report().from_peer("::1")), "network_not_allowed");
}

#[test]
fn a_forged_header_makes_no_address_allowed() {
    let mut host = gate();
    for name in [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "cf-connecting-ip",
        "x-envoy-external-address",
    ] {
        let request = report().from_peer("127.0.8.9").header(name, "127.0.7.9");
        assert_denied(&host.request(request), "network_not_allowed");
    }
}

#[test]
fn without_the_filter_that_tells_the_peer_no_address_is_known() {
    let mut host = gate();
    assert_denied(&host.request(report().without_peer()), "address_unknown");
    // `source.address` says what the header says here, and must not be believed.
    let forged = report().without_peer().header("x-forwarded-for", "127.0.7.9");
    assert_denied(&host.request(forged), "address_unknown");
}

#[test]
fn a_peer_that_is_no_address_is_unknown() {
    let mut host = gate();
    for peer in ["", "unknown", "@/run/socket", "127.0.7.9:80:80", "127.0.7.09:80", "127.0.7.9 "] {
        let mut request = report();
        request.peer = Some(peer.to_owned());
        assert_denied(&host.request(request), "address_unknown");
    }
}

#[test]
fn the_audit_line_tells_both_addresses() {
    let exchange =
        gate().request(report().from_peer("127.0.8.9").header("x-forwarded-for", "10.1.1.1"));
    assert_eq!(exchange.audit("network.peer.address"), "127.0.8.9");
    assert_eq!(exchange.audit("client.address"), "127.0.8.9");
}
