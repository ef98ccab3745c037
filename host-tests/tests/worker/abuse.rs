//! Failures counted by an isolate and by a rate-limit binding, throttled, and forgotten.

use std::time::Duration;

use serde_json::{Value, json};
use wicketgate_runtime::audit::AuditLine;
use wicketgate_runtime::wait::wait_until;
use wicketgate_runtime::workerd::Workerd;

use crate::common::{Origin, POLICY, TOKEN, ask, gate, log};

const ANSWER: &[u8] = b"HTTP/1.1 204 x\r\nConnection: close\r\n\r\n";

fn policy(abuse: &Value) -> String {
    let mut policy: Value = serde_json::from_str(POLICY).unwrap();
    policy["abuse"] = abuse.clone();
    policy.to_string()
}

fn wrong(gate: &Workerd) -> (u16, Option<String>) {
    let response =
        ask(gate, "GET", "/internal/x", &[("x-token", "wrong-wrong-wrong-wrong-wrong-wrong")]);
    (response.status, response.header("retry-after").next().map(str::to_owned))
}

fn lines(gate: &Workerd) -> Vec<AuditLine> {
    log(gate).lines().filter_map(AuditLine::find).collect()
}

#[test]
fn ten_wrong_tokens_are_an_alert_then_throttled_then_forgotten() {
    let origin = Origin::answering(ANSWER).unwrap();
    let abuse = json!({ "failures": { "limit": 10, "window": "5s" } });
    let gate = gate(&policy(&abuse), Some(TOKEN), origin.port());
    for _ in 0..10 {
        assert_eq!(wrong(&gate), (403, None), "{}", log(&gate));
    }
    let (status, after) = wrong(&gate);
    assert_eq!(status, 429);
    assert!((1..=5).contains(&after.unwrap().parse::<u64>().unwrap()));
    assert_eq!(origin.take().len(), 0);
    assert_eq!(ask(&gate, "GET", "/internal/x", &[("x-token", TOKEN)]).status, 204);
    let told = wait_until("the lines", Duration::from_secs(10), || {
        let told = lines(&gate);
        Ok((told.len() >= 11).then_some(told))
    })
    .unwrap();
    let kinds: Vec<_> = told.iter().take(11).map(|line| line.text("event.kind").unwrap()).collect();
    assert_eq!(kinds[..9], ["event"; 9]);
    assert_eq!(kinds[9..], ["alert", "event"]);
    assert_eq!(told[10].text("error.type"), Some("throttled"));
    wait_until("the window to pass", Duration::from_secs(20), || {
        Ok((wrong(&gate).0 == 403).then_some(()))
    })
    .unwrap();
}

/// Without the binding, the Worker logs that, and counts by itself.
#[test]
fn a_binding_that_is_not_there_admits_nobody() {
    let origin = Origin::answering(ANSWER).unwrap();
    let abuse = json!({
        "failures": { "limit": 2, "window": "1h" }, "cloudflare": { "failures": "FAILURES" },
    });
    let gate = gate(&policy(&abuse), Some(TOKEN), origin.port());
    let statuses: Vec<_> = (0..4).map(|_| wrong(&gate).0).collect();
    assert_eq!(statuses, [403, 403, 429, 429]);
    assert_eq!(origin.take().len(), 0);
    assert!(log(&gate).contains("the rate-limit binding `FAILURES` does not count"));
}
