//! `wicketgate explain`, as it is run.

mod common;

use std::collections::BTreeMap;
use std::fs;

use common::{assert_snapshot, root, run};
use serde_json::Value;
use wicketgate_runtime::vectors::{self, Native, Subject, Vector};

const POLICY: &str = "examples/signal-jobs/policy.json";
const NOW: [&str; 2] = ["--now", "2026-11-23T12:00:00Z"];
const SECRET: &str = "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd-right";

fn explain(arguments: &[&str], environment: &[(&str, &str)]) -> common::Ran {
    let all: Vec<&str> =
        ["explain", POLICY].into_iter().chain(NOW).chain(arguments.iter().copied()).collect();
    run(&all, environment, b"")
}

#[test]
fn requests_as_text() {
    let token = "X-Internal-Token: $INTERNAL_JOB_TOKEN";
    let mut all = String::new();
    for (code, arguments) in [
        (2, &["--method", "POST", "--target", "/internal/run_scan"][..]),
        (
            0,
            &[
                "--method",
                "POST",
                "--target",
                "/internal/run_scan?a=b",
                "-H",
                token,
                "-H",
                "X-Caller: me",
            ],
        ),
        (2, &["--method", "POST", "--target", "/x/%2e%2e/internal/run_scan", "-H", token]),
        (2, &["--target", "/internal/run_scan", "-H", token]),
        (0, &["--target", "/"]),
        (2, &["--method", "CONNECT", "--target", "/"]),
        (
            2,
            &[
                "--curl",
                "curl -X POST -H 'x-internal-token: abc' https://app.example/internal/run_backfill",
            ],
        ),
    ] {
        let ran = explain(arguments, &[]);
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{arguments:?}");
        all += &format!("$ wicketgate explain {}\n{}\n", arguments.join(" "), ran.out);
    }
    assert_snapshot("explain.txt", &all);
}

#[test]
fn the_shells_own_secrets_are_used_and_never_shown() {
    let environment = [("INTERNAL_JOB_TOKEN", SECRET)];
    for header in [
        format!("x-internal-token: {SECRET}"),
        "x-internal-token: ${INTERNAL_JOB_TOKEN}".to_owned(),
    ] {
        for extra in [&[][..], &["--json"]] {
            let base = ["--method", "POST", "--target", "/internal/run_scan", "-H", &header];
            let copy = format!("x-copy: {SECRET}");
            let all: Vec<&str> =
                base.into_iter().chain(["-H", &copy]).chain(extra.iter().copied()).collect();
            let ran = explain(&all, &environment);
            assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
            assert!(!ran.out.contains(SECRET) && ran.out.contains("cron"), "{}", ran.out);
        }
    }
    // The same token is no key where the shell has another one.
    let header = format!("x-internal-token: {SECRET}");
    let all = ["--method", "POST", "--target", "/internal/run_scan", "-H", &header, "--json"];
    let ran = explain(&all, &[]);
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &told["reason"]), (2, &"credential_unknown".into()));
}

