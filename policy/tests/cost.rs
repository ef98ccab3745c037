//! The cost of a decision, counted and not timed.

use wicketgate_policy::{
    Environment, Gate, Header, Host, MemoryCounts, Outcome, Peer, Policy, Request, Step, Time,
    Verdict,
};

const POLICY: &[u8] = br#"{
    "version": 1, "name": "cost", "environment": "production", "unmatched": "pass",
    "networks": { "here": ["127.0.0.0/24"] }, "audit": { "allowed": "none" },
    "callers": { "cron": { "token": { "header": "x-internal-token",
        "keys": [ { "id": "2026-q4", "env": "TOKEN" } ] } } },
    "rules": [
        { "id": "internal", "paths": ["/internal/*", "/balance/{id}"],
          "allow": [ { "caller": "cron", "methods": ["GET"], "network": "here" } ] },
        { "id": "named", "paths": ["/admin/*"], "hosts": ["app.example"], "allow": [] }
    ],
    "origin": { "stack": "express" },
    "identity_headers": ["x-user-id"],
    "forward": { "credential": "remove", "caller_header": "x-caller" }
}"#;

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";

fn request<'h>(target: &'h str, more: &[(&'h str, &'h str)]) -> Vec<Header<'h>> {
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
    usual
        .iter()
        .chain(more)
        .map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() })
        .collect()
}

/// The allocations of one decision, and whether it was to pass.
fn allocations(policy: &Policy, target: &str, more: &[(&str, &str)]) -> (u64, bool) {
    let headers = request(target, more);
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

/// The allocations from a request's headers to its verdict, what the host was asked for, and whether
/// the request was allowed.
fn guarded(policy: Policy, more: &[(&str, &str)]) -> (u64, Vec<&'static str>, bool) {
    let gate = Gate::new(policy, MemoryCounts::default());
    let headers = request("/internal/run", more);
    let (mut asked, mut allowed) = (Vec::with_capacity(10), false);
    let counted = allocation_counter::measure(|| {
        let mut session = gate.session(&headers);
        allowed = loop {
            match session.step() {
                Step::Peer => {
                    asked.push("peer");
                    session.peer(Peer::Address(b"127.0.0.1:40000"));
                }
                Step::Now => {
                    asked.push("now");
                    session.now(Time::BUILD);
                }
                Step::Verdict(decision) => {
                    let line = decision.audit.as_ref().map(|event| event.to_line());
                    assert!(line.is_none_or(|line| line.contains("2026-11-01T00:00:00.000Z")));
                    break matches!(decision.verdict, Verdict::Allow(_));
                }
                _ => unreachable!(),
            }
        };
    });
    (counted.count_total, asked, allowed)
}

fn policy() -> Policy {
    load(core::str::from_utf8(POLICY).unwrap())
}

fn load(json: &str) -> Policy {
    let environment = Environment::new(Host::Envoy).with("TOKEN", TOKEN);
    Policy::load(json.as_bytes(), &environment).unwrap()
}

#[test]
fn an_allowed_request_without_an_audit_line_allocates_nothing_and_needs_no_clock() {
    let more = [("x-internal-token", TOKEN), ("content-type", "text/plain"), ("referer", "/")];
    assert_eq!(guarded(policy(), &more), (0, vec!["peer"], true));
    // What is to be removed is remembered in place.
    let dirty = [more[0], ("x-user-id", "17"), ("x_original_url", "/internal/other")];
    assert_eq!(guarded(policy(), &dirty), (0, vec!["peer"], true));
}

#[test]
fn the_clock_is_asked_where_the_time_counts() {
    let json = core::str::from_utf8(POLICY).unwrap();
    let (with_token, without) = ([("x-internal-token", TOKEN)], []);
    // A denial has an audit event, which comes after the decision.
    let (_, asked, allowed) = guarded(policy(), &without);
    assert_eq!((asked, allowed), (vec!["peer", "now"], false));
    for (from, to) in [
        (r#""allowed": "none""#, r#""allowed": "guarded""#),
        (r#""env": "TOKEN""#, r#""env": "TOKEN", "not_after": "2027-01-31""#),
        (r#""env": "TOKEN""#, r#""env": "TOKEN", "created": "2026-10-31""#),
        (
            r#""unmatched""#,
            r#""abuse": { "failures": { "limit": 9, "window": "1m" } }, "unmatched""#,
        ),
        (
            r#""network": "here" } ]"#,
            r#""network": "here" } ], "rate_limit": { "calls": 9, "window": "1m" }"#,
        ),
    ] {
        let changed = json.replace(from, to);
        assert_ne!(changed, json);
        let (_, asked, allowed) = guarded(load(&changed), &with_token);
        assert_eq!((asked, allowed), (vec!["peer", "now"], true), "{to}");
    }
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
    let (denied, _, allowed) = guarded(self::policy(), &[]);
    assert!(denied > 0 && !allowed);
    let dirty = ["X_User_Id", "X.User.Id", "X+User+Id"].map(|name| (name, "1"));
    let (dirty, passes) = allocations(&policy, "/", &dirty);
    assert!(dirty > 0 && passes);
}
