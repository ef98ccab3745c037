//! Contexts come and go, several at once, and some never see their headers.

use wicketgate_host_tests::fake::{Action, Fault};

use crate::gate::{NOW, assert_denied, gate, job, public, stranger};

#[test]
fn requests_at_once_do_not_mix() {
    let mut host = gate();
    let good = host.open(job().body("a").trailer("x-caller", "forged"));
    let bad = host.open(stranger().body("b").deliver_while_paused());
    let open = host.open(public().body("c"));
    assert_eq!(host.request_headers(bad), Action::Pause);
    assert_eq!(host.request_headers(good), Action::Continue);
    assert_eq!(host.request_body(bad, b"b", true), Action::Pause);
    assert_eq!(host.request_headers(open), Action::Continue);
    assert_eq!(host.request_body(open, b"c", true), Action::Continue);
    assert_eq!(host.request_body(good, b"a", false), Action::Continue);
    host.respond(bad);
    let bad = host.close(bad);
    assert_eq!(host.request_trailers(good), Action::Continue);
    host.respond(good);
    host.respond(open);
    let (good, open) = (host.close(good), host.close(open));
    assert_denied(&bad, "credential_missing");
    assert_eq!(good.audit("user.id"), "cron");
    assert_eq!(good.origin.unwrap().body, b"a");
    assert!(open.audits().is_empty());
    assert_eq!(open.origin.unwrap().body, b"c");
}

#[test]
fn a_request_that_envoy_refused_itself_is_only_logged() {
    let mut host = gate();
    let context = host.open(job());
    let exchange = host.close(context);
    assert_eq!((exchange.failure.clone(), exchange.audits().len()), (None, 0));
    assert!(!exchange.forwarded());
    assert!(host.request(job()).forwarded());
}

#[test]
fn a_client_that_goes_away_leaves_nothing_behind() {
    let mut host = gate();
    for request in [job().body("a"), stranger().body("a")] {
        let context = host.open(request);
        host.request_headers(context);
        assert_eq!(host.close(context).failure, None);
    }
    assert!(host.request(job()).forwarded());
    assert_eq!(host.reloads(), 0);
}

#[test]
fn a_trap_opens_nothing() {
    let mut host = gate();
    host.break_call("proxy_get_header_map_pairs", Fault::Trap);
    for request in [job(), stranger(), public()] {
        let exchange = host.request(request.body("a").trailer("a", "b").deliver_while_paused());
        assert!(!exchange.forwarded());
        assert_eq!(exchange.status(), 503);
    }
    host.mend_calls();
    assert_denied(&host.request(stranger()), "credential_missing");
    assert!(host.request(job()).forwarded());
    assert_eq!(host.reloads(), 3);
}

#[test]
fn the_clock_is_the_hosts() {
    let mut host = gate();
    assert_eq!(host.request(job()).audit("@timestamp"), "2026-11-23T12:00:00.000Z");
    host.set_now(NOW + 3_600);
    assert_eq!(host.request(job()).audit("@timestamp"), "2026-11-23T13:00:00.000Z");
}

#[test]
fn a_clock_that_was_never_set_is_not_believed() {
    let policy = crate::gate::POLICY.replace(
        "\"env\": \"INTERNAL_JOB_TOKEN\"",
        "\"env\": \"INTERNAL_JOB_TOKEN\", \"not_after\": \"2027-01-31T00:00:00Z\"",
    );
    let mut host = crate::gate::configured(&policy);
    assert!(host.request(job()).forwarded());
    host.set_now(0);
    assert_denied(&host.request(job()), "clock_unset");
    host.set_now(NOW + 100 * 86_400);
    assert_denied(&host.request(job()), "key_expired");
}
