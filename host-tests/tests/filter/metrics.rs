//! Metrics and filter state, by the names that Envoy's configuration expects.

use crate::gate::{POLICY, configured, gate, job, public, stranger};
use wicketgate_host_tests::fake::Host;

fn decisions(host: &Host, outcome: &str, reason: &str, rule: &str) -> u64 {
    let name = format!(
        "outcome=.={outcome};.;reason=.={reason};.;rule=.={rule};.;wicketgate_decisions_total"
    );
    host.metrics().value(&name).unwrap_or(0)
}

fn live_policies(host: &Host) -> Vec<String> {
    let infos = host
        .metrics()
        .iter()
        .filter(|(name, value)| name.ends_with("wicketgate_policy_info") && *value == 1);
    infos.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn decisions_are_counted_by_outcome_reason_and_rule() {
    let mut host = gate();
    for request in [stranger(), stranger(), job(), public(), stranger().set(":method", "GET")] {
        host.request(request);
    }
    assert_eq!(decisions(&host, "deny", "credential_missing", "jobs"), 2);
    assert_eq!(decisions(&host, "deny", "method_not_allowed", "jobs"), 1);
    assert_eq!(decisions(&host, "allow", "none", "jobs"), 1);
    let total: u64 = host
        .metrics()
        .iter()
        .filter(|(name, _)| name.ends_with("wicketgate_decisions_total"))
        .map(|(_, value)| value)
        .sum();
    assert_eq!(total, 4, "a public request is not counted");
}

#[test]
fn calls_by_a_key_with_an_end_are_counted_by_caller_and_key() {
    let end = r#""env":"INTERNAL_JOB_TOKEN","not_after":"2099-01-01""#;
    let graced = POLICY.replace(r#""env": "INTERNAL_JOB_TOKEN""#, end);
    assert_ne!(graced, POLICY);
    let grace = |host: &Host| {
        host.metrics().value("caller=.=cron;.;key=.=2026-q4;.;wicketgate_grace_total")
    };
    let mut host = configured(&graced);
    for _ in 0..2 {
        assert_eq!(host.request(job()).audit("wicketgate.credential.state"), "ending");
    }
    // A refused request is no use of the key, whichever it has.
    host.request(stranger());
    host.request(job().set(":method", "GET"));
    assert_eq!(grace(&host), Some(2));

    let mut host = gate();
    assert_eq!(host.request(job()).audit("wicketgate.credential.state"), "active");
    assert_eq!(grace(&host), None);
}

#[test]
fn the_live_policy_is_told_by_its_digest() {
    let mut host = gate();
    let before = live_policies(&host);
    let digest = host.request(job()).audit("rule.version");
    assert_eq!(before, [format!("digest=.={digest};.;wicketgate_policy_info")]);
    assert_eq!(digest.len(), 12);

    assert!(
        host.reconfigure(POLICY.replace("\"jobs\",\n    \"env", "\"jobs2\",\n    \"env")).unwrap()
    );
    let after = live_policies(&host);
    assert_eq!(after.len(), 1, "an old policy still counts as live: {after:?}");
    assert_ne!(before, after);
}

#[test]
fn access_logs_find_the_decision() {
    let mut host = gate();
    assert!(host.request(stranger()).filter_state.is_empty());
    assert!(host.request(job()).filter_state.is_empty());
    let shown = POLICY.replacen('{', r#"{"audit": {"access_log": true},"#, 1);
    let mut host = configured(&shown);
    let state = host.request(stranger()).filter_state;
    assert_eq!(state["wasm.wicketgate.decision"], "deny");
    assert_eq!(state["wasm.wicketgate.reason"], "credential_missing");
    assert_eq!(state["wasm.wicketgate.rule"], "jobs");
    assert!(!state.contains_key("wasm.wicketgate.caller"));
    let state = host.request(job()).filter_state;
    assert_eq!(state["wasm.wicketgate.decision"], "allow");
    assert_eq!(state["wasm.wicketgate.caller"], "cron");
    assert!(!state.contains_key("wasm.wicketgate.reason"));
    assert!(host.request(public()).filter_state.is_empty());
}
