//! `wicketgate check`, as it is run.

mod common;

/// The variables of the broken policies, from the core's own tests.
#[path = "../../policy/tests/bad_variables/mod.rs"]
mod bad_variables;

use std::fs;

use bad_variables::VARIABLES;
use common::{assert_snapshot, root, run};
use serde_json::Value;

#[test]
fn every_fault_of_every_broken_policy_is_shown_with_its_place() {
    let folder = root().join("policy/tests/bad");
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    names.sort();
    assert!(names.len() >= 80, "{} documents", names.len());
    let mut all = String::new();
    for name in names {
        let path = format!("policy/tests/bad/{name}");
        let ran = run(&["check", "--secrets", &path], &VARIABLES, b"");
        assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{name}\n{}", ran.out);
        // As many as the core itself tells, and not one secret.
        let told = fs::read_to_string(root().join(path.replace(".json", ".faults"))).unwrap();
        let faults = ran.out.lines().filter(|line| line.starts_with("error: ")).count();
        assert_eq!(faults, told.lines().count(), "{name}\n{}", ran.out);
        for (variable, secret) in VARIABLES {
            let secret = secret.trim();
            assert!(secret.is_empty() || !ran.out.contains(secret), "{name} shows {variable}");
        }
        all += &ran.out;
        all += "\n";
    }
    assert!(!all.contains("hunter2"), "a secret of a document is shown");
    assert_snapshot("bad-policies.txt", &all);
}

#[test]
fn everything_there_is_to_warn_of() {
    let policy = "cli/tests/check/unwise.yaml";
    let ran = run(&["check", "--now", "2026-11-23", policy], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let known =
        run(&["check", "--now", "2026-11-23", "examples/signal-jobs/policy.json"], &[], b"");
    assert!(known.out.contains("note[origin-unseen]: "), "{}", known.out);
    let actions =
        run(&["check", "--now", "2026-11-23", "examples/latest-runs/policy.json"], &[], b"");
    assert!(actions.out.contains("note[actions-unsaid]: origin.stack: "), "{}", actions.out);
    assert_snapshot("warnings.txt", &(ran.out.clone() + "\n" + &known.out));
    let stuck = run(&["check", "--now", "2026-11-23", "cli/tests/check/stuck.yaml"], &[], b"");
    assert_eq!((stuck.code, stuck.err.as_str()), (0, ""));
    assert_snapshot("stuck.txt", &stuck.out);
    let codes = run(&["check", "--help"], &[], b"").out;
    for (code, _) in codes.split("\n          - ").skip(1).map(|line| line.split_once(':').unwrap())
    {
        // The examples name their stacks, and get the notes about those. Other notes are about how a
        // policy is written.
        let elsewhere = ["origin-unseen", "actions-unsaid", "worker-bound", "comments"];
        let kind = if matches!(code, "mtls-subject" | "public") { "note" } else { "warning" };
        let told = (ran.out.clone() + &stuck.out).contains(&format!("{kind}[{code}]: "));
        assert_eq!(told, !elsewhere.contains(&code), "{code}");
    }
    let denied = run(&["check", "--deny-warnings", "--now", "2026-11-23", policy], &[], b"");
    assert_eq!((denied.code, denied.out), (3, ran.out));
}

/// A rule that allows any request with a long list of callers.
fn long(callers: usize) -> String {
    let caller = |number| {
        format!(
            r#""caller-{number}": {{ "token": {{ "header": "x-internal-token", "keys": [
                {{ "id": "caller-{number}-2026-q4", "named": true, "created": "2026-11-01",
                   "sha256": "{number:064x}" }}] }} }}"#
        )
    };
    let callers: Vec<String> = (1..=callers).map(caller).collect();
    format!(
        r#"{{ "version": 1, "name": "long", "environment": "production", "unmatched": "deny",
        "callers": {{ {} }},
        "rules": [{{ "id": "jobs", "paths": ["/jobs/*"], "allow": [{{ "caller": "caller-1" }}] }}],
        "forward": {{ "credential": "remove" }} }}"#,
        callers.join(", ")
    )
}

