//! `wicketgate explain` with what hosts bring: keys at an address, a client's certificate.

mod common;

use std::fs;

use common::{Ran, assert_snapshot, root, run};
use serde_json::{Value, json};
use wicketgate_runtime::vectors::{self, Vector};

const URI: &str = "https://issuer.example/keys?v=3&a=b";

/// A policy whose keys are at an address, with the keys, and a request that they allow.
struct Bench {
    folder: tempfile::TempDir,
    vector: Vector,
}

impl Bench {
    fn new() -> Self {
        let vectors = vectors::load_file(&root().join("vectors/jwt.json")).unwrap();
        let vector = vectors.into_iter().find(|v| v.name == "signed by the key that it names");
        let vector = vector.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut policy: Value = serde_json::from_str(&vector.policy).unwrap();
        let keys = &mut policy["callers"]["scheduler"]["jwt"]["keys"];
        let set = std::mem::replace(keys, json!({ "jwks_uri": URI }));
        policy["callers"]["workload"] = json!({ "mtls": { "uri_sans": ["spiffe://a/ns/jobs/sa/cron"], "dns_sans": ["cron.example"] } });
        let allow = policy["rules"][0]["allow"].as_array_mut().unwrap();
        allow.push(json!({ "caller": "workload" }));
        let bench = Self { folder, vector };
        bench.write("policy.json", &policy.to_string());
        bench.write("keys.json", &set["jwks"].to_string());
        bench
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn explain(&self, token: bool, more: &[&str]) -> Ran {
        let request = &self.vector.request;
        let policy = self.path("policy.json");
        let target = request.target.as_deref().unwrap();
        let mut arguments = vec!["explain", &policy, "--now", &self.vector.now];
        arguments.extend(["--method", &request.method, "--target", target]);
        let headers: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        if token {
            arguments.extend(headers.iter().flat_map(|header| ["-H", header]));
        }
        arguments.extend(more);
        run(&arguments, &[], b"")
    }

    fn reason(&self, token: bool, more: &[&str]) -> Value {
        let ran = self.explain(token, &[more, &["--json"]].concat());
        assert_eq!(ran.err, "", "{more:?}");
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        told["reason"].clone()
    }
}

#[test]
fn keys_and_certificates_as_text() {
    let bench = Bench::new();
    let keys = format!("scheduler={}", bench.path("keys.json"));
    let mut all = String::new();
    for (name, code, token, more) in [
        ("keys that nobody fetched", 2, true, &[][..]),
        ("keys that were handed in", 0, true, &["--jwks", &keys]),
        ("a certificate", 0, false, &["--certificate-uri", "spiffe://a/ns/jobs/sa/cron"]),
        ("another certificate", 2, false, &["--certificate-dns", "other.example"]),
    ] {
        let ran = bench.explain(token, more);
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{name}\n{}", ran.out);
        all += &format!("{name}\n\n{}\n", ran.out);
    }
    assert_snapshot("explain-handed.txt", &all);
}

#[test]
fn a_file_is_told_by_caller_by_address_or_by_being_the_only_one() {
    let bench = Bench::new();
    let file = bench.path("keys.json");
    for given in [file.clone(), format!("scheduler={file}"), format!("{URI}={file}")] {
        assert_eq!(bench.reason(true, &["--jwks", &given]), Value::Null, "{given}");
    }
    for (given, why) in [
        (format!("worker={file}"), "names no caller"),
        (format!("https://issuer.example/keys={file}"), "names no caller"),
        (bench.path("nowhere"), "cannot read"),
    ] {
        let ran = bench.explain(true, &["--jwks", &given]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{given}");
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let twice = bench.explain(true, &["--jwks", &file, "--jwks", &file]);
    assert!(twice.code == 1 && twice.err.contains("twice"), "{}", twice.err);
    // A policy without an address has none to hand keys to.
    let policy = "examples/signal-jobs/policy.json";
    let ran = run(&["explain", policy, "--target", "/", "--jwks", &file], &[], b"");
    assert!(ran.code == 1 && ran.err.contains("no caller"), "{}", ran.err);
}

/// A key set that a host would refuse is refused here, for the same reason.
#[test]
fn what_is_no_key_set_is_told_as_hosts_tell_it() {
    let bench = Bench::new();
    for (body, reason) in [
        ("<!doctype html>", "jwks_malformed"),
        (r#"{"keys":[]}"#, "jwks_no_key"),
        (
            r#"{"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T"}]}"#,
            "jwks_private_key",
        ),
    ] {
        bench.write("bad.json", body);
        let ran = bench.explain(true, &["--jwks", &bench.path("bad.json")]);
        assert_eq!(ran.code, 2);
        assert!(ran.out.contains(reason) && !ran.out.contains("AyM1Sy"), "{}", ran.out);
    }
    // And a set without the key that signed.
    bench.write("bad.json", r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"x","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#);
    let reason = bench.reason(true, &["--jwks", &bench.path("bad.json")]);
    assert_eq!(reason, "jwt_key_unknown");
}

#[test]
fn names_of_a_certificate_are_compared_as_hosts_have_them() {
    let bench = Bench::new();
    for (flag, name, allowed) in [
        ("--certificate-uri", "spiffe://a/ns/jobs/sa/cron", true),
        ("--certificate-uri", "cron.example", false),
        ("--certificate-dns", "CRON.example", true),
        ("--certificate-subject", "CN=cron.example", false),
    ] {
        let reason = bench.reason(false, &[flag, name]);
        let expected = if allowed { Value::Null } else { json!("certificate_unknown") };
        assert_eq!(reason, expected, "{flag} {name}");
    }
}

/// An audit line about a certificate is replayed with one that shows the same.
#[test]
fn audit_lines_of_certificates_are_replayed() {
    let bench = Bench::new();
    let policy = bench.path("policy.json");
    for (code, more) in [
        (0, &["--certificate-uri", "spiffe://a/ns/jobs/sa/cron"][..]),
        (0, &["--certificate-dns", "cron.example"]),
        (2, &["--certificate-dns", "other.example"]),
    ] {
        let ran = bench.explain(false, &[more, &["--json"]].concat());
        assert_eq!(ran.code, code);
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        let line = told["audit"][0].to_string();
        let again = run(&["explain", &policy, "--json", "--audit", &line], &[], b"");
        let again: Value = serde_json::from_str(&again.out).unwrap();
        assert_eq!(again[0]["agrees"], true, "{again}");
    }
}

/// Whatever claim a token is refused for is named, with what was found and what was expected.
#[test]
fn the_claim_that_is_wrong_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    let mut seen = std::collections::BTreeSet::new();
    for vector in vectors::load_file(&root().join("vectors/jwt.json")).unwrap() {
        let Some(target) = vector.request.target.as_deref() else { continue };
        fs::write(&policy, &vector.policy).unwrap();
        let lines = vector.request.headers.iter().map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<String> = lines.collect();
        let mut arguments =
            vec!["explain", policy.to_str().unwrap(), "--json", "--now", &vector.now];
        arguments.extend(["--method", &vector.request.method, "--target", target]);
        arguments.extend(lines.iter().flat_map(|line| ["-H", line]));
        let variables: Vec<(&str, &str)> =
            vector.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ran = run(&arguments, &variables, b"");
        let Ok(told) = serde_json::from_str::<Value>(&ran.out) else { continue };
        let credentials = told["rules"].as_array().into_iter().flatten();
        let credentials = credentials.flat_map(|rule| rule["alternatives"].as_array().unwrap());
        let credentials = credentials.flat_map(|one| one["credentials"].as_array().unwrap());
        for credential in credentials {
            let result = credential["result"].as_str().unwrap();
            let is_claim = matches!(
                credential["failed"].as_str(),
                Some(
                    "claims present"
                        | "issuer"
                        | "audience"
                        | "expiry"
                        | "start"
                        | "lifetime"
                        | "subject"
                        | "scopes"
                        | "claims"
                )
            );
            let claim = &credential["claim"];
            assert_eq!(is_claim, claim.is_object(), "{}: {credential}", vector.name);
            if is_claim {
                assert!(!claim["found"].as_str().unwrap().is_empty(), "{credential}");
                assert!(!claim["expected"].as_str().unwrap().is_empty(), "{credential}");
                seen.insert(format!("{result} {}", claim["name"].as_str().unwrap()));
            }
        }
    }
    for expected in [
        "jwt_claims_malformed exp",
        "jwt_claim_wrong ",
        "jwt_scope_missing scope",
        "jwt_audience_wrong aud",
        "jwt_expired exp",
        "jwt_issuer_wrong iss",
    ] {
        assert!(seen.iter().any(|one| one.starts_with(expected)), "{expected}: {seen:?}");
    }
}
