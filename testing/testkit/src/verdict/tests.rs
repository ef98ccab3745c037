//! Each expectation is met by the same happening, and by it only.

use serde_json::json;

use super::*;
use crate::gate::Host;
use crate::table::Row;

const LINE: &str = "[info][wasm] wasm log wicketgate: ";

fn allowed() -> AuditLine {
    event(json!({ "event.action": "wicketgate.decision", "wicketgate.decision": "allow",
        "rule.id": "jobs", "user.id": "cron", "wicketgate.on_behalf_of": "u-17" }))
}

fn denied() -> AuditLine {
    event(json!({ "event.action": "wicketgate.decision", "wicketgate.decision": "deny",
        "error.type": "credential_unknown", "rule.id": "jobs" }))
}

fn event(fields: Value) -> AuditLine {
    AuditLine::find(&format!("{LINE}{fields}")).unwrap()
}

fn witness(runs: u64, caller: &[(&str, &str)]) -> Witness {
    let account = json!({
        "handlers": { "run": runs, "other": 0 },
        "state": { "job_runs": runs, "more": { "a": 1, "b": 2 } },
        "last_headers": caller,
    });
    serde_json::from_value(account).unwrap()
}

fn response() -> Answer {
    Answer::Response(Response {
        status: 200,
        headers: vec![("cache-control".to_owned(), "no-store".to_owned())],
        body: br#"{"id": 1}"#.to_vec(),
    })
}

fn expect(fields: Value) -> Expect {
    let row =
        json!({ "name": "r", "request": { "method": "GET", "target": "/" }, "expect": fields });
    let row: Row = serde_json::from_value(row).unwrap();
    row.expect(Host::Worker).unwrap()
}

/// Faults of an allowed request that ran the handler `run` as `cron`.
fn faults_of_allowed(change: Value) -> Vec<String> {
    let mut fields = json!({ "status": 200, "decision": "allow", "handler": "run" });
    fields.as_object_mut().unwrap().append(change.clone().as_object_mut().unwrap());
    let headers = [("x-caller", "cron"), ("x_user_id", "u-17")];
    let happened = Happened {
        answer: &response(),
        events: &[allowed()],
        before: &witness(1, &[]),
        after: &witness(2, &headers),
    };
    compare(&expect(fields), &happened, true)
}

#[test]
fn what_is_as_expected_has_no_faults() {
    let faults = faults_of_allowed(json!({
        "body": "{\"id\": 1}", "body_json": { "id": 1 },
        "headers": { "Cache-Control": "no-store" }, "headers_absent": ["etag"],
        "rule": "jobs", "caller": "cron",
        "state": { "job_runs": 2, "more": { "b": 2 } },
        "origin_sees": { "X-Caller": "cron" }, "origin_lacks": ["x-internal-token", "x_caller"],
        "audit": { "wicketgate.on_behalf_of": "u-17" },
    }));
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn every_expectation_can_fail() {
    for (change, fault) in [
        (json!({ "status": 201 }), "status: expected 201, got 200"),
        (json!({ "body": "{}" }), "body: expected `{}`, got `{\"id\": 1}`"),
        (json!({ "body_json": { "id": 2 } }), "body: expected {\"id\":2}, got `{\"id\": 1}`"),
        (
            json!({ "headers": { "cache-control": "x" } }),
            "header cache-control: expected `x`, got [\"no-store\"]",
        ),
        (
            json!({ "headers_absent": ["cache-control"] }),
            "header cache-control: expected none, got `no-store`",
        ),
        (json!({ "rule": "other" }), "rule.id: expected `other`, got `jobs`"),
        (json!({ "caller": "other" }), "user.id: expected `other`, got `cron`"),
        (json!({ "handler": "other" }), "handlers entered: expected [\"other\"], got [\"run\"]"),
        (json!({ "state": { "job_runs": 1 } }), "state job_runs: expected 1, got 2"),
        (json!({ "state": { "none": 1 } }), "state none: expected 1, got nothing"),
        (
            json!({ "origin_sees": { "x-user-id": "u-17" } }),
            "the origin sees x-user-id: expected `u-17`, got []",
        ),
        (
            json!({ "origin_lacks": ["X-User-ID"] }),
            "the origin sees x_user_id: expected nothing, got `u-17`",
        ),
        (json!({ "audit": { "user.id": "x" } }), "audit user.id: expected \"x\", got \"cron\""),
    ] {
        assert_eq!(faults_of_allowed(change.clone()), [fault], "{change}");
    }
}

#[test]
fn no_handler_means_no_change_of_state() {
    let happened = Happened {
        answer: &Answer::Closed,
        events: &[],
        before: &witness(1, &[]),
        after: &witness(2, &[]),
    };
    let faults = compare(&expect(json!({ "status": 0, "decision": "none" })), &happened, true);
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].starts_with("handlers entered: expected [], got [\"run\"]"));
    assert!(faults[1].starts_with("state: expected "));
}

