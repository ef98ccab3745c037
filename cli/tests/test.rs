//! `wicketgate test`, as it is run.

mod common;

use common::{assert_snapshot, root, run};
use serde_json::Value;

const POLICY: &str = "cli/tests/test/jobs.yaml";

#[test]
fn cases_beside_the_policy_are_found_and_their_coverage_is_told() {
    let ran = run(&["test", POLICY], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let wrong = run(&["test", POLICY, "--cases", "cli/tests/test/wrong.yaml"], &[], b"");
    assert_eq!((wrong.code, wrong.err.as_str()), (2, ""));
    let junit = ["test", POLICY, "--cases", "cli/tests/test/wrong.yaml", "--format", "junit"];
    let junit = run(&junit, &[], b"");
    assert_eq!((junit.code, junit.err.as_str()), (2, ""));
    assert_snapshot("test.txt", &(ran.out + "\n" + &wrong.out + "\n" + &junit.out));
}

#[test]
fn too_little_covered_is_a_failure() {
    let ran = run(&["test", POLICY, "--json"], &[], b"");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report["passed"], &report["failed"]), (&7.into(), &0.into()));
    assert_eq!(
        (&report["cases"][1]["line"], &report["cases"][1]["passed"]),
        (&10.into(), &true.into())
    );
    let percent = report["coverage"]["percent"].as_u64().unwrap();
    assert!((50..=80).contains(&percent), "{percent}");
    for (least, code) in [(percent, 0), (percent + 1, 2), (100, 2)] {
        let ran = run(&["test", POLICY, "--min-coverage", &least.to_string()], &[], b"");
        assert_eq!(ran.code, code, "{least}");
        assert_eq!(ran.err.contains(" % is covered, and at least "), code == 2, "{}", ran.err);
    }
    assert_eq!(run(&["test", POLICY, "--min-coverage", "101"], &[], b"").code, 1);
}

#[test]
fn some_of_the_cases() {
    let ran = run(&["test", POLICY, "--run", "not with", "--format", "json"], &[], b"");
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["passed"]), (0, &3.into()));
    let none = run(&["test", POLICY, "--run", "nothing like it"], &[], b"");
    assert_eq!(
        (none.code, none.err.as_str()),
        (1, "error: no case has `nothing like it` in its name\n")
    );
}

/// The corpus' own files are files of cases.
#[test]
fn vectors_are_cases() {
    for file in
        ["credentials", "audit", "rotation", "shadow", "addresses_cloudflare", "environments"]
    {
        let file = format!("vectors/{file}.json");
        let ran = run(&["test", "vectors/policies/jobs.json", "--cases", &file], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{file}\n{}", ran.out);
    }
}

#[test]
fn what_are_no_cases_is_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    for (text, message) in [
        ("", "nothing"),
        ("[", "text that is not yaml"),
        ("[]", "is no object with `cases`"),
        ("cases: 7", "invalid type"),
        ("cases: []\nnow: 7", "invalid type"),
        ("cases: []\nenv: 7", "invalid type"),
        (
            "cases:\n- {name: a, request: {method: GET, target: /}, expect: {decision: pass}}\njwks: {cron: {keys: []}}",
            "`jwks` names `cron`, and no caller of this name has a `jwt`",
        ),
        (
            "cases:\n- {name: a, request: {method: GET, target: /}, expect: {decision: pass}}\njwks: 7",
            "`jwks` is no object with a key set for each caller",
        ),
        (
            "cases:\n- {name: a, request: {method: GET, target: /}, expect: {decison: pass}}",
            "unknown field `decison`",
        ),
        (
            "cases:\n- {name: a, request: {method: GET, target: \"{{X}}\"}, expect: {decision: pass}}",
            "is neither in `env` nor in `tokens`",
        ),
        (
            "cases:\n- {name: a, policy: /no/such, request: {method: GET, target: /}, expect: {decision: pass}}",
            "cannot read the policy",
        ),
    ] {
        let path = directory.path().join("x.yaml");
        std::fs::write(&path, text).unwrap();
        let ran = run(&["test", POLICY, "--cases", path.to_str().unwrap()], &[], b"");
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{text}");
        assert!(ran.err.starts_with("error: ") && ran.err.contains(message), "{text}: {}", ran.err);
    }
    let ran = run(&["test", "examples/signal-jobs/policy.json"], &[], b"");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("policy.test.yaml` is not there"), "{}", ran.err);
    assert_eq!(run(&["test", "policy/tests/bad/52-patterns.json"], &[], b"").code, 3);
    assert!(root().join(POLICY).exists());
}

