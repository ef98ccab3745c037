//! Good policies and bad ones, and what a change of policy does.

use wicketgate_host_tests::fake::Level;

use crate::gate::{
    ENVIRONMENT, POLICY, PROOF, TOKEN, assert_denied, configured, gate, job, logged, started,
    stranger,
};

/// Refused, and every expected text is in one line of the log, at error level.
#[track_caller]
fn assert_refused(policy: &str, environment: &[(&str, &str)], expected: &[&str]) {
    let mut host = started(policy, environment);
    assert!(!host.configure(), "accepted: {policy}");
    for text in expected {
        let found =
            host.logs().iter().any(|line| line.level == Level::Error && line.text().contains(text));
        assert!(found, "no `{text}` in {:?}", logged(&host));
    }
    let exchange = host.request(job());
    assert!(!exchange.forwarded(), "a gate without a policy lets no one in");
    assert!(!host.request(crate::gate::public()).forwarded());
}

#[test]
fn a_good_policy_is_accepted_without_a_complaint() {
    let host = gate();
    assert_eq!(logged(&host), [""; 0]);
}

#[test]
fn every_fault_is_told_with_its_place() {
    let policy = POLICY
        .replace("\"/internal/*\"", "\"internal/*\"")
        .replace("127.0.7.0/24", "127.0.7.0/33")
        .replace("\"unmatched\": \"pass\"", "\"unmatched\": \"maybe\"");
    assert_refused(
        &policy,
        &ENVIRONMENT,
        &["rules[0].paths[0]", "networks.office[0]", "unmatched"],
    );
}

/// Envoy has had `verify_signature` for years. A host that is built on another proxy may not.
#[test]
fn keys_whose_signatures_nobody_would_check_are_refused() {
    for (algorithm, key) in [
        ("ES256", ES256),
        ("RS256", &format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, "3".repeat(341) + "w")),
    ] {
        let policy = POLICY.replace(
            r#""token": { "header": "x-internal-token", "keys": [{ "id": "2026-q4", "env": "INTERNAL_JOB_TOKEN" }] }"#,
            r#""jwt": { "issuer": "x", "audience": "x", "keys": { "jwks_env": "KEYS" } }"#,
        );
        let environment = [("KEYS", key), ENVIRONMENT[1]];
        let expected = format!(
            "callers.cron.jwt.keys.jwks_env: found a key for {algorithm} in `KEYS`, expected a key for EdDSA, HS256 or PS256: this host does not check signatures of {algorithm}, and this build of the gate leaves them to the host"
        );
        assert_refused(&policy, &environment, &[&expected]);
        let mut host = started(&policy, &environment);
        host.check_signatures();
        assert!(host.configure(), "{:?}", logged(&host));
        assert_eq!(logged(&host), [""; 0]);
    }
}

#[test]
fn keys_at_an_address_may_be_such_keys() {
    let policy = POLICY.replace(
        r#""token": { "header": "x-internal-token", "keys": [{ "id": "2026-q4", "env": "INTERNAL_JOB_TOKEN" }] }"#,
        r#""jwt": { "issuer": "x", "audience": "x", "keys": { "jwks_uri": "https://x.example/keys" } }"#,
    );
    let mut host = started(&policy, &ENVIRONMENT);
    assert!(host.configure(), "{:?}", logged(&host));
    let expected = "wicketgate: this host does not check signatures of ES256, ES384 or RS256, and this build of the gate leaves them to the host: tokens by such keys at `https://x.example/keys` are refused";
    assert_eq!(logged(&host), [expected]);
    let mut host = started(&policy, &ENVIRONMENT);
    host.check_signatures();
    assert!(host.configure(), "{:?}", logged(&host));
    assert_eq!(logged(&host), [""; 0]);
}

#[test]
fn what_is_not_a_policy_is_refused() {
    for document in ["", "null", "[]", "{", "{}", "\u{0}", "\"jobs\"", "{\"version\": 2}"] {
        assert_refused(document, &ENVIRONMENT, &["wicketgate"]);
    }
    let mut host = wicketgate_host_tests::fake::Host::new(
        crate::gate::module(),
        b"\xff\xfe{".to_vec(),
        &ENVIRONMENT,
        crate::gate::NOW,
    )
    .unwrap();
    assert!(!host.configure());
}

