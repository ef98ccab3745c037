//! What comes back is what the origin sent, but for what the policy changes.

use std::io::Write as _;

use wicketgate_harness::http::latin1;

use crate::common::{Origin, POLICY, TOKEN, ask, gate};

#[test]
fn redirects_are_not_followed() {
    let origin = Origin::answering(
        b"HTTP/1.1 302 Found\r\nLocation: /internal/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    for (target, token) in [("/go", ""), ("/internal/go", TOKEN)] {
        let response = ask(&gate, "GET", target, &[("x-token", token)]);
        assert_eq!(response.status, 302);
        assert_eq!(response.header("location").collect::<Vec<_>>(), ["/internal/x"]);
        assert_eq!(origin.take().len(), 1, "the origin is asked once");
    }
}

#[test]
fn an_encoded_body_stays_as_it_is() {
    // What `gzip -n` makes of `ok`.
    const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x06\0G\xdd\xdcy\x02\0\0\0";
    let origin = Origin::start(|_, connection| {
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: a=1\r\n\
                    Set-Cookie: b=2\r\nContent-Length: 22\r\nConnection: close\r\n\r\n";
        connection.write_all(&[head.as_bytes(), GZIP].concat()).unwrap();
    });
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    for (target, cached) in [("/", &[][..]), ("/internal/x", &["private, no-store"])] {
        let headers = [("x-token", TOKEN), ("accept-encoding", "gzip")];
        let response = ask(&gate, "GET", target, &headers);
        let header = |name| response.header(name).collect::<Vec<_>>();
        assert_eq!(header("content-encoding"), ["gzip"], "{target}");
        assert_eq!(header("set-cookie"), ["a=1", "b=2"]);
        assert_eq!(header("cache-control"), cached);
        assert_eq!(latin1::decode(&response.body), latin1::decode(GZIP), "{target}");
    }
}

#[test]
fn the_answer_to_head_has_the_length_of_the_body() {
    let origin =
        Origin::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4711\r\nConnection: close\r\n\r\n");
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    for target in ["/", "/internal/x"] {
        let response = ask(&gate, "HEAD", target, &[("x-token", TOKEN)]);
        assert_eq!(response.header("content-length").collect::<Vec<_>>(), ["4711"], "{target}");
        assert!(origin.take()[0].starts_with("HEAD "));
    }
    assert_eq!(ask(&gate, "HEAD", "/internal/x", &[]).status, 403);
}

#[test]
fn a_websocket_is_opened_where_it_may_be() {
    let origin = Origin::start(|head, connection| {
        let key = head.lines().find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "));
        assert!(key.is_some(), "{head}");
        connection
            .write_all(
                b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            )
            .unwrap();
    });
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    let upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    assert_eq!(ask(&gate, "GET", "/internal/socket", &upgrade).status, 403);
    assert!(origin.take().is_empty());
    let allowed = [&upgrade[..], &[("x-token", TOKEN)]].concat();
    assert_eq!(ask(&gate, "GET", "/internal/socket", &allowed).status, 426);
    assert_eq!(ask(&gate, "GET", "/socket", &upgrade).status, 426);
}
