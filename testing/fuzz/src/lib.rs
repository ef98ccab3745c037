//! The common part of the fuzz targets: one policy that uses every part of the format, and the way
//! from an input to a request.

#![forbid(unsafe_code)]

use std::sync::LazyLock;

use wicketgate_policy::{
    Decision, Edit, Environment, Header, Host, MAX_LINE, Outcome, Peer, Policy, Request, Time,
    Verdict,
};

/// The token of the one caller.
pub const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
/// The proof that the gate adds to allowed requests.
pub const PROOF: &str = "aR7vM2kX9pL4tN6wJ1qB8sC5yH3zD0gF";

/// Every member of the format is in here.
pub const POLICY: &str = include_str!("policy.json");

/// The secrets that [`POLICY`] names.
pub fn environment() -> Environment {
    Environment::new(Host::Envoy).with("TOKEN", TOKEN).with("PROOF", PROOF)
}

/// [`POLICY`], loaded.
pub fn policy() -> &'static Policy {
    static LOADED: LazyLock<Policy> = LazyLock::new(|| {
        Policy::load(POLICY.as_bytes(), &environment()).unwrap_or_else(|faults| panic!("{faults}"))
    });
    &LOADED
}

/// The header map that an input spells: one header a line, its name up to the first `=`.
pub fn headers(input: &[u8]) -> Vec<Header<'_>> {
    input
        .split(|byte| *byte == b'\n')
        .map(|line| {
            let mut parts = line.splitn(2, |byte| *byte == b'=');
            let name = parts.next().unwrap_or_default();
            Header { name, value: parts.next().unwrap_or_default() }
        })
        .collect()
}

/// Asks the gate, and holds the decision to what is true of every one.
pub fn decide<'a>(request: &'a Request<'a>, now: Time) -> Decision<'a> {
    let Outcome::Decided(decision) = policy().decide(request, now) else {
        panic!("the peer is known, and nothing else can be needed");
    };
    for event in decision.audit.iter().chain(&decision.shadow) {
        let line = event.to_line();
        assert!(
            line.len() <= MAX_LINE && line.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{line}"
        );
        assert!(line.starts_with('{') && line.ends_with('}'), "{line}");
        assert!(!line.contains(PROOF), "{line}");
    }
    if let Verdict::Deny(deny) = &decision.verdict {
        assert!((400..600).contains(&deny.answer.status));
        assert!(decision.audit.is_some(), "a denial without an audit line");
    }
    decision
}

/// The names and values that reach the origin after these edits.
pub fn forwarded(request: &Request<'_>, edits: &[Edit<'_>]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut forwarded: Vec<(Vec<u8>, Vec<u8>)> = request
        .headers
        .iter()
        .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
        .collect();
    for edit in edits {
        let name = match edit {
            Edit::Remove(name) => name.to_ascii_lowercase(),
            Edit::Set(name, _) => name.as_str().as_bytes().to_ascii_lowercase(),
        };
        forwarded.retain(|(other, _)| *other != name);
        if let Edit::Set(_, value) = edit {
            forwarded.push((name, value.as_bytes().to_vec()));
        }
    }
    forwarded
}

/// A name as the origin has it that folds most (lighttpd's CGI): in one case, with `-` for every
/// byte that is no letter or digit. The request line has names of its own (`:path`).
pub fn folded(name: &[u8]) -> Vec<u8> {
    let fold = |byte: &u8| if byte.is_ascii_alphanumeric() { *byte } else { b'-' };
    if name.starts_with(b":") {
        return name.to_vec();
    }
    name.iter().map(fold).map(|byte| byte.to_ascii_lowercase()).collect()
}

/// The request line that the targets put before a header map.
pub fn head<'a>(method: &'a [u8], target: &'a [u8], authority: &'a [u8]) -> Vec<Header<'a>> {
    vec![
        Header { name: b":method", value: method },
        Header { name: b":path", value: target },
        Header { name: b":authority", value: authority },
    ]
}

/// A request from loopback.
pub fn from_loopback<'a>(headers: &'a [Header<'a>]) -> Request<'a> {
    Request { headers, peer: Peer::Address(b"127.0.0.1:4567") }
}
