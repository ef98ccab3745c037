//! The alert rules in `envoy/alerts.yaml`, on what a real Envoy counts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use wicketgate_runtime::files::TempDir;
use wicketgate_testkit::promtool;

use crate::common::{TOKEN, WRONG, get, policy, with_secrets};

/// Series by name and labels, as Prometheus scrapes them.
type Scrape = BTreeMap<String, u64>;

#[test]
fn rules_ring_on_the_metrics_of_a_real_run() {
    let mut policy = policy();
    policy["abuse"] = json!({ "failures": { "limit": 20, "window": "1h" } });
    let gate = with_secrets(&policy).start().unwrap();
    let scrape = || scraped(&gate.proxy.page("/stats/prometheus").unwrap());
    gate.ask(&get("/internal/a", &[("x-internal-token", TOKEN)])).unwrap();
    let before = scrape();
    for number in 0..25 {
        gate.ask(&get(&format!("/internal/{number}"), &[("x-internal-token", WRONG)])).unwrap();
    }
    let after = scrape();

    // Each name and label that a rule goes by is there.
    let rules = fs::read_to_string(rules()).unwrap();
    let (names, labels) = used(&rules);
    assert_eq!(names.len(), 5, "{names:?}");
    for name in &names {
        let series: Vec<&String> =
            after.keys().filter(|series| series.split('{').next() == Some(name)).collect();
        assert!(!series.is_empty(), "no `{name}` in a scrape");
    }
    // Prometheus adds these two.
    for label in labels.iter().filter(|label| !["job", "instance"].contains(&label.as_str())) {
        let has = |series: &String| series.contains(&format!("{label}=\""));
        assert!(after.keys().any(has), "no label `{label}` in a scrape");
    }

    let Some(tool) = promtool::find("alert rules on the metrics of a real Envoy") else { return };
    let folder = TempDir::new().unwrap();
    fs::copy(self::rules(), folder.path().join("alerts.yaml")).unwrap();
    let test = folder.path().join("run.test.yaml");
    fs::write(&test, as_test(&names, &before, &after, 20)).unwrap();
    promtool::run(&tool, folder.path(), &["test", "rules", "run.test.yaml"]).unwrap();
    // The same with another count is not what was seen.
    fs::write(&test, as_test(&names, &before, &after, 19)).unwrap();
    promtool::run(&tool, folder.path(), &["test", "rules", "run.test.yaml"]).unwrap_err();
}

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../envoy/alerts.yaml")
}

/// The series of a page of Prometheus' text format.
fn scraped(page: &str) -> Scrape {
    let lines = page.lines().filter(|line| !line.starts_with('#'));
    let series = lines.filter_map(|line| {
        let (series, value) = line.rsplit_once(' ')?;
        Some((series.to_owned(), value.parse().ok()?))
    });
    series.collect()
}

/// The names of metrics and of labels in the expressions of rules.
fn used(rules: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut labels) = (BTreeSet::new(), BTreeSet::new());
    let text: String = rules.lines().filter(|line| !line.trim().starts_with('#')).collect();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
        if word.starts_with("wicketgate_") || word.starts_with("envoy_") {
            names.insert(word.to_owned());
        }
    }
    for opening in ["by (", "on ("] {
        for part in text.split(opening).skip(1) {
            let list = part.split(')').next().unwrap_or_default();
            labels.extend(list.split(',').map(|label| label.trim().to_owned()));
        }
    }
    for part in text.split("_total{").skip(1) {
        let label = part.split(['=', '~']).next().unwrap_or_default();
        labels.insert(label.to_owned());
    }
    (names, labels)
}

/// A test for promtool: the two scrapes a minute apart, and what must ring then.
fn as_test(names: &BTreeSet<String>, before: &Scrape, after: &Scrape, wrong: u32) -> String {
    let mut test = String::from(
        "rule_files: [alerts.yaml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n",
    );
    for (series, value) in after {
        let (name, labels) = series.split_once('{').unwrap();
        if !names.contains(name) {
            continue;
        }
        let labels = labels.trim_end_matches('}');
        let labels = format!("{labels},job=\"envoy\",instance=\"a\"");
        let first = before.get(series).map_or_else(|| "_".to_owned(), u64::to_string);
        _ = writeln!(
            test,
            "      - {{ series: '{name}{{{}}}', values: '{first} {value}x30' }}",
            labels.trim_start_matches(',')
        );
    }
    test += "    alert_rule_test:\n";
    for quiet in [
        "NoPolicy",
        "PoliciesDiffer",
        "ReloadFails",
        "Misconfigured",
        "RevokedKeyUsed",
        "KeyOutOfTime",
        "CallerOutOfPlace",
        "DenialsHigh",
    ] {
        _ = writeln!(
            test,
            "      - {{ eval_time: 5m, alertname: Wicketgate{quiet}, exp_alerts: [] }}"
        );
    }
    _ = writeln!(
        test,
        "      - eval_time: 5m
        alertname: WicketgateCredentialsFail
        exp_alerts:
          - exp_labels: {{ severity: warning, job: envoy, rule: internal }}
            exp_annotations:
              summary: \"{wrong} wrong credentials for rule internal in 10 minutes: `wicketgate audit` tells from where\""
    );
    test += "      - eval_time: 5m
        alertname: WicketgateLimitPassed
        exp_alerts:
          - exp_labels: { severity: warning, job: envoy, bucket: client }
            exp_annotations:
              summary: \"a limit of the policy was passed (client): `wicketgate audit` tells by whom\"
";
    test
}
