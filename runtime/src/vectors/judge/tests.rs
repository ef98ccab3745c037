use super::*;
use crate::vectors::{Explanation, parse};

/// A denial as it should be, and what is observed of it.
fn denial() -> (Vector, Observation) {
    let json = r#"{
        "about": "x", "now": "2026-11-23T12:00:00Z", "policy": {"version": 1},
        "vectors": [ { "name": "wrong", "request": {"method": "GET", "target": "/internal/x"},
            "expect": {"decision": "deny", "reason": "credential_unknown", "rule": "internal", "status": 403,
                "body": "{\"error\":\"Forbidden\"}", "headers": {"cache-control": "no-store"}} } ] }"#;
    let vector = parse("f.json", json, &|_| unreachable!()).unwrap().remove(0);
    let line = r#"{"error.type":"credential_unknown","wicketgate.decision":"deny","rule.id":"internal",
        "url.path":"/internal/x","http.response.status_code":403}"#;
    let seen = Observation {
        failure: None,
        refused_by_host: None,
        decision: Decides::Deny,
        explanation: Some(Explanation {
            reason: Some("credential_unknown".to_owned()),
            rule: Some("internal".to_owned()),
            caller: None,
        }),
        answer: Some(Answer {
            status: 403,
            headers: vec![("Cache-Control".to_owned(), "no-store".to_owned())],
            body: Some(r#"{"error":"Forbidden"}"#.to_owned()),
        }),
        forwarded: None,
        lines: vec![line.replace('\n', "")],
    };
    (vector, seen)
}

#[test]
fn what_was_promised_is_no_difference() {
    let (vector, mut seen) = denial();
    assert_eq!(judge(&vector, &seen), Vec::<String>::new());
    // A host that shows only its log is judged by that.
    seen.explanation = None;
    assert_eq!(judge(&vector, &seen), Vec::<String>::new());
}

#[test]
fn every_difference_is_named() {
    let (mut vector, seen) = denial();
    let expect = &mut vector.expect;
    expect.reason = Some("key_expired".to_owned());
    expect.rule = Some("other".to_owned());
    expect.status = Some(401);
    expect.body = Some("no".to_owned());
    expect.headers.insert("x-a".to_owned(), "b".to_owned());
    expect.headers_present.push("x-c".to_owned());
    expect.headers_absent.push("Cache-Control".to_owned());
    expect.audit.insert("url.path".to_owned(), "/other".into());
    expect.audit_lacks.push("rule.id".to_owned());
    expect.audit_never.push("wicketgate.decision".to_owned());
    assert_eq!(
        judge(&vector, &seen),
        [
            "reason: expected `key_expired`, found `credential_unknown`",
            "rule: expected `other`, found `internal`",
            "status: expected `401`, found `403`",
            "body: expected `no`, found `{\"error\":\"Forbidden\"}`",
            "answer header `x-a`: expected `b`, found nothing",
            "answer header `x-c`: expected some value, found nothing",
            "answer header `Cache-Control`: expected nothing, found `no-store`",
            "audit line, `url.path`: expected `\"/other\"`, found `\"/internal/x\"`",
            "audit line, `rule.id`: expected nothing, found `\"internal\"`",
            "audit line: it holds `wicketgate.decision`",
        ]
    );
}

#[test]
fn a_leak_is_a_difference() {
    let (mut vector, mut seen) = denial();
    vector.secrets.push("Forbidden".to_owned());
    assert_eq!(judge(&vector, &seen), ["the answer holds a secret"]);
    vector.secrets = vec!["credential_unknown".to_owned()];
    assert_eq!(judge(&vector, &seen), ["audit line: it holds a secret"]);
    vector.secrets.clear();
    seen.lines.push(seen.lines[0].clone());
    assert_eq!(judge(&vector, &seen), ["audit lines: expected one, found 2"]);
    seen.lines = vec!["{".to_owned()];
    let wrong = judge(&vector, &seen);
    assert!(wrong[0].starts_with("audit line: not a JSON object"), "{wrong:?}");
    assert_eq!(wrong[1], "audit lines: expected one, found 0");
}

#[test]
fn a_wrong_decision_says_why_and_nothing_else() {
    let (mut vector, seen) = denial();
    vector.expect.decision = Decides::Allow;
    vector.expect.status = Some(500);
    assert_eq!(
        judge(&vector, &seen),
        ["decision: expected allow, found deny (credential_unknown)"]
    );
    assert_eq!(judge(&vector, &Observation::failed("no host")), ["it did not run: no host"]);
}

#[test]
fn what_is_forwarded_is_compared() {
    let (mut vector, mut seen) = denial();
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    seen.forwarded = Some(Forwarded {
        target: "/".to_owned(),
        headers: vec![header("X-A", "1"), header("x-a", "2"), header("x-b", "3")],
        trailers: Some(vec![header("x-t", "4")]),
    });
    assert_eq!(judge(&vector, &seen), ["the origin was sent a request that is denied"]);
    (vector.expect.decision, seen.decision) = (Decides::Pass, Decides::Pass);
    (vector.expect.reason, vector.expect.rule) = (None, None);
    (seen.answer, seen.explanation) = (None, Some(Explanation::default()));
    seen.lines.clear();
    let expect = &mut vector.expect;
    expect.origin_sees.insert("x-a".to_owned(), Sees::One("1".to_owned()));
    expect.origin_sees.insert("x-b".to_owned(), Sees::Many(vec!["3".to_owned()]));
    expect.origin_lacks.push("x-B".to_owned());
    expect.trailers_lack.push("x-t".to_owned());
    assert_eq!(
        judge(&vector, &seen),
        [
            "forwarded target: expected `/internal/x`, found `/`",
            "forwarded header `x-a`: expected `1`, found `1`, `2`",
            "forwarded header `x-B`: expected nothing, found `3`",
            "forwarded trailer `x-t`: expected nothing, found `4`",
        ]
    );
}
