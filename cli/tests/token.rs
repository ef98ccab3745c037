//! `wicketgate token`, as it is run.

mod common;

use std::fs;

use common::{assert_snapshot, run};
use serde_json::Value;

const POLICY: &str = "examples/signal-jobs/policy.json";

#[test]
fn a_new_token_goes_to_a_pipe_alone_and_its_key_beside_it() {
    let ran = run(&["token", "new", "--id", "2027-q1"], &[], b"");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let token = ran.out.trim();
    assert!(token.starts_with("wg_2027-q1_") && token.len() == 54, "{} characters", token.len());
    assert!(!ran.err.contains(token) && ran.err.contains("\"named\": true"), "{}", ran.err);
    // Its digest is what `digest` says, and what the policy would have.
    let digest = run(&["token", "digest", "--json"], &[], ran.out.as_bytes());
    let key: Value = serde_json::from_str(&digest.out).unwrap();
    assert!(ran.err.contains(key["sha256"].as_str().unwrap()), "{}", ran.err);
    assert_eq!((&key["id"], &key["named"]), (&"2027-q1".into(), &true.into()));
    let plain = run(&["token", "new", "--id", "a", "--plain", "--env", "NAME"], &[], b"");
    assert_eq!(plain.out.trim().len(), 43);
    assert!(plain.err.contains("\"id\": \"a\", \"env\": \"NAME\", \"created\""), "{}", plain.err);
    let json = run(&["token", "new", "--json"], &[], b"");
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["token"].as_str().unwrap().len(), 43);
    assert_eq!(json["key"]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_file_is_new_private_and_holds_the_token_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let path = path.to_str().unwrap();
    let ran = run(&["token", "new", "--id", "x", "--out", path], &[], b"");
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let token = fs::read_to_string(path).unwrap();
    assert!(token.starts_with("wg_x_") && !token.contains('\n') && !ran.out.contains(&token));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = run(&["token", "new", "--out", path], &[], b"");
    assert_eq!((again.code, again.out.as_str()), (1, ""));
    assert_eq!(fs::read_to_string(path).unwrap(), token);
}

#[test]
fn digests_are_of_good_tokens_only_and_show_none() {
    let good = "4f8a1c0d9e2b7365af01d2c4b6e8f790";
    // echo -n 4f8a1c0d9e2b7365af01d2c4b6e8f790 | sha256sum
    let digest = "df1feff6159376ab8584c54383ddd03003687865d15dadd403f2071adc0942ed";
    for (arguments, environment, input) in [
        (&["token", "digest", "--id", "k"][..], &[][..], format!("{good}\r\n")),
        (&["token", "digest", "--env", "T", "--id", "k"], &[("T", good)], String::new()),
    ] {
        let ran = run(arguments, environment, input.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(ran.out.starts_with("{ \"id\": \"k\", \"sha256\": \"") && !ran.out.contains(good));
        assert!(ran.out.contains(digest), "{}", ran.out);
    }
    for (input, message) in [
        ("hunter2", "error: found a secret of 7 characters, expected "),
        ("", "error: found an empty secret, expected "),
        ("your-generated-secret-here-please", "error: found a well-known placeholder, expected "),
        (&format!(" {good}"), "error: found a secret with white space around it, expected "),
        (
            "\u{1f600}",
            "error: found a secret with a comma or a character outside visible ascii, expected ",
        ),
        (&format!("Bearer {good}"), "error: found a secret with a word before it"),
        (&format!("'{good}'"), "error: found a secret in quotes, expected the secret alone"),
        (&format!("wg_other_{good}"), "error: the token names the key `other`, and not `k`"),
    ] {
        let ran = run(&["token", "digest", "--id", "k"], &[], input.as_bytes());
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{input}");
        assert!(ran.err.starts_with(message), "{}", ran.err);
        assert!(input.is_empty() || !ran.err.contains(input.trim()), "{}", ran.err);
    }
    let absent = run(&["token", "digest", "--env", "T"], &[], b"");
    assert_eq!((absent.code, absent.err.as_str()), (1, "error: no `T` in this shell\n"));
}

/// The JWK is what `jwks_env` takes, and checks what the issuer signed with the plain secret.
#[test]
fn a_plain_secret_becomes_a_jwk() {
    let secret = "Zx3_9qLrT7vBn2KdZx3_9qLrT7vBn2Kd-01";
    let made = run(&["token", "jwk", "--kid", "first"], &[], format!("{secret}\n").as_bytes());
    assert_eq!(made.code, 0, "{}", made.err);
    let jwk = made.out.trim_end();
    let parsed: Value = serde_json::from_str(jwk).unwrap();
    assert_eq!((&parsed["kty"], &parsed["kid"]), (&"oct".into(), &"first".into()));
    let policy = r#"{ "version": 1, "name": "a", "environment": "production", "unmatched": "deny",
        "callers": { "a": { "jwt": { "issuer": "i", "audience": "b", "leeway": "30s",
            "keys": { "jwks_env": "KEYS" } } } },
        "rules": [{ "id": "r", "paths": ["/r"], "allow": [{ "caller": "a" }] }],
        "forward": { "credential": "remove" } }"#;
    let ran = run(&["check", "--secrets", "-"], &[("KEYS", jwk)], policy.as_bytes());
    assert_eq!(ran.code, 0, "{}", ran.out);
    // Without it the fault says what to do.
    let ran = run(&["check", "--secrets", "-"], &[("KEYS", secret)], policy.as_bytes());
    assert!(ran.code == 3 && ran.out.contains("`wicketgate token jwk` makes one"), "{}", ran.out);
    let short = run(&["token", "jwk"], &[], b"hunter2");
    assert_eq!((short.code, short.out.as_str()), (1, ""));
    assert!(
        short.err.starts_with("error: found ") && !short.err.contains("hunter2"),
        "{}",
        short.err
    );
}

