//! The client gets the origin's response, except for the policy's changes.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64ct::{Base64, Encoding as _};
use sha1::{Digest as _, Sha1};
use wicketgate_runtime::http::{Request, latin1};

use crate::common::{Origin, POLICY, TOKEN, ask, gate};

#[test]
fn redirects_are_not_followed() {
    let origin = Origin::answering(
        b"HTTP/1.1 302 Found\r\nLocation: /internal/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    )
    .unwrap();
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
    // The output of `gzip -n` for `ok`.
    const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xcb\xcf\x06\0G\xdd\xdcy\x02\0\0\0";
    let origin = Origin::start(|_, connection| {
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nSet-Cookie: a=1\r\n\
                    Set-Cookie: b=2\r\nVercel-CDN-Cache-Control: max-age=9\r\n\
                    Content-Length: 22\r\nConnection: close\r\n\r\n";
        connection.write_all(&[head.as_bytes(), GZIP].concat())
    })
    .unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    for (target, cached) in [("/", &[][..]), ("/internal/x", &["private, no-store"])] {
        let headers = [("x-token", TOKEN), ("accept-encoding", "gzip")];
        let response = ask(&gate, "GET", target, &headers);
        let header = |name| response.header(name).collect::<Vec<_>>();
        assert_eq!(header("content-encoding"), ["gzip"], "{target}");
        assert_eq!(header("set-cookie"), ["a=1", "b=2"]);
        assert_eq!(header("cache-control"), cached);
        // A cache in front would obey this header before `cache-control`.
        assert_eq!(header("vercel-cdn-cache-control").is_empty(), !cached.is_empty(), "{target}");
        assert_eq!(latin1::decode(&response.body), latin1::decode(GZIP), "{target}");
    }
}

#[test]
fn the_answer_to_head_has_the_length_of_the_body() {
    let origin =
        Origin::answering(b"HTTP/1.1 200 OK\r\nContent-Length: 4711\r\nConnection: close\r\n\r\n")
            .unwrap();
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
    // RFC 6455, section 5.2: a text frame of two bytes, from a client under a mask of zeros.
    const PING: &[u8] = b"\x81\x82\0\0\0\0hi";
    const PONG: &[u8] = b"\x81\x02ho";
    let origin = Origin::start(|head, connection| {
        // The runtime asks with a key of its own.
        let head = head.to_ascii_lowercase().contains("upgrade: websocket").then_some(head);
        let key = head.and_then(|head| head.lines().find_map(key)).expect("a websocket's head");
        let accept = format!("Sec-WebSocket-Accept: {}\r\n\r\n", accept(key));
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
        connection.write_all(format!("{head}Connection: Upgrade\r\n{accept}").as_bytes())?;
        let mut frame = [0; 8];
        connection.read_exact(&mut frame)?;
        let (mask, text) = (&frame[2..6], &frame[6..]);
        let plain: Vec<u8> = text.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
        assert_eq!((frame[0], plain.as_slice()), (0x81, &b"hi"[..]));
        connection.write_all(PONG)
    })
    .unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    let upgrade = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    assert_eq!(ask(&gate, "GET", "/internal/socket", &upgrade).status, 403);
    assert!(origin.take().is_empty());
    for (target, token) in [("/internal/socket", TOKEN), ("/socket", "")] {
        let mut request = Request::new("GET", target).unwrap();
        for (name, value) in upgrade.iter().chain([&("x-token", token)]) {
            request = request.with_header(name, value).unwrap();
        }
        let mut socket = TcpStream::connect(gate.address()).unwrap();
        socket.write_all(&[&request.to_bytes(), PING].concat()).unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(PONG) && socket.read(&mut byte).unwrap() == 1 {
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 101 "), "{target}: {}", latin1::decode(&answer));
        assert!(answer.ends_with(PONG), "{target}: {}", latin1::decode(&answer));
        assert_eq!(origin.take().len(), 1);
    }
}

fn key(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(": ")?;
    name.eq_ignore_ascii_case("sec-websocket-key").then_some(value)
}

/// RFC 6455, section 4.2.2.
fn accept(key: &str) -> String {
    let digest = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
    Base64::encode_string(&digest)
}