/// Every audit line that the corpus and the examples' tables leave is explained by the rule and
/// the reason that it names itself.
#[test]
fn every_audit_line_is_explained_by_its_own_rule_and_reason() {
    let folder = root().join("vectors");
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut core = Native::default();
    let mut examples = Vec::new();
    for name in ["billing-services", "job-callbacks", "latest-runs", "signal-jobs", "task-worker"] {
        examples.extend(example(name));
    }
    let vectors = vectors::load(&folder).unwrap();
    for vector in vectors.iter().chain(&examples) {
        let seen = core.run(vector);
        assert_eq!(seen.failure, None, "{}: {}", vector.file, vector.name);
        lines.entry(vector.policy.clone()).or_default().extend(seen.lines);
    }
    let count: usize = lines.values().map(Vec::len).sum();
    assert!(count > 1_000, "only {count} lines");
    let (mut wrong, mut unseen, mut signed) = (Vec::new(), 0, 0);
    let directory = tempfile::tempdir().unwrap();
    for (number, (policy, lines)) in
        lines.iter().enumerate().filter(|(_, (_, lines))| !lines.is_empty())
    {
        let path = directory.path().join(format!("{number}.json"));
        fs::write(&path, policy).unwrap();
        let log = lines.iter().map(|line| format!("[wasm log] {line}\n")).collect::<String>();
        let arguments = ["explain", path.to_str().unwrap(), "--json", "--audit", "-"];
        let ran = run(&arguments, &[], log.as_bytes());
        assert!(ran.code != 1 && ran.code != 3, "{}{}", ran.out, ran.err);
        let told: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(told.len(), lines.len());
        for (told, line) in told.iter().zip(lines) {
            let said: Value = serde_json::from_str(line).unwrap();
            assert_eq!((&told["rule"], &told["reason"]), (&said["rule.id"], &said["error.type"]));
            if told["agrees"] == true {
                continue;
            }
            // A query and what the line cut off are not in it, and no replay can tell them.
            let code = said["error.type"].as_str().unwrap_or_default();
            let path = said["url.path"].as_str().unwrap();
            let cut = code == "path_ambiguous"
                || code == "path_too_complex"
                || path.contains("_next/")
                // Astro's image endpoint, and the rule of an action that a query names.
                || path.ends_with("/_image")
                // A header or a query names a handler, or a header another host.
                || said["rule.ruleset"].as_str().is_some_and(|name| {
                    matches!(name, "actions" | "hosts") || name.ends_with("-aliases")
                })
                || path.len() >= 250;
            let assumed = told["assumed"].to_string();
            // A signed token is not in the line, and nobody but its issuer makes another.
            if assumed.contains("what decided is in the signed token") {
                let kind = &said["wicketgate.credential.kind"];
                assert!(code.starts_with("jwt_") || kind == "jwt", "{line}");
                signed += 1;
                continue;
            }
            assert!(assumed.contains("what decided is not in the line"), "{assumed}");
            unseen += 1;
            if !cut {
                wrong.push(format!("{line}\n{}\n{assumed}", told["replay"]["reason"]));
            }
        }
    }
    assert!(signed > 10, "only {signed} lines of signed tokens");
    assert!(unseen * 20 < count, "{unseen} of {count} can't be replayed");
    // Nor are the headers by which proxies name a host, credentials beside the one that counts, and
    // how long one was that is too long for either kind.
    assert!(wrong.len() <= 7, "{} of {count}:\n{}", wrong.len(), wrong.join("\n\n"));
}

