//! The cost of a decision, counted and not timed.

use wicketgate_policy::{Environment, Header, Host, Outcome, Peer, Policy, Request, Time, Verdict};

const POLICY: &[u8] = br#"{
    "version": 1, "name": "cost", "environment": "production", "unmatched": "pass",
    "callers": { "cron": { "token": { "header": "x-internal-token",
        "keys": [ { "id": "2026-q4", "env": "TOKEN" } ] } } },
    "rules": [
        { "id": "internal", "paths": ["/internal/*", "/balance/{id}"], "allow": [ { "caller": "cron" } ] },
        { "id": "named", "paths": ["/admin/*"], "hosts": ["app.example"], "allow": [] }
    ],
    "origin": { "stack": "express" },
    "identity_headers": ["x-user-id"],
    "forward": { "credential": "remove", "caller_header": "x-caller" }
}"#;

/// The allocations of one decision, and whether it was to pass.
fn allocations(policy: &Policy, target: &str, more: &[(&str, &str)]) -> (u64, bool) {
    let usual = [
        (":method", "GET"),
        (":path", target),
        (":authority", "app.example"),
        (":scheme", "https"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64)"),
        ("accept", "*/*"),
        ("accept-encoding", "gzip, br"),
        ("x-request-id", "66c0182b-c799-410b-b034-2626116a8b08"),
        ("x-forwarded-proto", "https"),
        ("cookie", "session=1"),
    ];
    let headers: Vec<_> = usual
        .iter()
        .chain(more)
        .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() })
        .collect();
    let request = Request { headers: &headers, peer: Peer::NotAsked };
    let mut passes = false;
    let counted = allocation_counter::measure(|| {
        passes = match policy.decide(&request, Time::BUILD) {
            Outcome::Decided(decision) => matches!(decision.verdict, Verdict::Pass { .. }),
            Outcome::Need(_) => false,
        };
    });
    (counted.count_total, passes)
}

fn policy() -> Policy {
    let token = *b"4f8a1c0d9e2b7365af01d2c4b6e8f790";
    Policy::load(POLICY, &Environment::new(Host::Envoy).with("TOKEN", token)).unwrap()
}

#[test]
fn a_plain_path_that_no_rule_guards_allocates_nothing_and_asks_for_nothing() {
    let policy = policy();
    for target in [
        "/",
        "/index.html",
        "/Blog/2026/Post.html",
        "/assets/",
        "/search?q=%2e%2e/internal",
        "/balance",
        "/internalx",
        "/a/b/c/d/e/f/g/h",
    ] {
        assert_eq!(allocations(&policy, target, &[]), (0, true), "{target}");
    }
}

/// The check above can fail: what is not plain, guarded or to be cleaned does allocate.
#[test]
fn the_count_counts() {
    let policy = policy();
    let (riddle, passes) = allocations(&policy, "/a%20b", &[]);
    assert!(riddle > 0 && passes);
    let (guarded, passes) = allocations(&policy, "/internal/x", &[]);
    assert!(guarded > 0 && !passes);
    let (dirty, passes) = allocations(&policy, "/", &[("X_User_Id", "1")]);
    assert!(dirty > 0 && passes);
}