fn faults_of_events(fields: Value, events: &[AuditLine], audits_allowed: bool) -> Vec<String> {
    let same = witness(0, &[]);
    let happened = Happened { answer: &response(), events, before: &same, after: &same };
    compare(&expect(fields), &happened, audits_allowed)
}

#[test]
fn the_number_of_audit_lines_counts() {
    let deny = json!({ "status": 200, "decision": "deny", "reason": "credential_unknown" });
    assert!(faults_of_events(deny.clone(), &[denied()], true).is_empty());
    assert!(faults_of_events(deny.clone(), &[denied()], false).is_empty());
    assert!(!faults_of_events(deny.clone(), &[], true).is_empty());
    assert!(!faults_of_events(deny.clone(), &[denied(), denied()], true).is_empty());
    assert!(!faults_of_events(deny, &[allowed()], true).is_empty());

    let pass = json!({ "status": 200, "decision": "pass" });
    assert!(faults_of_events(pass.clone(), &[], true).is_empty());
    assert!(!faults_of_events(pass, &[denied()], true).is_empty());

    let allow = json!({ "status": 200, "decision": "allow" });
    assert!(faults_of_events(allow.clone(), &[], false).is_empty());
    assert!(!faults_of_events(allow.clone(), &[allowed()], false).is_empty());
    assert!(!faults_of_events(allow, &[], true).is_empty());
}

#[test]
fn a_wrong_reason_is_a_fault() {
    let deny = json!({ "status": 200, "decision": "deny", "reason": "key_expired" });
    assert_eq!(
        faults_of_events(deny, &[denied()], true),
        ["error.type: expected `key_expired`, got `credential_unknown`"]
    );
}

#[test]
fn an_event_on_the_response_must_be_expected() {
    let replaced = event(json!({ "event.action": "wicketgate.decision",
            "wicketgate.decision": "error", "error.type": "server_error_replaced" }));
    let events = [allowed(), replaced];
    let mut allow = json!({ "status": 200, "decision": "allow" });
    assert_eq!(faults_of_events(allow.clone(), &events, true).len(), 1);
    allow["response_audit"] = json!({ "error.type": "server_error_replaced" });
    assert!(faults_of_events(allow.clone(), &events, true).is_empty());
    assert_eq!(faults_of_events(allow, &events[..1], true).len(), 1);
}

#[test]
fn shadow_lines_come_on_top() {
    let mut fields = json!({ "event.action": "wicketgate.decision", "wicketgate.mode": "shadow" });
    fields["wicketgate.decision"] = json!("deny");
    let allow = json!({ "status": 200, "decision": "allow" });
    assert!(faults_of_events(allow, &[allowed(), event(fields)], true).is_empty());
}

#[test]
fn envoys_own_refusal_may_be_a_close_or_a_status() {
    let same = witness(0, &[]);
    let fields = json!({ "status": 0, "decision": "none" });
    let faults = |answer: &Answer| {
        let happened = Happened { answer, events: &[], before: &same, after: &same };
        compare(&expect(fields.clone()), &happened, true).len()
    };
    let status =
        |status| Answer::Response(Response { status, headers: Vec::new(), body: Vec::new() });
    assert_eq!(faults(&Answer::Closed), 0);
    assert_eq!(faults(&status(400)), 0);
    assert_eq!(faults(&status(200)), 1);
    assert_eq!(faults(&status(503)), 1);
}
