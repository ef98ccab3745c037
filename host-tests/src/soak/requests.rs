//! The requests of a soak: every kind, with the verdict that each must have.

use crate::faults::bench::TOKEN;

/// A request of the mix.
#[derive(Clone, Debug)]
pub(super) struct Mixed {
    /// Its name, for people who read of its failure.
    pub(super) name: &'static str,
    /// All of it.
    pub(super) bytes: Vec<u8>,
    /// The expected verdict.
    pub(super) verdict: Verdict,
}

/// A verdict about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Guarded and allowed.
    Allowed,
    /// Guarded and denied.
    Denied,
    /// Not guarded.
    Passed,
}

/// One of each. None has a body: Envoy closes the connection of a request that is denied before
/// its body is read.
pub(super) fn mixed() -> Vec<Mixed> {
    use Verdict::{Allowed, Denied, Passed};
    let token = format!("x-internal-token: {TOKEN}\r\n");
    let wrong = format!("x-internal-token: {}\r\n", TOKEN.replace('T', "t"));
    let long = format!("x-internal-token: {}\r\n", "x".repeat(4_000));
    let agent = format!("user-agent: {}\r\nx-caller: me\r\n", "a".repeat(300));
    let dots = format!("/internal/with/{}", "%252e%252e%252f".repeat(20));
    let query = format!("/public/x?next={}", "%2Finternal%2Fwith".repeat(20));
    let twice = token.repeat(2);
    let requests: [(&str, &str, &str, &str, Verdict); 12] = [
        ("a right token", "GET", "/internal/with/x", &token, Allowed),
        ("a wrong token", "GET", "/internal/with/x", &wrong, Denied),
        ("no token", "GET", "/internal/with/x?token=x", "", Denied),
        ("a public path", "GET", "/public/x", "", Passed),
        ("a long token", "GET", "/internal/with/x", &long, Denied),
        ("two tokens", "GET", "/internal/with/x", &twice, Denied),
        ("a right token and a query", "GET", "/internal/with/y?a=1&b=2", &token, Allowed),
        ("a method that nobody has", "DELETE", "/internal/with/x", &token, Denied),
        ("a riddle", "GET", &dots, "", Denied),
        ("a public path with a token", "GET", "/public/y", &token, Passed),
        ("a public path with a long query", "GET", &query, "", Passed),
        ("headers that are taken away", "GET", "/public/z", &agent, Passed),
    ];
    let make = |(name, method, target, fields, verdict)| {
        let bytes = format!("{method} {target} HTTP/1.1\r\nHost: app.example\r\n{fields}\r\n");
        Mixed { name, bytes: bytes.into_bytes(), verdict }
    };
    requests.map(make).into()
}