#[test]
fn deep_nesting_is_refused_and_does_not_trap() {
    let policy = "[".repeat(100_000);
    assert_refused(&policy, &ENVIRONMENT, &["wicketgate"]);
    let mut host = started(&policy, &ENVIRONMENT);
    host.configure();
    assert_eq!(host.reloads(), 0);
}

#[test]
fn an_unknown_field_is_refused() {
    let policy = POLICY.replace("\"unmatched\"", "\"unmached\": \"deny\", \"unmatched\"");
    assert_refused(&policy, &ENVIRONMENT, &["unmached"]);
}

#[test]
fn an_absent_secret_is_refused_by_its_name() {
    let environment = [("GATE_PROOF", PROOF), ("WICKETGATE_ENVIRONMENT", "production")];
    assert_refused(POLICY, &environment, &["INTERNAL_JOB_TOKEN"]);
}

#[test]
fn a_weak_secret_is_refused() {
    for weak in
        ["", "short", "changeme", &"a".repeat(43), &format!(" {TOKEN}"), &format!("{TOKEN}\n")]
    {
        let environment = [("GATE_PROOF", PROOF), ("INTERNAL_JOB_TOKEN", weak)];
        assert_refused(POLICY, &environment, &["INTERNAL_JOB_TOKEN"]);
    }
}

#[test]
fn a_development_policy_needs_the_hosts_word() {
    let policy = POLICY.replace("\"production\"", "\"development\"");
    assert_refused(&policy, &ENVIRONMENT, &["environment"]);
    let mut host = started(
        &policy,
        &[
            ("INTERNAL_JOB_TOKEN", TOKEN),
            ("GATE_PROOF", PROOF),
            ("WICKETGATE_ENVIRONMENT", "development"),
        ],
    );
    assert!(host.configure());
    let warned = |line: &wicketgate_host_tests::fake::LogLine| {
        line.level == Level::Warn && line.text().contains("development")
    };
    assert!(host.logs().iter().any(warned), "{:?}", logged(&host));
}

#[test]
fn absent_secrets_may_deny_instead_of_refusing() {
    let policy = POLICY.replace("\"networks\"", "\"absent_secrets\": \"deny\", \"networks\"");
    let mut host = started(&policy, &[("GATE_PROOF", PROOF)]);
    assert!(host.configure());
    assert!(logged(&host).iter().any(|line| line.contains("INTERNAL_JOB_TOKEN")));
    assert_denied(&host.request(job()), "caller_not_configured");
    assert_denied(&host.request(stranger()), "credential_missing");
}

#[test]
fn a_bad_update_leaves_the_policy_that_is_in_force() {
    let mut host = gate();
    assert!(!host.reconfigure("{}").unwrap());
    assert!(!logged(&host).is_empty());
    assert!(host.request(job()).forwarded());
    assert_denied(&host.request(stranger()), "credential_missing");
}

#[test]
fn a_good_update_counts_from_the_next_request_on() {
    let mut host = gate();
    let under_way = host.open(job().body("a").trailer("x-caller", "forged"));
    host.request_headers(under_way);
    assert!(host.reconfigure(closed()).unwrap());
    // The one that is under way ends by the policy that it began with.
    host.request_body(under_way, b"a", false);
    host.request_trailers(under_way);
    host.respond(under_way);
    let exchange = host.close(under_way);
    assert_eq!(exchange.status(), 200);
    let trailers = exchange.origin.unwrap().trailers.unwrap();
    assert!(trailers.is_empty());
    assert_denied(&host.request(job()), "nobody_allowed");
}

#[test]
fn updates_do_not_pile_up() {
    let mut host = configured(POLICY);
    for round in 0..200 {
        let policy = if round % 2 == 0 { closed() } else { POLICY.to_owned() };
        assert!(host.reconfigure(policy).unwrap());
        host.request(job());
        if round == 20 {
            host.clear_logs();
        }
    }
    let size = host.memory_size();
    for round in 0..200 {
        let policy = if round % 2 == 0 { closed() } else { POLICY.to_owned() };
        assert!(host.reconfigure(policy).unwrap());
    }
    assert_eq!(host.memory_size(), size);
}

/// A key that is on its curve.
const ES256: &str = r#"{"kty":"EC","crv":"P-256","alg":"ES256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// The policy with nobody allowed to run jobs.
fn closed() -> String {
    POLICY.replace(
        r#"[{ "methods": ["POST"], "caller": "cron", "pass_identity": ["x-user-id"] }]"#,
        "[]",
    )
}
