//! The alert rules in `envoy/`. `host-tests/tests/envoy/alerts.rs` tests them on the metrics of a
//! real Envoy.

use std::fs;
use std::path::{Path, PathBuf};

use wicketgate_policy::Reason;
use wicketgate_runtime::files::TempDir;
use wicketgate_testkit::promtool;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../envoy")
}

#[test]
fn rules_ring_when_they_should() {
    let Some(tool) = promtool::find("the alert rules in envoy/") else { return };
    promtool::run(&tool, &folder(), &["check", "rules", "alerts.yaml"]).unwrap();
    promtool::run(&tool, &folder(), &["test", "rules", "alerts.test.yaml"]).unwrap();
    // And the tests notice what is changed.
    let rules = fs::read_to_string(folder().join("alerts.yaml")).unwrap();
    for (from, to) in [
        (">= 20", ">= 26"),
        (">= 20", ">= 19"),
        ("unless on (job, instance)", "and on (job, instance)"),
        ("count by (job, digest)", "count by (job, instance)"),
        (" offset 10m)", ")"),
        ("key_revoked\"} offset 1h", "key_revoked\"} offset 2h"),
        ("for: 10m", "for: 1m"),
    ] {
        assert!(rules.contains(from), "{from}");
        let changed = TempDir::new().unwrap();
        fs::write(changed.path().join("alerts.yaml"), rules.replace(from, to)).unwrap();
        fs::copy(folder().join("alerts.test.yaml"), changed.path().join("alerts.test.yaml"))
            .unwrap();
        let ran = promtool::run(&tool, changed.path(), &["test", "rules", "alerts.test.yaml"]);
        assert!(ran.is_err(), "`{to}` for `{from}` goes unnoticed");
    }
}

/// A code that there is not would be an alert that never rings.
#[test]
fn reasons_in_rules_are_reasons() {
    for file in ["alerts.yaml", "alerts.test.yaml"] {
        let text = fs::read_to_string(folder().join(file)).unwrap();
        let mut count = 0;
        for part in text.split("reason=").skip(1) {
            let Some((_, part)) = part.split_once('"') else { continue };
            let (codes, _) = part.split_once('"').unwrap();
            for code in codes.split('|').filter(|code| *code != "none") {
                assert!(Reason::ALL.iter().any(|reason| reason.code() == code), "{file}: {code}");
                count += 1;
            }
        }
        assert!(count > 5, "{file}: only {count}");
    }
}