/// An example's request table as vectors.
fn example(name: &str) -> Vec<Vector> {
    let folder = root().join("examples").join(name);
    let read = |file: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
    };
    let (about, table) = (read("example.json"), read("requests.json"));
    let policy = fs::read_to_string(folder.join("policy.json")).unwrap();
    let mut env = serde_json::Map::new();
    for (number, secret) in (0..).zip(about["secrets"].as_array().unwrap()) {
        let value = format!("Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd-{number:02}");
        env.insert(secret.as_str().unwrap().to_owned(), value.into());
    }
    for key in about["signing_keys"].as_object().into_iter().flatten().map(|(_, key)| key) {
        if let Some(variable) = key["pem_env"].as_str() {
            env.insert(variable.to_owned(), include_str!("common/p256.pem").into());
        }
    }
    // Nobody has signed them here: they are refused, and that is to be explained as well.
    let tokens: serde_json::Map<String, Value> = table["tokens"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| (format!("token:{name}"), "e30.e30.e30".into()))
        .collect();
    let vectors: Vec<Value> = table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let from = &row["request"];
            let mut request = serde_json::json!({ "method": from["method"], "target": from["target"] });
            for (ours, theirs) in [("headers", "headers"), ("peer", "from"), ("authority", "host")] {
                if !from[theirs].is_null() {
                    request[ours] = from[theirs].clone();
                }
            }
            serde_json::json!({ "name": row["name"], "request": request, "expect": { "decision": "pass" } })
        })
        .collect();
    let file = serde_json::json!({
        "about": name, "policy": serde_json::from_str::<Value>(&policy).unwrap(), "env": env, "tokens": tokens,
        "now": "2026-11-23T12:00:00Z", "vectors": vectors,
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(format!("{name}.json"));
    fs::write(&path, file.to_string()).unwrap();
    vectors::load_file(&path).unwrap()
}

/// Shows which checks of a signed token passed, and which failed, and never the token itself.
#[test]
fn signed_tokens_as_text() {
    let vectors = vectors::load_file(&root().join("vectors/jwt.json")).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut all = String::new();
    for (name, code) in [
        ("signed by the key that it names", 0),
        ("expired, beyond the leeway", 2),
        ("none at all", 2),
    ] {
        let vector = vectors.iter().find(|vector| vector.name == name).unwrap();
        let path = directory.path().join("policy.json");
        fs::write(&path, &vector.policy).unwrap();
        let request = &vector.request;
        let target = request.target.as_deref().unwrap();
        let mut arguments = vec!["explain", path.to_str().unwrap(), "--now", &vector.now];
        arguments.extend(["--method", &request.method, "--target", target]);
        let headers: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        arguments.extend(headers.iter().flat_map(|header| ["-H", header]));
        let environment: Vec<(&str, &str)> =
            vector.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let ran = run(&arguments, &environment, b"");
        assert_eq!((ran.code, ran.err.as_str()), (code, ""), "{name}\n{}", ran.out);
        for (_, value) in &request.headers {
            let token = value.trim_start_matches("Bearer ");
            assert!(!ran.out.contains(token), "{name} shows its token");
        }
        all += &format!("{name}\n\n{}\n", ran.out);
    }
    assert_snapshot("explain-signed.txt", &all);
}

#[test]
fn an_audit_line_as_text() {
    let line = r#"{"@timestamp":"2026-11-23T12:00:00.000Z","error.type":"credential_unknown","wicketgate.decision":"deny","wicketgate.mode":"enforce","rule.id":"jobs","rule.version":"0437b9223dd1","http.request.method":"POST","url.path":"/internal/run_scan","server.address":"app.example","network.peer.address":"10.1.2.3"}"#;
    let ran = run(&["explain", POLICY, "--audit", line], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let other = line.replace("/internal/run_scan", "/elsewhere").replace("0437", "1437");
    let not = run(&["explain", POLICY, "--audit", &other], &[], b"");
    assert_eq!((not.code, not.err.as_str()), (2, ""));
    assert_snapshot("explain-audit.txt", &(ran.out + "\n" + &not.out));
}

#[test]
fn what_is_no_request_is_no_panic() {
    for (code, arguments) in [
        (1, &["explain", POLICY][..]),
        (1, &["explain", POLICY, "--audit", "{}"]),
        (1, &["explain", POLICY, "--audit", "no/such/file"]),
        (1, &["explain", POLICY, "--curl", "curl 'x"]),
        (1, &["explain", POLICY, "--target", "/", "-H", "no colon"]),
        (1, &["explain", POLICY, "--target", "/", "--curl", "curl x"]),
        (1, &["explain", "no/such/file", "--target", "/"]),
        (3, &["explain", "policy/tests/bad/52-patterns.json", "--target", "/"]),
        (0, &["explain", POLICY, "--target", "", "--audit", ""]),
    ] {
        let ran = run(arguments, &[], b"");
        assert_eq!(
            ran.code,
            if code == 0 { 1 } else { code },
            "{arguments:?} {}{}",
            ran.out,
            ran.err
        );
        assert!(code != 1 || ran.err.starts_with("error: "), "{arguments:?} {}", ran.err);
    }
    let lines = r#"x {"wicketgate.decision": 1}
        {"wicketgate.decision":"deny","@timestamp":"2026-11-23","url.path":7,"error.type":"nonsense","rule.id":"\u2028","network.peer.address":"no address","server.address":"\u20ac"}"#;
    let ran =
        run(&["explain", POLICY, "--now", "2026-11-23", "--audit", "-"], &[], lines.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (2, ""), "{}", ran.out);
    assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "{}", ran.out);
}

/// Three parts, for somebody who sees the gate for the first time.
#[test]
fn a_trial_says_who_gets_what() {
    let policy = "examples/signal-jobs/policy.json";
    let token = "x-internal-token: $INTERNAL_JOB_TOKEN";
    let denied = run(&["try", policy, "/internal/run_scan", "-X", "POST"], &[], b"");
    assert_eq!((denied.code, denied.err.as_str()), (2, ""));
    let start = "POST /internal/run_scan from 127.0.0.1\n\nthe client gets\n  422\n";
    assert!(denied.out.starts_with(start), "{}", denied.out);
    for said in [
        "\n  {\"detail\":\"Missing internal token\"}\n",
        "\nthe app gets\n  nothing: the gate answers by itself\n",
        "\nthe log says\n  credential_missing: ",
        "`wicketgate reasons credential_missing`",
    ] {
        assert!(denied.out.contains(said), "{said}: {}", denied.out);
    }
    let allowed = run(&["try", policy, "/internal/run_scan", "-X", "POST", "-H", token], &[], b"");
    assert_eq!((allowed.code, allowed.err.as_str()), (0, ""));
    for said in [
        "the client gets\n  what the app answers\n",
        "the app gets\n  POST /internal/run_scan\n  host: app.example\n",
        "\n  x-caller: cron\n",
        "\n  without x-internal-token\n",
        "\nthe log says\n  allowed by rule `jobs`, caller `cron`\n  {\"@timestamp\":",
    ] {
        assert!(allowed.out.contains(said), "{said}: {}", allowed.out);
    }
    let public = run(&["try", policy, "/"], &[], b"");
    assert!(public.code == 0 && public.out.contains("nothing: no rule guards"), "{}", public.out);
}
