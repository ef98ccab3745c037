//! Every way to present a token that isn't the right way: its own reason in the audit line, the
//! same answer to the client. `assert_denied` holds the answer.

use wicketgate_host_tests::fake::Request;

use crate::gate::{TOKEN, assert_denied, gate, job, stranger};

#[test]
fn the_right_token_is_let_through() {
    let exchange = gate().request(job());
    assert!(exchange.forwarded());
    assert_eq!(exchange.status(), 200);
    assert_eq!(exchange.audit("wicketgate.decision"), "allow");
    assert_eq!(exchange.audit("user.id"), "cron");
    assert_eq!(exchange.audit("rule.id"), "jobs");
    assert_eq!(exchange.audit("wicketgate.credential.key_id"), "2026-q4");
    assert_eq!(exchange.origin_header("x-internal-token"), None);
}

#[test]
fn each_wrong_way_has_its_reason() {
    let token = |value: &[u8]| stranger().header("x-internal-token", value);
    let wrong = TOKEN.replace('t', "s");
    let list = format!("{TOKEN}, {TOKEN}");
    let cases: [(&str, Request, &str); 14] = [
        ("no header", stranger(), "credential_missing"),
        ("empty value", token(b""), "credential_empty"),
        ("wrong token", token(wrong.as_bytes()), "credential_unknown"),
        ("prefix", token(&TOKEN.as_bytes()[..42]), "credential_unknown"),
        ("longer", token(format!("{TOKEN}0").as_bytes()), "credential_unknown"),
        ("two headers", job().header("x-internal-token", TOKEN), "credential_duplicate"),
        (
            "wrong, then right",
            token(b"x").header("x-internal-token", TOKEN),
            "credential_duplicate",
        ),
        ("right, then wrong", job().header("x-internal-token", "x"), "credential_duplicate"),
        ("a list", token(list.as_bytes()), "credential_list"),
        ("not UTF-8", token(b"\xff\xfe\x80"), "credential_malformed"),
        ("a byte more", token(&[TOKEN.as_bytes(), b"\xe9"].concat()), "credential_malformed"),
        ("64 KB", token(&b"x".repeat(65_536)), "credential_too_long"),
        ("64 KB of bytes", token(&b"\xff".repeat(65_536)), "credential_malformed"),
        (
            "in the query",
            Request::new("POST", &format!("/internal/run_scan?x-internal-token={TOKEN}")),
            "credential_in_query",
        ),
    ];
    let mut host = gate();
    for (name, request, reason) in cases {
        let exchange = host.request(request);
        assert_eq!(exchange.reason(), reason, "{name}");
        assert_denied(&exchange, reason);
    }
}

#[test]
fn the_right_token_in_another_header_is_told_apart() {
    let mut host = gate();
    for header in ["authorization", "x-token", "x-api-key"] {
        for value in [TOKEN.to_owned(), format!("Bearer {TOKEN}")] {
            let exchange = host.request(stranger().header(header, value));
            assert!(exchange.denied());
            assert!(
                ["credential_wrong_header", "credential_missing"].contains(&&*exchange.reason()),
                "{header}: {}",
                exchange.reason()
            );
        }
    }
    let exchange = host.request(stranger().header("authorization", format!("Bearer {TOKEN}")));
    assert_denied(&exchange, "credential_wrong_header");
}

#[test]
fn values_that_are_no_text_trap_nothing() {
    let mut host = gate();
    for request in [public_with(b"\xff"), public_with(b"\x80\x00\xfe")] {
        assert!(host.request(request.clone()).forwarded());
        let guarded = request.set(":path", "/internal/run_scan").set(":method", "POST");
        assert_denied(&host.request(guarded), "credential_missing");
    }
    for path in [b"/\xff".as_slice(), b"/internal/\xff\xfe", b"/internal/\x80?\xff"] {
        let exchange = host.request(stranger().set(":path", path));
        assert_eq!(exchange.failure, None);
    }
    for (name, value) in [(":method", b"\xff"), (":authority", b"\xff"), (":scheme", b"\xff")] {
        let exchange = host.request(job().set(name, value));
        assert_eq!(exchange.failure, None);
    }
    assert_eq!(host.reloads(), 0);
}

#[test]
fn long_values_anywhere_trap_nothing() {
    let long = "x".repeat(65_536);
    let mut host = gate();
    assert!(host.request(job().header("x-other", &long)).forwarded());
    assert!(host.request(Request::new("GET", &format!("/{long}"))).forwarded());
    let guarded = Request::new("POST", &format!("/internal/{long}"));
    assert_denied(&host.request(guarded), "credential_missing");
    let riddle = Request::new("POST", &format!("/internal/{}", "%2f..%2f".repeat(8_192)));
    assert!(host.request(riddle).denied());
    assert!(host.request(job().set(":authority", &long)).denied());
    assert!(host.request(job().set(":method", &long)).denied());
    assert_eq!(host.reloads(), 0);
}

#[test]
fn a_request_without_its_pseudo_headers_is_denied() {
    let mut host = gate();
    for (name, reason) in [(":path", "path_missing"), (":method", "malformed_method")] {
        let exchange = host.request(job().without(name));
        assert!(exchange.denied(), "without {name}");
        assert_eq!(exchange.reason(), reason);
    }
    let mut empty = job();
    empty.headers = wicketgate_host_tests::fake::Headers::new();
    assert!(host.request(empty).denied());
}

fn public_with(value: &[u8]) -> Request {
    Request::new("GET", "/about").header("x-anything", value)
}
