//! Whatever goes wrong, no request gets through and the client learns nothing.

use std::net::TcpListener;

use wicketgate_runtime::http::Response;
use wicketgate_runtime::workerd::TRAP_HEADER;

use crate::common::{Origin, POLICY, TOKEN, ask, gate, log};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

fn says_nothing(response: &Response) {
    assert_eq!(
        (response.status, response.text().as_str()),
        (503, r#"{"error":"Service Unavailable"}"#)
    );
    let header = |name| response.header(name).collect::<Vec<_>>();
    assert_eq!(header("cache-control"), ["no-store"]);
    assert_eq!(header("content-type"), ["application/json"]);
}

#[test]
fn a_policy_that_is_none_lets_nothing_through() {
    let origin = Origin::answering(OK).unwrap();
    for (policy, said) in
        [("{", "line 1, column 1"), (r#"{"version": 2}"#, "version"), ("", "line 1")]
    {
        let gate = gate(policy, Some(TOKEN), origin.port());
        for target in ["/", "/internal/x"] {
            says_nothing(&ask(&gate, "GET", target, &[("x-token", TOKEN)]));
        }
        let log = log(&gate);
        assert!(log.contains("the policy is refused") && log.contains(said), "{policy}: {log}");
        assert_eq!(log.matches("the policy is refused").count(), 1, "made once an isolate: {log}");
    }
    assert!(origin.take().is_empty());
}

#[test]
fn an_absent_or_weak_secret_lets_nothing_through() {
    let origin = Origin::answering(OK).unwrap();
    for token in [None, Some(""), Some("changeme")] {
        let gate = gate(POLICY, token, origin.port());
        for value in ["", TOKEN, "changeme"] {
            says_nothing(&ask(&gate, "GET", "/internal/x", &[("x-token", value)]));
        }
        says_nothing(&ask(&gate, "GET", "/", &[]));
        assert!(log(&gate).contains("TOKEN"), "{}", log(&gate));
    }
    assert!(origin.take().is_empty());
}

#[test]
fn after_a_trap_the_next_request_is_judged_as_ever() {
    let origin = Origin::answering(OK).unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    let trap = (TRAP_HEADER, "1");
    for _ in 0..3 {
        assert_eq!(ask(&gate, "GET", "/internal/x", &[("x-token", TOKEN)]).status, 200);
        assert_eq!(origin.take().len(), 1);
        says_nothing(&ask(&gate, "GET", "/internal/x", &[trap]));
        says_nothing(&ask(&gate, "GET", "/internal/x", &[trap, ("x-token", TOKEN)]));
        assert_eq!(ask(&gate, "GET", "/internal/x", &[]).status, 403);
        assert!(origin.take().is_empty());
    }
}

#[test]
fn an_origin_that_is_away_is_not_talked_about() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let gate = gate(POLICY, Some(TOKEN), port);
    for (target, token) in [("/", ""), ("/internal/x", TOKEN)] {
        says_nothing(&ask(&gate, "GET", target, &[("x-token", token)]));
    }
    assert!(log(&gate).contains("could not be served"), "{}", log(&gate));
}

#[test]
fn the_secret_is_in_no_log() {
    let origin = Origin::answering(OK).unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    ask(&gate, "GET", "/internal/x", &[("x-token", TOKEN)]);
    ask(&gate, "GET", &format!("/internal/x?x-token={TOKEN}"), &[]);
    ask(&gate, "GET", "/internal/x", &[("x-token", &format!("{TOKEN}x"))]);
    assert_eq!(log(&gate).matches("wicketgate.decision\":\"").count(), 3);
    assert!(!log(&gate).contains(TOKEN));
    assert!(origin.take().iter().all(|head| !head.contains(TOKEN)));
}