#[test]
fn a_rotation_step_by_step() {
    let directory = tempfile::tempdir().unwrap();
    let now = ["--now", "2026-11-23T12:00:00Z"];
    let mut all = String::new();
    for (number, extra) in [
        &["--caller", "cron"][..],
        &["--caller", "docs-reader", "--env", "DOCS_TOKEN_NEXT", "--grace-days", "30"],
        &["--caller", "cron", "--stolen"],
    ]
    .into_iter()
    .enumerate()
    {
        let path = directory.path().join(number.to_string());
        let path = path.to_str().unwrap();
        let base = ["token", "rotate", POLICY, "--id", "2027-q2", "--out", path];
        let arguments: Vec<&str> =
            base.into_iter().chain(now).chain(extra.iter().copied()).collect();
        let ran = run(&arguments, &[], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let token = fs::read_to_string(path).unwrap();
        assert!(!ran.out.contains(&token));
        // Random text must not be in a snapshot.
        let text = ran.out.replace(path, "new-token.txt");
        let digest = run(&["token", "digest", "--json", path], &[], b"");
        let digest: Value = serde_json::from_str(&digest.out).unwrap();
        let text = text.replace(digest["sha256"].as_str().unwrap(), "<digest>");
        all += &format!("$ wicketgate token rotate {}\n{text}", extra.join(" "));
        // In every step, the policy with the pasted keys must be valid.
        let path = directory.path().join(format!("{number}-json"));
        let path = path.to_str().unwrap();
        let arguments: Vec<&str> =
            ["token", "rotate", POLICY, "--id", "2027-q2", "--json", "--out", path]
                .into_iter()
                .chain(now)
                .chain(extra.iter().copied())
                .collect();
        let told: Value = serde_json::from_str(&run(&arguments, &[], b"").out).unwrap();
        let policy = fs::read_to_string(common::root().join(POLICY)).unwrap();
        let mut pasted = 0;
        for step in told["steps"].as_array().unwrap() {
            let Some(at) = step["at"].as_str() else { continue };
            let mut policy: Value = serde_json::from_str(&policy).unwrap();
            *policy.pointer_mut(&format!("/{}", at.replace('.', "/"))).unwrap() =
                step["keys"].clone();
            let ran = run(&["check", "-"], &[], policy.to_string().as_bytes());
            assert_eq!(ran.code, 0, "{}", ran.out);
            pasted += 1;
        }
        assert_eq!(pasted, 2);
    }
    assert_snapshot("rotate.txt", &all);
}

#[test]
fn what_can_not_be_rotated_leaves_no_token() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let out = ["--out", path.to_str().unwrap()];
    for (code, arguments, message) in [
        (
            1,
            &["token", "rotate", POLICY, "--caller", "nobody"][..],
            "error: no caller `nobody`: there are `cron`, `backfill-cron`, `docs-reader`\n",
        ),
        (
            1,
            &["token", "rotate", POLICY, "--caller", "cron", "--id", "2026-q2"],
            "error: `cron` has a key `2026-q2`: another --id\n",
        ),
        (
            1,
            &[
                "token",
                "rotate",
                POLICY,
                "--caller",
                "cron",
                "--id",
                "n",
                "--env",
                "INTERNAL_JOB_TOKEN",
            ],
            "error: a key of `cron` is in `INTERNAL_JOB_TOKEN`: another --env\n",
        ),
        (
            1,
            &["token", "rotate", POLICY, "--caller", "cron", "--id", "n", "--env", "a b"],
            "error: `--env` takes",
        ),
        (
            1,
            &[
                "token",
                "rotate",
                "cli/tests/token/named.yaml",
                "--caller",
                "cron",
                "--id",
                "queue-1",
            ],
            "error: with the new key the policy has a fault: callers.",
        ),
        (3, &["token", "rotate", "policy/tests/bad/52-patterns.json", "--caller", "cron"], ""),
        (1, &["token", "new", "--id", "NO"], "error: invalid value 'NO'"),
    ] {
        let arguments: Vec<&str> = arguments.iter().copied().chain(out).collect();
        let ran = run(&arguments, &[], b"");
        assert_eq!(ran.code, code, "{arguments:?}");
        assert!(ran.err.starts_with(message), "{}", ran.err);
        assert!(!path.exists(), "{arguments:?}");
    }
}
