//! The treatment of the origin's answer.

use wicketgate_host_tests::fake::Response;

use crate::gate::{gate, job, public, stranger};

fn leak(status: u32) -> Response {
    Response::new(status, "Traceback: password=hunter2")
        .header("content-encoding", "identity")
        .header("etag", "\"1\"")
        .header("x-correlation", "c-1")
}

#[test]
fn an_errors_body_is_replaced_where_the_policy_asks() {
    let mut host = gate();
    let exchange = host.request(job().answered_with(leak(500)));
    let answer = exchange.answer.clone().unwrap();
    assert_eq!(answer.status, 500);
    let body = String::from_utf8(answer.body).unwrap();
    assert!(!body.contains("hunter2") && serde_json::from_str::<serde_json::Value>(&body).is_ok());
    assert_eq!(answer.headers.all("content-length"), [body.len().to_string().as_bytes()]);
    for name in ["content-encoding", "etag"] {
        assert!(!answer.headers.has(name), "{name}");
    }
    assert_eq!(answer.headers.text("x-correlation").as_deref(), Some("c-1"));
    let audits = exchange.audits();
    assert_eq!(audits.len(), 2, "{audits:?}");
    assert_eq!(audits[1]["error.type"], "server_error_replaced");
    assert_eq!(audits[1]["http.response.status_code"], 500);
}

#[test]
fn trailers_of_a_replaced_answer_do_not_leak_either() {
    let response = leak(503).trailer("x-debug", "password=hunter2");
    let mut host = gate();
    let answer = host.request(job().answered_with(response.clone())).answer.unwrap();
    assert!(!answer.holds("hunter2"), "{answer:?}");
    assert!(host.request(public().answered_with(response)).answer.unwrap().holds("hunter2"));
}

#[test]
fn other_answers_pass_as_they_are() {
    let mut host = gate();
    for (request, status) in [(job(), 200), (job(), 404), (job(), 499), (public(), 500)] {
        let answer = host.request(request.answered_with(leak(status))).answer.unwrap();
        assert_eq!(answer.status, status);
        assert!(answer.body.starts_with(b"Traceback"));
    }
}

#[test]
fn an_allowed_answer_is_kept_out_of_shared_caches() {
    let mut host = gate();
    let cached = Response::new(200, "x").header("cache-control", "public, max-age=60");
    let answer = host.request(job().answered_with(cached.clone())).answer.unwrap();
    assert_eq!(answer.headers.all("cache-control"), [b"private, no-store"]);
    let answer = host.request(public().answered_with(cached)).answer.unwrap();
    assert_eq!(answer.headers.all("cache-control"), [b"public, max-age=60"]);
    // A cache that has a header of its own obeys it first, whoever it is (RFC 9213).
    for name in ["vercel-cdn-cache-control", "surrogate-control", "edge-control", "x-cache-ttl"] {
        let targeted = Response::new(200, "x").header(name, "max-age=3600");
        let answer = host.request(job().answered_with(targeted.clone())).answer.unwrap();
        assert_eq!(answer.headers.all(name), [b""; 0], "{name}");
        let answer = host.request(public().answered_with(targeted)).answer.unwrap();
        assert_eq!(answer.headers.all(name), [b"max-age=3600"], "{name}");
    }
}

#[test]
fn a_denials_answer_is_not_taken_for_the_origins() {
    let exchange = gate().request(stranger());
    let answer = exchange.answer.clone().unwrap();
    assert_eq!(answer.headers.all("cache-control"), [b"no-store"]);
    assert_eq!(answer.headers.all("content-type"), [b"application/json"]);
    assert_eq!(exchange.audits().len(), 1);
}

#[test]
fn an_answer_without_a_readable_status_traps_nothing() {
    let mut host = gate();
    for status in ["", "abc", "99999999999", "-1"] {
        let mut response = leak(500);
        response.headers.set(":status", status);
        assert_eq!(host.request(job().answered_with(response)).failure, None);
    }
    let mut response = leak(500);
    response.headers.remove(":status");
    assert_eq!(host.request(job().answered_with(response)).failure, None);
    // The SDK gives up on a status that it does not know; the gate must not hand it one.
    for status in [500, 507, 520, 599] {
        let exchange = host.request(job().answered_with(leak(status)));
        assert_eq!((exchange.failure, exchange.answer.unwrap().status), (None, status));
    }
}
