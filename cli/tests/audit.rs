//! `wicketgate audit`, as it is run.

mod common;

use common::{assert_snapshot, run};
use serde_json::{Value, json};

/// A log of Envoy's: audit lines with its prefix, and lines of its own.
fn log() -> String {
    let mut log = String::from("[2026-11-23 11:59:00.000][1][info] starting {not json}\n\n");
    for number in 0..40 {
        let hour = 12 + number / 20;
        let mut line = json!({
            "@timestamp": format!("2026-11-23T{hour}:00:{:02}.000Z", number % 20),
            "wicketgate.decision": "allow", "wicketgate.mode": "enforce", "rule.id": "jobs",
            "rule.version": "0437b9223dd1", "url.path": "/internal/run", "user.id": "cron",
            "wicketgate.credential.key_id": "2026-q4", "wicketgate.credential.state": "active",
            "client.address": "10.0.0.1",
        });
        if number % 4 == 0 {
            line["wicketgate.decision"] = "deny".into();
            line["error.type"] = "credential_unknown".into();
            line["client.address"] = format!("203.0.113.{}", number % 3).into();
            line["url.path"] = "/internal/\u{1b}[31mrun\n".into();
            line.as_object_mut()
                .unwrap()
                .retain(|name, _| !name.starts_with("user") && !name.contains("credential."));
        }
        if number == 7 {
            line["wicketgate.mode"] = "shadow".into();
        }
        log +=
            &format!("[2026-11-23 12:00:00.000][1][warning][wasm] wasm log wicketgate: {line}\n");
    }
    log
}

#[test]
fn a_log_in_a_terminal() {
    let ran = run(&["audit", "--top", "3"], &[], log().as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.chars().all(|c| c == '\n' || !c.is_control()), "{}", ran.out);
    assert_snapshot("audit.txt", &ran.out);
}

#[test]
fn some_of_its_lines() {
    let count = |more: &[&str]| {
        let arguments: Vec<&str> =
            ["audit", "--json"].into_iter().chain(more.iter().copied()).collect();
        let ran = run(&arguments, &[], log().as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["lines"], 42);
        report["audit_lines"].as_u64().unwrap()
    };
    assert_eq!(count(&[]), 40);
    assert_eq!(count(&["--since", "2026-11-23T13:00:00Z"]), 20);
    assert_eq!(count(&["--until", "2026-11-23T12:00:05Z"]), 5);
    assert_eq!(count(&["--rule", "other"]), 0);
    assert_eq!(count(&["--caller", "cron"]), 30);
    assert_eq!(count(&["--reason", "credential_unknown", "--rule", "jobs"]), 10);
}

/// A runbook takes "no line" for "nobody": so a wrapper hides none, and a log without any fails.
#[test]
fn a_log_in_json_is_a_log() {
    let wrapped: String =
        log().lines().map(|line| json!({ "time": "x", "msg": line }).to_string() + "\n").collect();
    for (arguments, expected) in
        [(&["audit", "--json"][..], 40), (&["audit", "--json", "--caller", "nobody"], 0)]
    {
        let ran = run(arguments, &[], wrapped.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&report["audit_lines"], &report["found"]), (&json!(expected), &json!(40)));
    }
    let ran = run(&["audit", "--json"], &[], b"starting\nended\n");
    assert_eq!(ran.code, 2);
    let cut = run(&["audit"], &[], b"x {\"wicketgate.decision\":\"deny\",\"url.pa");
    assert_eq!(cut.code, 2);
    assert!(cut.err.contains("1 line with `wicketgate.decision` could not be read"), "{}", cut.err);
}

/// Of a signed token `user.id` is what its issuer says; the policy's name stands beside it.
#[test]
fn a_caller_is_asked_for_by_the_name_in_the_policy() {
    let line = |user: &str, caller: Option<&str>| {
        let mut line = json!({ "wicketgate.decision": "allow", "user.id": user,
            "wicketgate.credential.key_id": "k1" });
        if let Some(caller) = caller {
            line["wicketgate.caller"] = caller.into();
        }
        line.to_string() + "\n"
    };
    let log = line("cron", None)
        + &line("repo:x", Some("deploys"))
        + &line("cron", Some("portal"))
        + &json!({ "wicketgate.decision": "deny", "error.type": "jwt_expired" }).to_string();
    for (more, expected) in [
        (["--caller", "deploys"], 1),
        (["--caller", "cron"], 1),
        (["--caller", "portal"], 1),
        (["--caller", "repo:x"], 0),
        (["--subject", "repo:x"], 1),
        (["--subject", "cron"], 1),
        (["--key", "k1"], 3),
        (["--key", "k2"], 0),
    ] {
        let ran = run(&[&["audit", "--json"][..], &more].concat(), &[], log.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(report["audit_lines"], expected, "{more:?}");
    }
}

#[test]
fn what_is_no_log_is_no_panic() {
    for input in
        [&b""[..], b"\xfe\xfd{", b"{\"wicketgate.decision\":7,\"@timestamp\":[]}", &[b'{'; 300_000]]
    {
        let ran = run(&["audit"], &[], input);
        let has_line = input.is_empty() || input.starts_with(b"{\"");
        assert_eq!(ran.code, if has_line { 0 } else { 2 }, "{}", ran.out);
        assert_eq!(ran.err.starts_with("error: no audit line"), !has_line, "{}", ran.err);
    }
    let ran = run(&["audit", "no/such/log"], &[], b"");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: cannot read `no/such/log`"), "{}", ran.err);
    assert_eq!(run(&["audit", "--since", "yesterday"], &[], b"").code, 1);
}

#[test]
fn one_wrong_log_among_several_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.log"), log()).unwrap();
    std::fs::write(path("b.log"), "starting\n").unwrap();
    let ran = run(&["audit", &path("a.log"), &path("b.log")], &[], b"");
    assert_eq!(ran.code, 0);
    assert!(ran.err.starts_with("warning: no audit line in `") && ran.err.contains("b.log"));
}

#[test]
fn a_log_that_is_packed_is_not_taken_for_an_empty_one() {
    for (start, told) in [
        (&b"\x1f\x8b\x08\x00"[..], "gzip"),
        (b"\x28\xb5\x2f\xfdx", "zstd"),
        (b"BZh91AY", "compressed"),
        (b"\xff\xfe{\x00", "UTF-16"),
    ] {
        let ran = run(&["audit"], &[], start);
        assert_eq!(ran.code, 1, "{told}");
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}
