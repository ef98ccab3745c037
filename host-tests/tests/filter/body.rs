//! Nothing of a denied request goes on, whatever comes after its headers.

use wicketgate_host_tests::fake::{Action, Fault, Status};

use crate::gate::{assert_denied, gate, job, public, stranger};

#[test]
fn a_denial_is_an_answer_and_a_pause() {
    let mut host = gate();
    let context = host.open(stranger());
    assert_eq!(host.request_headers(context), Action::Pause);
    host.respond(context);
    let exchange = host.close(context);
    assert!(exchange.reply.is_some());
    assert_denied(&exchange, "credential_missing");
}

#[test]
fn body_and_trailers_of_a_denied_request_stay_paused() {
    let mut host = gate();
    let request = stranger().body("a").body("b").trailer("x-caller", "cron").deliver_while_paused();
    assert_denied(&host.request(request.clone()), "credential_missing");

    let context = host.open(request);
    assert_eq!(host.request_headers(context), Action::Pause);
    assert_eq!(host.request_body(context, b"a", false), Action::Pause);
    assert_eq!(host.request_body(context, b"b", false), Action::Pause);
    assert_eq!(host.request_body(context, b"", true), Action::Pause);
    assert_eq!(host.request_trailers(context), Action::Pause);
    assert!(!host.close(context).forwarded());
}

#[test]
fn a_body_without_headers_before_it_goes_nowhere() {
    let mut host = gate();
    let context = host.open(stranger().trailer("a", "b"));
    assert_eq!(host.request_body(context, b"a", false), Action::Pause);
    assert_eq!(host.request_trailers(context), Action::Pause);
    assert!(!host.close(context).forwarded());
}

#[test]
fn an_answer_that_fails_still_holds_the_request() {
    let mut host = gate();
    host.break_call("proxy_send_local_response", Fault::Answer(Status::BadArgument));
    let exchange = host.request(stranger().body("a").trailer("a", "b").deliver_while_paused());
    assert!(!exchange.forwarded() && exchange.reply.is_none());
}

#[test]
fn an_allowed_request_goes_on_whole() {
    let mut host = gate();
    for request in [job(), public()] {
        let request = request.body("one ").body("two").trailer("x-checksum", "1");
        let seen = host.request(request).origin.unwrap();
        assert_eq!(seen.body, b"one two");
        assert_eq!(seen.trailers.unwrap().text("x-checksum").as_deref(), Some("1"));
    }
}

#[test]
fn a_grpc_client_is_denied_too() {
    let exchange = gate().request(stranger().header("content-type", "application/grpc"));
    assert!(exchange.denied());
    assert_eq!(exchange.status(), 200);
    assert_eq!(exchange.answer.unwrap().headers.text("grpc-status").as_deref(), Some("7"));
}
