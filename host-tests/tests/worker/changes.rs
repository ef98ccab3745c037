//! The gate's changes are made each time. Changes that were handed over before are not handed over
//! again, and must not be those of another request.

use crate::common::{Origin, TOKEN, ask, gate};

const POLICY: &str = r#"{
    "version": 1, "name": "tests", "environment": "production", "unmatched": "pass",
    "callers": {
        "cron": { "token": { "header": "x-token", "keys": [ { "id": "k", "env": "TOKEN" } ] } }
    },
    "rules": [ { "id": "internal", "paths": ["/internal/*"], "allow": [ { "caller": "cron" } ] } ],
    "forward": { "credential": "remove", "caller_header": "x-caller" }
}"#;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

#[test]
fn requests_get_their_own_changes_in_any_order() {
    let origin = Origin::answering(OK).unwrap();
    let gate = gate(POLICY, Some(TOKEN), origin.port());
    let (token, forged) = (("x-token", TOKEN), ("x-caller", "root"));
    for turn in 0..4 {
        for (target, headers, caller) in [
            ("/internal/a", vec![token], Some("cron")),
            ("/internal/a", vec![token], Some("cron")),
            ("/public", vec![forged], None),
            ("/public", vec![], None),
            ("/internal/a", vec![token, forged], Some("cron")),
            ("/public", vec![("X_Caller", "root"), forged], None),
        ] {
            let response = ask(&gate, "GET", target, &headers);
            assert_eq!(response.status, 200, "{turn} {target}");
            let guarded = target != "/public";
            let private = response.header("cache-control").any(|value| value.contains("private"));
            assert_eq!(private, guarded, "{turn} {target}");
            let heads = origin.take();
            let [head] = heads.as_slice() else { panic!("{heads:?}") };
            let head = head.to_ascii_lowercase();
            let callers: Vec<&str> = head
                .lines()
                .filter(|line| line.replace('_', "-").starts_with("x-caller"))
                .collect();
            let expected: Vec<String> =
                caller.map(|name| format!("x-caller: {name}")).into_iter().collect();
            assert_eq!(callers, expected, "{turn} {target} {head}");
            assert!(!guarded || !head.contains("x-token"), "{turn} {target} {head}");
        }
    }
}
