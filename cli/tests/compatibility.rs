//! What earlier versions promised (`docs/compatibility.md`) holds: their policies are valid, their
//! vectors are decided as they were, their audit lines can be read, their names are there.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use common::run;
use serde_json::Value;
use wicketgate_runtime::vectors::{self, Native, Subject};

/// The folders in `testing/compat`, a version each.
fn versions() -> Vec<PathBuf> {
    let folder = root().join("testing/compat");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let versions: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    assert!(!versions.is_empty(), "no version is kept");
    versions
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_policy_that_was_valid_is_valid() {
    for version in versions() {
        let mut count = 0;
        for entry in fs::read_dir(version.join("policies")).unwrap() {
            let path = entry.unwrap().path();
            let ran = run(&["check", path.to_str().unwrap()], &[], b"");
            assert_eq!(ran.code, 0, "{}: {}{}", path.display(), ran.out, ran.err);
            count += 1;
        }
        assert!(count >= 5, "{count} policies of {}", version.display());
    }
}

#[test]
fn a_request_is_decided_as_it_was() {
    for version in versions() {
        let vectors = vectors::load(&version.join("vectors")).unwrap();
        assert!(vectors.len() >= 100, "{} vectors of {}", vectors.len(), version.display());
        let mut core = Native::default();
        let mut wrong = Vec::new();
        for vector in &vectors {
            let differences = vectors::judge(vector, &core.run(vector));
            if !differences.is_empty() {
                wrong.push(format!("{}: {}: {}", vector.file, vector.name, differences.join("; ")));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", version.display(), wrong.join("\n"));
    }
}

#[test]
fn an_audit_line_is_read_as_it_was() {
    let schema = json(&root().join("docs/audit.schema.json"));
    let schema = jsonschema::validator_for(&schema).unwrap();
    for version in versions() {
        let path = version.join("audit.jsonl");
        let text = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() >= 8, "{} lines", lines.len());
        for line in &lines {
            let line: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = schema.iter_errors(&line).map(|e| e.to_string()).collect();
            assert_eq!(errors, [""; 0], "{line}");
        }
        let ran = run(&["audit", "--json", path.to_str().unwrap()], &[], b"");
        assert_eq!(ran.code, 0, "{}", ran.err);
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!((&told["found"], &told["unread"]), (&lines.len().into(), &0.into()), "{told}");
    }
}

#[test]
fn a_name_in_somebody_s_alerts_is_there() {
    let ran = run(&["reasons", "--json"], &[], b"");
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let codes = told.as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap());
    let codes: BTreeSet<&str> = codes.collect();
    let metrics = fs::read_to_string(root().join("driver/src/metrics.rs")).unwrap();
    let shipped = fs::read_to_string(root().join("envoy/envoy.yaml")).unwrap();
    for version in versions() {
        let names = json(&version.join("names.json"));
        for code in names["reasons"].as_array().unwrap() {
            assert!(codes.contains(code.as_str().unwrap()), "the reason {code} is gone");
        }
        for (name, labels) in names["metrics"].as_object().unwrap() {
            let line = metrics.lines().find(|line| line.contains(&format!(";.;{name}")));
            let line = line.unwrap_or_else(|| panic!("the metric `{name}` is gone"));
            for label in labels.as_array().unwrap() {
                let label = format!("{}=.=", label.as_str().unwrap());
                assert!(line.contains(&label), "`{name}` has no `{label}`: {line}");
            }
        }
        for value in names["access_log"].as_array().unwrap() {
            let value = format!("wasm.{}:PLAIN", value.as_str().unwrap());
            assert!(shipped.contains(&value), "the access log has no `{value}`");
        }
    }
}
