//! Decisions with their secrets marked undefined, for valgrind's memcheck to watch: it tells each
//! branch and each address that depends on what is undefined (Langley's ctgrind, 2010).
//!
//! Undefined are the digests that a policy keeps of its keys, the user of HTTP Basic, every copy of
//! them, and the proof.
//! Prints how many decisions it made; exits with 2 where there is no valgrind to watch it.

mod arena;

use std::hint::black_box;
use std::process::ExitCode;

use arena::Arena;
use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};
use wicketgate_policy::{Environment, Header, Host, Peer, Policy, Request, Time};

#[global_allocator]
static ARENA: Arena = Arena::new();

unsafe extern "C" {
    fn wicketgate_watched() -> i32;
    fn wicketgate_define(start: *const u8, length: usize);
    fn wicketgate_undefine(start: *const u8, length: usize);
}

const KEYS: usize = 4;
const PROOF: &str = "aR7vM2kX9pL4tN6wJ1qB8sC5yH3zD0gF";
/// Sent with each of the tokens as its password.
const USER: &str = "prometheus-of-the-east";

fn main() -> ExitCode {
    // SAFETY: takes nothing and reads nothing of ours.
    let watched = unsafe { wicketgate_watched() };
    if watched != 1 {
        let why =
            if watched == 0 { "not run by valgrind" } else { "built without valgrind/memcheck.h" };
        eprintln!("{why}");
        return ExitCode::from(2);
    }
    let policy = policy();
    // To look at what is undefined is an error already. So all are found before any is marked, and
    // the padding of structures, which nobody wrote, counts as defined.
    let (start, length) = ARENA.used();
    // SAFETY: the bytes are in the arena, and only valgrind's notes about them change.
    unsafe { wicketgate_define(start, length) };
    let digests = tokens().into_iter().map(|token| Sha256::digest(token.as_bytes()).to_vec());
    let others = [PROOF, USER].map(|text| text.as_bytes().to_vec());
    let secrets: Vec<Vec<u8>> = digests.chain(others).collect();
    let copies: Vec<(*const u8, usize)> =
        secrets.iter().flat_map(|secret| copies(secret)).collect();
    let marked = copies.len();
    for (start, length) in copies {
        // SAFETY: the bytes are in the arena, and only valgrind's notes about them change.
        unsafe { wicketgate_undefine(start, length) };
    }
    // Each key is in two tables.
    if marked < 2 * (KEYS + 1) + 2 {
        eprintln!("only {marked} secrets found in memory");
        return ExitCode::FAILURE;
    }
    let mut decisions = 0;
    // A right token is not among them: which key it matched is what its decision says.
    for token in wrong_tokens() {
        decide(&policy, Some(("x-internal-token", &token)));
        decide(&policy, Some(("authorization", &basic(USER, &token))));
        decisions += 2;
    }
    for user in changed(USER) {
        decide(&policy, Some(("authorization", &basic(&user, &tokens()[0]))));
        decisions += 1;
    }
    decide(&policy, None);
    println!("{marked} secrets undefined, {} decisions", decisions + 1);
    ExitCode::SUCCESS
}

fn policy() -> Policy {
    let mut environment = Environment::new(Host::Envoy).with("PROOF", PROOF);
    let mut keys = Vec::new();
    for (place, token) in tokens().iter().enumerate() {
        environment = environment.with(&format!("KEY_{place}"), token.as_str());
        keys.push(format!(r#"{{"id":"k{place}","env":"KEY_{place}"}}"#));
    }
    let document = format!(
        r#"{{"version":1,"name":"watched","environment":"production","unmatched":"pass",
            "callers":{{"cron":{{"token":{{"header":"x-internal-token",
                "or":[{{"header":"authorization","scheme":"basic","user":"{USER}"}}],"keys":[{}]}}}}}},
            "rules":[{{"id":"jobs","paths":["/internal/*"],"allow":[{{"caller":"cron"}}]}}],
            "forward":{{"credential":"remove","proof":{{"header":"x-proof","env":"PROOF"}}}}}}"#,
        keys.join(",")
    );
    match Policy::load(document.as_bytes(), &environment) {
        Ok(policy) => policy,
        Err(faults) => panic!("{faults}"),
    }
}

/// Unnamed ones, and the last one names its key.
fn tokens() -> Vec<String> {
    let mut tokens: Vec<String> =
        (0..KEYS).map(|n| format!("{n:02}-4f8a1c0d9e2b7365af01d2c4b6e8f790")).collect();
    tokens.push(format!("wg_k{KEYS}_4f8a1c0d9e2b7365af01d2c4b6e8f790"));
    tokens
}

/// Each token with one byte changed, in every place.
fn wrong_tokens() -> Vec<String> {
    tokens().iter().flat_map(|token| changed(token)).collect()
}

/// A text with one byte changed, in every place.
fn changed(text: &str) -> Vec<String> {
    let change = |place: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[place] = if bytes[place] == b'x' { b'y' } else { b'x' };
        String::from_utf8(bytes).ok()
    };
    (0..text.len()).filter_map(change).collect()
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", Base64::encode_string(format!("{user}:{password}").as_bytes()))
}

fn decide(policy: &Policy, credential: Option<(&str, &str)>) {
    let mut headers = vec![
        Header { name: b":method", value: b"POST" },
        Header { name: b":path", value: b"/internal/run" },
        Header { name: b":authority", value: b"app.example" },
    ];
    if let Some((name, value)) = credential {
        headers.push(Header { name: name.as_bytes(), value: value.as_bytes() });
    }
    let request = Request { headers: &headers, peer: Peer::Address(b"127.0.0.1") };
    let _ = black_box(policy.decide(black_box(&request), Time::BUILD));
}

/// Every copy of a secret but the one at hand.
fn copies(secret: &[u8]) -> Vec<(*const u8, usize)> {
    let places = ARENA.find(secret).into_iter().filter(|place| *place != secret.as_ptr());
    places.map(|place| (place, secret.len())).collect()
}
