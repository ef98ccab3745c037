//! The gate as the tests meet it: one policy, one secret, one clock.

use std::sync::OnceLock;

use wicketgate_host_tests::built;
use wicketgate_host_tests::fake::{Exchange, Host, Request};
use wicketgate_host_tests::module::Module;

/// The filter, built and compiled once for all tests.
pub fn module() -> &'static Module {
    static MODULE: OnceLock<Module> = OnceLock::new();
    MODULE.get_or_init(|| Module::new(built::filter().unwrap()).unwrap())
}

/// The filter with the policy of most tests, configured.
pub fn gate() -> Host {
    let mut host = started(POLICY, &ENVIRONMENT);
    assert!(host.configure(), "{:?}", logged(&host));
    host
}

/// The filter with a policy and an environment, not configured yet.
pub fn started(policy: &str, environment: &[(&str, &str)]) -> Host {
    Host::new(module(), policy, environment, NOW).unwrap()
}

/// The filter with a policy and the usual environment, configured.
pub fn configured(policy: &str) -> Host {
    let mut host = started(policy, &ENVIRONMENT);
    assert!(host.configure(), "{:?}", logged(&host));
    host
}

/// A request that the policy allows.
pub fn job() -> Request {
    Request::new("POST", "/internal/run_scan").header("x-internal-token", TOKEN)
}

/// The same without credentials.
pub fn stranger() -> Request {
    Request::new("POST", "/internal/run_scan")
}

/// A request that no rule guards.
pub fn public() -> Request {
    Request::new("GET", "/about")
}

/// Asserts a denial, in every way in which there can be one.
#[track_caller]
pub fn assert_denied(exchange: &Exchange, reason: &str) {
    assert!(exchange.origin.is_none(), "reached the origin: {exchange:?}");
    let answer = exchange.answer.as_ref().expect("a denied request is answered");
    assert_eq!(answer.status, 403, "{exchange:?}");
    assert_eq!(answer.body, br#"{"error":"Forbidden"}"#, "{exchange:?}");
    assert_eq!(exchange.reason(), reason, "{exchange:?}");
    assert_eq!(exchange.audit("wicketgate.decision"), "deny");
    assert_eq!(exchange.audits().len(), 1);
}

/// The host's log, as text.
pub fn logged(host: &Host) -> Vec<String> {
    host.logs().iter().map(|line| line.text()).collect()
}

/// `/internal/*` by token, jobs in a network beside it; an error body is replaced.
pub const POLICY: &str = r#"{
    "version": 1,
    "name": "jobs",
    "environment": "production",
    "networks": { "office": ["127.0.7.0/24"] },
    "callers": {
        "cron": { "token": { "header": "x-internal-token", "keys": [{ "id": "2026-q4", "env": "INTERNAL_JOB_TOKEN" }] } }
    },
    "rules": [
        { "id": "jobs", "paths": ["/internal/*"],
          "allow": [{ "methods": ["POST"], "caller": "cron", "pass_identity": ["x-user-id"] }],
          "response": { "server_errors": "replace" } },
        { "id": "office", "paths": ["/office/*"],
          "allow": [{ "methods": ["GET"], "caller": "cron", "network": "office" }] }
    ],
    "unmatched": "pass",
    "identity_headers": ["x-user-id"],
    "forward": { "credential": "remove", "caller_header": "x-caller",
                 "proof": { "header": "x-gate-proof", "env": "GATE_PROOF" } }
}"#;

/// The secret of `cron`.
pub const TOKEN: &str = "tV3xq8Zr1LmNcB7yHs5dKfG2wPoJ9aEu4iRkXzQ6vM0";
/// The secret that proves to the origin where a request came from.
pub const PROOF: &str = "pQ9zL2mXv7KcR4nB8sW1yHdT6fJ3gAeU5oEiVbN0rZk";
/// The variables that the host hands over.
pub const ENVIRONMENT: [(&str, &str); 3] = [
    ("INTERNAL_JOB_TOKEN", TOKEN),
    ("GATE_PROOF", PROOF),
    ("WICKETGATE_ENVIRONMENT", "production"),
];
/// 2026-11-23T12:00:00Z
pub const NOW: u64 = 1_795_435_200;
