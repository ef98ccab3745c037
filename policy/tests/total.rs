//! Whatever a client sends, there is a decision; whatever is printed, no secret is in it.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use wicketgate_policy::{
    Environment, Header, Host, MAX_LINE, Outcome, Peer, Policy, Request, Response,
    ResponseDecision, Time, Verdict,
};

const TOKEN: &str = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
const PROOF: &str = "c3d9a6f1804b5e72dd17a0b9f2c86e35";

const POLICY: &[u8] = br#"{
    "version": 1, "name": "total", "environment": "production", "unmatched": "pass",
    "client_address": { "envoy": { "from": "x-forwarded-for", "trusted_proxies": ["127.0.0.1"] } },
    "networks": { "jobs": ["10.0.0.0/8", "fd00::/8"] },
    "callers": {
        "cron": { "token": { "header": "authorization", "scheme": "bearer",
            "keys": [ { "id": "a", "env": "TOKEN", "not_after": "2027-01-31" } ] } } },
    "rules": [
        { "id": "internal", "paths": ["/internal/*", "/Mixed/{id}/x/"], "hosts": ["app.example"],
          "allow": [ { "methods": ["GET"], "caller": "cron", "network": "jobs", "pass_identity": ["x-user-id"] },
                     { "methods": ["POST"], "caller": "cron" } ],
          "deny": { "status": 401, "missing": { "status": 422 } }, "response": { "server_errors": "replace" } },
        { "id": "crossing", "paths": ["/{any}/x"], "ambiguous": "check", "allow": [ { "caller": "cron" } ] },
        { "id": "shadow", "mode": "shadow", "paths": ["/*"], "allow": [] }
    ],
    "identity_headers": ["x-user-id"],
    "origin": { "stack": "nextjs", "mounts": ["/api"], "locales": ["en"] },
    "forward": { "credential": "remove", "caller_header": "x-caller", "proof": { "header": "x-proof", "env": "PROOF" } },
    "audit": { "user_agent": true }
}"#;

fn policy() -> &'static Policy {
    static LOADED: OnceLock<Policy> = OnceLock::new();
    LOADED.get_or_init(|| {
        let environment = Environment::new(Host::Envoy).with("TOKEN", TOKEN).with("PROOF", PROOF);
        Policy::load(POLICY, &environment).unwrap()
    })
}

/// Mostly what means something to the gate, in any order and any number, and any bytes at all.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let parts: [&[u8]; 32] = [
        b"/",
        b"\\",
        b"internal",
        b"INTERNAL",
        b"Mixed",
        b"x",
        b"..",
        b".",
        b"%2e",
        b"%2f",
        b"%25",
        b"%",
        b";",
        b"?",
        b"#",
        b"//",
        b"http:",
        b"*",
        b"_next/data/b/",
        b".json",
        b"_next/image?url=",
        b"en",
        b"api",
        b",",
        b" ",
        b"Bearer ",
        b"127.0.0.1",
        b"10.1.2.3",
        b"[::1]",
        b"websocket",
        b"\xff",
        b"\0",
    ];
    let part = prop_oneof![
        8 => proptest::sample::select(parts.to_vec()).prop_map(<[u8]>::to_vec),
        1 => Just(TOKEN.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..9),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    let names: [&[u8]; 20] = [
        b":method",
        b":path",
        b":path",
        b":authority",
        b":scheme",
        b"host",
        b"authorization",
        b"Authorization",
        b"x-user-id",
        b"X_User_Id",
        b"x-caller",
        b"x.proof",
        b"upgrade",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"forwarded",
        b"x-request-id",
        b"traceparent",
        b"user-agent",
        b"script_name",
    ];
    prop_oneof![
        8 => proptest::sample::select(names.to_vec()).prop_map(<[u8]>::to_vec),
        1 => bytes(),
    ]
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 2_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(20_261_123),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_request_is_decided(
        map in proptest::collection::vec((name(), bytes()), 0..12),
        path in bytes(),
        peer in bytes(),
        status in bytes(),
        now in any::<i64>(),
    ) {
        let policy = policy();
        let mut headers: Vec<Header<'_>> = vec![
            Header { name: b":method", value: b"GET" },
            Header { name: b":path", value: &path },
            Header { name: b":authority", value: b"app.example" },
        ];
        headers.extend(map.iter().map(|(name, value)| Header { name, value }));
        let now = Time::from_unix_millis(now % 253_402_300_800_000);
        let request = Request { headers: &headers, peer: Peer::Address(&peer) };
        let Outcome::Decided(decision) = policy.decide(&request, now) else {
            panic!("the peer was handed over, and nothing else can be needed");
        };
        for event in decision.audit.iter().chain(&decision.shadow) {
            let line = event.to_line();
            prop_assert!(line.len() <= MAX_LINE && line.is_ascii() && !line.contains('\n'));
            prop_assert!(!line.contains(PROOF));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
        }
        if let Verdict::Deny(deny) = &decision.verdict {
            prop_assert!((400..600).contains(&deny.answer.status));
        }
        if let Verdict::Allow(allow) = decision.verdict {
            let shown = [Header { name: b":status", value: &status }, Header { name: b"etag", value: &path }];
            match policy.decide_response(&allow.admission, &Response { headers: &shown }, || now) {
                ResponseDecision::Replace { answer, audit } => {
                    prop_assert!(answer.status >= 500);
                    prop_assert!(audit.to_line().len() <= MAX_LINE);
                }
                ResponseDecision::Forward { edits } => prop_assert!(!edits.is_empty()),
            }
        }
        let _ = policy.trailers(&headers);
    }

    #[test]
    fn every_document_is_judged(document in bytes(), more in bytes(), cut in 0..POLICY.len()) {
        let environment = Environment::new(Host::Envoy).with("TOKEN", TOKEN).with("PROOF", PROOF);
        let spliced = [&POLICY[..cut], &document, &POLICY[cut..]].concat();
        for text in [document, spliced, [&POLICY[..cut], &more].concat()] {
            if let Err(faults) = Policy::load(&text, &environment) {
                prop_assert!(!faults.is_empty());
                let text = faults.to_string();
                prop_assert!(!text.contains(PROOF), "{text}");
            }
        }
    }
}

#[test]
fn nothing_prints_a_secret() {
    let policy = policy();
    let printed = format!("{policy:#?}");
    assert!(printed.contains("x-proof"), "the print shows something");
    for secret in [TOKEN, PROOF] {
        assert!(!printed.contains(secret));
        let numbers = format!("{:?}", secret.as_bytes());
        assert!(!printed.replace([' ', '\n'], "").contains(&numbers.replace(' ', "")));
    }
    // The digest of the token neither: it would tell two policies with one secret.
    assert!(!printed.contains("Digest(["));
}