const SIGNED: &str = r#"
version: 1
name: deploys
environment: production
callers:
  deploy:
    jwt:
      issuer: https://token.actions.githubusercontent.com
      audience: [https://app.example/deploy, other]
      subjects: [{ starts_with: "repo:acme/app:" }]
      scopes: [a, b]
      scope_claim: scp
      lifetime: { min: 10m, max: 1h }
      claims:
        - { claim: [job, roles], contains: deploy }
        - { claim: [job, roles], contains_all: [x, y] }
        - { claim: repository, value: [acme/app, acme/lib] }
      keys: { jwks_uri: https://token.actions.githubusercontent.com/.well-known/jwks }
  google:
    jwt: { preset: google, audience: a, claims: { email: a@b.example } }
  spire:
    jwt: { spiffe_trust_domain: prod.example, audience: s, keys: { jwks_uri: https://spire.example/b } }
  hook:
    token: { header: authorization, scheme: basic, user: jane, keys: [{ id: a, env: HOOK }] }
rules:
  - { id: all, paths: [/all], allow: [{ caller: deploy }, { caller: google }, { caller: spire }, { caller: hook }] }
unmatched: deny
forward: { credential: remove }
"#;

/// Tokens that the command signs, and Basic.
#[test]
fn credentials_are_written_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.yaml");
    std::fs::write(&policy, SIGNED).unwrap();
    let test = |tokens: &str, value: &str, expect: &str| {
        let cases = format!(
            "now: 2026-11-30T12:00:00Z\ntokens: {{ {tokens} }}\ncases:\n  - name: a\n    \
             request: {{ method: GET, target: /all, headers: [[authorization, \"{value}\"]] }}\n    \
             expect: {{ {expect} }}\n"
        );
        std::fs::write(folder.path().join("policy.test.yaml"), cases).unwrap();
        run(&["test", policy.to_str().unwrap()], &[], b"")
    };
    for (tokens, value, expect) in [
        ("", "Bearer {{jwt:deploy}}", "decision: allow, caller: deploy"),
        ("", "Bearer {{jwt:google}}", "decision: allow, caller: google"),
        ("", "Bearer {{jwt:spire}}", "decision: allow, caller: spire"),
        ("", "Basic {{basic:jane:HOOK}}", "decision: allow, caller: hook"),
        ("", "Basic {{basic:joe:HOOK}}", "decision: deny, reason: credential_unknown"),
        (
            "FORK: { jwt: deploy, claims: { repository: evil/app } }",
            "Bearer {{FORK}}",
            "decision: deny, reason: jwt_claim_wrong",
        ),
        (
            "OLD: { jwt: deploy, claims: { iat: 1764500000, exp: 1764503600 } }",
            "Bearer {{OLD}}",
            "decision: deny, reason: jwt_expired",
        ),
        ("ENDLESS: { jwt: spire, claims: { exp: null } }", "Bearer {{ENDLESS}}", "decision: deny"),
    ] {
        let ran = test(tokens, value, expect);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{tokens} {value}: {}", ran.out);
    }
    for (tokens, value, said) in [
        ("", "Bearer {{jwt:nobody}}", "`nobody`: no caller of this name has a `jwt`"),
        ("", "Bearer {{jwt:hook}}", "`hook`: no caller of this name has a `jwt`"),
        ("A: { caller: deploy }", "Bearer {{A}}", "the token `A` is neither a text nor"),
        ("", "Basic {{basic:HOOK}}", "names no user, or no secret"),
        ("", "Basic {{basic:jane:NONE}}", "`{{NONE}}` is neither in `env` nor in `tokens`"),
    ] {
        let ran = test(tokens, value, "decision: deny");
        assert_eq!(ran.code, 1, "{value}: {}", ran.out);
        assert!(ran.err.contains(said), "{value}: {}", ran.err);
    }
}