/// What is too long for a variable of a Worker goes into its bundle.
#[test]
fn a_policy_of_more_than_5_kb_has_a_way_out_on_cloudflare() {
    for (callers, is_long) in [(20, false), (40, true)] {
        let policy = long(callers);
        assert!(policy.len() > 5_000, "{callers}: the blanks count for nothing");
        let ran = run(&["check", "-"], &[], policy.as_bytes());
        assert_eq!(ran.code, 0, "{}", ran.out);
        assert_eq!(ran.out.contains("note[worker-bound]: "), is_long, "{}", ran.out);
        let ran = run(&["render", "wrangler", "-"], &[], policy.as_bytes());
        let config: Value = toml::from_str(&ran.out).unwrap();
        let text = config["vars"]["POLICY"].as_str();
        assert_eq!(text.is_none(), is_long, "{}", ran.out);
        assert!(text.is_none_or(|text| text.len() <= 5_000));
        let command = config["build"]["command"].as_str().unwrap();
        assert_eq!(command.contains("render policy-module - "), is_long, "{command}");
        let module = run(&["render", "policy-module", "-"], &[], policy.as_bytes());
        let text =
            module.out.lines().find_map(|line| line.strip_prefix("export default ")).unwrap();
        let text: String = serde_json::from_str(text.trim_end_matches(';')).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&text).unwrap(),
            serde_json::from_str::<Value>(&policy).unwrap()
        );
    }
}

#[test]
fn yaml_has_places_too_and_no_secret_is_quoted() {
    let ran = run(&["check", "cli/tests/check/faults.yaml"], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (3, ""));
    assert!(!ran.out.contains("hunter2"), "{}", ran.out);
    assert_snapshot("faults-yaml.txt", &ran.out);
}

/// A private key has more than one part that must not be shown, however the document is laid out.
#[test]
fn no_part_of_a_private_key_is_shown() {
    for key in [
        r#"{"kty":"oct","k":"hunter2hunter2hunter2hunter2hunter2"}"#,
        r#"{"kty":"RSA","n":"AQAB","e":"AQAB","d":"hunter2d","p":"hunter2p","q":"hunter2q"}"#,
        r#"{"d":{"hunter":["hunter2"]},"hunter":"hunter2"}"#,
        r#""hunter2""#,
    ] {
        for keys in [format!(r#""jwk":{key}"#), format!(r#""jwks":{{"keys":[{key}]}}"#)] {
            let json = format!(r#"{{"callers":{{"a":{{"jwt":{{"keys":{{{keys}}}}}}}}},"x":1}}"#);
            let ran = run(&["check", "-"], &[], json.as_bytes());
            assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{json}");
            assert!(ran.out.contains("callers.a.jwt.keys.jwk"), "{}", ran.out);
            assert!(!ran.out.contains("hunter2"), "{}", ran.out);
        }
    }
}

/// Variables with keys are made up as well: all that is left to find is faults of the document.
#[test]
fn keys_of_signed_tokens_are_made_up() {
    for keys in [r#"{"jwks_env":"KEYS"}"#, r#"{"pem_env":"KEYS"}"#] {
        let json = format!(
            r#"{{"version":1,"name":"x","environment":"production","callers":{{"a":{{"jwt":{{"issuer":"i","audience":"b","keys":{keys}}}}}}},
            "rules":[{{"id":"r","paths":["/r"],"allow":[{{"caller":"a"}}]}}],"unmatched":"pass","forward":{{"credential":"remove"}}}}"#
        );
        let ran = run(&["check", "-"], &[], json.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        let ran = run(&["check", "--secrets", "-"], &[], json.as_bytes());
        assert_eq!(ran.code, 3, "{}", ran.out);
        assert!(ran.out.contains("found no `KEYS` on the host"), "{}", ran.out);
    }
}

/// No warning on an example but the one that is right: one origin is shown without a proof.
#[test]
fn the_examples_are_valid() {
    for (name, warnings) in [
        ("billing-services", &[][..]),
        ("job-callbacks", &[]),
        ("latest-runs", &[]),
        ("signal-jobs", &["no-proof"]),
        ("task-worker", &[]),
    ] {
        let path = format!("examples/{name}/policy.json");
        let now = ["check", "--json", "--now", "2026-11-23", &path];
        let ran = run(&now, &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&report[0]["valid"], &report[0]["name"]), (&true.into(), &name.into()));
        let found: Vec<_> = report[0]["diagnostics"].as_array().unwrap().clone();
        let found: Vec<_> = found.iter().filter(|d| d["severity"] == "warning").collect();
        assert_eq!(found.iter().map(|d| &d["code"]).collect::<Vec<_>>(), warnings);
        let accept = warnings.iter().flat_map(|code| ["--accept", code]);
        let strict: Vec<_> = now.into_iter().chain(["--deny-warnings"]).chain(accept).collect();
        assert_eq!(run(&strict, &[], b"").code, 0, "{name}");
        let old = ["check", "--deny-warnings", "--now", "2027-03-01", &path];
        assert_eq!(run(&old, &[], b"").code, 3, "{name}");
    }
}

