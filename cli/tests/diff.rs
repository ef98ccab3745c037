//! `wicketgate diff`, as it is run: what it says of edits that people make, and that `wicketgate
//! explain` says the same of every request that it prints.

mod common;

use std::fs;

use common::{assert_snapshot, root, run};
use serde_json::Value;

const BEFORE: &str = "cli/tests/diff/before.yaml";
const NOW: &str = "2026-12-01";

/// Edits: what a person would call it, a text of the policy, and what stands there afterwards.
const EDITS: [(&str, &str, &str); 14] = [
    (
        "a public rule beneath a guarded prefix",
        "rules:\n",
        "rules:\n  - id: health\n    paths: [/internal/health]\n    allow: [{ methods: [GET], public: true }]\n",
    ),
    (
        "one more caller",
        "      - { methods: [GET], caller: deploy, network: office }\n",
        "      - { methods: [GET], caller: deploy, network: office }\n      - { methods: [POST], caller: deploy }\n",
    ),
    ("a wider network", "10.1.0.0/16", "10.0.0.0/8"),
    ("a key that is valid for longer", "not_after: 2027-04-01", "not_after: 2027-07-01"),
    ("another stack", "stack: fastapi", "stack: rails"),
    ("what no rule covers is denied", "unmatched: pass", "unmatched: deny"),
    ("a typo in a path", "/internal/*", "/intrenal/*"),
    (
        "another answer",
        "{ status: 403, json: { detail: Invalid internal token } }",
        "{ status: 404 }",
    ),
    ("the app gets the credential", "credential: remove", "credential: keep"),
    (
        "a user id that a caller may pass",
        "{ methods: [POST], caller: cron }",
        "{ methods: [POST], caller: cron, pass_identity: [x-user-id] }",
    ),
    ("another audience of signed tokens", "audience: jobs", "audience: [runs]"),
    ("another name in a certificate", "ns/jobs/sa/cron", "ns/jobs/sa/worker"),
    ("another user of HTTP Basic", "user: acme", "user: other"),
    (
        "a limit of wrong credentials",
        "unmatched: pass",
        "unmatched: pass\nabuse: { failures: { limit: 10, window: 10m } }",
    ),
];

fn edited(edit: &(&str, &str, &str), folder: &tempfile::TempDir) -> String {
    let (name, from, to) = edit;
    let before = fs::read_to_string(root().join(BEFORE)).unwrap();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after, "{name}");
    let path = folder.path().join("after.yaml");
    fs::write(&path, after).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn edits_that_people_make() {
    let folder = tempfile::tempdir().unwrap();
    let mut all = String::new();
    for edit in &EDITS {
        let after = edited(edit, &folder);
        let ran = run(&["diff", BEFORE, &after, "--now", NOW], &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", edit.0);
        all += &format!("# {}\n{}\n", edit.0, ran.out.replace(&after, "after.yaml"));
    }
    assert_snapshot("diff.txt", &all);
}

/// Every request that is printed is decided so by both policies, when a person pastes it. No secret is
/// in it, neither one of the shell's nor one that is made up.
#[test]
fn explain_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut asked = 0;
    let secret = "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd";
    let environment = [("INTERNAL_JOB_TOKEN", secret), ("DEPLOY_TOKEN", secret)];
    let is_hex = |word: &str| word.len() >= 32 && word.bytes().all(|b| b.is_ascii_hexdigit());
    for edit in &EDITS {
        let after = edited(edit, &folder);
        let ran = run(&["diff", BEFORE, &after, "--now", NOW, "--json"], &environment, b"");
        assert!(!ran.out.contains(secret));
        let made_up = ran.out.split(|c: char| !c.is_ascii_alphanumeric()).find(|w| is_hex(w));
        assert_eq!(made_up, None, "{}", edit.0);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        for class in report["classes"].as_array().unwrap() {
            let line = class["explain"].as_str().unwrap();
            let words = shlex::split(line).unwrap();
            for (policy, side) in [(BEFORE, "before"), (&after, "after")] {
                let mut words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
                assert_eq!(words[1], after, "{line}");
                words[1] = policy;
                words.push("--json");
                let ran = run(&words, &[], b"");
                let told: Value = serde_json::from_str(&ran.out)
                    .unwrap_or_else(|_| panic!("{line}: {} {}", ran.out, ran.err));
                asked += 1;
                // A caller who is known and denied is in the log alone.
                let members = if told["decision"] == "deny" {
                    &["decision", "rule", "reason"][..]
                } else {
                    &["decision", "rule", "caller"]
                };
                for &member in members {
                    let expected = &class[side][member];
                    assert_eq!(&told[member], expected, "{}: {side}: {member}\n{line}", edit.0);
                }
            }
        }
    }
    assert!(asked >= 100, "only {asked} requests");
}

#[test]
fn fails_on_what_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let after = edited(&EDITS[1], &folder);
    for (flags, code) in [
        (&["--fail-on", "opened"][..], 2),
        (&["--fail-on", "closed"], 0),
        (&["--fail-on", "closed", "--fail-on", "opened"], 2),
        (&["--fail-on", "any"], 2),
        (&[], 0),
    ] {
        let arguments = [&["diff", BEFORE, &after][..], flags].concat();
        assert_eq!(run(&arguments, &[], b"").code, code, "{flags:?}");
    }
    // The other way round, it closes.
    assert_eq!(run(&["diff", &after, BEFORE, "--fail-on", "opened"], &[], b"").code, 0);
    assert_eq!(run(&["diff", &after, BEFORE, "--fail-on", "closed"], &[], b"").code, 2);
    // One policy from standard input, as of `git show`.
    let before = fs::read(root().join(BEFORE)).unwrap();
    assert_eq!(run(&["diff", "-", BEFORE, "--fail-on", "any"], &[], &before).code, 0);
    assert_eq!(run(&["diff", "-", "-"], &[], &before).code, 1);
}

#[test]
fn a_policy_with_faults_is_not_compared() {
    let folder = tempfile::tempdir().unwrap();
    let after = edited(&("a fault", "caller: cron", "caller: nobody"), &folder);
    let ran = run(&["diff", BEFORE, &after], &[], b"");
    assert_eq!(ran.code, 3);
    assert!(ran.out.contains("nobody"), "{}", ran.out);
    let ran = run(&["diff", BEFORE, &after, "--json"], &[], b"");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &told["valid"]), (3, &Value::Bool(false)));
}
