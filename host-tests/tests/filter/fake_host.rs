//! The fake host does to a module what Envoy was measured to do. Each test here is a small
//! module that does something wrong, and shows that a test on the filter would see it.

use wicketgate_host_tests::fake::{Action, Fault, Host, Request, Status};
use wicketgate_host_tests::module::{Module, REQUIRED_EXPORTS, missing_exports};

/// A module with this in place of its callbacks. Its memory holds `denied` at 8 and a buffer
/// at 64; whatever the host hands over is put at 1024.
fn host(callbacks: &str) -> Host {
    let text = format!(
        r#"(module
            (import "env" "proxy_send_local_response"
                (func $reply (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
            (import "env" "proxy_get_header_map_value"
                (func $header (param i32 i32 i32 i32 i32) (result i32)))
            (import "env" "proxy_get_header_map_pairs"
                (func $headers (param i32 i32 i32) (result i32)))
            (import "env" "proxy_replace_header_map_value"
                (func $replace (param i32 i32 i32 i32 i32) (result i32)))
            (import "env" "proxy_http_call"
                (func $call (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 8) "denied")
            (data (i32.const 16) "x-token")
            (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 1024))
            (func $deny (drop (call $reply (i32.const 403) (i32.const 0) (i32.const 0)
                (i32.const 8) (i32.const 6) (i32.const 0) (i32.const 0) (i32.const -1))))
            {callbacks})"#
    );
    let module = Module::new(&wat::parse_str(text).unwrap()).unwrap();
    Host::new(&module, "", &[], 0).unwrap()
}

const PAUSE: &str = "(i32.const 1)";
const CONTINUE: &str = "(i32.const 0)";

fn on_headers(body: &str) -> String {
    format!(r#"(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) {body})"#)
}

#[test]
fn a_module_without_the_callback_passes_everything() {
    let exchange = host("").request(Request::new("GET", "/internal"));
    assert!(exchange.forwarded());
}

#[test]
fn a_missing_export_is_found_whichever_it_is() {
    for left_out in REQUIRED_EXPORTS {
        let exports: String = REQUIRED_EXPORTS
            .into_iter()
            .filter(|name| *name != left_out && *name != "memory")
            .map(|name| format!(r#"(func (export "{name}"))"#))
            .collect();
        let memory = if left_out == "memory" { "" } else { r#"(memory (export "memory") 1)"# };
        let text = format!("(module {memory} {exports})");
        let module = Module::new(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(missing_exports(&module), [left_out]);
    }
}

#[test]
fn an_answer_with_pause_is_a_denial() {
    let mut host = host(&on_headers(&format!("(call $deny) {PAUSE}")));
    let exchange = host.request(Request::new("GET", "/internal"));
    assert!(exchange.denied());
    let answer = exchange.answer.unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (403, b"denied".as_slice()));
    assert_eq!(answer.headers.text("content-type").as_deref(), Some("text/plain"));
}

#[test]
fn an_answer_without_pause_is_forwarded() {
    let mut host = host(&on_headers(&format!("(call $deny) {CONTINUE}")));
    let exchange = host.request(Request::new("GET", "/internal"));
    assert!(exchange.forwarded() && !exchange.denied());
    assert_eq!(exchange.status(), 200);
}

#[test]
fn an_answer_that_fails_denies_only_with_pause() {
    let (pause, go_on) = (format!("(call $deny) {PAUSE}"), format!("(call $deny) {CONTINUE}"));
    for (body, forwarded) in [(pause, false), (go_on, true)] {
        let mut host = host(&on_headers(&body));
        host.break_call("proxy_send_local_response", Fault::Answer(Status::BadArgument));
        let exchange = host.request(Request::new("GET", "/internal"));
        assert_eq!(exchange.forwarded(), forwarded);
        assert!(exchange.reply.is_none());
    }
}

#[test]
fn pause_without_an_answer_holds_the_request_for_good() {
    let mut host = host(&on_headers(PAUSE));
    let exchange = host.request(Request::new("POST", "/internal").body("a"));
    assert!(!exchange.forwarded());
    assert_eq!(exchange.status(), 0);
}

#[test]
fn a_body_callback_that_goes_on_releases_held_headers() {
    for callback in ["(i32.const 0)", "(call $deny) (i32.const 0)"] {
        let callbacks = format!(
            r#"{} (func (export "proxy_on_request_body") (param i32 i32 i32) (result i32) {callback})"#,
            on_headers(PAUSE)
        );
        let request = Request::new("POST", "/internal").body("a").body("b");
        assert!(!host(&callbacks).request(request.clone()).forwarded());
        let exchange = host(&callbacks).request(request.deliver_while_paused());
        assert!(exchange.forwarded());
        assert_eq!(exchange.origin_header(":path").as_deref(), Some("/internal"));
    }
}

#[test]
fn a_trailers_callback_that_isnt_there_releases_held_headers() {
    let mut host = host(&on_headers(PAUSE));
    let request = Request::new("POST", "/internal").trailer("a", "b").deliver_while_paused();
    assert!(host.request(request).forwarded());
}

#[test]
fn a_trap_denies_and_the_next_request_gets_a_new_instance() {
    let mut host = host(&format!(
        r#"(global $seen (mut i32) (i32.const 0))
        {}"#,
        on_headers(
            "(if (global.get $seen) (then (unreachable))) (global.set $seen (i32.const 1)) (i32.const 0)"
        )
    ));
    assert!(host.request(Request::new("GET", "/")).forwarded());
    let trapped = host.request(Request::new("GET", "/"));
    assert!(!trapped.forwarded() && trapped.failure.is_some());
    assert_eq!(trapped.status(), 503);
    assert!(host.request(Request::new("GET", "/")).forwarded());
    assert_eq!(host.reloads(), 1);
}

#[test]
fn a_trap_ends_the_other_requests_of_its_instance() {
    let mut host = host(&format!(
        r#"(func (export "proxy_on_request_body") (param i32 i32 i32) (result i32) unreachable) {}"#,
        on_headers(PAUSE)
    ));
    let request = Request::new("POST", "/").body("a");
    let (first, second) = (host.open(request.clone()), host.open(request));
    host.request_headers(first);
    host.request_headers(second);
    host.request_body(first, b"a", true);
    assert_eq!(host.request_trailers(second), Action::Pause);
    host.respond(second);
    let second = host.close(second);
    assert!(!second.forwarded());
    assert_eq!(second.status(), 503);
}

#[test]
fn an_endless_loop_is_a_trap() {
    let mut host = host(&on_headers("(loop $again (br $again)) (i32.const 0)"));
    let exchange = host.request(Request::new("GET", "/"));
    assert!(!exchange.forwarded() && exchange.failure.unwrap().contains("fuel"));
}

#[test]
fn a_call_that_the_host_does_not_offer_traps_by_its_name() {
    let zeros = "(i32.const 0) ".repeat(10);
    let mut host = host(&on_headers(&format!("(call $call {zeros})")));
    let exchange = host.request(Request::new("GET", "/"));
    assert!(exchange.failure.unwrap().contains("`env.proxy_http_call`"));
}

#[test]
fn a_get_by_name_hides_duplicates() {
    // Answers with the value that it got, whose address and length the host wrote to 64 and 68.
    let mut host = host(&on_headers(
        "(drop (call $header (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 64) (i32.const 68)))
         (drop (call $reply (i32.const 403) (i32.const 0) (i32.const 0)
             (i32.load (i32.const 64)) (i32.load (i32.const 68)) (i32.const 0) (i32.const 0) (i32.const -1)))
         (i32.const 1)",
    ));
    let request = Request::new("GET", "/").header("x-token", b"\xff1").header("x-token", "2");
    assert_eq!(host.request(request).answer.unwrap().body, b"\xff1");
}

#[test]
fn a_map_is_closed_once_the_module_let_go_of_it() {
    // In the body callback the request headers can no longer be had; this one pauses if so.
    let mut host = host(&format!(
        r#"(func (export "proxy_on_request_body") (param i32 i32 i32) (result i32)
            (i32.and
                (i32.eq (i32.const 2) (call $header (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 64) (i32.const 68)))
                (i32.eq (i32.const 2) (call $replace (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 8) (i32.const 6)))))
        {}"#,
        on_headers(CONTINUE)
    ));
    let context = host.open(Request::new("POST", "/").header("x-token", "1").body("a"));
    assert_eq!(host.request_headers(context), Action::Continue);
    assert_eq!(host.request_body(context, b"a", true), Action::Pause);
    assert_eq!(host.close(context).origin_header("x-token").as_deref(), Some("1"));
}

#[test]
fn a_grpc_client_sees_a_denial_as_200() {
    let mut host = host(&on_headers(&format!("(call $deny) {PAUSE}")));
    let request = Request::new("POST", "/internal").header("content-type", "application/grpc");
    let answer = host.request(request).answer.unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers.text("grpc-status").as_deref(), Some("7"));
}