#[test]
fn json_says_what_the_text_says() {
    let ran = run(&["check", "--json", "-"], &[], b"{\"version\": 2,\n  \"version\": 1}");
    assert_eq!(ran.code, 3);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&report[0]["file"], &report[0]["valid"]), (&"<stdin>".into(), &false.into()));
    assert_eq!(
        report[0]["diagnostics"][0],
        serde_json::json!({ "severity": "error", "path": "name", "line": 1, "column": 1,
            "found": "nothing", "expected": "this member" })
    );
    let places: Vec<_> = report[0]["diagnostics"].as_array().unwrap().clone();
    let versions = places.iter().filter(|d| d["path"] == "version");
    let versions: Vec<_> = versions.map(|d| (d["line"].as_u64(), d["column"].as_u64())).collect();
    assert_eq!(versions, [(Some(1), Some(13)), (Some(2), Some(3))]);
}

#[test]
fn what_can_not_be_read_is_no_policy_and_no_panic() {
    let ran = run(&["check", "no/such/file.json"], &[], b"");
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.starts_with("error: cannot read `no/such/file.json`: "), "{}", ran.err);
    assert_eq!(run(&["check"], &[], b"").code, 1);
    assert_eq!(run(&["check", "--accept", "everything", "-"], &[], b"").code, 1);
    for input in [
        &b""[..],
        b"\xff\xfe\x00",
        b"{",
        b"{\"a\": \"\xff\"}",
        b"\xef\xbb\xbf{}",
        b"a: \t- b",
        b"- - - &a *a",
        b"{\"\\ud800\": 1}",
        b"---\n...\n---",
        b"%YAML 9.9\n---\n[",
        "{\"\u{202e}\": \"\u{1f600}\u{301}\"}".as_bytes(),
        "{\"name\": \"\u{202e}\u{2066}\u{7f}\u{9b}31m\"}".as_bytes(),
        "name: \"\\e[31m\u{202e}\"\nversion: \u{85}1".as_bytes(),
        &[b'['; 200_000],
    ] {
        let ran = run(&["check", "-"], &[], input);
        assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{input:?}\n{}", ran.out);
        let strange = |c: char| c != '\n' && c.is_control() || "\u{202e}\u{2066}".contains(c);
        assert!(!ran.out.contains(strange), "{:?}", ran.out);
    }
    let good = fs::read(root().join("cli/tests/check/faults.yaml")).unwrap();
    for end in (0..good.len()).step_by(7) {
        let ran = run(&["check", "-"], &[], &good[..end]);
        assert_eq!((ran.code, ran.err.as_str()), (3, ""), "cut at {end}");
        assert!(!ran.out.contains("hunter2"), "cut at {end}: {}", ran.out);
    }
}

