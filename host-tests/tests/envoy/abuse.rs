//! Failures counted by all workers together, throttled, and forgotten.

use std::time::Duration;

use serde_json::{Value, json};
use wicketgate_host_tests::envoy::{Connection, Gate, Setup};
use wicketgate_runtime::audit::AuditLine;
use wicketgate_runtime::http::Request;
use wicketgate_runtime::wait::wait_until;

use crate::common::{TOKEN, WRONG, get, policy, resident, with_secrets};

/// Clients are known by `x-forwarded-for`, which the test writes as a trusted proxy would.
fn setup(limit: u32, window: &str) -> Setup {
    let mut policy: Value = policy();
    policy["client_address"] =
        json!({ "envoy": { "from": "x-forwarded-for", "trusted_proxies": ["127.0.0.0/8"] } });
    policy["abuse"] = json!({ "failures": { "limit": limit, "window": window } });
    with_secrets(&policy)
}

fn from(client: &str, token: &str) -> Request {
    get("/internal/a", &[("x-internal-token", token), ("x-forwarded-for", client)])
}

/// The status of the answer, and the line about it.
fn ask(gate: &mut Gate, client: &str, token: &str) -> (u16, AuditLine) {
    let status = gate.ask(&from(client, token)).unwrap().status;
    (status, gate.decisions(1).unwrap().remove(0))
}

fn alerts(gate: &Gate) -> Vec<String> {
    let page = gate.proxy.page("/stats/prometheus").unwrap();
    let lines = page.lines().filter(|line| line.starts_with("wicketgate_alerts_total"));
    lines.map(str::to_owned).collect()
}

fn count(line: &AuditLine) -> Option<u64> {
    line.field("wicketgate.abuse.count").and_then(Value::as_u64)
}

#[test]
fn ten_wrong_tokens_are_an_alert_then_throttled_then_forgotten() {
    let mut gate = setup(10, "5s").start().unwrap();
    for nth in 1..=10 {
        let (status, line) = ask(&mut gate, "203.0.113.7", WRONG);
        assert_eq!((status, line.text("error.type")), (403, Some("credential_unknown")));
        let alert = (nth == 10).then_some(10);
        assert_eq!(count(&line), alert, "{line:?}");
        let kind = if nth == 10 { "alert" } else { "event" };
        assert_eq!(line.text("event.kind"), Some(kind));
    }
    assert_eq!(alerts(&gate), [r#"wicketgate_alerts_total{bucket="client"} 1"#]);

    let response = gate.ask(&from("203.0.113.7", WRONG)).unwrap();
    assert_eq!(response.status, 429);
    let seconds: u64 = response.header("retry-after").next().unwrap().parse().unwrap();
    assert!((1..=5).contains(&seconds), "{seconds}");
    let line = gate.decisions(1).unwrap().remove(0);
    assert_eq!(line.text("error.type"), Some("throttled"));
    assert_eq!((count(&line), line.text("event.kind")), (Some(11), Some("event")));
    gate.untouched().unwrap();

    // Neither another client nor a right token has anything to do with it.
    assert_eq!(ask(&mut gate, "203.0.113.8", WRONG).0, 403);
    assert_eq!(ask(&mut gate, "203.0.113.7", TOKEN).0, 200);
    wait_until("the window to pass", Duration::from_secs(20), || {
        Ok((ask(&mut gate, "203.0.113.7", WRONG).0 == 403).then_some(()))
    })
    .unwrap();
    assert_eq!(count(&ask(&mut gate, "203.0.113.7", WRONG).1), None);
    assert_eq!(alerts(&gate), [r#"wicketgate_alerts_total{bucket="client"} 1"#]);
}

#[test]
fn four_workers_count_together() {
    const THREADS: u64 = 8;
    const EACH: u64 = 500;
    const LIMIT: u32 = 3_000;
    let mut gate = setup(LIMIT, "1h").workers(4).start().unwrap();
    // Connections are given to workers by chance: one to each of them at least, before it begins.
    let connections = wait_until("connections at every worker", Duration::from_secs(20), || {
        let connections: Vec<_> =
            (0..4 * THREADS).map(|_| gate.connect()).collect::<Result<_, _>>()?;
        let counted = gate.proxy.page("/stats?filter=worker_.*downstream_cx_active")?;
        let idle = counted.lines().filter(|line| line.ends_with(": 0")).count();
        Ok((idle == 0 && counted.lines().count() >= 4).then_some(connections))
    })
    .unwrap();
    let wrong = from("203.0.113.7", WRONG).to_bytes();
    let one = |mut connection: Connection| {
        for _ in 0..EACH / 4 {
            connection.write(&wrong).unwrap();
            let status = connection.next_response().unwrap().unwrap().status;
            assert!(matches!(status, 403 | 429), "{status}");
        }
    };
    std::thread::scope(|scope| {
        for connection in connections {
            scope.spawn(|| one(connection));
        }
    });
    let all = THREADS * EACH;
    let lines = gate.decisions(usize::try_from(all).unwrap()).unwrap();
    let told =
        |kind: &str| lines.iter().filter(|line| line.text("event.kind") == Some(kind)).count();
    assert_eq!((told("alert"), alerts(&gate).len()), (1, 1));

    // A lost count was beaten sixteen times by others, so at most one in seventeen is lost.
    let counted = count(&ask(&mut gate, "203.0.113.7", WRONG).1).unwrap();
    println!("{counted} counted of {}", all + 1);
    assert!(counted <= all + 1 && counted >= all + 1 - all / 17, "{counted} of {}", all + 1);
    let refused = lines.iter().filter(|line| line.text("error.type") != Some("throttled"));
    let lost = all + 1 - counted;
    let borne = u64::try_from(refused.count()).unwrap();
    assert!((u64::from(LIMIT)..=u64::from(LIMIT) + lost).contains(&borne), "{borne}, {lost} lost");
}

/// More than there are places for, four times over.
const ADDRESSES: u32 = 65_536;

/// The memory of 4,352 sets of four counts in Envoy's shared data, with their keys.
const BOUND_KIB: u64 = 4_096;

#[test]
fn addresses_without_end_take_what_they_may() {
    let gate = setup(10, "1h").start().unwrap();
    let mut connection = gate.connect().unwrap();
    let mut ask = |client: u32| {
        let client = std::net::Ipv4Addr::from(client.wrapping_mul(2_654_435_761)).to_string();
        connection.write(&from(&client, WRONG).to_bytes()).unwrap();
        connection.next_response().unwrap().unwrap().status
    };
    for _ in 0..ADDRESSES / 4 {
        ask(7);
    }
    let before = resident(&gate);
    for client in 0..ADDRESSES {
        assert_eq!(ask(client), if client == 7 { 429 } else { 403 }, "{client}");
    }
    let grown = resident(&gate).saturating_sub(before);
    println!("{ADDRESSES} addresses: {grown} KiB");
    assert!(grown < BOUND_KIB, "{grown} KiB");
}
