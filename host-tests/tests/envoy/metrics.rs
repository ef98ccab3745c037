//! Metrics with their labels, and the gate's fields in the shipped access log.

use serde_json::{Value, json};

use crate::common::{BEARER, TOKEN, WRONG, get, policy, request, with_secrets};

#[test]
fn decisions_are_counted_and_logged() {
    let mut shown = policy();
    shown["audit"] = json!({ "access_log": true });
    let gate = with_secrets(&shown).start().unwrap();
    let bearer = format!("Bearer {BEARER}");
    let good = ("x-internal-token", TOKEN);
    let bad = ("x-internal-token", WRONG);
    for request in [
        get("/internal/a", &[good]),
        get("/internal/b", &[good]),
        get("/internal/c", &[good]),
        get("/internal/a?token=x", &[bad]),
        get("/internal/a", &[bad]),
        get("/internal/a", &[]),
        request("DELETE", "/internal/a", &[good]),
        get("/office/a", &[good]),
        get("/portal/a", &[("authorization", &bearer)]),
        get("/public", &[good]),
        get("/public?token=x", &[]),
    ] {
        gate.ask(&request).unwrap();
    }

    let prometheus = gate.proxy.page("/stats/prometheus").unwrap();
    let lines = |name: &str| -> Vec<String> {
        let mut lines: Vec<_> =
            prometheus.lines().filter(|line| line.starts_with(name)).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(
        lines("wicketgate_decisions_total"),
        [
            r#"wicketgate_decisions_total{outcome="allow",reason="none",rule="internal"} 3"#,
            r#"wicketgate_decisions_total{outcome="allow",reason="none",rule="portal"} 1"#,
            r#"wicketgate_decisions_total{outcome="deny",reason="credential_missing",rule="internal"} 1"#,
            r#"wicketgate_decisions_total{outcome="deny",reason="credential_unknown",rule="internal"} 2"#,
            r#"wicketgate_decisions_total{outcome="deny",reason="method_not_allowed",rule="internal"} 1"#,
            r#"wicketgate_decisions_total{outcome="deny",reason="network_not_allowed",rule="office"} 1"#,
        ]
    );
    let info = lines("wicketgate_policy_info");
    let [info] = &info[..] else { panic!("{info:?}") };
    let digest = info.strip_prefix("wicketgate_policy_info{digest=\"").unwrap();
    let digest = digest.strip_suffix("\"} 1").unwrap();

    let remains = gate.stop();
    assert_eq!(remains.log.matches(&format!("\"rule.version\":\"{digest}\"")).count(), 9);
    let rows: Vec<[Value; 6]> = remains
        .access_log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| {
            ["path", "status", "decision", "reason", "rule", "caller"].map(|key| line[key].clone())
        })
        .collect();
    let shown: Vec<_> = rows.iter().map(|row| row.each_ref().map(Value::to_string)).collect();
    let shown: Vec<_> = shown.iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        shown,
        [
            r#""/internal/a" 200 "allow" null "internal" "cron""#,
            r#""/internal/b" 200 "allow" null "internal" "cron""#,
            r#""/internal/c" 200 "allow" null "internal" "cron""#,
            r#""/internal/a" 403 "deny" "credential_unknown" "internal" null"#,
            r#""/internal/a" 403 "deny" "credential_unknown" "internal" null"#,
            r#""/internal/a" 403 "deny" "credential_missing" "internal" null"#,
            r#""/internal/a" 403 "deny" "method_not_allowed" "internal" null"#,
            r#""/office/a" 403 "deny" "network_not_allowed" "office" "cron""#,
            r#""/portal/a" 200 "allow" null "portal" "portal""#,
            r#""/public" 200 null null null null"#,
            r#""/public" 200 null null null null"#,
        ]
    );
}