/// A text is a variable's name because of its place, whatever the caller is called.
#[test]
fn a_caller_may_have_the_name_of_a_member() {
    for name in ["json", "claims", "jwk", "jwks", "env"] {
        let policy = format!(
            r#"{{ "version": 1, "name": "x", "environment": "production", "unmatched": "pass",
            "networks": {{ "{name}": ["10.0.0.0/8"] }},
            "callers": {{ "{name}": {{ "token": {{ "header": "x-t", "keys": [{{ "id": "a", "env": "A_TOKEN" }}] }} }} }},
            "rules": [{{ "id": "{name}", "paths": ["/internal/*"],
                "allow": [{{ "caller": "{name}", "network": "{name}" }}] }}],
            "forward": {{ "credential": "remove" }} }}"#
        );
        let ran = run(&["check", "-"], &[], policy.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.contains("A_TOKEN"), "{}", ran.out);
        let ran = run(&["render", "envoy", "-"], &[], policy.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
        assert!(ran.out.contains("- A_TOKEN"), "{}", ran.out);
    }
}

/// What a person meant is said beside what was expected; secrets as other tools hand them over too.
#[test]
fn what_was_meant_is_said() {
    let policy = |change: [&str; 2]| {
        let policy = "version: 1\nname: b\nenvironment: production\ncallers:\n  \
            cron: { token: { header: x-internal-token, keys: [{ id: a, env: JOB_TOKEN }] } }\n  \
            iss: { jwt: { issuer: i, audience: a, subjects: [x], keys: { jwks_env: ISS_JWKS } } }\n\
            rules:\n  - { id: a, hosts: [app.example], paths: [/a], allow: [{ methods: [POST], caller: cron }, { caller: iss }] }\n\
            unmatched: pass\nforward: { credential: remove }\n";
        assert!(policy.contains(change[0]));
        policy.replace(change[0], change[1])
    };
    for (change, said) in [
        (["[POST]", "[\"GET,POST\"]"], "each method is an item of its own"),
        (["[POST]", "POST"], "brackets around it make a list of one"),
        (["[POST]", "[any]"], "without `methods` every method is allowed"),
        (["[app.example]", "[\"*\"]"], "without `hosts` a rule is for every host"),
        (["[app.example]", "[\"https://app.example\"]"], "the name alone, without scheme"),
        (["[app.example]", "[.app.example]"], "no client asks for a name that begins with a dot"),
        (["x-internal-token", "\"x-internal-token:\""], "no colon, no blank"),
    ] {
        let ran = run(&["check", "-"], &[], policy(change).as_bytes());
        assert!(ran.out.contains(said), "{change:?}\n{}", ran.out);
    }
    let token = "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd";
    let set = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"m","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let object = format!("{{\"token\":\"{token}\"}}");
    for (token, set, said) in [
        (token, "https://issuer.example/jwks.json", Some("is `jwks_uri` in the policy")),
        (token, "eyJrZXlzIjpbXX0=", Some("it is in base64: decode it first")),
        (token, "[{}]", Some("a set is an object")),
        (object.as_str(), set, Some("`JOB_TOKEN` holds a JSON object")),
        (token, set, None),
    ] {
        let environment =
            [("JOB_TOKEN", token), ("ISS_JWKS", set), ("WICKETGATE_ENVIRONMENT", "production")];
        let document = policy(["", ""]);
        let ran = run(&["check", "--secrets", "-"], &environment, document.as_bytes());
        match said {
            Some(said) => assert!(ran.out.contains(said), "{said}\n{}", ran.out),
            None => assert_eq!(ran.code, 0, "{}", ran.out),
        }
    }
}
